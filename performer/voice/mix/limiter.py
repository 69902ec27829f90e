"""A limiter on the true peak (ITU-R BS.1770-4, annex 2) that looks ahead: the gain is down before the peak comes."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import minimum_filter1d, uniform_filter1d
from scipy.signal import resample_poly

__all__ = ["CEILING_DB", "limited", "true_peak"]

CEILING_DB = -1.0
# Kept below the ceiling: a gain that moves makes other peaks between the samples than it measured, by so little.
_SPARE_DB = 0.1
_FINE = 4
# Points of the gain are a millisecond apart; it comes down over _AHEAD of them and goes back by _RELEASE seconds.
_POINT_SECONDS, _AHEAD, _RELEASE = 0.001, 5, 0.08
_PIECE, _MARGIN = 1 << 16, 64


def _peaks(samples: NDArray[np.float32], hop: int = 1) -> Iterator[NDArray[np.float32]]:
    """(n, channels) -> piece by piece, each some hops long, the last one less: (n,) largest value at and just after
    each sample, between samples too, of any channel."""
    size = _PIECE // hop * hop
    for first in range(0, len(samples), size):
        start = max(0, first - _MARGIN)
        piece = samples[start : first + size + _MARGIN]
        fine = np.abs(resample_poly(piece, _FINE, 1, axis=0)).max(axis=1).reshape(-1, _FINE).max(axis=1)
        count = min(size, len(samples) - first)
        yield fine[first - start : first - start + count]


def true_peak(samples: NDArray[np.float32]) -> float:
    """samples: (n, channels) -> the largest value, four times oversampled; 0 of nothing."""
    return max((float(peaks.max()) for peaks in _peaks(samples)), default=0.0)


def _block_peaks(samples: NDArray[np.float32], hop: int) -> NDArray[np.float32]:
    """(n, channels) -> (blocks,) the largest value of each `hop` samples. A long sound needs no second one beside it.

    A peak between two samples belongs to both blocks that they lie in.
    """
    most: list[NDArray[np.float32]] = []
    first: list[NDArray[np.float32]] = []
    last: list[NDArray[np.float32]] = []
    for peaks in _peaks(samples, hop):
        blocks = np.pad(peaks, (0, -len(peaks) % hop)).reshape(-1, hop)
        most.append(blocks.max(axis=1))
        first.append(blocks[:, 0].copy())
        last.append(blocks[:, -1].copy())
    found = np.concatenate(most)
    found[1:] = np.maximum(found[1:], np.concatenate(last)[:-1])
    found[:-1] = np.maximum(found[:-1], np.concatenate(first)[1:])
    return found


def limited(samples: NDArray[np.float32], rate: int, ceiling_db: float = CEILING_DB) -> NDArray[np.float32]:
    """(n, channels) with no true peak over the ceiling; the very same where there was none."""
    ceiling = 10 ** ((ceiling_db - _SPARE_DB) / 20)
    if not len(samples):
        return samples
    hop = max(1, round(rate * _POINT_SECONDS))
    peaks = _block_peaks(samples, hop)
    if peaks.max() <= ceiling:
        return samples
    count = len(peaks)
    need = np.minimum(1.0, ceiling / np.maximum(peaks, 1e-9))
    lowest = minimum_filter1d(need, 2 * _AHEAD + 1, mode="nearest")
    keep = float(np.exp(-_POINT_SECONDS / _RELEASE))
    gain, now = np.empty(count), 1.0
    for point, wanted in enumerate(lowest.tolist()):
        now = min(wanted, 1.0 - (1.0 - now) * keep)
        gain[point] = now
    # Averaged no wider than the minimum reached: it stays at or under what each block needs.
    gain = uniform_filter1d(gain, 2 * _AHEAD + 1, mode="nearest")
    edges = np.minimum(np.append(gain, gain[-1]), np.insert(gain, 0, gain[0]))
    points = np.arange(count + 1)
    out = np.empty(samples.shape, np.float32)
    for first in range(0, len(samples), _PIECE):
        piece = samples[first : first + _PIECE]
        curve = np.interp(np.arange(first, first + len(piece)) / hop, points, edges)
        np.multiply(piece, curve[:, None].astype(np.float32), out=out[first : first + len(piece)])
    return out
