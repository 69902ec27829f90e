"""A limiter on the true peak (ITU-R BS.1770-4, annex 2) that looks ahead: the gain is down before the peak comes."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, minimum_filter1d, uniform_filter1d
from scipy.signal import resample_poly

__all__ = ["CEILING_DB", "limited", "true_peak"]

CEILING_DB = -1.0
# Kept below the ceiling: a gain that moves makes other peaks between the samples than it measured, by so little.
_SPARE_DB = 0.1
_FINE = 4
# Points of the gain are a millisecond apart; it comes down over _AHEAD of them and goes back by _RELEASE seconds.
_POINT_SECONDS, _AHEAD, _RELEASE = 0.001, 5, 0.08
_PIECE, _MARGIN = 1 << 18, 64


def _peaks(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, channels) -> (n,) largest value at and just after each sample, between samples too, of any channel."""
    out = np.zeros(len(samples), np.float32)
    for first in range(0, len(samples), _PIECE):
        start = max(0, first - _MARGIN)
        piece = samples[start : first + _PIECE + _MARGIN]
        fine = np.abs(resample_poly(piece, _FINE, 1, axis=0)).max(axis=1).reshape(-1, _FINE).max(axis=1)
        count = min(_PIECE, len(samples) - first)
        out[first : first + count] = fine[first - start : first - start + count]
    return out


def true_peak(samples: NDArray[np.float32]) -> float:
    """samples: (n, channels) -> the largest value, four times oversampled; 0 of nothing."""
    return float(_peaks(samples).max(initial=0.0))


def limited(samples: NDArray[np.float32], rate: int, ceiling_db: float = CEILING_DB) -> NDArray[np.float32]:
    """(n, channels) with no true peak over the ceiling; the very same where there was none."""
    ceiling = 10 ** ((ceiling_db - _SPARE_DB) / 20)
    peaks = _peaks(samples)
    if peaks.max(initial=0.0) <= ceiling:
        return samples
    hop = max(1, round(rate * _POINT_SECONDS))
    count = -(-len(samples) // hop)
    # A peak between two samples belongs to both blocks that they lie in.
    wide = np.pad(maximum_filter1d(peaks, 3), (0, count * hop - len(samples)))
    need = np.minimum(1.0, ceiling / np.maximum(wide.reshape(count, hop).max(axis=1), 1e-9))
    lowest = minimum_filter1d(need, 2 * _AHEAD + 1, mode="nearest")
    keep = float(np.exp(-_POINT_SECONDS / _RELEASE))
    gain, now = np.empty(count), 1.0
    for point, wanted in enumerate(lowest.tolist()):
        now = min(wanted, 1.0 - (1.0 - now) * keep)
        gain[point] = now
    # Averaged no wider than the minimum reached: it stays at or under what each block needs.
    gain = uniform_filter1d(gain, 2 * _AHEAD + 1, mode="nearest")
    edges = np.minimum(np.append(gain, gain[-1]), np.insert(gain, 0, gain[0]))
    curve = np.interp(np.arange(len(samples)) / hop, np.arange(count + 1), edges)
    return (samples * curve[:, None].astype(np.float32)).astype(np.float32)
