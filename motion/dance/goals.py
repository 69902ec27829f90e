"""What the layers want of the body in each frame, before the legs are solved; and how two wishes are blended.

Feet are goals on the floor, not leg rotations: so a change from one source to another can be stepped, not slid.
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import minimum_filter1d

from motion.dance.curves import smooth
from motion.rig import quat
from motion.rig.bones import BONE_INDEX, BONES
from motion.rig.quat import Array
from motion.rig.skeleton import CANONICAL

__all__ = ["FOOT_SIDES", "Goals", "LEG", "blend_goals", "solve_legs"]

FOOT_SIDES = ("left", "right")
_REST = CANONICAL.rest
LEG: float = CANONICAL.leg_length
_THIGH = float(np.linalg.norm(_REST[BONE_INDEX["leftLowerLeg"]] - _REST[BONE_INDEX["leftUpperLeg"]]))
_SHIN = float(np.linalg.norm(_REST[BONE_INDEX["leftFoot"]] - _REST[BONE_INDEX["leftLowerLeg"]]))
# The straightest a leg gets: the last percent costs the knee a pop.
_STRETCH = 0.992


@dataclass(slots=True)
class Goals:
    """Frames of wishes, stage metres. local: (frames, 55, 4) with hips, trunk, head, arms and fingers filled in.

    pelvis: (frames, 3). ankles: (frames, 2, 3). feet: (frames, 2, 4) world rotations. toes: (frames, 2) bend up,
    radians. knees: (frames, 2) direction of the knees, yaw in radians. contact: (frames, 2) 0..1.
    """

    pelvis: Array
    local: Array
    ankles: Array
    feet: Array
    toes: Array
    knees: Array
    contact: Array


def blend_goals(a: Goals, b: Goals, share: Array, feet_share: Array) -> Goals:
    """Blend from `a` to `b`. share: (frames,) 0..1 for the body; feet_share: (frames, 2) for each foot.

    A foot that has to get from one place to another is lifted on the way, in proportion to the distance.
    """
    s = share[:, None]
    f = feet_share[:, :, None]
    ankles = a.ankles * (1.0 - f) + b.ankles * f
    far = np.hypot(*np.moveaxis((a.ankles - b.ankles)[..., [0, 2]], -1, 0))
    hop = np.sin(np.pi * feet_share) * np.clip(0.02 + 0.35 * far, 0.0, 0.13) * np.clip(far / 0.03, 0.0, 1.0)
    ankles[..., 1] += hop
    turned = np.sqrt(np.maximum(np.sin(np.pi * feet_share), 0.0))
    # Knee directions are angles: blend the short way round.
    delta = np.remainder(b.knees - a.knees + np.pi, 2.0 * np.pi) - np.pi
    return Goals(
        pelvis=a.pelvis * (1.0 - s) + b.pelvis * s,
        local=quat.nlerp(a.local, b.local, np.broadcast_to(s, a.local.shape[:2])),
        ankles=ankles,
        feet=quat.nlerp(a.feet, b.feet, feet_share),
        toes=a.toes * (1.0 - feet_share) + b.toes * feet_share,
        knees=a.knees + delta * feet_share,
        contact=(a.contact * (1.0 - feet_share) + b.contact * feet_share) * (1.0 - turned),
    )


def _hip_joints(pelvis: Array, hips: Array) -> Array:
    offsets = np.stack([_REST[BONE_INDEX[f"{side}UpperLeg"]] - _REST[0] for side in FOOT_SIDES])
    return pelvis[:, None] + quat.rotate(hips[:, None], offsets[None])


def _lower_pelvis(pelvis: Array, hips: Array, ankles: Array) -> Array:
    """Bring the pelvis down where a leg would be longer than it is, smoothly, so that no knee snaps straight."""
    joints = _hip_joints(pelvis, hips)
    reach = _STRETCH * (_THIGH + _SHIN)
    across = np.hypot(joints[..., 0] - ankles[..., 0], joints[..., 2] - ankles[..., 2])
    room = ankles[..., 1] + np.sqrt(np.maximum(reach**2 - across**2, 0.05)) - (joints[..., 1] - pelvis[:, None, 1])
    limit = smooth(minimum_filter1d(room.min(axis=1), 7), 2.5)
    sharp = 140.0
    out = pelvis.copy()
    out[:, 1] = -np.logaddexp(-pelvis[:, 1] * sharp, -limit * sharp) / sharp
    return out


def _bone_frame(along: Array, pole: Array) -> Array:
    """Rotation of a leg bone that points down `along` (-y) with the knee on the side of `pole` (+z)."""
    y = -along / np.maximum(np.linalg.norm(along, axis=-1, keepdims=True), 1e-9)
    z = pole - np.sum(pole * y, axis=-1, keepdims=True) * y
    z /= np.maximum(np.linalg.norm(z, axis=-1, keepdims=True), 1e-9)
    return quat.from_matrix(np.stack((np.cross(y, z), y, z), axis=-1))


def solve_legs(goals: Goals) -> tuple[Array, Array]:
    """Reach the foot goals. Returns rotations (frames, 55, 4) local, and the pelvis (frames, 3) as it had to be."""
    hips = goals.local[:, 0]
    pelvis = _lower_pelvis(goals.pelvis, hips, goals.ankles)
    joints = _hip_joints(pelvis, hips)
    rotations = goals.local.copy()
    for i, side in enumerate(FOOT_SIDES):
        reach = goals.ankles[:, i] - joints[:, i]
        distance = np.linalg.norm(reach, axis=-1)
        length = np.clip(distance, 0.25, (_THIGH + _SHIN) * 0.999)
        direction = reach / np.maximum(distance, 1e-9)[:, None]
        yaw = goals.knees[:, i]
        forward = np.stack((np.sin(yaw), np.full_like(yaw, 0.05), np.cos(yaw)), axis=-1)
        # A leg kicked forward has no "in front" of its own: its knee then points up.
        forward[:, 1] += np.clip(np.sum(direction * forward, axis=-1), 0.0, 1.0) ** 2 * 1.5
        pole = forward - np.sum(forward * direction, axis=-1, keepdims=True) * direction
        pole /= np.maximum(np.linalg.norm(pole, axis=-1, keepdims=True), 1e-9)
        cosine = np.clip((_THIGH**2 + length**2 - _SHIN**2) / (2.0 * _THIGH * length), -1.0, 1.0)
        knee = direction * (_THIGH * cosine)[:, None] + pole * (_THIGH * np.sqrt(1.0 - cosine**2))[:, None]
        thigh = _bone_frame(knee, pole)
        shin = _bone_frame(direction * length[:, None] - knee, pole)
        rotations[:, BONE_INDEX[f"{side}UpperLeg"]] = quat.mul(quat.conj(hips), thigh)
        rotations[:, BONE_INDEX[f"{side}LowerLeg"]] = quat.mul(quat.conj(thigh), shin)
        rotations[:, BONE_INDEX[f"{side}Foot"]] = quat.mul(quat.conj(shin), goals.feet[:, i])
        bend = np.zeros((len(pelvis), 3))
        bend[:, 0] = -goals.toes[:, i]
        rotations[:, BONE_INDEX[f"{side}Toes"]] = quat.from_rotation_vector(bend)
    return rotations, pelvis


def blank_local(frames: int) -> Array:
    """(frames, 55, 4) identities."""
    local = np.zeros((frames, len(BONES), 4))
    local[..., 3] = 1.0
    return local
