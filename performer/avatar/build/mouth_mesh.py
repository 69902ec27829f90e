"""The mouth as meshes that hang on the skin's own edge: drawn lip lines, the bag behind, teeth, tongue."""

import numpy as np

from performer.avatar.build.eye_paint import TILES
from performer.avatar.build.mouth_shape import LIP_STEPS, MouthShape
from performer.avatar.build.part import Floats
from performer.avatar.build.pose import Pose
from performer.avatar.build.ribbon import SOFT_ROWS, Piece, across, blur, ring_triangles, row_triangles, soft

__all__ = ["mouth_pieces"]


def mouth_pieces(shape: MouthShape, edge: Floats, pose: Pose) -> list[Piece]:
    """All of the mouth but its skin.

    Args:
        edge: (2 LIP_STEPS, 3) the skin's edge in this pose, as `FaceMesh.mouth` lists it.
    """
    upper = edge[: LIP_STEPS + 1]
    lower = np.concatenate((edge[:1], edge[LIP_STEPS + 1 :][::-1], edge[LIP_STEPS : LIP_STEPS + 1]))
    inside = [_bag(edge), _teeth(upper, lower, pose), _tongue(upper, lower, pose)]
    # Lines fade out at their edges: they come after what is behind them.
    return [*inside, *_lines(shape, upper, lower, 0.6 * pose.of("far"))]


def _lines(shape: MouthShape, upper: Floats, lower: Floats, far: float) -> list[Piece]:
    """The upper lip's line, drawn out a little past the corners; a finer one for the lower lip."""
    right = upper[0] + _step(upper[0] - upper[1], 0.0007)
    left = upper[-1] + _step(upper[-1] - upper[-2], 0.0007)
    path = np.concatenate((right[None], upper, left[None]))
    t = np.linspace(-1.0, 1.0, len(path))
    # Strong at the corners, lighter in the middle, as a brush would do it.
    weight = np.interp(np.abs(t), [0.0, 0.35, 0.72, 0.90, 1.0], [0.95, 0.85, 1.15, 0.80, 0.05])
    up = _beside(path, shape.line * weight)
    down = _beside(path, -shape.line * 0.55 * weight)
    lines = [_line(up, down, 0.00075 + 0.0007 * np.abs(t) ** 6, far)]
    t = np.linspace(-1.0, 1.0, len(lower))
    fine = shape.line * 0.62 * np.clip(1.0 - np.abs(t) ** 3, 0.0, 1.0)
    lines.append(_line(_beside(lower, 0.2 * fine), _beside(lower, -fine), 0.0004, far))
    return lines


def _line(up: Floats, down: Floats, lift: Floats | float, far: float) -> Piece:
    t = np.linspace(0.0, 1.0, len(up))
    rows, along = soft(down[:, :2], up[:, :2], blur(far))
    uv = np.concatenate([TILES["lip"].uv(t, np.full(len(t), v)) for v in along])
    deep = 0.5 * (down[:, 2] + up[:, 2]) + lift + 0.0010 * far
    points = np.concatenate([np.column_stack((row, deep)) for row in rows])
    return Piece(points, row_triangles(SOFT_ROWS, len(up)), uv)


def _bag(edge: Floats) -> Piece:
    """Three rings into the head and a floor."""
    middle = edge.mean(axis=0)
    rings = [edge - np.array([0.0, 0.0, 0.0002])]
    for grown, deep in ((1.06, 0.0050), (0.92, 0.0150)):
        ring = middle + (edge - middle) * grown
        ring[:, 2] = 0.5 * edge[:, 2] + 0.5 * middle[2] - deep
        rings.append(ring)
    floor = middle - np.array([0.0, 0.0, 0.0190])
    count = len(edge)
    along = np.linspace(0.0, 1.0, count)
    uv = np.concatenate([TILES["mouth"].uv(along, np.full(count, v)) for v in (0.05, 0.35, 0.7)])
    uv = np.concatenate((uv, TILES["mouth"].uv(np.array([0.5]), np.array([0.8]))))
    triangles = ring_triangles(3, count, tip=True, flip=True)
    return Piece(np.concatenate((*rings, floor[None])), triangles, uv)


def _teeth(upper: Floats, lower: Floats, pose: Pose) -> Piece:
    """A band behind the upper lip; it shows only as far as the mouth opens."""
    cut = slice(2, LIP_STEPS - 1)
    line, gap = upper[cut], float((upper - lower)[LIP_STEPS // 2, 1])
    share = 0.26 + 0.12 * np.clip(pose.of("square"), 0.0, 1.0) - 0.14 * np.clip(pose.of("pout"), 0.0, 1.0)
    deep = float(np.clip(share * gap, -0.0034, 0.0034))  # below 0 where one shape takes back what another opens
    t = np.linspace(0.0, 1.0, len(line))
    # One clean strip with an even lower edge: it must not follow the lip's arch, or its ends turn into points.
    long = np.full(len(line), deep)
    if deep > 0.0:
        long = np.clip(line[:, 1] - line[len(line) // 2, 1] + deep, 0.0, deep)
    long = long * (1.0 - np.abs(2.0 * t - 1.0) ** 6)
    top = line + np.array([0.0, 0.0009, -0.0020])
    bottom = line - np.stack((0.0 * long, long, np.full(len(line), 0.0026)), axis=-1)
    uv = np.concatenate([TILES["teeth"].uv(t, np.full(len(t), v)) for v in (1.0, 0.0)])
    return Piece(np.concatenate((bottom, top)), row_triangles(2, len(line)), uv)


def _tongue(upper: Floats, lower: Floats, pose: Pose) -> Piece:
    """A mound behind the lower lip; out, it lies over the lip."""
    count, rows = 9, 4
    place = np.linspace(2.0, LIP_STEPS - 2.0, count)
    index = np.arange(LIP_STEPS + 1)
    low = np.stack([np.interp(place, index, lower[:, k]) for k in range(3)], axis=-1)
    gap = np.interp(place, index, upper[:, 1]) - low[:, 1]
    side = np.linspace(-1.0, 1.0, count)
    round_ = np.clip(1.0 - side**2, 0.0, 1.0) ** 0.5
    inside = []
    for row in range(rows):
        t = row / (rows - 1)
        height = -0.0006 + gap * 0.26 * round_ * np.sin(0.5 * np.pi * t) ** 0.8
        inside.append(low + np.stack((0.0 * height, height, -0.0036 - 0.0050 * t * np.ones(count)), axis=-1))
    middle = low[count // 2]
    outside = []
    for row in range(rows):
        t = 1.0 - row / (rows - 1)
        x = middle[0] + 0.0058 * side * (1.0 - 0.45 * t**3)
        y = middle[1] + 0.0016 - 0.0105 * t**1.5 + 0.0012 * t * np.abs(side) ** 2
        z = middle[2] - 0.0040 + 0.0100 * np.sin(0.5 * np.pi * t) - 0.0012 * side**2
        outside.append(np.stack((x, y, z), axis=-1))
    out = np.clip(pose.of("tongue"), 0.0, 1.0)
    points = (1.0 - out) * np.concatenate(inside) + out * np.concatenate(outside)
    v = np.repeat(np.linspace(1.0, 0.0, rows), count)
    uv = TILES["tongue"].uv(np.tile(0.5 + 0.5 * side, rows), v)
    return Piece(points, row_triangles(rows, count), uv)


def _beside(path: Floats, distance: Floats) -> Floats:
    return path + np.concatenate((across(path[:, :2]) * distance[:, None], np.zeros((len(path), 1))), axis=1)


def _step(way: Floats, long: float) -> Floats:
    way = way * np.array([1.0, 1.0, 0.6])
    return way / max(float(np.linalg.norm(way)), 1e-9) * long
