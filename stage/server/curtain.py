"""When the first song of a show begins: as soon as somebody can see and hear it. Records and rules; times are given."""

from collections.abc import Iterable
from typing import Protocol

from stage.wire.messages import Role

__all__ = ["EMPTY_HOUSE", "SLOW_PAGE", "Curtain"]

EMPTY_HOUSE = 5.0
"""Seconds after which a song begins before no stage page that anybody sees."""
SLOW_PAGE = 20.0
"""Seconds after which it begins though the page that is there still loads."""


class Page(Protocol):
    """What is asked of a connected page."""

    @property
    def role(self) -> Role: ...
    @property
    def loaded(self) -> int:
        """Number of the song whose sound and performers are here; -1 for none."""
        ...

    @property
    def hidden(self) -> bool:
        """A tab behind another, which draws nothing and may never load."""
        ...


class Curtain:
    """Down from `lower` until `may_rise` says yes or somebody presses something; up at first."""

    def __init__(self) -> None:
        self._song: int | None = None
        self._since = 0.0

    @property
    def down(self) -> bool:
        return self._song is not None

    def lower(self, song: int, now: float) -> None:
        """Song number `song` stands on the stage since `now`, seconds."""
        self._song, self._since = song, now

    def lift(self) -> None:
        """Nobody waits any longer."""
        self._song = None

    def may_rise(self, pages: Iterable[Page], now: float) -> bool:
        """Is there somebody who sees the song from its first picture, or has it waited long enough?"""
        if self._song is None:
            return False
        stages = [page for page in pages if page.role == "stage"]
        if any(page.loaded == self._song for page in stages):
            return True
        coming = any(not page.hidden for page in stages)
        return now - self._since >= (SLOW_PAGE if coming else EMPTY_HOUSE)
