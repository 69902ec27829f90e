"""A click track of a song map, to check beats by ear."""

import numpy as np
from numpy.typing import NDArray

from motion.music.song_map import SongMap

__all__ = ["click_track"]

BEAT_HZ, DOWNBEAT_HZ = 1000.0, 1600.0
CLICK_SECONDS = 0.04


def click_track(song: SongMap, rate: int, frames: int, first: int = 0) -> NDArray[np.float32]:
    """(frames,) from sample `first` on: a click on every beat, higher on the first of a bar, starting at its time."""
    out = np.zeros(frames, np.float32)
    t = np.arange(int(CLICK_SECONDS * rate)) / rate
    firsts = {round(time * rate) for time in song.downbeats}
    clicks = {
        hertz: (np.sin(2.0 * np.pi * hertz * t) * np.exp(-t * 110.0)).astype(np.float32)
        for hertz in (BEAT_HZ, DOWNBEAT_HZ)
    }
    for beat in song.beats:
        sample = round(beat * rate)
        click, at = clicks[DOWNBEAT_HZ if sample in firsts else BEAT_HZ], sample - first
        if at + len(click) <= 0 or at >= frames:
            continue
        part = out[max(at, 0) : at + len(click)]
        part += click[max(-at, 0) :][: len(part)]
    return out
