"""Colour of a voice on its frames: formants, breath, tension. Each frame alone, so whole = any split."""

from functools import cache
from itertools import pairwise
from math import log

import numpy as np
from numpy.typing import NDArray

from performer.voice.bands import band_centres
from performer.voice.convert.frames import Frames
from performer.voice.envelope import APERIODICITY_EDGES
from performer.voice.style.knobs import Knobs

__all__ = ["breathed", "formants_moved", "tensed"]

_NEPERS_PER_DB = log(10) / 10
# Nepers an octave by which an envelope goes on beyond its highest band: 24 dB, as the synthesiser's own.
_FALL_PER_OCTAVE = 24 * _NEPERS_PER_DB
_SILENT_LOG = -30.0


@cache
def _octaves(bands: int) -> NDArray[np.float64]:
    return np.log2(band_centres(bands))


@cache
def _noise_octaves() -> NDArray[np.float64]:
    middles = [(low + high) / 2 for low, high in pairwise(APERIODICITY_EDGES[:-1])]
    return np.log2([*middles, 10_000.0])


def formants_moved(frames: Frames, semitones: float) -> Frames:
    """The envelope `semitones` higher (a shorter throat) or lower, at the same pitch and loudness."""
    if semitones == 0.0 or len(frames) == 0:
        return frames
    octaves = _octaves(frames.density.shape[1])
    source = octaves - semitones / 12
    place = np.interp(source, octaves, np.arange(len(octaves)))
    low = np.minimum(place.astype(np.intp), len(octaves) - 2)
    part = (place - low).astype(np.float32)
    density = frames.density[:, low] * (1 - part) + frames.density[:, low + 1] * part
    beyond = np.maximum(source - octaves[-1], 0.0) * _FALL_PER_OCTAVE
    # A stretched envelope holds more power, since each of its places is wider.
    density = density - (beyond + semitones / 12 * log(2)).astype(np.float32)
    return Frames(frames.hertz, np.maximum(density, _SILENT_LOG), _noise_moved(frames.noise, semitones))


def _noise_moved(noise: NDArray[np.float32], semitones: float) -> NDArray[np.float32]:
    octaves = _noise_octaves()
    place = np.interp(octaves - semitones / 12, octaves, np.arange(len(octaves)))
    low = np.minimum(place.astype(np.intp), len(octaves) - 2)
    part = (place - low).astype(np.float32)
    return (noise[:, low] * (1 - part) + noise[:, low + 1] * part).astype(np.float32)


def breathed(frames: Frames, amount: float, knobs: Knobs) -> Frames:
    """amount: -1 (clean) .. 1 (whispery): noise share of voiced frames, and the highs that breath lives in."""
    if amount == 0.0 or len(frames) == 0:
        return frames
    voiced = (frames.hertz > 0)[:, None]
    if amount > 0:
        full = np.maximum(frames.noise, np.array(knobs.breath.full_share, np.float32))
        noise = frames.noise + amount * (full - frames.noise)
    else:
        noise = frames.noise * (1 + 0.9 * amount)
    centres = band_centres(frames.density.shape[1])
    rise = np.clip(np.log2(centres / knobs.breath.high_hertz) + 0.5, 0.0, 1.0) * knobs.breath.high_db * amount
    density = frames.density + (rise * _NEPERS_PER_DB).astype(np.float32)
    return Frames(
        frames.hertz,
        np.where(voiced, density, frames.density).astype(np.float32),
        np.where(voiced, noise, frames.noise).astype(np.float32),
    )


def tensed(frames: Frames, amount: float, knobs: Knobs) -> Frames:
    """amount: -1 (slack, dark, some air) .. 1 (pressed, bright, clean), at the same loudness; voiced frames only."""
    if amount == 0.0 or len(frames) == 0:
        return frames
    given = knobs.tension
    voiced = (frames.hertz > 0)[:, None]
    centres = band_centres(frames.density.shape[1])
    octaves = np.log2(np.clip(centres, given.from_hertz, given.to_hertz) / given.from_hertz)
    tilted = frames.density + (amount * given.tilt_db * octaves * _NEPERS_PER_DB).astype(np.float32)
    # What counts for loudness is power by frequency, so each band by its width.
    width = np.gradient(centres)
    before, after = (np.exp(np.minimum(part, 40.0)) @ width for part in (frames.density, tilted))
    tilted = tilted + np.log(np.maximum(before, 1e-30) / np.maximum(after, 1e-30))[:, None]
    less = frames.noise * (1 - given.share * amount)
    noise = less if amount > 0 else frames.noise + (1 - frames.noise) * 0.25 * given.share * -amount
    return Frames(
        frames.hertz,
        np.where(voiced, np.maximum(tilted, _SILENT_LOG), frames.density).astype(np.float32),
        np.where(voiced, noise, frames.noise).astype(np.float32),
    )
