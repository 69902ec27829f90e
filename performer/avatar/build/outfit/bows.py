"""Bows, ribbons, frills and small round things: swept and lathed pieces that are sewn onto others."""

from collections.abc import Sequence

import numpy as np

from performer.avatar.build.outfit.sheet import Sheet, Tile, sheet_part
from performer.avatar.build.part import Floats, Part, Weights

__all__ = ["blob", "bow", "frame_of", "lathe", "ribbon", "spread"]


def spread(weights: Weights, rows: int, columns: int) -> Weights:
    """One point's joints (numbers or (1,) arrays) for a whole grid."""
    return {name: np.full((rows, columns), float(np.ravel(share)[0])) for name, share in weights.items()}


def frame_of(direction: Sequence[float] | Floats, up: Sequence[float] | Floats = (0.0, 1.0, 0.0)) -> Floats:
    """(3, 3) rows: aside, up, ahead, with `ahead` along direction."""
    ahead = np.asarray(direction, dtype=np.float64)
    ahead = ahead / np.linalg.norm(ahead)
    aside = np.cross(np.asarray(up, dtype=np.float64), ahead)
    aside /= np.linalg.norm(aside)
    return np.stack([aside, np.cross(ahead, aside), ahead])


def lathe(
    centre: Floats,
    axis: Floats,
    profile: Sequence[tuple[float, float]],
    columns: int,
    tile: Tile,
    weights: Weights,
    *,
    squash: float = 1.0,
    ahead: Sequence[float] = (0.0, 0.0, 1.0),
    mesh: str = "Outfit",
    material: str = "outfit",
) -> list[Part]:
    """A turned piece: (along the axis, radius) pairs in metres; squash flattens it along `ahead`."""
    along = np.asarray(axis, dtype=np.float64) / np.linalg.norm(axis)
    front = np.asarray(ahead, dtype=np.float64)
    front = front - along * (front @ along)
    front /= np.linalg.norm(front)
    aside = np.cross(along, front)
    angle = np.linspace(-np.pi, np.pi, columns + 1)
    ring = np.cos(angle)[:, None] * front * squash + np.sin(angle)[:, None] * aside
    points = np.stack([centre + along * at + ring * radius for at, radius in profile])
    rows = len(profile)
    u = np.broadcast_to((angle + np.pi) / (2 * np.pi), (rows, columns + 1)).copy()
    v = np.broadcast_to(np.linspace(0, 1, rows)[:, None], u.shape).copy()
    return sheet_part(Sheet(points, u, v, spread(weights, rows, columns + 1)), tile, mesh=mesh, material=material)


def blob(
    centre: Sequence[float] | Floats,
    radii: tuple[float, float, float],
    tile: Tile,
    weights: Weights,
    *,
    columns: int = 8,
    facing: Floats | None = None,
) -> list[Part]:
    """An ellipsoid (a knot, a gem, a pompon): radii aside, up, ahead."""
    frame = np.eye(3) if facing is None else facing
    rows = columns // 2 + 1
    polar = np.linspace(0, np.pi, rows)[:, None]
    around = np.linspace(-np.pi, np.pi, columns + 1)[None]
    local = np.stack(
        [np.sin(polar) * np.sin(around), np.cos(polar) + 0 * around, np.sin(polar) * np.cos(around)], axis=-1
    ) * np.array(radii)
    points = np.asarray(centre, dtype=np.float64) + local @ frame
    u = np.broadcast_to((around + np.pi) / (2 * np.pi), points.shape[:2]).copy()
    v = np.broadcast_to(polar / np.pi, points.shape[:2]).copy()
    middle = np.asarray(centre, dtype=np.float64)
    return sheet_part(Sheet(points, u, v, spread(weights, rows, columns + 1)), tile, centre=middle)


def bow(
    centre: Sequence[float] | Floats,
    size: float,
    facing: Floats,
    loop: Tile,
    knot: Tile,
    weights: Weights,
    *,
    rings: int = 5,
    columns: int = 6,
    droop: float = 0.12,
) -> list[Part]:
    """Two loops and a knot. size: length of a loop, metres; facing: frame of `frame_of`.

    The loops are flattened tubes, pinched at the knot, opened towards their ends; the tails are `ribbon`s.
    """
    origin = np.asarray(centre, dtype=np.float64)
    s = np.linspace(0, 1, rings)
    around = np.linspace(-np.pi, np.pi, columns + 1)
    parts: list[Part] = []
    for side in (1.0, -1.0):
        high = 0.11 + 0.36 * np.sin(np.pi * np.clip(s * 0.66, 0, 1)) ** 1.2
        high[-1] *= 0.86
        thick = 0.07 + 0.17 * np.sin(np.pi * s) ** 0.8
        thick[-1] = 0.05
        x = side * (0.04 + s * 0.96)
        sag = 0.10 * np.sin(np.pi * s) - droop * s**2
        grid = np.stack(
            [
                x[:, None] - side * 0.12 * (s**3)[:, None] * np.cos(around)[None] ** 2 * 0.5,
                sag[:, None] + high[:, None] * np.cos(around)[None],
                0.03 - 0.12 * s[:, None] ** 2 + thick[:, None] * np.sin(around)[None],
            ],
            axis=-1,
        )
        # The end of a loop is a fold: close it.
        grid = np.concatenate([grid, grid[-1:].mean(axis=1, keepdims=True).repeat(columns + 1, axis=1)])
        # u runs along the loop, v over it, so that the painted creases start at the knot.
        u = np.broadcast_to(np.append(s, 1.0)[:, None], grid.shape[:2]).copy()
        v = np.broadcast_to(np.abs(around / np.pi)[None], grid.shape[:2]).copy()
        points = origin + size * grid @ facing
        parts += sheet_part(Sheet(points, u, v, spread(weights, *grid.shape[:2])), loop)
    return parts + blob(
        origin + size * np.array([0, 0.0, 0.05]) @ facing,
        (0.14 * size, 0.18 * size, 0.13 * size),
        knot,
        weights,
        facing=facing,
        columns=6,
    )


def ribbon(
    path: Floats,
    aside: Floats,
    width: Floats,
    tile: Tile,
    weights: Weights,
    *,
    thickness: float = 0.003,
    notch: float = 0.35,
    columns: int = 3,
    outline: float = 0.6,
    bowl: float = 0.06,
) -> list[Part]:
    """A flat band along (rows, 3) points: front and back, a swallow's tail at its end.

    Args:
        aside: (rows, 3) or (3,) direction of its width; width: (rows,) metres.
        weights: joint -> (rows,).
        notch: of the end, in shares of the width.
        bowl: by how much its middle stands out, in shares of the width: seen edge-on it is cloth and no line.
    """
    rows = len(path)
    along = np.gradient(path, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    side = np.broadcast_to(np.asarray(aside, dtype=np.float64), path.shape)
    up = np.cross(side, along)
    up /= np.linalg.norm(up, axis=1, keepdims=True)
    across = np.linspace(-0.5, 0.5, columns)
    grid = path[:, None] + side[:, None] * (width[:, None] * across[None])[..., None]
    grid = grid + up[:, None] * (bowl * width[:, None] * np.cos(np.pi * across)[None])[..., None]
    grid[-1] -= along[-1] * (notch * width[-1] * (1 - 2 * np.abs(across)))[:, None]
    u = np.broadcast_to(across[None] + 0.5, grid.shape[:2]).copy()
    v = np.broadcast_to(np.linspace(0, 1, rows)[:, None], grid.shape[:2]).copy()
    shares = {name: np.broadcast_to(value[:, None], grid.shape[:2]).copy() for name, value in weights.items()}
    front = Sheet(grid + up[:, None] * thickness / 2, u, v, shares)
    back = Sheet(grid - up[:, None] * thickness / 2, u, v, shares)
    parts: list[Part] = []
    for sheet, sign in ((front, 1.0), (back, -1.0)):
        parts += sheet_part(
            sheet, tile, centre=sheet.points.mean(axis=(0, 1)) - sign * up.mean(axis=0) * 10, outline=outline
        )
    return parts
