"""The mesh of the head's skin: one half laid flat (angle, height), triangulated round its holes, then mirrored.

The holes are meshed open and shut by the solver afterwards: a slit of no height has no mesh.
"""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import Delaunay, KDTree

from performer.avatar.build.eye_shape import EyeShape, lids
from performer.avatar.build.head import TOP, HeadSurface
from performer.avatar.build.mouth_shape import LIP_STEPS, OPENED, MouthShape, lips
from performer.avatar.build.part import Floats, Ints
from performer.avatar.build.pose import Pose

__all__ = ["FLAT_RADIUS", "FaceMesh", "face_mesh"]

FLAT_RADIUS = 0.082
"""Angles times this are the flat picture's metres, so that its triangles are about those of the head."""


@dataclass(frozen=True, slots=True)
class FaceMesh:
    """Flat points and the holes' edges.

    flat: (n, 2) theta * FLAT_RADIUS and y. triangles: (m, 3). partner: (n,) the point on the other side.
    eye_left, eye_right: (2 STEPS,) upper lid from the inner corner to the outer, then the lower one back.
    mouth: (2 LIP_STEPS,) upper lip from her right corner to her left, then the lower one back.
    """

    flat: Floats
    triangles: Ints
    partner: Ints
    eye_left: Ints
    eye_right: Ints
    mouth: Ints


def face_mesh(head: HeadSurface, eye: EyeShape, mouth: MouthShape) -> FaceMesh:
    """The mesh for one face; its two halves are equal point by point."""
    flat, edges, lip = _half(head, eye, mouth)
    triangles = _triangulated(flat, [flat[edges], flat[lip]])
    axis = np.abs(flat[:, 0]) < 1e-9
    n = len(flat)
    partner = np.arange(n)
    twins = np.flatnonzero(~axis)
    partner[twins] = n + np.arange(len(twins))
    other = flat[twins] * np.array([-1.0, 1.0])
    whole = np.concatenate((flat, other))
    both = np.concatenate((triangles, partner[triangles][:, ::-1]))
    mates = np.concatenate((partner, twins))
    # From her right corner over the upper lip to her left, then back: `lip` runs down her left half from the top.
    half = LIP_STEPS // 2
    upper, lower = lip[: half + 1], lip[half:]
    right_up, right_low = partner[upper[::-1]], partner[lower[::-1]]
    ring = np.concatenate((right_up, upper[1:], lower[1:], right_low[1:-1]))
    return FaceMesh(whole, both, mates, edges, partner[edges], ring)


def _half(head: HeadSurface, eye: EyeShape, mouth: MouthShape) -> tuple[Floats, Ints, Ints]:
    """Points of her left half: the holes' edges, rings round them, then a grid that is fine in front only."""
    lid = lids(eye, Pose(), 1)
    eye_ring = np.concatenate((lid.upper, lid.lower[-2:0:-1]))
    lip = lips(mouth, OPENED)
    middle = LIP_STEPS // 2
    lip_ring = np.concatenate((lip.upper[middle:], lip.lower[middle:-1][::-1]))
    lip_ring[[0, -1], 0] = 0.0
    eye_flat, lip_flat = _flat(head, eye_ring), _flat(head, lip_ring)
    whole_lip = np.concatenate((lip_flat, lip_flat[1:-1][::-1] * np.array([-1.0, 1.0])))
    fixed = np.concatenate((eye_flat, lip_flat))
    wanted: list[Floats] = []
    for ring, steps in ((eye_flat, (0.0020, 0.0046, 0.0080)), (whole_lip, (0.0016, 0.0038, 0.0068))):
        for k, distance in enumerate(steps):
            around = _offset(ring, distance)
            wanted.append(around[:: 1 if k == 0 else 2])
    wanted.append(_nose_points(head))
    wanted.append(_grid())
    points = np.concatenate((fixed, *wanted))
    points[len(fixed) :, 0] = np.where(np.abs(points[len(fixed) :, 0]) < 0.0007, 0.0, points[len(fixed) :, 0])
    return (
        _thinned(points, len(fixed), [eye_flat, whole_lip]),
        np.arange(len(eye_flat)),
        len(eye_flat) + np.arange(len(lip_flat)),
    )


def _flat(head: HeadSurface, points: Floats) -> Floats:
    return np.stack((head.theta(points[:, 0], points[:, 1]) * FLAT_RADIUS, points[:, 1]), axis=-1)


def _nose_points(head: HeadSurface) -> Floats:
    tip = head.nose.tip
    rows = [
        (tip + up, x)
        for up in (-0.0095, -0.0068, -0.0045, -0.0022, 0.0, 0.0024, 0.0052, 0.009, 0.0135)
        for x in ((0.0, 0.0026, 0.0052, 0.0085) if up > -0.008 and up < 0.008 else (0.0, 0.0045))
    ]
    return _flat(head, np.array([(x, y) for y, x in rows]))


def _grid() -> Floats:
    half = np.pi * FLAT_RADIUS
    rows: list[Floats] = []
    heights = [
        0.0,
        0.0012,
        0.0036,
        0.0074,
        0.0118,
        *np.arange(0.0178, 0.128, 0.0064),
        0.137,
        0.150,
        0.166,
        0.184,
        0.202,
        TOP,
    ]
    for k, y in enumerate(heights):
        step = 0.0068 if 0.01 < y < 0.13 else 0.014
        front = np.arange(0.0, half * 0.52, step) + (step / 2.0 if k % 2 else 0.0)
        behind = np.linspace(half * 0.56, half, 6 if y < 0.03 or y > 0.18 else 7)
        along = np.concatenate((front[front < half * 0.54], behind))
        rows.append(np.stack((along, np.full(len(along), y)), axis=-1))
    axis = np.array([(0.0, y) for y in heights])
    return np.concatenate((*rows, axis))


def _offset(ring: Floats, distance: float) -> Floats:
    along = np.roll(ring, -1, axis=0) - np.roll(ring, 1, axis=0)
    normal = np.stack((along[:, 1], -along[:, 0]), axis=-1)
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)
    sign = np.sign(((ring - ring.mean(axis=0)) * normal).sum(axis=1).mean())
    moved = ring + sign * normal * distance
    for _ in range(2):
        moved = 0.5 * moved + 0.25 * (np.roll(moved, 1, axis=0) + np.roll(moved, -1, axis=0))
    return moved


def _thinned(points: Floats, kept: int, holes: list[Floats]) -> Floats:
    """Drops points of the other half, in a hole, or too near one that came before."""
    good = points[:, 0] >= 0.0
    for hole in holes:
        good[kept:] &= ~inside(points[kept:], hole)
    tree = KDTree(points)
    for i in range(kept, len(points)):
        if not good[i]:
            continue
        reach = _spacing(points[i])
        near = [j for j in tree.query_ball_point(points[i], reach) if j < i and good[j]]
        on_axis = 0.0 < points[i, 0] < reach * 0.55
        good[i] = not near and not on_axis
    return points[good]


def _spacing(point: Floats) -> float:
    """The nearest that two points may come: fine at nose and mouth, coarse behind the ears."""
    x, y = point
    if x < 0.012 and 0.042 < y < 0.068:
        return 0.0017
    if x < 0.024 and y < 0.046:
        return 0.0021
    return 0.0030 if x < 0.13 and y < 0.14 else 0.006


def inside(points: Floats, ring: Floats) -> np.ndarray:
    """(n,) whether points lie in a polygon."""
    x, y = points[:, :1], points[:, 1:]
    x0, y0 = ring[:, 0], ring[:, 1]
    x1, y1 = np.roll(x0, 1), np.roll(y0, 1)
    crossing = ((y0 > y) != (y1 > y)) & (x < (x1 - x0) * (y - y0) / (y1 - y0 + 1e-15) + x0)
    return (crossing.sum(axis=1) % 2).astype(bool)


def _triangulated(flat: Floats, holes: list[Floats]) -> Ints:
    # Under the chin a step of height is a long way along the skin: stretched, or rows would be skipped.
    spread = flat.copy()
    spread[:, 1] = np.interp(
        flat[:, 1], [0.0, 0.0012, 0.0036, 0.0074, 0.0118, 1.0], [-0.021, -0.012, -0.003, 0.0045, 0.0118, 1.0]
    )
    triangles = Delaunay(spread).simplices.astype(np.int64)
    middle = flat[triangles].mean(axis=1)
    keep = np.ones(len(triangles), dtype=bool)
    for hole in holes:
        keep &= ~inside(middle, hole)
    corner = flat[triangles]
    one, two = corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]
    area = one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]
    triangles = np.where((area < 0.0)[:, None], triangles[:, ::-1], triangles)
    return triangles[keep & (np.abs(area) > 1e-9)]  # slivers on the hull
