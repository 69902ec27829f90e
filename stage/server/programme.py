"""Which song comes next: makes songs ready one after another and hands over the wanted one (a shell: tasks, threads).

Knows no page and no desk; what is to be done with a song that is ready, or cannot be, is called.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from motion.errors import UserError
from performer.avatar.model import Vrm
from stage.server.curtain import EMPTY_HOUSE
from stage.server.errors import DamagedCache
from stage.server.preparing import run_worker
from stage.server.setlist import Listed, Setlist
from stage.server.songs import SongSource, cache_of, forget, load_performance, prepared_seconds
from stage.show.desk import DeskError
from stage.show.shots import house_shots
from stage.show.show import Show
from stage.wire.messages import SongList

__all__ = ["WARM_AHEAD", "Programme"]

# Seconds of dance that are fitted to the avatar before they are due.
WARM_AHEAD = 6.0


class Programme:
    """The setlist and the one song of it that shall come on the stage as soon as it can."""

    def __init__(
        self,
        sources: Sequence[SongSource],
        avatar: Vrm,
        *,
        put_on: Callable[[Listed, Show], None],
        refused: Callable[[str], None],
        changed: Callable[[], None],
        news: Callable[[str], None],
        venue: str = "",
        audience: asyncio.Event | None = None,
    ) -> None:
        """Sources that were prepared before are found in the cache.

        Args:
            put_on: called with the wanted song, ready. refused: called with one sentence where a song fails.
            audience: set when a page shows the stage. Until then, or for EMPTY_HOUSE seconds, the first song leaves
            the processor to that page.
            changed: called when the list or an entry has changed. news: called with a line on each step.
        """
        self.setlist = Setlist()
        for source in sources:
            folder = cache_of(source, avatar.dance)
            self.setlist.add(source, folder, seconds=prepared_seconds(folder))
        self._avatar = avatar
        self._shots = house_shots(venue)
        self._put_on, self._refused, self._changed, self._news = put_on, refused, changed, news
        self._wanted: str | None = self.setlist[0].source.id if sources else None
        self._audience = audience
        self._shown: tuple[str, Show] | None = None
        self._remade: set[str] = set()
        self._work = asyncio.Event()

    def message(self, current: int) -> SongList:
        """The list as pages are told it. current: number of the song on the desk, -1 for none."""
        return self.setlist.message(current, self._wanted)

    @property
    def manner(self) -> str:
        """How the performer dances; what is prepared for a song depends on it."""
        return self._avatar.dance

    def add(self, source: SongSource, folder: Path) -> str:
        """Append a song whose place in the cache is `folder`; returns its id."""
        ident = self.setlist.add(source, folder, seconds=prepared_seconds(folder))
        self._changed()
        self._work.set()
        return ident

    def want(self, song: Listed) -> None:
        """Bring this song on the stage next.

        Raises:
            DeskError: it could not be made ready; the message says why.
        """
        if song.entry.state == "failed":
            raise DeskError(song.entry.note)
        self._wanted = song.source.id
        self._changed()
        self._work.set()

    async def run(self) -> None:
        """Make songs ready, the wanted one first, until cancelled."""
        while True:
            self._work.clear()
            wanted = None if self._wanted is None else self.setlist.find(self._wanted)
            waiting = self.setlist.waiting(self._wanted)
            if wanted is not None and wanted.entry.state == "ready":
                await self._bring(wanted)
            elif waiting is not None:
                await self._prepare(waiting)
            else:
                await self._work.wait()

    async def _prepare(self, song: Listed) -> None:
        source = song.source

        def tell(share: float, what: str) -> None:
            self._update(source.id, state="preparing", share=share, note=what)
            self._news(f"{source.title}: {what} ({share:.0%})")

        tell(0.0, "starting")
        if self._audience is not None and self._shown is None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._audience.wait(), EMPTY_HOUSE)
        try:
            # Before the first song nothing is played that could be disturbed.
            await run_worker(source, self._avatar.path, song.folder, tell, hurry=self._shown is None)
        except UserError as error:
            self._fail(source.id, str(error))
        else:
            seconds = prepared_seconds(song.folder)
            self._update(source.id, state="ready", share=1.0, note="", duration=seconds or 0.0)

    async def _bring(self, song: Listed) -> None:
        ident = song.source.id

        def load() -> Show:
            show = Show(load_performance(song.source, song.folder, (self._avatar,)), shots=self._shots)
            show.warm(0.0, WARM_AHEAD)
            return show

        try:
            # The same song once more needs no loading: everything is there.
            again = self._shown is not None and self._shown[0] == ident
            show = self._shown[1] if self._shown is not None and again else await asyncio.to_thread(load)
        except DamagedCache as error:
            if ident in self._remade:
                self._fail(ident, str(error))
                return
            # What is kept is only a copy of what can be made anew.
            self._remade.add(ident)
            await asyncio.to_thread(forget, song.folder)
            self._news(f"{error}; it is made ready anew")
            self._update(ident, state="waiting", note="")
            return
        except UserError as error:
            self._fail(ident, str(error))
            return
        if self._wanted != ident:
            return  # Something else was chosen meanwhile.
        self._wanted = None
        self._shown = (ident, show)
        self._put_on(song, show)

    def _fail(self, ident: str, why: str) -> None:
        self._update(ident, state="failed", note=why)
        if self._wanted == ident:
            self._wanted = None
        self._refused(why)

    def _update(self, ident: str, **changes: str | float) -> None:
        self.setlist.update(ident, **changes)
        self._changed()
