"""Cloth laid on a body: where rays from inside leave its skin, with the skin's own weights there."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from performer.avatar.build.outfit.sheet import Sheet
from performer.avatar.build.part import Floats, Ints, Weights

if TYPE_CHECKING:
    from performer.avatar.build.body import Body

__all__ = ["Hits", "cast", "levels", "limb_sheet", "reach", "taut", "torso_sheet"]


@dataclass(frozen=True, slots=True)
class Hits:
    """points, normals: (n, 3); weights: joint -> (n,); found: (n,) whether the ray met skin at all."""

    points: Floats
    normals: Floats
    weights: Weights
    found: NDArray[np.bool_]


NOMINAL = (
    ("leftFoot", 0.085),
    ("leftLowerLeg", 0.465),
    ("leftUpperLeg", 0.825),
    ("hips", 0.86),
    ("spine", 0.93),
    ("chest", 1.03),
    ("upperChest", 1.13),
    ("neck", 1.285),
    ("head", 1.355),
)
"""Heights of the joints on the figure that the outfits are drawn for, metres."""


def levels(body: "Body") -> Callable[[Floats | float], Floats]:
    """Heights of the drawn figure -> heights of this body, straight between its joints."""
    drawn = np.array([height for _, height in NOMINAL])
    real = np.array([body.joints[name][1] for name, _ in NOMINAL])

    def level(height: Floats | float) -> Floats:
        at = np.asarray(height, dtype=np.float64)
        below, above = at - drawn[0] + real[0], at - drawn[-1] + real[-1]
        return np.where(at < drawn[0], below, np.where(at > drawn[-1], above, np.interp(at, drawn, real)))

    return level


def cast(body: "Body", regions: Collection[str], origins: Floats, directions: Floats) -> Hits:
    """The outermost point where each ray (n, 3) leaves the skin of these regions.

    Weights and normals are the skin's own there, so that cloth moves as the skin below does.
    """
    quads = body.quads[np.isin(body.region, list(regions))]
    triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    directions = directions / np.linalg.norm(directions, axis=1, keepdims=True)
    best, which, share = _crossed(body.points, triangles, origins, directions)
    corner = triangles[which]
    normals = (body.normals[corner] * share[..., None]).sum(axis=1)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    weights = {name: (value[corner] * share).sum(axis=1) for name, value in body.weights.items()}
    missed = best < 0
    if missed.any():
        # Rays through an armhole or above a shoulder: the skin nearest to where they start.
        beside = body.near(origins[missed]).weights
        for name, value in weights.items():
            value[missed] = beside.get(name, 0.0)
    return Hits(
        # A ray that found no skin stays where it starts.
        origins + directions * np.maximum(best, 0.0)[:, None],
        normals,
        {name: value for name, value in weights.items() if value.any()},
        ~missed,
    )


def reach(sheet: Sheet, origins: Floats, directions: Floats) -> Floats:
    """(n,) metres from each origin along a unit direction to the outermost crossing with a sheet, -1 where none."""
    rows, columns, _ = sheet.points.shape
    number = np.arange(rows * columns).reshape(rows, columns)
    a, b, c, d = (number[:-1, :-1], number[1:, :-1], number[1:, 1:], number[:-1, 1:])
    triangles = np.concatenate([np.stack([a, b, c], -1).reshape(-1, 3), np.stack([a, c, d], -1).reshape(-1, 3)])
    return _crossed(sheet.points.reshape(-1, 3), triangles, origins, directions)[0]


def _crossed(points: Floats, triangles: Ints, origins: Floats, directions: Floats) -> tuple[Floats, Ints, Floats]:
    """Distance to the outermost triangle on each ray (-1: none), which it is, and the shares of its corners."""
    best = np.full(len(origins), -1.0)
    which = np.zeros(len(origins), dtype=np.int64)
    share = np.zeros((len(origins), 3))
    a, b, c = (points[triangles[:, k]] for k in range(3))
    one, two = b - a, c - a
    for ray in range(len(origins)):
        p = np.cross(directions[ray], two)
        det = (one * p).sum(axis=1)
        inverse = 1.0 / np.where(np.abs(det) > 1e-14, det, np.inf)
        from_a = origins[ray] - a
        u = (from_a * p).sum(axis=1) * inverse
        q = np.cross(from_a, one)
        v = (q @ directions[ray]) * inverse
        t = (two * q).sum(axis=1) * inverse
        met = (u >= -1e-6) & (v >= -1e-6) & (u + v <= 1 + 1e-6) & (t > 1e-6) & (inverse != 0)
        if met.any():
            k = int(np.argmax(np.where(met, t, -1.0)))
            best[ray], which[ray] = t[k], k
            share[ray] = 1 - u[k] - v[k], u[k], v[k]
    return best, which, share


def taut(radius: Floats, angle: Floats) -> Floats:
    """(columns,) radii of a closed ring as cloth stretched over it has them: no hollow between two hills."""
    place = np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=-1)
    heading = np.stack([np.sin(angle), np.cos(angle)], axis=-1)
    result = radius.copy()
    count = len(radius)
    for i in range(count):
        for j in range(i + 2, i + count // 2):
            # Rays between the columns i and j meet the chord from i to j no nearer than its own distance.
            p, q = place[i % count], place[j % count]
            edge = q - p
            for k in range(i + 1, j):
                d = heading[k % count]
                cross = d[0] * edge[1] - d[1] * edge[0]
                if abs(cross) > 1e-9:
                    reach = (p[0] * edge[1] - p[1] * edge[0]) / cross
                    result[k % count] = max(result[k % count], min(reach, radius[k % count] + 0.05))
    return result


def torso_sheet(
    body: "Body",
    heights: Sequence[float] | Floats,
    columns: int,
    gap: float | Floats,
    *,
    regions: Collection[str] = ("torso", "leftArm", "rightArm", "leftLeg", "rightLeg", "neck"),
    pull: Callable[[Floats, Floats], Floats] | None = None,
    stretched: bool = True,
    start: float = -np.pi,
    end: float = np.pi,
) -> Sheet:
    """A tube round the torso, from the first height to the last, `gap` off the skin.

    Args:
        heights: on the drawn figure, metres, (rows,).
        gap: metres, a number or (rows,).
        pull: (angle, row share) -> metres by which a point lies higher or lower (pointed hems, curved necklines).
        stretched: bridge hollows (between the breasts, along the spine) as taut cloth does.
        start, end: angles, 0 = front, towards her left; the seam is at the back.
    """
    rows = len(heights)
    angle = np.linspace(start, end, columns + 1)
    angles = np.broadcast_to(angle, (rows, columns + 1))
    share = np.broadcast_to(np.linspace(0, 1, rows)[:, None], angles.shape)
    height = np.broadcast_to(np.asarray(heights, dtype=np.float64)[:, None], angles.shape)
    if pull is not None:
        height = height + pull(angles, share)
    y = levels(body)(height)
    # The spine's line: rays start from the middle of the trunk, which lies a little behind z = 0.
    origin = np.stack([np.zeros_like(y), y, np.full_like(y, -0.004)], axis=-1)
    heading = np.stack([np.sin(angles), np.zeros_like(y), np.cos(angles)], axis=-1)
    hits = cast(body, regions, origin.reshape(-1, 3), heading.reshape(-1, 3))
    radius = np.linalg.norm(hits.points - origin.reshape(-1, 3), axis=1).reshape(rows, -1)
    radius = _filled(np.where(hits.found.reshape(rows, -1), radius, np.nan))
    if stretched and end - start > 6.28:
        radius = np.stack([_closed(taut(row[:-1], angle[:-1])) for row in radius])
    radius = radius + np.broadcast_to(np.reshape(gap, (-1, 1)), radius.shape)
    return Sheet(
        origin + heading * radius[..., None],
        np.broadcast_to((angle - start) / (end - start), angles.shape).copy(),
        share.copy(),
        {name: value.reshape(rows, -1) for name, value in hits.weights.items()},
    )


def limb_sheet(
    body: "Body",
    joints: Sequence[str],
    stations: Sequence[float] | Floats,
    columns: int,
    gap: float | Floats,
    regions: Collection[str],
    *,
    front: Sequence[float] = (0.0, 0.0, 1.0),
    slant: Callable[[Floats, Floats], Floats] | None = None,
) -> Sheet:
    """A tube round a limb: rings square to the line through its joints.

    Args:
        joints: names along the limb, two or more.
        stations: (rows,) where along it: 0 at the first joint, 1 at the second, 2 at the third; may reach beyond.
        front: where column 1/2 of the way round looks, so that the seam lies behind.
        slant: (angle, row share) -> stations by which a point is moved along the limb.
    """
    line = np.array([body.joints[name] for name in joints])
    rows = len(stations)
    angle = np.linspace(-np.pi, np.pi, columns + 1)
    angles = np.broadcast_to(angle, (rows, columns + 1))
    share = np.broadcast_to(np.linspace(0, 1, rows)[:, None], angles.shape)
    station = np.broadcast_to(np.asarray(stations, dtype=np.float64)[:, None], angles.shape)
    if slant is not None:
        station = station + slant(angles, share)
    bone = np.clip(np.floor(station).astype(int), 0, len(line) - 2)
    origin = line[bone] + (line[bone + 1] - line[bone]) * (station - bone)[..., None]
    along = line[-1] - line[0]
    along /= np.linalg.norm(along)
    ahead = np.asarray(front, dtype=np.float64) - along * (np.asarray(front) @ along)
    ahead /= np.linalg.norm(ahead)
    aside = np.cross(ahead, along)
    heading = np.cos(angles)[..., None] * ahead + np.sin(angles)[..., None] * aside
    hits = cast(body, regions, origin.reshape(-1, 3), heading.reshape(-1, 3))
    radius = np.linalg.norm(hits.points - origin.reshape(-1, 3), axis=1).reshape(rows, -1)
    radius = _filled(np.where(hits.found.reshape(rows, -1), radius, np.nan))
    radius = radius + np.broadcast_to(np.reshape(gap, (-1, 1)), radius.shape)
    return Sheet(
        origin + heading * radius[..., None],
        np.broadcast_to((angle + np.pi) / (2 * np.pi), angles.shape).copy(),
        share.copy(),
        {name: value.reshape(rows, -1) for name, value in hits.weights.items()},
    )


def _closed(row: Floats) -> Floats:
    return np.concatenate([row, row[:1]])


def _filled(radius: Floats) -> Floats:
    """Rays that met nothing take the mean of their neighbours in the ring, or of the rows beside it."""
    result = radius.copy()
    for row in result:
        bad = np.isnan(row)
        if bad.any() and not bad.all():
            at: Ints = np.flatnonzero(~bad)
            row[bad] = np.interp(np.flatnonzero(bad), at, row[at])
    empty = np.isnan(result).all(axis=1)
    if empty.any():
        have = np.flatnonzero(~empty)
        for row_index in np.flatnonzero(empty):
            result[row_index] = result[have[np.argmin(np.abs(have - row_index))]]
    return result
