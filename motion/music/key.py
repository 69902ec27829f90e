"""The key of a song from its chroma, by the profiles of Krumhansl and Kessler (1982)."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["find_key"]

NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
MAJOR = np.array([6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88])
MINOR = np.array([6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17])


def find_key(chroma: NDArray[np.float32]) -> str:
    """Name like "A minor" of the best fitting key; "" where there is no tone.

    Args:
        chroma: (frames, 12) from C.
    """
    total = chroma.astype(np.float64)
    sums = total.sum(axis=1, keepdims=True)
    total = (total / np.maximum(sums, 1e-9))[sums[:, 0] > 1e-4]
    if len(total) == 0:
        return ""
    profile = total.mean(axis=0)
    if profile.std() < 0.004:
        return ""
    best, name = -np.inf, ""
    for mode, shape in (("major", MAJOR), ("minor", MINOR)):
        for tonic in range(12):
            fit = float(np.corrcoef(np.roll(shape, tonic), profile)[0, 1])
            if fit > best:
                best, name = fit, f"{NAMES[tonic]} {mode}"
    return name
