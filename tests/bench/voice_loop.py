"""Microphone to loudspeaker through PulseAudio: what clean-up and voice add to a bypass with the same buffers.

python -m tests.bench voice_loop --json voice=PATH rounds=3 buffer_ms=10

A null sink is the room's air (`_pulse`); `nichang voice live` is a process of its own. Bypass and voice take turns,
since a sound server's buffers settle a little differently each time; the figure is the difference of the medians.
"""

import json
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from performer.voice.live.roundtrip import bursts, find_bursts
from tests.bench._pulse import RATE, SoundServer, missing, sound_server
from tests.bench._voices import bench_voice

__all__ = ["run"]

_LIVE = "import sys; from stage.cli.main import main; main(['voice', 'live', '--json', *sys.argv[1:]])"
_START_SECONDS, _SETTLES_SECONDS, _ASKED_MS = 30.0, 2.0, 60.0


def _round(server: SoundServer, arguments: list[str], seconds: float) -> dict[str, Any]:
    """One process: delay in ms between the sides, how alike they are, and what the command itself tells."""
    process = subprocess.Popen(
        [sys.executable, "-c", _LIVE, *arguments],
        env={**server.environment, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        end = time.monotonic() + _START_SECONDS
        while not server.listeners():
            if process.poll() is not None or time.monotonic() > end:
                process.kill()
                raise RuntimeError(f"the voice did not start: {process.communicate()[1].strip()}")
            time.sleep(0.1)
        time.sleep(_SETTLES_SECONDS)
        with server.record() as recorder:
            server.play(np.concatenate([bursts(seconds), np.zeros(RATE // 2, np.float32)]))
            heard = recorder.stop()
        process.send_signal(signal.SIGINT)
        said, wrong = process.communicate(timeout=10)
        if not said:
            raise RuntimeError(f"the voice failed: {wrong.strip()}")
        told = json.loads(said)
    finally:
        process.kill()
        process.wait()
    found = find_bursts(heard.microphone, heard.loudspeaker)
    return {
        "ms": round(1000 * float(found.seconds), 2),
        "likeness": round(float(found.clear), 3),
        "declared_ms": round(1000 * (told["algorithm"] + told["buffers"]), 1),
        "load_p99": round(told["load_p99"], 3),
        "late_blocks": told["late"],
        "xruns": told["xruns"],
        "lost_samples": told["microphone_drops"] + told["loudspeaker_drops"],
    }


def run(voice: str | None = None, rounds: int = 3, seconds: float = 8.0, buffer_ms: float = 10.0) -> dict[str, Any]:
    """voice: a .voice file or a built-in name; none: the first built-in one. seconds: of the probe."""
    if why := missing():
        return {"skipped": why}
    with tempfile.TemporaryDirectory() as folder, sound_server() as server:
        path, name = bench_voice(voice, Path(folder))
        buffers = [f"--buffer-ms={buffer_ms}"]
        sides: dict[str, list[dict[str, Any]]] = {"bypass": [], "voice_alone": [], "voice": []}
        for _ in range(rounds):
            sides["bypass"].append(_round(server, ["--no-front", *buffers], seconds))
            sides["voice_alone"].append(_round(server, ["--voice", path, "--no-front", *buffers], seconds))
            sides["voice"].append(_round(server, ["--voice", path, *buffers], seconds))
    middle = {side: float(np.median([one["ms"] for one in found])) for side, found in sides.items()}
    adds = round(middle["voice"] - middle["bypass"], 2)
    return {
        "rows": [
            {"what": "clean-up and voice add, ms", "measured": adds, "aim": "<= 60", "holds": adds <= _ASKED_MS},
            {
                "what": "in all with this server's buffers, ms",
                "measured": middle["voice"],
                "aim": "stated",
                "holds": None,
            },
        ],
        "voice": name,
        "median_ms": middle,
        "voice_alone_adds_ms": round(middle["voice_alone"] - middle["bypass"], 2),
        "rounds": sides,
    }
