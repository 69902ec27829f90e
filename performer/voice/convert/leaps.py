"""Pitches that nobody sings: what lies far from where the voice was is believed only when it lasts.

The live tracker sees 45 ms; in creaky ends of phrases it takes a formant's ring (160 Hz heard as 1 050) or two periods
for one. A singer who leaps so far stays there for longer than a slip does.
"""

from collections import deque
from math import log2
from statistics import median

import numpy as np
from numpy.typing import NDArray

__all__ = ["Leaps"]

# Octaves from the middle of the last two seconds of voice, and frames that such a pitch must last.
_FAR, _LASTING = 1.3, 12
_MEMORY, _ENOUGH, _EVERY = 200, 30, 10
# A hum in the room has a pitch too: only what the content network takes for a voice is judged and remembered.
_SURE = 0.7


class Leaps:
    """Pitch in, pitch out, 0 where it is not believed; `reset` forgets."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self._recent: deque[float] = deque(maxlen=_MEMORY)
        self._middle: float | None = None
        self._far = self._heard = 0

    def feed(self, hertz: NDArray[np.float32], voiced: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n,) hertz, 0 = unvoiced; (n,) how likely a voice is, 0..1 -> (n,) hertz likewise."""
        out = hertz.copy()
        for frame, (pitch, chance) in enumerate(zip(hertz.tolist(), voiced.tolist(), strict=True)):
            if pitch > 0 and chance > _SURE and not self._believed(log2(pitch)):
                out[frame] = 0.0
        return out

    def _believed(self, octave: float) -> bool:
        far = self._middle is not None and abs(octave - self._middle) > _FAR
        self._far = self._far + 1 if far else 0
        if 0 < self._far <= _LASTING:
            return False
        self._recent.append(octave)
        self._heard += 1
        if len(self._recent) >= _ENOUGH and self._heard % _EVERY == 0:
            self._middle = median(self._recent)
        return True
