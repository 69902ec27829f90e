"""The voice source: harmonics of the Liljencrants-Fant (LF) glottal pulse. What is one voice's own: voices.toml."""

from functools import cache
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

__all__ = ["HARMONICS", "SOFTEST", "TENSEST", "pulse_spectra"]

TENSEST, SOFTEST = 0.4, 2.5
"""Range of Fant's shape number Rd: pressed and bright .. breathy and dull."""

HARMONICS = 160
POINTS = 2048
STEPS = 43


def _pulse(shape: float) -> tuple[NDArray[np.float64], float]:
    """One period of the derivative of the glottal flow, closing peak -1 -> ((points,), closing instant 0..1)."""
    # Fant 1995: the three LF shape ratios that go with one Rd.
    ra = (-1.0 + 4.8 * shape) / 100.0
    rk = (22.4 + 11.8 * shape) / 100.0
    rg = rk * (0.5 + 1.2 * rk) / (4.0 * (0.11 * shape - ra * (0.5 + 1.2 * rk)))
    opened = 1.0 / (2.0 * rg)
    closes = opened * (1.0 + rk)
    back, rest = max(ra, 1e-3), 1.0 - closes
    turn = np.pi / opened

    def decay_error(x: float) -> float:
        return x * back - 1.0 + np.exp(-x * rest)

    decay = cast(float, brentq(decay_error, 1e-3, 1.5 / back))

    def period(growth: float) -> NDArray[np.float64]:
        t = np.arange(POINTS) / POINTS
        rising = np.exp(growth * (t - closes)) * np.sin(turn * t) / -np.sin(turn * closes)
        returning = -(np.exp(-decay * (t - closes)) - np.exp(-decay * rest)) / (decay * back)
        return np.where(t < closes, rising, returning)

    # The flow comes back to where it began, so its derivative has no mean.
    growth = cast(float, brentq(lambda x: float(period(x).mean()), -20.0, 60.0))
    return period(growth), closes


@cache
def _table() -> NDArray[np.complex64]:
    rows: list[NDArray[np.complex128]] = []
    for shape in np.linspace(TENSEST, SOFTEST, STEPS):
        wave, closes = _pulse(float(shape))
        k = np.arange(1, HARMONICS + 1)
        # Time zero at the closing instant: rows of different shape then blend without cancelling.
        rows.append(2.0 * np.fft.rfft(wave)[1 : HARMONICS + 1] / POINTS * np.exp(2j * np.pi * k * closes))
    table = np.asarray(rows, np.complex64)
    table.flags.writeable = False
    return table


def pulse_spectra(shape: NDArray[np.float64], harmonics: int) -> NDArray[np.complex64]:
    """Complex levels of the first harmonics of the pulse.

    Args:
        shape: (frames,) Rd, clipped to the range of the table.
        harmonics: how many, at most HARMONICS.

    Returns:
        (frames, harmonics), phase zero where the folds close.
    """
    table = _table()[:, :harmonics]
    place = (np.clip(shape, TENSEST, SOFTEST) - TENSEST) / (SOFTEST - TENSEST) * (STEPS - 1)
    low = np.minimum(place.astype(int), STEPS - 2)
    part = (place - low)[:, None].astype(np.float32)
    return np.asarray(table[low] * (1.0 - part) + table[low + 1] * part, np.complex64)
