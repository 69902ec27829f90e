"""Eyes and brows as meshes that follow the lids' curves: ball, iris, socket, lashes, crease, brow; head-local metres.

Every function gives the same number of points in the same order for any pose, so that two poses make a shape.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from performer.avatar.build.brow_shape import BrowShape, brow
from performer.avatar.build.eye_paint import IRIS_EDGE, TILES
from performer.avatar.build.eye_shape import EyeShape, Lids, lids
from performer.avatar.build.head import HeadSurface
from performer.avatar.build.part import Floats
from performer.avatar.build.pose import Pose
from performer.avatar.build.ribbon import INK, NEAR, SOFT_ROWS, Piece, across, blur, ring_triangles, row_triangles, soft

__all__ = ["Ball", "brow_pieces", "eye_ball", "eye_pieces"]

_IRIS_DEPTH = 0.0013
"""The iris behind the skin: no less, or it comes through half-shut lids, whose chord lies inside the head."""
_WHITE_DEPTH = 0.0024
_WHITE_GAP = 0.0005
"""The white is at least this far inside the iris' ball, whichever way the eye turns."""
_RADIUS = (0.050, 0.062)
_IRIS_ROUND, _IRIS_RINGS = 20, 3
_WHITE_ROUND, _WHITE_RINGS = 16, 2
_IRIS_FAR = 0.02
"""Share by which the iris grows where a pixel is 5 mm wide: more, and no white is left round it."""
_FAR_LASH, _FAR_LOWER = 0.9, 0.5
"""Share of the lashes' width that is drawn there: as wide as they are, they would be goggles."""
_GLINT = (-0.25, 0.31, 0.33)
"""The one catchlight there: its place right and up of the iris' middle, and its size, in the iris' half width."""
_GLOW = (0.0, -0.31, 0.62, 0.44)
"""The bright lower half there: place, half width and half height."""
_GLINT_ROUND, _GLINT_LIFT = 8, 0.0004
_LASH_FAR = 0.0016
"""How far the upper lash goes up there, metres: its soft edge would shut the eye."""


@dataclass(frozen=True, slots=True)
class Ball:
    """What the iris turns about: the sphere that lies best under the skin there."""

    centre: Floats
    radius: float


def eye_ball(head: HeadSurface, shape: EyeShape, side: int) -> Ball:
    """The sphere that lies best under the eye on a side, everywhere `_IRIS_DEPTH` or more below the skin."""
    angle = np.linspace(0.0, 2.0 * np.pi, 24, endpoint=False)
    reach = np.array([0.25, 0.5, 0.75, 1.0])[:, None]
    half = 0.5 * (shape.upper + shape.lower)
    x = shape.x + (shape.wide * reach * np.cos(angle)).ravel()
    y = shape.y + shape.upper - half + (half * 1.1 * reach * np.sin(angle)).ravel()
    skin = head.lifted(x, y, nose=0.0)
    system = np.concatenate((2.0 * skin, np.ones((len(skin), 1))), axis=1)
    solution = np.linalg.lstsq(system, (skin**2).sum(axis=1), rcond=None)[0]
    centre = solution[:3]
    radius = float(np.sqrt(solution[3] + centre @ centre))
    # Within what eyes can turn on: along the same direction, nearer or farther.
    middle = skin.mean(axis=0)
    outwards = (middle - centre) / np.linalg.norm(middle - centre)
    centre = middle - outwards * float(np.clip(radius, *_RADIUS))
    radius = float(np.linalg.norm(skin - centre, axis=1).min()) - _IRIS_DEPTH
    return Ball(centre * np.array([side, 1.0, 1.0]), radius)


def eye_pieces(head: HeadSurface, shape: EyeShape, ball: Ball, pose: Pose, side: int) -> list[Piece]:
    """All of one eye but its brow."""
    pair, rest = lids(shape, pose, side), lids(shape, Pose(), side)
    return [
        # What fades out at its edge comes after what is behind it.
        _white(head, shape, ball, side),
        _socket(head, shape, ball, pair, side),
        _iris(shape, ball, pose, side),
        *_far_lights(shape, ball, pose, side),
        _crease(head, shape, pair, rest, pose, side),
        _lower_lash(head, pair, pose, side),
        *_upper_lash(head, shape, pair, pose, side),
    ]


def _white(head: HeadSurface, shape: EyeShape, ball: Ball, side: int) -> Piece:
    """A shell under the opening and some way round it."""
    angle = np.linspace(0.0, 2.0 * np.pi, _WHITE_ROUND, endpoint=False)
    reach = np.linspace(1.0, 0.34, _WHITE_RINGS)[:, None]
    wide, high = shape.wide * 1.10, (shape.upper + shape.lower) * 0.5 * 1.26
    middle = shape.y + (shape.upper - shape.lower) * 0.5
    dx = np.append((wide * reach * np.cos(angle)).ravel(), 0.0)
    dy = np.append((high * reach * np.sin(angle)).ravel(), 0.0)
    points = _behind(ball, head.lifted(side * (shape.x + dx), middle + dy, -_WHITE_DEPTH, nose=0.0))
    uv = TILES["white"].uv(0.5 + 0.5 * dx / wide, 0.5 - 0.5 * dy / high)
    return Piece(points, ring_triangles(_WHITE_RINGS, _WHITE_ROUND, flip=side < 0, tip=True), uv)


def _behind(ball: Ball, points: Floats) -> Floats:
    """Points that would stand before the iris' ball, put behind it where they are in the front view."""
    radius = ball.radius - _WHITE_GAP
    off = radius**2 - (points[:, 0] - ball.centre[0]) ** 2 - (points[:, 1] - ball.centre[1]) ** 2
    deep = ball.centre[2] + np.sqrt(np.maximum(off, 1e-8))
    return np.stack((points[:, 0], points[:, 1], np.minimum(points[:, 2], deep)), axis=-1)


def _iris(shape: EyeShape, ball: Ball, pose: Pose, side: int) -> Piece:
    """A patch of the ball, an ellipse from the front; both eyes show the texture the same way round."""
    angle = np.linspace(0.0, 2.0 * np.pi, _IRIS_ROUND, endpoint=False)
    far = pose.of("far")
    fade = 0.5 * blur(far) / shape.iris_wide
    reach = np.array([1.0 + fade, 1.0 - fade, 0.34])[:, None]
    dx = np.append((reach * np.cos(angle)).ravel(), 0.0)
    dy = np.append((reach * np.sin(angle)).ravel(), 0.0)
    shrunk = (1.0 - pose.of("iris")) * (1.0 + _IRIS_FAR * far)
    x = side * shape.x + dx * shape.iris_wide * shrunk
    y = shape.y + shape.iris_up - 0.0020 * pose.of("iris") / 0.22 + dy * shape.iris_high * shrunk
    off = ball.radius**2 - (x - ball.centre[0]) ** 2 - (y - ball.centre[1]) ** 2
    points = np.stack((x, y, ball.centre[2] + np.sqrt(np.maximum(off, 1e-8))), axis=-1)
    drawn = np.append(np.repeat([1.0, IRIS_EDGE, 0.34 * IRIS_EDGE], _IRIS_ROUND), 0.0)
    turn = np.append(np.tile(angle, _IRIS_RINGS), 0.0)
    uv = TILES["iris"].uv(0.5 + 0.5 * drawn * np.cos(turn), 0.5 - 0.5 * drawn * np.sin(turn))
    return Piece(points, ring_triangles(_IRIS_RINGS, _IRIS_ROUND, tip=True), uv, "leftEye" if side > 0 else "rightEye")


def _far_lights(shape: EyeShape, ball: Ball, pose: Pose, side: int) -> list[Piece]:
    """What lightens the iris from afar, where its own drawing is dark mud: its bright half and one highlight, each
    larger. In a close-up they are points in the pupil, which nobody sees."""
    angle = np.linspace(0.0, 2.0 * np.pi, _GLINT_ROUND, endpoint=False)
    ring = np.vstack((np.stack((np.cos(angle), np.sin(angle)), axis=-1), np.zeros((1, 2))))
    grown, shrunk = pose.of("far"), 1.0 - pose.of("iris")
    middle_up = shape.y + shape.iris_up - 0.0020 * pose.of("iris") / 0.22
    pieces: list[Piece] = []
    # Painted there: place, half width and half height on the iris; see `eye_paint`.
    for lift, at, size, painted, wide in (
        (1.0, _GLOW[:2], np.array(_GLOW[2:]), (0.0, -0.46), np.array([0.30, 0.10])),
        (2.0, _GLINT[:2], np.array([_GLINT[2]] * 2), (-0.30, 0.34), np.array([0.27, 0.32])),
    ):
        spots = (np.array(at) + ring * size) * (grown * shrunk)
        x = side * shape.x + spots[:, 0] * shape.iris_wide
        y = middle_up + spots[:, 1] * shape.iris_high
        off = ball.radius**2 - (x - ball.centre[0]) ** 2 - (y - ball.centre[1]) ** 2
        z = ball.centre[2] + np.sqrt(np.maximum(off, 1e-8)) + _GLINT_LIFT * lift
        drawn = (np.array(painted) + ring * wide) * IRIS_EDGE
        uv = TILES["iris"].uv(0.5 + 0.5 * drawn[:, 0], 0.5 - 0.5 * drawn[:, 1])
        joint = "leftEye" if side > 0 else "rightEye"
        pieces.append(Piece(np.stack((x, y, z), axis=-1), ring_triangles(1, _GLINT_ROUND, tip=True), uv, joint))
    return pieces


def _socket(head: HeadSurface, shape: EyeShape, ball: Ball, pair: Lids, side: int) -> Piece:
    """The wall from the lids to behind the white, so that nobody looks past it into the head."""
    ring = np.concatenate((pair.upper, pair.lower[-2:0:-1]))
    middle = np.array([side * shape.x, shape.y])
    outer = head.lifted(ring[:, 0], ring[:, 1], 0.00005, nose=0.0)
    wider = middle + (ring - middle) * 1.02
    inner = head.lifted(wider[:, 0], wider[:, 1], -_WHITE_DEPTH, nose=0.0)
    inner = _behind(ball, inner) - np.array([0.0, 0.0, 0.0006])
    count = len(ring)
    along = np.linspace(0.0, 1.0, count)
    uv = TILES["socket"].uv(np.tile(along, 2), np.repeat([0.1, 0.9], count))
    return Piece(np.concatenate((outer, inner)), ring_triangles(2, count, flip=side > 0), uv)


def _upper_lash(head: HeadSurface, shape: EyeShape, pair: Lids, pose: Pose, side: int) -> list[Piece]:
    """A tapered band on the lid's edge that runs out into a wing, and three single lashes."""
    line = pair.upper
    turn = np.array([side, 1.0])
    shut, arc = float(np.clip(pose.of("close", side), 0.0, 1.0)), pose.of("arc", side)
    rise = shape.rise * (1.0 - 0.55 * shut) - 0.25 * shut * (1.0 - arc) - 0.60 * shut * arc
    inner = line[0] + turn * np.array([-0.0014, -0.0010]) * (1.0 - 0.8 * shut)
    path = np.concatenate((inner[None], line))
    normal = across(path) * side
    # Towards the corner the lid falls steeply; the band keeps to the outside and above.
    share = np.linspace(0.0, 1.0, len(path))
    lean = np.clip((share - 0.70) / 0.30, 0.0, 1.0)[:, None] * (0.75 - 0.25 * shut)
    outside = turn * np.array([np.cos(rise + 1.05), np.sin(rise + 1.05)])
    normal = (1.0 - lean) * normal + lean * outside
    normal[1:-1] = 0.25 * normal[:-2] + 0.5 * normal[1:-1] + 0.25 * normal[2:]
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    band = np.interp(
        share, [0.0, 0.06, 0.14, 0.32, 0.54, 0.76, 0.90, 1.0], [0.02, 0.07, 0.14, 0.40, 0.72, 1.0, 1.0, 0.86]
    )
    far = pose.of("far")
    thick = shape.lash * band * (1.0 - 0.25 * shut) * (1.0 - (1.0 - _FAR_LASH) * far)
    # Under the lid's edge the root hides the slit to the socket.
    root = path + normal * (_LASH_FAR * far - 0.00055 * np.clip(share / 0.15, 0.1, 1.0))[:, None]
    edge = path + normal * (thick + _LASH_FAR * far)[:, None]
    tip = 0.5 * (line[-1] + edge[-1]) + shape.wing * turn * np.array([np.cos(rise), np.sin(rise)])
    t = np.linspace(0.0, 1.0, 6)[1:, None]
    below = line[-1] + 0.50 * shape.wing * turn * np.array([np.cos(rise - 0.30), np.sin(rise - 0.30)])
    above = edge[-1] + 0.42 * shape.wing * turn * np.array([np.cos(rise - 0.22), np.sin(rise - 0.22)])
    root = np.concatenate((root, _bent(root[-1], below, tip, t)))
    edge = np.concatenate((edge, _bent(edge[-1], above, tip, t)))
    out = np.concatenate((0.1 + 0.9 * share, 1.0 - 0.5 * t[:, 0]))
    lifts = (0.00035 * np.ones(len(out)), 0.0004 + 0.0003 * out, 0.0004 + 0.0011 * out, 0.0004 + 0.0012 * out)
    band_piece = _drawn(head, "lash", root, edge, lifts, far, side)
    singles = [_single(head, shape, path, normal, thick, shut, far, side, *row) for row in _SINGLES]
    return [*singles, band_piece]


def _drawn(
    head: HeadSurface, tile: str, low: Floats, high: Floats, lift: Sequence[Floats | float], far: float, side: int
) -> Piece:
    """A line between two edges that fades out on both sides, lifted off the skin row by row."""
    rows, down = soft(low, high, blur(far))
    along = np.linspace(0.0, 1.0, len(low))
    points = np.concatenate([_over(head, row, up) for row, up in zip(rows, lift, strict=True)])
    uv = np.concatenate([TILES[tile].uv(along, np.full(len(along), v)) for v in down])
    return Piece(points, row_triangles(SOFT_ROWS, len(low), flip=side < 0), uv)


def _over(head: HeadSurface, spots: Floats, lift: Floats | float) -> Floats:
    """(n, 3) places of the front view, (n, 2), lifted off the skin."""
    return head.lifted(spots[:, 0], spots[:, 1], lift, nose=0.0)


def _bent(start: Floats, middle: Floats, end: Floats, t: Floats) -> Floats:
    """(n, 2) a quadratic curve at t, (n, 1)."""
    return (1.0 - t) ** 2 * start + 2.0 * t * (1.0 - t) * middle + t * t * end


# Place along the lid (0..1), length against `spikes`, direction from straight out to the side (radians).
_SINGLES = ((0.72, 0.62, 0.86), (0.87, 0.90, 0.66))


def _single(
    head: HeadSurface, shape: EyeShape, path: Floats, normal: Floats, thick: Floats, shut: float, far: float,
    side: int, place: float, length: float, angle: float,
) -> Piece:  # fmt: skip
    """One bent lash, five points; it hangs when the lid is shut, and is drawn in where it would be a speck."""
    at = round(place * (len(path) - 1))
    angle = angle * (1.0 - shut) - (0.25 + 0.5 * angle) * shut
    way = np.array([side * np.cos(angle), np.sin(angle)])
    beside = np.array([-way[1], way[0]])
    start = path[at] + normal[at] * thick[at] * (0.45 * (1.0 - shut) + 0.2 * shut)
    long = (shape.spikes * length + thick[at] * 0.5) * float(shape.spikes > 0.0)
    bend = np.array([0.0, 0.16 * long * (1.0 - 2.0 * shut)])
    wide = 0.00115 * float(shape.spikes > 0.0) * (1.0 - far)
    long = long * (1.0 - far)
    spots = np.array(
        [
            start + beside * wide,
            start - beside * wide,
            start + way * long * 0.55 + beside * wide * 0.62 + bend * 0.3,
            start + way * long * 0.55 - beside * wide * 0.62 + bend * 0.3,
            start + way * long + bend,
        ]
    )
    lift = np.array([0.0013, 0.0013, 0.0019, 0.0019, 0.0022])
    triangles = np.array([[0, 1, 3], [0, 3, 2], [2, 3, 4]])
    # Seen from in front whichever way the lash turns: both sides are drawn.
    both = np.concatenate((triangles, triangles[:, ::-1]))
    uv = TILES["lash"].uv(np.full(5, 0.8), np.array([0.60, 0.60, 0.64, 0.64, INK[1]]))
    return Piece(head.lifted(spots[:, 0], spots[:, 1], lift, nose=0.0), both, uv)


def _lower_lash(head: HeadSurface, pair: Lids, pose: Pose, side: int) -> Piece:
    """A fine line under the outer two thirds of the eye, strongest near the corner; it hides the hole's edge."""
    line = pair.lower[3:]
    t = np.linspace(0.0, 1.0, len(line))
    normal = across(line) * side
    widest = 0.00105 * (1.0 - (1.0 - _FAR_LOWER) * pose.of("far"))
    thick = widest * np.interp(t, [0.0, 0.25, 0.45, 0.8, 1.0], [0.05, 0.10, 0.40, 1.0, 0.75])
    top, bottom = line + normal * 0.00025, line - normal * thick[:, None]
    return _drawn(head, "lower_lash", bottom, top, (0.0004,) * SOFT_ROWS, 0.3 * pose.of("far"), side)


def _crease(head: HeadSurface, shape: EyeShape, pair: Lids, rest: Lids, pose: Pose, side: int) -> Piece:
    """The fold over the lid; it stays behind when the lid goes down. From afar there is none: lash and brow need the
    room."""
    cut = slice(3, -1)
    line, still = pair.upper[cut], rest.upper[cut]
    t = np.linspace(0.0, 1.0, len(line))
    normal = across(still) * side
    base = still + 0.30 * (line - still) + normal * (shape.crease + 0.0006 * t)[:, None]
    thick = 0.00080 * np.sin(np.pi * np.clip(0.05 + 0.92 * t, 0.0, 1.0)) ** 0.8 * (1.0 if shape.crease else 0.0)
    seen = 1.0 - pose.of("far")
    low, high = base - normal * (seen * thick)[:, None], base + normal * (seen * thick)[:, None]
    rows, down = soft(low, high, seen * NEAR)
    uv = np.concatenate([TILES["crease"].uv(t, np.full(len(t), v)) for v in down])
    points = np.concatenate([_over(head, row, 0.0005) for row in rows])
    return Piece(points, row_triangles(SOFT_ROWS, len(line), flip=side < 0), uv)


def brow_pieces(head: HeadSurface, shape: BrowShape, pose: Pose, side: int) -> list[Piece]:
    """One brow."""
    lower, upper = brow(shape, pose, side)
    return [_drawn(head, "brow", lower, upper, (0.0010,) * SOFT_ROWS, 0.8 * pose.of("far"), side)]
