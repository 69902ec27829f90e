"""Carry motion of the canonical body onto an avatar."""

import numpy as np
from numpy.typing import NDArray

from motion.rig.pose import Motion
from motion.rig.skeleton import CANONICAL, Skeleton

__all__ = ["fit"]


def fit(motion: Motion, contacts: NDArray[np.floating], skeleton: Skeleton) -> Motion:
    """Canonical `motion` on `skeleton`; every frame depends on itself alone.

    Args:
        contacts: (frames, 2) 0..1, how firmly the left and right foot are planted.
    """
    del contacts
    ratio = skeleton.leg_length / CANONICAL.leg_length
    hips = motion.hips * ratio
    hips[:, 1] += skeleton.hips_height - CANONICAL.hips_height * ratio
    root = motion.root.copy()
    root[:, [0, 1, 3]] *= ratio
    return Motion(motion.rotations, hips.astype(np.float32), root.astype(np.float32), motion.rate)
