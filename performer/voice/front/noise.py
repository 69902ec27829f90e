"""Noise that stays is turned down: minimum statistics, gains by frequency, a filter that adds no block of delay.

The floor of each frequency is the least of its smoothed power over a window (R. Martin, "Noise power spectral density
estimation based on optimal smoothing and minimum statistics", IEEE Trans. SAP 9(5), 2001), its bias measured on white
noise. While the ear hears tones the window is long: a held note or music is no noise, a hum that never ends is. Gains
are the log-spectral amplitude estimator's (Y. Ephraim, D. Malah, IEEE Trans. ASSP 33(2), 1985) with decision-directed
prior. They are applied by a minimum-phase filter (H. Löllmann, P. Vary, "Low delay noise reduction and dereverberation
for hearing aids", EURASIP JASP 2009): what is passed unchanged passes without delay.
"""

from collections import deque

import numpy as np
from numpy.typing import NDArray
from scipy.special import exp1

from performer.voice.front.ear import Ear
from performer.voice.front.settings import NoiseSettings
from performer.voice.front.stage import RATE, Samples, Stage

__all__ = ["Noise"]

_GRID = 480
_STEP_SECONDS = _GRID / RATE
_SIZE = 1024
_BINS = _SIZE // 2 + 1
_TAPS = 512
_FADE = 120
# The window leans towards the newest sound: an onset is seen within 3 ms.
_RISE, _FALL = 824, 200
_WINDOW = np.concatenate(
    [np.sin(0.5 * np.pi * (np.arange(_RISE) + 0.5) / _RISE), np.cos(0.5 * np.pi * (np.arange(_FALL) + 0.5) / _FALL)]
).astype(np.float32)
_SMOOTH_SECONDS = 0.08
# Mean power of white noise over the least of its smoothed power in 1.5 s, as measured.
_BIAS = 1.9
_PIECE_SECONDS = 0.25
_FROM_BEFORE = 0.96
_PRIOR_LEAST = 10 ** (-25 / 10)
_TONAL = 0.15
_EMPTY = 1e-12
# Half the exponential integral over the logarithm of its argument: nearly straight where it is large, nothing beyond
# the end. Read from a table (within 2e-5) since the integral itself would cost more than all the rest of a decision.
_LEAST_SHARE = 1e-3
_PLACES = np.linspace(np.log(_LEAST_SHARE), np.log(20.0), 400)
_HALVES = 0.5 * exp1(np.exp(_PLACES))
_PASSES = np.zeros(_TAPS, np.float32)
_PASSES[0] = 1.0
_TAIL = (0.5 + 0.5 * np.cos(np.pi * (np.arange(_TAPS // 2) + 1) / (_TAPS // 2 + 1))).astype(np.float32)


class Noise(Stage):
    """Turns down what never changes. ear: hears what this stage hears and may be shared; its owner feeds it.

    `floor`: (513,) power of the noise by frequency as far as it is known.
    """

    name = "noise"

    def __init__(self, settings: NoiseSettings, ear: Ear) -> None:
        self._ear = ear
        self._least = 10 ** (-settings.depth_db / 20)
        self._over = _BIAS * 10 ** (settings.over_db / 10)
        self._quick = max(2, round(settings.window_s / _PIECE_SECONDS))
        self._slow = max(self._quick, round(settings.tonal_window_s / _PIECE_SECONDS))
        super().__init__(_GRID, on=settings.on)

    def _start(self) -> None:
        super()._start()
        self._sound = np.zeros(_SIZE, np.float32)
        self._smooth: NDArray[np.float32] | None = None
        self._lows: deque[NDArray[np.float32]] = deque(maxlen=self._slow)
        self._low = np.full(_BINS, np.inf, np.float32)
        self._steps = 0
        self._tonal = 0.0
        self.floor = np.full(_BINS, _EMPTY, np.float32)
        self._clean = np.zeros(_BINS, np.float32)
        self._filters = (_PASSES, _PASSES)
        self._history = np.zeros(_TAPS - 1, np.float32)
        self._taken = 0.0

    def _apply(self, part: Samples, at: int) -> Samples:
        line = np.concatenate([self._history, part])
        self._history = line[len(part) :]
        old, new = self._filters
        if old is new is _PASSES:
            return part
        out = np.convolve(line, new, "valid")
        fading = min(len(part), _FADE - at)
        if fading > 0:
            share = np.arange(at + 1, at + 1 + fading, dtype=np.float32) / _FADE
            was = np.convolve(line[: _TAPS - 1 + fading], old, "valid")
            out[:fading] = was + share * (out[:fading] - was)
        return out.astype(np.float32)

    def _decide(self, heard: Samples) -> None:
        self._sound = np.concatenate([self._sound[_GRID:], heard])
        power = np.square(np.abs(np.fft.rfft(self._sound * _WINDOW))) + np.float32(_EMPTY)
        self._listen(power)
        floor = self._over * self.floor
        after = np.minimum(power / floor, 1e6)
        prior = _FROM_BEFORE * self._clean / floor + (1 - _FROM_BEFORE) * np.maximum(after - 1, 0.0)
        prior = np.maximum(prior, _PRIOR_LEAST)
        share = prior / (1 + prior)
        half = np.interp(np.log(np.maximum(share * after, _LEAST_SHARE)), _PLACES, _HALVES).astype(np.float32)
        gain = np.minimum(share * np.exp(half), 1.0)
        self._clean = np.square(gain) * power
        logs = np.log(np.maximum(gain, self._least))
        logs[1:-1] = 0.25 * (logs[:-2] + logs[2:]) + 0.5 * logs[1:-1]
        self._taken = -8.686 * float(np.dot(logs, power) / power.sum())
        self._filters = (self._filters[1], _shortest(logs))

    def _listen(self, power: NDArray[np.float32]) -> None:
        """Carry the floor on by one step."""
        if self._smooth is None:
            self._smooth = power.copy()
        self._smooth += _STEP_SECONDS / _SMOOTH_SECONDS * (power - self._smooth)
        # The window is still filling: what it held before the first sound is no floor.
        self._steps += 1
        if self._steps * _GRID < _SIZE:
            self._smooth = power.copy()
            return
        np.minimum(self._low, self._smooth, out=self._low)
        self._tonal = max(self._tonal, self._ear.tonal)
        np.minimum(self.floor, self._smooth, out=self.floor)
        if self._steps % round(_PIECE_SECONDS / _STEP_SECONDS):
            return
        self._lows.append(self._low)
        self._low = np.full(_BINS, np.inf, np.float32)
        count = len(self._lows)
        if count >= self._quick:
            newest = np.min([self._lows[k] for k in range(count - self._quick, count)], axis=0)
            if self._tonal < _TONAL:
                self.floor = newest
            elif count == self._slow:
                # What stayed through the long window, too, is noise although it may be a tone.
                self.floor = np.maximum(np.minimum(self.floor, newest), np.min(self._lows, axis=0))
        self._tonal = 0.0

    def _work(self) -> tuple[bool, float]:
        return self._taken > 1.0, self._taken

    def _say(self) -> str:
        level = 10 * np.log10(_BIAS * float(self.floor.sum()) * 2 / (_SIZE * float(np.square(_WINDOW).sum())) + 1e-12)
        return f"noise {level:.0f} dB"


def _shortest(logs: NDArray[np.float32]) -> NDArray[np.float32]:
    """(513,) natural log of gains -> (_TAPS,) minimum-phase impulse response."""
    cepstrum = np.fft.irfft(logs, _SIZE)
    cepstrum[1 : _SIZE // 2] *= 2
    cepstrum[_SIZE // 2 + 1 :] = 0
    # What is folded keeps its real part, which is `logs`.
    size, phase = np.exp(logs), np.fft.rfft(cepstrum).imag
    spectrum = np.empty(_BINS, np.complex64)
    np.multiply(size, np.cos(phase), out=spectrum.real)
    np.multiply(size, np.sin(phase), out=spectrum.imag)
    response = np.fft.irfft(spectrum, _SIZE)[:_TAPS]
    response[_TAPS // 2 :] *= _TAIL
    return np.asarray(response, np.float32)
