"""How Chinese characters are read: a line of lyrics as one reading for each of its characters.

Chinese is read by pypinyin, Japanese by janome; both come with the extra [words]. Whole lines are read, since a
character's reading hangs on its neighbours. Without the packages the sound decides.
"""

import importlib
import itertools
import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

__all__ = ["has_kana", "is_han", "readings_of"]

_HAN_RUN = re.compile(r"[一-鿿㐀-䶿々〆ヶ]+")
_SMALL = frozenset("ァィゥェォャュョヮー")


def is_han(letter: str) -> bool:
    """Is it a Chinese character (or the mark that repeats one)?"""
    return letter in "々〆" or unicodedata.name(letter, "").startswith("CJK UNIFIED")


def has_kana(text: str) -> bool:
    """Is Japanese syllable script in it?"""
    return any(unicodedata.name(letter, "").startswith(("HIRAGANA LETTER", "KATAKANA LETTER")) for letter in text)


@cache
def _pinyin() -> Any:
    try:
        return importlib.import_module("pypinyin")
    except ImportError:
        return None


@cache
def _tokenizer() -> Any:
    try:
        return importlib.import_module("janome.tokenizer").Tokenizer()
    except ImportError:
        return None


def _to_katakana(text: str) -> str:
    return "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in text)


def _moras(kana: str) -> list[str]:
    """ショウ -> ショ, ウ: small letters and the long mark stay with the letter before."""
    out: list[str] = []
    for letter in kana:
        if letter in _SMALL and out:
            out[-1] += letter
        else:
            out.append(letter)
    return out


def _share(kana: str, count: int) -> list[str]:
    """A reading shared out over `count` characters as evenly as its moras allow; the first ones get more."""
    moras = _moras(kana)
    edges = [-(-len(moras) * k // count) for k in range(count + 1)]
    return ["".join(moras[a:b]) for a, b in itertools.pairwise(edges)]


def _by_kana(surface: str, reading: str) -> list[str]:
    """One reading a character: kana within the word (歌え) says where the reading of the others ends."""
    pieces: list[tuple[str, bool]] = []
    position = 0
    for match in _HAN_RUN.finditer(surface):
        pieces.extend((letter, False) for letter in surface[position : match.start()])
        pieces.append((match[0], True))
        position = match.end()
    pieces.extend((letter, False) for letter in surface[position:])
    pattern = "".join("(.+?)" if han else f"({re.escape(_to_katakana(piece))})" for piece, han in pieces)
    found = re.fullmatch(pattern, reading)
    if found is None:
        return _share(reading, len(surface))
    out: list[str] = []
    for (piece, _), kana in zip(pieces, found.groups(), strict=True):
        out.extend(_share(kana, len(piece)))
    return out


def _japanese(line: str) -> list[str] | None:
    tokenizer = _tokenizer()
    if tokenizer is None:
        return None
    out: list[str] = []
    for token in tokenizer.tokenize(line):
        surface, reading = str(token.surface), str(token.reading)
        if str(token.phonetic) in ("ワ", "エ") and surface in ("は", "へ"):
            out.append(str(token.phonetic))  # the particles are not said as they are written
        elif reading != "*" and any(is_han(letter) for letter in surface):
            out.extend(_by_kana(surface, reading))
        else:
            out.extend(surface)
    return out if len(out) == len(line) else None


def _chinese(line: str) -> list[str] | None:
    module = _pinyin()
    if module is None:
        return None
    out: list[str] = []
    position = 0
    for match in _HAN_RUN.finditer(line):
        out.extend(line[position : match.start()])
        found: Sequence[Any] = module.lazy_pinyin(match[0])
        out.extend([str(reading) for reading in found] if len(found) == len(match[0]) else match[0])
        position = match.end()
    out.extend(line[position:])
    return out


@lru_cache(maxsize=64)
def readings_of(line: str, japanese: bool) -> tuple[str, ...] | None:
    """One reading for each character of `line`: katakana or pinyin for Chinese characters, others as they are.

    Returns: None where no Chinese character is in it, or where the package that reads it is not installed.
    """
    if not any(is_han(letter) for letter in line):
        return None
    found = _japanese(line) if japanese else _chinese(line)
    return None if found is None else tuple(found)
