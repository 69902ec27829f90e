"""The grid on which voice and accompaniment are parted: windows of 64 ms every 16 ms, mid and side, cells.

Training and use share it. Rates other than 48 kHz take windows of nearly the same length, so that a bin is the same
pitch within half a percent.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.fft import next_fast_len

__all__ = ["BINS", "CELLS", "CELL_BINS", "bins_of", "cells_of", "hop_of", "levels", "window_of"]

CELL_BINS = np.repeat([1, 2, 8], [256, 128, 64])
"""Bins of each cell that has one share: one to 4 kHz, two to 8, eight to 16."""
CELLS = len(CELL_BINS)
BINS = int(CELL_BINS.sum())
"""Bins that the network hears and masks, to 16 kHz; above, what holds for the highest cells does."""
_REACH = 14.0  # Nepers of power under the piece's mean where silence begins.
_HOP_SECONDS = 0.016
_SCALE = 4.0


def hop_of(rate: int) -> int:
    """Samples between windows, a number of small factors."""
    wanted = rate * _HOP_SECONDS
    near = [int(next_fast_len(round(wanted * share)) or 1) for share in (0.985, 0.99, 0.995, 1.0)]
    return min(near, key=lambda hop: abs(hop - wanted))


@cache
def window_of(rate: int) -> NDArray[np.float32]:
    """(4 * hop,) root of a Hann window: used before and after, its squares add up to 2 at steps of a quarter."""
    size = 4 * hop_of(rate)
    window = np.sqrt(0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)).astype(np.float32)
    window.setflags(write=False)
    return window


def cells_of(bins: NDArray[np.float32]) -> NDArray[np.float32]:
    """(..., 1024) -> (..., 448) sums over each cell."""
    return np.add.reduceat(bins, np.concatenate([[0], np.cumsum(CELL_BINS)[:-1]]), axis=-1)


def bins_of(cells: NDArray[np.float32]) -> NDArray[np.float32]:
    """(..., 448) -> (..., 1024) each cell's value at all of its bins."""
    return np.repeat(cells, CELL_BINS, axis=-1)


def levels(power: NDArray[np.float32]) -> NDArray[np.float32]:
    """(frames, 2, 448) power of the cells of mid and side -> the same shape, what the network hears: logarithm of the
    mean power of a bin relative to the piece's, about -3.5..2."""
    mean = float(power.mean()) * CELLS / BINS + 1e-12
    return (np.log(power / (CELL_BINS * np.float32(mean)) + np.exp(-_REACH)) / _SCALE).astype(np.float32)
