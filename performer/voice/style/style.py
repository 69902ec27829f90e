"""What may be asked of a voice besides being itself: one record, from options or a TOML file."""

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from motion.errors import UserError
from performer.voice.style.lines import HARMONIES
from performer.voice.style.scale import parse_scale
from performer.voice.style.transpose import FARTHEST
from performer.voice.toml_file import TomlFile

__all__ = ["MOST_TAKES", "Style", "StyleError", "check_style", "parse_style", "read_style"]

MOST_TAKES = 4


class StyleError(UserError):
    """A style that cannot be: what is wrong and what may be given."""


_FILE = TomlFile("a style", "`nichang voice convert --help` says what a style may hold", StyleError)


class Style(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Every field at its default leaves the voice as it is.

    transpose: semitones, or "auto": from the voice's range. formant: semitones. breath, tension: -1..1. tune: "" (off),
    "auto", or a key or scale, as the source is sung (it moves along with `transpose`). tune_strength: 0..1.
    tune_speed_ms: how long a correction takes. double: second takes. harmony: names of `HARMONIES`, within `tune`, or
    within the key that is found.
    """

    transpose: Annotated[float, msgspec.Meta(ge=-FARTHEST, le=FARTHEST)] | Literal["auto"] = 0.0
    formant: Annotated[float, msgspec.Meta(ge=-6.0, le=6.0)] = 0.0
    breath: Annotated[float, msgspec.Meta(ge=-1.0, le=1.0)] = 0.0
    tension: Annotated[float, msgspec.Meta(ge=-1.0, le=1.0)] = 0.0
    tune: Annotated[str, msgspec.Meta(max_length=100)] = ""
    tune_strength: Annotated[float, msgspec.Meta(ge=0.0, le=1.0)] = 1.0
    tune_speed_ms: Annotated[float, msgspec.Meta(ge=0.0, le=500.0)] = 80.0
    double: Annotated[int, msgspec.Meta(ge=0, le=MOST_TAKES)] = 0
    harmony: Annotated[tuple[str, ...], msgspec.Meta(max_length=4)] = ()


def check_style(fields: dict[str, object], name: str = "the style of the voice") -> Style:
    """From plain values; `name` stands in messages.

    Raises:
        StyleError: unknown field, out of range, no such key or harmony.
    """
    style = _FILE.record(fields, Style, name)
    if style.tune not in ("", "auto"):
        parse_scale(style.tune)
    for name in style.harmony:
        if name not in HARMONIES:
            raise StyleError(f"there is no harmony {name!r}; harmonies: {', '.join(HARMONIES)}")
    return style


def parse_style(text: str, name: str = "the style of the voice") -> Style:
    """From TOML. Raises StyleError or ScaleError."""
    return check_style(_FILE.table(text, name), name)


def read_style(path: Path) -> Style:
    """From a TOML file. Raises as `parse_style`, or StyleError: the file cannot be read."""
    return parse_style(_FILE.text(path), str(path))
