"""Whoever speaks, the mean of what was said is moved to where the target's lies.

What the content network could not help telling of a person is mostly a shift of all its numbers. Taking off the
running mean removes it (as instance normalisation does in J. Chou, H. Lee, "One-shot Voice Conversion by Separately
Representing Speaker and Content Representations with Instance Normalization", 2019), causally.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["SURE_FRAMES", "Centre"]

# Voiced frames that the target's mean counts as before anything was heard, and what the mean remembers.
SURE_FRAMES, _MEMORY = 100.0, 800.0
_LEAST = 1e-3


class Centre:
    """Content in, content about the target's mean out; `reset` forgets who spoke."""

    def __init__(self, target: NDArray[np.float32]) -> None:
        """target: (64,) mean of the target's voiced frames."""
        self._target = target.astype(np.float32)
        self.reset()

    def reset(self) -> None:
        self._mean = self._target.copy()
        self._known = SURE_FRAMES

    def feed(self, content: NDArray[np.float32], voiced: NDArray[np.bool_]) -> NDArray[np.float32]:
        """content: (n, 64), root mean square 1; voiced: (n,) frames that the mean learns from -> (n, 64), likewise."""
        out = np.empty_like(content)
        for frame, numbers in enumerate(content):
            if voiced[frame]:
                self._known = min(self._known + 1, _MEMORY)
                self._mean += (numbers - self._mean) / np.float32(self._known)
            moved = numbers + (self._target - self._mean)
            out[frame] = moved / np.float32(np.sqrt(np.square(moved).mean()) + _LEAST)
        return out
