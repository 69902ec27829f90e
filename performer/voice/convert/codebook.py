"""How the target sounded when it said something like this: nearest of its own voiced frames, blended.

Keys are content (unit root mean square, so a product of two is a cosine); a frame of another pitch counts a little
less, since a voice's timbre changes over its range. Nothing but the target's own frames ever comes out.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Codebook", "Found"]

# Neighbours that are blended, and how sharply the best of them wins.
_NEIGHBOURS, _SHARPNESS = 8, 20.0
# What a frame an octave away loses in cosine; farther away it loses no more.
_OCTAVE_COST, _FARTHEST_OCTAVES = 0.12, 1.5


@dataclass(frozen=True, slots=True)
class Found:
    """envelope: (n, bands) log bands without loudness. noise: (n, 8). near: (n,) cosine of the best, -1..1."""

    envelope: NDArray[np.float32]
    noise: NDArray[np.float32]
    near: NDArray[np.float32]


class Codebook:
    """Voiced frames of one voice."""

    def __init__(
        self,
        keys: NDArray[np.float16],
        hertz: NDArray[np.float32],
        envelope: NDArray[np.float16],
        noise: NDArray[np.float16],
    ) -> None:
        """keys: (codes, 64). hertz: (codes,). envelope: (codes, bands). noise: (codes, 8)."""
        self._keys = np.ascontiguousarray(keys.astype(np.float32).T / keys.shape[1])
        self._octaves = np.log2(np.maximum(hertz, 50.0)).astype(np.float32)
        self._envelope = envelope.astype(np.float32)
        self._noise = noise.astype(np.float32)

    def __len__(self) -> int:
        return len(self._octaves)

    def nearest(self, content: NDArray[np.float32], hertz: NDArray[np.float32]) -> Found:
        """content: (n, 64); hertz: (n,) the pitch that it will have, 0 = any."""
        scores = content @ self._keys
        count = min(_NEIGHBOURS, len(self))
        sounding = hertz > 0
        if sounding.any():
            away = np.abs(np.log2(np.maximum(hertz[sounding], 50.0))[:, None] - self._octaves)
            scores[sounding] -= _OCTAVE_COST * np.minimum(away, _FARTHEST_OCTAVES)
        best = np.argpartition(scores, -count, axis=1)[:, -count:]
        reached = np.take_along_axis(scores, best, axis=1)
        top = reached.max(axis=1)
        weights = np.exp(_SHARPNESS * (reached - top[:, None]))
        weights /= weights.sum(axis=1, keepdims=True)
        envelope = np.einsum("nk,nkb->nb", weights, self._envelope[best])
        noise = np.einsum("nk,nkb->nb", weights, self._noise[best])
        return Found(envelope.astype(np.float32), noise.astype(np.float32), top)
