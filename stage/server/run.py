"""Starts and ends the server (a shell: socket, signals, event loop)."""

import asyncio
import contextlib
import gc
import socket
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from performer.avatar.model import Vrm
from stage.server.app import make_app
from stage.server.live import LiveShow
from stage.server.live_voice import LiveVoice, VoiceSource
from stage.server.serving import LOOPBACK, WebServer, built_pages, check_home, end_on_signals, listen_on
from stage.server.songs import SongSource
from stage.server.tokens import Tokens, load_tokens, state_folder
from stage.show.venues import DEFAULT_VENUE

__all__ = ["Addresses", "serve"]

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
    cover: str = "",
) -> None:
    """Run a show until Ctrl-C or SIGTERM.

    Args:
        host: address to listen on; anything but loopback opens the show to the network.
        on_ready: called once when pages can be opened. on_song: called with news of the songs' preparation.
        venue: name of the stage that pages show. voice: whom a microphone may sing as.
        cover: the voice that sings songs which are dropped on the console; "" = they keep their own.
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
    hosts = LOOPBACK if host in ("127.0.0.1", "localhost", "::1") else LOOPBACK | _own_names(host)

    async def main() -> None:
        live_voice = None if voice is None else LiveVoice(voice)
        show = LiveShow(
            sources, avatar, autoplay=autoplay, loop=loop, on_song=on_song, venue=venue, curtain=True, voice=live_voice
        )
        server = WebServer(make_app(show, tokens, pages, hosts, cover))
        # What is there now stays to the end; a full collection would look through it all, up to 40 ms without a frame.
        gc.collect()
        gc.freeze()
        sys.setswitchinterval(_SWITCH_SECONDS)

        def end() -> None:
            show.close()
            server.end()

        end_on_signals(end)
        tasks = [asyncio.create_task(show.run()), asyncio.create_task(show.programme.run())]
        if live_voice is not None:
            tasks.append(asyncio.create_task(live_voice.run()))
        for task in tasks:
            task.add_done_callback(lambda done: end() if not done.cancelled() and done.exception() else None)
        try:
            await server.run(sock, None if on_ready is None else partial(on_ready, addresses))
        finally:
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
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
