"""Microphone and loudspeaker of the terminal's recording, on `performer.voice.device` (a shell: devices, waits).

The page has the browser's microphone instead and needs none of this.
"""

import queue
import threading
from collections.abc import Iterator
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from performer.voice.device import DeviceError, Sounds, find_device
from performer.voice.record.session import RATE
from performer.voice.sound import resample

__all__ = ["Microphone", "Speaker"]

_BLOCK_SECONDS = 0.04
# Half a minute of blocks: only a program that hangs falls further behind.
_MOST_BLOCKS = 750
# A microphone that gives nothing for so long has gone.
_PATIENCE_SECONDS = 3.0


class Microphone:
    """Blocks of mono sound until `close`. name: part of its name or its number, "" = the system's own choice.

    Raises:
        DeviceError: there is none, or it cannot be opened; from the iterator: it has gone.
    """

    def __init__(self, sounds: Sounds, name: str = "", patience: float = _PATIENCE_SECONDS) -> None:
        self._blocks: queue.Queue[NDArray[np.float32] | None] = queue.Queue(_MOST_BLOCKS)
        self._patience = patience
        self._closed = False
        # Blocks that were lost because nobody took them.
        self.dropped = 0
        device = find_device(sounds.devices(), name, "in")
        self._open = sounds.open_input(device, round(RATE * _BLOCK_SECONDS), self._take)
        self.rate = self._open.rate

    def _take(self, block: NDArray[np.float32]) -> None:
        try:
            # A copy: the sound system may use its buffer again.
            self._blocks.put_nowait(np.array(block, np.float32))
        except queue.Full:
            self.dropped += 1

    def __iter__(self) -> Iterator[NDArray[np.float32]]:
        while not self._closed:
            try:
                block = self._blocks.get(timeout=self._patience)
            except queue.Empty:
                if self._closed:
                    return
                raise DeviceError(
                    "the microphone has gone; plug it in and start again: every line up to this one is kept"
                ) from None
            if block is None:
                return
            yield block

    def close(self) -> None:
        """Let the device go; the iterator ends."""
        self._closed = True
        self._open.close()
        with suppress(queue.Full):
            self._blocks.put_nowait(None)


class Speaker:
    """Plays mono sound on the system's loudspeaker."""

    def __init__(self, sounds: Sounds) -> None:
        self._sounds = sounds

    def play(self, samples: NDArray[np.float32], rate: int) -> None:
        """Play (n,) samples to their end; returns then.

        Raises:
            DeviceError: there is no loudspeaker, or it cannot be opened.
        """
        device = find_device(self._sounds.devices(), None, "out")
        over = threading.Event()
        left = np.zeros(0, np.float32)
        ready = threading.Event()

        def give(count: int) -> NDArray[np.float32]:
            nonlocal left
            # Asked before the rate is known: silence.
            if not ready.is_set():
                return np.zeros(count, np.float32)
            given, left = left[:count], left[count:]
            if not len(left):
                over.set()
            return np.pad(given, (0, count - len(given)))

        opened = self._sounds.open_output(device, round(RATE * _BLOCK_SECONDS), give)
        try:
            # What the device still holds when the last block has been asked for is played out as silence.
            tail = np.zeros(round((opened.latency + _BLOCK_SECONDS) * opened.rate), np.float32)
            left = np.concatenate([resample(samples, rate, opened.rate), tail])
            ready.set()
            # A device that stops asking must not hold up the recording.
            over.wait(len(left) / opened.rate + _PATIENCE_SECONDS)
        finally:
            opened.close()
