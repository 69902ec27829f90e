"""The cage of a left hand: a palm of two rows, four fingers and a thumb as tubes of four sides."""

from collections.abc import Sequence

import numpy as np

from performer.avatar.build.cage import Cage
from performer.avatar.build.frame import Finger, Frame, finger_line
from performer.avatar.build.part import Floats

__all__ = ["FINGER_ROWS", "THUMB_ROW", "build_hand"]

THUMB_ROW = 1
FINGER_ROWS = {"Little": 2, "Ring": 3, "Middle": 4, "Index": 5}
"""Rows of the region "leftHand": 0 the palm, 1 the thumb, then the fingers."""

_REGION = "leftHand"


def build_hand(cage: Cage, frame: Frame, wrist: Sequence[int]) -> None:
    """Add a left hand to the last ring of its arm."""
    hand, at = frame.hand, np.array(frame.joints["leftHand"])
    x, half, across = hand.palm
    top, bottom = _palm(cage, at, [x] * 5, half, across, [{"leftHand": 1.0}] * 5)
    r = wrist
    for face in (
        (r[7], r[0], top[2], top[1], top[0]),
        (r[0], r[1], top[4], top[3], top[2]),
        (r[5], bottom[0], bottom[1], bottom[2], r[4]),
        (r[4], bottom[2], bottom[3], bottom[4], r[3]),
        (r[6], r[7], top[0], bottom[0], r[5]),
        (r[2], r[3], bottom[4], top[4], r[1]),
    ):
        cage.face(face, _REGION, 0)
    xs, half, across = hand.knuckles
    names = [finger.name for finger in hand.fingers]
    shares = [{"leftHand": 0.6, f"left{name}Proximal": 0.4} for name in (*names, names[-1])]
    upper, lower = _palm(cage, at, xs, half, across, shares)
    for k in range(4):
        cage.face((top[k], top[k + 1], upper[k + 1], upper[k]), _REGION, 0)
        cage.face((bottom[k], lower[k], lower[k + 1], bottom[k + 1]), _REGION, 0)
    cage.face((top[0], upper[0], lower[0], bottom[0]), _REGION, 0)
    _thumb(cage, frame, at, (upper[4], top[4], bottom[4], lower[4]))
    for k, finger in enumerate(hand.fingers):
        _finger(cage, finger, at, (upper[k], upper[k + 1], lower[k + 1], lower[k]))


def _palm(
    cage: Cage,
    at: Floats,
    xs: Sequence[float],
    half: float,
    across: Sequence[float],
    shares: Sequence[dict[str, float]],
) -> tuple[list[int], list[int]]:
    def line(side: float) -> list[int]:
        # The back of the hand is arched, the palm a little hollow.
        arch = (-0.0045, -0.0005, 0.001, 0.0, -0.0025)
        return [
            cage.vertex(at + np.array([x, side * half + lift, z]), share)
            for x, z, lift, share in zip(xs, across, arch, shares, strict=True)
        ]

    return line(1.0), line(-1.0)


def _finger(cage: Cage, finger: Finger, at: Floats, start: Sequence[int]) -> None:
    line = at + finger_line(finger)
    one, two, three = (f"left{finger.name}{bone}" for bone in ("Proximal", "Intermediate", "Distal"))
    rings = (
        (line[0] + 0.5 * (line[1] - line[0]), 1.0, {one: 1.0}),
        (line[1], 0.97, {one: 0.5, two: 0.5}),
        (line[2], 0.90, {two: 0.5, three: 0.5}),
        (line[2] + 0.72 * (line[3] - line[2]), 0.78, {three: 1.0}),
    )
    ring = list(start)
    for number, (place, share, weights) in enumerate(rings):
        way = line[1] - line[0] if number == 0 else line[min(number, 2) + 1] - line[min(number, 2) - 1]
        ring = _ring(cage, ring, place, way, finger.radius * share, weights, FINGER_ROWS[finger.name])
    tip = [cage.vertex(p, {three: 1.0}) for p in _square(line[3], line[3] - line[2], 0.45 * finger.radius)]
    cage.tube(ring, tip, _REGION, FINGER_ROWS[finger.name])
    cage.face(tip, _REGION, FINGER_ROWS[finger.name])


def _thumb(cage: Cage, frame: Frame, at: Floats, start: Sequence[int]) -> None:
    line, radius = at + np.array(frame.hand.thumb), frame.hand.thumb_radius
    meta, one, two = (f"leftThumb{bone}" for bone in ("Metacarpal", "Proximal", "Distal"))
    rings = (
        # The ball of the thumb leaves the palm's edge squarely and turns into the thumb's own way after it.
        (0.22 * line[0] + 0.78 * line[1], np.array([0.25, -0.15, 1.0]), radius[0], {"leftHand": 0.30, meta: 0.70}),
        (line[1], line[2] - line[0], radius[1], {meta: 0.5, one: 0.5}),
        (line[2], line[3] - line[1], radius[2], {one: 0.5, two: 0.5}),
        (0.3 * line[2] + 0.7 * line[3], line[3] - line[2], radius[3], {two: 1.0}),
    )
    ring = list(start)
    for place, way, wide, weights in rings:
        ring = _ring(cage, ring, place, way, wide, weights, THUMB_ROW)
    tip = [cage.vertex(p, {two: 1.0}) for p in _square(line[3], line[3] - line[2], 0.5 * radius[3])]
    cage.tube(ring, tip, _REGION, THUMB_ROW)
    cage.face(tip, _REGION, THUMB_ROW)


def _ring(
    cage: Cage,
    before: Sequence[int],
    place: Floats,
    way: Floats,
    radius: float,
    share: dict[str, float],
    row: int,
) -> list[int]:
    ring = [cage.vertex(point, share) for point in _square(place, way, radius)]
    cage.tube(before, ring, _REGION, row)
    return ring


def _square(place: Floats, way: Floats, radius: float) -> Floats:
    """(4, 3) corners across `way`, in the order of the face that the finger grows out of."""
    way = way / np.linalg.norm(way)
    side = np.cross(np.array([0.0, 1.0, 0.0]), way)
    side /= np.linalg.norm(side)
    up = np.cross(way, side)
    # A finger grows out of the front end of the palm, whose corners begin at the little finger's side; the thumb out
    # of its edge, whose corners begin at the far end. Across +x, `side` points to -z; both begin there.
    return np.array([place + radius * (a * side + b * up) for a, b in ((1, 1), (-1, 1), (-1, -1), (1, -1))])
