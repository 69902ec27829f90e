"""Fundamental frequency of a voice while it comes in, every 10 ms, 20 ms behind the newest sample.

Normalised square difference (P. McLeod, G. Wyvill, "A smarter way to find pitch", ICMC 2005) over a window that ends
20 ms after the frame's time: long for low voices, short and centred for high ones, since a long window smears a
singer's vibrato and finds sub-harmonics. Of the peaks the shortest period that is nearly as good as the best wins, and
a peak near the frame before is forgiven a little: that is the guard against jumps of an octave.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import log2

import numpy as np
from numpy.typing import NDArray

from performer.voice.bands import CONTENT_RATE, HOP_SECONDS

__all__ = ["HIGHEST_HERTZ", "LOWEST_HERTZ", "PITCH_LOOK_AHEAD", "PitchTracker", "Pitched", "track"]

LOWEST_HERTZ, HIGHEST_HERTZ = 50.0, 1250.0
PITCH_LOOK_AHEAD = 0.020
_HOP = round(CONTENT_RATE * HOP_SECONDS)
_AHEAD = round(CONTENT_RATE * PITCH_LOOK_AHEAD)
# Windows in samples, both ending _AHEAD after the frame: the long one holds two and a half periods of 50 Hz.
_LONG, _SHORT = 800, 400
# Up to this period (16 kHz / 140 = 114 Hz) the short window may speak for a pitch that the long one has smeared.
_BORDER_LAG = 140
_SHORTEST_LAG = int(CONTENT_RATE / HIGHEST_HERTZ) - 1
_LONGEST_LAG = int(CONTENT_RATE / LOWEST_HERTZ) + 1
_LAGS = _LONGEST_LAG + 2
# Room for the long window and its longest lag, a product of small primes.
_SIZE = 1152
# Share of the best peak that a shorter period must reach to be taken before it.
_NEARLY = 0.91
# What a peak gains that lies within _NEAR octaves of the last voiced frame, fading over _MEMORY frames.
_FAITH, _NEAR, _MEMORY = 0.12, 0.18, 12
_VOICED, _STAYS_VOICED = 0.70, 0.58
# An unclear frame's pitch is believed within so many octaves of the last clear one.
_GUESS_NEAR = 0.4
# Power under which nothing is voiced (full scale 1).
_SILENT = 1e-7


@dataclass(frozen=True, slots=True)
class Pitched:
    """hertz: (frames,) 0 = unvoiced. clear: (frames,) 0..1, how periodic. guess: (frames,) the likeliest pitch where
    the frame is too unclear to be called voiced but lies near what was sung last, else as hertz."""

    hertz: NDArray[np.float32]
    clear: NDArray[np.float32]
    guess: NDArray[np.float32]


def _likeness(long: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(_LONG,) without its mean -> normalised square difference, -1..1, at lags 0.._LONGEST_LAG + 1, of all of it and
    of its last part."""
    # Both in one transform; the short one is filled up with zeros.
    both = np.zeros((2, _SIZE))
    short = both[1, :_SHORT]
    both[0, :_LONG] = long
    np.subtract(long[_LONG - _SHORT :], long[_LONG - _SHORT :].sum() / _SHORT, out=short)
    power = np.zeros((2, _LONG + 1))
    np.cumsum(np.square(both[:, :_LONG]), axis=1, out=power[:, 1:])
    spectrum = np.fft.rfft(both)
    correlation = np.fft.irfft(np.square(spectrum.real) + np.square(spectrum.imag), _SIZE)[:, :_LAGS]
    # Energy of what lies behind the lag, and of what lies before the lagged end.
    energy = (power[:, _LONG:] + 1e-12) - power[:, :_LAGS]
    energy[0] += power[0, _LONG : _LONG - _LAGS : -1]
    energy[1] += power[1, _SHORT : _SHORT - _LAGS : -1]
    likeness = 2 * correlation / energy
    return likeness[0], likeness[1]


class PitchTracker:
    """Blocks of sound at 16 kHz in, pitch of the frames that became known out."""

    def __init__(self) -> None:
        self._kept = np.zeros(_LONG - _AHEAD, np.float64)
        self._last = 0.0
        self._since = _MEMORY
        self._voiced = False

    def feed(self, samples: NDArray[np.float32]) -> Pitched:
        """samples: (n,) any length -> the frames whose look-ahead is complete; frame i lies at i * 160 samples."""
        sound = np.concatenate([self._kept, samples])
        # The frame at position p needs sound up to p + _AHEAD; `sound` begins _LONG - _AHEAD before the next frame.
        frames = max(0, (len(sound) - _LONG) // _HOP + 1)
        hertz, clear, guess = (np.zeros(frames, np.float32) for _ in range(3))
        for frame in range(frames):
            window = sound[frame * _HOP : frame * _HOP + _LONG]
            window = window - window.sum() / _LONG
            newest = window[_LONG - _SHORT :]
            loud = np.square(newest).sum() / _SHORT > _SILENT
            found = self._choose(*_likeness(window)) if loud else (0.0, 0.0)
            hertz[frame], clear[frame] = self._follow(*found)
            near = found[0] > 0 and self._last > 0 and abs(log2(found[0] / self._last)) < _GUESS_NEAR
            guess[frame] = hertz[frame] or (found[0] if near else 0.0)
        self._kept = sound[frames * _HOP :]
        return Pitched(hertz, clear, guess)

    def _choose(self, long: NDArray[np.float64], short: NDArray[np.float64]) -> tuple[float, float]:
        """The pitch of one frame and how clear it is."""
        # A voice above the border is as regular in the long window as in the short one, or bends within it.
        np.maximum(long[:_BORDER_LAG], short[:_BORDER_LAG], out=long[:_BORDER_LAG])
        candidates = [(rate, height) for rate, height in _peaks(long) if LOWEST_HERTZ <= rate <= HIGHEST_HERTZ]
        if not candidates:
            return 0.0, 0.0
        faith = _FAITH * max(0.0, 1 - self._since / _MEMORY) if self._last else 0.0
        scored = [
            (rate, height, height + (faith if faith and abs(log2(rate / self._last)) < _NEAR else 0.0))
            for rate, height in candidates
        ]
        best = max(score for *_, score in scored)
        rate, height, _ = max((c for c in scored if c[2] >= _NEARLY * best), key=lambda c: c[0])
        return rate, height

    def _follow(self, rate: float, clear: float) -> tuple[float, float]:
        self._voiced = clear >= (_STAYS_VOICED if self._voiced else _VOICED)
        if not self._voiced:
            self._since += 1
            return 0.0, max(0.0, clear)
        self._last, self._since = rate, 0
        return rate, min(1.0, clear)


def _peaks(likeness: NDArray[np.float64]) -> Iterator[tuple[float, float]]:
    """(hertz, height) of each maximum that lies beyond the first fall through zero, between lags by a parabola."""
    below = likeness < 0
    first = int(below.argmax())
    if not below[first]:
        return
    start = max(first, _SHORTEST_LAG)
    part = likeness[start:]
    rises = part[1:] > part[:-1]
    tops = np.flatnonzero((rises[:-1] > rises[1:]) & (part[1:-1] > 0.3)) + 1
    for top in tops.tolist():
        before, here, after = part[top - 1 : top + 2].tolist()
        curve = before - 2 * here + after
        shift = 0.5 * (before - after) / curve if curve < 0 else 0.0
        yield CONTENT_RATE / (start + top + shift), here - 0.25 * (before - after) * shift


def track(samples: NDArray[np.float32]) -> Pitched:
    """The same of a whole sound at 16 kHz: (n // 160,) frames."""
    tracker = PitchTracker()
    whole = tracker.feed(np.concatenate([samples, np.zeros(_AHEAD + _HOP, np.float32)]))
    count = len(samples) // _HOP
    return Pitched(whole.hertz[:count], whole.clear[:count], whole.guess[:count])
