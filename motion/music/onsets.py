"""Where something starts to sound: spectral flux that vibrato does not fool, whole and by register.

After superflux (Boeck and Widmer 2013): each band is compared with the loudest of its neighbours a little earlier.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, maximum_filter1d, uniform_filter1d

from motion.music.spectrum import Spectrum, mel_centres

__all__ = ["LATENESS", "Onsets", "find_onsets"]

LAG = 2
SHARES = (1.0, 1.2, 0.8)
"""Low, middle, high: registers count alike however many bands they hold, so a kick is heard under guitars."""
# A frame sees an attack before its centre reaches it, and the flux looks back LAG frames: measured on clicks,
# drum hits and plucks (see tests), the flux peaks this many seconds after the attack (below 0: before).
LATENESS = -0.005


@dataclass(frozen=True, slots=True)
class Onsets:
    """Strengths per frame, (frames,) float32, zero mean and unit deviation in their own neighbourhood.

    low: kick and bass (below 150 Hz). middle: snare, chords, voice. high: cymbals and consonants (above 4 kHz)."""

    whole: NDArray[np.float32]
    low: NDArray[np.float32]
    middle: NDArray[np.float32]
    high: NDArray[np.float32]
    frame_rate: float


def find_onsets(spectrum: Spectrum) -> Onsets:
    """Onset strengths on the frames of `spectrum`."""
    scale = float(np.percentile(spectrum.mel, 95)) + 1e-12
    log = np.log1p(spectrum.mel * (300.0 / scale))
    earlier = maximum_filter1d(log, 3, axis=1)[:-LAG]
    flux = np.zeros_like(log)
    flux[LAG:] = np.maximum(log[LAG:] - earlier, 0.0)
    centres = mel_centres()
    low, high = centres < 150.0, centres > 4000.0
    middle = ~low & ~high
    parts = [flux[:, band].mean(axis=1) for band in (low, middle, high)]
    rate = spectrum.frame_rate
    levelled = [_level(part, rate) for part in parts]
    mixed = np.sum([share * np.maximum(part, 0.0) for share, part in zip(SHARES, levelled, strict=True)], axis=0)
    return Onsets(_level(mixed, rate), *levelled, frame_rate=rate)


def _level(strength: NDArray[np.float32], rate: float) -> NDArray[np.float32]:
    """Mean 0 and deviation 1 within about 10 s, so that quiet passages speak too; true silence stays near 0."""
    size = max(3, int(10.0 * rate))
    smooth = gaussian_filter1d(strength.astype(np.float64), 0.8)
    mean = uniform_filter1d(smooth, size)
    deviation = np.sqrt(np.maximum(uniform_filter1d(smooth**2, size) - mean**2, 0.0))
    floor = 0.3 * float(np.sqrt(np.mean(deviation**2))) + 1e-9
    return (np.clip((smooth - mean) / np.maximum(deviation, floor), -1.0, 4.0)).astype(np.float32)
