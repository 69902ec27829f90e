"""From written syllables to sounds: pinyin without tones, and English as ARPAbet in braces. The sounds: phones.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from motion.errors import UserError

__all__ = ["CONTINUES", "Consonant", "Final", "SungSyllable", "SyllableError", "Vowel", "consonant", "read", "vowel"]

CONTINUES = ("", "-", "+")
"""Written where a note carries on the syllable of the note before."""

HUMMED = {"m": "M", "hm": "M", "n": "N", "ng": "NG"}
INITIALS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcs")


class SyllableError(UserError):
    """A syllable that nobody can sing."""


@dataclass(frozen=True, slots=True)
class Vowel:
    """f: F1 to F4 in hertz. rounded: lips forward."""

    f: tuple[float, float, float, float]
    rounded: bool = False


@dataclass(frozen=True, slots=True)
class Consonant:
    """What phones.toml says of a consonant; lengths in seconds, levels against a vowel's rms."""

    name: str
    locus: tuple[float, float, float]
    pull: float
    transition: float
    shut: float = 0.0
    burst: float = 0.0
    burst_level: float = 0.0
    hiss: float = 0.0
    hiss_level: float = 0.0
    breath: float = 0.0
    breath_level: float = 0.0
    voice: float = 0.0
    buzz: float = 0.0
    nasal: float = 0.0
    zero: float = 0.0
    velar: bool = False
    bands: tuple[tuple[float, float, float], ...] = ()

    @property
    def seconds(self) -> float:
        return self.shut + self.burst + self.hiss + self.breath

    @property
    def voiced(self) -> bool:
        return self.voice > 0.0


@dataclass(frozen=True, slots=True)
class Final:
    """The sung part of a syllable: names of vowels passed, held and closed with."""

    core: str
    glide: str = ""
    close: str = ""
    coda: str = ""


@dataclass(frozen=True, slots=True)
class SungSyllable:
    """before: consonants ahead of the beat. after: consonants that end the note."""

    before: tuple[str, ...]
    final: Final
    after: tuple[str, ...] = ()


@cache
def _book() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads((files("presets.songs.singer") / "phones.toml").read_text(encoding="utf-8"))


@cache
def vowel(name: str) -> Vowel:
    entry = _book()["vowels"][name]
    return Vowel(tuple(float(x) for x in entry["f"]), bool(entry.get("rounded", False)))  # pyright: ignore[reportArgumentType]


@cache
def consonant(name: str) -> Consonant:
    entry = dict(_book()["consonants"][name])
    entry["bands"] = tuple(tuple(float(x) for x in band) for band in entry.get("bands", ()))
    entry["locus"] = tuple(float(x) for x in entry["locus"])
    return Consonant(name, **entry)


@cache
def read(text: str) -> tuple[SungSyllable, ...]:
    """The syllables written for one note: one for pinyin, as many as there are vowels for English.

    Raises:
        SyllableError: neither pinyin nor ARPAbet.
    """
    written = text.strip()
    if written.startswith("{") and written.endswith("}"):
        return _english(written[1:-1].split(), text)
    return (_pinyin(written.lower().replace("ü", "v"), text),)


def _pinyin(written: str, text: str) -> SungSyllable:
    if written in HUMMED:
        return SungSyllable((), Final(core=HUMMED[written]))
    initial, rest = _parted(written)
    name = _written_out(initial, rest)
    if name not in _book()["finals"]:
        raise SyllableError(
            f"Cannot sing '{text}': write pinyin without tones (ni, shang, lv) or English as {{HH AH L OW}}."
        )
    return SungSyllable((initial,) if initial else (), Final(**_book()["finals"][name]))


def _parted(written: str) -> tuple[str, str]:
    """Initial and final as they sound: y and w written out."""
    if written.startswith("yu") and written != "yu":
        return ("yu", "v" + written[2:])
    if written == "yu":
        return ("yu", "v")
    if written == "you":
        return ("y", "iu")
    if written == "yong":
        return ("y", "iong")
    if written.startswith("y"):
        rest = written[1:]
        return ("y", rest if rest.startswith("i") else "i" + rest)
    if written in ("wei", "wen"):
        return ("w", "u" + written[2:])
    if written.startswith("w"):
        rest = written[1:]
        return ("w", rest if rest.startswith("u") else "u" + rest)
    for initial in INITIALS:
        if written.startswith(initial) and len(written) > len(initial):
            return (initial, written[len(initial) :])
    return ("", written)


def _written_out(initial: str, rest: str) -> str:
    """The row of the table of finals."""
    if rest == "i" and initial in ("z", "c", "s"):
        return "z1"
    if rest == "i" and initial in ("zh", "ch", "sh", "r"):
        return "r1"
    if initial in ("j", "q", "x") and rest.startswith("u"):
        rest = "v" + rest[1:]
    return {"iou": "iu", "uei": "ui", "uen": "un", "ue": "ve", "io": "iao"}.get(rest, rest)


def _english(phones: list[str], text: str) -> tuple[SungSyllable, ...]:
    book = _book()
    plain = [phone.rstrip("012") for phone in phones]
    places = [i for i, phone in enumerate(plain) if phone in book["english"]]
    unknown = [phone for phone in plain if phone not in book["english"] and phone not in book["arpabet"]]
    if unknown or not places:
        raise SyllableError(f"Cannot sing '{text}': use ARPAbet phones with at least one vowel, as {{HH AH L OW}}.")
    out: list[SungSyllable] = []
    begin = 0
    for n, place in enumerate(places):
        following = places[n + 1] if n + 1 < len(places) else len(plain)
        # Between two vowels the last consonant belongs to the second.
        end = len(plain) if n + 1 == len(places) else max(place + 1, following - 1)
        out.append(
            SungSyllable(
                tuple(book["arpabet"][p] for p in plain[begin:place]),
                Final(**book["english"][plain[place]]),
                tuple(book["arpabet"][p] for p in plain[place + 1 : end]),
            )
        )
        begin = end
    return tuple(out)
