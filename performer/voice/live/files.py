"""Sound files at both ends of the loop: the same code as live, at real time or as fast as it goes."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

import numpy as np
import soundfile
import soxr

from performer.voice.front.stage import RATE, Samples
from performer.voice.live.clock import Clock
from performer.voice.sound import SoundError, SoundReader, open_sound
from performer.voice.whole_file import whole_file

__all__ = ["FileSink", "FileSource", "SilentSink"]


class FileSource:
    """A sound file as a microphone. clock: at whose speed; without one, as fast as it is read."""

    dropped = 0
    buffer_seconds = 0.0
    trouble = ""

    def __init__(self, path: Path, clock: Clock | None = None) -> None:
        reader = open_sound(path)
        self._blocks = _at_our_rate(reader)
        self._clock = clock
        self._began = clock.now() if clock else 0.0
        self._given = 0
        self._waiting: Samples = np.zeros(0, np.float32)
        self._over = False

    @property
    def ended(self) -> bool:
        return self._over

    @property
    def fill(self) -> int:
        # What lies in the file has not sounded yet: it is no backlog.
        return 0

    def wait(self, count: int, seconds: float) -> bool:
        del seconds
        while len(self._waiting) < count and not self._over:
            block = next(self._blocks, None)
            if block is None:
                self._over = True
            else:
                self._waiting = np.concatenate([self._waiting, block])
        if self._clock:
            self._clock.sleep(self._began + (self._given + count) / RATE - self._clock.now())
        return len(self._waiting) >= count

    def read(self, count: int) -> Samples:
        out, self._waiting = self._waiting[:count], self._waiting[count:]
        self._given += len(out)
        return out

    def skip(self, count: int) -> None:
        self.read(count)


def _at_our_rate(reader: SoundReader) -> Iterator[Samples]:
    resampler = soxr.ResampleStream(reader.rate, RATE, 1, dtype="float32") if reader.rate != RATE else None
    for block in reader.blocks():
        mono = block.mean(axis=1, dtype=np.float32)
        yield resampler.resample_chunk(mono) if resampler else mono
    if resampler:
        yield resampler.resample_chunk(np.zeros(0, np.float32), last=True)


class FileSink:
    """A WAV file as a loudspeaker; there under its name when all went well."""

    dropped = 0
    skipped = 0
    buffer_seconds = 0.0
    trouble = ""

    def __init__(self, path: Path) -> None:
        with ExitStack() as stack:
            part = stack.enter_context(whole_file(path, SoundError))
            self._file = stack.enter_context(soundfile.SoundFile(part, "w", RATE, 1, subtype="PCM_16", format="WAV"))
            self._open = stack.pop_all()

    def write(self, block: Samples) -> None:
        self._file.write(np.clip(block, -1.0, 1.0))

    def __enter__(self) -> "FileSink":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.__exit__(kind, error, trace)


class SilentSink:
    """A loudspeaker that nobody hears: for shows whose sound goes elsewhere, and for tests."""

    dropped = 0
    skipped = 0
    buffer_seconds = 0.0
    trouble = ""

    def write(self, block: Samples) -> None:
        del block
