"""The camera's shots as a table: the record, its check, and the shipped table (presets/shows/shots.toml)."""

import functools
import tomllib
from collections.abc import Collection
from importlib import resources
from typing import Annotated, Literal

import msgspec

from motion.errors import UserError
from motion.music.song_map import SectionLabel

__all__ = [
    "FAR",
    "Moment",
    "Place",
    "Room",
    "Shot",
    "ShotEnd",
    "ShotError",
    "Shots",
    "Size",
    "WHOLE",
    "decode_shots",
    "house_shots",
]

FORMAT_VERSION = 2
Size = Literal["wide", "crowd", "crane", "reverse", "full", "low", "push", "pull", "cowboy", "medium", "close"]
Moment = Literal[
    "opening",
    "drop",
    "after_drop",
    "chorus",
    "verse",
    "sea",
    "hush",
    "gesture",
    "line_end",
    "approach",
    "closing",
    "last",
    "finale",
]
FAR: frozenset[Size] = frozenset({"wide", "crane"})
"""Sizes that show the room; one of them after another looks like no cut."""
WHOLE: frozenset[Size] = frozenset({"wide", "crane", "crowd", "full"})
"""Sizes that show her from the head to the heels: one sees the dance."""


class ShotError(UserError):
    """A table of shots cannot be used; the message names shot and field."""


class ShotEnd(msgspec.Struct, frozen=True):
    """Where the camera stands and looks, metres for a body of 1.60 m at the origin."""

    position: tuple[float, float, float]
    target: tuple[float, float, float]


class Place(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"start": "from", "stop": "to"}
):
    """The same shot in a hall of other measures."""

    start: ShotEnd
    stop: ShotEnd
    fov: float


class Room(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"least": "from", "most": "to"}):
    """Where a camera may be: lowest and highest x, y, z, metres. wall: z of the wall of light."""

    least: tuple[float, float, float]
    most: tuple[float, float, float]
    wall: float = -6.0


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
    eyes: float | None = None
    side: float | None = None
    roll: float = 0.0
    follow: float = 1.0
    hand: float = 0.0
    axis: bool = False
    bars: int = 4
    most: int = 0
    on: dict[SectionLabel, float] = {}
    venues: dict[str, Place] = {}
    room: Room | None = None

    def at(self, venue: str) -> "Shot":
        """This shot as that venue frames it."""
        place = self.venues.get(venue)
        if place is None:
            return self
        return msgspec.structs.replace(self, start=place.start, stop=place.stop, fov=place.fov)


_Bars = Annotated[int, msgspec.Meta(ge=1, le=16)]
_Gain = Annotated[float, msgspec.Meta(ge=0.0, le=20.0)]


class Shots(msgspec.Struct, frozen=True, kw_only=True):
    """All shots; how many bars the phrases of the camera last in each section; what moments of a song ask for."""

    version: int
    shots: list[Shot]
    phrases: dict[SectionLabel, Annotated[list[_Bars], msgspec.Meta(min_length=1)]]
    apart: dict[Size, Annotated[int, msgspec.Meta(ge=0, le=12)]] = {}
    whole: dict[SectionLabel, Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]] = {}
    moments: dict[Moment, dict[Size, _Gain]] = {}
    rooms: dict[str, Room] = {}

    def named(self, name: str) -> Shot | None:
        return next((shot for shot in self.shots if shot.name == name), None)

    def only(self, names: Collection[str]) -> "Shots":
        """The table with the shots of these names, or all of it where none of them is in it."""
        kept = [shot for shot in self.shots if shot.name in names]
        return msgspec.structs.replace(self, shots=kept) if kept else self


_RANGES = {
    "fov": (6, 45),
    "portrait": (0.5, 2),
    "drop": (0, 1),
    "eyes": (-0.2, 0.6),
    "side": (-0.6, 0.6),
    "roll": (-9, 9),
    "follow": (0, 1),
    "hand": (0, 14),
    "bars": (1, 16),
    "most": (0, 9),
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
            if value is not None and not low <= value <= high:
                raise ShotError(f"shot {shot.name}: {field} is {value}; allowed are {low} to {high}")
    return table


@functools.cache
def house_shots(venue: str = "") -> Shots:
    """The shipped table, as a venue frames it ("": the table as it stands)."""
    table = decode_shots(resources.files("presets").joinpath("shows/shots.toml").read_text(encoding="utf-8"))
    room = table.rooms.get(venue)
    shots = [msgspec.structs.replace(shot.at(venue), room=room) for shot in table.shots]
    return msgspec.structs.replace(table, shots=shots)
