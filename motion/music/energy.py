"""How loud the song feels over time, 0..1."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

from motion.music.song_map import Curve
from motion.music.spectrum import Spectrum

__all__ = ["ENERGY_HOP", "energy_curve"]

ENERGY_HOP = 0.1
_WINDOW = 0.4
"""Seconds; the momentary window of ITU-R BS.1770."""
_SILENT_POWER = 1e-8


def energy_curve(spectrum: Spectrum) -> Curve:
    """Loudness in sones (10 dB = half as loud) relative to the song's loud passages, every ENERGY_HOP seconds."""
    power = uniform_filter1d(spectrum.loudness.astype(np.float64), max(1, int(_WINDOW * spectrum.frame_rate)))
    times = np.arange(np.ceil(spectrum.duration / ENERGY_HOP) + 1) * ENERGY_HOP
    at: NDArray[np.float64] = np.interp(times, np.arange(len(power)) / spectrum.frame_rate, power)
    loud = float(np.percentile(at, 95))
    if loud < _SILENT_POWER:
        return Curve(ENERGY_HOP, [0.0] * len(times))
    decibels = 10.0 * np.log10(np.maximum(at, _SILENT_POWER * 1e-2) / loud)
    sones = np.where(at < _SILENT_POWER, 0.0, 2.0 ** (decibels / 10.0))
    return Curve(ENERGY_HOP, [round(float(v), 4) for v in np.clip(sones, 0.0, 1.0)])
