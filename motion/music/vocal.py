"""Where somebody sings: in a given vocal stem by its level, in a mix by what a voice does that instruments do not."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

from motion.music.song_map import Curve
from motion.music.voice_columns import FEATURES
from motion.music.voice_features import VOICE_HOP, voice_features
from motion.music.voice_weights import WEIGHTS

__all__ = ["FARTHEST", "VOCAL_HOP", "StemEars", "mix_activity", "probability", "stem_activity", "vocal_activity"]

VOCAL_HOP = VOICE_HOP
FARTHEST = 4.0
"""Deviations from its mean beyond which a feature says no more."""
_SMOOTH = 7
"""Moments (a third of a second): shorter flickers are no singing."""


class StemEars:
    """The level of a vocal stem, taken in pieces of any size."""

    def __init__(self, rate: int) -> None:
        """rate: Hz."""
        self._hop = max(1, round(VOCAL_HOP * rate))
        self._rest = np.zeros(self._hop // 2)
        self._levels: list[NDArray[np.float64]] = []

    def feed(self, block: NDArray[np.float32]) -> None:
        """block: (samples,) float32."""
        samples = np.concatenate([self._rest, block])
        whole = len(samples) // self._hop * self._hop
        self._rest = samples[whole:]
        self._levels.append(np.sqrt(np.mean(np.square(samples[:whole].reshape(-1, self._hop)), axis=1)))

    def finish(self, duration: float) -> Curve:
        """Activity over `duration` seconds: 0 below -45 dB of the stem's own loud passages, 1 above -25 dB."""
        count = int(np.ceil(duration / VOCAL_HOP)) + 1
        self.feed(np.zeros((-len(self._rest)) % self._hop, np.float32))
        level = np.concatenate(self._levels)[:count]
        level = np.pad(level, (0, count - len(level)))
        loud = float(np.percentile(level, 97))
        if loud < 1e-4:
            return Curve(VOCAL_HOP, [0.0] * count)
        decibels = 20.0 * np.log10(np.maximum(level, 1e-7) / loud)
        return _curve(np.clip((decibels + 45.0) / 20.0, 0.0, 1.0))


def stem_activity(stem: NDArray[np.float32], rate: int, duration: float) -> Curve:
    """Activity of a whole vocal stem, (samples,), over `duration` seconds."""
    ears = StemEars(rate)
    ears.feed(stem)
    return ears.finish(duration)


def probability(rows: NDArray[np.float32], weights: Mapping[str, NDArray[np.float32]] = WEIGHTS) -> NDArray[np.float64]:
    """(moments,) how likely somebody sings, by a network of one hidden layer; unsmoothed."""
    z = np.clip((rows - weights["mean"]) / weights["spread"], -FARTHEST, FARTHEST)
    score = np.tanh(z @ weights["into"] + weights["bias"]) @ weights["out"] + weights["last"][0]
    return 1.0 / (1.0 + np.exp(-np.clip(score.astype(np.float64), -30.0, 30.0)))


def mix_activity(rows: NDArray[np.float32], likely: NDArray[np.float64] | None = None) -> Curve:
    """Likely singing, 0..1 every VOCAL_HOP seconds.

    Args:
        rows: (moments, len(FEATURES)) of `VoiceFeatures`.
        likely: (moments,) other probabilities than those of the weights in the repository.
    """
    smooth = uniform_filter1d(probability(rows) if likely is None else likely, _SMOOTH)
    # Dense instrumentals are unlike anything the weights have seen; where no pitch is heard, they are not believed.
    clear = uniform_filter1d(np.clip((rows[:, FEATURES.index("confidence")] - 0.35) * 4.0, 0.0, 1.0), _SMOOTH)
    return _curve(smooth * np.sqrt(np.maximum(clear, 0.0)))


def vocal_activity(sound: NDArray[np.float32], rate: int) -> Curve:
    """Likely singing in a whole mix.

    Args:
        sound: (samples,) or (samples, channels) float32; two channels are better, voices are mixed to the centre.
        rate: Hz.
    """
    return mix_activity(voice_features(sound, rate))


def _curve(values: NDArray[np.float64]) -> Curve:
    return Curve(VOCAL_HOP, [round(float(value), 3) for value in np.clip(values, 0.0, 1.0)])
