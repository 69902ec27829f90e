"""Motion: poses over time as arrays, and how they become joint positions.

Structure of arrays, frames x bones, on a constant frame rate. What made the motion does not matter here.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motion.rig import quat
from motion.rig.bones import BONE_PARENT, BONES
from motion.rig.skeleton import Skeleton

__all__ = ["GRID_HZ", "Motion", "joint_positions", "rest_motion"]

# The player grid of the whole engine: pose k belongs to media time k / GRID_HZ.
GRID_HZ = 60.0


@dataclass(frozen=True, slots=True)
class Motion:
    """A stretch of motion of one body.

    rotations: (frames, 55, 4) float32, x y z w, local to the parent, identity = T-pose (VRM normalised).
    hips: (frames, 3) float32, metres of that body, relative to the root; at rest (0, hips_height, 0).
    root: (frames, 4) float32: x, z (metres on the stage), yaw (radians, + to the left), lift (metres).
    rate: frames per second.
    """

    rotations: NDArray[np.float32]
    hips: NDArray[np.float32]
    root: NDArray[np.float32]
    rate: float = GRID_HZ

    def __len__(self) -> int:
        return len(self.rotations)

    def window(self, start: int, stop: int) -> "Motion":
        """Frames start..stop (exclusive) as views."""
        return Motion(self.rotations[start:stop], self.hips[start:stop], self.root[start:stop], self.rate)


def rest_motion(skeleton: Skeleton, frames: int, rate: float = GRID_HZ) -> Motion:
    """`frames` frames of the T-pose at the stage's centre."""
    rotations = np.zeros((frames, len(BONES), 4), dtype=np.float32)
    rotations[..., 3] = 1.0
    hips = np.zeros((frames, 3), dtype=np.float32)
    hips[:, 1] = skeleton.hips_height
    return Motion(rotations, hips, np.zeros((frames, 4), dtype=np.float32), rate)


def joint_positions(motion: Motion, skeleton: Skeleton) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Forward kinematics on the stage.

    Returns:
        positions (frames, 55, 3) in metres and world rotations (frames, 55, 4).
    """
    frames = len(motion)
    offsets = skeleton.offsets
    positions = np.empty((frames, len(BONES), 3))
    rotations = np.empty((frames, len(BONES), 4))
    turn = quat.from_yaw(motion.root[:, 2])
    ground = np.stack((motion.root[:, 0], motion.root[:, 3], motion.root[:, 1]), axis=-1).astype(np.float64)
    # At rest the hips bone sits at offsets[0]; `hips` replaces that translation.
    positions[:, 0] = ground + quat.rotate(turn, motion.hips.astype(np.float64))
    rotations[:, 0] = quat.mul(turn, motion.rotations[:, 0])
    for bone in range(1, len(BONES)):
        parent = BONE_PARENT[bone]
        positions[:, bone] = positions[:, parent] + quat.rotate(rotations[:, parent], offsets[bone])
        rotations[:, bone] = quat.mul(rotations[:, parent], motion.rotations[:, bone])
    return positions, rotations
