"""The mannequin's eyes, brows and mouth as curves of a few numbers; every expression is the same curves again.

So the parts of the face stay together whatever they show. Each piece is a thin disc on the head's surface.
"""

from dataclasses import dataclass, replace

import numpy as np

from performer.avatar.head import surface
from performer.avatar.palette import BLUSH, BROW, EYE_WHITE, HIGHLIGHT, IRIS, IRIS_DARK, LASH, MOUTH, TONGUE
from performer.avatar.shapes import Floats, Part, join

__all__ = ["EXPRESSION_FACES", "Face", "face_part"]

_EYE_X, _EYE_Y = 0.0380, 1.4430
_WIDE, _HIGH = 0.0210, 0.0220
_MOUTH_Y = 1.3880


@dataclass(frozen=True, slots=True)
class Face:
    """lid: 0 closed, 1 open. joy: closed lids bow up. brow: metres up. tilt: radians, + inner end up. mouth width and
    opening in metres; bow: corners up (+), metres. gaze: metres of the irises to the model's left and up."""

    lid_left: float = 1.0
    lid_right: float = 1.0
    joy: float = 0.0
    brow_left: float = 0.0
    brow_right: float = 0.0
    tilt_left: float = 0.0
    tilt_right: float = 0.0
    width: float = 0.0140
    open: float = 0.0
    bow: float = 0.0016
    gaze_x: float = 0.0
    gaze_y: float = 0.0
    shift: float = 0.0


_REST = Face()
_R = _REST
EXPRESSION_FACES: dict[str, Face] = {
    "happy": Face(lid_left=0.86, lid_right=0.86, joy=0.2, brow_left=0.003, brow_right=0.003, width=0.0190, bow=0.0060),
    "angry": Face(
        lid_left=0.85,
        lid_right=0.85,
        brow_left=-0.0035,
        brow_right=-0.0035,
        tilt_left=-0.34,
        tilt_right=-0.34,
        width=0.0115,
        bow=-0.003,
    ),
    "sad": Face(lid_left=0.78, lid_right=0.78, tilt_left=0.34, tilt_right=0.34, width=0.0105, bow=-0.0032),
    "relaxed": Face(lid_left=0.70, lid_right=0.70, brow_left=0.001, brow_right=0.001, width=0.0160, bow=0.0044),
    "surprised": Face(
        lid_left=1.13, lid_right=1.13, brow_left=0.0065, brow_right=0.0065, width=0.0085, open=0.012, bow=0.0
    ),
    "aa": Face(width=0.0130, open=0.0200, bow=0.0010),
    "ih": Face(width=0.0155, open=0.0080, bow=0.0022),
    "ou": Face(width=0.0062, open=0.0080, bow=0.0),
    "ee": Face(width=0.0150, open=0.0105, bow=0.0020),
    "oh": Face(width=0.0092, open=0.0155, bow=0.0),
    "blink": replace(_R, lid_left=0.0, lid_right=0.0),
    "blinkLeft": replace(_R, lid_left=0.0),
    "blinkRight": replace(_R, lid_right=0.0),
    "lookUp": replace(_R, gaze_y=0.0045),
    "lookDown": replace(_R, gaze_y=-0.0045, lid_left=0.86, lid_right=0.86),
    "lookLeft": replace(_R, gaze_x=0.0055),
    "lookRight": replace(_R, gaze_x=-0.0055),
    "neutral": replace(_R, bow=0.0018),
    # ARKit shapes that these curves give for nothing
    "eyeBlinkLeft": replace(_R, lid_left=0.0),
    "eyeBlinkRight": replace(_R, lid_right=0.0),
    "eyeSquintLeft": replace(_R, lid_left=0.72, joy=0.15),
    "eyeSquintRight": replace(_R, lid_right=0.72, joy=0.15),
    "eyeWideLeft": replace(_R, lid_left=1.13),
    "eyeWideRight": replace(_R, lid_right=1.13),
    "jawOpen": replace(_R, width=0.0120, open=0.0210),
    "mouthFunnel": replace(_R, width=0.0085, open=0.0070),
    "mouthPucker": replace(_R, width=0.0060, open=0.0022),
    "mouthSmileLeft": replace(_R, width=0.0140, bow=0.0034),
    "mouthSmileRight": replace(_R, width=0.0140, bow=0.0034),
    "mouthFrownLeft": replace(_R, bow=-0.0008),
    "mouthFrownRight": replace(_R, bow=-0.0008),
    "mouthLeft": replace(_R, shift=0.006),
    "mouthRight": replace(_R, shift=-0.006),
    "browDownLeft": replace(_R, brow_left=-0.004, tilt_left=-0.28),
    "browDownRight": replace(_R, brow_right=-0.004, tilt_right=-0.28),
    "browInnerUp": replace(_R, tilt_left=0.32, tilt_right=0.32, brow_left=0.001, brow_right=0.001),
    "browOuterUpLeft": replace(_R, brow_left=0.0055, tilt_left=-0.08),
    "browOuterUpRight": replace(_R, brow_right=0.0055, tilt_right=-0.08),
}


def face_part() -> Part:
    """All pieces in rest, with a shape for each expression."""
    rest = [_pieces(_REST)]
    parts = [Part(p, t, np.full(len(p), c, np.int64), {"head": np.ones(len(p))}) for p, t, c in rest[0]]
    whole = join(parts)
    shapes = {
        name: np.concatenate([p for p, _, _ in _pieces(face)]) - whole.points for name, face in EXPRESSION_FACES.items()
    }
    return Part(whole.points, whole.triangles, whole.colour, whole.weights, shapes)


_Piece = tuple[Floats, "np.ndarray", int]


def _pieces(face: Face) -> list[_Piece]:
    pieces: list[_Piece] = []
    for side, lid, brow, tilt in (
        (1.0, face.lid_left, face.brow_left, face.tilt_left),
        (-1.0, face.lid_right, face.brow_right, face.tilt_right),
    ):
        pieces += _eye(side, lid, face.joy, face.gaze_x, face.gaze_y)
        pieces.append(_brow(side, brow, tilt))
        pieces.append(_disc(side * 0.0530, 1.4105, 0.0110, 0.0050, BLUSH, 0.0006))
    return pieces + _mouth(face)


def _put(x: Floats, y: Floats, lift: float) -> Floats:
    return np.stack((x, y, surface(x, y) + lift), axis=-1)


def _fan(outline_x: Floats, outline_y: Floats, cx: float, cy: float, colour: int, lift: float) -> _Piece:
    """A disc from its outline (counter-clockwise from the front) in three rings, so that it follows the surface."""
    n = len(outline_x)
    share = np.array([1.0, 0.66, 0.33])[:, None]
    x = np.append((cx + (outline_x - cx) * share).ravel(), cx)
    y = np.append((cy + (outline_y - cy) * share).ravel(), cy)
    i = np.arange(n)
    j = (i + 1) % n
    faces = []
    for ring in range(2):
        a, b = ring * n, (ring + 1) * n
        faces += [np.stack((a + i, a + j, b + j), -1), np.stack((a + i, b + j, b + i), -1)]
    faces.append(np.stack((2 * n + i, 2 * n + j, np.full(n, 3 * n)), -1))
    return _put(x, y, lift), np.concatenate(faces), colour


def _disc(cx: float, cy: float, rx: float, ry: float, colour: int, lift: float, n: int = 20) -> _Piece:
    angle = np.arange(n) * 2.0 * np.pi / n
    return _fan(cx + rx * np.cos(angle), cy + ry * np.sin(angle), cx, cy, colour, lift)


def _lids(u: Floats, lid: float, joy: float) -> tuple[Floats, Floats]:
    """Lower and upper lid above the eye's middle at u in -1 (inner) .. 1 (outer)."""
    arch = np.sqrt(np.maximum(1.0 - np.abs(u) ** 2.3, 0.0))
    lower = -0.72 * _HIGH * arch * (1.0 - 0.05 * u) + 0.002 * u
    upper = 0.92 * _HIGH * arch * (1.0 - 0.08 * u) + 0.002 * u
    # Closed lids meet low, as a gentle bow; in joy the lower lid lifts and the bow turns over.
    closed = -0.0075 * arch + 0.002 * u + 0.0002 + 0.009 * joy * arch
    if lid >= 1.0:
        return lower, closed + (upper - closed) * lid
    # The lower lid follows only when the eye is nearly closed; sooner it would cut the iris off flat.
    low = closed + (lower - closed) * min(1.0, 1.7 * lid) * (1.0 - 0.15 * joy)
    return low, closed + (upper - closed) * lid


def _eye(side: float, lid: float, joy: float, gaze_x: float, gaze_y: float) -> list[_Piece]:
    n = 20
    angle = np.arange(n) * 2.0 * np.pi / n
    u, up = np.cos(angle), np.sin(angle) >= 0.0
    low, high = _lids(u * side, lid, joy)
    cx, cy = side * _EYE_X, _EYE_Y
    middle = 0.5 * float(_lids(np.zeros(1), lid, joy)[0][0] + _lids(np.zeros(1), lid, joy)[1][0])
    white = _fan(cx + _WIDE * u, cy + np.where(up, high, low), cx, cy + middle, EYE_WHITE, 0.0008)
    pieces = [white]
    # Iris, pupil and lights are cut by the lids: each outline point is held between them.
    for rx, ry, ox, oy, colour, lift in (
        (0.0134, 0.0174, -0.0008, 0.0023, IRIS_DARK, 0.0014),
        (0.0115, 0.0133, -0.0008, -0.0004, IRIS, 0.0018),
        (0.0056, 0.0077, -0.0008, 0.0026, IRIS_DARK, 0.0022),
        (0.0032, 0.0040, 0.0034 * side, 0.0078, HIGHLIGHT, 0.0027),
        (0.0018, 0.0020, -0.0046 * side, -0.0066, HIGHLIGHT, 0.0027),
    ):
        shift = ox * side if colour != HIGHLIGHT else ox
        x = cx + shift + gaze_x + rx * np.cos(angle)
        y = oy + gaze_y + ry * np.sin(angle)
        lower, upper = _lids(np.clip((x - cx) / _WIDE * side, -0.98, 0.98), lid, joy)
        held = np.clip(y, lower + 0.0002, np.maximum(upper - 0.0002, lower + 0.0002))
        mid = float(np.mean(held))
        pieces.append(_fan(x, cy + held, cx + shift + gaze_x, cy + mid, colour, lift))
    pieces.append(_lash(side, lid, joy))
    return pieces


def _strip(x: Floats, low: Floats, high: Floats, side: float, colour: int, lift: float) -> _Piece:
    """A band between two curves; points run from the inner to the outer end."""
    n = len(x)
    points = np.concatenate((_put(x, low, lift), _put(x, 0.5 * (low + high), lift), _put(x, high, lift)))
    i = np.arange(n - 1)
    faces = []
    for row in range(2):
        a, b = row * n + i, (row + 1) * n + i
        faces += [np.stack((a, a + 1, b + 1), -1), np.stack((a, b + 1, b), -1)]
    triangles = np.concatenate(faces)
    return points, triangles if side > 0 else triangles[:, ::-1], colour


def _lash(side: float, lid: float, joy: float) -> _Piece:
    u = np.linspace(-0.97, 1.10, 15)
    _, upper = _lids(np.clip(u, -1.0, 1.0), lid, joy)
    thick = np.interp(u, (-1.0, -0.4, 0.5, 0.95, 1.10), (0.0006, 0.0021, 0.0030, 0.0026, 0.0003))
    flick = np.interp(u, (0.85, 1.10), (0.0, 0.0022))
    x = side * (_EYE_X + _WIDE * u)
    return _strip(x, _EYE_Y + upper - 0.0006 + flick, _EYE_Y + upper + thick + flick, side, LASH, 0.0031)


def _brow(side: float, up: float, tilt: float) -> _Piece:
    u = np.linspace(-1.0, 1.0, 11)
    x = side * (_EYE_X + 0.0012 + 0.0158 * u)
    y = 1.4785 + up - 0.0030 * u**2 - tilt * 0.0145 * u * 0.8
    thick = np.interp(u, (-1.0, -0.6, 0.3, 1.0), (0.0009, 0.0015, 0.0013, 0.0003))
    # Brows are seen through the fringe, as they are drawn in comics.
    return _strip(x, y - thick, y + thick, side, BROW, 0.0040)


def _mouth(face: Face) -> list[_Piece]:
    n = 20
    angle = np.arange(n) * 2.0 * np.pi / n
    u, s = np.cos(angle), np.sin(angle)
    arch = np.sqrt(np.maximum(1.0 - u**2, 0.0))
    line = face.bow * (u**2 - 0.5)
    thin = 0.00075
    # The upper lip hardly moves, the jaw opens downwards.
    upper = line + (0.18 * face.open + thin) * arch
    lower = line - (0.82 * face.open + thin) * arch
    cx = face.shift
    outline = np.where(s >= 0.0, upper, lower)
    middle = 0.5 * float((0.18 - 0.82) * face.open) - 0.5 * face.bow
    mouth = _fan(cx + face.width * u, _MOUTH_Y + outline, cx, _MOUTH_Y + middle, MOUTH, 0.0009)
    # The tongue lies in the lower third and is no thicker than the mouth is open.
    wide, floor = 0.62 * face.width, -0.5 * face.bow - 0.80 * face.open
    high = max(0.36 * face.open, 1e-5)
    y = floor + high * (0.5 + 0.5 * s) + 0.10 * face.open * u**2
    tongue = _fan(cx + wide * u, _MOUTH_Y + y, cx, _MOUTH_Y + floor + 0.5 * high, TONGUE, 0.0013)
    return [mouth, tongue]
