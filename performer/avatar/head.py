"""The mannequin's head and hair. The face is drawn on the head's surface, which `surface` gives in closed form."""

import numpy as np

from performer.avatar.palette import HAIR, HAIR_DARK, HAIR_LIGHT, SKIN
from performer.avatar.shapes import Floats, Part, Weights, curve, loft, smoothstep, tube

__all__ = ["TAIL", "hair_parts", "head_part", "surface"]

# y, half width, front, back
_HEAD = (
    (1.330, 0.004, 0.052, 0.000),
    (1.335, 0.017, 0.062, 0.004),
    (1.345, 0.029, 0.070, 0.016),
    (1.360, 0.041, 0.075, 0.034),
    (1.380, 0.053, 0.078, 0.056),
    (1.410, 0.065, 0.081, 0.080),
    (1.445, 0.073, 0.083, 0.096),
    (1.480, 0.077, 0.086, 0.104),
    (1.515, 0.076, 0.084, 0.102),
    (1.545, 0.068, 0.075, 0.090),
    (1.570, 0.054, 0.058, 0.071),
    (1.588, 0.036, 0.038, 0.047),
    (1.598, 0.016, 0.016, 0.021),
    (1.601, 0.004, 0.004, 0.005),
)
_POWER = 2.35
# Spring joints of the pony tail: (y, z).
TAIL = ((1.520, -0.122), (1.485, -0.165), (1.41, -0.185), (1.32, -0.182), (1.22, -0.172), (1.12, -0.165))


def surface(x: Floats, y: Floats) -> Floats:
    """z of the face at (x, y), metres, without the nose."""
    table = curve(_HEAD, np.asarray(y, np.float64).ravel()).reshape(*np.shape(y), 3)
    part = np.clip(np.abs(x) / table[..., 0], 0.0, 0.98)
    return table[..., 1] * (1.0 - part**_POWER) ** (1.0 / _POWER)


def _ring(table: Floats, y: Floats, columns: int) -> Floats:
    angle = np.arange(columns) * 2.0 * np.pi / columns
    s, c = np.sin(angle), np.cos(angle)
    s, c = np.sign(s) * np.abs(s) ** (2.0 / _POWER), np.sign(c) * np.abs(c) ** (2.0 / _POWER)
    z = np.where(c > 0.0, table[:, 1:2], table[:, 2:3]) * c
    x = table[:, :1] * s
    return np.stack((x, np.broadcast_to(y[:, None], x.shape), z), axis=-1)


def _on_head(points: Floats) -> Weights:
    return {"head": np.ones(len(points))}


def head_part() -> Part:
    """The skin of the head with a small nose."""
    y = np.concatenate(([1.330, 1.333, 1.337, 1.343, 1.351], np.linspace(1.36, 1.57, 24), [1.58, 1.588, 1.594, 1.599]))
    y = np.append(y, 1.601)
    rings = _ring(curve(_HEAD, y), y, 40)
    front = rings[..., 2] > 0.0
    nose = np.exp(-((rings[..., 0] / 0.0075) ** 2) - ((rings[..., 1] - 1.409) / 0.011) ** 2)
    rings[..., 2] += np.where(front, 0.0085 * nose, 0.0)
    return loft(rings, SKIN, _on_head)


def hair_parts() -> list[Part]:
    """Cap with a fringe, two side locks, a pony tail that swings."""
    return [_cap(), *_fringe(), *_locks(), _band(), _tail()]


def _cap() -> Part:
    """A shell over skull and nape; the hairline is high in front and low behind."""
    columns, rows = 56, 16
    angle = np.arange(columns) * 2.0 * np.pi / columns
    away = np.abs(np.angle(np.exp(1j * angle)))  # 0 in front, pi behind
    edge = 1.530 - 0.175 * smoothstep(away, 0.75, 1.9)
    t = np.linspace(0.0, 1.0, rows) ** 1.35
    y = 1.6005 - (1.6005 - edge[None]) * t[:, None] ** 1.15
    table = curve(_HEAD, y.ravel()).reshape(rows, columns, 3)
    s, c = np.sin(angle), np.cos(angle)
    s, c = np.sign(s) * np.abs(s) ** (2.0 / _POWER), np.sign(c) * np.abs(c) ** (2.0 / _POWER)
    thick = 0.014 + 0.004 * np.sin(np.pi * np.clip(t, 0, 1))[:, None]
    # The last row turns in to the head, so the shell has no open edge in sight.
    thick = thick * np.where(np.arange(rows) == rows - 1, 0.1, 1.0)[:, None]
    x = (table[..., 0] + thick) * s
    z = (np.where(c > 0.0, table[..., 1], table[..., 2]) + thick) * c
    rings = np.stack((x, y + 0.012 * (1.0 - t[:, None]), z), axis=-1)
    part = loft(rings[::-1], HAIR, _on_head, start=False)
    colour = part.colour.copy()
    # A soft ring of light across the crown.
    height = part.points[:, 1]
    colour[(height > 1.545) & (height < 1.572)] = HAIR_LIGHT
    return Part(part.points, part.triangles, colour, part.weights)


def _strand(path: Floats, widths: Floats, colour: int, weights: object = None) -> Part:
    depth = np.maximum(widths * 0.42, 0.0015)
    return tube(path, np.column_stack((widths, depth)), 8, colour, _on_head, side=(1.0, 0.0, 0.0))


def _fringe() -> list[Part]:
    """Seven broad strands that lie on the forehead."""
    parts: list[Part] = []
    spread = ((-0.062, 1.437), (-0.043, 1.468), (-0.021, 1.476), (0.002, 1.470), (0.024, 1.478), (0.045, 1.466))
    for number, (x, low) in enumerate((*spread, (0.063, 1.436))):
        t = np.linspace(0.0, 1.0, 9)
        y = 1.566 + (low - 1.566) * t
        at = x * (0.62 + 0.42 * t**0.8)
        z = surface(at, np.minimum(y, 1.565)) + 0.0085 * (1.0 - 0.45 * t)
        widths = np.interp(t, (0.0, 0.3, 0.75, 1.0), (0.012, 0.0165, 0.0125, 0.0012))
        parts.append(_strand(np.column_stack((at, y, z)), widths, HAIR_DARK if number % 2 else HAIR))
    return parts


def _locks() -> list[Part]:
    """A lock in front of each ear, down to the jaw."""
    parts: list[Part] = []
    for sign in (1.0, -1.0):
        t = np.linspace(0.0, 1.0, 12)
        y = 1.545 - 0.235 * t
        x = sign * np.interp(t, (0.0, 0.25, 0.55, 0.85, 1.0), (0.060, 0.079, 0.081, 0.074, 0.066))
        z = np.interp(t, (0.0, 0.3, 0.7, 1.0), (0.040, 0.034, 0.030, 0.036))
        widths = np.interp(t, (0.0, 0.3, 0.7, 1.0), (0.008, 0.011, 0.010, 0.001))
        path = np.column_stack((x, y, z))
        sizes = np.column_stack((np.maximum(widths * 1.7, 0.0015), widths * 0.7))
        parts.append(tube(path, sizes, 8, HAIR, _on_head))
    return parts


def _band() -> Part:
    from performer.avatar.palette import ACCENT

    path = np.array([(0.0, 1.519, -0.108), (0.0, 1.520, -0.122), (0.0, 1.517, -0.138)])
    sizes = np.array([(0.019, 0.019), (0.024, 0.024), (0.020, 0.020)])
    return tube(path, sizes, 14, ACCENT, _on_head, side=(1.0, 0.0, 0.0))


def _tail() -> Part:
    keys = np.array(TAIL)
    t = np.linspace(0.0, len(keys) - 1.0, 26)
    rows = [(float(i), y, z) for i, (y, z) in enumerate(TAIL)]
    path = curve(rows, t)
    centres = np.column_stack((0.004 * np.sin(t * 1.7), path))
    widths = np.interp(t, (0.0, 0.5, 1.2, 2.6, 4.0, 5.0), (0.016, 0.030, 0.042, 0.040, 0.024, 0.002))
    count = len(t)

    def weights(points: Floats) -> Weights:
        row = np.append(np.repeat(t, 14), (t[0], t[-1]))[: len(points)]
        shares: dict[str, Floats] = {"head": 1.0 - smoothstep(row, 0.0, 0.5)}
        left = 1.0 - shares["head"]
        for number in range(len(keys) - 1):
            # Joint k carries the stretch from k to k + 1.
            here = np.clip(1.0 - np.abs(row - (number + 0.5)), 0.0, 1.0)
            if number == 0:
                here = np.where(row < 0.5, 1.0, here)
            if number == len(keys) - 2:
                here = np.where(row > number + 0.5, 1.0, here)
            shares[f"tail{number}"] = left * here
        return shares

    colour = np.array([HAIR_LIGHT if 7 <= row < 9 else HAIR for row in range(count)])
    return tube(centres, np.column_stack((widths, widths * 0.75)), 14, colour, weights, side=(1.0, 0.0, 0.0))
