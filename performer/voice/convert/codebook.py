"""How the target sounded when it said something like this: nearest of its own voiced frames, blended.

Keys are content (unit root mean square, so a product of two is a cosine); a frame of another pitch counts a little
less, since a voice's timbre changes over its range. Nothing but the target's own frames ever comes out.

A large codebook is searched in two stages: codes lie in groups of like ones, and only the groups nearest to what was
said are looked through. Of 8192 codes that reads an eighth; envelopes are 0.1 dB off those of the whole search, where
half as many codes would cost 1.7 dB.
"""

from dataclasses import dataclass
from itertools import pairwise
from math import log2

import numpy as np
from numpy.typing import NDArray

__all__ = ["Codebook", "Found"]

# Neighbours that are blended, and how sharply the best of them wins.
_NEIGHBOURS, _SHARPNESS = 8, 20.0
# What a frame an octave away loses in cosine; farther away it loses no more.
_OCTAVE_COST, _FARTHEST_OCTAVES = 0.12, 1.5
# Codes in a group on the average, groups that are looked through, and what the groups are learnt from how often.
_GROUP, _PROBES = 64, 16
_SAMPLE, _ROUNDS = 2048, 5


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
        places, self._centres, edges = _grouped(keys.astype(np.float32))
        ordered = np.ascontiguousarray(keys[places], np.float32) / np.float32(keys.shape[1])
        self._keys = [ordered[first:stop] for first, stop in pairwise(edges)]
        self._places = [np.arange(first, stop) for first, stop in pairwise(edges)]
        self._octaves = np.log2(np.maximum(hertz[places], 50.0)).astype(np.float32)
        self._envelope = envelope[places].astype(np.float32)
        self._noise = noise[places].astype(np.float32)

    def __len__(self) -> int:
        return len(self._octaves)

    def nearest(self, content: NDArray[np.float32], hertz: NDArray[np.float32]) -> Found:
        """content: (n, 64); hertz: (n,) the pitch that it will have, 0 = any."""
        count = len(content)
        found = Found(
            np.empty((count, self._envelope.shape[1]), np.float32),
            np.empty((count, self._noise.shape[1]), np.float32),
            np.empty(count, np.float32),
        )
        # One by one: a product of many rows is rounded otherwise than one of each, and a stream must be as the whole.
        for frame in range(count):
            codes, scores = self._best(content[frame], float(hertz[frame]))
            found.near[frame] = top = scores.max()
            weights = np.exp(_SHARPNESS * (scores - top))
            weights /= weights.sum()
            found.envelope[frame] = weights @ self._envelope[codes]
            found.noise[frame] = weights @ self._noise[codes]
        return found

    def _best(self, content: NDArray[np.float32], hertz: float) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
        """(64,) -> the best codes and what each scores."""
        groups = range(len(self._keys))
        if len(groups) > _PROBES:
            groups = self._centres.dot(content).argpartition(-_PROBES)[-_PROBES:].tolist()
        scores = np.concatenate([self._keys[group].dot(content) for group in groups])
        places = np.concatenate([self._places[group] for group in groups])
        if hertz > 0:
            away = np.abs(self._octaves[places] - np.float32(log2(max(hertz, 50.0))))
            scores -= np.float32(_OCTAVE_COST) * np.minimum(away, np.float32(_FARTHEST_OCTAVES))
        if len(scores) > _NEIGHBOURS:
            best = scores.argpartition(-_NEIGHBOURS)[-_NEIGHBOURS:]
            return places[best], scores[best]
        return places, scores


def _grouped(keys: NDArray[np.float32]) -> tuple[NDArray[np.intp], NDArray[np.float32], list[int]]:
    """(codes, n) -> an order of the codes, the groups' centres, the groups' edges in that order: k-means, cut short."""
    count = max(1, len(keys) // _GROUP)
    sample = keys[:: max(1, len(keys) // _SAMPLE)]
    centres = sample[:: max(1, len(sample) // count)][:count].copy()

    def nearest(rows: NDArray[np.float32]) -> NDArray[np.intp]:
        return (rows @ centres.T - 0.5 * np.square(centres).sum(axis=1)).argmax(axis=1)

    for _ in range(_ROUNDS):
        member = (nearest(sample)[:, None] == np.arange(len(centres))).astype(np.float32)
        size = member.sum(axis=0)[:, None]
        centres = np.where(size > 0, member.T @ sample / np.maximum(size, 1), centres)
    group = nearest(keys)
    edges = [0, *np.cumsum(np.bincount(group, minlength=len(centres))).tolist()]
    lengths = np.sqrt(np.square(centres).mean(axis=1, keepdims=True)) + 1e-6
    return np.argsort(group, kind="stable"), centres / lengths, edges
