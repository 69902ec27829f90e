"""The songs of a show in their order, and how far each is: records and lookups. No file, no clock, no task in here."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from stage.server.songs import SongSource
from stage.show.desk import DeskError
from stage.wire.messages import SongEntry, SongList

__all__ = ["Listed", "Setlist"]


@dataclass(frozen=True, slots=True)
class Listed:
    """A song of the list. folder: where it is made ready. entry: what pages are told of it."""

    source: SongSource
    folder: Path
    entry: SongEntry


class Setlist:
    """Grows, never shrinks: the number of a song stays its number."""

    def __init__(self) -> None:
        self._songs: list[Listed] = []

    def __len__(self) -> int:
        return len(self._songs)

    def __iter__(self) -> Iterator[Listed]:
        return iter(self._songs)

    def __getitem__(self, number: int) -> Listed:
        return self._songs[number]

    def add(self, source: SongSource, folder: Path, *, seconds: float | None) -> str:
        """Append a song; returns its id, made unlike the others'. The same song once more is the one that is there.

        Args:
            seconds: its length if it is ready, None where it must be prepared.
        """
        for song in self._songs:
            if replace(song.source, id=source.id) == source and song.folder == folder:
                return song.source.id
        taken = {song.source.id for song in self._songs}
        ident, count = source.id, 2
        while ident in taken:
            ident, count = f"{source.id}-{count}", count + 1
        entry = SongEntry(
            id=ident,
            title=source.title,
            artist=source.artist,
            duration=seconds or 0.0,
            state="waiting" if seconds is None else "ready",
        )
        self._songs.append(Listed(replace(source, id=ident), folder, entry))
        return ident

    def find(self, ident: str) -> Listed:
        """The song of that id.

        Raises:
            DeskError: there is none.
        """
        song = self.get(ident)
        if song is None:
            raise DeskError(f"there is no song {ident} in this show")
        return song

    def get(self, ident: str) -> Listed | None:
        return next((song for song in self._songs if song.source.id == ident), None)

    def number(self, ident: str) -> int:
        """The place of a song, from 0."""
        return self._songs.index(self.find(ident))

    def update(self, ident: str, **changes: str | float) -> None:
        """Change what pages are told of a song."""
        number = self.number(ident)
        song = self._songs[number]
        self._songs[number] = replace(song, entry=msgspec.structs.replace(song.entry, **changes))

    def waiting(self, first: str | None) -> Listed | None:
        """The next song to be made ready: the one named `first` if it waits, else in order."""
        waiting = [song for song in self._songs if song.entry.state == "waiting"]
        return min(waiting, key=lambda song: song.source.id != first, default=None)

    def after(self, number: int) -> Listed:
        """The song after number `number`, round and round, one that failed left out where another is there.

        Raises:
            DeskError: the list is empty.
        """
        if not self._songs:
            raise DeskError("the list of songs is empty; drop a sound file onto the console")
        places = [(number + step) % len(self._songs) for step in range(1, len(self._songs) + 1)]
        sound = [place for place in places if self._songs[place].entry.state != "failed"]
        return self._songs[(sound or places)[0]]

    def message(self, current: int, wanted: str | None = None) -> SongList:
        """What pages are told. current: number of the song on the desk, -1 for none. wanted: id of what comes next."""
        ident = self._songs[current].source.id if current >= 0 else ""
        return SongList(songs=[song.entry for song in self._songs], current=ident, wanted=wanted or "")
