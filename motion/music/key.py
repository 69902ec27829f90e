"""The key of a song from its chroma and bass, by the profiles of Albrecht and Shanahan (2013)."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["find_key"]

NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
MAJOR = np.array([0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081])
MINOR = np.array([0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052])
TONELESS = 0.019
"""Deviation of the profile below which there is no key: white noise has 0.0155, songs from 0.027 up."""
BASS_SHARE = 0.3
"""The upper chroma holds overtones (B brings F#); what the bass plays tells the scale's own notes from them."""


def find_key(chroma: NDArray[np.float32], bass: NDArray[np.float32] | None = None) -> str:
    """Name like "A minor" of the best fitting key; "" where there is no tone.

    Args:
        chroma: (frames, 12) from C.
        bass: (frames, 12) the same of the low octaves only.
    """
    profile = _profile(chroma)
    if profile is None or profile.std() < TONELESS:
        return ""
    low = None if bass is None else _profile(bass)
    if low is not None:
        profile = (1.0 - BASS_SHARE) * profile + BASS_SHARE * low
    best, name = -np.inf, ""
    for mode, shape in (("major", MAJOR), ("minor", MINOR)):
        for tonic in range(12):
            fit = float(np.corrcoef(np.roll(shape, tonic), profile)[0, 1])
            if fit > best:
                best, name = fit, f"{NAMES[tonic]} {mode}"
    return name


def _profile(chroma: NDArray[np.float32]) -> NDArray[np.float64] | None:
    """(12,) share of each pitch class, every sounding moment alike; None where nothing sounds."""
    total = chroma.astype(np.float64)
    sums = total.sum(axis=1, keepdims=True)
    total = (total / np.maximum(sums, 1e-9))[sums[:, 0] > 1e-4]
    return total.mean(axis=0) if len(total) else None
