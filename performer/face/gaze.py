"""Where the eyes look: the camera most of the time, the audience and its sides between, in quick shifts."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motion.music.song_map import SongMap
from motion.rig.smooth import smoothstep
from performer.face.phrases import Phrase

__all__ = ["Gaze", "MAX_PITCH", "MAX_YAW", "gaze_curve"]

MAX_YAW = np.deg2rad(25.0)
MAX_PITCH = np.deg2rad(15.0)
_SHIFT = 0.05
_LARGE = np.deg2rad(8.0)
_NOISE = np.deg2rad(0.25)
_FIXATION_SHORTEST, _FIXATION_LONGEST = 0.3, 0.9


@dataclass(frozen=True, slots=True)
class Gaze:
    """angles: (frames, 2) yaw (+ left) and pitch (+ down), radians. shifts: seconds of the large shifts."""

    angles: NDArray[np.float64]
    shifts: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Target:
    start: float
    yaw: float
    pitch: float


def _targets(song: SongMap, phrases: Sequence[Phrase], duration: float, rng: np.random.Generator) -> list[_Target]:
    starts = np.asarray([phrase.start for phrase in phrases])
    out = [_Target(0.0, 0.0, 0.0)]
    at_camera = True
    t = rng.uniform(1.0, 2.5)
    while t < duration:
        singing = any(phrase.start <= t < phrase.end for phrase in phrases)
        ballad = 0.0 < song.bpm < 90.0
        if at_camera and rng.random() < (0.8 if singing else 0.9):
            side = rng.choice([-1.0, 1.0])
            kind = rng.random()
            if kind < 0.55:  # audience below the camera, to one side
                yaw, pitch = side * rng.uniform(8.0, 20.0), rng.uniform(1.0, 7.0)
            elif kind < 0.85:  # far side or balcony
                yaw, pitch = side * rng.uniform(15.0, 24.0), rng.uniform(-8.0, 3.0)
            else:  # down for a thought, or up
                yaw, pitch = (
                    side * rng.uniform(0.0, 8.0),
                    rng.choice([rng.uniform(8.0, 13.0), rng.uniform(-12.0, -6.0)]),
                )
            stay = rng.uniform(0.6, 1.8) * (1.5 if ballad else 1.0)
            at_camera = False
        else:
            yaw, pitch = rng.normal(0.0, 1.0), rng.normal(0.0, 0.8)
            stay = rng.uniform(1.2, 3.2)
            at_camera = True
        out.append(_Target(t, float(np.deg2rad(yaw)), float(np.deg2rad(pitch))))
        t += stay
        # A phrase that begins soon calls the eyes back to the camera.
        if not at_camera and len(starts):
            soon = starts[(starts > out[-1].start + 0.4) & (starts < t)]
            if len(soon):
                t = float(soon[0]) - 0.1
    return out


def gaze_curve(song: SongMap, phrases: Sequence[Phrase], times: NDArray[np.float64], rng: np.random.Generator) -> Gaze:
    """The gaze at `times`: held targets joined by shifts of about 50 ms, with the small drift of a living eye."""
    if not len(times):
        return Gaze(np.zeros((0, 2)), ())
    targets = _targets(song, phrases, float(times[-1]), rng)
    held = np.searchsorted([target.start for target in targets], times, side="right") - 1
    at = np.asarray([(target.yaw, target.pitch) for target in targets])
    angles = at[np.maximum(held, 0)]
    shifts: list[float] = []
    for before, target in itertools.pairwise(targets):
        size = float(np.hypot(target.yaw - before.yaw, target.pitch - before.pitch))
        length = _SHIFT * (0.7 + 0.6 * min(size / MAX_YAW, 1.0))
        first, last = np.searchsorted(times, [target.start, target.start + length])
        x = ((times[first:last] - target.start) / length)[:, None]
        left = 1.0 - smoothstep(x)
        angles[first:last] += left * (before.yaw - target.yaw, before.pitch - target.pitch)
        if size > _LARGE:
            shifts.append(target.start)
    # Small shifts of fixation every 0.3-1 s.
    count = int(times[-1] / _FIXATION_SHORTEST) + 2
    moments = np.cumsum(rng.uniform(_FIXATION_SHORTEST, _FIXATION_LONGEST, count))
    noise = rng.normal(0.0, _NOISE, (count + 1, 2))[np.searchsorted(moments, times, side="right")]
    limit = (MAX_YAW, MAX_PITCH)
    return Gaze(np.clip(angles + noise, np.negative(limit), limit), tuple(shifts))
