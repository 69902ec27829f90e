"""Where somebody sings: in a given vocal stem by its level, in a mix by the pitch that stands out and how it moves."""

import numpy as np
import soxr
from numpy.typing import NDArray
from scipy.ndimage import median_filter, uniform_filter1d

from motion.music.song_map import Curve

__all__ = ["VOCAL_HOP", "stem_activity", "vocal_activity"]

VOCAL_HOP = 0.05
_PITCH_RATE = 16_000


def stem_activity(stem: NDArray[np.float32], rate: int, duration: float) -> Curve:
    """Activity of a vocal stem: 0 below -45 dB of its own loud passages, 1 above -25 dB."""
    hop = max(1, round(VOCAL_HOP * rate))
    count = int(np.ceil(duration / VOCAL_HOP)) + 1
    padded = np.pad(stem, (hop // 2, max(0, (count + 1) * hop - len(stem))))
    blocks = padded[: (len(padded) // hop) * hop].reshape(-1, hop)
    level = np.sqrt(np.mean(np.square(blocks, dtype=np.float64), axis=1))[:count]
    loud = float(np.percentile(level, 97))
    if loud < 1e-4:
        return Curve(VOCAL_HOP, [0.0] * count)
    decibels = 20.0 * np.log10(np.maximum(level, 1e-7) / loud)
    return _curve(np.clip((decibels + 45.0) / 20.0, 0.0, 1.0))


def vocal_activity(mono: NDArray[np.float32], rate: int) -> Curve:
    """Likely singing in a mix, 0..1 every VOCAL_HOP seconds.

    Args:
        mono: (samples,) float32.
        rate: Hz.
    """
    from swift_f0 import SwiftF0

    duration = len(mono) / rate
    count = int(np.ceil(duration / VOCAL_HOP)) + 1
    if float(np.max(np.abs(mono), initial=0.0)) < 1e-4:
        return Curve(VOCAL_HOP, [0.0] * count)
    sound = np.asarray(soxr.resample(mono, rate, _PITCH_RATE), np.float32) if rate != _PITCH_RATE else mono
    result = SwiftF0(threads=1, spin=False).detect(sound, _PITCH_RATE, 80.0, 1000.0)
    step = 256 / _PITCH_RATE
    semitones = 12.0 * np.log2(np.maximum(result.pitch_hz, 40.0) / 440.0)
    speed = np.abs(np.diff(semitones, prepend=semitones[:1]))
    # A voice glides and shakes a little all the time; keys and strings stand still, and mixes jump.
    alive = uniform_filter1d(((speed > 0.03) & (speed < 0.9)).astype(np.float64), 15)
    steady = median_filter(result.confidence, 9)
    activity = np.clip((steady - 0.5) * 3.0, 0.0, 1.0) * np.clip((alive - 0.25) * 3.0, 0.0, 1.0)
    activity = uniform_filter1d(activity, 13)
    return _curve(np.interp(np.arange(count) * VOCAL_HOP, np.arange(len(activity)) * step, activity))


def _curve(values: NDArray[np.float64]) -> Curve:
    return Curve(VOCAL_HOP, [round(float(value), 3) for value in np.clip(values, 0.0, 1.0)])
