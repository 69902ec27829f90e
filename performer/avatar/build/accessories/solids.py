"""Small closed solids that accessories are put together from: tubes, balls, leaves, bows. Head-local metres."""

from dataclasses import dataclass, replace

import numpy as np

from performer.avatar.build.accessories.extra_paint import cell
from performer.avatar.build.hair.strand import sweep
from performer.avatar.build.part import Floats, Ints, Part, Weights

__all__ = ["Solid", "ball", "bow", "leaf", "moved", "part_of", "tube"]

_UP = np.array([0.0, 1.0, 0.0])


@dataclass(frozen=True, slots=True)
class Solid:
    """points, normals (n, 3), triangles (m, 3), uv (n, 2) in the material's texture."""

    points: Floats
    triangles: Ints
    normals: Floats
    uv: Floats


def part_of(solid: Solid, weights: Weights, outline: float = 0.8) -> Part:
    """The solid as a part of the head's mesh."""
    return Part(solid.points, solid.triangles, solid.normals, solid.uv, weights, "Hair", "extra", outline=outline)


def moved(solid: Solid, frame: Floats, at: Floats) -> Solid:
    """Turned and put in place: rows of frame are where x, y and z of the solid go, of right-handed unit length."""
    return replace(solid, points=solid.points @ frame + at, normals=solid.normals @ frame)


def tube(path: Floats, radius: Floats | float, sides: int, paint: str) -> Solid:
    """A wire along (n, 3) points, closed at both ends; its bright side is drawn up."""
    n = len(path)
    along = np.gradient(path, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True) + 1e-12
    first = np.cross(along[0], _UP if abs(along[0, 1]) < 0.9 else np.array([0.0, 0.0, 1.0]))
    ring = np.empty((n, sides, 3))
    way = np.empty((n, sides, 3))
    thick = np.broadcast_to(np.asarray(radius, dtype=float), n)
    angle = 2 * np.pi * np.arange(sides) / sides
    for k in range(n):
        first = first - along[k] * (first @ along[k])
        first /= np.linalg.norm(first) + 1e-12
        second = np.cross(along[k], first)
        way[k] = np.cos(angle)[:, None] * first + np.sin(angle)[:, None] * second
        ring[k] = path[k] + thick[k] * way[k]
    points = np.concatenate([ring.reshape(-1, 3), path[:1], path[-1:]])
    normals = np.concatenate([way.reshape(-1, 3), -along[:1], along[-1:]])
    j = np.arange(sides)
    after = (j + 1) % sides
    rows = [
        np.concatenate(
            [
                np.stack([a + j, a + after, a + sides + after], 1),
                np.stack([a + j, a + sides + after, a + sides + j], 1),
            ]
        )
        for a in range(0, (n - 1) * sides, sides)
    ]
    last = (n - 1) * sides
    rows.append(np.stack([after, j, np.full(sides, n * sides)], 1))
    rows.append(np.stack([last + j, last + after, np.full(sides, n * sides + 1)], 1))
    share = np.concatenate([np.repeat(np.linspace(0, 1, n), sides), [0.0, 1.0]])
    # The texture's rows go from lit to shaded: a wire is painted by which way it looks.
    return Solid(points, _outward(points, np.concatenate(rows)), normals, cell(paint, share, 0.5 - 0.5 * normals[:, 1]))


def ball(centre: Floats, radii: tuple[float, float, float], columns: int, paint: str) -> Solid:
    """An ellipsoid with its pole up."""
    rows = max(columns // 2, 3)
    polar, around = np.meshgrid(
        np.linspace(0, np.pi, rows + 1)[1:-1], 2 * np.pi * np.arange(columns) / columns, indexing="ij"
    )
    unit = np.stack([np.sin(polar) * np.sin(around), np.cos(polar), np.sin(polar) * np.cos(around)], axis=-1)
    unit = np.concatenate([unit.reshape(-1, 3), [[0, 1, 0], [0, -1, 0]]])
    j = np.arange(columns)
    after = (j + 1) % columns
    rows_of = [
        np.concatenate(
            [
                np.stack([a + j, a + columns + j, a + columns + after], 1),
                np.stack([a + j, a + columns + after, a + after], 1),
            ]
        )
        for a in range(0, (rows - 2) * columns, columns)
    ]
    last = (rows - 2) * columns
    top, low = len(unit) - 2, len(unit) - 1
    rows_of += [
        np.stack([np.full(columns, top), j, after], 1),
        np.stack([np.full(columns, low), last + after, last + j], 1),
    ]
    points = np.asarray(centre) + unit * np.array(radii)
    normals = unit / np.array(radii)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    uv = cell(paint, 0.5 + 0.45 * unit[:, 0], 0.5 - 0.48 * unit[:, 1])
    return Solid(points, _outward(points, np.concatenate(rows_of)), normals, uv)


def leaf(
    path: Floats, outward: Floats, half_width: Floats, thickness: Floats, paint: str, level: str, *, bend: float = 0.1
) -> Solid:
    """A closed blade along (n, 3) points: petal, feather, ribbon's end; v runs along it, u across."""
    body = sweep(path, outward, half_width, thickness, level, bend=bend)
    return Solid(body.points, body.triangles, body.normals, cell(paint, body.across, body.s))


def bow(size: float, level: str, *, tails: float = 1.3, paint: str = "bow") -> list[Solid]:
    """A ribbon tied in front of the origin, facing +z: two loops, a knot, two ends of `tails` sizes.

    size: length of a loop, metres.
    """
    rings = 9 if level == "lite" else 15
    made: list[Solid] = []
    t = np.linspace(0.0, 1.0, rings)
    there = 1 - np.abs(2 * t - 1)
    for side in (1.0, -1.0):
        x = side * size * np.sin(there * np.pi / 2) ** 0.9
        z = size * 0.30 * np.cos(np.pi * t) * np.sin(np.pi * np.clip(there, 0, 1)) + size * 0.06 * (0.5 - t)
        y = size * (0.10 * there + 0.06 * np.sin(np.pi * there))
        path = np.stack([x, y, z], axis=-1)
        wide = size * (0.13 + 0.36 * np.sin(there * np.pi / 2) ** 1.3)
        # The band's outer side looks forward on the way out and backward on the way home.
        turn = np.pi * np.clip((t - 0.38) / 0.24, 0, 1)
        face = np.stack([side * np.sin(turn), 0 * t, np.cos(turn)], axis=-1)
        made.append(leaf(path, face, wide, np.full(rings, size * 0.035), paint, level, bend=0.10))
        if tails > 0:
            s = np.linspace(0, 1, 6 if level == "lite" else 10)
            drop = np.stack(
                [
                    side * size * (0.10 + 0.42 * s**0.9 + 0.05 * np.sin(s * 5)),
                    -size * tails * s,
                    size * (0.05 + 0.10 * np.sin(s * 4)),
                ],
                axis=-1,
            )
            front = np.tile([0.15 * side, 0.1, 1.0], (len(s), 1))
            width = size * (0.10 + 0.14 * s) * np.where(s > 0.99, 0.4, 1.0)
            made.append(leaf(drop, front, width, np.full(len(s), size * 0.03), "ribbon", level))
    made.append(ball(np.array([0.0, 0.01 * size, 0.07 * size]), (0.15 * size, 0.19 * size, 0.15 * size), 6, "knot"))
    return made


def _outward(points: Floats, triangles: Ints) -> Ints:
    corner = points[triangles]
    volume = np.einsum(
        "ij,ij->", corner[:, 0] - points.mean(0), np.cross(corner[:, 1] - points.mean(0), corner[:, 2] - points.mean(0))
    )
    return triangles if volume > 0 else triangles[:, ::-1].copy()
