"""The move library: authored moves and clips under one name space, read from presets/moves.

A shell: reads files of the package. Everything it returns is plain data.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources

from motion.dance.clips import Clip, decode_clips
from motion.dance.moves import Move, MoveError, parse_moves

__all__ = ["Entry", "Library", "load_library"]


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


@dataclass(frozen=True, slots=True)
class Library:
    """Moves by name, in a fixed order (sorted), so that nothing depends on the file system."""

    entries: Mapping[str, Entry] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.entries)

    def __getitem__(self, name: str) -> Entry:
        return self.entries[name]

    def __contains__(self, name: object) -> bool:
        return name in self.entries

    def with_tag(self, *tags: str) -> list[Entry]:
        """Entries that carry at least one of the tags."""
        return [entry for entry in self.entries.values() if entry.tags.intersection(tags)]


def library_of(moves: list[Move], clips: list[Clip]) -> Library:
    """Put moves and clips under one name space."""
    entries = [Entry(m.name, m.counts, m.style, m.energy, m.tags, True, move=m) for m in moves]
    entries += [Entry(c.name, c.counts, c.style, c.energy, c.tags, False, clip=c) for c in clips]
    return Library({entry.name: entry for entry in sorted(entries, key=lambda entry: entry.name)})


@lru_cache(maxsize=2)
def load_library(*, own_moves_only: bool = False) -> Library:
    """Read presets/moves. The result is shared and read-only.

    Raises:
        MoveError: a move file is broken, or two moves share a name.
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
    return library_of(moves, clips)
