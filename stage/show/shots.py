"""The camera's shots as a table: the record, its check, and the shipped table (presets/shows/shots.toml)."""

import functools
import tomllib
from importlib import resources
from typing import Literal

import msgspec

from motion.errors import UserError
from motion.music.song_map import SectionLabel

__all__ = ["Shot", "ShotEnd", "ShotError", "Shots", "decode_shots", "house_shots"]

FORMAT_VERSION = 1
Size = Literal["wide", "full", "medium", "close", "low", "crane"]


class ShotError(UserError):
    """A table of shots cannot be used; the message names shot and field."""


class ShotEnd(msgspec.Struct, frozen=True):
    """Where the camera stands and looks, metres for a body of 1.60 m at the origin."""

    position: tuple[float, float, float]
    target: tuple[float, float, float]


class Shot(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"start": "from", "stop": "to"}
):
    """One shot; what each field means stands in presets/shows/shots.toml. fov, roll in degrees, hand in mm."""

    name: str
    size: Size
    start: ShotEnd
    stop: ShotEnd
    fov: float
    portrait: float = 1.0
    drop: float = 0.0
    roll: float = 0.0
    follow: float = 1.0
    hand: float = 0.0
    bars: int = 4
    on: dict[SectionLabel, float] = {}


class Shots(msgspec.Struct, frozen=True, kw_only=True):
    """All shots, and how many bars a phrase of the camera lasts in each section."""

    version: int
    shots: list[Shot]
    phrases: dict[SectionLabel, int]

    def named(self, name: str) -> Shot | None:
        return next((shot for shot in self.shots if shot.name == name), None)


_RANGES = {
    "fov": (8, 40),
    "portrait": (0.5, 2),
    "drop": (0, 1),
    "roll": (-6, 6),
    "follow": (0, 1),
    "hand": (0, 12),
    "bars": (1, 16),
}


def decode_shots(text: str) -> Shots:
    """Parse and check a table of shots.

    Raises:
        ShotError: not TOML, an unknown field, a value out of range, no shot at all, one name twice.
    """
    try:
        table = msgspec.convert(tomllib.loads(text), Shots)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ShotError(f"not a table of shots: {error}") from error
    if table.version > FORMAT_VERSION:
        raise ShotError(f"table of shots {table.version} is newer than this nichang reads ({FORMAT_VERSION})")
    if not table.shots:
        raise ShotError("the table of shots is empty; it needs one at least")
    names = [shot.name for shot in table.shots]
    for shot in table.shots:
        if names.count(shot.name) > 1:
            raise ShotError(f"shot {shot.name} stands twice in the table; give one another name")
        for field, (low, high) in _RANGES.items():
            value = getattr(shot, field)
            if not low <= value <= high:
                raise ShotError(f"shot {shot.name}: {field} is {value}; allowed are {low} to {high}")
    return table


@functools.cache
def house_shots() -> Shots:
    """The shipped table."""
    return decode_shots(resources.files("presets").joinpath("shows/shots.toml").read_text(encoding="utf-8"))
