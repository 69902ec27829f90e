"""Rest skeletons in T-pose: where each bone sits. The canonical body and the bodies of avatars.

Rotations never enter here: every rest rotation is the identity (VRM normalised space).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motion.rig.bones import BONE_INDEX, BONE_PARENT, BONES
from motion.rig.hull import Hull

__all__ = ["CANONICAL", "Skeleton"]


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A T-pose.

    rest: (55, 3) float64, rest position of each bone in metres, model space, feet on y = 0, facing +z.
        An absent bone sits on its parent.
    present: (55,) bool.
    height: metres from the floor to the top of the head.
    hull: soles, skull and trunk as a mesh tells them; None where no mesh was looked at.
    """

    rest: NDArray[np.float64]
    present: NDArray[np.bool_]
    height: float
    hull: Hull | None = None

    @property
    def offsets(self) -> NDArray[np.float64]:
        """(55, 3) rest position of each bone relative to its parent; for hips relative to the floor origin."""
        parents = np.array(BONE_PARENT)
        offsets = self.rest - self.rest[parents]
        offsets[0] = self.rest[0]
        return offsets

    @property
    def hips_height(self) -> float:
        return float(self.rest[0, 1])

    @property
    def leg_length(self) -> float:
        """Hip joint to ankle with the knee straight, metres (mean of both sides)."""
        return self._chain("UpperLeg", "LowerLeg", "Foot")

    @property
    def arm_length(self) -> float:
        """Shoulder joint to wrist with the elbow straight, metres (mean of both sides)."""
        return self._chain("UpperArm", "LowerArm", "Hand")

    def _chain(self, *names: str) -> float:
        total = 0.0
        for side in ("left", "right"):
            points = self.rest[[BONE_INDEX[side + name] for name in names]]
            total += float(np.linalg.norm(np.diff(points, axis=0), axis=-1).sum())
        return total / 2.0


# One side of the canonical body, metres; the other is its mirror image. Height 1.60 m.
_MIDDLE = {
    "hips": (0.0, 0.86, 0.0),
    "spine": (0.0, 0.93, 0.0),
    "chest": (0.0, 1.03, 0.0),
    "upperChest": (0.0, 1.13, -0.005),
    "neck": (0.0, 1.285, -0.012),
    "head": (0.0, 1.355, -0.005),
    "jaw": (0.0, 1.385, 0.02),
}
_LEFT = {
    "Eye": (0.0276, 1.436, 0.0376),
    "UpperLeg": (0.076, 0.825, 0.0),
    "LowerLeg": (0.0775, 0.465, 0.004),
    "Foot": (0.079, 0.085, -0.018),
    "Toes": (0.079, 0.025, 0.075),
    "Shoulder": (0.022, 1.252, -0.010),
    "UpperArm": (0.103, 1.240, -0.010),
    "LowerArm": (0.305, 1.240, -0.012),
    "Hand": (0.510, 1.240, -0.010),
    "ThumbMetacarpal": (0.535, 1.232, 0.018),
    "ThumbProximal": (0.560, 1.228, 0.032),
    "ThumbDistal": (0.583, 1.226, 0.042),
    "IndexProximal": (0.592, 1.240, 0.016),
    "IndexIntermediate": (0.622, 1.240, 0.018),
    "IndexDistal": (0.642, 1.240, 0.019),
    "MiddleProximal": (0.595, 1.240, -0.0025),
    "MiddleIntermediate": (0.628, 1.240, -0.002),
    "MiddleDistal": (0.650, 1.240, -0.002),
    "RingProximal": (0.592, 1.239, -0.020),
    "RingIntermediate": (0.622, 1.239, -0.021),
    "RingDistal": (0.643, 1.239, -0.021),
    "LittleProximal": (0.586, 1.237, -0.036),
    "LittleIntermediate": (0.610, 1.237, -0.038),
    "LittleDistal": (0.627, 1.237, -0.039),
}


def _canonical() -> Skeleton:
    rest = np.zeros((len(BONES), 3))
    for name, at in _MIDDLE.items():
        rest[BONE_INDEX[name]] = at
    for name, (x, y, z) in _LEFT.items():
        rest[BONE_INDEX[f"left{name}"]] = (x, y, z)
        rest[BONE_INDEX[f"right{name}"]] = (-x, y, z)
    rest.setflags(write=False)
    present = np.ones(len(BONES), dtype=np.bool_)
    present.setflags(write=False)
    return Skeleton(rest=rest, present=present, height=1.60)


CANONICAL: Skeleton = _canonical()
