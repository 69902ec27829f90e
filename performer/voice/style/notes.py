"""Which note of a scale is being sung, frame by frame, and where its centre lies beside the vibrato.

A Viterbi search over the notes of the scale: being off a note costs its distance, changing the note costs a fixed sum,
so vibrato and a slip of a frame or two change nothing, and a real step is believed after 40 to 70 ms. With look-ahead
(recordings) the path is exact at the step; without (live) it lags by that time.
"""

from collections import deque
from dataclasses import dataclass
from itertools import takewhile

import numpy as np
from numpy.typing import NDArray

from performer.voice.bands import HOP_SECONDS
from performer.voice.style.scale import Scale, hertz_to_note

__all__ = ["OFFLINE_LOOK_AHEAD", "NoteFollower", "Sung"]

# Frames of 10 ms.
OFFLINE_LOOK_AHEAD = 18
# How far back a note's centre is taken from: two periods of a slow vibrato, so that it averages out.
_BACK = 36
_FORGET = 6
# In semitones: no frame speaks louder than this, and what a change of note costs (semitones x frames).
_FARTHEST, _CHANGE = 3.0, 6.0
_LOWEST, _HIGHEST = 29, 90
# Frames further from a note's middle than this are its edges, not its centre.
_EDGE = 0.9
# A note counts fully once so many of its frames are known; a pitch that glides faster than so many semitones a second
# over _LONG frames and more is none at all.
_NEW, _KNOWN = 3, 11
_SLOW, _FAST, _LONG = 4.5, 7.0, 12


@dataclass(frozen=True, slots=True)
class Sung:
    """pitch: (n,) MIDI with fractions, NaN where unvoiced. note: (n,) of the scale, -1 where unvoiced. centre: (n,)
    semitones by which the note's centre, less vibrato, lies above `note`. firm: (n,) 0..1, how surely it is a note."""

    pitch: NDArray[np.float64]
    note: NDArray[np.int64]
    centre: NDArray[np.float64]
    firm: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Frame:
    """pitch: NaN where unvoiced. best: place in the scale's notes that is cheapest so far. reached_from: (notes,) for
    each place the place in the frame before that it is best reached from."""

    pitch: float
    best: int
    reached_from: NDArray[np.intp]


_NO_PATH = np.zeros(0, np.intp)


class NoteFollower:
    """Pitch in, notes out, `look_ahead` frames later; joined they are the same however the input is split."""

    def __init__(self, scale: Scale, look_ahead: int = 0) -> None:
        self.look_ahead = look_ahead
        self._back = max(_BACK - look_ahead, look_ahead)
        self._notes = scale.notes(_LOWEST, _HIGHEST)
        self._places = np.arange(len(self._notes))
        self.reset()

    def reset(self) -> None:
        self._costs = np.zeros(len(self._notes))
        self._silent = _FORGET
        self._past: deque[_Frame] = deque(maxlen=self._back)
        self._ahead: deque[_Frame] = deque()

    def feed(self, hertz: NDArray[np.float32]) -> Sung:
        """hertz: (n,) every 10 ms, 0 = unvoiced -> the frames whose look-ahead is complete."""
        voiced = hertz > 0
        pitch = np.where(voiced, hertz_to_note(np.where(voiced, hertz, np.float32(440.0))), np.nan)
        out: list[tuple[float, int, float, float]] = []
        for value in pitch:
            self._ahead.append(self._frame(float(value)))
            if len(self._ahead) > self.look_ahead:
                out.append(self._leave())
        return _sung(out)

    def flush(self) -> Sung:
        """What is still held back, at the end of the sound; the follower is as new afterwards."""
        out = [self._leave() for _ in range(len(self._ahead))]
        self.reset()
        return _sung(out)

    def _frame(self, pitch: float) -> _Frame:
        if pitch != pitch:
            self._silent += 1
            return _Frame(pitch, -1, _NO_PATH)
        if self._silent >= _FORGET:
            self._costs[:] = 0.0
        self._silent = 0
        cheapest = int(self._costs.argmin())
        change = self._costs[cheapest] + _CHANGE
        stays = self._costs <= change
        reached = np.where(stays, self._places, cheapest)
        self._costs = np.minimum(self._costs, change) + np.minimum(np.abs(pitch - self._notes), _FARTHEST)
        self._costs -= self._costs.min()
        return _Frame(pitch, int(self._costs.argmin()), reached)

    def _leave(self) -> tuple[float, int, float, float]:
        """The oldest frame of those ahead; its note and centre by the best path through its breath as far as known."""
        now = self._ahead.popleft()
        row = (now.pitch, -1, 0.0, 0.0)
        if now.best >= 0:
            before = list(takewhile(_is_voiced, reversed(self._past)))
            after = list(takewhile(_is_voiced, self._ahead))
            run = [*reversed(before), now, *after]
            here = len(before)
            path = self._path(run)
            place = path[here]
            first, last = here, here
            while first > 0 and path[first - 1] == place:
                first -= 1
            while last + 1 < len(run) and path[last + 1] == place:
                last += 1
            note = int(self._notes[place])
            pitch = np.array([frame.pitch for frame in run])
            row = (now.pitch, note, *_centre(pitch[first : last + 1] - note, pitch))
        self._past.append(now)
        return row

    def _path(self, run: list[_Frame]) -> list[int]:
        """The place of each frame of `run` on the best path that ends with it."""
        place = run[-1].best
        path = [place]
        for frame in reversed(run[1:]):
            place = int(frame.reached_from[place])
            path.append(place)
        path.reverse()
        return path


def _is_voiced(frame: _Frame) -> bool:
    return frame.best >= 0


def _centre(off: NDArray[np.float64], around: NDArray[np.float64]) -> tuple[float, float]:
    """Where the note's centre lies and how firm a note it is.

    Args:
        off: (frames,) semitones from the note, in order of time.
        around: (more,) pitch of the breath that the note is part of, as far as known.
    """
    middle = np.sort(off)[len(off) // 2]
    kept = off[np.abs(off - middle) <= _EDGE]
    firm = min(1.0, max(0.0, (len(kept) - _NEW) / (_KNOWN - _NEW)))
    if firm > 0.0 and len(around) >= _LONG:
        # A glide goes on within a note as it does from note to note; a step between notes does the one, vibrato the
        # other.
        inside, outside = _slope(kept), _slope(around)
        slope = min(abs(inside), abs(outside)) if inside * outside > 0 else 0.0
        firm *= min(1.0, max(0.0, (_FAST - slope) / (_FAST - _SLOW)))
    return float(kept.mean()), firm


def _slope(values: NDArray[np.float64]) -> float:
    """A second, by least squares."""
    time = (np.arange(len(values)) - (len(values) - 1) / 2) * HOP_SECONDS
    return float(time @ values) / float(time @ time)


def _sung(rows: list[tuple[float, int, float, float]]) -> Sung:
    pitch, note, centre, firm = zip(*rows, strict=True) if rows else ((), (), (), ())
    return Sung(np.array(pitch), np.array(note, np.int64), np.array(centre), np.array(firm))
