"""A click track of a song map, to check beats by ear."""

import numpy as np
from numpy.typing import NDArray

from motion.music.song_map import SongMap

__all__ = ["click_track"]

BEAT_HZ, DOWNBEAT_HZ = 1000.0, 1600.0
CLICK_SECONDS = 0.04


def click_track(song: SongMap, rate: int, frames: int) -> NDArray[np.float32]:
    """(frames,) a click on every beat, higher on the first of a bar; starts exactly at the beat's time."""
    out = np.zeros(frames, np.float32)
    t = np.arange(int(CLICK_SECONDS * rate)) / rate
    firsts = {round(time * rate) for time in song.downbeats}
    for beat in song.beats:
        at = round(beat * rate)
        hertz = DOWNBEAT_HZ if at in firsts else BEAT_HZ
        click = np.sin(2.0 * np.pi * hertz * t) * np.exp(-t * 110.0)
        part = out[at : at + len(t)]
        part += click[: len(part)].astype(np.float32)
    return out
