"""One video drawn by one browser after another until it is done (a shell: browser, sockets, clock).

Knows nothing of songs and dances: a job, a feed of frames and a sink come in.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

import msgspec

from stage.render.browser import Browser, find_browser, start_browser
from stage.render.errors import BrowserCrashed, BrowserError
from stage.render.feed import Feed
from stage.render.link import Closed, PageLink
from stage.render.protocol import (
    Failed,
    Hash,
    Hello,
    Job,
    Ready,
    Spent,
    Want,
    decode_chunk,
    decode_message,
    encode_batch,
    encode_job,
)
from stage.render.sink import Sink

__all__ = ["Drawn", "NoH264", "draw", "pages_folder"]

PAGE = "render.html"
# A browser on a busy machine takes seconds to start; a model with 100 MB of textures takes longer to read.
_START_SECONDS = 60.0
_LOAD_SECONDS = 240.0
_SILENCE_SECONDS = 120.0
# Crashes in a row without one more finished group of pictures; then the machine is at fault, not chance.
_TRIES = 3


class NoH264(BrowserError):
    """This browser does not encode H.264."""


@dataclass(slots=True)
class Drawn:
    """What drawing took. start_seconds: from the browser's start to the first frame asked for."""

    renderer: str = ""
    spent: Spent = field(default_factory=Spent)
    start_seconds: float = 0.0
    draw_seconds: float = 0.0
    crashes: int = 0
    hashes: dict[int, int] = field(default_factory=dict[int, int])


def pages_folder() -> Path:
    """The built pages.

    Raises:
        BrowserError: they are not built.
    """
    folder = Path(str(resources.files("stage"))) / "web" / "dist"
    if not (folder / PAGE).is_file():
        raise BrowserError("the pages are not built; run: make setup")
    return folder


def draw(
    job: Job,
    *,
    files: Mapping[str, Path | bytes],
    feed: Feed,
    sink: Sink,
    progress: Callable[[int], None],
    pages: Path | None = None,
    browser: Path | None = None,
    start: Callable[..., Browser] = start_browser,
) -> Drawn:
    """Draw frames job.first..job.last-1 into `sink`; a browser that crashes is replaced and goes on at a key frame.

    Args:
        files: what the page may load beside itself, address -> file.
        progress: called with the number of the frame that is due next.
    Raises:
        NoH264: the job wants H.264 and the browser has none; nothing is drawn.
        BrowserError: no browser, no page, or it crashes again and again.
    """
    folder = pages_folder() if pages is None else pages
    path = find_browser() if browser is None else browser
    drawn = Drawn()
    software, tries, best = "mesa", 0, job.first
    while True:
        try:
            with PageLink(folder, files) as link, start(link.url(PAGE), browser=path, software=software) as process:
                _converse(msgspec.structs.replace(job, first=sink.next), link, process, feed, sink, progress, drawn)
            return drawn
        except BrowserCrashed as error:
            drawn.crashes += 1
            sink.rewind()
            tries = tries + 1 if sink.next <= best else 1
            best = max(best, sink.next)
            if tries >= _TRIES:
                raise BrowserError(
                    f"the browser ended {tries} times at frame {sink.next} ({error}); "
                    "'nichang doctor' tries it, --size and --quality lite ask less of it"
                ) from error
            if not drawn.renderer:
                # It never came as far as drawing: the system's OpenGL may be the reason.
                software = "swiftshader"


def _converse(
    job: Job,
    link: PageLink,
    browser: Browser,
    feed: Feed,
    sink: Sink,
    progress: Callable[[int], None],
    drawn: Drawn,
) -> None:
    began = time.monotonic()
    patience, heard = _START_SECONDS, began
    supplied, ready_at = 0, 0.0
    before = drawn.spent
    while True:
        message = link.receive(0.5)
        now = time.monotonic()
        if message is None:
            if not browser.alive():
                raise BrowserCrashed(browser.complaint() or "it ended by itself")
            if now - heard > patience:
                raise BrowserCrashed(f"no word from it for {patience:.0f} s")
            continue
        heard = now
        if isinstance(message, Closed):
            raise BrowserCrashed(browser.complaint() or "its page went away")
        if isinstance(message, bytes):
            sink.accept(decode_chunk(message))
            progress(sink.next)
            continue
        said = decode_message(message)
        if isinstance(said, Hello):
            patience = _LOAD_SECONDS
            link.send(encode_job(job))
        elif isinstance(said, Ready):
            patience = _SILENCE_SECONDS
            drawn.renderer, ready_at = said.renderer, now
            drawn.start_seconds += now - began
        elif isinstance(said, Want):
            frames = feed.take(supplied, said.frames)
            supplied += len(frames)
            link.send(encode_batch(frames))
        elif isinstance(said, Spent):
            drawn.spent = _sum(before, said)
        elif isinstance(said, Hash):
            drawn.hashes[said.index] = said.value
        elif isinstance(said, Failed):
            _raise(said)
        else:
            drawn.draw_seconds += now - ready_at
            if sink.next != job.last:
                raise BrowserError(f"the render page ended at frame {sink.next} of {job.last}")
            return


def _sum(a: Spent, b: Spent) -> Spent:
    return Spent(**{name: getattr(a, name) + getattr(b, name) for name in Spent.__struct_fields__})


def _raise(said: Failed) -> None:
    if said.kind == "crash":
        raise BrowserCrashed(said.message)
    if said.kind == "encoder":
        raise NoH264(said.message)
    raise BrowserError(f"the render page failed: {said.message}")
