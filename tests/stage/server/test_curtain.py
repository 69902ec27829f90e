"""The first song waits for somebody who can see it, and not for ever."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast
from unittest.mock import Mock

import pytest

from performer.avatar.expressions import expression_table
from performer.avatar.presets import avatar_path
from performer.avatar.vrm import read_vrm
from stage.server import programme
from stage.server.client import Client
from stage.server.curtain import EMPTY_HOUSE, SLOW_PAGE, Curtain
from stage.server.live import LiveShow
from stage.server.songs import cache_of, store
from stage.show.desk import NO_SONG
from stage.wire.codec import decode_frame
from stage.wire.frame import Frame
from stage.wire.messages import Ack, Next, Pause, Role
from tests.stage.server.conftest import PATIENCE, made_performance, made_source

AVATAR = read_vrm(avatar_path("mannequin"))
COUNTS = {0: len(expression_table(AVATAR))}


@dataclass
class Page:
    """What the server sees of a page; keeps what it is sent."""

    role: Role = "stage"
    loaded: int = -1
    hidden: bool = False
    sound_offset: float | None = None
    fps: float = 0.0
    quality: str = ""
    session: Mock = field(default_factory=Mock)
    frames: list[Frame] = field(default_factory=list)

    def frame(self, data: bytes, sequence: int, now: float) -> None:
        self.frames.append(decode_frame(data, COUNTS))

    def tell_text(self, text: str) -> None:
        pass


@pytest.mark.parametrize(
    ("pages", "after", "rises"),
    [
        ([], EMPTY_HOUSE - 0.1, False),
        ([], EMPTY_HOUSE, True),
        ([Page("operator", loaded=2)], 1.0, False),
        ([Page()], EMPTY_HOUSE, False),
        ([Page()], SLOW_PAGE, True),
        ([Page(loaded=1)], 1.0, False),
        ([Page(), Page(loaded=2)], 0.0, True),
        ([Page(hidden=True)], EMPTY_HOUSE - 0.1, False),
        ([Page(hidden=True)], EMPTY_HOUSE, True),
        ([Page(hidden=True), Page()], EMPTY_HOUSE, False),
    ],
)
def test_it_rises_for_a_page_that_has_the_song_or_when_it_has_waited_long_enough(
    pages: list[Page], after: float, rises: bool
) -> None:
    curtain = Curtain()
    curtain.lower(2, 10.0)
    assert curtain.may_rise(pages, 10.0 + after) is rises
    assert curtain.down


def test_what_is_up_does_not_rise() -> None:
    curtain = Curtain()
    assert not curtain.may_rise([Page(loaded=0)], 99.0)
    curtain.lower(0, 0.0)
    curtain.lift()
    assert not curtain.may_rise([Page(loaded=0)], 99.0)


async def _until(show: LiveShow, page: Page, seen: int) -> None:
    """Run the show until the page has been sent that many frames."""
    await _while(show, page, lambda: len(page.frames) < seen)


async def _while(show: LiveShow, page: Page, going: Callable[[], bool]) -> None:
    show.clients[1] = cast(Client, page)
    tasks = [asyncio.create_task(show.run()), asyncio.create_task(show.programme.run())]
    try:
        async with asyncio.timeout(PATIENCE):
            while going():
                await asyncio.sleep(0.01)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _prepared(home: Path) -> LiveShow:
    source = made_source(home)
    store(cache_of(source), made_performance())
    return LiveShow([source], AVATAR, curtain=True)


def test_somebody_stands_on_the_stage_of_a_show_without_songs(home: Path) -> None:
    async def run() -> None:
        page = Page()
        await _until(LiveShow([], AVATAR), page, 5)
        assert all(frame.song == NO_SONG and len(frame.performers) == 1 for frame in page.frames)

    asyncio.run(run())


def test_the_song_stands_still_until_the_page_has_it_and_then_runs_from_its_start(home: Path) -> None:
    async def run() -> None:
        show, page = _prepared(home), Page()
        await _until(show, page, 30)
        assert {frame.media_time for frame in page.frames} == {0.0}
        page.loaded = 0
        page.frames.clear()
        await _until(show, page, 60)
        media = [frame.media_time for frame in page.frames]
        assert media[0] < 0.2
        assert media[-1] > 0.2

    asyncio.run(run())


def test_an_operator_who_presses_something_is_not_overruled(home: Path) -> None:
    async def run() -> None:
        show, page = _prepared(home), Page()
        await _until(show, page, 5)
        await show.hear(cast(Client, Page("operator")), Pause())
        page.loaded = 0
        await _until(show, page, 30)
        assert {frame.media_time for frame in page.frames} == {0.0}

    asyncio.run(run())


def test_a_song_chosen_before_the_curtain_has_risen_waits_and_plays_in_its_place(home: Path) -> None:
    sources = [made_source(home, name) for name in ("one", "two")]
    for source in sources:
        store(cache_of(source), made_performance())

    async def run() -> None:
        show, page = LiveShow(sources, AVATAR, curtain=True), Page()
        await _until(show, page, 5)
        assert page.frames[-1].song == 0
        await show.hear(cast(Client, Page("operator")), Next())
        await _while(show, page, lambda: page.frames[-1].song == 0)
        page.frames.clear()
        await _until(show, page, 30)
        assert {(frame.song, frame.media_time) for frame in page.frames} == {(1, 0.0)}
        page.loaded = 1
        page.frames.clear()
        await _until(show, page, 60)
        assert page.frames[-1].song == 1
        assert page.frames[-1].media_time > 0.2

    asyncio.run(run())


@pytest.mark.parametrize("shown", [Ack(sequence=2, quality="lite"), Ack(sequence=2, hidden=True)])
def test_the_first_song_is_prepared_when_a_page_shows_the_stage_or_never_will(
    home: Path, monkeypatch: pytest.MonkeyPatch, shown: Ack
) -> None:
    begun = asyncio.Event()

    async def prepare(*args: object, hurry: bool, **rest: object) -> None:
        assert hurry
        begun.set()
        await asyncio.sleep(PATIENCE)

    monkeypatch.setattr(programme, "run_worker", prepare)
    monkeypatch.setattr(programme, "EMPTY_HOUSE", PATIENCE)

    async def run() -> None:
        show = LiveShow([made_source(home)], AVATAR, curtain=True)
        work = asyncio.create_task(show.programme.run())
        page = cast(Client, Page())
        await show.hear(cast(Client, Page("operator")), Ack(sequence=1, quality="lite"))
        await show.hear(page, Ack(sequence=1))
        await asyncio.sleep(0.1)
        assert not begun.is_set()
        await show.hear(page, shown)
        async with asyncio.timeout(PATIENCE):
            await begun.wait()
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)

    asyncio.run(run())
