"""What is worn in the hair: ribbons, flowers, a hanging pin, feathers, a beret. Drawn at the origin, facing +z."""

import numpy as np

from performer.avatar.build.accessories.solids import Solid, ball, bow, leaf, moved, tube
from performer.avatar.build.part import Floats
from performer.avatar.build.spec import Level

__all__ = ["beret", "clip", "feathers", "flower", "frame_towards", "pin", "ribbon", "tassel"]


def frame_towards(ahead: Floats, up: Floats | None = None) -> Floats:
    """(3, 3) rows: where x, y and z of a piece go when it looks `ahead`."""
    z = ahead / np.linalg.norm(ahead)
    x = np.cross(np.array([0.0, 1.0, 0.0]) if up is None else up, z)
    x /= np.linalg.norm(x)
    return np.stack([x, np.cross(z, x), z])


def ribbon(level: Level) -> list[Solid]:
    """A tied bow, a hand wide."""
    return bow(0.046, level)


def flower(level: Level, *, size: float = 0.021) -> list[Solid]:
    """Five petals in a cup round pearls."""
    rings = 5 if level == "lite" else 9
    s = np.linspace(0, 1, rings)
    made: list[Solid] = []
    for layer, (count, reach, rise) in enumerate(((5, 1.0, 0.28), (4, 0.62, 0.55))):
        for k in range(count):
            angle = 2 * np.pi * (k + 0.5 * layer) / count + 0.3
            way = np.array([np.cos(angle), np.sin(angle), 0.0])
            path = way * (size * reach * (0.08 + 0.92 * s))[:, None]
            path[:, 2] = size * rise * s**1.6
            wide = size * reach * 0.52 * np.sin(np.pi * np.clip(0.10 + 0.78 * s, 0, 1)) ** 0.8
            face = np.tile([0.0, 0.0, 1.0], (rings, 1)) - 0.5 * way * s[:, None]
            made.append(leaf(path, face, wide, np.full(rings, size * 0.06), "petal", level, bend=-0.18))
    made.append(ball(np.array([0, 0, size * 0.20]), (size * 0.2, size * 0.2, size * 0.2), 6, "metal"))
    return made


def pin(level: Level) -> list[Solid]:
    """A gold pin that comes out of the hair behind a flower and ends in a pearl; along x."""
    sides = 5 if level == "full" else 3
    line = np.array([[0.0, 0.0, 0.004], [0.034, 0.005, 0.010], [0.070, 0.012, 0.012]])
    return [
        tube(line, np.array([0.0022, 0.0020, 0.0017]), sides, "metal"),
        ball(line[2], (0.0055, 0.0055, 0.0055), 6, "pearl"),
    ]


def clip(level: Level) -> list[Solid]:
    """Two crossed bars that hold a lock aside, and a small pearl."""
    sides = 6 if level == "full" else 4
    made = [
        tube(np.array([[-0.017, dy, 0.0], [0.0, 0.0, 0.0025], [0.017, -dy, 0.0]]), 0.0026, sides, "accent")
        for dy in (0.008, -0.008)
    ]
    return [*made, ball(np.array([0.0, 0.0, 0.004]), (0.0042, 0.0042, 0.0032), 6, "pearl")]


def tassel(level: Level, length: float) -> list[tuple[Solid, Floats]]:
    """Beads on a thread and a tassel, hanging from the origin; each with (n,) shares of the length for its chain."""
    columns = 6 if level == "full" else 4
    made = [
        tube(np.array([[0, 0, 0], [0, -0.55 * length, 0]]), 0.0007, 3, "metal"),
        ball(np.array([0, -0.18 * length, 0]), (0.0040, 0.0040, 0.0040), columns, "pearl"),
        ball(np.array([0, -0.36 * length, 0]), (0.0034, 0.0034, 0.0034), columns, "gem"),
        ball(np.array([0, -0.56 * length, 0]), (0.0052, 0.0046, 0.0052), columns, "metal"),
    ]
    s = np.linspace(0, 1, 4)
    line = np.stack([0 * s, -length * (0.57 + 0.43 * s), 0 * s], axis=-1)
    made.append(tube(line, 0.0030 + 0.0026 * s, columns, "tassel"))
    return [(one, np.clip(-one.points[:, 1] / length, 0, 1)) for one in made]


def feathers(level: Level) -> list[Solid]:
    """Three long feathers fanned out of a gold clasp with a gem, a wing that is seen across a stage; the longest points
    up and back (+y, -x)."""
    rings = 8 if level == "lite" else 14
    s = np.linspace(0, 1, rings)
    made: list[Solid] = []
    for angle, length, lift in ((42, 0.185, 0.020), (72, 0.150, 0.013), (14, 0.155, 0.011)):
        a = np.radians(angle)
        way = np.array([-np.cos(a), np.sin(a), 0.0])
        side = np.array([-np.sin(a), -np.cos(a), 0.0])
        path = way * (length * s)[:, None] + side * (0.20 * length * s**2 * (1 if angle > 60 else -1))[:, None]
        path[:, 2] = lift * np.sin(s * np.pi * 0.8) + 0.004
        wide = length * 0.125 * np.sin(np.pi * np.clip(0.06 + 0.94 * s, 0, 1) ** 0.75) ** 0.8 + 0.0008
        face = np.tile([0.0, 0.0, 1.0], (rings, 1))
        made.append(leaf(path, face, wide, np.full(rings, 0.0016), "feather", level, bend=0.22))
    made.append(ball(np.array([0, 0, 0.007]), (0.0105, 0.0105, 0.0060), 8 if level == "full" else 6, "metal"))
    made.append(ball(np.array([0, 0, 0.012]), (0.0065, 0.0065, 0.0045), 8 if level == "full" else 6, "gem"))
    return made


def beret(level: Level) -> list[Solid]:
    """A soft cap, its middle at the origin, +y up, drooping to -x; with a band."""
    columns = 14 if level == "lite" else 24
    made = [ball(np.array([0.0, 0.006, 0.0]), (0.106, 0.034, 0.104), columns, "main")]
    tilt = frame_towards(np.array([0.10, 0.0, 1.0]), np.array([0.22, 1.0, 0.0]))
    made.append(ball(np.array([0.004, 0.040, 0.0]), (0.007, 0.008, 0.007), 5, "accent"))
    return [moved(one, tilt, np.zeros(3)) for one in made]
