"""The line between server and pages: encoding, a live run, its load, a client that never reads, a restart.

python -m tests.bench wire seconds=600 --json       the long run of the requirement
"""

import asyncio
import contextlib
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from motion.rig import quat
from stage.wire.codec import encode_frame
from stage.wire.frame import Frame, PerformerFrame
from stage.wire.messages import Ack, encode_message
from tests.bench._inputs import shared_data

__all__ = ["run", "show_process"]

ROOT = Path(__file__).resolve().parents[2]
_SHOW = "import sys; from stage.cli.main import main; main(['show', '--json', '--no-open', '--loop', *sys.argv[1:]])"
# As stage/web/src/wire/client.ts tries again.
_FIRST_RETRY, _LAST_RETRY, _GROWTH = 0.1, 0.7, 1.5


def _percentiles(values: list[float], scale: float) -> dict[str, float]:
    p50, p95, p99 = np.percentile(values, [50, 95, 99]) * scale
    return {"p50": round(p50, 2), "p95": round(p95, 2), "p99": round(p99, 2), "max": round(max(values) * scale, 2)}


def _encode(rounds: int = 3000) -> dict[str, float]:
    """Microseconds a frame of one performer with 57 weights."""
    rng = np.random.default_rng(1)
    frames = [
        Frame(
            i,
            i / 60,
            i / 60,
            performers=(
                PerformerFrame(
                    0,
                    0,
                    0,
                    rng.normal(size=4).astype(np.float32),
                    rng.normal(size=3).astype(np.float32),
                    quat.normalize(rng.normal(size=(55, 4))).astype(np.float32),
                    rng.uniform(-1, 1, 2).astype(np.float32),
                    rng.uniform(size=57).astype(np.float32),
                ),
            ),
        )
        for i in range(50)
    ]
    times: list[float] = []
    for i in range(rounds + 200):
        began = time.perf_counter()
        encode_frame(frames[i % len(frames)])
        times.append(time.perf_counter() - began)
    return _percentiles(times[200:], 1e6)


def _avatar() -> list[str]:
    """The built-in figure; a free one where that is not made yet."""
    from performer.avatar.presets import avatar_names

    data = shared_data()
    if "mannequin" in avatar_names() or data is None:
        return []
    return ["--avatar", str(data / "visual" / "vrm" / "v0_godette.vrm")]


@contextlib.contextmanager
def show_process(
    port: int, song: str | None, more: Sequence[str] = (), environment: Mapping[str, str] = os.environ
) -> Generator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """A show in a process of its own, from its ready line to its end by Ctrl-C. more: other options of it."""
    arguments = ["--port", str(port), *_avatar(), *(["--song", song] if song else []), *more]
    process = subprocess.Popen(
        [sys.executable, "-c", _SHOW, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**environment, "OMP_NUM_THREADS": "1"},
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        if not line:
            assert process.stderr is not None
            raise RuntimeError(f"the show did not start: {process.stderr.read().strip()}")
        yield process, json.loads(line)
    finally:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()
        process.wait()
        process.stdout.close()
        if process.stderr is not None:
            process.stderr.close()


def _cpu_seconds(pid: int) -> float:
    """Processor time of the process's own threads, its workers left out."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident_mb(pid: int) -> float:
    """Memory of the process that is its own, in MB: files that it maps come and go with the song."""
    fields = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return round(int(fields["RssAnon"].split()[0]) / 1000.0, 1)


async def _listen(about: dict[str, Any], seconds: float) -> list[tuple[float, int, float]]:
    """(arrival, sequence, show time) of every frame for `seconds` from the first; each is acknowledged."""
    found: list[tuple[float, int, float]] = []
    async with connect(
        about["ws"], additional_headers={"Authorization": f"Bearer {about['tokens']['viewer']}"}
    ) as line:
        async for data in line:
            if isinstance(data, str):
                continue
            now = time.monotonic()
            sequence = int.from_bytes(data[4:8], "little")
            found.append((now, sequence, float(np.frombuffer(data, "<f8", 1, 8)[0])))
            await line.send(encode_message(Ack(sequence=sequence)))
            if now - found[0][0] >= seconds:
                return found
    raise RuntimeError("the show ended the line")


def _figures(found: list[tuple[float, int, float]]) -> dict[str, Any]:
    arrivals, sequences = [f[0] for f in found], [f[1] for f in found]
    gaps = [b - a for a, b in itertools.pairwise(arrivals)]
    return {
        "frames_per_s": round(len(gaps) / (arrivals[-1] - arrivals[0]), 2),
        "interval_ms": _percentiles(gaps, 1e3),
        "left_out": int(sequences[-1] - sequences[0] - len(gaps)),
    }


def _deaf(about: dict[str, Any]) -> socket.socket:
    """A WebSocket that never reads: the handshake by hand, a tiny receive buffer."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.connect(("127.0.0.1", about["port"]))
    sock.sendall(
        (
            f"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{about['port']}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            f"Authorization: Bearer {about['tokens']['viewer']}\r\n\r\n"
        ).encode()
    )
    return sock


async def _come_back(about: dict[str, Any], there: asyncio.Event, lost: asyncio.Event) -> tuple[float, float]:
    """Stay on the line through a restart; returns the moments of the first message and the first frame after it."""
    wait, greeted = _FIRST_RETRY, 0.0
    while True:
        try:
            headers = {"Authorization": f"Bearer {about['tokens']['viewer']}"}
            async with connect(about["ws"], additional_headers=headers) as line:
                wait = _FIRST_RETRY
                async for data in line:
                    if lost.is_set():
                        greeted = greeted or time.monotonic()
                    if isinstance(data, bytes):
                        if lost.is_set():
                            return greeted, time.monotonic()
                        there.set()
                        await line.send(encode_message(Ack(sequence=int.from_bytes(data[4:8], "little"))))
        except (OSError, InvalidHandshake, ConnectionClosed):
            pass
        if there.is_set():
            lost.set()
        await asyncio.sleep(wait)
        wait = min(_LAST_RETRY, wait * _GROWTH)


async def _restart(song: str | None) -> dict[str, float]:
    """A second start, and how soon after it listens a page that was open before is on the line again."""
    there, lost = asyncio.Event(), asyncio.Event()
    with show_process(0, song) as (_, about):
        page = asyncio.create_task(_come_back(about, there, lost))
        # The song may have to be prepared first.
        await asyncio.wait_for(there.wait(), 120)
    await asyncio.wait_for(lost.wait(), 10)
    began = time.monotonic()

    def start() -> float:
        with show_process(about["port"], song):
            ready = time.monotonic()
            asyncio.run_coroutine_threadsafe(asyncio.wait_for(page, 30), loop).result()
            return ready

    loop = asyncio.get_running_loop()
    ready = await asyncio.to_thread(start)
    greeted, frame = page.result()
    return {
        "second_start_to_ready_s": round(ready - began, 2),
        "second_start_to_first_frame_s": round(frame - began, 2),
        "reconnect_after_ready_s": round(max(0.0, greeted - ready), 2),
        "first_frame_after_ready_s": round(max(0.0, frame - ready), 2),
    }


def run(seconds: float = 30.0, deaf: int = 3, song: str | None = None) -> dict[str, Any]:
    """Encoding, then a live show of `seconds` alone and a third as long beside `deaf` clients that never read.

    Args:
        song: a sound file or a built-in song; None: the built-in one. It is prepared before anything is measured.
    """
    figures: dict[str, Any] = {"encode_us": _encode()}
    with show_process(0, song) as (process, about):
        # The first frame comes when the song is ready.
        asyncio.run(_listen(about, 2.0))
        # Twelve seconds on, all that a show keeps is there: what comes on top later is growth.
        asyncio.run(_listen(about, min(seconds / 5.0, 12.0)))
        memory = [_resident_mb(process.pid)]
        cpu, began = _cpu_seconds(process.pid), time.monotonic()
        figures["live"] = _figures(asyncio.run(_listen(about, seconds)))
        figures["server_cpu_share"] = round((_cpu_seconds(process.pid) - cpu) / (time.monotonic() - began), 3)
        memory.append(_resident_mb(process.pid))
        figures["server_own_memory_mb"] = dict(zip(("before", "after"), memory, strict=True))
        figures["load_average"] = round(os.getloadavg()[0], 1)
        sockets = [_deaf(about) for _ in range(deaf)]
        figures[f"live_beside_{deaf}_that_never_read"] = _figures(asyncio.run(_listen(about, max(seconds / 3, 5.0))))
        for sock in sockets:
            sock.close()
    figures["restart"] = asyncio.run(_restart(song))
    return figures
