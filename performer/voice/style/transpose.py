"""How far a source must be moved for a voice: by octaves where that will do, so that the key stays."""

import numpy as np
from numpy.typing import NDArray

from performer.voice.convert.frames import Frames
from performer.voice.style.scale import hertz_to_note

__all__ = ["FARTHEST", "auto_transpose", "transposed"]

FARTHEST = 24
# What a move costs that changes the key, and each semitone of a move, beside the squares of what lies outside.
_OTHER_KEY, _A_SEMITONE = 6.0, 0.02
# Share of the distance between the middles that counts, per semitone squared.
_MIDDLE = 0.05
_ENOUGH = 20


def auto_transpose(
    hertz: NDArray[np.float32], low: float, middle: float, high: float, *, octaves_only: bool = False
) -> int:
    """Semitones after which the source's 5 to 95 % of pitch lies best between `low` and `high`.

    Args:
        hertz: (frames,) the source's pitch, 0 = unvoiced.
        low, middle, high: hertz, the voice's own range and median.
        octaves_only: the accompaniment stays in its key.
    """
    voiced = hertz[hertz > 0]
    if len(voiced) < _ENOUGH:
        return 0
    deep, usual, top = np.percentile(hertz_to_note(voiced), [5, 50, 95])
    floor, centre, ceiling = hertz_to_note(np.array([low, middle, high]))

    def cost(move: int) -> float:
        outside = max(0.0, floor - deep - move) ** 2 + max(0.0, top + move - ceiling) ** 2
        away = _MIDDLE * (usual + move - centre) ** 2
        return outside + away + _A_SEMITONE * abs(move) + (_OTHER_KEY if move % 12 else 0.0)

    moves = range(-FARTHEST, FARTHEST + 1, 12 if octaves_only else 1)
    return min(moves, key=cost)


def transposed(frames: Frames, semitones: float) -> Frames:
    """The same voice higher or lower; its formants stay."""
    return Frames((frames.hertz * np.float32(2 ** (semitones / 12))).astype(np.float32), frames.density, frames.noise)
