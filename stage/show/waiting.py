"""The stage before its first song is ready: she stands there and lives, light and camera move slowly.

It is a performance like any other, of a quiet map without sound, on which the desk lets nobody dance.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motion.music.song_map import Bar, Curve, Section, SongMap
from motion.rig.pose import GRID_HZ, Motion, rest_motion
from motion.rig.skeleton import CANONICAL
from performer.avatar.model import Vrm
from performer.face.track import rest_face
from stage.show.moods import AS_IT_FITS, Staging
from stage.show.performance import Performance, line_up

__all__ = ["waiting_performance"]

# Media time begins anew after this; one stands before the curtain for seconds, a long song takes a minute.
_SECONDS = 120.0
# A bar of two seconds: the wall moves, and nothing pulses faster than one breathes.
_BAR = 2.0
# Nothing that looks from behind or over the crowd: who waits wants to see her.
_SHOTS = ["wide", "full", "medium-orbit"]


@dataclass(frozen=True, slots=True)
class _Standing:
    """Frames of nobody's dance: what is seen is the idle loop."""

    motion: Motion
    contacts: NDArray[np.float32]


class _NoDance:
    """As many standing frames as are asked for."""

    def frames(self, start: int, stop: int) -> _Standing:
        count = max(stop - start, 0)
        return _Standing(rest_motion(CANONICAL, count), np.ones((count, 2), np.float32))


def waiting_performance(avatars: tuple[Vrm, ...], staging: Staging = AS_IT_FITS) -> Performance:
    """What stands on the stage until a song does. staging: of the song that comes, whose colours are there already."""
    bars = [_BAR * number for number in range(int(_SECONDS / _BAR))]
    song = SongMap(
        duration=_SECONDS,
        bpm=2 * 60.0 / _BAR,
        beats=[start + half for start in bars for half in (0.0, _BAR / 2)],
        downbeats=bars,
        bars=[Bar(start=start, end=start + _BAR, beats=2) for start in bars],
        sections=[Section(start=0.0, end=_SECONDS, label="intro", group=0)],
        energy=Curve(hop=_SECONDS, values=[0.3, 0.3]),
        vocal=Curve(hop=_SECONDS, values=[0.0, 0.0]),
    )
    return Performance(
        song=song,
        dance=_NoDance(),
        face=rest_face(int(_SECONDS * GRID_HZ)),
        performers=line_up(avatars),
        staging=Staging(mood=staging.mood, palettes=staging.palettes, shots=_SHOTS),
    )
