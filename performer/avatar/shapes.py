"""Pieces of a code-made figure: lofted tubes and discs with colour, weights and shapes. Nothing of VRM here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = ["Floats", "Part", "Weights", "curve", "join", "loft", "smooth_normals", "tube"]

Floats = NDArray[np.float64]
# Bone or spring joint -> (n,) share; `Part` normalises.
Weights = Mapping[str, Floats]


@dataclass(frozen=True, slots=True)
class Part:
    """points (n, 3) metres; triangles (m, 3) counter-clockwise from outside; colour (n,) palette number;
    weights: joint name -> (n,); shapes: morph name -> (n, 3) displacement."""

    points: Floats
    triangles: NDArray[np.int64]
    colour: NDArray[np.int64]
    weights: Weights
    shapes: Mapping[str, Floats] = field(default_factory=dict[str, Floats])


def curve(keys: Sequence[Sequence[float]], at: Floats) -> Floats:
    """Rows (t, values...) at times `at`, by a Catmull-Rom that does not overshoot: (len(at), values)."""
    rows = np.array(keys, np.float64)
    t, v = rows[:, 0], rows[:, 1:]
    h = np.diff(t)[:, None]
    d = np.diff(v, axis=0) / h
    slope = np.zeros_like(v)
    same = d[1:] * d[:-1] > 0.0
    slope[1:-1] = np.where(same, 2.0 * d[1:] * d[:-1] / np.where(same, d[1:] + d[:-1], 1.0), 0.0)
    slope[0], slope[-1] = d[0], d[-1]
    i = np.clip(np.searchsorted(t, at, side="right") - 1, 0, len(t) - 2)
    s = np.clip((at - t[i]) / h[i, 0], 0.0, 1.0)[:, None]
    return (
        v[i] * (1 + 2 * s) * (1 - s) ** 2
        + slope[i] * h[i] * s * (1 - s) ** 2
        + v[i + 1] * s * s * (3 - 2 * s)
        + slope[i + 1] * h[i] * s * s * (s - 1)
    )


def loft(
    rings: Floats,
    colour: int | NDArray[np.int64],
    weights: Callable[[Floats], Weights],
    *,
    start: bool = True,
    end: bool = True,
) -> Part:
    """Skin over closed rings (rows, columns, 3); `start` and `end` close the mouths with a point in their middle.

    The rings run counter-clockwise seen from where the tube goes to.
    """
    shade = np.broadcast_to(np.asarray(colour), (len(rings),))
    # Where the colour changes, the ring stands twice, once in each colour, with no skin between: a border that is
    # interpolated would run through every swatch that lies between the two.
    change = np.flatnonzero(np.diff(shade)) + 1
    rings = np.insert(rings, change, rings[change], axis=0)
    shade = np.insert(shade, change, shade[change - 1])
    rows, columns, _ = rings.shape
    points = [rings.reshape(-1, 3)]
    skinned = np.setdiff1d(np.arange(rows - 1), change + np.arange(len(change)))
    row, column = np.meshgrid(skinned, np.arange(columns), indexing="ij")
    after = (column + 1) % columns
    a, b = row * columns + column, row * columns + after
    c, d = a + columns, b + columns
    faces = [np.stack((a, b, d), -1).reshape(-1, 3), np.stack((a, d, c), -1).reshape(-1, 3)]
    shades = np.repeat(shade, columns)
    count = rows * columns
    ring = np.arange(columns)
    if start:
        points.append(rings[0].mean(axis=0, keepdims=True))
        faces.append(np.stack((np.full(columns, count), (ring + 1) % columns, ring), -1))
        shades = np.append(shades, shades[0])
        count += 1
    if end:
        points.append(rings[-1].mean(axis=0, keepdims=True))
        base = (rows - 1) * columns
        faces.append(np.stack((np.full(columns, count), base + ring, base + (ring + 1) % columns), -1))
        shades = np.append(shades, shades[rows * columns - 1])
    all_points = np.concatenate(points)
    return Part(all_points, np.concatenate(faces), shades.astype(np.int64), weights(all_points))


def tube(
    centres: Floats,
    radii: Floats,
    columns: int,
    colour: int | NDArray[np.int64],
    weights: Callable[[Floats], Weights],
    *,
    side: tuple[float, float, float] = (0.0, 0.0, 1.0),
) -> Part:
    """A tube along centres (rows, 3) with radii (rows, 2): along `side` made upright to the path, and across both."""
    along = np.gradient(centres, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    u = np.array(side) - along * (along @ np.array(side))[:, None]
    u /= np.linalg.norm(u, axis=1, keepdims=True)
    v = np.cross(along, u)
    angle = np.arange(columns) * 2.0 * np.pi / columns
    rings = (
        centres[:, None]
        + np.cos(angle)[None, :, None] * (u * radii[:, :1])[:, None]
        + np.sin(angle)[None, :, None] * (v * radii[:, 1:])[:, None]
    )
    return loft(rings, colour, weights)


def join(parts: Sequence[Part]) -> Part:
    """One part out of many; a joint or shape that a part does not know is 0 there."""
    joints = sorted({name for part in parts for name in part.weights})
    shapes = list(dict.fromkeys(name for part in parts for name in part.shapes))
    starts = np.cumsum([0, *(len(part.points) for part in parts)])
    return Part(
        np.concatenate([p.points for p in parts]),
        np.concatenate([p.triangles + at for p, at in zip(parts, starts, strict=False)]),
        np.concatenate([p.colour for p in parts]),
        {n: np.concatenate([np.broadcast_to(p.weights.get(n, 0.0), len(p.points)) for p in parts]) for n in joints},
        {n: np.concatenate([p.shapes.get(n, np.zeros_like(p.points)) for p in parts]) for n in shapes},
    )


def smooth_normals(points: Floats, triangles: NDArray[np.int64]) -> Floats:
    """(n, 3) unit normals, triangles weighted by area; points at one place share theirs."""
    _, place = np.unique(points, axis=0, return_inverse=True)
    place = place.ravel()
    corner = points[triangles]
    face = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    normals = np.zeros_like(points)
    for k in range(3):
        np.add.at(normals, place[triangles[:, k]], face)
    normals = normals[place]
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    return np.where(length > 1e-12, normals / np.maximum(length, 1e-12), np.array([0.0, 0.0, 1.0]))
