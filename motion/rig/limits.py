"""How far each joint may turn: a twist range about the bone and an elliptic swing range across it.

Generous anatomical ranges, to keep mixed or captured poses from turning limbs inside out; not a style guide.
The rest pose (T-pose) is zero. Right-side rows are the mirror image of the left ones.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motion.rig import quat
from motion.rig.bones import BONE_INDEX, FINGER_BONES

__all__ = ["LIMITS", "Limit", "limit_rotations"]

_X, _Y, _Z = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Limit:
    """Range of one joint, degrees.

    axis: along the bone in the T-pose (twist is about it). twist: least and greatest. swing: ranges about the two
    other axes, in the order x, y, z without `axis`, each as (least, greatest).
    """

    axis: tuple[float, float, float]
    twist: tuple[float, float]
    swing: tuple[tuple[float, float], tuple[float, float]]


_LEFT: dict[str, Limit] = {
    # Arms lie along x in the T-pose: swing about y is forward (-) and back (+), about z is up (+) and down (-).
    "Shoulder": Limit(_X, (-30, 30), ((-35, 35), (-25, 50))),
    "UpperArm": Limit(_X, (-110, 110), ((-150, 80), (-110, 120))),
    # An author may bend an elbow about y or z, so both are open; only the total is a matter of anatomy.
    "LowerArm": Limit(_X, (-110, 110), ((-155, 155), (-155, 155))),
    "Hand": Limit(_X, (-60, 60), ((-45, 45), (-85, 85))),
    # Legs lie along y: swing about x is forward (-) and back (+), about z is outward (+) and inward (-) on the left.
    "UpperLeg": Limit(_Y, (-60, 60), ((-140, 60), (-45, 100))),
    "LowerLeg": Limit(_Y, (-35, 35), ((-3, 155), (-10, 10))),
    "Foot": Limit(_Z, (-35, 35), ((-50, 75), (-40, 40))),
    "Toes": Limit(_Z, (-10, 10), ((-70, 45), (-10, 10))),
}
_MIDDLE: dict[str, Limit] = {
    "spine": Limit(_Y, (-45, 45), ((-35, 60), (-40, 40))),
    "chest": Limit(_Y, (-45, 45), ((-35, 50), (-40, 40))),
    "upperChest": Limit(_Y, (-40, 40), ((-30, 45), (-35, 35))),
    "neck": Limit(_Y, (-60, 60), ((-50, 50), (-40, 40))),
    "head": Limit(_Y, (-60, 60), ((-50, 50), (-45, 45))),
}
_FINGER = Limit(_X, (-25, 25), ((-40, 40), (-110, 25)))
_THUMB = Limit(_X, (-60, 60), ((-80, 80), (-80, 80)))


def _flip(pair: tuple[float, float]) -> tuple[float, float]:
    return (-pair[1], -pair[0])


def _mirrored(limit: Limit) -> Limit:
    """Seen in a mirror at x = 0 turns about y and z change sign, turns about x do not."""
    twist = limit.twist if limit.axis == _X else _flip(limit.twist)
    first, second = limit.swing
    return Limit(limit.axis, twist, (_flip(first) if limit.axis == _X else first, _flip(second)))


def _table() -> dict[str, Limit]:
    table = dict(_MIDDLE)
    left = {f"left{name}": limit for name, limit in _LEFT.items()}
    left |= {n: _THUMB if "Thumb" in n else _FINGER for n in FINGER_BONES if n.startswith("left")}
    for name, limit in left.items():
        table[name] = limit
        table["right" + name[4:]] = _mirrored(limit)
    return table


LIMITS: dict[str, Limit] = _table()


def _columns() -> tuple[NDArray[np.intp], ...]:
    names = sorted(LIMITS, key=lambda name: BONE_INDEX[name])
    axis = np.array([LIMITS[n].axis.index(1.0) for n in names])
    others = np.array([[i for i in range(3) if i != a] for a in axis])
    return np.array([BONE_INDEX[n] for n in names]), axis, others


_BONES, _AXIS, _OTHERS = _columns()
_ROWS = [LIMITS[name] for name in sorted(LIMITS, key=lambda name: BONE_INDEX[name])]
_TWIST = np.radians([row.twist for row in _ROWS])
_SWING = np.radians([row.swing for row in _ROWS])
_AXES = np.eye(3)[_AXIS]


def limit_rotations(rotations: NDArray[np.floating]) -> NDArray[np.float64]:
    """Bring local rotations (..., 55, 4) into the ranges; what is inside stays as it is, to the last bit.

    The swing is held by an ellipse over its two ranges, so that no corner of two extremes is reached at once.
    """
    result = np.array(rotations, np.float64)
    q = result[..., _BONES, :]
    q = np.where(q[..., 3:] < 0.0, -q, q)
    index = np.arange(len(_BONES))
    sin_half = q[..., index, _AXIS]
    twist = 2.0 * np.arctan2(sin_half, q[..., 3])
    held_twist = np.clip(twist, _TWIST[:, 0], _TWIST[:, 1])
    _, twisted = quat.swing_twist(q, _AXES)
    swing = quat.to_rotation_vector(quat.mul(q, quat.conj(twisted)))
    parts = swing[..., index[:, None], _OTHERS]
    bound = np.where(parts < 0.0, -_SWING[..., 0], _SWING[..., 1])
    over = np.sqrt(np.sum((parts / np.maximum(bound, math.radians(1.0))) ** 2, axis=-1))
    outside = (over > 1.0) | (held_twist != twist)
    if not outside.any():
        return result
    held = quat.mul(
        quat.from_rotation_vector(swing / np.maximum(over, 1.0)[..., None]),
        quat.from_axis_angle(_AXES, held_twist),
    )
    result[..., _BONES, :] = np.where(outside[..., None], held, result[..., _BONES, :])
    return result
