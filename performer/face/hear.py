"""What the mouth needs to know of a sound: how loud the voice is and which vowel it sings, every 10 ms.

Offline and zero-phase: value k describes the sound around k * HOP, neither before nor behind.
"""

from dataclasses import dataclass

import numpy as np
import soxr
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, median_filter, percentile_filter, uniform_filter1d

from motion.music.song_map import Curve
from performer.face.steady import steady_vowels
from performer.face.vowels import ANALYSIS_RATE, FFT_SIZE, mel_matrix, vowel_logits

__all__ = ["HOP", "Heard", "hear"]

HOP = 0.01
_HOP_SAMPLES = round(HOP * ANALYSIS_RATE)
_BLOCK = 4096
# Bands that grow with the opening of the mouth; below are hums (nasals), above hisses.
_MOUTH_LOW, _MOUTH_HIGH = 350.0, 4_000.0
_SILENCE_DB = -70.0
# m, n, b, p between vowels: the bands above the murmur fall by this much and rise again within the reach.
_VALLEY_LOW = 500.0
_VALLEY_REACH = 0.17
_VALLEY_BEGINS_DB, _VALLEY_RANGE_DB = 5.0, 7.0
# The song map's curve of singing: a phrase begins above the one and lasts while the other is passed.
_SURE, _MAYBE = 0.55, 0.1
_SHORTEST_PHRASE, _BREATH = 0.4, 0.6


@dataclass(frozen=True, slots=True)
class Heard:
    """level: (n,) 0..1, 0 where nobody sings, 1 at the singer's loud notes. vowels: (n, 5) probabilities.
    voiced_by: what told where the voice is, "stem", "mix" or "words"."""

    level: NDArray[np.float64]
    vowels: NDArray[np.float64]
    voiced_by: str


def _powers(sound: NDArray[np.floating], rate: int) -> NDArray[np.float32]:
    """(n, bands) mel powers; of two channels what both share (the middle of the picture, where voices stand)."""
    samples = np.asarray(sound, np.float32)
    if samples.ndim == 1:
        samples = samples[:, None]
    if not np.isfinite(samples).all():
        samples = np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0)
    count = int(np.ceil(len(samples) / rate / HOP)) + 1
    if rate != ANALYSIS_RATE and len(samples):
        samples = np.asarray(soxr.resample(samples, rate, ANALYSIS_RATE), np.float32)
    half = FFT_SIZE // 2
    padded = np.zeros((count * _HOP_SAMPLES + FFT_SIZE, samples.shape[1]), np.float32)
    kept = min(len(samples), len(padded) - half)
    padded[half : half + kept] = samples[:kept]
    window = np.hanning(FFT_SIZE + 1)[:-1].astype(np.float32)
    matrix = mel_matrix().astype(np.float32)
    out = np.empty((count, matrix.shape[1]), np.float32)
    views = np.lib.stride_tricks.sliding_window_view(padded, FFT_SIZE, axis=0)[::_HOP_SAMPLES]
    for start in range(0, count, _BLOCK):
        spectra = np.fft.rfft(views[start : min(start + _BLOCK, count)] * window, axis=-1)
        if spectra.shape[1] == 1:
            power = np.abs(spectra[:, 0]) ** 2
        else:
            left, right = spectra[:, 0], spectra[:, 1]
            both = np.abs(left) ** 2 + np.abs(right) ** 2 + 1e-12
            middle = np.clip(2.0 * np.real(left * np.conj(right)) / both, 0.0, 1.0)
            power = np.abs(0.5 * (left + right)) ** 2 * middle**2
        out[start : start + len(power)] = power.astype(np.float32) @ matrix
    return out / np.float32(np.sum(window) ** 2 / 4.0)


def _without_backing(powers: NDArray[np.float32]) -> NDArray[np.float32]:
    """Powers of a mix less what stands still (pads, noise) and what is short (drums)."""
    steady = median_filter(powers, size=(7, 1), mode="nearest")
    slow = percentile_filter(powers[::10], 25, size=(61, 1), mode="nearest")
    background = np.repeat(slow, 10, axis=0)[: len(powers)]
    return np.maximum(steady - 1.5 * background, 0.02 * powers)


def _valley_db(level_db: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) how far each moment lies below what comes shortly before and shortly after: a consonant between vowels."""
    reach = round(_VALLEY_REACH / HOP)
    before = maximum_filter1d(level_db, reach, origin=(reach - 1) // 2)
    after = maximum_filter1d(level_db, reach, origin=-((reach - 1) // 2))
    return np.minimum(before, after) - level_db


def _gate(vocal: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) 0..1 where the song map hears a voice, with hysteresis: begun where it is sure, held while it may be one.

    What is short is no phrase, and what parts two phrases shortly is a breath. The edge is soft, so that the level
    makes the onset.
    """
    gate = np.zeros(len(vocal))
    edges = np.flatnonzero(np.diff(np.concatenate([[0], (vocal > _MAYBE).astype(np.int8), [0]]))).reshape(-1, 2)
    before: int | None = None
    for start, stop in edges.tolist():
        if (stop - start) * HOP < _SHORTEST_PHRASE or vocal[start:stop].max() < _SURE:
            continue
        breath = before is not None and (start - before) * HOP < _BREATH
        gate[before if breath else start : stop] = 1.0
        before = stop
    return uniform_filter1d(gate, 5, mode="nearest")


def hear(sound: NDArray[np.floating], rate: int, *, vocal: Curve | None) -> Heard:
    """Listen to a singer.

    Args:
        sound: (frames,) or (frames, channels): a vocal alone, or a mix.
        vocal: where somebody sings, for a mix; None says that the sound is the vocal alone.
    """
    powers = _powers(sound, rate)
    times = np.arange(len(powers)) * HOP
    mix = vocal is not None
    gate = np.ones(len(powers))
    if vocal is not None:
        powers = _without_backing(powers)
        gate = _gate(vocal.sample(times))
    centres = np.fft.rfftfreq(FFT_SIZE, 1.0 / ANALYSIS_RATE) @ mel_matrix()
    band = (centres > _MOUTH_LOW) & (centres < _MOUTH_HIGH)
    level_db = 10.0 * np.log10(powers[:, band].sum(axis=1) + 1e-12)
    sung = level_db[(gate > 0.5) & (level_db > _SILENCE_DB)]
    if len(sung) < 3:
        return Heard(np.zeros(len(powers)), np.full((len(powers), 5), 0.2), "mix" if mix else "stem")
    loud = float(np.percentile(sung, 95))
    reach = 16.0 if mix else 26.0
    level = np.clip((level_db - (loud - reach)) / (reach - 4.0), 0.0, 1.0) * gate
    level[level_db < _SILENCE_DB] = 0.0
    if not mix:
        upper = 10.0 * np.log10(powers[:, (centres > _VALLEY_LOW) & (centres < _MOUTH_HIGH)].sum(axis=1) + 1e-12)
        level *= 1.0 - np.clip((_valley_db(upper) - _VALLEY_BEGINS_DB) / _VALLEY_RANGE_DB, 0.0, 1.0)
    vowels = steady_vowels(vowel_logits(np.log(powers + 1e-10), level), level, HOP)
    return Heard(level, vowels, "mix" if mix else "stem")
