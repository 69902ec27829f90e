"""Finds the mark in any piece of sound: is it there, which payload, where, how sure.

Sound is read at 16 kHz in windows of ten seconds. In each, every place where the pattern may begin is tried with the
pilot's tiles; at the best ones the payload's word is read. `strength` is the sum of the cosines of how far all
contrasts lie from the grid, in standard deviations. As the grid's origins are drawn, each cosine of an unmarked sound
is independent of the others with mean 0, whatever the sound: by Hoeffding's bound the chance that any of the places
and words reaches strength z is at most PLACES * WORDS * exp(-z^2 / 2). That is the false-alarm rate we promise;
what is measured lies far below, as most words are alike.
"""

from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np
import soxr
from numpy.typing import NDArray

from performer.voice.mark.codeword import BITS, LENGTH, read_word
from performer.voice.mark.pattern import (
    LEAST_RATE,
    PAIRS,
    PILOT,
    READ_RATE,
    SLOT_SECONDS,
    STEP_DB,
    TILES,
    WINDOW_SECONDS,
    contrast,
    dither,
    roles,
    slot_levels,
)

__all__ = ["FALSE_ALARM", "LEAST_SECONDS", "STRONG_ENOUGH", "Detector", "Found", "Window", "detect"]

FALSE_ALARM = 1e-6
"""At most this share of unmarked windows is taken for marked ones."""
WINDOW = 10.0
STRIDE = 5.0
LEAST_SECONDS = 1.0
# Slots are looked at every 2.5 ms: half of that off costs a tenth of a cosine at most.
_HOP = round(0.0025 * READ_RATE)
_SLOT = round(SLOT_SECONDS * READ_RATE / _HOP)
_PAIR = 2 * _SLOT
_LOOK = round(WINDOW_SECONDS * READ_RATE)
_PLACES = _PAIR * PAIRS
_CANDIDATES = 6
# Tiles so far below the loudest are coder noise; the fade keeps one dB from deciding. 60 reads better than 40 and 50
# on every material tried, as coders keep more than is believed.
_DEPTH_DB, _FADE_DB = 60.0, 4.0
# Under this the window is digital silence.
_SILENT_DB = -150.0
STRONG_ENOUGH = sqrt(2.0 * log(_PLACES * 2.0**BITS / FALSE_ALARM))
"""The strength at which a window counts as marked."""


@dataclass(frozen=True, slots=True)
class Window:
    """start, end: seconds. strength: standard deviations. payload: as read there. sure: 0..1, see `Found`."""

    start: float
    end: float
    strength: float
    payload: int
    sure: float


@dataclass(frozen=True, slots=True)
class Found:
    """sure: 1 less the chance that unmarked sound of this length gives this; 0 where nothing was found.

    payload: 0..65535, None where nothing was found. where: windows with the mark. read: all windows.
    """

    sure: float
    payload: int | None
    where: tuple[Window, ...]
    read: tuple[Window, ...]

    @property
    def strongest(self) -> float:
        """Strength of the best window, 0 where none was read."""
        return max((window.strength for window in self.read), default=0.0)


class Detector:
    """Sound in, block by block; `finish` says what is in it. Memory and time for each window are bounded."""

    def __init__(self, rate: int, channels: int = 1) -> None:
        """rate: hertz, 8000 or more.

        Raises:
            ValueError: rate or channels out of range.
        """
        if rate < LEAST_RATE or channels < 1:
            raise ValueError(f"the mark is read from {LEAST_RATE} Hz or more and a channel; not {rate} Hz, {channels}")
        self._rate = rate
        self._channels = channels
        self.reset()

    def reset(self) -> None:
        """Forget all input."""
        self._to_read = soxr.ResampleStream(self._rate, READ_RATE, 1, dtype="float32")
        self._sound = np.zeros(0, np.float32)
        self._levels = np.zeros((0, 2 * TILES), np.float32)
        self._first = 0
        self._read_until = 0
        self._windows: list[Window] = []

    def feed(self, block: NDArray[np.float32]) -> None:
        """block: (n,) or (n, channels) at any level."""
        mono = block.reshape(len(block), self._channels).mean(axis=1, dtype=np.float32)
        self._take(self._to_read.resample_chunk(mono))

    def finish(self) -> Found:
        """What was found in all that was fed; begins anew."""
        self._take(self._to_read.resample_chunk(np.zeros(0, np.float32), last=True))
        end = self._first + len(self._levels)
        least = round(LEAST_SECONDS * READ_RATE / _HOP)
        if end > self._read_until and len(self._levels) >= least:
            length = min(len(self._levels), round(WINDOW * READ_RATE / _HOP))
            self._read(self._levels[len(self._levels) - length :], end - length)
        found = _summary(tuple(self._windows))
        self.reset()
        return found

    def _take(self, sound: NDArray[np.float32]) -> None:
        self._sound = np.concatenate([self._sound, sound])
        count = max(0, (len(self._sound) - _LOOK) // _HOP + 1)
        # In pieces of a second: a view of overlapping windows is copied when the window function is applied.
        fresh = [self._levels]
        for start in range(0, count, READ_RATE // _HOP):
            stop = min(count, start + READ_RATE // _HOP)
            part = self._sound[start * _HOP : (stop - 1) * _HOP + _LOOK]
            fresh.append(slot_levels(np.lib.stride_tricks.sliding_window_view(part, _LOOK)[::_HOP], READ_RATE))
        self._sound = self._sound[count * _HOP :]
        self._levels = np.concatenate(fresh)
        window, stride = round(WINDOW * READ_RATE / _HOP), round(STRIDE * READ_RATE / _HOP)
        done = 0
        while len(self._levels) - done >= window:
            self._read(self._levels[done : done + window], self._first + done)
            done += stride
        self._levels = self._levels[done:]
        self._first += done

    def _read(self, levels: NDArray[np.float32], first: int) -> None:
        """One window. levels: (frames, bands); first: index of its first frame in the whole."""
        self._read_until = first + len(levels)
        strength, payload = _best(levels)
        chance = _chance(strength)
        start, end = first * _HOP / READ_RATE, (self._read_until * _HOP + _LOOK) / READ_RATE
        self._windows.append(Window(start, end, strength, payload, 1.0 - chance))


def _chance(strength: float) -> float:
    """That any place and word of an unmarked window is as strong: Hoeffding's bound."""
    return min(1.0, _PLACES * 2.0**BITS * exp(-0.5 * strength**2))


def _best(levels: NDArray[np.float32]) -> tuple[float, int]:
    """Strength and payload of the best place of the pattern in (frames, bands)."""
    first, second = levels[:-_SLOT], levels[_SLOT:]
    turns = contrast(first, second) / np.float32(STEP_DB)
    softest = np.minimum(first, second)
    softest = np.minimum(softest[:, 0::2], softest[:, 1::2])
    loudest = float(np.percentile(softest.max(axis=1), 95.0))
    if loudest < _SILENT_DB:
        return 0.0, 0
    with np.errstate(over="ignore"):
        weight = (1.0 / (1.0 + np.exp((loudest - _DEPTH_DB - softest) / _FADE_DB))).astype(np.float32)
    count = len(turns) // _PAIR
    # Each pair that the window may hold, for each of the places of a pair's beginning: (count, _PAIR, TILES).
    turns, weight = (part[: count * _PAIR].reshape(count, _PAIR, TILES) for part in (turns, weight))
    angle = (2.0 * np.pi) * turns
    waves = np.concatenate([weight * np.cos(angle), weight * np.sin(angle)], axis=2).astype(np.float32)
    pilot = _by_place(waves, _pilot_waves(), count)
    power = _by_place(np.square(weight), (roles() == PILOT).astype(np.float32), count)
    rank = pilot / np.sqrt(power + 1e-6)
    best = (0.0, 0)
    for place in np.argpartition(rank.ravel(), -_CANDIDATES)[-_CANDIDATES:]:
        offset, shift = divmod(int(place), PAIRS)
        best = max(best, _read_at(turns[:, offset], weight[:, offset], shift))
    return best


def _pilot_waves() -> NDArray[np.float32]:
    """(PAIRS, 2 TILES): cosine and sine of the pilot's dither, 0 at other tiles."""
    angle = 2.0 * np.pi * dither()
    waves = np.concatenate([np.cos(angle), np.sin(angle)], axis=1)
    return (waves * np.tile(roles() == PILOT, 2)).astype(np.float32)


def _by_place(values: NDArray[np.float32], pattern: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """values (count, _PAIR, k), pattern (PAIRS, k) -> (_PAIR, PAIRS): their product if pair 0 is pattern's pair p."""
    products = (values.reshape(count * _PAIR, -1) @ pattern.T).reshape(count, _PAIR, PAIRS)
    total = np.zeros((_PAIR, PAIRS), np.float32)
    for pair in range(count):
        turn = pair % PAIRS
        total[:, : PAIRS - turn] += products[pair, :, turn:]
        total[:, PAIRS - turn :] += products[pair, :, :turn]
    return total


def _read_at(turns: NDArray[np.float32], weight: NDArray[np.float32], shift: int) -> tuple[float, int]:
    """turns, weight: (count, TILES) of one place -> strength and payload."""
    rows = (np.arange(len(turns)) + shift) % PAIRS
    near = weight * np.cos(2.0 * np.pi * (turns - dither()[rows]))
    role = roles()[rows]
    values = np.bincount(role.ravel() + 1, near.ravel(), LENGTH + 1).astype(np.float64)
    word = read_word(values[1:])
    spread = sqrt(0.5 * float(np.sum(np.square(weight, dtype=np.float64))) + 1e-9)
    return (float(values[0]) + word.fit) / spread, word.payload


def _summary(windows: tuple[Window, ...]) -> Found:
    marked = tuple(window for window in windows if window.strength >= STRONG_ENOUGH)
    if not marked:
        return Found(0.0, None, (), windows)
    votes: dict[int, float] = {}
    for window in marked:
        votes[window.payload] = votes.get(window.payload, 0.0) + window.strength**2
    chance = min(1.0, len(windows) * _chance(max(window.strength for window in marked)))
    return Found(1.0 - chance, max(votes, key=lambda payload: votes[payload]), marked, windows)


def detect(samples: NDArray[np.float32], rate: int) -> Found:
    """samples: (frames,) or (frames, channels), any level; the mean of the channels is read.

    Raises:
        ValueError: rate below 8000.
    """
    detector = Detector(rate, 1 if samples.ndim == 1 else samples.shape[1])
    detector.feed(samples)
    return detector.finish()
