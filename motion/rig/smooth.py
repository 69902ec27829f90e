"""The one smooth ramp of the engine's arrays."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["smoothstep"]


def smoothstep(x: NDArray[np.floating[Any]] | float, zero: float = 0.0, one: float = 1.0) -> NDArray[np.float64]:
    """0 up to `zero`, 1 from `one` on (which may be the smaller), at rest at both. Any shape."""
    u = np.clip((np.asarray(x, np.float64) - zero) / (one - zero), 0.0, 1.0)
    return u * u * (3.0 - 2.0 * u)
