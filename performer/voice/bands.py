"""Log-mel bands: what the content network hears, and the grid on which envelopes are predicted.

Frames are 25 ms Hann windows every 10 ms; frame i is centred at i * 10 ms. The lower 80 bands lie on HTK's mel scale
from 0 to 8 kHz; 24 more go on at the same spacing to about 17 kHz for targets that were recorded with their highs.
"""

from functools import cache
from math import log10

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

__all__ = [
    "BANDS",
    "BandStream",
    "CONTENT_RATE",
    "FLOOR",
    "HIGH_BANDS",
    "HOP_SECONDS",
    "band_centres",
    "filters",
    "log_areas",
    "log_bands",
]

CONTENT_RATE = 16_000
HOP_SECONDS = 0.010
BANDS = 80
HIGH_BANDS = 24
# Added to the power of a band before the logarithm: what a 16-bit file's own noise comes to.
FLOOR = 1e-7
_WINDOW_SECONDS = 0.025


def _mel(hertz: float) -> float:
    return 2595.0 * log10(1.0 + hertz / 700.0)


def _edges(bands: int) -> NDArray[np.float64]:
    """(bands + 2,) hertz: each band reaches from its left neighbour's centre to its right one's."""
    step = _mel(CONTENT_RATE / 2) / (BANDS + 1)
    mels = step * np.arange(bands + 2, dtype=np.float64)
    return 700.0 * (np.power(10.0, mels / 2595.0) - 1.0)


def band_centres(bands: int = BANDS) -> NDArray[np.float64]:
    """(bands,) hertz."""
    return _edges(bands)[1:-1]


@cache
def filters(rate: int, bins: int, bands: int = BANDS) -> NDArray[np.float32]:
    """(bins, bands) triangles over `bins` frequencies from 0 to rate / 2; a band's peak is 1.

    A band that is narrower than a bin takes its neighbours by interpolation, so none is empty.
    """
    hertz = np.linspace(0.0, rate / 2, bins)[:, None]
    low, centre, high = (_edges(bands)[None, k : k + bands] for k in range(3))
    rising, falling = (hertz - low) / (centre - low), (high - hertz) / (high - centre)
    weights = np.clip(np.minimum(rising, falling), 0.0, None)
    weights.setflags(write=False)
    return weights.astype(np.float32)


def log_bands(samples: NDArray[np.float32], rate: int = CONTENT_RATE) -> NDArray[np.float32]:
    """samples: (n,) at `rate` -> (n // hop, 80) natural log of band power; frame i is centred at sample i * hop."""
    hop, width = round(rate * HOP_SECONDS), round(rate * _WINDOW_SECONDS)
    size = 1024 * round(rate / CONTENT_RATE)
    frames = len(samples) // hop
    padded = np.pad(samples, (width // 2, width))
    windows = sliding_window_view(padded, width)[::hop][:frames]
    window = np.hanning(width + 1)[:width].astype(np.float32)
    spectrum = np.fft.rfft(windows * window, size, axis=1)
    power = np.square(np.abs(spectrum)).astype(np.float32) / np.float32((rate / CONTENT_RATE) ** 2)
    return np.log(power @ filters(rate, size // 2 + 1) + FLOOR)


class BandStream:
    """Blocks of sound at 16 kHz in, the bands of the frames that became known out: the same as `log_bands`."""

    def __init__(self) -> None:
        self._width = round(CONTENT_RATE * _WINDOW_SECONDS)
        self._hop = round(CONTENT_RATE * HOP_SECONDS)
        self._window = np.hanning(self._width + 1)[: self._width].astype(np.float32)
        self._kept = np.zeros(self._width // 2, np.float32)

    def feed(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """samples: (n,) -> (frames, 80); frame i is known 12.5 ms after its time."""
        sound = np.concatenate([self._kept, samples])
        frames = max(0, (len(sound) - self._width) // self._hop + 1)
        self._kept = sound[frames * self._hop :]
        power = np.empty((frames, BANDS), np.float32)
        weights = filters(CONTENT_RATE, 513)
        # One by one: a product of many rows is rounded otherwise than one of each, and a stream must be as the whole.
        for frame in range(frames):
            first = frame * self._hop
            spectrum = np.fft.rfft(sound[first : first + self._width] * self._window, 1024)
            power[frame] = (np.square(spectrum.real) + np.square(spectrum.imag)).dot(weights)
        return np.log(power + np.float32(FLOOR))


@cache
def log_areas(bands: int = BANDS) -> NDArray[np.float32]:
    """(bands,) log of how many bins of the 513 to 8 kHz a band adds up: log bands less this are log power density."""
    rate = CONTENT_RATE if bands <= BANDS else 3 * CONTENT_RATE
    areas = np.log(filters(rate, 512 * rate // CONTENT_RATE + 1, bands).sum(0))
    areas.setflags(write=False)
    return areas
