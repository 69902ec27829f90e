"""Characters of the singer; the tables are in voices.toml."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from motion.errors import UserError

__all__ = ["Voice", "named"]


@dataclass(frozen=True, slots=True)
class Voice:
    """One character; units as written in voices.toml."""

    size: float
    shape: float
    effort: float
    air: float
    presence: float
    sheen: float
    vibrato: float
    rate: float
    onset: float
    scoop: float
    drift: float
    slide: float
    tones: float
    ring: float
    breaths: float
    gain: float
    octave: int


@cache
def named(name: str) -> Voice:
    """The voice of this name.

    Raises:
        UserError: there is none.
    """
    book = tomllib.loads((files("presets.songs.singer") / "voices.toml").read_text(encoding="utf-8"))
    if name not in book:
        raise UserError(f"There is no singing voice '{name}': choose one of {', '.join(book)}.")
    return Voice(**book[name])
