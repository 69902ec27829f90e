"""Which frames are speech or song, how loud it is, and how loud is what lies under it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_closing, uniform_filter1d

from performer.voice.check.frames import Coarse, Fine

__all__ = ["Levels", "levels", "speech_frames"]

_DIGITAL_SILENCE = 1e-10
_SPEECH_RANGE, _OVER_NOISE = 10**-3.0, 10**0.6
_PAUSE_FRAMES, _FEWEST_PAUSES = 10, 5
_VOICED = 0.55


@dataclass(frozen=True, slots=True)
class Levels:
    """speech: mean power of speech frames, full scale 1. noise: power under it, None where no pause lets it be heard.
    active: (fine,) frames of speech. silent: share of frames that are digital silence."""

    speech: float
    noise: float | None
    active: NDArray[np.bool_]
    silent: float

    @property
    def snr_db(self) -> float | None:
        """Speech over noise in dB; None where no pause lets the noise be heard."""
        if self.noise is None or self.speech <= 0:
            return None
        clean = max(self.speech - self.noise, 1e-3 * self.speech)
        return float(10 * np.log10(clean / max(self.noise, 1e-12)))


def levels(fine: Fine, coarse: Coarse) -> Levels:
    level = fine.level.astype(np.float64)
    silent = level < _DIGITAL_SILENCE
    voiced = np.zeros(len(level), np.bool_)
    marks = np.flatnonzero((coarse.clear > _VOICED) & (coarse.hertz > 0))
    for shift in (-1, 0, 1, 2):
        voiced[np.clip(2 * marks + shift, 0, len(level) - 1)] = True
    if silent.all():
        return Levels(0.0, None, np.zeros(len(level), np.bool_), 1.0)
    smooth = np.asarray(uniform_filter1d(level, 5), np.float64)
    heard = smooth[~silent]
    loud = float(np.percentile(heard, 95))
    # Pauses: frames among ten in a row that are neither voiced nor cut to nothing.
    other = uniform_filter1d((~voiced & ~silent).astype(np.float64), _PAUSE_FRAMES) > 0.99
    candidates = smooth[other]
    noise = None
    if len(candidates) >= _FEWEST_PAUSES:
        noise = float(np.percentile(candidates, 8)) * 1.15
    floor = noise if noise is not None else 0.0
    active = smooth > max(loud * _SPEECH_RANGE, _OVER_NOISE * floor)
    # In a lot of noise the threshold rises over the voice itself: what is voiced and loud counts, too.
    active |= voiced & (smooth > 0.03 * loud)
    active = np.asarray(binary_closing(active, np.ones(7, np.bool_)), np.bool_) | active
    speech = float(level[active].mean()) if active.any() else 0.0
    return Levels(speech, noise, active, float(silent.mean()))


def speech_frames(fine: Fine, coarse: Coarse) -> NDArray[np.bool_]:
    """(coarse,) frames of speech."""
    active = levels(fine, coarse).active
    at = np.minimum(2 * np.arange(len(coarse)), len(active) - 1)
    return active[at]
