"""The mannequin's head and hair. The face is drawn on the head's surface, which `surface` gives in closed form."""

import numpy as np

from motion.rig.smooth import smoothstep
from performer.avatar.palette import ACCENT, HAIR, HAIR_DARK, SKIN
from performer.avatar.shapes import Floats, Part, Weights, curve, loft, tube

__all__ = ["TAIL", "hair_parts", "head_part", "surface"]

# y, half width, front, back
_HEAD = (
    (1.3435, 0.0046, 0.0541, 0.0000),
    (1.3483, 0.0194, 0.0645, 0.0040),
    (1.3578, 0.0331, 0.0728, 0.0160),
    (1.3721, 0.0467, 0.0780, 0.0340),
    (1.3911, 0.0604, 0.0812, 0.0560),
    (1.4195, 0.0741, 0.0843, 0.0800),
    (1.4528, 0.0832, 0.0864, 0.0960),
    (1.4861, 0.0878, 0.0895, 0.1040),
    (1.5193, 0.0866, 0.0874, 0.1020),
    (1.5478, 0.0775, 0.0780, 0.0900),
    (1.5715, 0.0615, 0.0604, 0.0710),
    (1.5886, 0.0410, 0.0396, 0.0470),
    (1.5982, 0.0182, 0.0166, 0.0210),
    (1.6010, 0.0046, 0.0042, 0.0050),
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
    # Dense at the chin and around the nose; the skull above the hairline lies under the cap.
    y = np.concatenate(
        ([1.3436, 1.346, 1.350, 1.356, 1.3645], np.linspace(1.374, 1.45, 12), np.linspace(1.46, 1.57, 8))
    )
    y = np.append(y, (1.59, 1.601))
    rings = _ring(curve(_HEAD, y), y, 32)
    front = rings[..., 2] > 0.0
    nose = np.exp(-((rings[..., 0] / 0.0075) ** 2) - ((rings[..., 1] - 1.4110) / 0.010) ** 2)
    rings[..., 2] += np.where(front, 0.0085 * nose, 0.0)
    return loft(rings, SKIN, _on_head)


def hair_parts() -> list[Part]:
    """Cap with a fringe, two side locks, a pony tail that swings."""
    return [_cap(), *_fringe(), *_locks(), _band(), _tail()]


def _cap() -> Part:
    """A shell over skull and nape; the hairline is high in front and low behind."""
    columns, rows = 36, 12
    angle = np.arange(columns) * 2.0 * np.pi / columns
    away = np.abs(np.angle(np.exp(1j * angle)))  # 0 in front, pi behind
    edge = 1.530 - 0.175 * smoothstep(away, 0.42, 1.45)
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
    return loft(rings[::-1], HAIR, _on_head, start=False)


def _strand(path: Floats, widths: Floats, colour: int, weights: object = None) -> Part:
    depth = np.maximum(widths * 0.42, 0.0015)
    return tube(path, np.column_stack((widths, depth)), 6, colour, _on_head, side=(1.0, 0.0, 0.0))


def _fringe() -> list[Part]:
    """Seven broad strands that lie on the forehead."""
    parts: list[Part] = []
    spread = ((-0.073, 1.432), (-0.050, 1.464), (-0.024, 1.473), (0.002, 1.467), (0.027, 1.475), (0.052, 1.462))
    for number, (x, low) in enumerate((*spread, (0.074, 1.431))):
        t = np.linspace(0.0, 1.0, 8)
        # They begin as points inside the cap and rise out of it, so no edge shows where they start.
        y = 1.586 + (low - 1.586) * t
        at = x * (0.40 + 0.66 * t**0.7)
        z = surface(at, y) + np.interp(t, (0.0, 0.35, 0.6, 1.0), (0.006, 0.0145, 0.0105, 0.0050))
        widths = np.interp(t, (0.0, 0.25, 0.45, 0.75, 1.0), (0.003, 0.0145, 0.0195, 0.0145, 0.0012))
        parts.append(_strand(np.column_stack((at, y, z)), widths, HAIR_DARK if number % 2 else HAIR))
    return parts


def _locks() -> list[Part]:
    """A lock in front of each ear, down to the jaw."""
    parts: list[Part] = []
    for sign in (1.0, -1.0):
        t = np.linspace(0.0, 1.0, 11)
        y = 1.545 - 0.235 * t
        x = sign * np.interp(t, (0.0, 0.25, 0.55, 0.85, 1.0), (0.066, 0.090, 0.091, 0.083, 0.073))
        z = np.interp(t, (0.0, 0.3, 0.7, 1.0), (0.040, 0.034, 0.030, 0.036))
        widths = np.interp(t, (0.0, 0.3, 0.7, 1.0), (0.008, 0.011, 0.010, 0.001))
        path = np.column_stack((x, y, z))
        sizes = np.column_stack((np.maximum(widths * 1.7, 0.0015), widths * 0.7))
        parts.append(tube(path, sizes, 8, HAIR, _on_head))
    return parts


def _band() -> Part:
    path = np.array([(0.0, 1.519, -0.108), (0.0, 1.520, -0.122), (0.0, 1.517, -0.138)])
    sizes = np.array([(0.019, 0.019), (0.024, 0.024), (0.020, 0.020)])
    return tube(path, sizes, 14, ACCENT, _on_head, side=(1.0, 0.0, 0.0))


def _tail() -> Part:
    keys = np.array(TAIL)
    t = np.linspace(0.0, len(keys) - 1.0, 21)
    rows = [(float(i), y, z) for i, (y, z) in enumerate(TAIL)]
    path = curve(rows, t)
    centres = np.column_stack((0.004 * np.sin(t * 1.7), path))
    widths = np.interp(t, (0.0, 0.5, 1.2, 2.6, 4.0, 5.0), (0.016, 0.030, 0.042, 0.040, 0.024, 0.002))

    def weights(points: Floats) -> Weights:
        row = np.append(np.repeat(t, 12), (t[0], t[-1]))[: len(points)]
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

    return tube(centres, np.column_stack((widths, widths * 0.75)), 12, HAIR, weights, side=(1.0, 0.0, 0.0))
