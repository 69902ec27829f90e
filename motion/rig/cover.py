"""Do hands or forearms hide the face? Geometry of a danced body against its head, seen from the front of the stage."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motion.rig import quat
from motion.rig.bones import BONE_INDEX
from motion.rig.hull import Ball
from motion.rig.quat import Array

__all__ = ["Cover", "face_cover"]

_I = BONE_INDEX
# Where along the forearm, and from the wrist towards the finger tips (lengths of wrist to palm).
_FOREARM = (0.35, 0.6, 0.85)
_HAND = (0.0, 1.0, 2.0)
# Nobody looks at the face of one who has turned away from the audience by more than this.
_TURNED = np.radians(60.0)


@dataclass(frozen=True, slots=True)
class Cover:
    """(frames,) each. inside: a hand or forearm lies in the head. before: in it, or between it and a camera far in
    front. seen: the face is turned to the audience."""

    inside: NDArray[np.bool_]
    before: NDArray[np.bool_]
    seen: NDArray[np.bool_]

    @property
    def share(self) -> float:
        """Of the frames that show the face, those in which it is covered."""
        return float((self.before & self.seen).sum() / max(int(self.seen.sum()), 1))


def face_cover(placed: Array, turned: Array, skull: Ball, palms: Array) -> Cover:
    """Which frames hide the head from the front (+z).

    Args:
        placed, turned: (frames, 55, 3) and (frames, 55, 4) on the stage, as `joint_positions` gives them.
        skull: on the head bone. palms: (2, 3) from the left and right wrist.
    """
    turn, head = turned[:, _I["head"]], placed[:, _I["head"]]
    points: list[Array] = []
    for side, name in enumerate(("left", "right")):
        elbow, wrist = placed[:, _I[name + "LowerArm"]], placed[:, _I[name + "Hand"]]
        palm = quat.rotate(turned[:, _I[name + "Hand"]], palms[side])
        points += [elbow + share * (wrist - elbow) for share in _FOREARM] + [wrist + share * palm for share in _HAND]
    at = np.stack(points, 1) - head[:, None]
    # In units of the skull's radii the skull is a ball, and a straight look stays straight.
    local = (quat.rotate(quat.conj(turn)[:, None], at) - skull.centre) / skull.radii
    camera = quat.rotate(quat.conj(turn), np.array([0.0, 0.0, 1.0]))
    ray = (camera / skull.radii)[:, None]
    ray = ray / np.linalg.norm(ray, axis=-1, keepdims=True)
    inside = (np.sum(local * local, axis=-1) < 1.0).any(axis=1)
    along = np.sum(local * ray, axis=-1, keepdims=True)
    off = np.linalg.norm(local - along * ray, axis=-1)
    before = ((off < 1.0) & (along[..., 0] > 0.0)).any(axis=1)
    facing = np.arctan2(np.hypot(camera[:, 0], camera[:, 1]), camera[:, 2]) < _TURNED
    return Cover(inside, inside | before, facing)
