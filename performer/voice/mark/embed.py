"""Writes the mark into sound, block by block, a fifth of a second behind.

Each tile's contrast is measured in the mean of the channels, and what it lacks to the next point of its grid is spread
over its four fields (two bands, two slots) as gains of at most `STEP_DB / 4` either way. So what is added lies in
every band and slot a fixed distance below the sound there: in silence there is nothing, under a loud vowel there is
more. Both channels get the same gains, so that their sum, which is what is read, has the mark however they differ.
"""

from math import ceil

import numpy as np
from numpy.typing import NDArray

from performer.voice.mark.pattern import (
    BANDS,
    LEAST_RATE,
    PAIR_SECONDS,
    PAIRS,
    SLOT_SECONDS,
    STEP_DB,
    WINDOW_SECONDS,
    band_shares,
    contrast,
    grid_origin,
    slot_levels,
)

__all__ = ["Embedder", "embed"]

# Frames in which gains are applied: their spectrum tells the narrowest bands apart, their half is less than a slot.
_FRAME_SECONDS = 0.043
# Samples that a whole sound is fed by.
_BLOCK = 1 << 18


class Embedder:
    """Sound in, as many samples of marked sound out, `latency` seconds behind; the first come as silence."""

    def __init__(self, rate: int, payload: int, channels: int = 1) -> None:
        """rate: hertz, 8000 or more. payload: 0..65535.

        Raises:
            ValueError: rate, payload or channels out of range.
        """
        if rate < LEAST_RATE or channels < 1:
            raise ValueError(f"sound to be marked has {LEAST_RATE} Hz or more and a channel; not {rate} Hz, {channels}")
        self.rate = rate
        self._channels = channels
        self._origin = grid_origin(payload)
        self._look = round(rate * WINDOW_SECONDS)
        self._hop = round(rate * _FRAME_SECONDS / 2)
        size = 2 * self._hop
        self._window = np.sqrt(np.hanning(size + 1)[:size]).astype(np.float32)[:, None]
        self._shares = band_shares(rate, size)
        # A pair is known when its second slot's window has ended, and until then nothing after the pair before it.
        self.delay = ceil(rate * (PAIR_SECONDS + WINDOW_SECONDS / 2)) + self._hop + 2
        self.reset()

    @property
    def latency(self) -> float:
        """Seconds by which the output lags behind the input."""
        return self.delay / self.rate

    def reset(self) -> None:
        """Forget all input; the mark begins anew."""
        pad = max(self._look, self._hop)
        self._sound = np.zeros((pad, self._channels), np.float32)
        self._first = -pad
        self._pair = 0
        self._frame = 0
        self._before = np.zeros(BANDS, np.float32)
        self._tail = np.zeros((self._hop, self._channels), np.float32)
        self._ready: list[NDArray[np.float32]] = [np.zeros((self.delay, self._channels), np.float32)]

    def feed(self, block: NDArray[np.float32]) -> NDArray[np.float32]:
        """block: (n,) or (n, channels) at any level -> the same shape."""
        self._sound = np.concatenate([self._sound, block.reshape(len(block), self._channels)])
        end = self._first + len(self._sound)
        while self._slot_middle(2 * self._pair + 1) - self._look // 2 + self._look <= end:
            self._mark_pair()
        # What neither the next pair nor the next frame looks at is let go.
        keep = min(self._slot_middle(2 * self._pair) - self._look // 2, (self._frame - 1) * self._hop)
        self._sound = self._sound[keep - self._first :]
        self._first = keep
        ready = np.concatenate(self._ready)
        self._ready = [ready[len(block) :]]
        return ready[: len(block)].reshape(block.shape)

    def flush(self) -> NDArray[np.float32]:
        """(delay, channels): what is still held back; begins anew."""
        rest = self.feed(np.zeros((self.delay, self._channels), np.float32))
        self.reset()
        return rest

    def _slot_middle(self, slot: int) -> int:
        """Which sample."""
        return round((slot + 0.5) * SLOT_SECONDS * self.rate)

    def _mark_pair(self) -> None:
        """Measure the next pair, and make all frames up to the middle of its second slot.

        Always the same steps for the same sound, however it came in: what lies half-way between two points of the grid
        would else be moved one way or the other by a rounding error.
        """
        first, second = self._slot_middle(2 * self._pair), self._slot_middle(2 * self._pair + 1)
        starts = [middle - self._look // 2 - self._first for middle in (first, second)]
        pieces = np.stack([self._sound[start : start + self._look].mean(axis=1) for start in starts])
        levels = slot_levels(pieces, self.rate)
        has = contrast(levels[0], levels[1]) / STEP_DB
        lacks = (self._origin[self._pair % PAIRS] - has + 0.5) % 1.0 - 0.5
        quarter = (STEP_DB / 4 * lacks).astype(np.float32)
        gains = np.zeros((2, BANDS), np.float32)
        gains[0, 0::2], gains[0, 1::2] = quarter, -quarter
        gains[1] = -gains[0]
        before = self._before if self._pair else gains[0]
        last = second // self._hop
        times = np.arange(self._frame, last + 1) * self._hop
        self._blend(times, np.stack([before, gains[0], gains[1]]), first, second)
        self._before = gains[1]
        self._frame = last + 1
        self._pair += 1

    def _blend(self, times: NDArray[np.int64], gains: NDArray[np.float32], first: int, second: int) -> None:
        """Frames around `times` under gains that go over from slot to slot as a raised cosine."""
        slot = SLOT_SECONDS * self.rate
        place = np.clip(1.0 + (times - first) / np.where(times < first, slot, second - first), 0.0, 2.0)
        low = np.minimum(place.astype(np.int64), 1)
        share = (0.5 - 0.5 * np.cos(np.pi * (place - low))).astype(np.float32)[:, None]
        decibels = (gains[low] * (1 - share) + gains[low + 1] * share) @ self._shares.T
        change = np.power(np.float32(10.0), decibels / 20.0) - np.float32(1.0)
        size = 2 * self._hop
        for time, bins in zip(times, change, strict=True):
            start = int(time) - self._hop - self._first
            frame = self._sound[start : start + size]
            spectrum = np.fft.rfft(frame * self._window, axis=0)
            spectrum[: len(bins)] *= bins[:, None]
            spectrum[len(bins) :] = 0.0
            added = np.fft.irfft(spectrum, size, axis=0).astype(np.float32) * self._window
            self._tail += added[: self._hop]
            if time > 0:
                self._ready.append(frame[: self._hop] + self._tail)
            self._tail = added[self._hop :]


def embed(
    samples: NDArray[np.float32], rate: int, payload: int, *, out: NDArray[np.float32] | None = None
) -> NDArray[np.float32]:
    """samples: (frames,) or (frames, channels), nominally ±1 -> the same with the mark; may overshoot by a few percent.

    Args:
        out: where it goes, of the same shape; may be `samples`, so that a long sound needs no second one beside it.

    Raises:
        ValueError: rate below 8000 or payload not 0..65535.
    """
    if out is None:
        out = np.empty(samples.shape, np.float32)
    channels = samples.shape[1] if samples.ndim == 2 else 1
    embedder = Embedder(rate, payload, channels)
    # What comes out lies behind what goes in: a place is written when it has been read.
    at = -embedder.delay
    for first in range(0, len(samples), _BLOCK):
        at = _put(out, at, embedder.feed(samples[first : first + _BLOCK].astype(np.float32, copy=False)))
    _put(out, at, embedder.flush())
    return out


def _put(out: NDArray[np.float32], at: int, block: NDArray[np.float32]) -> int:
    """Where in `out` the next one goes; what would lie before its begin is left out."""
    if len(part := block[max(0, -at) :]):
        first = max(0, at)
        out[first : first + len(part)] = part.reshape(len(part), *out.shape[1:])
    return at + len(block)
