"""Whoever speaks, what stands beside the target's sounds on the average is taken off.

What the networks could not help telling of a person is mostly a shift of all numbers: of the content that the decoder
reads, and so of the envelope that it says. A running mean finds it causally (compare the instance normalisation of J.
Chou, H. Lee, "One-shot Voice Conversion by Separately Representing Speaker and Content Representations with Instance
Normalization", 2019). It is the mean of what each frame lies beside the target's own mean of the same sound, since a
song may hold one vowel for seconds: beside the mean of all sounds that vowel itself would be taken for the person.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["SURE_FRAMES", "Centre", "at_unit"]

# Voiced frames that stand for no shift at all before anything was heard, and what the mean remembers.
SURE_FRAMES, _MEMORY = 75.0, 800.0
_LEAST = 1e-3


def at_unit(content: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, numbers) -> the same at root mean square 1, as the content network gives it."""
    return content / (np.sqrt(np.square(content).mean(axis=1, keepdims=True)) + np.float32(_LEAST))


class Centre:
    """Rows in, rows about the target's means out; `reset` forgets who spoke."""

    def __init__(self, means: NDArray[np.float32]) -> None:
        """means: (40, numbers) of the target's voiced frames, for each phone."""
        self._means = np.asarray(means, np.float32)
        self.reset()

    def reset(self) -> None:
        self._beside = np.zeros(self._means.shape[1], np.float32)
        self._known = SURE_FRAMES

    def feed(
        self, rows: NDArray[np.float32], chances: NDArray[np.float32], voiced: NDArray[np.bool_]
    ) -> NDArray[np.float32]:
        """rows: (n, numbers); chances: (n, 40) of phones; voiced: (n,) frames that teach who speaks -> (n, numbers)."""
        out = np.empty_like(rows)
        for frame, numbers in enumerate(rows):
            if voiced[frame]:
                self._known = min(self._known + 1, _MEMORY)
                off = numbers - chances[frame] @ self._means
                self._beside += (off - self._beside) / np.float32(self._known)
            out[frame] = numbers - self._beside
        return out
