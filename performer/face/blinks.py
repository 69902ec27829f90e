"""Blinks: natural intervals, more at the ends of phrases and with large shifts of gaze, sometimes two in a row."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from motion.music.song_map import SongMap
from motion.rig.smooth import smoothstep
from performer.face.phrases import Phrase

__all__ = ["blink_curve", "blink_times", "quiet_times"]

# Intervals are log-normal: median 4.0 s, nine in ten between about 2.3 and 6 s.
_MEDIAN, _SIGMA = 4.0, 0.34
_SHORTEST, _LONGEST = 1.6, 6.5
_DOUBLE = 0.07
_DOUBLE_GAP = 0.30
_AT_PHRASE_END = 0.6
_WITH_SHIFT = 0.25
# Eyes that shut while a note is held look asleep: the blink waits for its end, unless it would have to wait too long.
_LONGEST_WAIT = 3.0
# With the note's first sound a blink may still come.
_NOTE_BEGINS = 0.15
# Blinks are this long, seconds; so long after a downbeat there is none, and none in a last pose of at least _LAST_POSE,
# unless it is held for longer than eyes stay open.
_SHORTEST_BLINK, _LONGEST_BLINK = 0.14, 0.2
_AFTER_CUT, _LAST_POSE, _LAST_HELD = 0.42, 2.6, 5.0
# The lid falls in a third of the time and rises in the rest.
_FALL = 0.36


def quiet_times(song: SongMap) -> list[Phrase]:
    """Stretches in which lids stay open: about downbeats, where a camera may cut to her face, and the last pose.

    A picture that begins with lids half way, or a wave goodbye with them, looks drowsy.
    """
    starts = [bar.start for bar in song.bars]
    about = [Phrase(start - _LONGEST_BLINK, start + _AFTER_CUT) for start in starts]
    last = max((start for start in starts if song.duration - start >= _LAST_POSE), default=song.duration)
    return [*about, Phrase(last - _LONGEST_BLINK, min(last + _LAST_HELD, song.duration))]


def _open_from(t: float, quiet: Sequence[Phrase]) -> float:
    """`t`, or the end of the stretches of open lids in which it lies."""
    for stretch in quiet:
        if stretch.start < t < stretch.end:
            t = stretch.end
    return t


def _after_held(t: float, held: Sequence[Phrase], wait: float) -> float:
    """`t`, or the end of the note in whose middle it lies."""
    for note in held:
        if note.start + _NOTE_BEGINS < t < note.end and note.end - t <= _LONGEST_WAIT:
            return note.end + wait
    return t


def _free(t: float, held: Sequence[Phrase], quiet: Sequence[Phrase], wait: float) -> float:
    """`t`, or the first time after it at which lids may fall."""
    moved = _after_held(t, held, wait)
    free = _open_from(moved, quiet)
    return free if free == t else free + wait


def blink_times(
    phrases: Sequence[Phrase],
    shifts: Sequence[float],
    duration: float,
    rng: np.random.Generator,
    held: Sequence[Phrase] = (),
    quiet: Sequence[Phrase] = (),
) -> list[float]:
    """When the lids begin to fall, seconds, at least _DOUBLE_GAP apart. held: notes in whose middle none comes.
    quiet: stretches in which lids stay open, ascending."""
    wished = sorted(
        [phrase.end + rng.uniform(0.0, 0.25) for phrase in phrases if rng.random() < _AT_PHRASE_END]
        + [shift - 0.02 for shift in shifts if rng.random() < _WITH_SHIFT]
    )
    out: list[float] = []
    t = _free(rng.uniform(0.4, 2.5), held, quiet, 0.0)
    while t < duration:
        out.append(t)
        second = t + _DOUBLE_GAP + rng.uniform(0.0, 0.08)
        if rng.random() < _DOUBLE and _free(second, held, quiet, 0.0) == second:
            t = second
            out.append(t)
        planned = t + float(np.clip(_MEDIAN * np.exp(rng.normal(0.0, _SIGMA)), _SHORTEST, _LONGEST))
        # A blink that a phrase's end or a glance asks for comes instead of the planned one, a little early.
        asked = [time for time in wished if t + _SHORTEST <= time <= planned]
        t = _free(asked[-1] if asked else planned, held, quiet, rng.uniform(0.0, 0.12))
    return [time for time in out if time < duration]


def blink_curve(
    phrases: Sequence[Phrase],
    shifts: Sequence[float],
    times: NDArray[np.float64],
    rng: np.random.Generator,
    held: Sequence[Phrase] = (),
    quiet: Sequence[Phrase] = (),
) -> NDArray[np.float64]:
    """(frames,) weight of the blink at `times` (rising by equal steps). held: notes that no blink interrupts.
    quiet: stretches in which lids stay open, ascending."""
    lid = np.zeros(len(times))
    if not len(times):
        return lid
    for start in blink_times(phrases, shifts, float(times[-1]), rng, held, quiet):
        length = rng.uniform(_SHORTEST_BLINK, _LONGEST_BLINK)
        fall, rise = length * _FALL, length * (1.0 - _FALL)
        first, last = np.searchsorted(times, [start, start + length])
        x = times[first:last] - start
        shape = smoothstep(x / fall) * (1.0 - smoothstep((x - fall) / rise))
        lid[first:last] = np.maximum(lid[first:last], shape)
    return lid
