"""What a danced body does that a costume or an eye does not take well, as figures: lifted thighs, wide steps, bent
trunk and hanging head, arms like a signpost, a pelvis that turns without its feet.

Pure geometry of joints in stage space; used to measure the moves of the library and by tests.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motion.dance.goals import LEG
from motion.rig import quat
from motion.rig.bones import BONE_INDEX
from motion.rig.pose import GRID_HZ
from motion.rig.quat import Array

__all__ = ["Shape", "longest", "shape_of", "signpost"]

_I = BONE_INDEX
_SIDES = ("left", "right")
_UP, _FORWARD = np.array([0.0, 1.0, 0.0]), np.array([0.0, 0.0, 1.0])
# Arms are a signpost where both elbows are straighter and both arms nearer to the line of the shoulders than this,
# degrees. A little wider than the eye's verdict on 2026-11-21 (160 and 20): models' sleeves straighten an arm.
_STRAIGHT, _LEVEL = 148.0, 28.0
# Of the bend of trunk and head the share of frames that is left out: a nod is no hanging head.
_MOSTLY = 90.0


@dataclass(frozen=True, slots=True)
class Shape:
    """thigh: the highest a thigh is lifted, degrees from hanging. spread: widest distance of the ankles, leg lengths.
    bend: what trunk or head lean from upright for a tenth of the time or more, degrees. signpost: longest time with
    both arms straight out to the sides, seconds. twist: how far the pelvis turns beyond a foot, degrees.
    """

    thigh: float
    spread: float
    bend: float
    signpost: float
    twist: float


def _unit(v: Array) -> Array:
    return v / np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), 1e-9)


def _angle(a: Array, b: Array) -> Array:
    """Degrees between directions (..., 3)."""
    return np.degrees(np.arccos(np.clip(np.sum(_unit(a) * _unit(b), axis=-1), -1.0, 1.0)))


def _heading(turned: Array) -> Array:
    """(frames,) radians about the vertical."""
    ahead = quat.rotate(turned, _FORWARD)
    return np.arctan2(ahead[:, 0], ahead[:, 2])


def _since_first(angle: Array) -> Array:
    """The angle followed through whole turns, from within half a turn of 0 at the first frame."""
    followed = np.unwrap(angle)
    return followed - 2.0 * np.pi * np.round(followed[0] / (2.0 * np.pi))


def signpost(placed: Array) -> NDArray[np.bool_]:
    """(frames,) whether both arms stand straight out to the sides. placed: (frames, 55, 3) as `joint_positions`."""
    across = placed[:, _I["leftUpperArm"]] - placed[:, _I["rightUpperArm"]]
    across = across * np.array([1.0, 0.0, 1.0])
    out = np.ones(len(placed), dtype=bool)
    for side, sign in zip(_SIDES, (1.0, -1.0), strict=True):
        shoulder, elbow, wrist = (placed[:, _I[side + part]] for part in ("UpperArm", "LowerArm", "Hand"))
        straight = 180.0 - _angle(elbow - shoulder, wrist - elbow)
        out &= (straight > _STRAIGHT) & (_angle(wrist - shoulder, across * sign) < _LEVEL)
    return out


def longest(held: NDArray[np.bool_]) -> float:
    """Seconds of the longest stretch of frames on the player grid in which something holds."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], held.astype(np.int8), [0]))))
    return float((edges[1::2] - edges[::2]).max(initial=0)) / GRID_HZ


def shape_of(placed: Array, turned: Array) -> Shape:
    """Measure a stretch of motion. placed, turned: (frames, 55, 3) and (frames, 55, 4) as `joint_positions`."""
    thigh = [_angle(placed[:, _I[f"{s}LowerLeg"]] - placed[:, _I[f"{s}UpperLeg"]], -_UP).max() for s in _SIDES]
    apart = (placed[:, _I["leftFoot"]] - placed[:, _I["rightFoot"]])[:, [0, 2]]
    trunk = _angle(placed[:, _I["neck"]] - placed[:, _I["hips"]], _UP)
    head = _angle(quat.rotate(turned[:, _I["head"]], _UP), _UP)
    pelvis = _heading(turned[:, _I["hips"]])
    off = [np.abs(_since_first(pelvis - _heading(turned[:, _I[f"{s}Foot"]]))) for s in _SIDES]
    return Shape(
        thigh=float(max(thigh)),
        spread=float(np.linalg.norm(apart, axis=-1).max()) / LEG,
        bend=float(max(np.percentile(trunk, _MOSTLY), np.percentile(head, _MOSTLY))),
        signpost=longest(signpost(placed)),
        twist=float(np.degrees(np.maximum(*off).max())),
    )
