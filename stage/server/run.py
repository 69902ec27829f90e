"""Starts and ends the server (a shell: socket, signals, event loop)."""

import asyncio
import contextlib
import gc
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from performer.avatar.model import Vrm
from stage.server.app import make_app
from stage.server.errors import PortError, ServerError, no_room
from stage.server.live import LiveShow
from stage.server.live_voice import LiveVoice, VoiceSource
from stage.server.songs import SongSource
from stage.server.tokens import Tokens, load_tokens, state_folder
from stage.show.venues import DEFAULT_VENUE

__all__ = ["Addresses", "built_pages", "check_home", "listen_on", "serve"]

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
MAX_MESSAGE_BYTES = 65_536
# How long the thread that fits the dance ahead may keep the loop from a frame that is due; Python's own 5 ms are a
# third of a frame.
_SWITCH_SECONDS = 0.001


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the show is to be seen and run; the links carry the tokens in their fragments."""

    stage: str
    console: str
    ws: str
    port: int
    tokens: Tokens


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Signals are ours: uvicorn would raise them again after the show has ended."""
        yield


def built_pages() -> Path:
    """The folder of built pages.

    Raises:
        ServerError: not built.
    """
    pages = Path(__file__).resolve().parents[1] / "web" / "dist"
    if not (pages / "stage.html").exists():
        raise ServerError("the pages are not built; run: make setup")
    return pages


def listen_on(host: str, port: int) -> socket.socket:
    """Take the port (0: any free one).

    Raises:
        PortError: taken, not allowed, or no such address.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
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


def serve(
    sources: Sequence[SongSource],
    avatar: Vrm,
    *,
    host: str = "127.0.0.1",
    port: int = 8770,
    autoplay: bool = True,
    loop: bool = False,
    on_ready: Callable[[Addresses], None] | None = None,
    on_song: Callable[[str], None] | None = None,
    venue: str = DEFAULT_VENUE,
    voice: VoiceSource | None = None,
) -> None:
    """Run a show until Ctrl-C or SIGTERM.

    Args:
        host: address to listen on; anything but loopback opens the show to the network.
        on_ready: called once when pages can be opened. on_song: called with news of the songs' preparation.
        venue: name of the stage that pages show. voice: whom a microphone may sing as.
    """
    pages = built_pages()
    home = check_home(state_folder())
    tokens = load_tokens(home)
    sock = listen_on(host, port)
    taken = int(sock.getsockname()[1])
    shown = "127.0.0.1" if host in ("", "0.0.0.0", "127.0.0.1") else host
    base = f"{shown}:{taken}"
    addresses = Addresses(
        stage=f"http://{base}/stage#token={tokens.stage}",
        console=f"http://{base}/console#token={tokens.operator}",
        ws=f"ws://{base}/ws",
        port=taken,
        tokens=tokens,
    )
    hosts = _LOOPBACK if host in ("127.0.0.1", "localhost", "::1") else _LOOPBACK | _own_names(host)

    async def main() -> None:
        live_voice = None if voice is None else LiveVoice(voice)
        show = LiveShow(
            sources, avatar, autoplay=autoplay, loop=loop, on_song=on_song, venue=venue, curtain=True, voice=live_voice
        )
        config = uvicorn.Config(
            make_app(show, tokens, pages, hosts),
            ws="websockets-sansio",
            ws_per_message_deflate=False,
            ws_max_size=MAX_MESSAGE_BYTES,
            ws_ping_interval=None,
            access_log=False,
            log_level="warning",
            timeout_graceful_shutdown=1,
            lifespan="off",
        )
        server = _Server(config)
        # What is there now stays to the end; a full collection would look through it all, up to 40 ms without a frame.
        gc.collect()
        gc.freeze()
        sys.setswitchinterval(_SWITCH_SECONDS)
        events = asyncio.get_running_loop()

        def end() -> None:
            show.close()
            server.should_exit = True

        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError, ValueError):
                events.add_signal_handler(number, end)
        tasks = [asyncio.create_task(show.run()), asyncio.create_task(show.programme.run())]
        if live_voice is not None:
            tasks.append(asyncio.create_task(live_voice.run()))
        for task in tasks:
            task.add_done_callback(lambda done: end() if not done.cancelled() and done.exception() else None)

        async def tell_ready() -> None:
            while not server.started and not server.should_exit:
                await asyncio.sleep(0.02)
            if on_ready and server.started:
                on_ready(addresses)

        ready = asyncio.create_task(tell_ready())
        try:
            await server.serve(sockets=[sock])
        finally:
            for task in (*tasks, ready):
                task.cancel()
            results = await asyncio.gather(*tasks, ready, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception):
                raise result

    try:
        asyncio.run(main())
    finally:
        sock.close()


def _own_names(host: str) -> frozenset[str]:
    """Names and addresses under which this machine may be called when it is open to the network."""
    names = {host.lower(), socket.gethostname().lower()}
    with contextlib.suppress(OSError):
        names |= {str(info[4][0]) for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
    # The address that leads outward; nothing is sent.
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))
        names.add(str(probe.getsockname()[0]))
    return frozenset(names)
