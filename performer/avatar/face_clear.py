"""Arms that would cross the face go round it: wrists are moved outwards, to their own side, until the face is free.

The face is seen from where it looks and from the front of the stage: what counts is the direction between the two, or
its own where it has turned away. Hands that meet, as in a heart, are where they are meant to be and stay. Every frame
is worked out from itself alone; frames in which no arm is near the face cost little.
"""

import numpy as np

from motion.rig import quat
from motion.rig.bones import BONE_INDEX
from motion.rig.ik import two_bone
from motion.rig.quat import Array
from motion.rig.smooth import smoothstep
from performer.avatar.proportions import SIDES, Proportions

__all__ = ["clear_face"]

_I = BONE_INDEX
# Points that are kept off: shares of the way from elbow to wrist, and lengths of wrist to palm beyond it.
_FOREARM = np.array([0.55, 0.8, 1.0])
_HAND = np.array([1.0, 1.9])
# The free window, in radii of the skull: half width and half height, both with the thickness of an arm or sleeve.
_WIDE, _TALL = 1.42, 1.45
# From where on, radii in front of the skull's middle, an arm is before the face: not at all, fully.
_BESIDE, _BEFORE = -0.35, 0.45
# An arm this far beyond the middle line (half widths of the window) reaches across and is let pass.
_ACROSS, _OWN_SIDE = -1.3, -0.4
# Half widths over which pushing sets in.
_SOFT = 0.25
# The arm that was moved holds its hand elsewhere: what is left after the first time is far less.
_ROUNDS = 2
# How much the front of the stage counts beside the face's own, and how far the face may turn away (cosines).
_FRONT, _AWAY, _TOWARDS = 0.8, 0.2, 0.7
# Distance of the palms (canonical body, metres) below which hands meet, and beyond which they do not.
_MEET, _PART = 0.15, 0.3
_ELBOW = np.array([0.7, -0.5, -0.4])


def clear_face(body: Proportions, turned: Array, placed: Array) -> None:
    """Move arms off the face; changes `turned` (frames, 55, 4) and `placed` (frames, 55, 3)."""
    head = _I["head"]
    wide, tall = _WIDE * float(body.skull.radii[0]), _TALL * float(body.skull.radii[1])
    centre = placed[:, head] + quat.rotate(turned[:, head], body.skull.centre)
    seen = _seen_from(turned[:, head])
    hands = [_I[name + "Hand"] for name in SIDES]
    palms = placed[:, hands] + quat.rotate(turned[:, hands], body.palm)
    apart = np.sqrt(np.sum((palms[:, 0] - palms[:, 1]) ** 2, axis=-1)) / body.arm_ratio
    free = smoothstep(apart, _MEET, _PART)
    for side, name in enumerate(SIDES):
        upper, lower, hand = (_I[name + bone] for bone in ("UpperArm", "LowerArm", "Hand"))
        away = placed[:, hand] - centre
        reach = tall + wide + 2.0 * float(np.linalg.norm(body.palm[side]))
        busy = np.flatnonzero(np.sum(away * away, axis=-1) < (reach + float(body.arms[side]) * 0.5) ** 2)
        if not len(busy):
            continue
        sign = 1.0 if side == 0 else -1.0
        turn = seen[busy]
        for _ in range(_ROUNDS):
            elbow, wrist = placed[busy, lower], placed[busy, hand]
            palm = quat.rotate(turned[busy, hand], body.palm[side])
            points = np.concatenate(
                (
                    elbow[:, None] + _FOREARM[:, None] * (wrist - elbow)[:, None],
                    wrist[:, None] + _HAND[:, None] * palm[:, None],
                ),
                axis=1,
            )
            at = quat.rotate(quat.conj(turn)[:, None], points - centre[busy][:, None])
            push = _outward(at * np.array([sign, 1.0, 1.0]), wide, tall, float(body.skull.radii[2]))
            push *= free[busy]
            moved = np.flatnonzero(push > 1e-6)
            if not len(moved):
                break
            out = quat.rotate(turn[moved], np.array([sign, 0.0, 0.0]))
            k = busy[moved]
            pole = quat.rotate(turned[k, _I["chest"]], _ELBOW * np.array([sign, 1.0, 1.0]))
            arm = two_bone(
                placed[k, upper], placed[k, lower], placed[k, hand], wrist[moved] + push[moved, None] * out, pole=pole
            )
            turned[k, upper] = quat.mul(arm.upper, turned[k, upper])
            turned[k, lower] = quat.mul(arm.lower, turned[k, lower])
            placed[k, lower], placed[k, hand] = arm.mid, arm.end


def _seen_from(head: Array) -> Array:
    """(frames, 4) the head's rotation, its front turned towards the stage's where it does not look away."""
    ahead = quat.rotate(head, np.array([0.0, 0.0, 1.0]))
    share = _FRONT * smoothstep(ahead[:, 2], _AWAY, _TOWARDS)
    between = ahead + share[:, None] * np.array([0.0, 0.0, 1.0])
    return quat.mul(quat.between(ahead, between / np.linalg.norm(between, axis=-1, keepdims=True)), head)


def _outward(at: Array, wide: float, tall: float, deep: float) -> Array:
    """(frames,) metres that the wrist has to go outwards. at: (frames, points, 3), x outwards, from the skull's middle.

    The window narrows to nothing above and below, so that a hand that rises past the chin swings out instead of
    jumping.
    """
    x, y, z = at[..., 0], at[..., 1], at[..., 2]
    edge = wide * np.maximum(1.0 - (y / tall) ** 2, 0.0)
    lacks = np.maximum(edge - x, 0.0)
    lacks = lacks * lacks / (lacks + _SOFT * wide)
    need = lacks * smoothstep(z, _BESIDE * deep, _BEFORE * deep) * smoothstep(x, _ACROSS * wide, _OWN_SIDE * wide)
    # The point that lacks most counts, and change-overs are smooth.
    weight = need**3
    return np.sum(weight * need, axis=1) / np.maximum(np.sum(weight, axis=1), 1e-15)
