"""What every server of ours begins and ends with (a shell: socket, signals, event loop, files)."""

import asyncio
import contextlib
import signal
import socket
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from stage.server.errors import PortError, ServerError, no_room

__all__ = ["LOOPBACK", "WebServer", "built_pages", "check_home", "end_on_signals", "listen_on"]

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
"""Names by which a server that listens on this machine alone may be called."""
_MOST_MESSAGE_BYTES = 65_536


def built_pages(page: str = "stage") -> Path:
    """The folder of built pages.

    Raises:
        ServerError: `page` is not built.
    """
    pages = Path(__file__).resolve().parents[1] / "web" / "dist"
    if not (pages / f"{page}.html").exists():
        raise ServerError(f"the {page} page is not built; run: make setup")
    return pages


def check_home(folder: Path) -> Path:
    """The folder for tokens and prepared songs, made if it is not there.

    Raises:
        ServerError: it cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise ServerError(no_room(error, folder)) from error
    return folder


def listen_on(host: str, port: int) -> socket.socket:
    """Take the port (0: any free one).

    Raises:
        PortError: taken, not allowed, or no such address.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio sends at once; else a frame behind a message would wait 40 ms for its answer.
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
        sock.listen(128)
    except (OSError, OverflowError) as error:
        sock.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise PortError(f"cannot listen on {host}:{port} ({reason}); choose another with --port N") from error
    sock.setblocking(False)
    return sock


class WebServer:
    """Pages, files and lines of one app on one socket, until `end`. Made anywhere, run in one event loop."""

    def __init__(self, app: Starlette, *, log_level: str = "warning") -> None:
        config = uvicorn.Config(
            app,
            ws="websockets-sansio",
            ws_per_message_deflate=False,
            ws_max_size=_MOST_MESSAGE_BYTES,
            # Pages tell by themselves that they are there.
            ws_ping_interval=None,
            access_log=False,
            log_level=log_level,
            timeout_graceful_shutdown=1,
            lifespan="off",
        )
        self._server = _Uvicorn(config)

    def end(self) -> None:
        """Take no more; `run` returns when all lines are shut."""
        self._server.should_exit = True

    async def run(self, sock: socket.socket, on_ready: Callable[[], None] | None = None) -> None:
        """Serve on `sock` until `end`. on_ready: called once when pages can be opened."""

        async def tell_ready() -> None:
            while not self._server.started and not self._server.should_exit:
                await asyncio.sleep(0.02)
            if on_ready is not None and self._server.started:
                on_ready()

        ready = asyncio.create_task(tell_ready())
        try:
            await self._server.serve(sockets=[sock])
        finally:
            ready.cancel()
            # Whatever on_ready raised is the caller's to see.
            results = await asyncio.gather(ready, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception):
                raise result


def end_on_signals(end: Callable[[], None]) -> None:
    """Ctrl-C and SIGTERM call `end` from now on, where the running loop can hear them."""
    events = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError, ValueError):
            events.add_signal_handler(number, end)


class _Uvicorn(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Signals are ours: uvicorn would raise them again after the server has ended."""
        yield
