"""How near a converted phrase is to the person's own recording of it, frame by frame: figures that need no judge.

Both must be in time with each other and of one pitch, as a phrase and its conversion are. No file is read here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from swift_f0 import SwiftF0

from performer.voice.bands import log_bands
from performer.voice.train.corpus import track_pitch

__all__ = ["Likeness", "Sight", "average_spectrum", "likeness", "mean_likeness", "sight_of", "spectra_apart_db"]

_DB = 10 / np.log(10)
# Frames this far (natural log of power) under the loud level are pauses.
_QUIET = 5.0
_FEWEST = 20


@dataclass(frozen=True, slots=True)
class Sight:
    """What is seen of a sound every 10 ms: bands (n, 80) natural log of power, hertz (n,), 0 = unvoiced."""

    bands: NDArray[np.float32]
    hertz: NDArray[np.float32]

    @property
    def loudness(self) -> NDArray[np.float32]:
        """(n,) natural log of power."""
        return np.asarray(np.logaddexp.reduce(self.bands, axis=1), np.float32)

    @property
    def loud(self) -> NDArray[np.bool_]:
        """(n,) frames that are no pause."""
        loudness = self.loudness
        return loudness > np.quantile(loudness, 0.85) - _QUIET

    @property
    def colour_db(self) -> NDArray[np.float32]:
        """(n, 80) decibels about the frame's own mean: what is left when loudness is taken away."""
        return np.asarray((self.bands - self.bands.mean(axis=1, keepdims=True)) * _DB, np.float32)


@dataclass(frozen=True, slots=True)
class Likeness:
    """apart_db: mean absolute difference of mel bands without loudness, loud frames. movement: how far the bands of
    voiced frames move, over the recording's, 1 = as much. pitch_r: correlation of log pitch. cents: median absolute
    difference of pitch. Not a number where too little was voiced in both."""

    apart_db: float
    movement: float
    pitch_r: float
    cents: float


def sight_of(samples: NDArray[np.float32], detector: SwiftF0) -> Sight:
    """samples: (n,) at 16 kHz, half a second or more."""
    bands = log_bands(samples)
    return Sight(bands, track_pitch(samples, detector, len(bands)))


def likeness(own: Sight, other: Sight) -> Likeness:
    """other: in time with `own`; what one is longer than the other is left out."""
    count = min(len(own.hertz), len(other.hertz))
    own, other = (Sight(one.bands[:count], one.hertz[:count]) for one in (own, other))
    pick = own.loud
    first, second = own.colour_db, other.colour_db
    apart = float(np.abs(first - second)[pick].mean()) if pick.any() else float("nan")
    both = (own.hertz > 0) & (other.hertz > 0) & pick
    if both.sum() < _FEWEST:
        return Likeness(apart, float("nan"), float("nan"), float("nan"))
    movement = float((second[both].std(axis=0) / (first[both].std(axis=0) + 1e-3)).mean())
    one, two = np.log2(own.hertz[both]), np.log2(other.hertz[both])
    steady = min(float(one.std()), float(two.std())) < 1e-4
    together = float("nan") if steady else float(np.corrcoef(one, two)[0, 1])
    return Likeness(apart, movement, together, float(np.median(np.abs(one - two)) * 1200))


def mean_likeness(each: Sequence[Likeness]) -> Likeness:
    """Of several phrases; what could not be told of one is left out."""

    def mean(values: Sequence[float]) -> float:
        known = [value for value in values if np.isfinite(value)]
        return float(np.mean(known)) if known else float("nan")

    return Likeness(
        mean([one.apart_db for one in each]),
        mean([one.movement for one in each]),
        mean([one.pitch_r for one in each]),
        mean([one.cents for one in each]),
    )


def average_spectrum(sights: Sequence[Sight]) -> NDArray[np.float32]:
    """(80,) dB: mean power of the loud frames in each band, the loudest band 0."""
    power = np.concatenate([np.exp(sight.bands - sight.loudness[:, None])[sight.loud] for sight in sights])
    level = np.log(power.mean(axis=0)) * _DB
    return np.asarray(level - level.max(), np.float32)


def spectra_apart_db(one: NDArray[np.float32], two: NDArray[np.float32]) -> float:
    """Root mean square difference of two average spectra, their means put on each other."""
    off = (one - one.mean()) - (two - two.mean())
    return float(np.sqrt(np.mean(np.square(off))))
