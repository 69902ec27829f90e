"""Feet where the canonical ones go, soles on the floor, knees bent the way knees bend.

Every frame is worked out from itself alone.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motion.rig import quat
from motion.rig.bones import BONE_INDEX
from motion.rig.ik import Hinge, two_bone
from motion.rig.quat import Array
from motion.rig.skeleton import CANONICAL
from motion.rig.smooth import smoothstep
from performer.avatar.proportions import SIDES, Proportions

__all__ = ["Foot", "place_feet", "reach_feet", "sink_to_reach"]

_I = BONE_INDEX
_UP = np.array([0.0, 1.0, 0.0])
_FORWARD = np.array([0.0, 0.0, 1.0])
_LEFT = np.array([1.0, 0.0, 0.0])
_FLAT = np.array([1.0, 0.0, 1.0])
# The shift of the stance is whole while she faces within acos(1 / 1.6) = 51 degrees of front or back.
_FACING = 1.6
# Radians by which a knee and a foot may be turned against the pelvis. What is turned further comes of turns in which
# the dance's pelvis and feet do not agree; it is led back to straight ahead at half a circle, so that nothing jumps.
_KNEE_TURN = np.radians(70.0)
_FOOT_TURN = np.radians(85.0)
# An ankle comes no nearer to its hip joint than this share of the leg: so far a knee folds.
_NEAREST = 0.3

# A foot counts as standing, for the hips that must come down to it, until its ball is this high, metres on the
# canonical body: the moment in which it lifts off would let the hips spring up otherwise.
_LIFTED = 0.12


@dataclass(frozen=True, slots=True)
class Foot:
    """Where a foot goes: world rotations (frames, 4) of foot and of toes, (frames, 3) its ankle, (frames,) how firmly
    the hips have to come down to it, 0..1."""

    turn: Array
    toes: Array
    ankle: Array
    firm: Array


def place_feet(body: Proportions, turned_c: Array, placed_c: Array, planted: NDArray[np.float64]) -> list[Foot]:
    """Where the feet go.

    The ball of the foot, not the ankle, follows the scaled canonical one: a foot that stands on its ball then stands
    still whatever the length of the foot. No point of the sole is left under the floor.
    """
    feet: list[Foot] = []
    ahead_of_pelvis = _flat(quat.rotate(turned_c[:, 0], _FORWARD))
    # The stance is as wide as the model's own hips. The difference stands still on the stage, so that it drags no
    # planted foot along, and changes sides only while she turns her back.
    way = np.clip(_FACING * ahead_of_pelvis[:, 2], -1.0, 1.0)
    for side, name in enumerate(SIDES):
        toes = _I[name + "Toes"]
        turn, toe_turn = turned_c[:, _I[name + "Foot"]], turned_c[:, toes]
        back = _too_far_round(turned_c[:, 0], turn)
        if back.any():
            # About the vertical through the ball, so that where it stands and how it is tilted stay.
            turn, toe_turn = (quat.mul(quat.from_yaw(back), t) for t in (turn, toe_turn))
        turn = _pitched(turn, body.tilt)
        toe_turn = _pitched(toe_turn, body.tilt) if body.present[toes] else turn
        ball = body.ratio * placed_c[:, toes]
        ball[:, 0] += way * body.shift[side, 0]
        ball[:, 2] += way * body.shift[side, 2]
        ball[:, 1] += body.shift[side, 1]
        ankle = ball - quat.rotate(turn, body.toe[side])
        joint = ball[:, 1] if body.present[toes] else ankle[:, 1]
        low = np.minimum(
            (_row_y(turn) @ body.foot[side].T).min(axis=1) + ankle[:, 1],
            (_row_y(toe_turn) @ body.toes[side].T).min(axis=1) + joint,
        )
        ankle[:, 1] -= np.where(low < 0.0, low, planted[:, side] * low)
        height = (placed_c[:, toes, 1] - CANONICAL.rest[toes, 1]) / _LIFTED
        feet.append(Foot(turn, toe_turn, ankle, np.maximum(planted[:, side], smoothstep(1.0 - height))))
    return feet


def sink_to_reach(body: Proportions, turned: Array, hips: Array, feet: list[Foot]) -> NDArray[np.float64]:
    """How far the hips must sink so that planted feet are within reach, metres (frames,)."""
    drop = np.zeros(len(hips))
    for side, name in enumerate(SIDES):
        joint = hips + quat.rotate(turned[:, 0], body.offsets[_I[name + "UpperLeg"]])
        gap = joint - feet[side].ankle
        tall = np.sqrt(np.maximum(body.reach[side] ** 2 - gap[:, 0] ** 2 - gap[:, 2] ** 2, 0.0))
        drop = np.maximum(drop, feet[side].firm * np.maximum(gap[:, 1] - tall, 0.0))
    return np.minimum(drop, 0.5 * body.reach.mean())


def reach_feet(body: Proportions, turned_c: Array, turned: Array, placed: Array, feet: list[Foot]) -> None:
    """Bend the legs so that they reach their feet; changes the legs in `turned`."""
    for side, name in enumerate(SIDES):
        u, low, foot, toes = (_I[name + b] for b in ("UpperLeg", "LowerLeg", "Foot", "Toes"))
        goal = feet[side]
        start = placed[:, u]
        target = start + _unfolded(goal.ankle - start, turned[:, 0], float(body.reach[side]))
        now = quat.rotate(turned_c[:, u], _LEFT)
        hinge = Hinge(now, _knee_axis(turned_c[:, 0], target - start, now))
        leg = two_bone(start, placed[:, low], placed[:, foot], target, hinge=hinge, soft=0.004)
        turned[:, u] = quat.mul(leg.upper, turned[:, u])
        turned[:, low] = quat.mul(leg.lower, turned[:, low])
        turned[:, foot] = goal.turn
        turned[:, toes] = goal.toes


def _unfolded(gap: Array, pelvis: Array, reach: float) -> Array:
    """From hip joint to ankle, (frames, 3), kept long enough for a knee to fold; one that is short hangs down."""
    least = _NEAREST * reach
    size = np.sqrt(np.sum(gap * gap, axis=-1, keepdims=True))
    short = np.clip(1.0 - size / least, 0.0, 1.0)
    hanging = gap - short * least * quat.rotate(pelvis, _UP)
    length = np.maximum(np.sqrt(np.sum(hanging * hanging, axis=-1, keepdims=True)), 1e-9)
    return np.where(short > 0.0, hanging * (np.maximum(size, least) / length), gap)


def _knee_axis(pelvis: Array, along: Array, now: Array) -> Array:
    """The axis about which the knee shall bend, (frames, 3): that of the dance, unless it has the knee backwards."""
    hanging = quat.between(quat.rotate(pelvis, -_UP), along)
    straight = quat.rotate(hanging, quat.rotate(pelvis, _LEFT))
    along = along / np.maximum(np.sqrt(np.sum(along * along, axis=-1, keepdims=True)), 1e-9)
    aside = quat.cross(along, straight)
    twist = np.arctan2(np.sum(now * aside, axis=-1), np.sum(now * straight, axis=-1))
    twist = _led_back(twist, _KNEE_TURN)[:, None]
    return np.cos(twist) * straight + np.sin(twist) * aside


def _too_far_round(pelvis: Array, foot: Array) -> NDArray[np.float64]:
    """Radians about the vertical by which a foot is to be turned back, (frames,); mostly 0."""
    turned = 2.0 * (np.arctan2(foot[:, 1], foot[:, 3]) - np.arctan2(pelvis[:, 1], pelvis[:, 3]))
    turned = np.remainder(turned + np.pi, 2.0 * np.pi) - np.pi
    return _led_back(turned, _FOOT_TURN) - turned


def _led_back(angle: Array, most: float) -> Array:
    """Angles in -pi..pi: as they are up to `most`, beyond it back to 0 at half a circle."""
    size = np.abs(angle)
    return np.where(size > most, np.sign(angle) * (np.pi - size) * (most / (np.pi - most)), angle)


def _pitched(turn: Array, share: float) -> Array:
    """The rotation of a foot with only a share of its tilt against the floor."""
    if share >= 1.0:
        return turn
    tilt = quat.between(_UP, quat.rotate(turn, _UP))
    less = quat.from_rotation_vector((share - 1.0) * quat.to_rotation_vector(tilt))
    return quat.mul(less, turn)


def _row_y(turn: Array) -> Array:
    """(frames, 3): the product with a point is the height that the turn gives it."""
    x, y, z, w = turn[:, 0], turn[:, 1], turn[:, 2], turn[:, 3]
    return np.stack((2.0 * (x * y + w * z), 1.0 - 2.0 * (x * x + z * z), 2.0 * (y * z - w * x)), axis=-1)


def _flat(v: Array) -> Array:
    """The horizontal direction of (frames, 3)."""
    flat = v * _FLAT
    return flat / np.maximum(np.sqrt(np.sum(flat * flat, axis=-1, keepdims=True)), 1e-9)
