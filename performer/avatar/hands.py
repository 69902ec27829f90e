"""Hands that meet where the canonical ones meet, and stay out of a head or a trunk that is bigger than the canonical.

Every frame is worked out from itself alone; frames in which no hand is near anything cost nothing.
"""

import numpy as np

from motion.rig import quat
from motion.rig.bones import BONE_INDEX
from motion.rig.hull import Ball
from motion.rig.ik import two_bone
from motion.rig.quat import Array
from motion.rig.skeleton import CANONICAL
from motion.rig.smooth import smoothstep
from performer.avatar.proportions import SIDES, Proportions

__all__ = ["join_hands", "keep_hands_out"]

_I = BONE_INDEX
# Hands nearer than NEAR metres (canonical body) are held together fully, beyond FAR not at all.
# Far enough that a fast clap has some pictures to come together in.
_NEAR, _FAR = 0.16, 0.5
# Distance of the hands' middle from the middle of the head: nearer than the first, they belong to the head.
_AT_HEAD, _OFF_HEAD = 0.22, 0.42
# Canonical palms, from the wrist, left and right, metres.
_PALMS = np.array([[0.075, 0.0, 0.0], [-0.075, 0.0, 0.0]])
_HEAD_CENTRE = np.array([0.0, 0.5 * (CANONICAL.height - CANONICAL.rest[_I["head"], 1]), 0.01])
# Hands that are to meet stretch an arm so far and, the farther the meeting point, hardly farther: the last hundredths
# of the reach cost the elbow a jump. Shares of the arm.
_EASY, _STRETCH = 0.9, 0.98
# Points of a hand that are kept out, in lengths of wrist to palm; of the trunk only as far as the knuckles, because
# fingers may lie on it.
_WHOLE_HAND = (0.0, 1.0, 1.8)
_PALM_ONLY = (0.0, 1.0)
# Half the thickness of a hand at the palm, in lengths of wrist to palm.
_THICK = 0.25
# An elbow without a bend of its own goes down and out to the back, in the frame of the chest.
_ELBOW = np.array([0.0, -0.8, -0.6])


def join_hands(body: Proportions, turned_c: Array, placed_c: Array, turned: Array, placed: Array) -> None:
    """Bring the avatar's palms together where the canonical ones are near each other; changes `turned`."""
    hands = [_I["leftHand"], _I["rightHand"]]
    palms_c = placed_c[:, hands] + quat.rotate(turned_c[:, hands], _PALMS)
    apart = palms_c[:, 0] - palms_c[:, 1]
    near = smoothstep(np.sqrt(np.sum(apart * apart, axis=-1)), _FAR, _NEAR)[:, None]
    busy = np.flatnonzero(near[:, 0] > 0.0)
    if not len(busy):
        return
    turned_c, placed_c, palms_c, apart, near = (a[busy] for a in (turned_c, placed_c, palms_c, apart, near))
    middle_c = 0.5 * (palms_c[:, 0] + palms_c[:, 1])
    shoulders = [_I["leftUpperArm"], _I["rightUpperArm"]]
    from_chest = placed[busy][:, shoulders].mean(axis=1) + body.arm_ratio * (
        middle_c - placed_c[:, shoulders].mean(axis=1)
    )
    head = _I["head"]
    centre_c = placed_c[:, head] + quat.rotate(turned_c[:, head], _HEAD_CENTRE)
    centre = placed[busy, head] + quat.rotate(turned[busy, head], body.skull.centre)
    from_head = centre + body.head_ratio * (middle_c - centre_c)
    off = middle_c - centre_c
    at_head = smoothstep(np.sqrt(np.sum(off * off, axis=-1)), _OFF_HEAD, _AT_HEAD)[:, None]
    middle = from_chest + at_head * (from_head - from_chest)
    for side in range(2):
        sign = 0.5 if side == 0 else -0.5
        hand = _I[SIDES[side] + "Hand"]
        wrist = middle + sign * body.arm_ratio * apart - quat.rotate(turned[busy, hand], body.palm[side])
        now = placed[busy, hand]
        shoulder = placed[busy, _I[SIDES[side] + "UpperArm"]]
        wrist = shoulder + _within_reach(wrist - shoulder, float(body.arms[side]))
        _move_wrist(body, side, busy, now + near * (wrist - now), turned, placed)


def keep_hands_out(body: Proportions, turned: Array, placed: Array) -> None:
    """Push hands out of the head and the trunk, straight away from its middle; changes `turned` and `placed`."""
    # The head twice: the arm that was pushed holds its hand elsewhere, and what is left is far less than a half.
    head = ("head", body.skull, _WHOLE_HAND)
    for bone, ball, points in (head, head, ("chest", body.trunk, _PALM_ONLY)):
        carrier = _I[bone]
        centre = placed[:, carrier] + quat.rotate(turned[:, carrier], ball.centre)
        for side, name in enumerate(SIDES):
            hand = _I[name + "Hand"]
            away = placed[:, hand] - centre
            # No part of the hand is nearer than this to the middle of the ball.
            size = float(np.linalg.norm(body.palm[side]))
            far = float(ball.radii.max()) + (points[-1] + _THICK) * size
            busy = np.flatnonzero(np.sum(away * away, axis=-1) < far * far)
            if not len(busy):
                continue
            push = _push(
                away[busy], turned[busy, carrier], turned[busy, hand], ball, np.outer(points, body.palm[side]), size
            )
            moved = np.flatnonzero(np.sum(push * push, axis=-1) > 0.0)
            if len(moved):
                at = busy[moved]
                _move_wrist(body, side, at, placed[at, hand] + push[moved], turned, placed)


def _push(away: Array, carrier: Array, hand: Array, ball: Ball, points: Array, size: float) -> Array:
    """(frames, 3): the way out for the hand, zero where it is outside.

    Args:
        away: (frames, 3) from the ball's middle to the wrist. carrier, hand: (frames, 4) their world rotations.
        points: (points, 3) of the hand, from the wrist. size: metres from wrist to palm.
    """
    at = away[:, None] + quat.rotate(hand[:, None], points[None])
    inside = quat.rotate(quat.conj(carrier)[:, None], at) / (ball.radii + _THICK * size)
    depth = np.sqrt(np.sum(inside * inside, axis=-1, keepdims=True))
    # To the surface along the line from the middle; near the middle, where no line is, not further than half way.
    way = at * (1.0 / np.maximum(depth, 0.5) - 1.0) * (depth < 1.0)
    # Of several points the deepest counts, and change-overs are smooth: weights by the fourth power.
    length2 = np.sum(way * way, axis=-1, keepdims=True)
    return np.sum(way * length2 * length2, axis=1) / np.maximum(np.sum(length2 * length2, axis=1), 1e-30)


def _within_reach(gap: Array, arm: float) -> Array:
    """From shoulder to wrist, (frames, 3), shortened smoothly towards the greatest stretch."""
    size = np.sqrt(np.sum(gap * gap, axis=-1, keepdims=True)) / arm
    room = _STRETCH - _EASY
    eased = _EASY + room * (1.0 - np.exp(-np.maximum(size - _EASY, 0.0) / room))
    return np.where(size > _EASY, gap * (eased / np.maximum(size, 1e-9)), gap)


def _move_wrist(body: Proportions, side: int, busy: np.ndarray, wrist: Array, turned: Array, placed: Array) -> None:
    """Bend an arm so that its wrist comes to `wrist` in the frames `busy`; changes `turned` and `placed`."""
    u, low, hand = (_I[SIDES[side] + b] for b in ("UpperArm", "LowerArm", "Hand"))
    pole = quat.rotate(turned[busy, _I["chest"]], _ELBOW)
    arm = two_bone(placed[busy, u], placed[busy, low], placed[busy, hand], wrist, pole=pole)
    turned[busy, u] = quat.mul(arm.upper, turned[busy, u])
    turned[busy, low] = quat.mul(arm.lower, turned[busy, low])
    placed[busy, low], placed[busy, hand] = arm.mid, arm.end
