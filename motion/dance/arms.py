"""From wrist targets to arm rotations. Both arms are solved as left ones; the right is the mirror image.

Chest frame of this module: x = out, y = up, z = forward, origin at the shoulder joint, arm lengths.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from motion.dance.moves import HandKey
from motion.rig import quat
from motion.rig.bones import BONE_INDEX
from motion.rig.quat import Array
from motion.rig.skeleton import CANONICAL

__all__ = [
    "ARM",
    "HIP_FINGERS",
    "HIP_PALM",
    "SILENT_HAND",
    "ArmPose",
    "clear_torso",
    "hand_angles",
    "hand_pose",
    "key_position",
    "solve_arm",
]

_REST = CANONICAL.rest
_SHOULDER = _REST[BONE_INDEX["leftUpperArm"]] - _REST[BONE_INDEX["leftShoulder"]]
_SOCKET = _REST[BONE_INDEX["leftUpperArm"]] - _REST[BONE_INDEX["upperChest"]]
_UPPER = float(np.linalg.norm(_REST[BONE_INDEX["leftLowerArm"]] - _REST[BONE_INDEX["leftUpperArm"]]))
_LOWER = float(np.linalg.norm(_REST[BONE_INDEX["leftHand"]] - _REST[BONE_INDEX["leftLowerArm"]]))
ARM: float = _UPPER + _LOWER

# Where the anchors lie on the body, metres in the chest frame (origin: upperChest).
_ANCHORS: dict[str, Array] = {
    "": _SOCKET,
    "mid": np.array([0.0, 0.0, 0.05]),
    "head": np.array([0.0, 0.295, 0.06]),
}
# Above the hip bone, where a waist is: lower, hands would drown in a skirt.
_HIP = (np.array([0.205, -0.145, 0.02]) - _SOCKET) / ARM
# A hand on the hip lies flat on it with its fingers to the front, unless the key says otherwise.
HIP_PALM, HIP_FINGERS = (-1.0, -0.2, 0.0), (-0.35, -0.25, 1.0)
SILENT_HAND = HandKey(0.0, "settle", "", (0.22, -0.62, 0.22), "soft")
"""Where the hand of a move is that says nothing about it."""
_HANG = np.array([0.20, -0.94, 0.10])
# Torso as an upright capsule in the chest frame: half width of its core, radius, top (metres).
_CORE, _RADIUS, _TOP = 0.055, 0.115, 0.14
_WRIST_LIMIT = np.radians(68.0)
_TWIST_LIMIT = np.radians(105.0)
_X = np.array([1.0, 0.0, 0.0])


@dataclass(frozen=True, slots=True)
class ArmPose:
    """Local rotations (frames, 4) of shoulder, upper and lower arm, and the forearm's rotation in the chest frame."""

    shoulder: Array
    upper: Array
    lower: Array
    forearm: Array


def key_position(key: HandKey) -> Array:
    """(3,) wrist of a key, in arm lengths from the shoulder joint."""
    if key.anchor == "hip":
        return _HIP
    if key.anchor == "rest":
        return _HANG
    return (_ANCHORS[key.anchor] - _SOCKET) / ARM + np.asarray(key.at)


def clear_torso(wrist: Array) -> Array:
    """Push wrists (frames, 3) out of the torso, to the front if they would pass through it."""
    p = wrist * ARM + _SOCKET
    core = np.clip(p[:, 0], -_CORE, _CORE)
    dx, dz = p[:, 0] - core, p[:, 2]
    distance = np.hypot(dx, dz)
    # Soft: pushing begins a little outside, so that nothing kinks.
    inside = np.clip((_RADIUS + 0.03 - distance) / 0.06, 0.0, 1.0) * np.clip((_TOP - p[:, 1]) / 0.05, 0.0, 1.0)
    inside = inside * inside * (3.0 - 2.0 * inside)
    away = np.where(distance > 1e-6, _RADIUS / np.maximum(distance, 0.02), 1.0)
    grown = np.maximum(away, 1.0)
    p = p + inside[:, None] * np.stack((dx * (grown - 1.0), np.zeros_like(dx), dz * (grown - 1.0)), axis=-1)
    return (p - _SOCKET) / ARM


def _frame(along: Array, pole: Array) -> Array:
    """Rotation of a bone that lies along `along` (x axis) with the elbow on the side of `pole` (-z)."""
    x = along / np.maximum(np.linalg.norm(along, axis=-1, keepdims=True), 1e-9)
    z = -(pole - np.sum(pole * x, axis=-1, keepdims=True) * x)
    z /= np.maximum(np.linalg.norm(z, axis=-1, keepdims=True), 1e-9)
    return quat.from_matrix(np.stack((x, np.cross(z, x), z), axis=-1))


def solve_arm(wrist: Array, elbow: Array) -> ArmPose:
    """Left arm that reaches `wrist` (frames, 3); `elbow` (frames, 3) adds to where the elbow points."""
    height = np.clip(wrist[:, 1], -0.6, 1.0)
    lift = np.radians(np.interp(height, [-0.6, 0.0, 0.5, 1.0], [-3.0, 3.0, 14.0, 26.0]))
    forward = np.radians(12.0) * np.clip(wrist[:, 2], -0.3, 0.8)
    zero = np.zeros_like(lift)
    shoulder = quat.mul(
        quat.from_rotation_vector(np.stack((zero, zero, lift), -1)),
        quat.from_rotation_vector(np.stack((zero, -forward, zero), -1)),
    )
    socket = quat.rotate(shoulder, _SHOULDER) - _SHOULDER
    reach = wrist * ARM - socket
    raised = np.clip((wrist[:, 1] + 0.2) / 0.9, 0.0, 1.0)[:, None]
    behind = np.clip(-2.0 * wrist[:, 2] + 0.2, 0.0, 1.0)
    low = np.stack((zero + 0.52, -0.62 + 0.3 * behind, -0.55 - 0.9 * behind), axis=-1)
    pole = (1.0 - raised) * low + raised * np.array([1.0, -0.30, -0.12]) + 1.6 * elbow
    distance = np.linalg.norm(reach, axis=-1)
    length = np.clip(distance, abs(_UPPER - _LOWER) + 0.10, ARM * 0.995)
    direction = reach / np.maximum(distance, 1e-9)[:, None]
    cosine = np.clip((_UPPER**2 + length**2 - _LOWER**2) / (2.0 * _UPPER * length), -1.0, 1.0)
    side = pole - np.sum(pole * direction, axis=-1, keepdims=True) * direction
    side /= np.maximum(np.linalg.norm(side, axis=-1, keepdims=True), 1e-9)
    joint = direction * (_UPPER * cosine)[:, None] + side * (_UPPER * np.sqrt(1.0 - cosine**2))[:, None]
    # The elbow side stays the pole for both bones, so that the hinge only bends.
    upper = _frame(joint, side)
    forearm = _frame(direction * length[:, None] - joint, side)
    return ArmPose(shoulder, quat.mul(quat.conj(shoulder), upper), quat.mul(quat.conj(upper), forearm), forearm)


def hand_angles(forearm: Array, palm: ArrayLike | None, fingers: ArrayLike | None) -> Array:
    """(3,) twist, and bend about y and z (radians) that turn the hand on this forearm (4,) as the key asks.

    Three numbers instead of a rotation: they can be blended over time without ever turning the wrong way round.
    """
    along = quat.rotate(forearm, _X)
    point = along if fingers is None else along + 3.0 * np.asarray(fingers) / np.linalg.norm(fingers)
    point = point / max(float(np.linalg.norm(point)), 1e-9)
    bend = quat.to_rotation_vector(quat.mul(quat.conj(forearm), quat.mul(quat.between(along, point), forearm)))
    size = float(np.linalg.norm(bend))
    if size > _WRIST_LIMIT:
        bend = bend * (_WRIST_LIMIT / size)
    if palm is None:
        return np.array([0.0, bend[1], bend[2]])
    hand = quat.mul(forearm, quat.from_rotation_vector(bend))
    wanted = quat.rotate(quat.conj(hand), np.asarray(palm, dtype=np.float64))
    # Palm is -y of the hand; turning by a about x brings it to (0, -cos a, -sin a).
    if np.hypot(wanted[1], wanted[2]) < 0.2:
        return np.array([0.0, bend[1], bend[2]])
    twist = float(np.arctan2(-wanted[2], -wanted[1]))
    return np.array([np.clip(twist, -_TWIST_LIMIT, _TWIST_LIMIT), bend[1], bend[2]])


def hand_pose(angles: Array) -> tuple[Array, Array]:
    """Twist and bends (frames, 3) to (turn of the lower arm about itself, local rotation of the hand)."""
    half = quat.from_axis_angle(_X, 0.5 * angles[:, 0])
    bend = quat.from_rotation_vector(np.stack((np.zeros(len(angles)), angles[:, 1], angles[:, 2]), axis=-1))
    return half, quat.mul(quat.conj(half), quat.mul(bend, quat.from_axis_angle(_X, angles[:, 0])))
