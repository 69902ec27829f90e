"""What a stage's light plays on: sequins in rows, sparks that are strewn."""

import numpy as np

from performer.avatar.build.outfit.cloth_paint import Ink, Patch, smooth
from performer.avatar.build.part import Floats

__all__ = ["sequins", "sparks"]


def sequins(p: Patch, ink: Ink, share: Floats, *, pitch: float = 5.0, seed: int = 0) -> None:
    """Rows of sequins, `pitch` millimetres apart, where `share` is: most catch a little light, one in five flashes."""
    row = np.floor(p.y / pitch)
    place = p.x / pitch + 0.5 * (row % 2)
    chance = np.abs(np.sin(12.9898 * np.floor(place) + 78.233 * row + seed) * 43758.5453) % 1
    disc = smooth((0.46 - np.hypot(place % 1 - 0.5, p.y / pitch % 1 - 0.5)) * 5)
    p.darken(0.35 * share * (1 - disc))
    p.over(ink, share * disc * (0.15 + 0.85 * (chance > 0.80)))


def sparks(p: Patch, ink: Ink, count: int, share: Floats, *, size: float = 5.0, seed: int = 0) -> None:
    """Four-pointed sparks strewn where `share` is, of up to `size` millimetres from heart to point."""
    rng = np.random.default_rng(seed)
    places, sizes = rng.uniform(0, 1, (count, 2)), size * rng.uniform(0.35, 1.0, count)
    for (u, v), reach in zip(places, sizes, strict=True):
        dx, dy = np.abs(p.x - u * p.wide), np.abs(p.y - v * p.high)
        star = (dx / reach) ** 0.5 + (dy / reach) ** 0.5
        p.over(ink, share * smooth((1.15 - star) * 4))
