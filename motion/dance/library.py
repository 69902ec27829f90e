"""The move library: authored moves and clips under one name space, read from presets/moves.

A shell: reads files of the package. Everything it returns is plain data.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources

import msgspec
import numpy as np

from motion.dance.clips import Clip, decode_clips
from motion.dance.manners import Manner, MannerError, decode_manners
from motion.dance.moves import Move, MoveError, parse_moves

__all__ = ["ACCENT_TEMPI", "Entry", "Library", "Measured", "library_of", "load_library"]

ACCENT_TEMPI: tuple[float, ...] = (88.0, 120.0, 145.0)
"""Counts per minute at which presets/moves/measure_moves.py measures the moves."""


class Measured(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one move does, measured on the canonical body by presets/moves/measure_moves.py.

    on_count: share of its accents on a count at ACCENT_TEMPI; empty where nobody measured. hides: share of its frames
    in which hands or forearms hide the face. thigh, spread, bend: of `motion.dance.shape.Shape`.
    """

    on_count: tuple[float, ...] = ()
    hides: float = 0.0
    thigh: float = 0.0
    spread: float = 0.0
    bend: float = 0.0


_UNKNOWN = Measured()


@dataclass(frozen=True, slots=True)
class Entry:
    """One move of the library: either written (`move`) or cut from captured motion (`clip`).

    own: made by the project; False = derived from the CMU or fair1 recordings, which carry a notice.
    """

    name: str
    counts: int
    style: str
    energy: float
    tags: frozenset[str]
    own: bool
    move: Move | None = None
    clip: Clip | None = None
    measured: Measured = _UNKNOWN

    def accent_share(self, per_minute: float) -> float:
        """Share of this move's accents that fall on a count at a tempo, as measured; 0.65 where nobody measured."""
        if len(self.measured.on_count) != len(ACCENT_TEMPI):
            return 0.65
        return float(np.interp(per_minute, ACCENT_TEMPI, self.measured.on_count))


@dataclass(frozen=True, slots=True)
class Library:
    """Moves by name, in a fixed order (sorted), so that nothing depends on the file system; and manners by name."""

    entries: Mapping[str, Entry] = field(default_factory=dict)
    manners: Mapping[str, Manner] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.entries)

    def __getitem__(self, name: str) -> Entry:
        return self.entries[name]

    def __contains__(self, name: object) -> bool:
        return name in self.entries

    def manner(self, name: str) -> Manner | None:
        """How a performer of this manner dances; "" = as the song suggests.

        Raises:
            MannerError: there is no such manner.
        """
        if name and name not in self.manners:
            known = ", ".join(self.manners) or "none"
            raise MannerError(f"there is no manner of dancing '{name}'; name one of {known}, or none")
        return self.manners.get(name)

    def with_tag(self, *tags: str) -> list[Entry]:
        """Entries that carry at least one of the tags."""
        return [entry for entry in self.entries.values() if entry.tags.intersection(tags)]


def library_of(
    moves: list[Move],
    clips: list[Clip],
    measured: Mapping[str, Measured] | None = None,
    manners: Mapping[str, Manner] | None = None,
) -> Library:
    """Put moves and clips under one name space. measured: by name."""
    known = measured or {}
    entries = [
        Entry(m.name, m.counts, m.style, m.energy, m.tags, True, m, None, known.get(m.name, _UNKNOWN)) for m in moves
    ]
    entries += [
        Entry(c.name, c.counts, c.style, c.energy, c.tags, False, None, c, known.get(c.name, _UNKNOWN)) for c in clips
    ]
    return Library({entry.name: entry for entry in sorted(entries, key=lambda entry: entry.name)}, manners or {})


@lru_cache(maxsize=2)
def load_library(*, own_moves_only: bool = False) -> Library:
    """Read presets/moves. The result is shared and read-only.

    Raises:
        MoveError: a move file is broken, or two moves share a name.
        MannerError: the table of manners is broken.
    """
    folder = resources.files("presets") / "moves"
    moves: list[Move] = []
    for file in sorted((folder / "authored").iterdir(), key=lambda item: item.name):
        if file.name.endswith(".txt"):
            moves += parse_moves(file.read_text(encoding="utf-8"), f"presets/moves/authored/{file.name}")
    clips: list[Clip] = []
    store = folder / "cmu" / "clips.npz"
    if not own_moves_only and store.is_file():
        clips = decode_clips(store.read_bytes())
    names = [move.name for move in moves] + [clip.name for clip in clips]
    doubles = sorted({name for name in names if names.count(name) > 1})
    if doubles:
        raise MoveError(f"presets{os.sep}moves: the name {doubles[0]} is used twice; every move needs its own name")
    manners = decode_manners((folder / "manners.toml").read_text(encoding="utf-8"))
    return library_of(moves, clips, _measured((folder / "measured.json").read_bytes()), manners)


def _measured(data: bytes) -> dict[str, Measured]:
    try:
        return msgspec.json.decode(data, type=dict[str, Measured])
    except msgspec.DecodeError as error:
        raise MoveError(f"presets/moves/measured.json is broken ({error}); make it again: measure_moves.py") from error
