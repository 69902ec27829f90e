"""A real server on a free port, with a made song that needs no listening: a second of set-up, not a minute."""

import asyncio
import contextlib
import json
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from motion.dance.plan import Plan, Step
from motion.music.song_map import Bar, Curve, Section, SongMap
from motion.rig.pose import rest_motion
from motion.rig.skeleton import CANONICAL
from performer.avatar.presets import avatar_path
from performer.avatar.vrm import read_vrm
from performer.face.track import rest_face
from performer.voice.sound import Sound, write_wav
from stage.server import songs
from stage.server.app import make_app
from stage.server.live import LiveShow
from stage.server.live_voice import LiveVoice, VoiceSource
from stage.server.serving import WebServer, listen_on
from stage.server.songs import BakedDance, SongSource, cache_of, store
from stage.server.tokens import Tokens
from stage.show.performance import Performance

SECONDS = 20.0
# How long a test waits for something that must come: only a broken thing takes this long, however slow the machine.
PATIENCE = 120.0
HOSTS = frozenset({"127.0.0.1", "localhost"})


def made_performance(seconds: float = SECONDS) -> Performance:
    """Two bars a section at 120 BPM, a figure that sways."""
    beats = [0.5 * i for i in range(int(seconds * 2))]
    song = SongMap(
        duration=seconds,
        bpm=120.0,
        beats=beats,
        downbeats=beats[::4],
        bars=[Bar(t, t + 2.0, 4) for t in beats[::4]],
        sections=[Section(0.0, seconds, "verse", 0)],
        energy=Curve(0.5, [0.5] * int(seconds * 2)),
        vocal=Curve(0.5, [0.0] * int(seconds * 2)),
    )
    frames = int(seconds * 60)
    motion = rest_motion(CANONICAL, frames)
    motion.hips[:, 0] = 0.05 * np.sin(np.arange(frames) / 60.0 * np.pi)
    plan = Plan(steps=[Step(bar=0, bars=1, move="sway")])
    return Performance(
        song=song,
        dance=BakedDance(motion, np.ones((frames, 2), np.float32)),
        face=rest_face(frames),
        performers=(),
        level=np.full((frames, 2), 0.25, np.float32),
        plan=plan,
        title="Made",
    )


def made_source(folder: Path, name: str = "made") -> SongSource:
    path = folder / f"{name}.wav"
    t = np.arange(int(SECONDS * 8000)) / 8000
    write_wav(path, Sound((0.2 * np.sin(2 * np.pi * 220 * t)).astype(np.float32)[:, None], 8000))
    return SongSource(name, path, None, None, name.title(), "", 0)


@dataclass
class Running:
    """A server in a thread of its own."""

    port: int
    tokens: Tokens
    show: LiveShow
    loop: asyncio.AbstractEventLoop
    stop: "threading.Event" = field(default_factory=threading.Event)

    @property
    def ws(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ws"

    @property
    def http(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextlib.contextmanager
def running(
    folder: Path, tokens: Tokens, port: int = 0, voice: VoiceSource | None = None, cover: str = ""
) -> Iterator[Running]:
    """Serve one made song until the block ends; voice: who may sing live; cover: who sings dropped songs."""
    pages = folder / "pages"
    pages.mkdir(exist_ok=True)
    for name in ("stage", "console"):
        (pages / f"{name}.html").write_text(f"<title>{name}</title>")
    source = made_source(folder)
    store(cache_of(source), made_performance())
    avatar = read_vrm(avatar_path("mannequin"))
    sock = listen_on("127.0.0.1", port)
    taken = sock.getsockname()[1]
    started = threading.Event()
    box: dict[str, Running] = {}

    async def main() -> None:
        live_voice = None if voice is None else LiveVoice(voice)
        show = LiveShow([source], avatar, voice=live_voice)
        server = WebServer(make_app(show, tokens, pages, HOSTS, cover), log_level="error")
        here = Running(taken, tokens, show, asyncio.get_running_loop())
        box["here"] = here
        tasks = [asyncio.create_task(show.run()), asyncio.create_task(show.programme.run())]
        if live_voice is not None:
            tasks.append(asyncio.create_task(live_voice.run()))

        serving = asyncio.Event()

        async def watch() -> None:
            await serving.wait()
            await show.ready.wait()
            started.set()
            while not here.stop.is_set():
                await asyncio.sleep(0.02)
            show.close()
            server.end()

        tasks.append(asyncio.create_task(watch()))
        await server.run(sock, serving.set)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    thread = threading.Thread(target=lambda: asyncio.run(main()), daemon=True)
    thread.start()
    assert started.wait(PATIENCE), "the server did not start"
    try:
        yield box["here"]
    finally:
        box["here"].stop.set()
        thread.join(PATIENCE)
        sock.close()
    assert not thread.is_alive(), "the server did not end"


@pytest.fixture(scope="session")
def tokens() -> Tokens:
    return Tokens(*(f"{role}-token-of-the-tests" for role in ("viewer", "stage", "performer", "operator")))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NICHANG_HOME", str(tmp_path / "home"))
    songs._engine.cache_clear()
    return tmp_path


@pytest.fixture
def server(home: Path, tokens: Tokens) -> Iterator[Running]:
    with running(home, tokens) as here:
        yield here


async def control(line: object) -> AsyncIterator[dict[str, object]]:
    """The control messages of a line, frames left out."""
    async for data in line:  # type: ignore[attr-defined]
        if isinstance(data, str):
            yield json.loads(data)


def raw_upgrade(port: int, token: str) -> socket.socket:
    """A WebSocket by hand, which reads only what a test reads from it: the handshake, a tiny receive buffer."""
    sock = socket.socket()
    sock.settimeout(PATIENCE)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.connect(("127.0.0.1", port))
    sock.sendall(
        (
            f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            f"Authorization: Bearer {token}\r\n\r\n"
        ).encode()
    )
    return sock


def masked(text: str) -> bytes:
    """A short text message as a client sends it; the mask is zero, so the bytes stand as they are."""
    data = text.encode()
    assert len(data) < 126
    return bytes([0x81, 0x80 | len(data), 0, 0, 0, 0]) + data
