"""What recordings say of a person besides the networks: means of bands and of each phone, range, examples.

`centred` is the stream's `Centre` for a whole clip.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from performer.voice.convert.centre import SURE_FRAMES, at_unit
from performer.voice.convert.voice_file import PitchRange, Statistics
from performer.voice.train.augment import bands_of_envelope, levelled, loud_level
from performer.voice.train.base_file import Base
from performer.voice.train.corpus import Features
from performer.voice.train.networks import Content

__all__ = [
    "centred",
    "chances_of",
    "codebook_of",
    "content_of",
    "means_by_phone",
    "range_of",
    "shape_of",
    "sounding",
    "statistics_of",
]

# Natural log of power under a clip's loud level from which on a frame is not kept as an example.
_QUIET = 5.0
_MOST_CODES = 8192
# Frames of all phones that each phone's mean counts in.
_COMMON_FRAMES = 20.0


def _loudness(features: Features) -> NDArray[np.float32]:
    return np.logaddexp.reduce(features.bands.astype(np.float32), axis=1)


def _loud(features: Features) -> NDArray[np.bool_]:
    loudness = _loudness(features)
    return loudness > np.quantile(loudness, 0.85) - _QUIET


def shape_of(features: Features) -> NDArray[np.float32]:
    """(n, 80) log bands of the envelope without loudness."""
    bands = bands_of_envelope(torch.from_numpy(features.envelope.astype(np.float32))).numpy()
    return bands - np.logaddexp.reduce(bands, axis=1)[:, None]


@torch.no_grad()
def content_of(base: Base, features: Features) -> NDArray[np.float32]:
    """(n, 64) of a clip as it was recorded."""
    bands = torch.from_numpy(features.bands.astype(np.float32))[None]
    return base.content(levelled(bands, loud_level(bands))).content[0].numpy()


def sounding(clip: Features) -> NDArray[np.bool_]:
    """(n,) its loud voiced frames."""
    return _loud(clip) & (clip.hertz > 0)


@torch.no_grad()
def chances_of(network: Content, content: NDArray[np.float16] | NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, 64) content -> (n, 40) of each phone."""
    logits = network.phones_of(torch.from_numpy(content.astype(np.float32)))
    return torch.softmax(logits, 1).numpy()


def means_by_phone(rows: Sequence[NDArray[np.floating]], chances: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """(n, numbers) and (n, 40) of each clip's voiced frames -> (40, numbers); rare phones lie near the mean of all."""
    every, weights = np.concatenate(rows).astype(np.float32), np.concatenate(chances)
    common = every.mean(0)
    sums = weights.T @ every + _COMMON_FRAMES * common
    return np.asarray(sums / (weights.sum(0)[:, None] + _COMMON_FRAMES), np.float32)


def centred(
    network: Content, view: NDArray[np.float16] | NDArray[np.float32], clip: Features, means: NDArray[np.float32]
) -> NDArray[np.float16]:
    """(n, 64) about the target's (40, 64) means, as the stream will have it once it knows who speaks."""
    content = view.astype(np.float32)
    if count := int((pick := sounding(clip)).sum()):
        beside = (content[pick] - chances_of(network, content[pick]) @ means).mean(0)
        content = content - count / (count + SURE_FRAMES) * beside
    return at_unit(content).astype(np.float16)


def codebook_of(
    clips: Sequence[Features],
    base: Base,
    most: int = _MOST_CODES,
    contents: Sequence[NDArray[np.float16]] | None = None,
) -> dict[str, NDArray[np.generic]]:
    """Voiced, loud frames of all clips; where there are too many, an even choice. contents: of the clips, if known."""
    keys, hertz, envelope, noise = [], [], [], []
    for place, clip in enumerate(clips):
        pick = sounding(clip)
        keys.append((content_of(base, clip) if contents is None else contents[place])[pick])
        hertz.append(clip.hertz[pick])
        envelope.append(shape_of(clip)[pick])
        noise.append(clip.noise[pick])
    count = sum(map(len, hertz))
    chosen = np.sort(np.random.default_rng(0).permutation(count)[:most])
    return {
        "keys": np.concatenate(keys)[chosen].astype(np.float16),
        "hertz": np.concatenate(hertz)[chosen].astype(np.float32),
        "envelope": np.concatenate(envelope)[chosen].astype(np.float16),
        "noise": np.concatenate(noise)[chosen].astype(np.float16),
    }


def statistics_of(clips: Sequence[Features]) -> Statistics:
    """Mean and deviation of the bands as heard, without loudness, over loud frames (unvoiced: a little quieter too)."""
    voiced: list[NDArray[np.float32]] = []
    unvoiced: list[NDArray[np.float32]] = []
    for clip in clips:
        loudness = _loudness(clip)
        shape = clip.bands.astype(np.float32) - loudness[:, None]
        voiced.append(shape[_loud(clip) & (clip.hertz > 0)])
        unvoiced.append(shape[(loudness > np.quantile(loudness, 0.85) - _QUIET - 2) & (clip.hertz == 0)])
    voices = np.concatenate(voiced)
    silent = np.concatenate(unvoiced)
    if len(silent) < 50:
        silent = voices
    return Statistics(voices.mean(0), voices.std(0), silent.mean(0), silent.std(0))


def range_of(clips: Sequence[Features]) -> PitchRange:
    """5, 50 and 95 % of the voiced frames."""
    hertz = np.concatenate([clip.hertz[(clip.hertz > 0) & _loud(clip)] for clip in clips])
    low, middle, high = np.quantile(hertz, [0.05, 0.5, 0.95])
    return PitchRange(round(float(low), 1), round(float(middle), 1), round(float(high), 1))
