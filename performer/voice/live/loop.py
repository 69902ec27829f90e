"""The loop: every 10 ms a block from the microphone through front and voice to the loudspeaker. No device in here.

It is paced by the microphone. Where none comes (unplugged, asleep) the clock takes over after 40 ms and silence goes
the same way, so that show and loudspeaker go on; when sound returns, it is taken up with what is newest.
"""

import gc
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from performer.voice.front.chain import Front
from performer.voice.front.stage import RATE, Samples
from performer.voice.live.ceiling import rounded
from performer.voice.live.clock import Clock
from performer.voice.live.meters import Levels, LiveMeters, Load
from performer.voice.live.runaway import Runaway
from performer.voice.priority import prefer_this_thread
from performer.voice.stream import VoiceBlock, VoiceStream

__all__ = ["BLOCK", "Bypass", "Listener", "LiveLoop", "Sink", "Source"]

BLOCK = 480
_BLOCK_SECONDS = BLOCK / RATE
# How long the loop waits for a block before silence takes its place.
_PATIENCE = 0.040
# More than this waiting at the microphone is a backlog after a stall: the oldest is left out.
_MOST_WAITING = 3 * BLOCK
# What waits differs from block to block, as the device takes it: told is the middle of a second.
_BLOCKS_OF_WAITING = 100

Listener = Callable[[VoiceBlock, float], None]
"""Gets each block with its media time, in the loop's thread: it must be quick and must not wait."""


class Source(Protocol):
    """Where sound comes from, at 48 kHz."""

    @property
    def ended(self) -> bool: ...

    @property
    def fill(self) -> int:
        """Samples that wait."""
        ...

    @property
    def dropped(self) -> int: ...

    @property
    def buffer_seconds(self) -> float:
        """How long a sample lay in the device's own buffers before it could be read."""
        ...

    @property
    def trouble(self) -> str: ...

    def wait(self, count: int, seconds: float) -> bool:
        """Until `count` samples are there, at most `seconds`. Were they?"""
        ...

    def read(self, count: int) -> Samples: ...

    def skip(self, count: int) -> None: ...


class Sink(Protocol):
    """Where sound goes, at 48 kHz."""

    @property
    def dropped(self) -> int: ...

    @property
    def skipped(self) -> int: ...

    @property
    def buffer_seconds(self) -> float:
        """How long a sample that is written now waits before it sounds."""
        ...

    @property
    def trouble(self) -> str: ...

    def write(self, block: Samples) -> None: ...


class Bypass:
    """The voice that is nobody's: what comes in goes out at once."""

    rate = RATE
    latency = 0.0

    def feed(self, block: Samples, t: float) -> VoiceBlock:
        del t
        return VoiceBlock(block)

    def reset(self) -> None:
        pass


class LiveLoop:
    """One microphone through one voice. `step` handles a block; `run` does so until it is stopped."""

    def __init__(
        self,
        source: Source,
        sink: Sink,
        voice: VoiceStream,
        clock: Clock,
        *,
        front: Front | None = None,
        listeners: Sequence[Listener] = (),
        runaway: Runaway | None = None,
    ) -> None:
        """runaway: for a loudspeaker that the microphone may hear; files need none."""
        if voice.rate != RATE:
            raise ValueError(f"a live voice runs at {RATE} Hz, this one at {voice.rate}")
        self._source, self._sink, self._voice, self._clock, self._front = source, sink, voice, clock, front
        self._listeners = list(listeners)
        self._runaway = runaway
        self._levels = Levels(), Levels()
        self._load = Load()
        self._waits: deque[float] = deque(maxlen=_BLOCKS_OF_WAITING)
        self._blocks = self._silent = self._skipped = 0
        self._due = clock.now() + _PATIENCE
        self._away = False

    @property
    def t(self) -> float:
        """Media time of the next block: samples so far, in seconds."""
        return self._blocks * _BLOCK_SECONDS

    @property
    def meters(self) -> LiveMeters:
        """May be read from any thread."""
        source, sink, front = self._source, self._sink, self._front
        return LiveMeters(
            self._blocks,
            self._silent,
            self._levels[0].db,
            self._levels[1].db,
            self._levels[0].clipped,
            self._load.percentile(50),
            self._load.percentile(99),
            self._load.late,
            source.dropped,
            sink.dropped,
            self._skipped + sink.skipped,
            self._voice.latency + (front.latency if front else 0.0),
            float(np.median(self._waits.copy())) if self._waits else self._waiting(),
            front.music if front else 0.0,
            front.meters if front else (),
            tuple(text for end in (source, sink, self._runaway) if end is not None and (text := end.trouble)),
        )

    def _waiting(self) -> float:
        """Seconds that sound lies in buffers just now."""
        source = self._source
        return source.buffer_seconds + source.fill / RATE + self._sink.buffer_seconds

    def step(self) -> bool:
        """Handle one block; waits for it. False when the source has ended."""
        block = self._next()
        if block is None:
            return False
        began = self._clock.now()
        t = self.t
        self._levels[0].feed(block)
        clean = self._front.feed(block) if self._front else block
        voiced = self._voice.feed(clean, t)
        audio = rounded(voiced.audio)
        if self._runaway:
            audio = self._runaway.feed(block, audio)
        self._sink.write(audio)
        self._levels[1].feed(audio)
        for listener in self._listeners:
            listener(voiced, t)
        self._blocks += 1
        self._waits.append(self._waiting())
        self._load.feed((self._clock.now() - began) / _BLOCK_SECONDS)
        return True

    def _next(self) -> Samples | None:
        source = self._source
        if source.wait(BLOCK, 0.0 if source.ended else max(0.0, self._due - self._clock.now())):
            if source.fill > _MOST_WAITING:
                late = source.fill - BLOCK
                source.skip(late)
                self._skipped += late
            self._due, self._away = self._clock.now() + _PATIENCE, False
            return source.read(BLOCK)
        if source.ended:
            rest = source.read(BLOCK)
            return np.pad(rest, (0, BLOCK - len(rest))) if len(rest) else None
        self._silent += 1
        self._due += _BLOCK_SECONDS
        if not self._away:
            self._away = True
        elif self._due < self._clock.now() - 1.0:
            # The machine slept; nobody wants its silence.
            self._due = self._clock.now()
        return np.zeros(BLOCK, np.float32)

    def run(self, stop: threading.Event) -> None:
        """Steps until `stop` is set or the source ends, in this thread, at as high a priority as the system grants."""
        prefer_this_thread()
        # What lives now lives on: the collector need not look at it in the middle of a block.
        gc.freeze()
        while not stop.is_set() and self.step():
            pass
