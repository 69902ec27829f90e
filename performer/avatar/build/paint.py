"""Painting with plain arrays: colours, soft edges, spots and lines. What is painted is said elsewhere."""

import numpy as np

from performer.avatar.build.material import Picture
from performer.avatar.build.part import Floats

__all__ = ["as_picture", "colour_of", "lay", "line", "mixed", "shaded", "spot", "step"]


def colour_of(code: str) -> Floats:
    """(3,) display values in [0, 1] of #rrggbb."""
    return np.array([int(code[k : k + 2], 16) / 255.0 for k in (1, 3, 5)])


def mixed(one: Floats, two: Floats, share: float) -> Floats:
    """From the first colour to the second."""
    return one + share * (two - one)


def shaded(colour: Floats, depth: float = 1.0) -> Floats:
    """Skin where less light comes: towards a cool rose, never towards grey."""
    return np.clip(colour * (1.0 - depth * np.array([0.045, 0.155, 0.130])), 0.0, 1.0)


def step(values: Floats, low: float, high: float) -> Floats:
    """Smooth from 0 at `low` to 1 at `high`."""
    t = np.clip((values - low) / (high - low), 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


def spot(x: Floats, y: Floats, at: tuple[float, float], reach: tuple[float, float]) -> Floats:
    """A soft round spot, 1 in its middle, 1/e at its reach."""
    return np.exp(-(((x - at[0]) / reach[0]) ** 2) - ((y - at[1]) / reach[1]) ** 2)


def line(x: Floats, y: Floats, start: tuple[float, float], end: tuple[float, float], half: float) -> Floats:
    """A line tapered at both ends, 1 along its middle; `half` its half-width there."""
    ax, ay = start
    dx, dy = end[0] - ax, end[1] - ay
    t = np.clip(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy), 0.0, 1.0)
    away = np.hypot(x - ax - t * dx, y - ay - t * dy)
    wide = half * np.sqrt(np.clip(4.0 * t * (1.0 - t), 0.0, 1.0)) + 1e-9
    return np.clip(1.0 - away / wide, 0.0, 1.0)


def lay(picture: Floats, colour: Floats, share: Floats) -> None:
    """Lay a colour on (h, w, 3) with (h, w) shares; changes `picture`."""
    at = np.clip(share, 0.0, 1.0)[..., None]
    picture += at * (colour - picture)


def as_picture(picture: Floats) -> Picture:
    """8 bits of display values in [0, 1]."""
    return (np.clip(picture, 0.0, 1.0) * 255.0).round().astype(np.uint8)
