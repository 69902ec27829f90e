"""What is heard of a recording at 16 kHz: levels every 10 ms, pitch, timbre and a second pitch every 20 ms.

Pitch is P. Boersma's ("Accurate short-term analysis of the fundamental frequency", IFA Proceedings 17, 1993): the
autocorrelation of a windowed frame divided by that of the window. It is coarser than `performer.voice.pitch` and a
fifth of its price, since here only ranges and shares count. Nothing in this module judges.
"""

from dataclasses import dataclass, fields
from functools import cache
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import fft
from scipy.ndimage import uniform_filter1d

from performer.voice.bands import filters

__all__ = [
    "CEPSTRA",
    "FINE",
    "HIGHEST",
    "LOWEST",
    "OCTAVES",
    "RATE",
    "STEP",
    "Coarse",
    "Fine",
    "Hearing",
    "fine_frames",
]

RATE = 16_000
FINE, STEP = 0.010, 0.020
"""Seconds from one fine frame to the next, and from one coarse frame to the next."""
CEPSTRA = 24
OCTAVES = (125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 7500.0)
LOWEST, HIGHEST = 60.0, 1100.0
_FINE_HOP, _FINE_SIZE = 160, 256
_HOP, _SIZE, _PADDED = 320, 1024, 2048
_LAGS = slice(int(RATE / HIGHEST) - 1, int(RATE / LOWEST) + 2)
# What a period of half the pitch must gain to be taken: Boersma's cost of an octave, larger as no path is searched.
_OCTAVE_COST = 0.04
_MELS = 60
# Bins of _PADDED that a harmonic covers on each side, and where a second voice is looked for.
_LOBE = 4.0
_LOW_BIN, _HIGH_BIN = 16, 384
_AGO = 5
_QUIET = 1e-10


@dataclass(frozen=True, slots=True)
class Fine:
    """Every 10 ms. level: (n,) power from 125 Hz to 7.5 kHz, full scale 1. octaves: (n, 6) power of each octave."""

    level: NDArray[np.float32]
    octaves: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Coarse:
    """Every 20 ms, (n,) unless said otherwise.

    hertz: pitch, 0 = none found. clear: 0..1, how periodic. second: 0..1, how periodic what is left without the
    pitch's harmonics. left: its share of the power from 125 Hz to 3 kHz. bass: log share of 30 to 90 Hz in the power.
    tonal: log ratio of arithmetic and geometric mean of the spectrum over short bands. steady: -1..1, how alike the
    fine structure of the spectrum is to that of 100 ms ago; steady_left: the same without the pitch's harmonics.
    flux: rise of the log bands since the last frame. cepstra: (n, CEPSTRA).
    """

    hertz: NDArray[np.float32]
    clear: NDArray[np.float32]
    second: NDArray[np.float32]
    left: NDArray[np.float32]
    bass: NDArray[np.float32]
    tonal: NDArray[np.float32]
    steady: NDArray[np.float32]
    steady_left: NDArray[np.float32]
    flux: NDArray[np.float32]
    power: NDArray[np.float32]
    cepstra: NDArray[np.float32]

    @classmethod
    def joined(cls, parts: "list[Coarse]") -> Self:
        return cls(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls)))

    def __len__(self) -> int:
        return len(self.hertz)


@cache
def _octave_bins() -> NDArray[np.float32]:
    hertz = np.arange(_FINE_SIZE // 2 + 1) * RATE / _FINE_SIZE
    low, high = np.asarray(OCTAVES[:-1]), np.asarray(OCTAVES[1:])
    return ((hertz[:, None] >= low) & (hertz[:, None] < high)).astype(np.float32)


@cache
def _window_likeness() -> NDArray[np.float64]:
    window = np.hanning(_SIZE + 1)[:_SIZE]
    power = np.square(np.abs(np.fft.rfft(window, _PADDED)))
    own = np.fft.irfft(power, _PADDED)[: _LAGS.stop]
    return own / own[0]


def _periods(power: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, bins) power spectra -> (n, lags up to _LAGS.stop) likeness of the frame with itself one lag later."""
    correlation = np.asarray(fft.irfft(power, _PADDED, axis=1), np.float64)[:, : _LAGS.stop]
    return correlation / (correlation[:, :1] + _QUIET * _SIZE) / _window_likeness()


def _best(likeness: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Pitch in hertz and height of the best peak of each row; 0, 0 where there is none."""
    part = likeness[:, _LAGS]
    lag = np.arange(_LAGS.start, _LAGS.stop)
    inner = part[:, 1:-1]
    peak = (inner > part[:, :-2]) & (inner >= part[:, 2:])
    score = np.where(peak, inner - _OCTAVE_COST * np.log2(lag[1:-1] / lag[1]), -1.0)
    at = np.argmax(score, axis=1) + 1
    rows = np.arange(len(part))
    before, here, after = part[rows, at - 1], part[rows, at], part[rows, at + 1]
    curve = before - 2 * here + after
    shift = np.where(curve < 0, 0.5 * (before - after) / np.where(curve < 0, curve, 1.0), 0.0)
    found = score[rows, at - 1] > 0.0
    height = np.clip(here - 0.25 * (before - after) * shift, 0.0, 1.0)
    return np.where(found, RATE / (lag[at] + shift), 0.0), np.where(found, height, 0.0)


def _like(now: NDArray[np.float32], before: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n,) correlation of rows."""
    now, before = now - now.mean(1, keepdims=True), before - before.mean(1, keepdims=True)
    norm = np.sqrt((now * now).sum(1) * (before * before).sum(1)) + 1e-6
    return ((now * before).sum(1) / norm).astype(np.float32)


class Hearing:
    """Sound at 16 kHz in blocks of any size; the frames lie at the same samples however it is split."""

    def __init__(self) -> None:
        self._near = np.zeros(_FINE_SIZE // 2, np.float32)
        self._far = np.zeros(_SIZE // 2, np.float32)
        self._fine: list[Fine] = []
        self._coarse: list[Coarse] = []
        bins = _HIGH_BIN - _LOW_BIN
        self._past = np.zeros((_AGO, bins), np.float32)
        self._past_left = np.zeros((_AGO, bins), np.float32)
        self._mels = np.zeros((1, _MELS), np.float32)

    def feed(self, samples: NDArray[np.float32]) -> None:
        """samples: (n,)."""
        self._near = np.concatenate([self._near, samples])
        frames = max(0, (len(self._near) - _FINE_SIZE) // _FINE_HOP + 1)
        if frames:
            view = np.lib.stride_tricks.sliding_window_view(self._near, _FINE_SIZE)[::_FINE_HOP][:frames]
            self._fine.append(_fine(view))
            self._near = self._near[frames * _FINE_HOP :]
        self._far = np.concatenate([self._far, samples])
        frames = max(0, (len(self._far) - _SIZE) // _HOP + 1)
        if frames:
            view = np.lib.stride_tricks.sliding_window_view(self._far, _SIZE)[::_HOP][:frames]
            self._coarse.append(self._look(view))
            self._far = self._far[frames * _HOP :]

    def finish(self) -> tuple[Fine, Coarse]:
        """All frames; what is missing at the end is silence."""
        self.feed(np.zeros(_SIZE // 2, np.float32))
        fine = Fine(np.concatenate([f.level for f in self._fine]), np.concatenate([f.octaves for f in self._fine]))
        return fine, Coarse.joined(self._coarse)

    def _look(self, view: NDArray[np.float32]) -> Coarse:
        window = np.hanning(_SIZE + 1)[:_SIZE].astype(np.float32)
        frames = (view - view.mean(axis=1, keepdims=True)) * window
        spectrum = np.asarray(fft.rfft(frames, _PADDED, axis=1), np.complex64)
        power = np.square(np.abs(spectrum)).astype(np.float64)
        hertz, clear = _best(_periods(power))
        loud = power.sum(axis=1) / _PADDED / _SIZE > _QUIET
        hertz, clear = np.where(loud, hertz, 0.0), np.where(loud, clear, 0.0)
        bin_hertz = RATE / _PADDED
        # What is left when the bins near the harmonics of the pitch are taken out.
        at = np.arange(_LOW_BIN, _HIGH_BIN) * bin_hertz
        pitch = np.maximum(hertz, LOWEST)[:, None]
        off = np.abs(at / pitch - np.rint(at / pitch)) * pitch
        outside = (off > np.minimum(_LOBE * bin_hertz, 0.3 * pitch)) | (hertz <= 0)[:, None]
        middle = power[:, _LOW_BIN:_HIGH_BIN]
        rest = np.zeros_like(power)
        rest[:, _LOW_BIN:_HIGH_BIN] = middle * outside
        share = rest.sum(axis=1) / (middle.sum(axis=1) + _QUIET)
        _, second = _best(_periods(rest))
        floor = 1e-6 * power.mean(axis=1, keepdims=True) + _QUIET
        logs = np.log(power[:, :_HIGH_BIN] + floor).astype(np.float32)
        fine = (logs - uniform_filter1d(logs, 33, axis=1))[:, _LOW_BIN:]
        fine_left = np.maximum(fine * outside, 0.0).astype(np.float32)
        tonal = np.log(uniform_filter1d(power[:, :_HIGH_BIN] + floor, 33, axis=1)) - uniform_filter1d(logs, 33, axis=1)
        past = np.concatenate([self._past, fine])
        past_left = np.concatenate([self._past_left, fine_left])
        steady, steady_left = _like(fine, past[: len(fine)]), _like(fine_left, past_left[: len(fine)])
        self._past, self._past_left = past[-_AGO:], past_left[-_AGO:]
        mels = np.log(power @ _mel_filters() + 1e-5 * power.mean(axis=1, keepdims=True) + _QUIET).astype(np.float32)
        previous = np.concatenate([self._mels, mels])
        flux = np.maximum(mels - previous[:-1], 0.0).mean(axis=1)
        self._mels = previous[-1:]
        total = power.sum(axis=1) + _QUIET
        bass = np.log(power[:, 4:12].sum(axis=1) / total + 1e-6)
        cepstra = np.asarray(fft.dct(mels, axis=1, norm="ortho"), np.float32)[:, 1 : CEPSTRA + 1] / np.sqrt(_MELS)
        columns = (hertz, clear, second, share, bass, tonal[:, 32:].mean(axis=1), steady, steady_left, flux, total)
        shown = [np.asarray(column, np.float32) for column in columns]
        return Coarse(*shown, cepstra=np.asarray(cepstra, np.float32))


@cache
def _mel_filters() -> NDArray[np.float64]:
    return filters(RATE, _PADDED // 2 + 1, _MELS).astype(np.float64)


def _fine(view: NDArray[np.float32]) -> Fine:
    window = np.hanning(_FINE_SIZE + 1)[:_FINE_SIZE].astype(np.float32)
    spectrum = np.asarray(fft.rfft(view * window, axis=1), np.complex64)
    power = np.square(np.abs(spectrum)) * np.float32(2.0 / (_FINE_SIZE * np.square(window).sum()))
    octaves = (power @ _octave_bins()).astype(np.float32)
    return Fine(octaves.sum(axis=1), octaves)


def fine_frames(samples: NDArray[np.float32]) -> Fine:
    """The fine frames alone of a whole sound at RATE."""
    padded = np.pad(samples, (_FINE_SIZE // 2, _SIZE // 2))
    view = np.lib.stride_tricks.sliding_window_view(padded, _FINE_SIZE)[::_FINE_HOP]
    return _fine(view)
