"""Spectral envelope and band aperiodicity of a voice whose pitch is known.

The envelope is CheapTrick's (M. Morise, "CheapTrick, a spectral envelope estimator for high-quality speech synthesis",
Speech Communication 67, 2015): a window of three periods makes the power independent of its place in the period,
smoothing over two thirds of the pitch takes the harmonics away, and a lifter in the cepstrum gives back what the
smoothing blurred. Aperiodicity is what of a band does not come again after one period.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from performer.voice.bands import HOP_SECONDS

__all__ = ["APERIODICITY_EDGES", "LOWEST_HERTZ", "aperiodicity", "spectral_envelope"]

LOWEST_HERTZ = 60.0
# What stands for the pitch where there is none: short windows, wide smoothing.
_UNVOICED_HERTZ = 500.0
_COMPENSATION = -0.15
_FLOOR = 1e-12
# Borders of the aperiodicity bands in hertz; the last one takes what is above.
APERIODICITY_EDGES = (0.0, 500.0, 1000.0, 2000.0, 3000.0, 4000.0, 5500.0, 8000.0, 24_000.0)
_BLOCK = 512
# Aperiodicity reads periods at this rate or above, at so many places, and stretched by so much.
_FINE_RATE = 48_000
_PLACES = 256
_STRETCHES = np.linspace(0.97, 1.03, 13)


def _size(rate: int) -> int:
    return 1 << int(np.ceil(np.log2(3 * rate / LOWEST_HERTZ)))


def _smoothed(power: NDArray[np.float64], width: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean of `power` over `width` bins around each bin: (frames, bins), (frames,) -> (frames, bins)."""
    frames, bins = power.shape
    margin = int(np.ceil(width.max() / 2)) + 2
    mirrored = np.pad(power, ((0, 0), (margin, margin)), mode="reflect")
    total = np.concatenate([np.zeros((frames, 1)), np.cumsum(mirrored, axis=1)], axis=1)
    row = np.arange(frames)[:, None]

    def until(place: NDArray[np.float64]) -> NDArray[np.float64]:
        whole = np.floor(place).astype(np.intp)
        part = place - whole
        return total[row, whole] * (1 - part) + total[row, whole + 1] * part

    centre = np.arange(bins)[None, :] + margin + 0.5
    half = (width / 2)[:, None]
    return (until(centre + half) - until(centre - half)) / width[:, None]


def spectral_envelope(samples: NDArray[np.float32], hertz: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """samples: (n,); hertz: (frames,) pitch every 10 ms, 0 = unvoiced -> (frames, bins) natural log of power density.

    bins: 513 at 16 kHz, 2049 at 48 kHz, from 0 to rate / 2. A sine's level does not depend on its pitch.
    """
    size, hop = _size(rate), round(rate * HOP_SECONDS)
    pitch = np.where(hertz > 0, np.maximum(hertz, LOWEST_HERTZ + 1.0), _UNVOICED_HERTZ).astype(np.float64)
    half = size // 2
    padded = np.pad(samples.astype(np.float64), (half, half + hop * 2 + max(0, len(hertz) * hop - len(samples))))
    windows = sliding_window_view(padded, size)[::hop][: len(hertz)]
    out = np.empty((len(hertz), half + 1), np.float32)
    place = np.arange(size) - half
    quefrency = np.arange(half + 1) / rate
    for first in range(0, len(hertz), _BLOCK):
        f0 = pitch[first : first + _BLOCK, None]
        reach = 1.5 * rate / f0
        window = np.where(np.abs(place) <= reach, 0.5 + 0.5 * np.cos(np.pi * place / reach), 0.0)
        frame = windows[first : first + _BLOCK] * window
        frame -= window * (frame.sum(1, keepdims=True) / window.sum(1, keepdims=True))
        frame /= np.sqrt(np.square(window).sum(1, keepdims=True))
        power = np.square(np.abs(np.fft.rfft(frame, axis=1))) + _FLOOR
        power = _smoothed(power, 2 / 3 * f0[:, 0] * size / rate) + _FLOOR
        cepstrum = np.fft.irfft(np.log(power), axis=1)[:, : half + 1]
        turn = f0 * quefrency
        lifter = np.sinc(turn) * ((1 - 2 * _COMPENSATION) + 2 * _COMPENSATION * np.cos(2 * np.pi * turn))
        cepstrum = cepstrum * lifter
        whole = np.concatenate([cepstrum, cepstrum[:, half - 1 : 0 : -1]], axis=1)
        out[first : first + _BLOCK] = np.fft.rfft(whole, axis=1).real
    return out


def aperiodicity(samples: NDArray[np.float32], hertz: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """(n,), (frames,) pitch -> (frames, 8) share of noise in the power of each band, 0..1; 1 where unvoiced.

    One minus the best correlation of two neighbouring periods of the band, looked for within 3 % of the pitch: a
    longer window would take a gliding pitch for noise.
    """
    bands = len(APERIODICITY_EDGES) - 1
    out = np.ones((len(hertz), bands), np.float32)
    voiced = np.flatnonzero(hertz > 0)
    if not len(voiced):
        return out
    fine = max(1, round(_FINE_RATE / rate))
    length = len(samples) * fine
    spectrum = np.fft.rfft(samples)
    frequency = np.fft.rfftfreq(len(samples), 1 / rate)
    period = rate * fine / hertz[voiced].astype(np.float64)
    # A period, read at as many places whatever its length: one row a voiced frame.
    place = np.linspace(-1.0, 0.0, _PLACES, endpoint=False)[None, :] * period[:, None]
    centre = (voiced * round(rate * HOP_SECONDS) * fine).astype(np.float64)[:, None]
    for band in range(bands):
        low, high = APERIODICITY_EDGES[band], APERIODICITY_EDGES[band + 1]
        if low >= rate / 2:
            break
        part = np.fft.irfft(spectrum * ((frequency >= low) & (frequency < high)), length)

        def read(at: NDArray[np.float64], part: NDArray[np.float64] = part) -> NDArray[np.float64]:
            return part[np.clip(np.rint(at), 0, length - 1).astype(np.intp)]

        one = read(centre + place)
        power = np.square(one).sum(1)
        best = np.full(len(voiced), -1.0)
        for stretch in _STRETCHES:
            two = read(centre + place + (period * stretch)[:, None])
            match = 2 * (one * two).sum(1) / (power + np.square(two).sum(1) + _FLOOR)
            best = np.maximum(best, match)
        out[voiced, band] = np.clip(1.0 - best, 0.0, 1.0)
    return out
