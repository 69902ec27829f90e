"""One video drawn by one browser after another until it is done (a shell: browser, sockets, clock).

Knows nothing of songs and dances: a job, a feed of frames and a sink come in.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

import msgspec

from stage.render.browser import find_browser, start_browser
from stage.render.errors import BrowserCrashed, BrowserError
from stage.render.feed import Feed
from stage.render.link import Closed, PageLink
from stage.render.protocol import (
    Failed,
    Go,
    Hash,
    Job,
    Ready,
    Spent,
    Want,
    decode_chunk,
    decode_message,
    encode_batch,
    encode_command,
)
from stage.render.sink import Sink

__all__ = ["Drawn", "NoH264", "Page", "draw", "pages_folder"]

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
    """What drawing took. first: number of the first frame. wait_seconds: for the stage to be built, after everything
    else was ready."""

    first: int = 0
    renderer: str = ""
    spent: Spent = field(default_factory=Spent)
    wait_seconds: float = 0.0
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


class Page:
    """A browser that builds the stage of `job`, and the line to it. Starts at once and works by itself until asked.

    Args:
        files: what the page may load beside itself, address -> file.
        software: see `start_browser`.
    """

    def __init__(
        self,
        job: Job,
        files: Mapping[str, Path | bytes],
        *,
        pages: Path | None = None,
        browser: Path | None = None,
        software: str = "mesa",
    ) -> None:
        path = find_browser() if browser is None else browser
        self.job = job
        self.link = PageLink(pages_folder() if pages is None else pages, files, encode_command(job))
        try:
            self.browser = start_browser(self.link.url(PAGE), browser=path, software=software)
        except BaseException:
            self.link.close()
            raise
        self._again = (files, pages, browser)

    def renew(self, *, job: Job | None = None, software: str = "mesa") -> "Page":
        """The same job, or another, in a new browser; this one is closed."""
        self.close()
        files, pages, browser = self._again
        return Page(job or self.job, files, pages=pages, browser=browser, software=software)

    def close(self) -> None:
        """End the browser and the line; may be called twice."""
        self.browser.close()
        self.link.close()


def draw(page: Page, go: Go, *, feed: Feed, sink: Sink, progress: Callable[[int], None]) -> Drawn:
    """Draw frames go.first..go.last-1 into `sink`; a browser that crashes is replaced and goes on at a key frame.

    Closes `page`, and every page that took its place.

    Args:
        progress: called with the number of the frame that is due next.
    Raises:
        NoH264: the job wants H.264 and the browser has none; nothing is drawn.
        BrowserError: no browser, no page, or it crashes again and again.
    """
    drawn = Drawn(go.first)
    software, tries, best = "mesa", 0, go.first
    try:
        while True:
            try:
                _converse(msgspec.structs.replace(go, first=sink.next), page, feed, sink, progress, drawn)
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
                page = page.renew(software=software)
    finally:
        page.close()


def _converse(go: Go, page: Page, feed: Feed, sink: Sink, progress: Callable[[int], None], drawn: Drawn) -> None:
    began = heard = time.monotonic()
    patience = _START_SECONDS
    asked, supplied, ready_at = False, 0, began
    before = drawn.spent
    while True:
        message = page.link.receive(0.5)
        now = time.monotonic()
        if not asked and page.link.connected:
            # From here on it is the model's size that takes time.
            asked, patience = page.link.send(encode_command(go)), _LOAD_SECONDS
        if message is None:
            if not page.browser.alive():
                raise BrowserCrashed(page.browser.complaint() or "it ended by itself")
            if now - heard > patience:
                raise BrowserCrashed(f"no word from it for {patience:.0f} s")
            continue
        heard = now
        if isinstance(message, Closed):
            raise BrowserCrashed(page.browser.complaint() or "its page went away")
        if isinstance(message, bytes):
            sink.accept(decode_chunk(message))
            progress(sink.next)
            continue
        said = decode_message(message)
        if isinstance(said, Ready):
            if drawn.renderer and said.renderer != drawn.renderer and sink.next > drawn.first:
                # What is drawn already would not fit what comes: another rasteriser rounds otherwise.
                raise BrowserCrashed(f"it draws by {said.renderer} now, by {drawn.renderer} before")
            drawn.renderer = said.renderer
        elif isinstance(said, Want):
            if supplied == 0:
                patience, ready_at = _SILENCE_SECONDS, now
                drawn.wait_seconds += now - began
            frames = feed.take(supplied, said.frames)
            supplied += len(frames)
            page.link.send(encode_batch(frames))
        elif isinstance(said, Spent):
            drawn.spent = _sum(before, said)
        elif isinstance(said, Hash):
            drawn.hashes[said.index] = said.value
        elif isinstance(said, Failed):
            _raise(said)
        else:
            drawn.draw_seconds += now - ready_at
            if sink.next != go.last:
                raise BrowserError(f"the render page ended at frame {sink.next} of {go.last}")
            return


def _sum(a: Spent, b: Spent) -> Spent:
    return Spent(**{name: getattr(a, name) + getattr(b, name) for name in Spent.__struct_fields__})


def _raise(said: Failed) -> None:
    if said.kind == "crash":
        raise BrowserCrashed(said.message)
    if said.kind == "encoder":
        raise NoH264(said.message)
    raise BrowserError(f"the render page failed: {said.message}")
