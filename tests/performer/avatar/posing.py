"""An assembled avatar in poses: linear blend skinning in numpy, twist and follow joints included, springs at rest."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.spatial.transform import Rotation

from motion.rig import quat
from motion.rig.quat import Array
from performer.avatar.build.assembly import Assembly
from performer.avatar.build.part import Floats

__all__ = ["Figure", "pose_quaternions", "share_of"]


def pose_quaternions(bones: Mapping[str, tuple[float, float, float]]) -> dict[str, Floats]:
    """Degrees about x, y, z, applied as three.js' order YXZ, -> quaternions."""
    return {bone: Rotation.from_euler("YXZ", (y, x, z), degrees=True).as_quat() for bone, (x, y, z) in bones.items()}


class Figure:
    """Joints of an assembly, their follow rules, and skins that go with them."""

    def __init__(self, assembly: Assembly, parts: Sequence[str] = ("",)) -> None:
        """parts: only joints whose name has one of these in it."""
        self.joints = {name: joint for name, joint in assembly.joints.items() if any(part in name for part in parts)}
        self.follows = {follow.name: follow for follow in assembly.follows}

    def pose(self, local: Mapping[str, Floats], hips: Floats | None = None) -> dict[str, tuple[Array, Array]]:
        """Joint -> place (..., 3) and world rotation (..., 4) for local quaternions of bones; hips moved by `hips`."""
        placed: dict[str, tuple[Array, Array]] = {}
        waiting = list(self.joints)
        while waiting:
            rest: list[str] = []
            for name in waiting:
                joint, follow = self.joints[name], self.follows.get(name)
                aims = follow is not None and follow.axis is not None and follow.axis[0] in "+-"
                if (joint.parent and joint.parent not in placed) or (aims and follow and follow.source not in placed):
                    rest.append(name)
                    continue
                if not joint.parent:
                    placed[name] = (joint.place + (0.0 if hips is None else hips), _own(local, name))
                    continue
                base, turn = placed[joint.parent]
                place = base + quat.rotate(turn, joint.place - self.joints[joint.parent].place)
                if follow is None:
                    own = _own(local, name)
                elif aims:
                    axis = np.array([1.0 if follow.axis == "+X" else -1.0, 0.0, 0.0])
                    way = quat.rotate(quat.conj(turn), placed[follow.source][0] - place)
                    own = quat.between(axis, way)
                else:
                    own = share_of(_own(local, follow.source), follow.weight, follow.axis)
                placed[name] = (place, quat.mul(turn, own))
            assert len(rest) < len(waiting), f"joints wait for each other: {rest}"
            waiting = rest
        return placed

    def skin(self, points: Floats, weights: Mapping[str, Floats], placed: Mapping[str, tuple[Array, Array]]) -> Floats:
        """(n, 3) where points of the rest pose go."""
        total, moved = np.zeros(len(points)), np.zeros_like(points)
        for name, share in weights.items():
            place, turn = placed[name]
            there = place + quat.rotate(turn[None], points - self.joints[name].place)
            moved += share[:, None] * there
            total += share
        return moved / total[:, None]


def _own(local: Mapping[str, Floats], name: str) -> Floats:
    return local.get(name, np.array([0.0, 0.0, 0.0, 1.0]))


def share_of(turn: Array, weight: float, axis: str | None) -> Array:
    """What a joint that follows with `weight` turns by where its source turns by `turn` (..., 4)."""
    if axis is not None:
        k = "XYZ".index(axis)
        twist = np.zeros_like(turn)
        twist[..., 3], twist[..., k] = turn[..., 3], turn[..., k]
        turn = twist / np.maximum(np.linalg.norm(twist, axis=-1, keepdims=True), 1e-12)
    turn = np.where(turn[..., 3:] >= 0.0, turn, -turn)
    return quat.from_rotation_vector(weight * quat.to_rotation_vector(turn))
