"""Jackets, hoodies, trousers: cut along the body's own rows, loosened, and painted as seen from in front and behind."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from performer.avatar.build.outfit.kit import Kit
from performer.avatar.build.outfit.sheet import Sheet
from performer.avatar.build.outfit.wrap import cast
from performer.avatar.build.part import Floats, Ints, Part, corner_normals

__all__ = ["Chart", "cut", "hood", "laid_band", "neck_ring", "relaxed"]


@dataclass(frozen=True, slots=True)
class Chart:
    """A rectangle of the drawn figure that a tile shows, metres.

    x: left and right edge as seen in the tile. y: lower and upper. mirrored: both sides share it, by |x|.
    """

    x: tuple[float, float]
    y: tuple[float, float]
    mirrored: bool = False

    def place(self, points: Floats) -> tuple[Floats, Floats]:
        """(u, v) of points, metres."""
        x = np.abs(points[:, 0]) if self.mirrored else points[:, 0]
        u = (x - self.x[0]) / (self.x[1] - self.x[0])
        return u, (self.y[1] - points[:, 1]) / (self.y[1] - self.y[0])


def cut(
    kit: Kit,
    select: Callable[[str, int], bool],
    gap: Callable[[Floats], Floats],
    charts: Mapping[str, Chart],
    which: Callable[[Floats, Floats], Sequence[str]],
    *,
    loose: int = 2,
    least: float = 0.004,
    thickness: float = 0.002,
    outline: float = 1.0,
) -> None:
    """Sew a garment along the body's rows.

    Args:
        gap: (n, 3) points of skin -> (n,) metres off it.
        which: (middles (m, 3), normals (m, 3)) of triangles -> the chart of each.
        loose: how often cloth is smoothed between its neighbours.
        least: metres off the skin that remain after smoothing.
    """
    body = kit.body
    shell = body.shell(select, gap(body.points), thickness, coarse=not kit.full)
    inner = ~shell.rim
    points = relaxed(shell.points, shell.triangles, shell.rim, loose * (2 if kit.full else 1))
    points[inner] = body.pushed_out(points[inner], least)
    normals = corner_normals(points, shell.triangles)
    middle = points[shell.triangles].mean(axis=1)
    a, b, c = (points[shell.triangles[:, k]] for k in range(3))
    facing = np.cross(b - a, c - a)
    facing /= np.maximum(np.linalg.norm(facing, axis=1, keepdims=True), 1e-12)
    # The folded border belongs to the paint of the cloth beside it: it is judged by its outer points alone.
    names = np.array(which(middle, facing))
    for name in dict.fromkeys(names.tolist()):
        triangles = shell.triangles[names == name]
        used, index = np.unique(triangles, return_inverse=True)
        u, v = charts[name].place(points[used])
        kit.put(
            [
                Part(
                    points[used],
                    index.reshape(triangles.shape),
                    normals[used],
                    kit.tile(name).place(u, v),
                    {joint: share[used] for joint, share in shell.weights.items()},
                    "Outfit",
                    "outfit",
                    outline=outline,
                )
            ]
        )
    kit.covered |= shell.covered


def relaxed(points: Floats, triangles: Ints, fixed: np.ndarray, times: int) -> Floats:
    """Points drawn towards the mean of their neighbours, half of the way each time; borders stay."""
    edges = np.unique(np.sort(np.concatenate([triangles[:, [k, (k + 1) % 3]] for k in range(3)]), axis=1), axis=0)
    beside_rim = np.zeros(len(points), dtype=np.bool_)
    touching = fixed[edges].any(axis=1)
    beside_rim[edges[touching].ravel()] = True
    still = fixed | beside_rim
    count = np.zeros(len(points))
    for k in range(2):
        np.add.at(count, edges[:, k], 1.0)
    moved = points.copy()
    for _ in range(times):
        total = np.zeros_like(moved)
        np.add.at(total, edges[:, 0], moved[edges[:, 1]])
        np.add.at(total, edges[:, 1], moved[edges[:, 0]])
        mean = total / np.maximum(count, 1)[:, None]
        moved = np.where(still[:, None], moved, 0.5 * moved + 0.5 * mean)
    return moved


def laid_band(
    kit: Kit,
    path: Sequence[tuple[float, float]],
    width: Sequence[float] | float,
    gap: float | Sequence[float],
    *,
    rows: int = 8,
    columns: int = 2,
    behind: bool = False,
) -> Sheet:
    """A band laid on the trunk: a collar, a lapel, a tie.

    Args:
        path: (x, height on the drawn figure) of its middle, from its start to its end, metres, seen from in front.
        width: metres, one or one per point of the path. gap: metres off the skin, likewise.
        behind: on the back.
    """
    knots = np.array([(x, kit.height(y)) for x, y in path])
    along = np.linspace(0, 1, len(knots))
    s = np.linspace(0, 1, rows)
    line = np.stack([np.interp(s, along, knots[:, k]) for k in range(2)], axis=1)
    wide = np.interp(s, along, np.broadcast_to(width, len(knots)))
    off = np.interp(s, along, np.broadcast_to(gap, len(knots)))
    way = np.gradient(line, axis=0)
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    aside = np.stack([way[:, 1], -way[:, 0]], axis=1)
    across = np.linspace(-0.5, 0.5, columns)
    place = line[:, None] + aside[:, None] * (wide[:, None] * across[None])[..., None]
    sign = -1.0 if behind else 1.0
    origin = np.stack([place[..., 0], place[..., 1], np.zeros(place.shape[:2])], axis=-1)
    heading = np.broadcast_to(np.array([0, 0, sign]), origin.shape)
    hits = cast(kit.body, ("torso", "neck", "leftArm", "rightArm"), origin.reshape(-1, 3), heading.reshape(-1, 3))
    depth = np.where(hits.found, hits.points[:, 2], 0.02 * sign).reshape(rows, columns)
    points = origin.copy()
    points[..., 2] = depth + sign * off[:, None]
    u = np.broadcast_to(across[None] + 0.5, (rows, columns)).copy()
    v = np.broadcast_to(s[:, None], (rows, columns)).copy()
    return Sheet(points, u, v, {name: share.reshape(rows, columns) for name, share in hits.weights.items()})


def neck_ring(
    kit: Kit,
    height: float,
    profile: Sequence[tuple[float, float]],
    columns: int,
    *,
    start: float = -np.pi,
    end: float = np.pi,
    points: float = 0.0,
) -> Sheet:
    """A collar turned round the neck.

    Args:
        height: on the drawn figure, of the neck's ring that it follows.
        profile: (metres above that ring, metres off it), from its inner edge to its outer one.
        start, end: angles, 0 = front. points: metres by which the outer edge hangs lower beside the middle.
    """
    angle = np.linspace(start, end, columns + 1)
    neck = kit.body.joints["neck"]
    y = kit.height(height)
    origin = np.broadcast_to(np.array([0.0, y, neck[2] + 0.004]), (columns + 1, 3))
    heading = np.stack([np.sin(angle), np.zeros(columns + 1), np.cos(angle)], axis=-1)
    hits = cast(kit.body, ("neck",), origin, heading)
    reach = np.where(hits.found, np.linalg.norm(hits.points - origin, axis=1), 0.034)
    rows = len(profile)
    share = np.linspace(0, 1, rows)
    grid = np.stack([origin + heading * (reach + off)[:, None] + np.array([0, up, 0]) for up, off in profile])
    turned = np.abs((angle + np.pi) % (2 * np.pi) - np.pi)
    # Necks lean forward: the ring falls a little to the front, and the points hang from it.
    grid[..., 1] -= 0.006 * np.cos(angle)
    grid[..., 1] -= (share**2)[:, None] * points * np.exp(-(((turned - 0.50) / 0.30) ** 2))[None]
    u = np.broadcast_to((angle - start) / (end - start), (rows, columns + 1)).copy()
    v = np.broadcast_to(share[:, None], u.shape).copy()
    upper = np.broadcast_to((0.35 + 0.35 * share)[:, None], u.shape).copy()
    return Sheet(grid, u, v, {"upperChest": upper, "neck": 1 - upper})


def hood(kit: Kit, radius: float = 0.040, *, rows: int = 13, columns: int = 8) -> Sheet:
    """A hood that lies on the back: a roll round the neck from collarbone to collarbone, thick and low behind."""
    neck = kit.body.joints["neck"]
    angle = np.linspace(-np.pi * 0.93, np.pi * 0.93, rows)
    behind = 0.5 + 0.5 * np.cos(angle)
    middle = np.stack(
        [
            neck[0] + (0.066 + 0.012 * behind) * np.sin(angle),
            neck[1] - 0.002 - 0.030 * (1 - behind) ** 1.5 - 0.022 * behind**3,
            neck[2] + 0.012 - (0.066 + 0.024 * behind) * np.cos(angle) + 0.016 * (1 - behind),
        ],
        axis=-1,
    )
    thick = radius * (0.26 + 0.74 * behind**0.9)
    out = np.stack([np.sin(angle), np.zeros(rows), -np.cos(angle)], axis=-1)
    around = np.linspace(0, 2 * np.pi, columns + 1)
    # The section is a drop that hangs down behind: the hood's own bag.
    bag = 1 + 0.75 * (behind**2)[:, None] * np.clip(-np.sin(around), 0, 1)[None] ** 2
    ring = np.cos(around)[None, :, None] * out[:, None] + (np.sin(around)[None] * bag)[..., None] * np.array(
        [0, 1.1, 0]
    )
    points = middle[:, None] + ring * thick[:, None, None]
    points[[0, -1]] = points[[0, -1]] * 0.25 + points[[0, -1]].mean(axis=1, keepdims=True) * 0.75
    points = kit.body.pushed_out(points.reshape(-1, 3), 0.004).reshape(points.shape)
    # It rides on the chest and leans a little with the neck; shoulders must not tear it.
    upper = np.full(points.shape[:2], 0.85)
    u = np.broadcast_to(np.linspace(0, 1, rows)[:, None], points.shape[:2]).copy()
    v = np.broadcast_to((around / (2 * np.pi))[None], points.shape[:2]).copy()
    return Sheet(points, u, v, {"upperChest": upper, "neck": 1 - upper})
