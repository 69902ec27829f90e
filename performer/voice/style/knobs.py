"""How far the knobs of a voice reach: the numbers of style.toml, read and checked."""

from functools import cache
from importlib.resources import files
from typing import Annotated

import msgspec

from motion.errors import UserError
from performer.voice.toml_file import TomlFile

__all__ = ["Breath", "Double", "Harmony", "Knobs", "Room", "Tension", "built_in_knobs", "read_knobs"]

_FILE = TomlFile("a page of knobs", "install nichang anew, or mend what you changed", UserError)
Share = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]
Decibels = Annotated[float, msgspec.Meta(ge=-90.0, le=24.0)]
Hertz = Annotated[float, msgspec.Meta(ge=50.0, le=20_000.0)]
Cents = Annotated[float, msgspec.Meta(ge=0.0, le=100.0)]
Milliseconds = Annotated[float, msgspec.Meta(ge=0.0, le=200.0)]


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What all tables of the file have in common."""


class Breath(_Table, frozen=True):
    full_share: tuple[Share, Share, Share, Share, Share, Share, Share, Share]
    high_db: Decibels
    high_hertz: Hertz


class Tension(_Table, frozen=True):
    tilt_db: Annotated[float, msgspec.Meta(ge=0.0, le=12.0)]
    from_hertz: Hertz
    to_hertz: Hertz
    share: Share


class Double(_Table, frozen=True):
    detune_cents: Cents
    drift_cents: Cents
    delay_ms: Milliseconds
    drift_ms: Milliseconds
    level_db: Decibels
    pan: Share


class Harmony(_Table, frozen=True):
    level_db: Decibels
    pan: Share
    detune_cents: Cents
    delay_ms: Milliseconds
    glide_ms: Milliseconds


class Room(_Table, frozen=True):
    seconds: Annotated[float, msgspec.Meta(ge=0.1, le=5.0)]
    before_ms: Milliseconds
    level_db: Decibels
    lead_level_db: Decibels


class Knobs(_Table, frozen=True):
    """One table a knob, as in style.toml."""

    breath: Breath
    tension: Tension
    double: Double
    harmony: Harmony
    room: Room


def read_knobs(text: str) -> Knobs:
    """Raises UserError: no TOML, a knob missing, unknown or out of its range."""
    return _FILE.record(_FILE.table(text, "style.toml"), Knobs, "style.toml")


@cache
def built_in_knobs() -> Knobs:
    """Those of style.toml beside this module."""
    return read_knobs((files(__package__ or "performer.voice.style") / "style.toml").read_text(encoding="utf-8"))
