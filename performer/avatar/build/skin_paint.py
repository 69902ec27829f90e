"""The texture of material `skin`: the face painted in millimetres of its surface, ears, and the body's quarter.

Whatever has an edge and lies where lids or lips stretch the skin would be dragged along: such lines are meshes.
"""

from collections.abc import Callable

import numpy as np

from performer.avatar.build.eye_shape import eye_shape, lids
from performer.avatar.build.hair import fringe_shadow
from performer.avatar.build.head import HeadSurface
from performer.avatar.build.material import Picture
from performer.avatar.build.mouth_shape import mouth_shape
from performer.avatar.build.part import Floats
from performer.avatar.build.pose import Pose
from performer.avatar.build.skin_chart import EAR, FACE_SHARE, SKIN_SIDE, unchart
from performer.avatar.build.spec import Spec
from performer.avatar.model import AvatarError

__all__ = ["MOLES", "BodyPainter", "paint_skin"]

MOLES = {
    **{"left": ("mouth", 1.0), "right": ("mouth", -1.0), "mouth_left": ("mouth", 1.0), "mouth_right": ("mouth", -1.0)},
    **{"eye_left": ("eye", 1.0), "eye_right": ("eye", -1.0)},
}
"""Names for `FaceSpec.mole`: beside the mouth or under the eye, and the side."""

BodyPainter = Callable[[Floats, Spec], Floats]
"""Paints the body's quarter: gets (height, width, 3) in [0, 1] filled with the skin's colour, gives it painted."""


def paint_skin(spec: Spec, head: HeadSurface, body: BodyPainter | None = None) -> Picture:
    """The whole texture of a preset."""
    skin = _rgb(spec.colours.skin)
    canvas = np.broadcast_to(skin, (SKIN_SIDE, SKIN_SIDE, 3)).copy()
    side = round(SKIN_SIDE * FACE_SHARE)
    steps = (np.arange(side) + 0.5) / SKIN_SIDE
    theta, y = unchart(steps[None, :], steps[:, None])
    canvas[:side, :side] = _face(spec, head, theta, y)
    left, top, wide, high = (round(value * SKIN_SIDE) for value in EAR)
    across, down = np.meshgrid(np.linspace(-1.0, 1.0, wide), np.linspace(1.0, -1.0, high))
    canvas[top : top + high, left : left + wide] = _ear(skin, across / 0.92, down / 0.92)
    if body is not None:
        canvas[:, side:] = body(canvas[:, side:], spec)
    return (np.clip(canvas, 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8)


def _face(spec: Spec, head: HeadSurface, theta: Floats, y: Floats) -> Floats:
    """The head's part, from large soft shades to small drawn ones."""
    skin = _rgb(spec.colours.skin)
    male = spec.body.frame == "male"
    points = head.point(theta, y, nose=0.0)
    x, side = points[..., 0], np.abs(points[..., 0])
    front = (np.abs(theta) < 1.45).astype(float)
    colour = np.broadcast_to(skin, (*x.shape, 3))
    shade, deep, rose = _toned(skin, 0.62), _toned(skin, 1.0), _blushed(skin)
    # Large forms: warmth of the lower cheeks, the face's turn towards the ears, the jaw's underside.
    colour = _over(colour, _mix(skin, rose, 0.5), 0.08 * _edge(0.075, 0.035, y))
    colour = _over(colour, shade, 0.40 * _edge(1.02, 1.38, np.abs(theta)))
    slope = head.normal(theta, y, features=0.0)[..., 1]
    colour = _over(colour, deep, 0.55 * _edge(-0.52, -0.80, slope))
    colour = _over(colour, shade, 0.20 * _edge(-0.30, -0.62, slope))
    colour = _eye_region(spec, colour, x, y, front, shade, deep, rose)
    # Blush lies over the cheekbone, a little outside the eye's middle.
    strength = spec.face.blush * (0.40 if male else 0.80)
    cheek = _spot(side - 0.0455, 0.0150, y - 0.0585, 0.0088) * front
    colour = _over(colour, rose, strength * cheek)
    colour = _nose(head, colour, x, y, front, shade, deep, male)
    colour = _mouth(spec, colour, x, y, front, rose, deep, male)
    colour = _hair_shadow(spec, head, colour, x, y, front, deep)
    return _mole(spec, colour, x, y, front)


def _eye_region(
    spec: Spec, colour: Floats, x: Floats, y: Floats, front: Floats, shade: Floats, deep: Floats, rose: Floats
) -> Floats:
    """A soft shade in the hollow between lid and brow, warmth on both lids."""
    shape, male = eye_shape(spec), spec.body.frame == "male"
    pair = lids(shape, Pose(), 1, 60)
    side = np.abs(x)
    upper = np.interp(side, pair.upper[:, 0], pair.upper[:, 1])
    lower = np.interp(side, pair.lower[:, 0], pair.lower[:, 1])
    u = (side - shape.x) / shape.wide
    within = _edge(1.30, 0.80, np.abs(u)) * front
    over, under = y - upper, lower - y
    hollow = _spot(side - 0.0180, 0.0100, y - (shape.y + 0.0210), 0.0100) * front
    colour = _over(colour, shade, (0.40 if male else 0.26) * hollow)
    colour = _over(colour, shade, 0.55 * within * _edge(0.0072, 0.0010, over) * _edge(-0.004, 0.0, over))
    # Eye shadow on the outer third, the lower lid's blush.
    lid = _edge(0.10, 0.95, u) * _edge(1.5, 1.0, u) * _edge(0.0052, 0.0012, over) * _edge(-0.004, 0.0, over) * front
    colour = _over(colour, rose, (0.25 if male else 0.75) * lid)
    low = within * _edge(0.0038, 0.0004, under) * _edge(-0.004, 0.0, under)
    return _over(colour, rose, (0.30 if male else 0.62) * low)


def _nose(
    head: HeadSurface, colour: Floats, x: Floats, y: Floats, front: Floats, shade: Floats, deep: Floats, male: bool
) -> Floats:
    """A wedge of shade below the tip on one side, a touch of light on it, a breath of warmth around."""
    tip = head.nose.tip
    warm = _spot(x, 0.0075, y - tip, 0.0060) * front
    colour = _over(colour, _blushed(shade), 0.20 * warm)
    wedge = np.hypot((x - 0.0009) / 0.0030, (y - tip + 0.0036) / 0.00105)
    colour = _over(colour, _toned(deep, 0.9), 0.80 * _edge(1.25, 0.55, wedge) * front)
    side = (
        _edge(0.0, 0.0032, x - 0.0010)
        * _edge(0.0082, 0.0030, x)
        * _edge(0.0040, 0.0, np.abs(y - tip + 0.0006) - 0.0014)
    )
    colour = _over(colour, shade, 0.55 * side * front)
    if male:
        bridge = np.exp(-(((x - 0.0062) / 0.0022) ** 2)) * _edge(0.058, 0.066, y) * _edge(0.096, 0.084, y)
        colour = _over(colour, shade, 0.42 * bridge * front)
    light = _spot(x + 0.0007, 0.0011, y - tip - 0.0016, 0.0015) * front
    colour = _over(colour, np.ones(3), 0.85 * light)
    ridge = np.exp(-((x / 0.0013) ** 2)) * _edge(tip + 0.004, tip + 0.009, y) * _edge(tip + 0.026, tip + 0.014, y)
    return _over(colour, np.ones(3), 0.22 * ridge * front)


def _mouth(
    spec: Spec, colour: Floats, x: Floats, y: Floats, front: Floats, rose: Floats, deep: Floats, male: bool
) -> Floats:
    """Tint of both lips, the lower one's light, the short shade under it."""
    shape = mouth_shape(spec)
    t = np.clip(np.abs(x) / shape.wide, 0.0, 1.5)
    line = shape.y + shape.smile * t**1.9
    taper = _edge(0.88, 0.30, t) * front
    lip = _mix(rose, _rgb("#e8626a"), 0.45)
    over, under = y - line, line - y
    strength = 0.35 if male else 1.0
    colour = _over(colour, lip, 0.30 * strength * taper * _edge(0.0026, 0.0006, over) * _edge(-0.001, 0.0, over))
    low = taper * _edge(0.0052 - 0.0014 * 1.0, 0.0020, under) * _edge(-0.0006, 0.0002, under)
    colour = _over(colour, lip, 0.50 * strength * low)
    light = _spot(x + 0.0008, 0.0026, under - 0.0017, 0.00062) * front
    colour = _over(colour, np.ones(3), 0.50 * strength * light)
    shadow = _edge(1.15, 0.35, np.hypot(x / 0.0058, (under - 0.0062) / 0.00125)) * front
    return _over(colour, _toned(deep, 0.6), 0.34 * shadow)


def _hair_shadow(
    spec: Spec, head: HeadSurface, colour: Floats, x: Floats, y: Floats, front: Floats, deep: Floats
) -> Floats:
    """What the fringe throws on the forehead; it fades where the lids begin to move the skin."""
    shadow = fringe_shadow(spec, head)(x, y)
    return _over(colour, deep, 0.50 * shadow * _edge(0.1060, 0.1170, y) * front)


def _mole(spec: Spec, colour: Floats, x: Floats, y: Floats, front: Floats) -> Floats:
    """A beauty spot."""
    if not spec.face.mole:
        return colour
    if spec.face.mole not in MOLES:
        raise AvatarError(f"face.mole is {spec.face.mole!r}; choose one of {', '.join(MOLES)}")
    where, sign = MOLES[spec.face.mole]
    eye, mouth = eye_shape(spec), mouth_shape(spec)
    spot = (
        (eye.x + 0.55 * eye.wide, eye.y - eye.lower - 0.0065)
        if where == "eye"
        else (mouth.wide * 0.95, mouth.y - 0.0075)
    )
    dot = np.hypot(x - sign * spot[0], y - spot[1])
    return _over(colour, _rgb("#6b3a3a"), 0.9 * _edge(0.00085, 0.00055, dot) * front)


def _ear(skin: Floats, back: Floats, up: Floats) -> Floats:
    """The shell's hollow and two drawn folds; front edge at back = -1."""
    colour = np.broadcast_to(skin, (*back.shape, 3))
    shade, deep = _toned(skin, 0.8), _toned(skin, 1.35)
    colour = _over(colour, _blushed(skin), 0.30 * _edge(0.55, 1.0, np.hypot(back, up)))
    hollow = np.hypot((back + 0.10) / 0.52, (up - 0.08) / 0.62)
    colour = _over(colour, shade, 0.85 * _edge(1.08, 0.92, hollow))
    inner = np.hypot((back + 0.26) / 0.34, (up + 0.10) / 0.34)
    colour = _over(colour, deep, 0.75 * _edge(1.10, 0.80, inner))
    rim = np.abs(np.hypot((back + 0.06) / 0.70, (up - 0.06) / 0.78) - 1.0)
    line = _edge(0.075, 0.03, rim) * _edge(-0.45, -0.15, back + 0.55 * up)
    return _over(colour, _toned(skin, 1.9), 0.70 * line)


def _rgb(code: str) -> Floats:
    return np.array([int(code[k : k + 2], 16) / 255.0 for k in (1, 3, 5)])


def _toned(skin: Floats, share: float) -> Floats:
    """Skin in shade: darker towards rose and a trace of violet, never grey."""
    return np.clip(skin * (1.0 - share * np.array([0.060, 0.175, 0.135])), 0.0, 1.0)


def _blushed(skin: Floats) -> Floats:
    return np.clip(skin * np.array([1.0, 0.665, 0.670]), 0.0, 1.0)


def _mix(one: Floats, two: Floats, share: float) -> Floats:
    return one * (1.0 - share) + two * share


def _spot(dx: Floats, wide: float, dy: Floats, high: float) -> Floats:
    return np.exp(-((dx / wide) ** 2) - (dy / high) ** 2)


def _over(under: Floats, colour: Floats, share: Floats) -> Floats:
    share = np.clip(share, 0.0, 1.0)[..., None]
    return under * (1.0 - share) + colour * share


def _edge(start: float, end: float, value: Floats) -> Floats:
    """0 at `start`, 1 at `end` (which may be smaller), smooth between."""
    t = np.clip((value - start) / (end - start), 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)
