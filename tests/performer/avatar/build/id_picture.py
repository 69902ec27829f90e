"""Pictures of numbers: which triangle is seen where. A small rasteriser for tests of what covers what."""

import numpy as np

from performer.avatar.build.part import Floats, Ints

__all__ = ["id_picture"]


def id_picture(
    points: Floats, triangles: Ints, ids: Ints, middle: Floats, yaw: float, size: float, side: int = 120
) -> Ints:
    """(side, side) the id of the nearest triangle that faces the camera, -1 where there is none; no perspective.

    Args:
        middle: (3,) what the picture is centred on. yaw: radians the camera stands to her left.
        size: metres across the picture.
    """
    right = np.array([np.cos(yaw), 0.0, -np.sin(yaw)])
    towards = np.array([np.sin(yaw), 0.0, np.cos(yaw)])
    seen = points - middle
    flat = np.stack((seen @ right, seen[:, 1]), axis=-1) / size * side + side / 2.0
    near = seen @ towards
    corner = flat[triangles]
    one, two = corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]
    area = one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]
    low, high = corner.min(axis=1), corner.max(axis=1)
    inside = (high > 0.0).all(axis=1) & (low < side).all(axis=1) & (area > 1e-9)
    picture, depth = np.full((side, side), -1, dtype=np.int64), np.full((side, side), -np.inf)
    for k in np.flatnonzero(inside):
        x0, y0 = np.maximum(np.floor(low[k]).astype(int), 0)
        x1, y1 = np.minimum(np.ceil(high[k]).astype(int) + 1, side)
        x, y = np.meshgrid(np.arange(x0, x1) + 0.5, np.arange(y0, y1) + 0.5)
        dx, dy = x - corner[k, 0, 0], y - corner[k, 0, 1]
        b = (dx * two[k, 1] - dy * two[k, 0]) / area[k]
        c = (dy * one[k, 0] - dx * one[k, 1]) / area[k]
        z = (1.0 - b - c) * near[triangles[k, 0]] + b * near[triangles[k, 1]] + c * near[triangles[k, 2]]
        hit = (b >= 0.0) & (c >= 0.0) & (b + c <= 1.0) & (z > depth[y0:y1, x0:x1])
        picture[y0:y1, x0:x1][hit] = ids[k]
        depth[y0:y1, x0:x1][hit] = z[hit]
    return picture
