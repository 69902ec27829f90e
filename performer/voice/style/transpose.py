"""How far a source must be moved for a voice: by octaves where that will do, so that the key stays."""

import numpy as np
from numpy.typing import NDArray

from performer.voice.convert.frames import Frames
from performer.voice.style.scale import hertz_to_note

__all__ = ["FARTHEST", "auto_transpose", "transposed"]

FARTHEST = 24
_OCTAVE = 12
# Semitones outside the range from which a note is simply lost: a few squeaks, or what an accompaniment left in a stem,
# decide nothing.
_LOST = 6.0
# What a move costs that changes the key, any octave, and each semitone of a move, beside the mean square of what lies
# outside: an octave is for singing of which a third lies two semitones outside, or an eighth is lost.
_OTHER_KEY, _ANY_OCTAVE, _A_SEMITONE = 2.5, 1.5, 0.02
# Distance between the middles, per semitone squared: decides between moves that lie as well, never for a move alone.
_MIDDLE = 0.002
# Semitones from the voice's middle within which any move may end: half an octave is as near as octaves go.
_NEAR = 6.0
_ENOUGH = 20


def auto_transpose(
    hertz: NDArray[np.float32], low: float, middle: float, high: float, *, octaves_only: bool = False
) -> int:
    """Semitones after which most of the source lies between `low` and `high`; 0 where it does already.

    Its median comes nearer to `middle` by that, or stays within half an octave: no song goes two octaves down whose
    median lies within one of the voice's.

    Args:
        hertz: (frames,) the source's pitch, 0 = unvoiced.
        low, middle, high: hertz, the voice's own range and median.
        octaves_only: the accompaniment stays in its key.
    """
    voiced = hertz[hertz > 0]
    if len(voiced) < _ENOUGH:
        return 0
    notes = hertz_to_note(voiced)
    usual = float(np.median(notes))
    floor, centre, ceiling = (float(note) for note in hertz_to_note(np.array([low, middle, high])))

    def away(move: int) -> float:
        return abs(usual + move - centre)

    def cost(move: int) -> float:
        moved = notes + move
        beyond = np.clip(np.maximum(floor - moved, moved - ceiling), 0.0, _LOST)
        key = 0.0 if move == 0 else _OTHER_KEY if move % _OCTAVE else _ANY_OCTAVE
        return float(np.square(beyond).mean()) + _MIDDLE * away(move) ** 2 + _A_SEMITONE * abs(move) + key

    step = _OCTAVE if octaves_only else 1
    moves = [move for move in range(-FARTHEST, FARTHEST + 1, step) if not move or away(move) < max(away(0), _NEAR)]
    return min(moves, key=cost)


def transposed(frames: Frames, semitones: float) -> Frames:
    """The same voice higher or lower; its formants stay."""
    return Frames((frames.hertz * np.float32(2 ** (semitones / 12))).astype(np.float32), frames.density, frames.noise)
