"""Frames of no real voice: known pitch, random colour."""

import numpy as np
from numpy.typing import NDArray

from performer.voice.bands import band_centres
from performer.voice.convert.frames import Frames

__all__ = ["frames_at", "melody", "random_frames", "semitones_of"]


def frames_at(hertz: NDArray[np.float64], bands: int = 80) -> Frames:
    """One broad formant at 1 kHz over a falling spectrum."""
    centres = band_centres(bands)
    density = (-6 + 4 * np.exp(-(((centres - 1000) / 500) ** 2)) - centres / 2000).astype(np.float32)
    count = len(hertz)
    noise = np.where(hertz[:, None] > 0, 0.2, 1.0).repeat(8, axis=1)
    return Frames(hertz.astype(np.float32), np.tile(density, (count, 1)), noise.astype(np.float32))


def melody(notes: list[float], frames: int, *, vibrato: float = 0.0, gap: int = 0) -> NDArray[np.float64]:
    """Hertz: each MIDI note for so many frames, vibrato in semitones at 5.5 Hz, `gap` unvoiced frames after each."""
    out: list[NDArray[np.float64]] = []
    for note in notes:
        swing = vibrato * np.sin(2 * np.pi * 5.5 * np.arange(frames) / 100)
        out += [440 * np.exp2((note + swing - 69) / 12), np.zeros(gap)]
    return np.concatenate(out)


def random_frames(count: int, seed: int, bands: int = 80) -> Frames:
    draw = np.random.default_rng(seed)
    voiced = np.repeat(draw.random(count // 5 + 1) < 0.7, 5)[:count]
    steps = np.cumsum(draw.normal(0, 0.3, count))
    hertz = np.where(voiced, np.clip(220 * np.exp2(steps / 12), 60, 1200), 0.0)
    return Frames(
        hertz.astype(np.float32),
        draw.normal(-5, 2, (count, bands)).astype(np.float32),
        draw.random((count, 8)).astype(np.float32),
    )


def semitones_of(hertz: NDArray[np.float32]) -> NDArray[np.float64]:
    return 69 + 12 * np.log2(hertz.astype(np.float64) / 440)
