"""Motion on the grid of the springs."""

import numpy as np

from motion.rig import quat
from motion.rig.quat import Array

__all__ = ["twice"]


def twice(values: Array, most: int, *, turns: bool = False) -> Array:
    """Frames of 60 a second -> 120 a second, the grid of the springs; the last one is held until `most`."""
    known = values.astype(np.float64)
    between = quat.nlerp(known[:-1], known[1:], 0.5) if turns else 0.5 * (known[:-1] + known[1:])
    doubled = np.stack([known[:-1], between], axis=1).reshape(-1, *known.shape[1:])
    return np.concatenate([doubled, np.repeat(known[-1:], most - len(doubled), axis=0)])
