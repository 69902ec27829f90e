"""Springs and inertialisation in closed form: everything by half-life and elapsed time, nothing per frame.

A critically damped spring moved by dt twice is where it is after 2 dt, so 30, 60 and 144 Hz look alike.
Sources: D. Holden, "Spring-It-On" (critical damping by half-life); D. Bollo, "Inertialization", GDC 2018 (idea).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from motion.rig import quat

__all__ = ["Offset", "approach", "capture_offset", "capture_turn", "decay", "decay_turn", "ease", "spring"]

_LN2 = 0.6931471805599453


@dataclass(frozen=True, slots=True)
class Offset:
    """What is left of an old motion at the moment of a switch: value and speed, both (...); for turns (..., 3)
    rotation vectors and radians per second."""

    value: quat.Array
    speed: quat.Array


def decay(offset: Offset, t: ArrayLike, half_life: float) -> Offset:
    """The offset `t` seconds after the switch: a critically damped spring towards zero.

    Args:
        t: seconds since the switch, broadcast against the offset from the left; negative counts as 0.
        half_life: seconds in which half of a resting offset is gone (exactly: of the exponential part).
    """
    t = np.maximum(np.asarray(t, np.float64), 0.0)
    t = t.reshape(t.shape + (1,) * (offset.value.ndim if t.ndim else 0))
    y = _rate(half_life)
    j = offset.speed + offset.value * y
    fade = np.exp(-y * t)
    return Offset(fade * (offset.value + j * t), fade * (offset.speed - j * y * t))


def spring(value: ArrayLike, speed: ArrayLike, goal: ArrayLike, dt: float, half_life: float) -> Offset:
    """Move `value` and `speed` towards a resting `goal` for `dt` seconds."""
    goal = np.asarray(goal, np.float64)
    rest = decay(Offset(np.asarray(value, np.float64) - goal, np.asarray(speed, np.float64)), dt, half_life)
    return Offset(rest.value + goal, rest.speed)


def approach(value: ArrayLike, goal: ArrayLike, dt: float, half_life: float) -> NDArray[np.float64]:
    """First-order smoothing: after each half-life half of the way is left."""
    value, goal = np.asarray(value, np.float64), np.asarray(goal, np.float64)
    return goal + (value - goal) * float(np.exp2(-max(dt, 0.0) / max(half_life, 1e-6)))


def capture_offset(old: ArrayLike, old_speed: ArrayLike, new: ArrayLike, new_speed: ArrayLike) -> Offset:
    """What to add to the new motion so that it begins where, and as fast as, the old one was."""
    return Offset(
        np.asarray(old, np.float64) - np.asarray(new, np.float64),
        np.asarray(old_speed, np.float64) - np.asarray(new_speed, np.float64),
    )


def capture_turn(old: ArrayLike, old_before: ArrayLike, new: ArrayLike, new_before: ArrayLike, dt: float) -> Offset:
    """The same for rotations (..., 4): each motion gives its pose at the switch and `dt` seconds before."""
    now = quat.to_rotation_vector(quat.mul(old, quat.conj(new)))
    before = quat.to_rotation_vector(quat.mul(old_before, quat.conj(new_before)))
    # The shorter arc may lie on the other side of half a turn at one of the two moments: such a speed is not real.
    jump = np.sum(now * before, axis=-1, keepdims=True) < -1.0
    return Offset(now, np.where(jump, 0.0, (now - before) / max(dt, 1e-6)))


def decay_turn(rotations: ArrayLike, offset: Offset, t: ArrayLike, half_life: float) -> NDArray[Any]:
    """Add what is left of `offset` after `t` seconds to rotations (..., 4)."""
    return quat.mul(quat.from_rotation_vector(decay(offset, t, half_life).value), rotations)


def ease(t: ArrayLike, duration: float) -> NDArray[np.float64]:
    """0 to 1 over `duration` seconds, resting at both ends in value, speed and acceleration (smootherstep)."""
    x = np.clip(np.asarray(t, np.float64) / max(duration, 1e-9), 0.0, 1.0)
    return x * x * x * (x * (x * 6.0 - 15.0) + 10.0)


def _rate(half_life: float) -> float:
    """Decay rate per second of a critically damped spring by its half-life."""
    return 2.0 * _LN2 / max(half_life, 1e-6)
