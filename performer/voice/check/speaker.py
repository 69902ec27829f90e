"""Who speaks: a signature of three seconds of voice, and how much likelier two signatures are one person than two.

A signature is mean and spread of the cepstra of speech frames and its pitch, made comparable by the two-covariance
model (S. Ioffe, "Probabilistic linear discriminant analysis", ECCV 2006; N. Brümmer, E. de Villiers, "The speaker
partitioning problem", Odyssey 2010): a map in which one person's signatures vary by 1 in every direction and persons
by `between`. The likelihood ratio of a sum of signatures follows in closed form.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from performer.voice.check.frames import STEP, Coarse

__all__ = ["SIGNATURE_SECONDS", "ratio", "same", "signatures"]

SIGNATURE_SECONDS = 3.0
_FRAMES = round(SIGNATURE_SECONDS / STEP)
_HOP = _FRAMES // 2
_CLEAR = 0.6


def signatures(coarse: Coarse, active: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """active: (n,) coarse frames of speech -> (k, 2) seconds from and to, (k, d) raw signatures.

    Each takes SIGNATURE_SECONDS of speech, so it may span more of the recording where there are pauses.
    """
    frames = np.flatnonzero(active)
    if len(frames) < _FRAMES // 2:
        return np.zeros((0, 2)), np.zeros((0, 0))
    count = max(1, (len(frames) - _FRAMES) // _HOP + 1)
    spans, rows = [], []
    for k in range(count):
        part = frames[k * _HOP : k * _HOP + _FRAMES]
        cepstra = coarse.cepstra[part]
        voiced = part[(coarse.clear[part] > _CLEAR) & (coarse.hertz[part] > 0)]
        if len(voiced) < 15:
            continue
        tone = np.log2(coarse.hertz[voiced])
        voiced_mean = coarse.cepstra[voiced].mean(axis=0)
        low, middle, high = np.percentile(tone, (15, 50, 85))
        spans.append((part[0] * STEP, part[-1] * STEP))
        rows.append(
            np.concatenate(
                [cepstra.mean(axis=0), voiced_mean, np.log(cepstra.std(axis=0) + 1e-3), [middle, high - low]]
            )
        )
    return np.asarray(spans).reshape(-1, 2), np.asarray(rows).reshape(len(rows), -1)


def same(raw: NDArray[np.float64], weights: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float64]:
    """(k, d) raw -> (k, m) in the space where one person varies by 1. weights: voice_mean, voice_spread, voice_map."""
    z = np.clip((raw - weights["voice_mean"]) / weights["voice_spread"], -4, 4)
    return z @ weights["voice_map"]


def ratio(
    one: NDArray[np.float64],
    two: NDArray[np.float64],
    between: NDArray[np.float64],
    counts: tuple[float, float] = (1.0, 1.0),
) -> float:
    """Log likelihood ratio that (m,) `one` and `two`, means of so many independent signatures, are one person."""

    def evidence(mean: NDArray[np.float64], count: float) -> float:
        spread = between + 1.0 / count
        return float(-0.5 * np.sum(np.log(spread) + mean * mean / spread))

    total = counts[0] + counts[1]
    both = (counts[0] * one + counts[1] * two) / total
    gap = 1.0 / counts[0] + 1.0 / counts[1]
    apart = float(-0.5 * np.sum(np.log(gap) + (one - two) ** 2 / gap))
    return evidence(both, total) + apart - evidence(one, counts[0]) - evidence(two, counts[1])
