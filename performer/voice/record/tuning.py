"""How far a held note lies from its guide tone. Octaves do not count: high and low voices sing the same script."""

import numpy as np
from numpy.typing import NDArray

from performer.voice.bands import CONTENT_RATE
from performer.voice.pitch import track
from performer.voice.record.guide import hertz_of
from performer.voice.sound import resample

__all__ = ["semitones_off"]

# Of a take at least so much must have a pitch that anything is said about it.
_LEAST_FRAMES = 30


def semitones_off(samples: NDArray[np.float32], rate: int, pitch: float) -> float:
    """Median distance of what (n,) `samples` sing to MIDI `pitch`, folded into -6..6; NaN where nothing is sung."""
    hertz = track(resample(samples, rate, CONTENT_RATE)).hertz
    sung = hertz[hertz > 0].astype(np.float64)
    if len(sung) < _LEAST_FRAMES:
        return float("nan")
    # The median is taken around the circle's own middle: a note at its edge would else fall into two halves.
    away = 12.0 * np.log2(sung / hertz_of(pitch))
    middle = float(np.angle(np.exp(2j * np.pi * away / 12.0).mean())) * 12.0 / (2 * np.pi)
    near = (away - middle + 6.0) % 12.0 - 6.0
    return float((middle + np.median(near) + 6.0) % 12.0 - 6.0)
