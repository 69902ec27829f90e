"""What is worn at ears, eyes and mouth: headset microphone, glasses, earrings. Head-local metres."""

import numpy as np
from scipy.interpolate import CubicSpline

from performer.avatar.build.accessories.solids import Solid, ball, tube
from performer.avatar.build.head import HeadSurface
from performer.avatar.build.part import Floats
from performer.avatar.build.spec import Level

__all__ = ["earring", "glasses", "headset"]

_EAR = (1.60, 0.074)
"""Angle and height of the ear's middle."""
_EYE = (0.0348, 0.0850)


def headset(head: HeadSurface, level: Level, side: float) -> list[Solid]:
    """A hook over the ear, a puck on it, and a boom along the cheek to beside the corner of the mouth: before the
    lips the bead is a wart in profile."""
    full = level == "full"
    # Angle, height, distance off the skin (mm): from the puck along the cheek.
    stops = np.array([[1.50, 0.070, 13], [1.30, 0.050, 15], [1.06, 0.035, 15], [0.94, 0.0290, 11], [0.83, 0.0270, 8]])
    boom = _along(head, stops, 12 if full else 8)
    hook = _along(
        head,
        np.array([[1.46, 0.070, 12], [1.40, 0.094, 11], [1.56, 0.108, 11], [1.78, 0.098, 11], [1.86, 0.074, 10]]),
        10 if full else 7,
    )
    puck = _off(head, _EAR[0] - 0.08, _EAR[1] - 0.002, 0.0135)
    made = [
        tube(boom, np.linspace(0.0024, 0.0017, len(boom)), 6 if full else 4, "light"),
        tube(hook, 0.0026, 5 if full else 3, "light"),
        _disc(puck, 0.0135, 0.0050, "main", 12 if full else 8),
        _disc(puck + np.array([0.0052, 0.0, 0.0008]), 0.0085, 0.0022, "metal", 10 if full else 6),
        ball(boom[-1] + np.array([-0.0015, 0.0, 0.0005]), (0.0040, 0.0034, 0.0034), 8 if full else 6, "second"),
        tube(boom[-3:-1] * 0.5 + boom[-2:] * 0.5, 0.0024, 6 if full else 4, "metal"),
    ]
    return [_sided(one, side) for one in made]


def glasses(head: HeadSurface, level: Level) -> list[Solid]:
    """A rim with room for lashes; no glass: highlights would hide the eyes."""
    full = level == "full"
    count = 32 if full else 22
    angle = np.linspace(0, 2 * np.pi, count + 1)
    power = 0.62
    made: list[Solid] = []
    for side in (1.0, -1.0):
        x = _EYE[0] + 0.0010 + 0.0262 * np.sign(np.cos(angle)) * np.abs(np.cos(angle)) ** power
        y = _EYE[1] - 0.0035 + 0.0205 * np.sign(np.sin(angle)) * np.abs(np.sin(angle)) ** power
        y += 0.0016 * (x - _EYE[0]) / 0.026
        # A flat frame, bent a little round the face.
        z = np.full_like(x, float(head.z(0.016, 0.082)) + 0.0095) - 0.55 * np.maximum(x - 0.012, 0) ** 1.35
        made.append(_sided(tube(np.stack([x, y, z], -1), 0.0015, 5 if full else 3, "dark"), side))
        hinge = np.array([x.max() + 0.0008, _EYE[1] + 0.010, float(z[x.argmax()]) - 0.001])
        ear = _off(head, 1.56, 0.101, 0.0065)
        middle = hinge * 0.55 + ear * 0.45 + np.array([0.0055, 0.0005, 0.0])
        made.append(
            # It ends where the ear begins: its hook behind would show between short locks as a stray thorn.
            _sided(tube(np.stack([hinge, middle, ear]), 0.0015, 3, "dark"), side)
        )
    x = np.linspace(-0.0105, 0.0105, 5)
    z = float(head.z(0.016, 0.082)) + 0.0098 + 0.0022 * np.cos(x * 120)
    made.append(tube(np.stack([x, 0.0885 + 0.002 * np.cos(x * 140), z], -1), 0.0015, 3, "dark"))
    return made


def earring(head: HeadSurface, level: Level, side: float) -> list[Solid]:
    """A stud and a drop below the ear's lobe."""
    columns = 8 if level == "full" else 5
    lobe = _off(head, 1.62, 0.047, 0.0065)
    drop = lobe + np.array([0.0012, -0.0150, 0.0])
    made = [
        ball(lobe, (0.0030, 0.0030, 0.0030), columns, "metal"),
        tube(np.stack([lobe, drop + np.array([0, 0.006, 0])]), 0.0007, 3, "metal"),
        ball(drop, (0.0042, 0.0068, 0.0042), columns, "gem"),
    ]
    return [_sided(one, side) for one in made]


def _off(head: HeadSurface, theta: float, y: float, out: float) -> Floats:
    return head.point(theta, y, nose=0.0) + head.normal(theta, y) * out


def _along(head: HeadSurface, stops: Floats, count: int) -> Floats:
    """(count, 3) points through stops of angle, height and millimetres off the skin."""
    t, s = np.linspace(0, 1, count), np.linspace(0, 1, len(stops))
    theta, y, out = CubicSpline(s, stops)(t).T
    return head.point(theta, y, nose=0.0) + head.normal(theta, y) * (out / 1000)[:, None]


def _disc(centre: Floats, radius: float, depth: float, paint: str, columns: int) -> Solid:
    """A flat puck that looks away from the head's side."""
    return tube(
        np.stack([centre - np.array([depth, 0, 0]), centre, centre + np.array([depth / 2, 0, 0])]),
        np.array([radius, radius, radius * 0.8]),
        columns,
        paint,
    )


def _sided(solid: Solid, side: float) -> Solid:
    if side > 0:
        return solid
    turn = np.array([-1.0, 1.0, 1.0])
    return Solid(solid.points * turn, solid.triangles[:, ::-1].copy(), solid.normals * turn, solid.uv)
