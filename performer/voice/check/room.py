"""How reverberant a recording is, without knowing the room.

After J. Wen, E. Habets, P. Naylor, "Blind estimation of reverberation time based on the distribution of signal decay
rates" (ICASSP 2008): a room bounds how fast a voice can fall silent, so the distribution of the decay rates of its
octaves tells the room's. Histograms of several files add up. Two ridge regressions, fitted to made rooms, read them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from performer.voice.check.frames import FINE, Fine

__all__ = ["DECAYS", "Room", "decay_features", "decays", "hear_room"]

_WINDOWS = (6, 12, 24)
"""Fine frames over which a line is laid through the level."""
_RATES = np.geomspace(15.0, 1500.0, 41)
"""Edges of the histogram, dB a second."""
DECAYS = (len(_WINDOWS), 6, len(_RATES) - 1)
"""Shape of a histogram: windows, octaves, rates."""
_ABOVE_START, _ABOVE_END = 20.0, 6.0
_QUANTILES = (0.05, 0.15, 0.3, 0.5, 0.7, 0.85)
_FEWEST = 60


@dataclass(frozen=True, slots=True)
class Room:
    """t60: seconds in which the room falls by 60 dB. late_db: how far what comes after 50 ms lies under the rest (C50).
    Both mean little where the voice is close to the microphone: late_db above 20 is dry."""

    t60: float
    late_db: float


def decays(fine: Fine) -> NDArray[np.float32]:
    """DECAYS histogram of the rates at which each octave falls, where it stands clear of the noise."""
    out = np.zeros(DECAYS, np.float32)
    level = 10 * np.log10(fine.octaves.astype(np.float64) + 1e-12)
    for row, width in enumerate(_WINDOWS):
        if len(level) < 2 * width:
            continue
        view = np.lib.stride_tricks.sliding_window_view(level, width, axis=0)
        x = np.arange(width) - (width - 1) / 2
        slope = view @ x / (x @ x)
        fit = slope * np.sqrt((x @ x) / width) / (view.std(axis=2) + 1e-9)
        floor = np.percentile(level, 5, axis=0)
        loud = np.percentile(level, 95, axis=0)
        start, end = view[:, :, 0], view[:, :, -1]
        keep = (fit < -0.85) & (end > floor + _ABOVE_END) & (start > np.maximum(floor + _ABOVE_START, loud - 35.0))
        for octave in range(level.shape[1]):
            rates = -slope[keep[:, octave], octave] / FINE
            out[row, octave] = np.histogram(np.clip(rates, _RATES[0], _RATES[-1] - 1e-6), _RATES)[0]
    return out


def decay_features(histogram: NDArray[np.float32]) -> NDArray[np.float64] | None:
    """Quantiles of the rates (log) of each window and octave; None where too few decays were seen."""
    out: list[float] = []
    centres = np.log(np.sqrt(_RATES[:-1] * _RATES[1:]))
    for window in histogram:
        total = window.sum()
        if total < _FEWEST:
            return None
        common = window.sum(axis=0) / total
        for octave in window:
            # An octave that is seldom heard leans on all of them.
            shares = np.cumsum(octave + 10.0 * common) / (octave.sum() + 10.0)
            out += [float(np.interp(q, shares, centres)) for q in _QUANTILES]
    return np.asarray(out)


def hear_room(histogram: NDArray[np.float32], weights: Mapping[str, NDArray[np.float32]]) -> Room | None:
    """weights: room_mean, room_spread (k,), room_map (k + 1, 2). None: too little to judge by."""
    features = decay_features(histogram)
    if features is None:
        return None
    z = np.clip((features - weights["room_mean"]) / weights["room_spread"], -4, 4)
    t60, late = np.append(z, 1.0) @ weights["room_map"]
    return Room(float(np.clip(2.0**t60, 0.05, 3.0)), float(np.clip(late, -5.0, 30.0)))
