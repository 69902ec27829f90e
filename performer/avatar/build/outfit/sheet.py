"""A piece of cloth as a grid of points: triangles facing out, rims folded in, linings. No bodies and no paint here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from performer.avatar.build.part import Floats, Ints, Part, Weights, corner_normals, mirrored

__all__ = ["Sheet", "Tile", "chosen", "disc", "mirrored_sheet", "sheet_part", "with_rim"]


@dataclass(frozen=True, slots=True)
class Tile:
    """A rectangle of the texture, in shares of it; (left, top) is where u = v = 0 of a sheet lies."""

    left: float
    top: float
    width: float
    height: float

    def place(self, u: Floats, v: Floats) -> Floats:
        """(n, 2) places of (u, v) in [0, 1], half a per mille inside the rectangle."""
        return np.stack(
            [
                self.left + self.width * np.clip(u, 0.004, 0.996),
                self.top + self.height * np.clip(v, 0.004, 0.996),
            ],
            axis=-1,
        )


@dataclass(frozen=True, slots=True)
class Sheet:
    """A grid: rows run along the piece (waist to hem, shoulder to wrist), columns across or round it.

    points: (rows, columns, 3) metres. A tube repeats its first column at its end.
    u, v: (rows, columns) places in the piece's tile. [0, 1]
    weights: joint -> (rows, columns).
    """

    points: Floats
    u: Floats
    v: Floats
    weights: Weights

    def __post_init__(self) -> None:
        rows, columns, _ = self.points.shape
        assert self.u.shape == self.v.shape == (rows, columns)
        assert all(share.shape == (rows, columns) for share in self.weights.values())


def sheet_part(
    sheet: Sheet,
    tile: Tile,
    *,
    lining: Tile | None = None,
    inset: float = 0.002,
    outline: float | Floats = 1.0,
    mesh: str = "Outfit",
    material: str = "outfit",
    centre: Floats | None = None,
) -> list[Part]:
    """The sheet as a piece, facing away from its rings' centres, or from `centre`; with `lining` one more, facing in.

    Args:
        inset: how far inside the lining lies, metres.
        outline: share of the outline's width, a number or (rows, columns).
    """
    rows, columns, _ = sheet.points.shape
    points = sheet.points.reshape(-1, 3)
    triangles = _grid(rows, columns)
    triangles = triangles[_areas(points, triangles) > 1e-10]
    normals = corner_normals(points, triangles)
    middle = sheet.points.mean(axis=1, keepdims=True) if centre is None else np.broadcast_to(centre, (rows, 1, 3))
    if (normals * (points - np.broadcast_to(middle, sheet.points.shape).reshape(-1, 3))).sum() < 0:
        triangles = triangles[:, ::-1].copy()
        normals = -normals
    weights = {name: share.reshape(-1) for name, share in sheet.weights.items()}
    flat_outline = outline if isinstance(outline, int | float) else outline.reshape(-1)
    place = tile.place(sheet.u.reshape(-1), sheet.v.reshape(-1))
    parts = [Part(points, triangles, normals, place, weights, mesh, material, outline=flat_outline)]
    if lining is not None:
        parts.append(
            replace(
                parts[0],
                points=points - normals * inset,
                triangles=triangles[:, ::-1].copy(),
                normals=-normals,
                uv=lining.place(sheet.u.reshape(-1), sheet.v.reshape(-1)),
                outline=0.0,
            )
        )
    return parts


def with_rim(sheet: Sheet, depth: float, *, start: bool = False, end: bool = True) -> Sheet:
    """The sheet with its first or last row folded inwards by `depth` metres: cloth that has a thickness.

    The folded row lies on the ring's centre side and keeps the border's place in the texture.
    """
    for side in (["start"] if start else []) + (["end"] if end else []):
        at = 0 if side == "start" else -1
        ring = sheet.points[at]
        inward = ring.mean(axis=0) - ring
        inward /= np.maximum(np.linalg.norm(inward, axis=1, keepdims=True), 1e-9)
        beside = sheet.points[1 if side == "start" else -2] - ring
        beside /= np.maximum(np.linalg.norm(beside, axis=1, keepdims=True), 1e-9)
        folded = ring + inward * depth + beside * (0.25 * depth)

        def stacked(grid: Floats, row: Floats, first: bool = side == "start") -> Floats:
            return np.concatenate([row[None], grid] if first else [grid, row[None]])

        sheet = Sheet(
            stacked(sheet.points, folded),
            stacked(sheet.u, sheet.u[at]),
            stacked(sheet.v, sheet.v[at]),
            {name: stacked(share, share[at]) for name, share in sheet.weights.items()},
        )
    return sheet


def chosen(sheet: Sheet, columns: Sequence[int] | Ints) -> Sheet:
    """Some columns of a sheet, in this order."""
    at = np.asarray(columns)
    return Sheet(
        sheet.points[:, at],
        sheet.u[:, at],
        sheet.v[:, at],
        {name: share[:, at] for name, share in sheet.weights.items()},
    )


def disc(ring: Floats, weights: Weights, normal: Floats, at: tuple[float, float], tile: Tile, **kind: str) -> Part:
    """A fan that closes a ring of (n, 3) points, facing along `normal`, of one place in its tile."""
    count = len(ring)
    points = np.concatenate([ring, ring.mean(axis=0)[None]])
    around = np.arange(count)
    triangles = np.stack([around, (around + 1) % count, np.full(count, count)], axis=1)
    triangles = triangles[_areas(points, triangles) > 1e-10]
    if (corner_normals(points, triangles)[-1] * normal).sum() < 0:
        triangles = triangles[:, ::-1].copy()
    u, v = np.full(count + 1, at[0]), np.full(count + 1, at[1])
    return Part(
        points,
        triangles,
        np.broadcast_to(normal / np.linalg.norm(normal), points.shape).copy(),
        tile.place(u, v),
        {name: np.concatenate([share, [share.mean()]]) for name, share in weights.items()},
        kind.get("mesh", "Outfit"),
        kind.get("material", "outfit"),
    )


def mirrored_sheet(parts: Sequence[Part]) -> list[Part]:
    """The same pieces on her other side, with the same paint."""
    return [mirrored(part) for part in parts]


def _grid(rows: int, columns: int) -> Ints:
    row, column = np.meshgrid(np.arange(rows - 1), np.arange(columns - 1), indexing="ij")
    corner = (row * columns + column).ravel()
    below, right, across = corner + columns, corner + 1, corner + columns + 1
    return np.concatenate([np.stack([corner, below, across], axis=1), np.stack([corner, across, right], axis=1)])


def _areas(points: Floats, triangles: Ints) -> Floats:
    corner = points[triangles]
    return np.linalg.norm(np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]), axis=1)
