"""Loudness by ITU-R BS.1770-4: of a whole, and as a curve over time. At any sample rate."""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.signal import sosfilt

__all__ = ["CURVE_SECONDS", "SILENT_LUFS", "k_weighted", "loudness_lufs", "power_curve"]

SILENT_LUFS = -70.0
CURVE_SECONDS = 0.010
_OFFSET = -0.691
_RELATIVE_GATE = -10.0
# Samples that are filtered at once, so that a long song needs no second copy of itself in double precision.
_PIECE = 1 << 20


@cache
def _filter(rate: int) -> NDArray[np.float64]:
    """The standard's two filters, from their analogue shape as libebur128 has it: 48 kHz gives the printed numbers."""
    k = np.tan(np.pi * min(1681.974450955533, 0.45 * rate) / rate)
    high, quality = 10 ** (3.999843853973347 / 20), 0.7071752369554196
    band = high**0.4996667741545416
    a0 = 1 + k / quality + k * k
    shelf = [
        (high + band * k / quality + k * k) / a0,
        2 * (k * k - high) / a0,
        (high - band * k / quality + k * k) / a0,
        1.0,
        2 * (k * k - 1) / a0,
        (1 - k / quality + k * k) / a0,
    ]
    k, quality = np.tan(np.pi * 38.13547087602444 / rate), 0.5003270373238773
    a0 = 1 + k / quality + k * k
    pass_high = [1.0, -2.0, 1.0, 1.0, 2 * (k * k - 1) / a0, (1 - k / quality + k * k) / a0]
    return np.array([shelf, pass_high])


def k_weighted(samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """(n, channels), as an ear weighs it."""
    out = np.empty_like(samples, dtype=np.float32)
    state = np.zeros((2, 2, samples.shape[1]))
    for first in range(0, len(samples), _PIECE):
        part, state = sosfilt(_filter(rate), samples[first : first + _PIECE].astype(np.float64), axis=0, zi=state)
        out[first : first + _PIECE] = part
    return out


def _powers(samples: NDArray[np.float32], rate: int, seconds: float) -> NDArray[np.float64]:
    """(n // hop,) mean square, the channels added up."""
    hop = round(rate * seconds)
    count = len(samples) // hop
    heard = k_weighted(samples, rate)[: count * hop].reshape(count, hop * samples.shape[1])
    return np.einsum("ij,ij->i", heard, heard, dtype=np.float64) / hop


def power_curve(samples: NDArray[np.float32], rate: int) -> NDArray[np.float64]:
    """(n, channels) -> (frames,) K-weighted power every 10 ms."""
    return _powers(samples, rate, CURVE_SECONDS)


def loudness_lufs(samples: NDArray[np.float32], rate: int) -> float:
    """Integrated, gated; SILENT_LUFS where there is nothing.

    Args:
        samples: (n, channels), full scale 1; what is shorter than 400 ms is taken as one block.
    """
    steps = _powers(samples, rate, 0.1)
    if len(steps) < 4:
        steps = np.pad(steps, (0, 4 - len(steps)))
    blocks = np.convolve(steps, np.full(4, 0.25), mode="valid")
    level = _OFFSET + 10 * np.log10(np.maximum(blocks, 1e-12))
    heard = blocks[level > SILENT_LUFS]
    if not len(heard):
        return SILENT_LUFS
    gate = _OFFSET + 10 * np.log10(heard.mean()) + _RELATIVE_GATE
    heard = blocks[level > max(gate, SILENT_LUFS)]
    return max(SILENT_LUFS, _OFFSET + 10 * float(np.log10(heard.mean())))
