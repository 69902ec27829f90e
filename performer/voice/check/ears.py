"""One recording heard from beginning to end, in blocks of any size and rate, with little memory."""

from dataclasses import dataclass

import numpy as np
import soxr
from numpy.typing import NDArray

from performer.voice.check.frames import RATE, Coarse, Fine, Hearing
from performer.voice.check.tape import Tape, TapeMeter

__all__ = ["HUM_BIN", "Ears", "Heard", "Sides", "mix"]

_PIECE_SECONDS = 10
_HUM_SIZE, _HUM_BINS = 8192, 256
HUM_BIN = RATE / _HUM_SIZE
"""Hertz between two bins of `Heard.quiet`."""
_QUIETEST = 60
# Below this a side is dead: 40 dB under the other one.
_DEAD = 1e-4


@dataclass(frozen=True, slots=True)
class Sides:
    """Power of left and right and their mean product; equal where there is one channel. weights: how they are mixed."""

    channels: int
    left: float
    right: float
    product: float
    weights: tuple[float, float]

    @property
    def dead(self) -> bool:
        """One side is silent, the other is not."""
        return min(self.left, self.right) < _DEAD * max(self.left, self.right)

    @property
    def opposed(self) -> bool:
        """The sides would cancel each other if they were added."""
        return self.product < -0.5 * np.sqrt(self.left * self.right) and not self.dead


@dataclass(frozen=True, slots=True)
class Heard:
    """seconds: length. rate: Hz of the file.

    quiet: (k, 256) power spectra of the quietest half seconds, HUM_BIN apart.
    """

    seconds: float
    rate: int
    sides: Sides
    tape: Tape
    fine: Fine
    coarse: Coarse
    quiet: NDArray[np.float32]


def mix(block: NDArray[np.float32], weights: tuple[float, float]) -> NDArray[np.float32]:
    """(n, channels) -> (n,)."""
    if block.shape[1] == 1:
        return np.ascontiguousarray(block[:, 0])
    return (weights[0] * block[:, 0] + weights[1] * block[:, 1]).astype(np.float32)


class Ears:
    """feed blocks of (n, channels); finish gives what was heard. How the sides are mixed is settled by the first piece
    of ten seconds that is not silent: the mean, one side where the other is dead, their difference where they are
    opposed."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._rest: list[NDArray[np.float32]] = []
        self._waiting = 0
        self._frames = 0
        self._weights: tuple[float, float] | None = None
        self._channels = 1
        self._powers = np.zeros(3)
        self._tape = TapeMeter(rate)
        self._resampler = soxr.ResampleStream(rate, RATE, 1, dtype="float32") if rate != RATE else None
        self._hearing = Hearing()
        self._low = np.zeros(0, np.float32)
        self._quiet: list[tuple[float, NDArray[np.float32]]] = []

    def feed(self, block: NDArray[np.float32]) -> None:
        """block: (n, channels), channels 1 or 2."""
        self._rest.append(block)
        self._waiting += len(block)
        size = _PIECE_SECONDS * self._rate
        if self._waiting < size:
            return
        joined = np.concatenate(self._rest)
        while len(joined) >= size:
            self._piece(joined[:size])
            joined = joined[size:]
        self._rest, self._waiting = [joined.copy()], len(joined)

    def finish(self) -> Heard:
        if self._waiting:
            self._piece(np.concatenate(self._rest))
        if self._resampler is not None:
            self._hear(np.asarray(self._resampler.resample_chunk(np.zeros(0, np.float32), last=True), np.float32))
        fine, coarse = self._hearing.finish()
        left, right, product = self._powers / max(1, self._frames)
        sides = Sides(self._channels, left, right, product, self._weights or (0.5, 0.5))
        spectra = [spectrum for _, spectrum in self._quiet]
        quiet = np.stack(spectra) if spectra else np.zeros((0, _HUM_BINS), np.float32)
        return Heard(self._frames / self._rate, self._rate, sides, self._tape.finish(), fine, coarse, quiet)

    def _piece(self, piece: NDArray[np.float32]) -> None:
        self._channels = piece.shape[1]
        left, right = piece[:, 0].astype(np.float64), piece[:, -1].astype(np.float64)
        powers = np.array([left @ left, right @ right, left @ right])
        self._powers += powers
        self._frames += len(piece)
        if self._weights is None and powers[:2].sum() > 1e-9 * len(piece):
            self._weights = _weights(*(powers / len(piece)))
        mono = mix(piece, self._weights or (0.5, 0.5))
        self._tape.feed(mono)
        # A constant offset would pass for bass.
        self._hear(mono if self._resampler is None else np.asarray(self._resampler.resample_chunk(mono), np.float32))

    def _hear(self, low: NDArray[np.float32]) -> None:
        self._hearing.feed(low)
        self._low = np.concatenate([self._low, low])
        half = _HUM_SIZE // 2
        count = max(0, (len(self._low) - _HUM_SIZE) // half + 1)
        if not count:
            return
        windows = np.lib.stride_tricks.sliding_window_view(self._low, _HUM_SIZE)[::half][:count]
        windows = (windows - windows.mean(axis=1, keepdims=True)) * np.hanning(_HUM_SIZE).astype(np.float32)
        power = np.square(np.abs(np.fft.rfft(windows, axis=1))).astype(np.float32) / _HUM_SIZE**2
        level = power.sum(axis=1)
        self._quiet += [
            (float(level[k]), np.array(power[k, :_HUM_BINS], np.float32)) for k in range(count) if level[k] > 1e-12
        ]
        self._quiet = sorted(self._quiet, key=lambda pair: pair[0])[:_QUIETEST]
        self._low = self._low[count * half :]


def _weights(left: float, right: float, product: float) -> tuple[float, float]:
    sides = Sides(2, left, right, product, (0.5, 0.5))
    if sides.dead:
        return (1.0, 0.0) if left > right else (0.0, 1.0)
    return (0.5, -0.5) if sides.opposed else (0.5, 0.5)
