"""Recordings as arrays to train on: bands, envelope, pitch of each clip, kept in one folder of .npz files.

An index.tsv names the clips of a set: its first line the columns, of which `path`, `speaker` and, where there is one,
`text` are read.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray
from swift_f0 import SwiftF0

from performer.voice.bands import CONTENT_RATE, HOP_SECONDS, log_bands
from performer.voice.envelope import LOWEST_HERTZ, aperiodicity, spectral_envelope
from performer.voice.sound import read_sound

__all__ = ["Clip", "Features", "analyse", "clips_of", "features_of", "track_pitch"]

# Mean level that every clip is brought to (root mean square, full scale 1): about -23 dBFS.
_LEVEL = 0.07
_SURE = 0.5
_HIGHEST_HERTZ = 1250.0
_SHORTEST_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Clip:
    """One recording: key "set/path", where it lies, who speaks, what (may be empty)."""

    key: str
    path: Path
    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class Features:
    """Of one clip, every 10 ms. bands (n, 80) as heard; envelope (n, 513) log power density to 8 kHz; hertz (n,),
    0 = unvoiced; noise (n, 8) aperiodicity."""

    bands: NDArray[np.float16]
    envelope: NDArray[np.float16]
    hertz: NDArray[np.float32]
    noise: NDArray[np.float16]


def clips_of(root: Path, sets: Iterable[str]) -> Iterator[Clip]:
    """The clips of `root/SET/index.tsv` whose files are there."""
    for name in sets:
        with (root / name / "index.tsv").open(newline="", encoding="utf-8") as lines:
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                path = root / name / row["path"]
                if path.is_file():
                    yield Clip(f"{name}/{row['path']}", path, row["speaker"], row.get("text") or "")


def track_pitch(samples: NDArray[np.float32], detector: SwiftF0, frames: int) -> NDArray[np.float32]:
    """samples: (n,) at 16 kHz -> (frames,) hertz every 10 ms, 0 = unvoiced."""
    found = detector.detect(samples, CONTENT_RATE, LOWEST_HERTZ, _HIGHEST_HERTZ)
    at = np.arange(frames) * HOP_SECONDS
    log_pitch = np.interp(at, found.timestamps, np.log2(np.maximum(found.pitch_hz, 1.0)))
    sure = np.interp(at, found.timestamps, found.confidence)
    return np.where(sure >= _SURE, np.exp2(log_pitch), 0.0).astype(np.float32)


def analyse(samples: NDArray[np.float32], detector: SwiftF0) -> Features:
    """samples: (n,) at 16 kHz, any level."""
    level = float(np.sqrt(np.mean(np.square(samples)))) + 1e-6
    samples = samples * np.float32(_LEVEL / level)
    bands = log_bands(samples)
    hertz = track_pitch(samples, detector, len(bands))
    envelope = spectral_envelope(samples, hertz, CONTENT_RATE)
    noise = aperiodicity(samples, hertz, CONTENT_RATE)
    return Features(bands.astype(np.float16), envelope.astype(np.float16), hertz, noise.astype(np.float16))


def clip_samples(clip: Clip) -> NDArray[np.float32]:
    """(n,) mono at 16 kHz."""
    sound = read_sound(clip.path)
    mono = sound.samples.mean(axis=1)
    return mono if sound.rate == CONTENT_RATE else soxr.resample(mono, sound.rate, CONTENT_RATE).astype(np.float32)


def features_of(clip: Clip, cache: Path, detector: SwiftF0) -> Features | None:
    """From `cache` or analysed and put there; None for a clip of less than half a second."""
    path = cache / (clip.key.replace("/", "__") + ".npz")
    if path.is_file():
        with np.load(path) as kept:
            return Features(kept["bands"], kept["envelope"], kept["hertz"], kept["noise"])
    samples = clip_samples(clip)
    if len(samples) < _SHORTEST_SECONDS * CONTENT_RATE:
        return None
    features = analyse(samples, detector)
    part = path.with_suffix(".part.npz")
    np.savez(part, bands=features.bands, envelope=features.envelope, hertz=features.hertz, noise=features.noise)
    part.replace(path)
    return features
