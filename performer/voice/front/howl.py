"""Howling: a loudspeaker that feeds its own microphone is found and notched before it deafens anyone.

A howl is one frequency that does not move, has no harmonics, stands far out of its surroundings and grows by the same
number of decibels in every turn of the loop (T. van Waterschoot, M. Moonen, "Fifty years of acoustic feedback control",
Proc. IEEE 99(2), 2011: their peak-to-neighbour, peak-to-harmonic and persistence tests, on frames of 85 ms every
20 ms). A singer's note has harmonics and moves by cents at the very least.
"""

from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from performer.voice.front.settings import HowlSettings
from performer.voice.front.stage import RATE, Samples, Stage

__all__ = ["Howl", "peaks", "spectrum"]

_GRID = 960
_SIZE = 4096
_WINDOW = np.hanning(_SIZE + 1)[:_SIZE].astype(np.float32)
_BIN = RATE / _SIZE
# Full-scale sine = 1.
_SCALE = (2 / float(_WINDOW.sum())) ** 2
# Between 100 Hz and 12 kHz; loudspeakers and rooms seldom howl elsewhere.
_LOWEST, _HIGHEST = int(100 / _BIN), int(12_000 / _BIN)
_QUIETEST = 10 ** (-60 / 10)
# Peak over its neighbours, 18 dB; over its harmonics, 20 dB.
_OVER_NEIGHBOURS, _OVER_HARMONICS = 63.0, 100.0
# Frames for which the frequency must stand within so many bins (rms), growing or at a loud level.
_GROWING_FRAMES, _STEADY_FRAMES = 8, 25
_STEADY_BINS, _STILL_BINS, _MOST_STEP = 0.06, 0.02, 0.35
_GROWTH_DB, _LATE_GROWTH_DB = 4.0, 1.0
# A level that no longer grows is a howl if it is loud and nearly all there is.
_LOUD, _ALL = 10 ** (-30 / 10), 0.8
# Only the strongest tops of a frame can be a howl.
_MOST_LINES = 8
_FADE, _LEAVE = 480, RATE


_SIDES = np.array([[-1], [0], [1]])


@dataclass(frozen=True, slots=True)
class Peaks:
    """bins: (n,) places between bins; power: (n,) of a full-scale sine's; over: (n,) times their neighbours' mean."""

    bins: NDArray[np.float64]
    power: NDArray[np.float32]
    over: NDArray[np.float32]


def spectrum(sound: Samples) -> NDArray[np.float32]:
    """(4096,) -> (2049,) power by frequency, of a full-scale sine 1."""
    return np.asarray(np.square(np.abs(np.fft.rfft(sound * _WINDOW))) * _SCALE, np.float32)


@cache
def _ring(first: int, last: int) -> NDArray[np.intp]:
    """Bins from `first` to `last` away on either side."""
    one = np.arange(first, last + 1)
    return np.concatenate([-one, one])


def peaks(power: NDArray[np.float32], low: int, high: int, least: float, near: tuple[int, int] = (14, 22)) -> Peaks:
    """Where a power spectrum (Hann window) has tops above `least`, exact to a small part of a bin.

    near: the bins on either side, from and to, that are its neighbours."""
    band = power[low:high]
    found = (band > least) & (band > power[low - 1 : high - 1])
    tops = (found & (band >= power[low + 1 : high + 1])).nonzero()[0] + low
    if not len(tops):
        nothing = np.zeros(0, np.float32)
        return Peaks(np.zeros(0), nothing, nothing)
    beside = _ring(*near)
    around = power[np.minimum(np.abs(tops[:, None] + beside), len(power) - 1)].sum(axis=1) / len(beside)
    before, here, after = np.log(power[tops + _SIDES] + 1e-20)
    curve = before - 2 * here + after
    shift = np.where(curve < 0, 0.5 * (before - after) / np.minimum(curve, -1e-9), 0.0)
    return Peaks((tops + shift).astype(np.float64), power[tops], power[tops] / (around + 1e-20))


@dataclass(slots=True)
class _Line:
    """A frequency that stays: its places (bins) and levels (power), one a frame."""

    bins: list[float] = field(default_factory=list[float])
    power: list[float] = field(default_factory=list[float])
    alone: list[float] = field(default_factory=list[float])

    def howls(self) -> bool:
        if len(self.bins) < _GROWING_FRAMES:
            return False
        places = np.array(self.bins[-_GROWING_FRAMES:])
        if places.std() > _STEADY_BINS:
            return False
        levels = 10 * np.log10(np.array(self.power[-_GROWING_FRAMES:]))
        steps = levels[2:] - levels[:-2]
        # A note, too, grows while it fills the window; half of the frames later it no longer does.
        late = levels[-1] - levels[_GROWING_FRAMES // 2]
        if levels[-1] - levels[0] > _GROWTH_DB and late > _LATE_GROWTH_DB and steps.min() > -0.2:
            return True
        if len(self.bins) < _STEADY_FRAMES:
            return False
        return bool(
            np.array(self.bins[-_STEADY_FRAMES:]).std() < _STILL_BINS
            and min(self.power[-_STEADY_FRAMES:]) > _LOUD
            and min(self.alone[-_STEADY_FRAMES:]) > _ALL
        )


class _Notch:
    """A second-order notch whose depth can be turned (P. Regalia, S. Mitra, IEEE Trans. ASSP 35(1), 1987)."""

    def __init__(self, hertz: float, width: float) -> None:
        self.hertz, self.left = hertz, 0
        self.share = 0.0
        self._state = np.zeros(2)
        self.hold = 0
        self.tune(width)

    def tune(self, width: float) -> None:
        """width: hertz between its edges."""
        self.width = min(width, 0.5 * self.hertz)
        slope = np.tan(np.pi * self.width / RATE)
        a = (slope - 1) / (slope + 1)
        b = -np.cos(2 * np.pi * self.hertz / RATE)
        self._top = np.array([-a, b * (1 - a), 1.0])
        self._low = np.array([1.0, b * (1 - a), -a])

    def feed(self, part: NDArray[np.float64]) -> NDArray[np.float64]:
        passed, self._state = lfilter(self._top, self._low, part, zi=self._state)
        step = 1 / _FADE if self.left > 0 else -1 / _LEAVE
        share = np.clip(self.share + step * np.arange(1, len(part) + 1), 0.0, 1.0)
        self.share = float(share[-1])
        return part - 0.5 * share * (part - passed)


class Howl(Stage):
    """Finds feedback and notches it; the notches go again, and stay longer where it comes back."""

    name = "howl"

    def __init__(self, settings: HowlSettings) -> None:
        self._settings = settings
        super().__init__(_GRID, on=settings.on)

    def _start(self) -> None:
        super()._start()
        self._sound = np.zeros(_SIZE, np.float32)
        self._made = np.zeros(_GRID, np.float32)
        self._lines: list[_Line] = []
        self._notches: list[_Notch] = []
        self._power: NDArray[np.float32] | None = None
        # hertz -> (samples left in which a return counts, hold of the notch that was there)
        self._gone: dict[float, tuple[int, int]] = {}

    @property
    def notches(self) -> tuple[float, ...]:
        """Where notches stand now, hertz."""
        return tuple(notch.hertz for notch in self._notches if notch.left > 0)

    @property
    def power(self) -> NDArray[np.float32] | None:
        """(2049,) spectrum of the last 85 ms that were let go, as of the last look (every 20 ms); None where what was
        let go is not what was made, or too quiet to be looked at."""
        return self._power if self.on and self._wet == 1.0 else None

    def _apply(self, part: Samples, at: int) -> Samples:
        out = part
        if self._notches:
            whole = part.astype(np.float64)
            for notch in self._notches:
                whole = notch.feed(whole)
            out = whole.astype(np.float32)
        self._made[at : at + len(part)] = out
        return out

    def _decide(self, heard: Samples) -> None:
        del heard
        self._sound = np.concatenate([self._sound[_GRID:], self._made])
        for notch in self._notches:
            notch.left -= _GRID
        for notch in [notch for notch in self._notches if notch.left <= 0 and notch.share == 0.0]:
            self._notches.remove(notch)
            self._gone[notch.hertz] = (4 * notch.hold, notch.hold)
        self._gone = {hertz: (left - _GRID, hold) for hertz, (left, hold) in self._gone.items() if left > _GRID}
        if float(np.dot(self._made, self._made)) / _GRID < 0.5 * _QUIETEST:
            self._lines = []
            self._power = None
            return
        self._power = spectrum(self._sound)
        self._follow(self._power)
        for line in self._lines:
            if line.howls():
                self._notch(line.bins[-1] * _BIN)
                line.bins.clear()
        self._lines = [line for line in self._lines if line.bins]

    def _follow(self, power: NDArray[np.float32]) -> None:
        """Join this frame's lonely peaks to the lines that they carry on."""
        found = peaks(power, _LOWEST, _HIGHEST, _QUIETEST)
        # The Hann window spreads a sine over 1.5 bins.
        total = float(power[3:].sum()) / 1.5 + 1e-20
        lines: list[_Line] = []
        for at in np.argsort(found.power)[: -_MOST_LINES - 1 : -1]:
            place, level = float(found.bins[at]), float(found.power[at])
            if found.over[at] < _OVER_NEIGHBOURS or not _lonely(power, place, level):
                continue
            line = min(self._lines, key=lambda one: abs(one.bins[-1] - place), default=None)
            if line is None or abs(line.bins[-1] - place) > _MOST_STEP:
                line = _Line()
            else:
                self._lines.remove(line)
            line.bins.append(place)
            line.power.append(level)
            line.alone.append(level / total)
            del line.bins[:-_STEADY_FRAMES], line.power[:-_STEADY_FRAMES], line.alone[:-_STEADY_FRAMES]
            lines.append(line)
        self._lines = lines

    def _notch(self, hertz: float) -> None:
        hold = round(self._settings.hold_s * RATE)
        width = self._settings.width * hertz
        for notch in self._notches:
            if abs(notch.hertz - hertz) < max(notch.width, 2 * _BIN):
                # It howls beside the notch that stands: a wider one holds both.
                notch.tune(1.5 * max(notch.width, abs(notch.hertz - hertz)))
                notch.hold = min(2 * notch.hold, 120 * RATE)
                notch.left = notch.hold
                return
        for old, (_, before) in list(self._gone.items()):
            if abs(old - hertz) < max(width, 2 * _BIN):
                hold = min(2 * before, 120 * RATE)
                del self._gone[old]
        standing = [notch for notch in self._notches if notch.left > 0]
        if len(standing) >= self._settings.notches:
            min(standing, key=lambda notch: notch.left).left = 0
        notch = _Notch(hertz, width)
        notch.left = notch.hold = hold
        self._notches.append(notch)

    def _work(self) -> tuple[bool, float]:
        return bool(self.notches), 0.0

    def _say(self) -> str:
        return ", ".join(f"{hertz:.0f} Hz" for hertz in self.notches)


def _lonely(power: NDArray[np.float32], place: float, level: float) -> bool:
    """No harmonics above, and not itself a harmonic."""
    for factor in (2.0, 3.0, 0.5, 1 / 3, 2 / 3, 1.5):
        at = round(place * factor)
        if at + 3 >= len(power):
            continue
        if power[max(0, at - 2) : at + 3].max() * _OVER_HARMONICS > level and abs(at - place) > 6:
            return False
    return True
