"""A sound server of its own for benches: PulseAudio with one null sink whose four channels are the air of a room.

What is played to `mouth` enters the microphone (channel 0), what a program plays to `loudspeaker` is heard (channels 2
and 3). All channels lie in one sink, so that a recording of it has both sides on the same samples.
"""

import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = ["RATE", "Recorder", "Recording", "SoundServer", "missing", "sound_server"]

RATE, CHANNELS = 48_000, 4
_MAP = "front-left,front-right,rear-left,rear-right"
_START_SECONDS = 10.0
# Above the threads of a live voice, which are what is measured.
_PRIORITY = 30
_MODULES = (
    f"module-null-sink sink_name=air rate={RATE} format=float32le channels={CHANNELS} channel_map={_MAP}",
    "module-remap-sink sink_name=mouth master=air channels=1 channel_map=mono master_channel_map=front-left remix=no",
    "module-remap-sink sink_name=loudspeaker master=air channels=2 channel_map=front-left,front-right "
    "master_channel_map=rear-left,rear-right remix=no",
    "module-remap-source source_name=microphone master=air.monitor channels=1 channel_map=mono "
    "master_channel_map=front-left remix=no",
)


def missing() -> str:
    """Why there can be no sound server here, "" where there can."""
    for program in ("pulseaudio", "pactl", "pacat", "parec"):
        if shutil.which(program) is None:
            return f"{program} is not installed (Debian: pulseaudio, pulseaudio-utils, libasound2-plugins)"
    return "" if find_spec("pyaudio") else 'PyAudio is not installed (pip install "nichang[live]")'


@dataclass(frozen=True, slots=True)
class Recording:
    """microphone, loudspeaker: (n,) at 48 kHz, in time with one another. began: monotonic seconds of sample 0, as the
    last sample of a block is new when the block comes; a sound server gives blocks of 5 ms."""

    microphone: NDArray[np.float32]
    loudspeaker: NDArray[np.float32]
    began: float


class Recorder:
    """Hears all channels at once."""

    def __init__(self, environment: dict[str, str]) -> None:
        command = ["parec", "-d", "air.monitor", "--format=float32le", f"--rate={RATE}", f"--channels={CHANNELS}"]
        self._process = subprocess.Popen(
            [*command, f"--channel-map={_MAP}", "--latency-msec=5", "--raw"],
            env=environment,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        _hurry(self._process)
        self._blocks: list[bytes] = []
        self._began = np.inf
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        frame, got = 4 * CHANNELS, 0
        while data := self._process.stdout.read(1 << 16):
            now = time.monotonic()
            self._blocks.append(data)
            got += len(data)
            # A reader that was held up finds sound that is older; the least is right.
            self._began = min(self._began, now - got / frame / RATE)

    def stop(self) -> Recording:
        """What was heard; may be asked again."""
        _end(self._process)
        self._thread.join(10)
        if self._process.stdout is not None:
            self._process.stdout.close()
        whole = b"".join(self._blocks)
        sound = np.frombuffer(whole[: len(whole) // (4 * CHANNELS) * 4 * CHANNELS], np.float32).reshape(-1, CHANNELS)
        return Recording(sound[:, 0].copy(), sound[:, 2].copy(), self._began)


def _end(process: subprocess.Popen[bytes], seconds: float = 10.0) -> None:
    """Asked first, so that it gives back what it holds, then made to."""
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _hurry(process: subprocess.Popen[bytes]) -> None:
    """Real time where the system grants it, so that a busy machine's other work is not measured."""
    if hasattr(os, "sched_setscheduler"):
        with suppress(OSError):
            os.sched_setscheduler(process.pid, os.SCHED_FIFO, os.sched_param(_PRIORITY))


class SoundServer:
    """environment: for processes that shall use it; its devices are the defaults."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment

    def control(self, *words: str) -> str:
        """What `pactl` answers."""
        done = subprocess.run(["pactl", *words], env=self.environment, capture_output=True, text=True, check=True)
        return done.stdout

    def listeners(self) -> int:
        """How many programs take sound from the microphone."""
        # The microphone itself listens to the air.
        return len(self.control("list", "short", "source-outputs").splitlines()) - 1

    @contextmanager
    def record(self) -> Generator[Recorder]:
        """Both sides from now until it is stopped, at the latest with the block."""
        recorder = Recorder(self.environment)
        try:
            yield recorder
        finally:
            recorder.stop()

    def play(self, sound: NDArray[np.float32]) -> None:
        """Into the microphone, until it has sounded. sound: (n,) at 48 kHz."""
        command = [
            "pacat",
            "--playback",
            "-d",
            "mouth",
            "--format=float32le",
            f"--rate={RATE}",
            "--channels=1",
            "--raw",
        ]
        player = subprocess.Popen([*command, "--latency-msec=200"], env=self.environment, stdin=subprocess.PIPE)
        _hurry(player)
        player.communicate(sound.tobytes())


def _answers(environment: dict[str, str]) -> bool:
    return subprocess.run(["pactl", "info"], env=environment, capture_output=True, check=False).returncode == 0


@contextmanager
def sound_server() -> Generator[SoundServer]:
    """A server that ends with the block; the user's own, if there is one, is left alone.

    Raises:
        RuntimeError: it did not start.
    """
    with tempfile.TemporaryDirectory(prefix="nichang-pulse-") as folder:
        socket = f"{folder}/native"
        environment = {
            **os.environ,
            "PULSE_SERVER": f"unix:{socket}",
            "PULSE_RUNTIME_PATH": folder,
            "PULSE_STATE_PATH": folder,
            "PULSE_COOKIE": f"{folder}/cookie",
            "PULSE_CONFIG_PATH": folder,
        }
        loads = [
            f"--load={module}"
            for module in (f"module-native-protocol-unix auth-anonymous=1 socket={socket}", *_MODULES)
        ]
        log = Path(folder) / "log"
        with log.open("wb") as told:
            process = subprocess.Popen(
                [
                    "pulseaudio",
                    "-n",
                    "--daemonize=no",
                    "--exit-idle-time=-1",
                    "--use-pid-file=no",
                    "--realtime=yes",
                    *loads,
                ],
                env={name: value for name, value in environment.items() if name != "PULSE_SERVER"},
                stdout=told,
                stderr=told,
            )
        _hurry(process)
        try:
            end = time.monotonic() + _START_SECONDS
            while not _answers(environment):
                if process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"pulseaudio did not start: {log.read_text(errors='replace')[-300:].strip()}")
                time.sleep(0.1)
            server = SoundServer(environment)
            server.control("set-default-sink", "loudspeaker")
            server.control("set-default-source", "microphone")
            yield server
        finally:
            _end(process)
