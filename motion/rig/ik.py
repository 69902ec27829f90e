"""Two-bone inverse kinematics in closed form: a leg or an arm reaches for a point.

Works on positions and gives world-space turns, so it knows nothing of bones, frames or files.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motion.rig import quat

__all__ = ["Hinge", "TwoBone", "two_bone"]

_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class TwoBone:
    """The solution.

    upper, lower: (..., 4) turns in world space: new world rotation = turn * old world rotation, of each bone.
    mid, end: (..., 3) where elbow or knee, and wrist or ankle, come to lie.
    """

    upper: quat.Array
    lower: quat.Array
    mid: quat.Array
    end: quat.Array


@dataclass(frozen=True, slots=True)
class Hinge:
    """The axis about which a middle joint bends by the right-hand rule, (..., 3) unit, in world space.

    now: as the upper bone carries it at present. wanted: where it shall lie, as nearly as the chain's new direction
    allows; must not lie along that.
    """

    now: NDArray[np.floating]
    wanted: NDArray[np.floating]


def two_bone(
    start: NDArray[np.floating],
    mid: NDArray[np.floating],
    end: NDArray[np.floating],
    target: NDArray[np.floating],
    *,
    pole: NDArray[np.floating] | None = None,
    hinge: Hinge | None = None,
    soft: float = 0.0,
) -> TwoBone:
    """Bend the chain start-mid-end so that its end lies on `target`, or as near as the bones reach.

    Args:
        start, mid, end, target: (..., 3) metres.
        pole: (..., 3) direction to which the middle joint points where the chain is nearly straight; default: where it
            points now.
        hinge: the axis of the middle joint; given, it alone says in which plane and to which side the chain bends, and
            the upper bone is turned about itself so that its own axis comes to lie there.
        soft: share of the chain's length over which it slows down before it is straight (0 = stops hard). A soft chain
            never snaps, but misses targets near its full length by less than soft / e.

    Returns:
        Turns and new positions; without a hinge, the twist of each bone about itself is kept.
    """
    start, mid, end, target = (np.asarray(p, np.float64) for p in (start, mid, end, target))
    first, second = mid - start, end - mid
    upper = np.maximum(np.sqrt(np.sum(first * first, axis=-1, keepdims=True)), _TINY)
    lower = np.maximum(np.sqrt(np.sum(second * second, axis=-1, keepdims=True)), _TINY)
    line = target - start
    distance = np.sqrt(np.sum(line * line, axis=-1, keepdims=True))
    # A target on the joint itself has no direction: take the way the chain points now.
    now = end - start
    along = np.where(distance > _TINY, line / np.maximum(distance, _TINY), _unit(now))
    reach = upper + lower
    if soft > 0.0:
        slow = soft * reach
        free = reach - slow
        eased = free + slow * (1.0 - np.exp(-np.maximum(distance - free, 0.0) / slow))
        distance = np.where(distance > free, eased, distance)
    distance = np.clip(distance, np.abs(upper - lower) + 1e-6, reach * (1.0 - 1e-7))
    normal: NDArray[np.floating] | None = None
    if hinge is None:
        across = _bend(first, now, upper, along, pole)
    else:
        normal = _unit(hinge.wanted - np.sum(hinge.wanted * along, axis=-1, keepdims=True) * along)
        across = quat.cross(along, normal)
    cosine = np.clip((upper**2 + distance**2 - lower**2) / (2.0 * upper * distance), -1.0, 1.0)
    new_mid = start + upper * (cosine * along + np.sqrt(1.0 - cosine**2) * across)
    new_end = start + distance * along
    turn = quat.between(first, new_mid - start)
    if hinge is not None and normal is not None:
        turn = quat.mul(_twist((new_mid - start) / upper, quat.rotate(turn, hinge.now), normal), turn)
    turn_lower = quat.mul(quat.between(quat.rotate(turn, second), new_end - new_mid), turn)
    return TwoBone(turn, turn_lower, new_mid, new_end)


def _bend(
    first: NDArray[np.float64],
    now: NDArray[np.float64],
    upper: NDArray[np.float64],
    along: NDArray[np.float64],
    pole: NDArray[np.floating] | None,
) -> NDArray[np.float64]:
    """Where the middle joint points now, across the new line; `pole` decides when that is hardly anywhere."""
    bend = first - np.sum(first * _unit(now), axis=-1, keepdims=True) * _unit(now)
    if pole is not None:
        bend = bend + 0.05 * upper * np.asarray(pole, np.float64)
    across = bend - np.sum(bend * along, axis=-1, keepdims=True) * along
    size = np.sqrt(np.sum(across * across, axis=-1, keepdims=True))
    helper = np.where(np.abs(along[..., 2:]) < 0.9, np.array([0.0, 0.0, 1.0]), np.array([1.0, 0.0, 0.0]))
    spare = _unit(helper - np.sum(helper * along, axis=-1, keepdims=True) * along)
    return np.where(size > 1e-7, across / np.maximum(size, 1e-7), spare)


def _twist(axis: NDArray[np.float64], a: NDArray[np.floating], b: NDArray[np.float64]) -> quat.Array:
    """Turn about unit `axis` that brings direction `a` over direction `b`, seen along the axis."""
    sine = np.sum(axis * quat.cross(a, b), axis=-1)
    cosine = np.sum(a * b, axis=-1) - np.sum(axis * a, axis=-1) * np.sum(axis * b, axis=-1)
    return quat.from_axis_angle(axis, np.arctan2(sine, cosine))


def _unit(v: NDArray[np.float64]) -> NDArray[np.float64]:
    return v / np.maximum(np.sqrt(np.sum(v * v, axis=-1, keepdims=True)), _TINY)
