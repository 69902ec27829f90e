"""A voice made by code: vowels with vibrato that glide between formants, breath, pauses."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["RATE", "voice"]

RATE = 44_100


def voice(seconds: float, *, rate: int = RATE, channels: int = 1, seed: int = 0) -> NDArray[np.float32]:
    """(frames, channels), peak 0.5; the second channel is softer and has noise of its own."""
    rng = np.random.default_rng(seed)
    count = round(seconds * rate)
    t = np.arange(count) / rate
    notes = rng.uniform(130.0, 330.0, int(seconds) + 2)
    hertz = np.interp(t, np.arange(len(notes)), notes) * (1.0 + 0.01 * np.sin(2.0 * np.pi * 5.5 * t))
    turns = np.cumsum(hertz) / rate
    vowels = rng.uniform((300.0, 900.0, 2200.0), (800.0, 2000.0, 3200.0), (int(3 * seconds) + 3, 3))
    sound = np.zeros(count)
    formants = [np.interp(3.0 * t, np.arange(len(vowels)), vowels[:, k]) for k in range(3)]
    for harmonic in range(1, int(0.45 * rate / 350.0)):
        at = harmonic * hertz
        level = sum(np.exp(-0.5 * ((at - formant) / 150.0) ** 2) for formant in formants)
        sound += (level + 0.02) / np.sqrt(harmonic) * np.sin(2.0 * np.pi * harmonic * turns)
    sound += 0.03 * rng.standard_normal(count)
    sound *= np.clip(1.5 * np.sin(2.0 * np.pi * 0.45 * t) + 1.0, 0.02, 1.0)
    out = np.stack([sound * (0.7**k) + 0.002 * rng.standard_normal(count) for k in range(channels)], axis=1)
    return (0.5 * out / np.abs(out).max()).astype(np.float32)
