"""How far a model's head reaches, with ears, hats and hair: what a camera has to keep in the picture."""

import numpy as np

from motion.rig.bones import BONE_INDEX
from motion.rig.skeleton import Skeleton
from performer.avatar.geometry import Flesh
from performer.avatar.model import HeadExtent

__all__ = ["head_extent"]

# A single spike or ribbon does not count; nor does what stands more than one and a half bodies above the joint: a head
# with ears may be larger than what carries it.
_MOST = 98.0
_HIGHEST = 2.5


def head_extent(flesh: Flesh, floor: float, skeleton: Skeleton) -> HeadExtent | None:
    """Measure what the head carries above its joint; plaits that hang below it do not count. None without a mesh.

    floor: metres that were taken off the file's heights, as in `Vrm.floor`.
    """
    bones = [BONE_INDEX[name] for name in ("head", "leftEye", "rightEye", "jaw")]
    joint = skeleton.rest[BONE_INDEX["head"]]
    points = flesh.points[np.isin(flesh.bone, bones)] - np.array([joint[0], floor, joint[2]])
    points = points[points[:, 1] > joint[1]]
    if not len(points):
        return None
    top = min(float(np.percentile(points[:, 1], _MOST + 1.5)), _HIGHEST * float(joint[1]))
    wide = float(np.percentile(np.abs(points[:, 0]), _MOST))
    return HeadExtent(top, min(wide, float(joint[1])))
