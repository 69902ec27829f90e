"""Where somebody sings: in a given vocal stem by its level, in a mix by what a voice does that instruments do not."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

from motion.music.song_map import Curve
from motion.music.voice_features import FEATURES, VOICE_HOP, voice_features
from motion.music.voice_weights import BIAS, WEIGHTS

__all__ = ["VOCAL_HOP", "stem_activity", "vocal_activity"]

VOCAL_HOP = VOICE_HOP
_SMOOTH = 7
"""Moments (a third of a second): shorter flickers are no singing."""


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


def vocal_activity(sound: NDArray[np.float32], rate: int) -> Curve:
    """Likely singing in a mix, 0..1 every VOCAL_HOP seconds: the probability that a logistic regression gives.

    Args:
        sound: (samples,) or (samples, channels) float32; two channels are better, voices are mixed to the centre.
        rate: Hz.
    """
    if float(np.max(np.abs(sound), initial=0.0)) < 1e-4:
        return Curve(VOCAL_HOP, [0.0] * (int(np.ceil(len(sound) / rate / VOCAL_HOP)) + 1))
    rows = voice_features(sound, rate)
    score = rows @ np.array([WEIGHTS[name] for name in FEATURES]) + BIAS
    likely = uniform_filter1d(1.0 / (1.0 + np.exp(-np.clip(score, -30.0, 30.0))), _SMOOTH)
    # Dense instrumentals are unlike anything the weights have seen; where no pitch is heard, they are not believed.
    clear = uniform_filter1d(np.clip((rows[:, FEATURES.index("confidence")] - 0.35) * 4.0, 0.0, 1.0), _SMOOTH)
    return _curve(likely * np.sqrt(np.maximum(clear, 0.0)))


def _curve(values: NDArray[np.float64]) -> Curve:
    return Curve(VOCAL_HOP, [round(float(value), 3) for value in np.clip(values, 0.0, 1.0)])
