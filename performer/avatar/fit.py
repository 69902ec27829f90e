"""Carry motion of the canonical body onto an avatar: its proportions, its rest pose, its floor, its hands.

Every frame is worked out from itself alone, elementwise, so any window of frames gives the same bits.

1. Limits; then world rotations are copied, corrected by the difference of the two rest poses.
2. The pelvis moves scaled by leg length; the feet go where the canonical feet go, scaled, soles on the floor (`legs`).
3. Arms reach each other where the canonical hands are near each other, stay out of the head (`hands`) and off
   the face (`face_clear`).
"""

import numpy as np
from numpy.typing import NDArray

from motion.rig import quat
from motion.rig.bones import BONE_INDEX, BONE_PARENT
from motion.rig.limits import limit_rotations
from motion.rig.pose import Motion
from motion.rig.quat import Array
from motion.rig.skeleton import CANONICAL, Skeleton
from performer.avatar.face_clear import clear_face
from performer.avatar.hands import join_hands, keep_hands_out
from performer.avatar.legs import place_feet, reach_feet, sink_to_reach
from performer.avatar.proportions import LEVELS, SIDES, proportions

__all__ = ["fit"]

_I = BONE_INDEX
# Legs get their limits from the floor and the knee's own axis. Held joint by joint they would miss the floor, and
# jump where a turn of more than half a circle comes back from the other side.
_LEGS = [_I[side + bone] for side in SIDES for bone in ("UpperLeg", "LowerLeg", "Foot", "Toes")]
_PARENTS = list(BONE_PARENT[1:])


def fit(motion: Motion, contacts: NDArray[np.floating], skeleton: Skeleton) -> Motion:
    """Canonical `motion` on `skeleton`.

    Args:
        contacts: (frames, 2) 0..1, how firmly the left and right foot are planted; a planted sole is put on the floor.
        skeleton: of the avatar, as `read_vrm` gives it.

    Returns:
        Motion of the avatar: rotations of absent bones are the identity, hips and root in metres of the avatar.
    """
    if not len(motion):
        return motion
    body = proportions(skeleton)
    planted = np.clip(np.nan_to_num(np.asarray(contacts, np.float64)), 0.0, 1.0)
    turned_c, placed_c = _canonical(motion)
    copied = turned_c[:, body.source]
    turned = quat.mul(copied, body.align) if body.aligned else copied
    for bone in np.flatnonzero(~body.present):
        turned[:, bone] = turned[:, BONE_PARENT[bone]]

    feet = place_feet(body, turned_c, placed_c, planted)
    pelvis_c = 0.5 * (placed_c[:, _I["leftUpperLeg"]] + placed_c[:, _I["rightUpperLeg"]])
    rest_c = 0.5 * (CANONICAL.rest[_I["leftUpperLeg"]] + CANONICAL.rest[_I["rightUpperLeg"]])
    pelvis = body.pelvis + body.ratio * (pelvis_c - rest_c)
    hips = pelvis - quat.rotate(turned[:, 0], body.pelvis - body.offsets[0])
    hips[:, 1] -= sink_to_reach(body, turned, hips, feet)

    placed = np.empty((*turned.shape[:2], 3))
    placed[:, 0] = hips
    for level, parents in LEVELS:
        placed[:, level] = placed[:, parents] + quat.rotate(turned[:, parents], body.offsets[level])
    reach_feet(body, turned_c, turned, placed, feet)
    join_hands(body, turned_c, placed_c, turned, placed)
    keep_hands_out(body, turned, placed)
    clear_face(body, turned, placed)

    local = np.empty_like(turned)
    local[:, 0] = turned[:, 0]
    local[:, 1:] = quat.mul(quat.conj(turned[:, _PARENTS]), turned[:, 1:])
    local[:, ~body.present] = quat.IDENTITY
    root = np.array(motion.root, np.float64)
    root[:, [0, 1, 3]] *= body.ratio
    return Motion(
        quat.normalize(local).astype(np.float32), hips.astype(np.float32), root.astype(np.float32), motion.rate
    )


def _canonical(motion: Motion) -> tuple[Array, Array]:
    """World rotations and positions of the canonical body relative to its root; limits held, but for the legs."""
    local = limit_rotations(motion.rotations)
    local[:, _LEGS] = motion.rotations[:, _LEGS]
    turned = np.empty_like(local)
    placed = np.empty((*local.shape[:2], 3))
    turned[:, 0] = local[:, 0]
    placed[:, 0] = motion.hips
    offsets = CANONICAL.offsets
    for level, parents in LEVELS:
        turned[:, level] = quat.mul(turned[:, parents], local[:, level])
        placed[:, level] = placed[:, parents] + quat.rotate(turned[:, parents], offsets[level])
    return turned, placed
