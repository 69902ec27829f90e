"""Singing made of readings: vowels held, melodies with vibrato imposed, throats made longer or shorter.

What is known of a recorded sentence (`performer.voice.train.corpus.Features`) is walked through at another speed and
given another pitch; `performer.voice.synth` makes sound of it. No reader sounds like himself afterwards.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from performer.voice.bands import BANDS, CONTENT_RATE, HIGH_BANDS, HOP_SECONDS, band_centres
from performer.voice.synth import Synthesiser
from performer.voice.train.corpus import Features

__all__ = ["Score", "imposed", "sing"]

_BINS = 513
# Shorter stretches of voice are consonants or mistakes of the tracker: no note of their own.
_SHORTEST_NOTE = 6
_SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 2, 4, 7, 9))
_LOWEST, _HIGHEST = 75.0, 1050.0


@dataclass(frozen=True, slots=True)
class Score:
    """Frames to sing, every 10 ms: hertz (n,), density (n, 104) log power density, noise (n, 8)."""

    hertz: NDArray[np.float32]
    density: NDArray[np.float32]
    noise: NDArray[np.float32]


def _runs(voiced: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], voiced.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a >= _SHORTEST_NOTE]


def _walk(runs: list[tuple[int, int]], frames: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """(n,) place in the recording at each sung frame: voice stretched, what is between as it was, pauses cut."""
    held = rng.uniform(0.0, 1.0)
    places: list[NDArray[np.float64]] = []
    at = 0
    for first, last in [*runs, (frames, frames)]:
        between = np.arange(at, first, dtype=np.float64)
        pause = int(rng.uniform(8, 45))
        if len(between) > pause:
            between = np.concatenate([between[: pause // 2], between[len(between) - (pause - pause // 2) :]])
        places.append(between)
        if last > first:
            stretch = 1.0 + held * rng.gamma(1.6, 1.3)
            count = int(min((last - first) * stretch, max(260.0, last - first)))
            # The edges, where the consonants turn into the vowel, keep more of their own speed.
            even = np.linspace(0.0, 1.0, count)
            places.append(first + (last - first - 1) * (0.75 * even + 0.25 * (3 * even**2 - 2 * even**3)))
        at = last
    return np.concatenate(places)


def _melody(runs: list[tuple[int, int]], count: int, middle: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """(count,) log2 of hertz over the whole: steps of a scale, slides, vibrato, drift."""
    scale = np.array(_SCALES[int(rng.integers(len(_SCALES)))])
    tonic = rng.uniform(0, 12)
    steps = np.concatenate([scale + 12 * octave for octave in range(-2, 3)]) + tonic - 6.0
    lively = rng.uniform(0.8, 3.0)
    now = int(np.argmin(np.abs(steps)))
    pitch = np.full(count, middle)
    depth = rng.uniform(0.0, 0.7) * float(rng.random() < 0.75) / 12
    turning = rng.uniform(4.6, 6.6)
    for first, last in runs:
        notes = [first]
        while notes[-1] < last:
            notes.append(notes[-1] + int(rng.uniform(12, 90)))
        for start, end in pairwise(notes):
            now = int(np.clip(now + round(rng.normal(0, lively)), 0, len(steps) - 1))
            now += int(np.sign(-steps[now]) * (abs(steps[now]) > rng.uniform(4, 14)))
            pitch[start : min(end, last)] = middle + steps[now] / 12
            since = np.arange(min(end, last) - start) * HOP_SECONDS
            swell = np.clip((since - 0.2) / 0.25, 0, 1) * depth
            pitch[start : min(end, last)] += swell * np.sin(2 * np.pi * turning * since + rng.uniform(0, 6))
    smooth = gaussian_filter1d(pitch, rng.uniform(1.0, 4.0))
    drift = gaussian_filter1d(rng.normal(0, 1, count), 12) * rng.uniform(0.0, 0.06)
    return smooth + drift


def _throat(envelope: NDArray[np.float32], voiced: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.float32]:
    """(n, 513) -> (n, 104): formants moved; above what was recorded, voice falls and hiss goes on."""
    centres = band_centres(BANDS + HIGH_BANDS)
    factor = np.exp(rng.uniform(-0.2, 0.2))
    # The last bins of a recording lie under its own filter.
    top = 7200.0
    place = np.minimum(centres / factor, top) * (_BINS - 1) / (CONTENT_RATE / 2)
    low = place.astype(np.intp)
    part = (place - low).astype(np.float32)
    density = envelope[:, low] * (1 - part) + envelope[:, low + 1] * part
    beyond = np.log2(np.maximum(centres / factor / top, 1.0)).astype(np.float32)
    air = np.log2(np.maximum(centres / 11_000.0, 1.0)).astype(np.float32)
    fall = np.where(voiced, rng.uniform(1.0, 3.5), rng.uniform(-1.0, 0.8)).astype(np.float32)
    out = density - fall[:, None] * beyond - 4.0 * air
    tilt = rng.uniform(-0.5, 0.9) * np.log2(centres / 1000.0)
    ring = rng.uniform(0, 2.2) * np.exp(-(((centres - rng.uniform(2500, 3400)) / 500.0) ** 2))
    return (out + (tilt + ring).astype(np.float32)).astype(np.float32)


def imposed(features: Features, rng: np.random.Generator, lift: float = 0.0) -> Score:
    """The words of a recording as somebody else might sing them, `lift` octaves higher than most would."""
    hertz = features.hertz.astype(np.float64)
    voiced = hertz > 0
    runs = _runs(voiced)
    places = _walk(runs, len(hertz), rng)
    low = np.minimum(places.astype(np.intp), len(hertz) - 2)
    part = (places - low).astype(np.float32)[:, None]

    def read(rows: NDArray[np.float16]) -> NDArray[np.float32]:
        wide = rows.astype(np.float32)
        return np.asarray(wide[low] * (1 - part) + wide[low + 1] * part, np.float32)

    kept = np.zeros(len(hertz), bool)
    for first, last in runs:
        kept[first:last] = True
    sung = kept[np.round(places).astype(np.intp).clip(0, len(hertz) - 1)]
    own = float(np.median(np.log2(hertz[voiced]))) if voiced.any() else 7.5
    middle = rng.uniform(np.log2(110.0), np.log2(520.0)) * 0.6 + (own + rng.uniform(0, 0.8)) * 0.4
    middle += lift
    pitch = _melody(_runs(sung), len(places), middle, rng)
    spoken = np.log2(np.maximum(hertz, 1.0))[low]
    pitch = pitch + np.where(hertz[low] > 0, rng.uniform(0, 0.35) ** 2 * (spoken - own), 0.0)
    tone = np.where(sung, np.exp2(pitch).clip(_LOWEST, _HIGHEST), 0.0).astype(np.float32)
    density = _throat(read(features.envelope), sung, rng)
    # Singers hold their level: part of the differences between moments is taken away.
    loud = gaussian_filter1d(np.logaddexp.reduce(density, axis=1), 5.0)
    reference = float(np.percentile(loud, 80))
    density += (rng.uniform(0, 0.6) * np.clip(reference - loud, 0.0, 3.0))[:, None].astype(np.float32)
    noise = read(features.noise) * np.float32(rng.uniform(0.2, 1.1))
    return Score(tone, density, np.clip(noise, 0, 1))


def sing(features: Features, rng: np.random.Generator, rate: int = 48_000, lift: float = 0.0) -> NDArray[np.float32]:
    """(samples,) mono at `rate`, about -20 dBFS; lift: octaves."""
    score = imposed(features, rng, lift)
    maker = Synthesiser(rate, int(rng.integers(1 << 30)))
    sound = maker.feed(score.hertz, score.density, score.noise)
    level = float(np.sqrt(np.mean(np.square(sound)))) + 1e-6
    return np.clip(sound * np.float32(0.1 / level), -1, 1)
