"""What a song's card or a show file says about its staging, and the table of moods (presets/shows/moods.toml).

A mood is which colours each section takes and what is fired at its hits. A song that names none gets the first that
fits its tempo, key and energy: the same song, the same mood.
"""

import functools
import tomllib
from collections.abc import Iterable
from importlib import resources
from typing import Literal

import msgspec
import numpy as np

from motion.errors import UserError
from motion.music.song_map import SectionLabel, SongMap
from stage.show.shots import house_shots
from stage.wire.frame import CUES

__all__ = [
    "AS_IT_FITS",
    "Mood",
    "MoodError",
    "Staging",
    "decode_moods",
    "find_mood",
    "palette_names",
    "read_staging",
    "shipped_moods",
]

FORMAT_VERSION = 1
Hit = Literal["open", "first", "chorus", "last", "hit", "hook", "bridge", "interlude"]


class MoodError(UserError):
    """A mood, palette or cue that there is not; the message says which there are."""


class Mood(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of the table; see presets/shows/moods.toml."""

    name: str
    bpm: tuple[float, float] = (0.0, 1000.0)
    key: Literal["major", "minor", ""] = ""
    energy: tuple[float, float] = (0.0, 1.0)
    palettes: dict[SectionLabel, str]
    choruses: list[str] = []
    cues: dict[Hit, list[str]] = {}

    def chorus_palette(self, number: int, count: int) -> str | None:
        """Palette of chorus `number` of `count`, from 0; None: as `palettes` says. The last one is its own."""
        if count < 2 or not self.choruses:
            return self.choruses[0] if self.choruses else None
        between = self.choruses[:-1] or self.choruses
        return self.choruses[-1] if number == count - 1 else between[min(number, len(between) - 1)]

    def fits(self, song: SongMap) -> bool:
        energy = float(np.mean(song.energy.values)) if song.energy.values else 0.0
        return (
            self.bpm[0] <= song.bpm < self.bpm[1]
            and self.energy[0] <= energy <= self.energy[1]
            # A song without a key is taken for neither.
            and (not self.key or song.key.endswith(self.key))
        )


class Staging(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The `[staging]` table of a song's card, or of a song in a show file. All of it may be left out.

    mood: a row of the table of moods. palettes: section -> palette, over the mood's. cues: hit -> what is fired, over
    the mood's. shots: the automatic camera takes only these; empty: all of the table.
    """

    mood: str = ""
    palettes: dict[SectionLabel, str] = {}
    cues: dict[Hit, list[str]] = {}
    shots: list[str] = []


AS_IT_FITS = Staging()
"""What a song says that says nothing."""


class _Moods(msgspec.Struct, frozen=True):
    version: int
    moods: list[Mood]


def decode_moods(text: str) -> tuple[Mood, ...]:
    """Parse and check a table of moods.

    Raises:
        MoodError: not TOML, an unknown field, palette or cue, an empty table.
    """
    try:
        table = msgspec.convert(tomllib.loads(text), _Moods)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise MoodError(f"not a table of moods: {error}") from error
    if table.version > FORMAT_VERSION:
        raise MoodError(f"table of moods {table.version} is newer than this nichang reads ({FORMAT_VERSION})")
    if not table.moods:
        raise MoodError("the table of moods is empty; it needs one at least")
    for mood in table.moods:
        _check(f"mood {mood.name}", [*mood.palettes.values(), *mood.choruses], mood.cues)
    return tuple(table.moods)


@functools.cache
def shipped_moods() -> tuple[Mood, ...]:
    """The shipped table."""
    return decode_moods(resources.files("presets").joinpath("shows/moods.toml").read_text(encoding="utf-8"))


@functools.cache
def palette_names() -> tuple[str, ...]:
    """Names of the palettes in the order of their numbers on the wire (presets/venues/palettes.toml)."""
    text = resources.files("presets").joinpath("venues/palettes.toml").read_text(encoding="utf-8")
    return tuple(str(row["name"]) for row in tomllib.loads(text)["palettes"])


def read_staging(table: object, where: str) -> Staging:
    """Check the `[staging]` table of a card or show file. where: for the message.

    Raises:
        MoodError: an unknown field, mood, section, palette or cue.
    """
    try:
        staging = msgspec.convert(table, Staging)
    except msgspec.ValidationError as error:
        raise MoodError(f"{where}: {error}; [staging] has mood, palettes, cues and shots") from error
    if staging.mood and all(mood.name != staging.mood for mood in shipped_moods()):
        names = ", ".join(mood.name for mood in shipped_moods())
        raise MoodError(f"{where}: there is no mood {staging.mood}; there are {names}")
    _check(where, staging.palettes.values(), staging.cues)
    names = [shot.name for shot in house_shots().shots]
    for name in staging.shots:
        if name not in names:
            raise MoodError(f"{where}: there is no shot {name}; there are {', '.join(names)}")
    return staging


def find_mood(song: SongMap, staging: Staging | None = None) -> Mood:
    """The mood that the staging names or else the first that fits, with what the staging changes in it."""
    staging = staging or AS_IT_FITS
    moods = shipped_moods()
    named = (mood for mood in moods if mood.name == staging.mood)
    mood = next(named, None) or next((mood for mood in moods if mood.fits(song)), moods[-1])
    # A song that says what a chorus wears means all of them.
    choruses = [] if "chorus" in staging.palettes else mood.choruses
    return msgspec.structs.replace(
        mood, choruses=choruses, palettes={**mood.palettes, **staging.palettes}, cues={**mood.cues, **staging.cues}
    )


def _check(where: str, palettes: Iterable[str], cues: dict[Hit, list[str]]) -> None:
    for name in palettes:
        if name not in palette_names():
            raise MoodError(f"{where}: there is no palette {name}; there are {', '.join(palette_names())}")
    for names in cues.values():
        for name in names:
            if name not in CUES[1:]:
                raise MoodError(f"{where}: there is no cue {name}; there are {', '.join(CUES[1:])}")
