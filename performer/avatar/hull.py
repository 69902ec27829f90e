"""Soles, skull and trunk of a model: measured where its mesh shows them, guessed from its joints elsewhere."""

import numpy as np
from numpy.typing import NDArray

from motion.rig.bones import BONE_INDEX
from motion.rig.hull import SOLE_POINTS, Ball, Hull
from motion.rig.skeleton import CANONICAL, Skeleton
from performer.avatar.geometry import Flesh

__all__ = ["ball_of_foot", "crown_height", "guess_hull", "measure_hull", "sole_height"]

_Floats = NDArray[np.float64]
_I = BONE_INDEX
_SIDES = ("left", "right")
# Directions in which the lowest points of a sole are looked for: its four corners, then heel and toe tip for a foot
# that stands steeply, then the middle of the bottom, a little behind and a little ahead.
_DIRECTIONS = np.array(
    [(x, -1.0, z) for x in (-0.4, 0.4) for z in (-0.6, 0.6)]
    + [(0.0, -1.0, -2.5), (0.0, -1.0, 2.5), (0.0, -1.0, -0.2), (0.0, -1.0, 0.2)]
)
# Fewer vertices than this do not tell the shape of a head or a trunk.
_ENOUGH = 24


def sole_height(flesh: Flesh) -> float | None:
    """Lowest point of what the feet carry, metres as the file puts it; None where no mesh tells."""
    feet = _carried(flesh, *(side + bone for side in _SIDES for bone in ("Foot", "Toes")))
    return float(feet[:, 1].min()) if len(feet) else None


def crown_height(flesh: Flesh, joint: float) -> float | None:
    """Highest point of the head, metres as the file puts it; None where no mesh tells.

    Hats, ears and hair spikes do not make a body taller than a third of what carries the head, unless most of the head
    reaches there: a chibi is half head.

    Args:
        joint: height of the head's joint above the soles.
    """
    head = _carried(flesh, "head", "leftEye", "rightEye", "jaw")
    if not len(head):
        return None
    sole = sole_height(flesh) or 0.0
    skull = flesh.points[(flesh.bone == _I["head"]) & flesh.own]
    most = float(np.percentile(skull[:, 1], 90.0)) - sole if len(skull) >= _ENOUGH else 0.0
    return sole + min(float(head[:, 1].max()) - sole, max(1.35 * joint, most))


def measure_hull(flesh: Flesh, floor: float, skeleton: Skeleton) -> Hull:
    """The hull of a model whose soles were moved from height `floor` to 0."""
    guess = guess_hull(skeleton)
    down = np.array([0.0, floor, 0.0])
    foot, toes = guess.foot.copy(), guess.toes.copy()
    for side, name in enumerate(_SIDES):
        found = {bone: _carried(flesh, name + bone) for bone in ("Foot", "Toes")}
        if not any(map(len, found.values())):
            continue
        # Where one of the two carries nothing, its joint stands for it: that lies above the other's sole.
        for bone, points in (("Foot", foot), ("Toes", toes)):
            mine = found[bone] - down - skeleton.rest[_I[name + bone]]
            points[side] = _lowest(mine) if len(mine) else 0.0
    head = _skull(flesh, down, skeleton) or guess.head
    return Hull(foot, toes, head, _trunk(flesh, down, skeleton) or guess.trunk)


def guess_hull(skeleton: Skeleton) -> Hull:
    """The hull of a model without a mesh, by its joints and the proportions of the canonical body."""
    rest, height = skeleton.rest, skeleton.height
    foot, toes = np.zeros((2, SOLE_POINTS, 3)), np.zeros((2, SOLE_POINTS, 3))
    for side, name in enumerate(_SIDES):
        ankle, ball = rest[_I[name + "Foot"]], ball_of_foot(skeleton, name)
        length = max(float(np.hypot(ball[0] - ankle[0], ball[2] - ankle[2])), 1e-4)
        width, low = 0.3 * length, -ankle[1]
        ends = (-0.35 * length, ball[2] - ankle[2], ball[2] - ankle[2] + 0.55 * length)
        corners = [(ball[0] - ankle[0] + x, low, z) for x in (-width, width) for z in ends]
        foot[side] = _lowest(np.array(corners[:2] + corners[3:5]))
        toe = rest[_I[name + "Toes"]] if skeleton.present[_I[name + "Toes"]] else ankle
        if skeleton.present[_I[name + "Toes"]]:
            toes[side] = _lowest(np.array(corners) + ankle - toe)
        else:
            foot[side] = toes[side] = _lowest(np.array(corners))
    return Hull(foot, toes, _guess_skull(skeleton), _guess_trunk(rest, height))


def ball_of_foot(skeleton: Skeleton, side: str) -> _Floats:
    """(3,) where the toes of `side` ("left", "right") bend; where they have no bone, as on the canonical body."""
    ankle, toes = skeleton.rest[_I[side + "Foot"]], _I[side + "Toes"]
    if skeleton.present[toes]:
        return skeleton.rest[toes].copy()
    ratio = skeleton.leg_length / CANONICAL.leg_length
    ball = ankle + ratio * (CANONICAL.rest[toes] - CANONICAL.rest[_I[side + "Foot"]])
    ball[1] = min(ball[1], 0.5 * ankle[1])
    return ball


def _carried(flesh: Flesh, *names: str) -> _Floats:
    return flesh.points[np.isin(flesh.bone, [_I[name] for name in names])]


def _lowest(points: _Floats) -> _Floats:
    """(SOLE_POINTS, 3): the extreme points in each of the directions."""
    return points[(points @ _DIRECTIONS.T).argmax(axis=0)]


def _skull(flesh: Flesh, down: _Floats, skeleton: Skeleton) -> Ball | None:
    """Head without loose hair; what sticks out far, such as ears, a brim or a plait, does not widen it."""
    points = flesh.points[(flesh.bone == _I["head"]) & flesh.own] - down
    joint = skeleton.rest[_I["head"]]
    points = points[(points[:, 1] > joint[1]) & (points[:, 1] < skeleton.height)] - joint
    if len(points) < _ENOUGH:
        return None
    low, high = np.percentile(points, (4.0, 96.0), axis=0)
    half = 0.5 * (skeleton.height - joint[1])
    radii = np.array([0.5 * (high[0] - low[0]), half, 0.5 * (high[2] - low[2])])
    radii[[0, 2]] = np.clip(radii[[0, 2]], 0.5 * half, 1.3 * half)
    return Ball(np.array([0.0, half, 0.5 * (low[2] + high[2])]), radii)


def _guess_skull(skeleton: Skeleton) -> Ball:
    half = 0.5 * (skeleton.height - skeleton.rest[_I["head"], 1])
    return Ball(np.array([0.0, half, 0.08 * half]), np.array([0.75, 1.0, 0.85]) * half)


def _trunk(flesh: Flesh, down: _Floats, skeleton: Skeleton) -> Ball | None:
    points = _carried(flesh, "spine", "chest", "upperChest") - down
    if len(points) < _ENOUGH:
        return None
    guess = _guess_trunk(skeleton.rest, skeleton.height)
    joint = skeleton.rest[_I["chest"]]
    wide, front = np.percentile(np.abs(points[:, 0]), 90.0), np.percentile(points[:, 2] - joint[2], 90.0)
    # No wider than the shoulder joints allow, or the arms would hang inside; a tail or a cape does not make it deep.
    arm = abs(float(skeleton.rest[_I["leftUpperArm"], 0]))
    across = np.clip(wide, 0.5 * guess.radii[0], max(0.9 * arm, guess.radii[0]))
    deep = np.clip(front, 0.5 * guess.radii[2], 1.1 * across)
    return Ball(guess.centre, np.array([across, guess.radii[1], deep]))


def _guess_trunk(rest: _Floats, height: float) -> Ball:
    """From the hips to the shoulders, as deep as two thirds of its width."""
    top, bottom = rest[_I["leftUpperArm"], 1], rest[_I["leftUpperLeg"], 1]
    joint = rest[_I["chest"]]
    half = max(0.5 * (top - bottom), 0.05 * height)
    wide = max(0.9 * abs(float(rest[_I["leftUpperArm"], 0])), 0.3 * half)
    return Ball(np.array([0.0, 0.5 * (top + bottom) - joint[1], 0.0]), np.array([wide, half, min(0.62 * wide, half)]))


assert len(_DIRECTIONS) == SOLE_POINTS
