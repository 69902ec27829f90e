"""Pitch correction: a slow shift that brings each note's centre to the scale and leaves vibrato and glides alone.

What is added to the pitch goes over from one note's shift to the next with a time constant (the speed), so nothing
jumps; a glide is not firm, and its shift fades. Strength 1 at speed 0 is the effect of that name instead: the pitch is
the note itself, and steps.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from performer.voice.bands import HOP_SECONDS
from performer.voice.style.notes import NoteFollower, Sung
from performer.voice.style.scale import Scale, note_to_hertz

__all__ = ["Tuned", "Tuner"]

# The quickest correction that is no effect yet: below, a step would be heard as one.
_QUICKEST_SECONDS = 0.012
# Semitones by which a shift may change in a frame: what a singer's own pitch does in a quick glide.
_STEEPEST = 0.095
# After so many unvoiced frames a note begins with its own shift instead of gliding there from the last one's.
_NEW_BREATH = 5


@dataclass(frozen=True, slots=True)
class Tuned:
    """hertz: (n,) corrected, 0 = unvoiced. note: (n,) MIDI note of the scale that is meant, -1 = unvoiced."""

    hertz: NDArray[np.float32]
    note: NDArray[np.int64]


class Tuner:
    """Pitch in, corrected pitch out, `look_ahead` frames later."""

    def __init__(self, scale: Scale, strength: float = 1.0, speed: float = 0.08, look_ahead: int = 0) -> None:
        """strength: 0..1. speed: seconds, how long a correction takes (to 63 %)."""
        self._follower = NoteFollower(scale, look_ahead)
        self._strength = strength
        self._steps = strength >= 1.0 and speed <= 0.0
        self._keep = float(np.exp(-HOP_SECONDS / max(speed, _QUICKEST_SECONDS)))
        self._begin()

    def _begin(self) -> None:
        self._shift = 0.0
        self._unvoiced = _NEW_BREATH

    @property
    def look_ahead(self) -> int:
        """Frames by which what comes out lies behind what goes in."""
        return self._follower.look_ahead

    def reset(self) -> None:
        self._follower.reset()
        self._begin()

    def feed(self, hertz: NDArray[np.float32]) -> Tuned:
        """hertz: (n,) every 10 ms, 0 = unvoiced -> the frames that became known."""
        return self._tuned(self._follower.feed(hertz))

    def flush(self) -> Tuned:
        """The last frames; the tuner is as new afterwards."""
        rest = self._tuned(self._follower.flush())
        self._begin()
        return rest

    def _tuned(self, sung: Sung) -> Tuned:
        voiced = sung.note >= 0
        pitch = np.where(voiced, sung.pitch, 69.0)
        if self._steps:
            meant = np.where(voiced, sung.note, 69).astype(np.float64)
        else:
            meant = pitch + self._shifts(voiced, -sung.centre * sung.firm * self._strength)
        return Tuned(np.where(voiced, note_to_hertz(meant), 0.0).astype(np.float32), sung.note)

    def _shifts(self, voiced: NDArray[np.bool_], wanted: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n,) semitones to add."""
        out = np.zeros(len(wanted))
        for frame, (sings, goal) in enumerate(zip(voiced.tolist(), wanted.tolist(), strict=True)):
            if not sings:
                self._unvoiced += 1
                continue
            if self._unvoiced >= _NEW_BREATH:
                self._shift = goal
            self._unvoiced = 0
            change = (1.0 - self._keep) * (goal - self._shift)
            self._shift += min(max(change, -_STEEPEST), _STEEPEST)
            out[frame] = self._shift
        return out
