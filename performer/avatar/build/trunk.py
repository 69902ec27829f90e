"""The cage of torso and neck: rings of sixteen, skin weights along the spine and out to the shoulders."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from performer.avatar.build.cage import Cage
from performer.avatar.build.frame import Frame, Row

__all__ = ["ARM_RING", "AROUND", "NECK_ROW", "Trunk", "build_trunk"]

AROUND = 16
ARM_RING = 10
"""The ring that lacks its outermost vertex on each side; the eight round the hole are where an arm begins."""
NECK_ROW = 12
"""Rows of faces from here on are called "neck"; those below "torso". Row r lies between ring r and ring r + 1."""

# Half the height over which one bone of the spine hands over to the next.
_SPINE = (("spine", 0.05), ("chest", 0.05), ("upperChest", 0.05), ("neck", 0.03), ("head", 0.03))
# A polygon of 16 loses this much of its girth when it is smoothed.
_SHRINK = (2.0 + np.cos(2.0 * np.pi / AROUND)) / 3.0


@dataclass(frozen=True, slots=True)
class Trunk:
    """Numbers of vertices: arm and leg, where a left arm and a left leg begin; twins: left or middle -> right."""

    arm: Sequence[int]
    leg: Sequence[int]
    twins: dict[int, int]


def build_trunk(cage: Cage, frame: Frame) -> Trunk:
    """Add torso and neck, the crotch included, open where the arms and legs begin."""
    rings: list[list[int]] = []
    for number, row in enumerate(frame.torso.rings):
        ring: list[int] = []
        for k in range(AROUND):
            hole = number == ARM_RING and k in (AROUND // 4, 3 * AROUND // 4)
            ring.append(-1 if hole else _vertex(cage, frame, number, row, k))
        rings.append(ring)
    for number, (low, high) in enumerate(pairwise(rings)):
        region = "neck" if number >= NECK_ROW else "torso"
        for k in range(AROUND):
            after = (k + 1) % AROUND
            quad = (low[k], low[after], high[after], high[k])
            if -1 not in quad:
                cage.face(quad, region, number)
    cage.face(rings[-1], "neck", len(rings) - 1)
    crotch = [cage.vertex((0.0, frame.torso.rings[0][0] - 0.028, z), {"hips": 1.0}) for z in (-0.047, -0.006, 0.030)]
    above, hole, below = rings[ARM_RING + 1], rings[ARM_RING], rings[ARM_RING - 1]
    twins = {ring[k]: ring[-k % AROUND] for ring in rings for k in range(AROUND) if ring[k] >= 0}
    return Trunk(
        (above[4], above[3], hole[3], below[3], below[4], below[5], hole[5], above[5]),
        (*rings[0][:9], *crotch),
        {**twins, **{v: v for v in crotch}},
    )


def _vertex(cage: Cage, frame: Frame, number: int, row: Row, k: int) -> int:
    y, wide, front, back, square = row
    angle = 2.0 * np.pi * k / AROUND
    side, ahead = np.sin(angle), np.cos(angle)
    power = 2.0 / square
    # Depth is measured from a middle of its own, so that leaning rings stay round.
    middle, deep = 0.5 * (front + back), 0.5 * (front - back)
    x = wide * np.sign(side) * abs(side) ** power / _SHRINK
    z = middle + deep * np.sign(ahead) * abs(ahead) ** power / _SHRINK
    if number == 0:
        y -= 0.015 * (1.0 - abs(side))
    if abs(x) < 1e-9:
        x = 0.0
    return cage.vertex((x, y, z), _share(frame, float(x), y))


def _share(frame: Frame, x: float, y: float) -> dict[str, float]:
    steps = [1.0]
    for bone, half in _SPINE:
        # The skin of the head begins under the chin, a little lower than its joint.
        joint = frame.joints[bone][1] - (0.010 if bone == "head" else 0.0)
        steps.append(_step(y, joint - half, joint + half))
    steps.append(0.0)
    bones = ("hips", *(bone for bone, _ in _SPINE))
    share = {bone: steps[k] * (1.0 - steps[k + 1]) for k, bone in enumerate(bones)}
    side = "left" if x > 0.0 else "right"
    far = abs(x) / frame.joints["leftUpperArm"][0]
    out = _step(far, 0.34, 1.07) * _step(y, 1.14, 1.23) * (1.0 - _step(y, 1.283, 1.302))
    arm = 0.45 * _step(far, 0.82, 1.12) * _step(y, 1.15, 1.21)
    leg = 0.62 * _step(abs(x), 0.004, 0.054) * (1.0 - _step(y, 0.797, 0.872))
    share = {bone: value * (1.0 - out) for bone, value in share.items()}
    share[f"{side}Shoulder"] = out * (1.0 - arm)
    share[f"{side}UpperArmTwist"] = out * arm
    share = {bone: value * (1.0 - leg) for bone, value in share.items()}
    share[f"{side}UpperLeg"] = leg
    return share


def _step(value: float, low: float, high: float) -> float:
    t = min(max((value - low) / (high - low), 0.0), 1.0)
    return t * t * (3.0 - 2.0 * t)
