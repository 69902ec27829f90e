"""One body and one face at one moment, and how two of them become a third without a jump.

A rotation blend here never passes through the joint's far side: both rotations are taken in the half of the sphere
that holds the T-pose, so an arm goes from up to down beside the body, and the result is continuous in both of them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motion.rig import quat
from motion.rig.bones import BONE_INDEX, BONES
from motion.rig.skeleton import Skeleton
from performer.face.track import EXPRESSION_INDEX, MOUTH

__all__ = [
    "Bridge",
    "Face",
    "Pose",
    "blend_face",
    "blend_mouth",
    "blend_pose",
    "bridge",
    "scale_reach",
    "smoothstep",
    "toward",
]


_VOWELS = slice(EXPRESSION_INDEX[MOUTH[0]], EXPRESSION_INDEX[MOUTH[0]] + len(MOUTH))
_TO_HEAD = tuple(BONE_INDEX[name] for name in ("hips", "spine", "chest", "upperChest", "neck", "head"))
# Between the eyes: above and before the head's joint, for a body one metre high.
_EYES_UP, _EYES_AHEAD = 0.04, 0.05


@dataclass(frozen=True, slots=True)
class Pose:
    """rotations: (55, 4). hips: (3,) metres of the body. root: (4,) x, z, yaw, lift. All float32."""

    rotations: NDArray[np.float32]
    hips: NDArray[np.float32]
    root: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Face:
    """weights: (70,) float32 in 0..1 in the order of EXPRESSIONS. gaze: (2,) float32, yaw and pitch in radians."""

    weights: NDArray[np.float32]
    gaze: NDArray[np.float32]


def smoothstep(x: float) -> float:
    """0 below 0, 1 above 1, level at both ends."""
    x = min(max(x, 0.0), 1.0)
    return x * x * (3.0 - 2.0 * x)


def _same_half(rotations: NDArray[np.float32]) -> NDArray[np.float64]:
    q = rotations.astype(np.float64)
    return np.where(q[..., 3:] < 0.0, -q, q)


def blend_pose(a: Pose, b: Pose, weight: float) -> Pose:
    """`a` at weight 0, `b` at weight 1; at the ends the very arrays come back."""
    if weight <= 0.0:
        return a
    if weight >= 1.0:
        return b
    mixed = quat.normalize(_same_half(a.rotations) * (1.0 - weight) + _same_half(b.rotations) * weight)
    root = a.root + (b.root - a.root) * np.float32(weight)
    # The shorter way round: a body that has turned twice does not spin back.
    turn = (float(b.root[2]) - float(a.root[2]) + np.pi) % (2.0 * np.pi) - np.pi
    root[2] = float(a.root[2]) + turn * weight
    return Pose(mixed.astype(np.float32), _lerp(a.hips, b.hips, weight), root.astype(np.float32))


def blend_face(a: Face, b: Face, weight: float) -> Face:
    """`a` at weight 0, `b` at weight 1."""
    if weight <= 0.0:
        return a
    if weight >= 1.0:
        return b
    return Face(_lerp(a.weights, b.weights, weight), _lerp(a.gaze, b.gaze, weight))


def blend_mouth(face: Face, mouth: NDArray[np.float32], weight: float) -> Face:
    """The vowels of `face` at weight 0, (5,) `mouth` at weight 1; nothing else of the face changes."""
    if weight <= 0.0:
        return face
    weights = face.weights.copy()
    weights[_VOWELS] += (mouth - weights[_VOWELS]) * np.float32(min(weight, 1.0))
    return Face(weights, face.gaze)


def toward(pose: Pose, skeleton: Skeleton, point: tuple[float, float, float]) -> tuple[float, float, float]:
    """From between the eyes to a point on the stage, in the head's own axes; metres.

    Plain numbers: for one chain of six bones they are twenty times quicker than arrays.
    """
    x, z, yaw, lift = (float(v) for v in pose.root)
    rotation = (0.0, math.sin(0.5 * yaw), 0.0, math.cos(0.5 * yaw))
    rests: list[list[float]] = skeleton.rest[list(_TO_HEAD)].tolist()
    turns: list[list[float]] = pose.rotations[list(_TO_HEAD)].tolist()
    step = _rotate(rotation, *(float(v) for v in pose.hips))
    at = (x + step[0], lift + step[1], z + step[2])
    rotation = _mul(rotation, turns[0])
    for k in range(1, len(turns)):
        step = _rotate(rotation, *(a - b for a, b in zip(rests[k], rests[k - 1], strict=True)))
        at = (at[0] + step[0], at[1] + step[1], at[2] + step[2])
        rotation = _mul(rotation, turns[k])
    back = (-rotation[0], -rotation[1], -rotation[2], rotation[3])
    to_x, to_y, to_z = _rotate(back, point[0] - at[0], point[1] - at[1], point[2] - at[2])
    return to_x, to_y - _EYES_UP * skeleton.height, to_z - _EYES_AHEAD * skeleton.height


def _mul(a: Sequence[float], b: Sequence[float]) -> tuple[float, float, float, float]:
    ax, ay, az, aw = a
    bx, by, bz, bw = b
    return (
        aw * bx + ax * bw + ay * bz - az * by,
        aw * by - ax * bz + ay * bw + az * bx,
        aw * bz + ax * by - ay * bx + az * bw,
        aw * bw - ax * bx - ay * by - az * bz,
    )


def _rotate(q: Sequence[float], x: float, y: float, z: float) -> tuple[float, float, float]:
    qx, qy, qz, qw = q
    tx, ty, tz = 2.0 * (qy * z - qz * y), 2.0 * (qz * x - qx * z), 2.0 * (qx * y - qy * x)
    return (
        x + qw * tx + qy * tz - qz * ty,
        y + qw * ty + qz * tx - qx * tz,
        z + qw * tz + qx * ty - qy * tx,
    )


def _lerp(a: NDArray[np.float32], b: NDArray[np.float32], weight: float) -> NDArray[np.float32]:
    return (a + (b - a) * np.float32(weight)).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Bridge:
    """What is left of an old pose after a switch: an offset that dies away over `seconds` from show time `start`.

    rotations: (55, 3) rotation vectors. hips: (3,). root: (4,). weights: (70,). gaze: (2,).
    The offset is measured once, at the switch; afterwards the result depends on show time alone.
    """

    start: float
    seconds: float
    rotations: NDArray[np.float64]
    hips: NDArray[np.float64]
    root: NDArray[np.float64]
    weights: NDArray[np.float64]
    gaze: NDArray[np.float64]

    def left(self, now: float) -> float:
        """Share of the offset that is still there: 1 at the switch, 0 from `seconds` on."""
        return 1.0 - smoothstep((now - self.start) / self.seconds)

    def pose(self, pose: Pose, now: float) -> Pose:
        left = self.left(now)
        if left <= 0.0:
            return pose
        offset = quat.from_rotation_vector(self.rotations * left)
        return Pose(
            quat.normalize(quat.mul(offset, pose.rotations)).astype(np.float32),
            (pose.hips + self.hips * left).astype(np.float32),
            (pose.root + self.root * left).astype(np.float32),
        )

    def face(self, face: Face, now: float) -> Face:
        left = self.left(now)
        if left <= 0.0:
            return face
        weights = np.clip(face.weights + self.weights * left, 0.0, 1.0)
        return Face(weights.astype(np.float32), (face.gaze + self.gaze * left).astype(np.float32))


def bridge(old: tuple[Pose, Face], new: tuple[Pose, Face], start: float, seconds: float) -> Bridge:
    """The bridge that makes `new`, at show time `start`, look like `old`."""
    root = old[0].root.astype(np.float64) - new[0].root
    root[2] = (root[2] + np.pi) % (2.0 * np.pi) - np.pi
    offset = quat.to_rotation_vector(quat.mul(old[0].rotations.astype(np.float64), quat.conj(new[0].rotations)))
    return Bridge(
        start,
        seconds,
        offset.astype(np.float64),
        old[0].hips.astype(np.float64) - new[0].hips,
        root,
        old[1].weights.astype(np.float64) - new[1].weights,
        old[1].gaze.astype(np.float64) - new[1].gaze,
    )


# What the intensity fader scales: everything above the waist that no foot stands on.
_REACH = np.array([BONE_INDEX[f"{side}{part}"] for side in ("left", "right") for part in ("UpperArm", "LowerArm")])
_SWAY = np.array([BONE_INDEX[name] for name in ("spine", "chest", "upperChest", "neck", "head")])


def _neutral() -> NDArray[np.float64]:
    """Where small gestures live: hands before the lowest ribs, elbows bent."""
    rotations = np.tile(quat.IDENTITY, (len(BONES), 1))
    for side, sign in (("left", 1.0), ("right", -1.0)):
        down = quat.from_axis_angle(np.array([0.0, 0.0, -sign]), 0.9)
        rotations[BONE_INDEX[f"{side}UpperArm"]] = quat.mul(
            quat.from_axis_angle(np.array([0.0, -sign, 0.0]), 0.25), down
        )
        rotations[BONE_INDEX[f"{side}LowerArm"]] = quat.from_axis_angle(np.array([0.0, -sign, 0.0]), 0.7)
    return rotations


_NEUTRAL = _neutral()


def scale_reach(pose: Pose, gain: float) -> Pose:
    """Bring arms and trunk nearer to a small gesture (gain < 1) or further out (gain > 1); 1 changes no bit."""
    if gain == 1.0:
        return pose
    rotations = pose.rotations.astype(np.float64)
    home = _NEUTRAL[_REACH]
    # Inertia of a big arm: only what is well inside half a turn from home is stretched at full gain.
    away = quat.to_rotation_vector(quat.mul(quat.conj(home), rotations[_REACH]))
    rotations[_REACH] = quat.mul(home, quat.from_rotation_vector(away * gain))
    rotations[_SWAY] = quat.from_rotation_vector(quat.to_rotation_vector(rotations[_SWAY]) * gain)
    return Pose(rotations.astype(np.float32), pose.hips, pose.root)
