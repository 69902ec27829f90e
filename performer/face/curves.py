"""Curves that parts of the face move along."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["smoothstep"]


def smoothstep(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """0 below 0, 1 above 1, and between them a way that begins and ends at rest."""
    u = np.clip(x, 0.0, 1.0)
    return u * u * (3.0 - 2.0 * u)
