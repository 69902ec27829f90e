"""The parts of a voice to one stereo sound, and that sound back into its song at the level of the one it replaces."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from performer.voice.mix.limiter import limited
from performer.voice.mix.loudness import CURVE_SECONDS, SILENT_LUFS, loudness_lufs, power_curve
from performer.voice.mix.room import room_response, roomed
from performer.voice.sound import Sound, resample
from performer.voice.style.apply import Part
from performer.voice.style.knobs import Room, built_in_knobs

__all__ = ["Sung", "blend", "follow_level", "lay"]

# Phrases: what is averaged over when one level follows another, seconds, and the most that it may be moved.
_PHRASE_SECONDS = 0.7
_MOST_DB = 15.0
# Below the loud moments by so much, a voice pauses and only bleeding or breath is left.
_PAUSE_DB = 35.0
_LEAST_RATE = 44_100
_SILENT_ROOM_DB = -60.0


@dataclass(frozen=True, slots=True)
class Sung:
    """A part as sound. samples: (n,) mono."""

    part: Part
    samples: NDArray[np.float32]


def _placed(samples: NDArray[np.float32], pan: float) -> NDArray[np.float32]:
    """(n,) -> (n, 2) with constant power: in the middle both sides have all but 3 dB."""
    angle = (pan + 1) * np.pi / 4
    return np.stack([samples * np.float32(np.cos(angle)), samples * np.float32(np.sin(angle))], axis=1)


def blend(parts: Sequence[Sung], rate: int, *, room: Room | None = None, lead_pan: float = 0.0) -> NDArray[np.float32]:
    """The lead in its place, the others in theirs with their room.

    Args:
        parts: at `rate`, the lead first.
        lead_pan: -1..1.

    Returns:
        (n, 2), as long as the longest; in the middle as loud as the lead in mono.
    """
    room = room or built_in_knobs().room
    count = max(len(sung.samples) for sung in parts)
    out = np.zeros((count, 2), np.float32)
    wet = np.zeros((count, 2), np.float32)
    for place, sung in enumerate(parts):
        level = 10 ** (sung.part.level_db / 20)
        placed = _placed(sung.samples, lead_pan if place == 0 else sung.part.pan) * np.float32(level)
        out[: len(placed)] += placed
        share_db = room.lead_level_db if place == 0 else room.level_db
        if share_db > _SILENT_ROOM_DB:
            wet[: len(placed)] += placed * np.float32(10 ** (share_db / 20))
    if np.any(wet):
        out += roomed(wet, room_response(rate, room.seconds, room.before_ms / 1000, seed=1))
    return out


def follow_level(powers: NDArray[np.float64], wanted: NDArray[np.float64]) -> NDArray[np.float64]:
    """Both (frames,) power every 10 ms -> (frames,) gain that brings one to the other, phrase by phrase.

    Only where both sound is anything said; between, the gain goes over.
    """
    sounds = np.ones(len(powers), bool)
    for curve in (powers, wanted):
        loud = np.percentile(curve, 95) if len(curve) else 0.0
        sounds &= curve > max(loud * 10 ** (-_PAUSE_DB / 10), 1e-10)
    if not sounds.any():
        return np.ones(len(powers))
    width = _PHRASE_SECONDS / CURVE_SECONDS
    heard = (np.where(sounds, curve, 0.0) for curve in (wanted, powers))
    said, other = (gaussian_filter1d(curve, width, mode="constant") for curve in heard)
    weight = gaussian_filter1d(sounds.astype(np.float64), width, mode="constant")
    ratio = 10 * np.log10(np.maximum(said, 1e-15) / np.maximum(other, 1e-15))
    # Where the window holds next to nothing, the curve is drawn between the places where it holds enough.
    # (A sound shorter than any phrase holds enough nowhere: then where it holds most.)
    firm = weight > min(0.02, 0.5 * float(weight.max()))
    frames = np.arange(len(powers))
    gain_db = np.clip(np.interp(frames, frames[firm], ratio[firm]), -_MOST_DB, _MOST_DB)
    return 10 ** (gain_db / 20)


def _pan_of(samples: NDArray[np.float32]) -> float:
    """Where a stereo voice stands, -1..1."""
    if samples.shape[1] < 2:
        return 0.0
    left, right = np.sqrt(np.mean(np.square(samples), axis=0, dtype=np.float64))
    return float(np.arctan2(right, left) * 4 / np.pi - 1) if left + right > 1e-6 else 0.0


def _fitted(samples: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """Cut or filled with silence to `count` frames of two channels."""
    stereo = np.repeat(samples, 2, axis=1) if samples.shape[1] == 1 else samples[:, :2]
    return np.pad(stereo[:count], ((0, max(0, count - len(stereo))), (0, 0)))


def lay(parts: Sequence[Sung], rate: int, vocal: Sound, accompaniment: Sound, *, room: Room | None = None) -> Sound:
    """A converted voice in the place of the original one.

    Args:
        parts: what was made of `vocal`, in time with it, the lead first, at `rate`.
        vocal, accompaniment: of the song, of any rates; both begin together.

    Returns:
        Stereo at the accompaniment's rate (44.1 kHz at least), as loud as the song was, peaks at or under -1 dBTP.
    """
    to = max(accompaniment.rate, _LEAST_RATE)
    band = resample(accompaniment.samples, accompaniment.rate, to)
    original = resample(vocal.samples, vocal.rate, to)
    count = max(len(band), len(original))
    band, original = _fitted(band, count), _fitted(original, count)
    moved = [Sung(sung.part, resample(sung.samples, rate, to)[:count]) for sung in parts]
    lead = np.pad(moved[0].samples, (0, count - len(moved[0].samples)))
    pan = _pan_of(vocal.samples)
    gain = follow_level(power_curve(_placed(lead, pan), to), power_curve(original, to))
    points = (np.arange(len(gain)) + 0.5) * round(to * CURVE_SECONDS)
    voice = blend([Sung(moved[0].part, lead), *moved[1:]], to, room=room, lead_pan=pan)
    if len(gain):
        voice *= np.interp(np.arange(count), points, gain).astype(np.float32)[:, None]
    before = loudness_lufs(band + original, to)
    whole = band + voice
    after = loudness_lufs(whole, to)
    if min(before, after) > SILENT_LUFS:
        whole *= np.float32(10 ** ((before - after) / 20))
    return Sound(limited(whole, to), to)
