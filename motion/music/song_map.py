"""The song map: what the engine knows about a song, as a readable file (`song.json`).

Only the record and its reading and writing as bytes; who fills it in is not said here.
"""

import itertools
from collections.abc import Sequence
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from motion.errors import UserError

__all__ = [
    "Bar",
    "Chord",
    "Curve",
    "Section",
    "SectionLabel",
    "SongMap",
    "SongMapError",
    "decode_song_map",
    "encode_song_map",
]

SectionLabel = Literal["intro", "verse", "pre", "chorus", "bridge", "interlude", "outro", "silence"]
FORMAT_VERSION = 1


class SongMapError(UserError):
    """A song map file cannot be used; the message says what is wrong with it."""


class Bar(msgspec.Struct, frozen=True):
    """One bar: start and end in seconds, and its number of beats."""

    start: float
    end: float
    beats: int


class Chord(msgspec.Struct, frozen=True):
    """A chord by its usual name (`Am7`, `G/B`), from `start` until the next one."""

    start: float
    name: str


class Section(msgspec.Struct, frozen=True):
    """A stretch of the song. Sections with the same `group` are repeats of one another."""

    start: float
    end: float
    label: SectionLabel
    group: int


class Curve(msgspec.Struct, frozen=True):
    """A value in 0..1 every `hop` seconds, the first at time 0."""

    hop: float
    values: list[float]

    def at(self, t: float) -> float:
        """Value at time `t`, held at both ends; 0 for an empty curve."""
        if not self.values:
            return 0.0
        x = min(max(t / self.hop, 0.0), len(self.values) - 1.0)
        i = int(x)
        a, b = self.values[i], self.values[min(i + 1, len(self.values) - 1)]
        return a + (b - a) * (x - i)

    def sample(self, times: NDArray[np.floating]) -> NDArray[np.float64]:
        """Values at many times at once, same rule as `at`."""
        if not self.values:
            return np.zeros(np.shape(times))
        return np.interp(times, np.arange(len(self.values)) * self.hop, np.asarray(self.values))


class SongMap(msgspec.Struct, frozen=True, kw_only=True):
    """Everything in seconds from the song's start. Silence has no beats, bpm 0, and one section `silence`.

    chords: known for songs that brought a score; a heard map has none.
    """

    version: int = FORMAT_VERSION
    title: str = ""
    artist: str = ""
    sound_sha256: str = ""
    duration: float
    bpm: float
    beats: list[float]
    downbeats: list[float]
    bars: list[Bar]
    sections: list[Section]
    energy: Curve
    key: str = ""
    vocal: Curve
    chords: list[Chord] = []

    def section_at(self, t: float) -> Section:
        """The section that holds time `t` (the first before the song, the last after it)."""
        for section in self.sections:
            if t < section.end:
                return section
        return self.sections[-1]


def _increasing(values: Sequence[float]) -> bool:
    return all(b > a for a, b in itertools.pairwise(values))


def decode_song_map(data: bytes) -> SongMap:
    """Parse and check a `song.json`.

    Raises:
        SongMapError: not JSON, a field of the wrong kind, times out of order, or a newer format.
    """
    try:
        song = msgspec.json.decode(data, type=SongMap)
    except msgspec.DecodeError as error:
        raise SongMapError(f"not a song map: {error}. Make one with: nichang listen SONG -o song.json") from error
    if song.version > FORMAT_VERSION:
        raise SongMapError(f"song map format {song.version} is newer than this nichang reads ({FORMAT_VERSION})")
    if not song.duration > 0.0:
        raise SongMapError(f"song map says the song lasts {song.duration} s; it must be above 0")
    if not song.sections:
        raise SongMapError("song map has no sections; one section over the whole song is enough")
    for name, times in (
        ("beats", song.beats),
        ("downbeats", song.downbeats),
        ("bars", [bar.start for bar in song.bars]),
        ("chords", [chord.start for chord in song.chords]),
        ("sections", [section.start for section in song.sections]),
    ):
        if not _increasing(times):
            raise SongMapError(f"song map: the times of {name} must increase")
    for curve, name in ((song.energy, "energy"), (song.vocal, "vocal")):
        if not curve.hop > 0.0:
            raise SongMapError(f"song map: {name}.hop is {curve.hop}; it must be above 0 seconds")
    return song


def encode_song_map(song: SongMap) -> bytes:
    """The file as indented JSON, times rounded to 0.1 ms so that a person can read them."""

    def rounded(value: object) -> object:
        if isinstance(value, float):
            return round(value, 4)
        if isinstance(value, list):
            return [rounded(item) for item in value]
        if isinstance(value, dict):
            return {key: rounded(item) for key, item in value.items()}
        return value

    return msgspec.json.format(msgspec.json.encode(rounded(msgspec.to_builtins(song))), indent=1) + b"\n"
