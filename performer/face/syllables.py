"""Written words as what a mouth does: syllables with their vowels, and whether the lips meet before or after.

Rough by design: letters, not a dictionary. Kana and Hangul tell their vowel by their Unicode name; Chinese
characters by their reading (`readings`), else the sound decides.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from performer.face.readings import has_kana, is_han, readings_of

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
_LONGEST = 2000
# A letter that holds the vowel before it, where it stands inside a reading or at a word's end: kyou, sensei.
_HOLDS = {(letter, vowels) for letters, vowels in (("うウ", (OH,)), ("いイ", (EE,))) for letter in letters}


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


def _from_pinyin(reading: str) -> Syllable:
    """One Chinese syllable: the glide before the main vowel (liang, xue, duo) passes too quickly to be seen."""
    found = re.fullmatch(r"([^aeiouvü]*)([aeiouvü]+)(.*)", reading)
    if found is None:
        return Syllable()
    initial, vowels, end = found.groups()
    if end == "n" and (vowels == "ia" or initial + vowels == "ya"):
        vowels = "e"  # yan, lian: a between i and n is an open e
    if len(vowels) > 1 and vowels[0] in "iuvü" and vowels[1] in "aeo":
        vowels = vowels[1:]
    return Syllable(tuple(_PLAIN["u" if v in "vü" else v][0] for v in vowels[-2:]), initial[:1] in _LABIAL)


def _add_kana(out: list[Syllable], letter: str, held: bool) -> bool:
    """Add a letter of kana or Hangul to a word's syllables; False for another script.

    held: may this letter only hold the vowel before it (ou, ei)?
    """
    kana = _from_name(letter)
    if kana is None:
        return False
    name = unicodedata.name(letter)
    if "SMALL Y" in name and out:
        out[-1] = Syllable(kana.vowels, out[-1].closes)
    elif held and out and (letter, out[-1].vowels) in _HOLDS:
        out.append(Syllable(out[-1].vowels))
    elif "SMALL TU" not in name:
        out.append(kana)
    return True


def _word(token: str, readings: Sequence[str], *, whole: bool, romaji: bool, japanese: bool) -> list[Syllable]:
    """The syllables of one word. readings: of each letter of `token`."""
    out: list[Syllable] = []
    latin = ""

    def flush() -> None:
        nonlocal latin
        if latin:
            out.extend(_plain_latin(latin) if romaji else _english(latin, whole))
        latin = ""

    for i, (letter, reading) in enumerate(zip(token, readings, strict=True)):
        if is_han(letter):
            flush()
            if reading == letter:
                # Nobody reads it to us: most have two syllables in Japanese, one in Chinese.
                out.extend([Syllable()] * (2 if japanese else 1))
            elif reading.isascii() or "ü" in reading:
                out.append(_from_pinyin(reading))
            else:
                for k, kana in enumerate(reading):
                    _add_kana(out, kana, held=k > 0)
        elif _from_name(letter) is not None:
            flush()
            _add_kana(out, reading if len(reading) == 1 else letter, held=0 < i == len(token) - 1)
        elif letter in "'’" or unicodedata.normalize("NFD", letter)[0].isascii():
            bare = "'" if letter == "’" else unicodedata.normalize("NFD", letter)[0].lower()
            # An accent says that the e is sung.
            latin += "eh" if bare == "e" and not letter.isascii() else bare
        elif letter != "ー" and letter.isalpha():
            flush()
            out.append(Syllable())
    flush()
    return out


def syllables_of(
    text: str, *, context: str = "", whole: bool = True, japanese: bool | None = None
) -> tuple[Syllable, ...]:
    """The syllables of a word or line, at most 400.

    Args:
        context: the whole line, by which the language is guessed; the text itself when empty.
        whole: is the text made of whole words? A syllable of a word is read a little differently.
        japanese: are Chinese characters read in Japanese? None: where kana stand in the line.
    """
    text = text[:_LONGEST]
    line = (context or text)[:_LONGEST]
    tokens = _TOKEN.findall(line.lower())
    latin = [token for token in tokens if token.isascii() and token.isalpha()]
    romaji = len(latin) >= 3 and all(_ROMAJI.fullmatch(token) for token in latin)
    if japanese is None:
        japanese = has_kana(line)
    at = line.find(text)
    readings = readings_of(line, japanese) if at >= 0 else None
    said: Sequence[str] = text if readings is None else readings[at : at + len(text)]
    out: list[Syllable] = []
    for match in _TOKEN.finditer(text):
        if match[0].isdigit():
            out.append(Syllable())
        else:
            part = said[match.start() : match.end()]
            out.extend(_word(match[0], part, whole=whole, romaji=romaji, japanese=japanese))
        if len(out) >= _MOST:
            break
    return tuple(out[:_MOST])
