"""Converters that a voice must beat, from WORLD's analysis (M. Morise et al., 2016). Runs in the judges' process.

All at 16 kHz, every 10 ms. `copy` is analysis and synthesis alone. `world` keeps the pitch, warps frequencies and
matches the mean envelope. `mv` matches mean and spread of each bin. `knn` replaces each frame by the mean of the eight
frames of the target that are nearest in 19 mel-cepstra and their slopes. None of them is trained, all see whole clips.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyworld
import soundfile
from numpy.typing import NDArray
from scipy.fft import dct

__all__ = ["Analysis", "Target", "analyse", "convert"]

RATE, PERIOD_MS, SIZE = 16_000, 10.0, 1024
_LOWEST, _HIGHEST = 60.0, 1250.0
# Frames more than this under the loudest are silence: they would only blur means.
_QUIET = np.log(10.0) * 4.5
_NEIGHBOURS, _SHARPNESS = 8, 20.0


@dataclass(frozen=True, slots=True)
class Analysis:
    """hertz: (frames,) 0 = unvoiced. level: (frames,) log mean power. shape: (frames, 513) log envelope less level.
    noise: (frames, 513) aperiodicity 0..1. cepstra: (frames, 38) normalised over the clip."""

    hertz: NDArray[np.float64]
    level: NDArray[np.float64]
    shape: NDArray[np.float32]
    noise: NDArray[np.float32]
    cepstra: NDArray[np.float32]

    @property
    def voiced(self) -> NDArray[np.bool_]:
        return self.hertz > 0

    @property
    def loud(self) -> NDArray[np.bool_]:
        return self.level > self.level.max() - _QUIET


def _cepstra(samples: NDArray[np.float64], frames: int) -> NDArray[np.float32]:
    """19 mel-cepstra and their slopes over ±2 frames."""
    padded = np.pad(samples, (200, 800))
    windows = np.lib.stride_tricks.sliding_window_view(padded, 400)[::160][:frames]
    power = np.square(np.abs(np.fft.rfft(windows * np.hanning(400), 512, axis=1)))
    mels = np.linspace(0.0, 2595 * np.log10(1 + 8000 / 700), 42)
    edges = 700 * (10 ** (mels / 2595) - 1)
    hertz = np.linspace(0, 8000, 257)[:, None]
    rise = (hertz - edges[:-2]) / (edges[1:-1] - edges[:-2])
    fall = (edges[2:] - hertz) / (edges[2:] - edges[1:-1])
    bands = np.log(power @ np.clip(np.minimum(rise, fall), 0, None) + 1e-8)
    still = dct(bands, axis=1, norm="ortho")[:, 1:20]
    ahead = np.pad(still, ((2, 2), (0, 0)), mode="edge")
    slope = (2 * (ahead[4:] - ahead[:-4]) + ahead[3:-1] - ahead[1:-3]) / 10
    both = np.concatenate([still, slope], axis=1)
    return ((both - both.mean(0)) / (both.std(0) + 1e-6)).astype(np.float32)


def analyse(samples: NDArray[np.float64], hertz: NDArray[np.float64] | None = None) -> Analysis:
    """samples: (n,) at 16 kHz. hertz: (n // 160,) pitch of the frames, refined here; DIO's where none is given."""
    if hertz is None:
        rough, times = pyworld.dio(samples, RATE, _LOWEST, _HIGHEST, frame_period=PERIOD_MS)
    else:
        rough, times = np.ascontiguousarray(hertz), np.arange(len(hertz)) * PERIOD_MS / 1000
    refined: NDArray[np.float64] = pyworld.stonemask(samples, rough, times, RATE)
    envelope = pyworld.cheaptrick(samples, refined, times, RATE, fft_size=SIZE)
    noise = pyworld.d4c(samples, refined, times, RATE, fft_size=SIZE)
    level = np.log(envelope.mean(axis=1) + 1e-12)
    shape = np.log(envelope + 1e-12) - level[:, None]
    cepstra = _cepstra(samples, len(refined))
    return Analysis(refined, level, shape.astype(np.float32), noise.astype(np.float32), cepstra)


class Target:
    """All frames of a target's training recordings that are loud enough."""

    def __init__(self, paths: list[Path]) -> None:
        parts = [analyse(soundfile.read(path)[0].astype(np.float64)) for path in paths]
        self.voiced = np.concatenate([part.voiced[part.loud] for part in parts])
        self.shape = np.concatenate([part.shape[part.loud] for part in parts])
        self.noise = np.concatenate([part.noise[part.loud] for part in parts]).astype(np.float16)
        cepstra = np.concatenate([part.cepstra[part.loud] for part in parts])
        self.directions = cepstra / np.linalg.norm(cepstra, axis=1, keepdims=True)

    def mean(self, voiced: bool) -> NDArray[np.float32]:
        return self.shape[self.voiced == voiced].mean(0)

    def spread(self, voiced: bool) -> NDArray[np.float32]:
        return self.shape[self.voiced == voiced].std(0)


def _warped(shape: NDArray[np.float32], factor: float) -> NDArray[np.float32]:
    """What lay at f lies at f * factor."""
    place = np.minimum(np.arange(shape.shape[1]) / factor, shape.shape[1] - 1.001)
    low = place.astype(np.intp)
    rest = (place - low).astype(np.float32)
    return shape[:, low] * (1 - rest) + shape[:, low + 1] * rest


def _world(source: Analysis, target: Target) -> NDArray[np.float32]:
    heard, wanted = source.shape[source.voiced & source.loud].mean(0), target.mean(True)
    factors = np.arange(0.80, 1.251, 0.02)
    likeness = [np.corrcoef(_warped(heard[None], f)[0], wanted)[0, 1] for f in factors]
    shape = _warped(source.shape, float(factors[int(np.argmax(likeness))]))
    for voiced in (True, False):
        frames = source.voiced == voiced
        if (frames & source.loud).any():
            shape[frames] += target.mean(voiced) - shape[frames & source.loud].mean(0)
    return shape


def _mv(source: Analysis, target: Target) -> NDArray[np.float32]:
    shape = source.shape.copy()
    for voiced in (True, False):
        frames = source.voiced == voiced
        heard = source.shape[frames & source.loud]
        if len(heard) > 1:
            ratio = np.clip(target.spread(voiced) / (heard.std(0) + 1e-3), 0.5, 2.0)
            shape[frames] = (shape[frames] - heard.mean(0)) * ratio + target.mean(voiced)
    return shape


def _knn(source: Analysis, target: Target) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    shape, noise = source.shape.copy(), source.noise.copy()
    asked = source.cepstra / np.linalg.norm(source.cepstra, axis=1, keepdims=True)
    for voiced in (True, False):
        store = np.flatnonzero(target.voiced == voiced)
        frames = np.flatnonzero(source.voiced == voiced)
        for chunk in np.array_split(frames, max(1, len(frames) // 200)):
            cosine = asked[chunk] @ target.directions[store].T
            best = np.argpartition(-cosine, _NEIGHBOURS, axis=1)[:, :_NEIGHBOURS]
            near = np.take_along_axis(cosine, best, axis=1)
            weight = np.exp(_SHARPNESS * (near - near.max(1, keepdims=True)))
            weight = (weight / weight.sum(1, keepdims=True)).astype(np.float32)
            shape[chunk] = np.einsum("fk,fkb->fb", weight, target.shape[store[best]])
            if voiced:
                noise[chunk] = np.einsum("fk,fkb->fb", weight, target.noise[store[best]].astype(np.float32))
    ahead = np.pad(shape, ((1, 1), (0, 0)), mode="edge")
    return (ahead[:-2] + ahead[1:-1] + ahead[2:]) / 3, noise


def convert(way: str, source: Analysis, target: Target | None, semitones: float) -> NDArray[np.float64]:
    """way: copy, world, mv, knn -> (n,) at 16 kHz. `copy` needs no target and keeps the pitch."""
    shape, noise = source.shape, source.noise
    if way != "copy":
        assert target is not None
        if way == "knn":
            shape, noise = _knn(source, target)
        else:
            shape = {"world": _world, "mv": _mv}[way](source, target)
    power = np.exp(shape.astype(np.float64))
    power *= (np.exp(source.level) / power.mean(axis=1))[:, None]
    hertz = source.hertz * (1.0 if way == "copy" else 2 ** (semitones / 12))
    power = np.ascontiguousarray(power)
    return pyworld.synthesize(hertz, power, np.ascontiguousarray(noise, np.float64), RATE, PERIOD_MS)
