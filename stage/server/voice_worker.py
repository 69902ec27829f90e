"""The live voice in a process of its own (a shell: devices): microphone, voice, loudspeaker; its mouth as JSON lines.

Each line on standard output is one `Said` of the moment at which that sound is heard; times are the system's monotonic
clock, which all processes share. The process ends when its standard input is shut: with the show, however that ends.
"""

import argparse
import os
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from motion.errors import UserError
from performer.face.live_mouth import HOP, LAG, LiveMouth
from performer.voice.priority import prefer_this_thread
from performer.voice.stream import VoiceBlock, VoiceStream

__all__ = ["Said", "main"]

_REPORT_EVERY = 12


class Said(msgspec.Struct, frozen=True, omit_defaults=True):
    """at: when it is heard. mouth: five vowels. Every eighth of a second also how it goes: level in dB of the
    microphone and of the voice, delay and load (share of 10 ms, p99), drops, what is wrong."""

    at: float = 0.0
    mouth: tuple[float, float, float, float, float] | None = None
    microphone: str = ""
    level: tuple[float, float] | None = None
    delay: float = 0.0
    load: float = 0.0
    drops: int = 0
    trouble: str = ""
    end: str = ""


def _say(said: Said) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(said) + b"\n")
    sys.stdout.buffer.flush()


class _Teller:
    """Listens to the loop, in its thread."""

    def __init__(self, rate: int, sink: Any) -> None:
        self._mouth, self._rate, self._sink = LiveMouth(), rate, sink

    def __call__(self, block: VoiceBlock, t: float) -> None:
        self._mouth.feed(block, t, self._rate)
        # The newest mouth is of the middle of the last 10 ms; the block's end sounds when all that waits has sounded.
        weights = self._mouth.at(t + len(block.audio) / self._rate - 0.5 * HOP)
        heard = time.monotonic() + float(self._sink.buffer_seconds) - 0.5 * HOP - LAG
        a, b, c, d, e = (round(float(w), 3) for w in weights)
        _say(Said(at=heard, mouth=(a, b, c, d, e)))


def _voice(path: str, semitones: float) -> VoiceStream:
    from performer.voice.library import open_voice
    from performer.voice.live.loop import Bypass
    from performer.voice.streams import stream_of

    return Bypass() if path == "none" else stream_of(open_voice(path, use="live"), semitones)


def main(arguments: Sequence[str] | None = None) -> None:
    reader = argparse.ArgumentParser()
    reader.add_argument("voice")
    reader.add_argument("--in", dest="microphone")
    reader.add_argument("--out", dest="loudspeaker")
    reader.add_argument("--transpose", type=float, default=0.0)
    reader.add_argument("--file", type=Path, help="instead of a microphone, in real time; nothing is played")
    given = reader.parse_args(arguments)
    try:
        _run(given)
    except UserError as problem:
        _say(Said(end=str(problem)))


def _run(given: argparse.Namespace) -> None:
    from performer.voice.front.chain import Front
    from performer.voice.live.clock import SystemClock
    from performer.voice.live.loop import LiveLoop

    clock, stop = SystemClock(), threading.Event()
    voice = _voice(given.voice, given.transpose)
    # The sound system's threads begin with the same precedence; and all of Python's take turns at one interpreter, so
    # that one which is held up while it has it holds up the sound.
    prefer_this_thread()
    threading.Thread(target=_until_shut, args=(stop,), daemon=True).start()
    if given.file is not None:
        from performer.voice.live.files import FileSource, SilentSink

        sink = SilentSink()
        loop = LiveLoop(
            FileSource(given.file, clock), sink, voice, clock, front=Front(), listeners=[_Teller(voice.rate, sink)]
        )
        _watch(loop, given.file.name, stop)
        return
    from performer.voice.device import PyAudioSounds
    from performer.voice.live.astray import Astray
    from performer.voice.live.keeper import Keeper, Loudspeaker, Microphone
    from performer.voice.live.runaway import Runaway

    sounds = PyAudioSounds()
    try:
        microphone = Microphone(sounds, clock, given.microphone)
        loudspeaker = Loudspeaker(sounds, clock, given.loudspeaker)
        with Keeper(sounds, clock, microphone, loudspeaker, Astray()):
            loop = LiveLoop(
                microphone,
                loudspeaker,
                voice,
                clock,
                front=Front(),
                listeners=[_Teller(voice.rate, loudspeaker)],
                runaway=Runaway(),
            )
            _watch(loop, microphone.name, stop)
    finally:
        sounds.close()


def _watch(loop: Any, name: str, stop: threading.Event) -> None:
    """The loop in a thread; eight times a second, how it goes."""
    thread = threading.Thread(target=loop.run, args=(stop,), daemon=True)
    thread.start()
    while thread.is_alive() and not stop.wait(0.01 * _REPORT_EVERY):
        meters = loop.meters
        _say(
            Said(
                at=time.monotonic(),
                microphone=name,
                level=(round(meters.microphone_db, 1), round(meters.voice_db, 1)),
                delay=round(meters.algorithm + meters.buffers, 4),
                load=round(meters.load_p99, 3),
                drops=meters.microphone_drops + meters.loudspeaker_drops,
                trouble="; ".join(meters.trouble),
            )
        )
    stop.set()
    thread.join(2.0)


def _until_shut(stop: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    stop.set()


if __name__ == "__main__":
    main()
