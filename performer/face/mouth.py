"""From what is heard to what is drawn: openings that neither flap nor lag, vowels that melt into each other."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import convolve1d

from motion.rig.pose import GRID_HZ
from performer.face.hear import HOP, Heard

__all__ = ["mouth_weights"]

_OPEN, _CLOSE = 0.30, 0.10
_SHORTEST_OPEN = 0.06
_SHORTEST_CLOSED = 0.05
_MOST_OPENINGS = 7
_PHRASE_REST = 0.6
_SHORTEST_PHRASE = 0.6
_ATTACK = 0.04
_RELEASE_HALF_LIFE = 0.024
_MELT = 0.10
# How wide each vowel (aa ih ou ee oh) may get: i and u are small mouths.
_SIZE = np.array([0.95, 0.75, 0.80, 0.80, 0.90])


def _hann(seconds: float) -> NDArray[np.float64]:
    half = max(1, round(seconds / HOP / 2.0))
    kernel = np.hanning(2 * half + 3)[1:-1]
    return kernel / kernel.sum()


def _segments(on: NDArray[np.bool_]) -> NDArray[np.int64]:
    """(k, 2) first and one past last index of each run of true."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], on.astype(np.int8), [0]])))
    return edges.reshape(-1, 2)


def open_segments(level: NDArray[np.float64]) -> NDArray[np.int64]:
    """(k, 2) stretches in which the mouth is open: with hysteresis, none and no gap too short, at most 7 a second."""
    merged: list[list[int]] = []
    for start, stop in _segments(level > _CLOSE):
        if level[start:stop].max() < _OPEN:
            continue
        if merged and (start - merged[-1][1]) * HOP < _SHORTEST_CLOSED:
            merged[-1][1] = int(stop)
        else:
            merged.append([int(start), int(stop)])
    kept = [segment for segment in merged if (segment[1] - segment[0]) * HOP >= _SHORTEST_OPEN]
    calm: list[list[int]] = []
    for segment in kept:
        if len(calm) >= _MOST_OPENINGS and (segment[0] - calm[-_MOST_OPENINGS][0]) * HOP < 1.0:
            calm[-1][1] = segment[1]
        else:
            calm.append(segment)
    return np.asarray(calm, np.int64).reshape(-1, 2)


def _without_stray(segments: NDArray[np.int64]) -> NDArray[np.int64]:
    """Segments less those of phrases too short to be singing: in a mix these are other instruments."""
    kept: list[NDArray[np.int64]] = []
    phrase: list[NDArray[np.int64]] = []
    for segment in [*segments, None]:
        if phrase and (segment is None or (segment[0] - phrase[-1][1]) * HOP > _PHRASE_REST):
            if sum(int(part[1] - part[0]) for part in phrase) * HOP >= _SHORTEST_PHRASE:
                kept.extend(phrase)
            phrase = []
        if segment is not None:
            phrase.append(segment)
    return np.asarray(kept, np.int64).reshape(-1, 2)


def mouth_weights(heard: Heard, *, frames: int, closures: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
    """(frames, 5) weights of the vowels on the player grid; their sum is at most 1.

    Args:
        closures: (n,) 1 where the lips meet for a consonant, on the hops of `heard`.
    """
    times = np.arange(frames) / GRID_HZ
    opening = np.zeros(len(heard.level))
    segments = open_segments(heard.level)
    for start, stop in _without_stray(segments) if heard.voiced_by == "mix" else segments:
        opening[start:stop] = np.maximum(heard.level[start:stop], _CLOSE)
    opening = convolve1d(opening, _hann(_ATTACK), mode="constant")
    decay = 0.5 ** (HOP / _RELEASE_HALF_LIFE)
    released = opening.copy()
    for k in range(1, len(released)):
        released[k] = max(released[k], released[k - 1] * decay)
    if closures is not None:
        released *= 1.0 - convolve1d(closures, _hann(_ATTACK), mode="constant")
    released[released < 0.02] = 0.0
    weight = opening[:, None] + 1e-3
    melt = _hann(_MELT)
    kinds = convolve1d(heard.vowels * weight, melt, axis=0, mode="nearest")
    kinds /= kinds.sum(axis=1, keepdims=True)
    mouth = released[:, None] * kinds * _SIZE
    grid = np.arange(len(mouth)) * HOP
    columns = [np.interp(times, grid, mouth[:, i], right=0.0) for i in range(mouth.shape[1])]
    return np.stack(columns, axis=1)
