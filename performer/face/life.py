"""What keeps a face alive beside the mouth: blinks, gaze, brows, smile, breath. A function of song, lips and seed."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from motion.music.song_map import SongMap
from motion.rig.pose import GRID_HZ
from performer.face.blinks import blink_curve, quiet_times
from performer.face.gaze import gaze_curve
from performer.face.mood import add_mood
from performer.face.phrases import held_notes, mouth_opening, phrases_of
from performer.face.track import EXPRESSION_INDEX, MOUTH, FaceTrack

__all__ = ["live_face"]

_WAVER, _WAVER_SECONDS = 0.14, 0.12


def _breathe_life(weights: NDArray[np.float32], rng: np.random.Generator) -> None:
    """Let held vowels waver a little, never wider than they were: a mouth held still for a second looks dead."""
    if not len(weights):
        return
    waver = gaussian_filter1d(rng.normal(0.0, 1.0, len(weights)), _WAVER_SECONDS * GRID_HZ)
    waver /= max(float(np.std(waver)), 1e-9)
    first = EXPRESSION_INDEX[MOUTH[0]]
    keep = 1.0 - _WAVER * np.clip(0.5 + 0.35 * waver, 0.0, 1.0)
    weights[:, first : first + len(MOUTH)] *= keep[:, None].astype(np.float32)


def live_face(song_map: SongMap, lips: FaceTrack, *, seed: int, frames: int) -> FaceTrack:
    """The lips with everything else that a living face does.

    The same song map, lips and seed give the same face. Frames past the lips have a closed mouth.
    """
    weights = np.zeros((frames, lips.weights.shape[1]), np.float32)
    shared = min(frames, len(lips))
    weights[:shared] = lips.weights[:shared]
    times: NDArray[np.float64] = np.arange(frames) / GRID_HZ
    opening = mouth_opening(weights)
    phrases, held = phrases_of(opening), held_notes(opening)
    root = np.random.SeedSequence([seed, 0xFACE])
    blink_rng, gaze_rng, mood_rng, mouth_rng = (np.random.default_rng(child) for child in root.spawn(4))
    _breathe_life(weights, mouth_rng)
    look = gaze_curve(song_map, phrases, times, gaze_rng)
    add_mood(weights, song_map, phrases, held, times, mood_rng)
    weights[:, EXPRESSION_INDEX["blink"]] = blink_curve(
        phrases, look.shifts, times, blink_rng, held, quiet_times(song_map)
    )
    return FaceTrack(np.clip(weights, 0.0, 1.0), look.angles.astype(np.float32))
