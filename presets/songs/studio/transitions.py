"""What leads from one section to the next: risers, falls, reversed cymbals. (samples, 2), as long as asked."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from presets.songs.studio.electronic import RATE, filtered

__all__ = ["TRANSITIONS"]

Array = NDArray[np.float64]
Random = np.random.Generator


def riser(seconds: float, rng: Random) -> Array:
    """Noise that opens and a tone that climbs two octaves, faster and faster, cut at the end."""
    count = int(seconds * RATE)
    x = np.arange(count) / count
    noise = rng.normal(0.0, 1.0, (count, 2))
    bands = [filtered(noise, "band", (f, 2.0 * f)) for f in (500.0, 1000.0, 2000.0, 4000.0, 8000.0)]
    swept = np.zeros((count, 2))
    for n, band in enumerate(bands):
        swept += band * np.exp(-(((4.6 * x - n) / 0.9) ** 2))[:, None]
    tone = np.sin(2.0 * np.pi * np.cumsum(220.0 * 4.0**x) / RATE) * (0.5 + 0.5 * np.sin(2 * np.pi * (2 + 14 * x) * x))
    shape = x**2.0 * np.clip((1.0 - x) * seconds / 0.03, 0.0, 1.0)
    return (0.55 * swept + 0.1 * tone[:, None]) * shape[:, None]


def fall(seconds: float, rng: Random) -> Array:
    """The way down after an impact."""
    return riser(seconds, rng)[::-1].copy() * np.exp(-np.arange(int(seconds * RATE)) / RATE * 0.8)[:, None]


def reverse(seconds: float, rng: Random) -> Array:
    """A cymbal played backwards up to the bar line."""
    count = int(seconds * RATE)
    t = np.arange(count) / RATE
    noise = filtered(rng.normal(0.0, 1.0, (count, 2)), "high", 3000.0)
    shape = np.exp(-(seconds - t) * 3.2) * np.clip((seconds - t) / 0.01, 0.0, 1.0)
    return 0.5 * noise * shape[:, None]


TRANSITIONS: dict[str, Callable[[float, Random], Array]] = {"riser": riser, "fall": fall, "reverse": reverse}
