"""A whole face for a song: lips from what is known (words, a stem, else the mix), and life around them."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motion.music.song_map import SongMap
from motion.rig.pose import GRID_HZ
from performer.face.life import live_face
from performer.face.lips import lips_from_lyrics, lips_from_sound
from performer.face.lyric_sheet import Lyrics
from performer.face.track import FaceTrack

__all__ = ["build_face"]


def build_face(
    sound: NDArray[np.floating[Any]],
    rate: int,
    song_map: SongMap,
    *,
    vocal_mono: NDArray[np.floating[Any]] | None = None,
    lyrics: Lyrics | None = None,
    seed: int = 0,
) -> FaceTrack:
    """Lips and life for a song, ceil(duration * 60) frames.

    Args:
        sound: (samples,) or (samples, channels) the whole mix; two channels help to find the voice.
        rate: Hz, of both sounds.
        vocal_mono: (samples,) the voice alone, where there is a stem.
        lyrics: words with times; without them the sound alone decides.
    """
    frames = math.ceil(song_map.duration * GRID_HZ)
    voice, gate = (sound, song_map.vocal) if vocal_mono is None else (vocal_mono, None)
    if lyrics is not None and lyrics.lines:
        lips = lips_from_lyrics(lyrics, voice, rate, frames=frames, vocal=gate)
    else:
        lips = lips_from_sound(voice, rate, frames=frames, vocal=gate)
    return live_face(song_map, lips, seed=seed, frames=frames)
