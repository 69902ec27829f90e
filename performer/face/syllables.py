"""Written words as what a mouth does: syllables with their vowels, and whether the lips meet before or after.

Rough by design: letters, not a dictionary. Kana and Hangul tell their vowel by their Unicode name; Chinese
characters need pypinyin (used when it is installed), else the sound decides.
"""

import importlib
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any

__all__ = ["Syllable", "syllables_of"]

AA, IH, OU, EE, OH = range(5)


@dataclass(frozen=True, slots=True)
class Syllable:
    """vowels: numbers in MOUTH, one, or two for a diphthong, none where only the sound knows.
    closes: lips meet before the vowel (m, b, p). closes_after: they meet after it."""

    vowels: tuple[int, ...] = ()
    closes: bool = False
    closes_after: bool = False


_LABIAL = frozenset("mbp")
_PLAIN = {"a": (AA,), "i": (IH,), "u": (OU,), "e": (EE,), "o": (OH,)}
# English letter groups, longest first.
_ENGLISH: dict[str, tuple[int, ...]] = {
    **{"eigh": (EE, IH), "igh": (AA, IH), "eau": (OH,), "oor": (OH,), "our": (OH,), "ear": (IH,), "air": (EE,)},
    **{"oo": (OU,), "ee": (IH,), "ea": (IH,), "ie": (IH,), "ei": (IH,), "ai": (EE, IH), "ay": (EE, IH)},
    **{"ey": (EE, IH), "ou": (AA, OU), "ow": (OH, OU), "oa": (OH,), "oe": (OH,), "au": (OH,), "aw": (OH,)},
    **{"oi": (OH, IH), "oy": (OH, IH), "ew": (OU,), "ue": (OU,), "ui": (OU,), "ar": (AA,), "or": (OH,)},
    **{"er": (EE,), "ir": (EE,), "ur": (EE,), "a": (AA,), "e": (EE,), "i": (IH,), "o": (OH,), "u": (AA,)},
    **{"y": (IH,)},
}
# A vowel, one consonant, a final mute e: the vowel says its name.
_NAMED = {"a": (EE, IH), "i": (AA, IH), "o": (OH,), "u": (OU,), "e": (IH,), "y": (AA, IH)}
_WORDS: dict[str, tuple[int, ...]] = {
    **{"the": (AA,), "you": (OU,), "your": (OH,), "to": (OU,), "do": (OU,), "who": (OU,), "i": (AA, IH)},
    **{"i'm": (AA, IH), "of": (OH,), "was": (OH,), "what": (OH,), "love": (AA,), "come": (AA,), "some": (AA,)},
    **{"one": (AA,), "me": (IH,), "we": (IH,), "be": (IH,), "he": (IH,), "she": (IH,), "now": (AA, OU)},
    **{"how": (AA, OU), "down": (AA, OU), "eyes": (AA, IH), "there": (EE,), "where": (EE,), "they": (EE, IH)},
    **{"head": (EE,), "dead": (EE,), "heart": (AA,), "give": (IH,), "live": (IH,), "have": (AA,), "gone": (OH,)},
    **{"find": (AA, IH), "mind": (AA, IH), "kind": (AA, IH), "through": (OU,), "four": (OH,), "two": (OU,)},
}
# "aw" in law is one group, in away it is not: a w before a vowel begins the next syllable.
_GROUP = re.compile(
    "|".join(f"{g}(?![aeiouy])" if g.endswith("w") else g for g in sorted(_ENGLISH, key=len, reverse=True))
)
_ROMAJI = re.compile(r"(?:(?:[kgszjtdnhfbpmyrwv]|sh|ch|ts|[kgnhmrbp]y|([kstpgdbm])\1?)?[aiueo]|n(?![aiueoy]))+")
_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+")
_HANGUL_VOWELS = {"AE": EE, "YAE": EE, "EO": OH, "YEO": OH, "EU": OU, "OE": EE, "WI": IH, "YI": IH, "UI": IH}
_LAST_VOWEL = {"A": AA, "I": IH, "U": OU, "E": EE, "O": OH}
_MOST = 400


def _plain_latin(word: str) -> list[Syllable]:
    """Romaji, pinyin and other spellings in which each vowel letter is what it says."""
    out: list[Syllable] = []
    for match in re.finditer(r"([^aiueo]*)([aiueo])", word):
        out.append(Syllable(_PLAIN[match[2]], closes=bool(match[1]) and match[1].rstrip("y")[-1:] in _LABIAL))
    return out


def _english(word: str, whole: bool) -> list[Syllable]:
    """One English word or (not whole) a syllable of one."""
    bare = word.replace("’", "'")
    letters = bare.replace("'", "")
    if bare in _WORDS:
        return [Syllable(_WORDS[bare], bare[0] in _LABIAL, bare.rstrip("e")[-1] in _LABIAL)]
    mute = re.fullmatch(r"(.*[^aeiouy])?([aeiouy])([^aeiouy])e(s|d)?", letters)
    named_at = -1
    body = letters
    if mute:
        named_at = len(mute[1] or "")
        body = letters[: named_at + 2]
    elif len(letters) > 2 and letters.endswith("e") and re.search(r"[aeiouy].*[^aeiouy]e$", letters):
        body = letters[:-1]
    groups = [m for m in _GROUP.finditer(body) if not (m[0] == "y" and m.start() == 0 and len(body) > 1)]
    out: list[Syllable] = []
    for i, match in enumerate(groups):
        before = body[groups[i - 1].end() if i else 0 : match.start()]
        after = body[match.end() :] if i + 1 == len(groups) else ""
        vowels = _NAMED[match[0]] if match.start() == named_at and match[0] in _NAMED else _ENGLISH[match[0]]
        if match[0] == "y" and whole and len(groups) == 1:
            vowels = _NAMED["y"]
        elif match[0] in ("o", "e", "i") and match.end() == len(body) and len(groups) == 1 and whole:
            vowels = _NAMED[match[0]]
        out.append(Syllable(vowels, not _LABIAL.isdisjoint(before[-2:]), not _LABIAL.isdisjoint(after[:1])))
    return out


def _from_name(letter: str) -> Syllable | None:
    """Kana and Hangul by their Unicode names; None for another script."""
    name = unicodedata.name(letter, "")
    for script in ("HIRAGANA LETTER ", "KATAKANA LETTER ", "HALFWIDTH KATAKANA LETTER "):
        if name.startswith(script):
            sound = name.removeprefix(script).removeprefix("SMALL ")
            if sound[-1] not in _LAST_VOWEL:
                return Syllable()  # ん: the sound decides
            return Syllable((_LAST_VOWEL[sound[-1]],), closes=sound[0] in "MBP")
    if name.startswith("HANGUL SYLLABLE "):
        match = re.fullmatch(r"([^AEIOUYW]*)([AEIOUYW]+)(.*)", name.removeprefix("HANGUL SYLLABLE "))
        if match is None:
            return Syllable()
        vowel = _HANGUL_VOWELS.get(match[2], _LAST_VOWEL.get(match[2][-1], EE))
        return Syllable((vowel,), match[1][:1] in ("M", "B", "P"), match[3][:1] in ("M", "B", "P"))
    return None


@cache
def _pinyin_module() -> Any:
    try:
        return importlib.import_module("pypinyin")
    except ImportError:
        return None


def _han(letters: str, japanese: bool) -> list[Syllable]:
    """Chinese characters; in a Japanese line most are read with two syllables that only the sound knows."""
    if japanese:
        return [Syllable()] * (2 * len(letters))
    module = _pinyin_module()
    if module is None:
        return [Syllable()] * len(letters)
    out: list[Syllable] = []
    for reading in module.lazy_pinyin(letters):
        vowels = [_PLAIN[v][0] for v in str(reading).replace("ü", "u").replace("v", "u") if v in _PLAIN]
        # iao, uai: the first letter is a glide, the two after it are heard.
        out.append(Syllable(tuple(vowels[-2:]), str(reading)[:1] in _LABIAL))
    return out


def _word(token: str, *, whole: bool, romaji: bool, japanese: bool) -> list[Syllable]:
    out: list[Syllable] = []
    latin = ""
    han = ""

    def flush() -> None:
        nonlocal latin, han
        if latin:
            out.extend(_plain_latin(latin) if romaji else _english(latin, whole))
        if han:
            out.extend(_han(han, japanese))
        latin = han = ""

    for letter in token:
        kana = _from_name(letter)
        if kana is not None:
            flush()
            if "SMALL Y" in unicodedata.name(letter) and out:
                out[-1] = Syllable(kana.vowels, out[-1].closes)
            elif "SMALL TU" not in unicodedata.name(letter):
                out.append(kana)
        elif "CJK UNIFIED" in unicodedata.name(letter, ""):
            if latin:
                flush()
            han += letter
        elif letter in "'’" or unicodedata.normalize("NFD", letter)[0].isascii():
            if han:
                flush()
            bare = "'" if letter == "’" else unicodedata.normalize("NFD", letter)[0].lower()
            # An accent says that the e is sung.
            latin += "eh" if bare == "e" and not letter.isascii() else bare
        elif letter != "ー" and letter.isalpha():
            flush()
            out.append(Syllable())
    flush()
    return out


def syllables_of(text: str, *, context: str = "", whole: bool = True) -> tuple[Syllable, ...]:
    """The syllables of a word or line, at most 400.

    Args:
        context: the whole line, by which the language is guessed; the text itself when empty.
        whole: is the text made of whole words? A syllable of a word is read a little differently.
    """
    line = (context or text)[:2000].lower()
    tokens = _TOKEN.findall(line)
    latin = [token for token in tokens if token.isascii() and token.isalpha()]
    romaji = len(latin) >= 3 and all(_ROMAJI.fullmatch(token) for token in latin)
    japanese = any("HIRAGANA" in (name := unicodedata.name(c, "")) or "KATAKANA" in name for c in line)
    out: list[Syllable] = []
    for token in _TOKEN.findall(text[:2000].lower()):
        found = [Syllable()] if token.isdigit() else _word(token, whole=whole, romaji=romaji, japanese=japanese)
        out.extend(found)
        if len(out) >= _MOST:
            break
    return tuple(out[:_MOST])
