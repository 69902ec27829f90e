"""Vowels over time: what each moment sounds like, weighed against the moments beside it.

Each 10 ms alone says little, and a vibrato says two vowels in turn. A hidden Markov model of five vowels that seldom
change keeps a held note on one vowel and still turns within a few hundredths of a second where the sound does.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["steady_vowels"]

# Seconds that a vowel stays on the average: between quick syllables and held notes.
_STAY = 0.5
# Moments 10 ms apart share most of their sound, so each counts for this share of a fresh look.
_SHARPNESS = 0.35
# Between syllables, where the mouth is shut, the next vowel may be any.
_SHUT, _FORGET = 0.1, 10.0
# A moment counts whole from this level on; below it less and less.
_CLEAR = 0.5


def steady_vowels(
    logits: NDArray[np.floating], level: NDArray[np.floating], hop: float, *, sharpness: float = _SHARPNESS
) -> NDArray[np.float64]:
    """Probabilities of the vowels given everything that is heard before and after.

    Args:
        logits: (n, vowels) log likelihoods of each moment, up to a constant a moment.
        level: (n,) 0..1 how loud the voice is.
        hop: seconds between moments.

    Returns: (n, vowels), each row of sum 1.
    """
    count, kinds = logits.shape
    if not count:
        return np.zeros((0, kinds))
    weight = sharpness * np.clip(np.asarray(level) / _CLEAR, 0.0, 1.0)
    seen = np.exp((logits - logits.max(axis=1, keepdims=True)) * weight[:, None])
    change = np.where(np.asarray(level) < _SHUT, np.minimum(hop / _STAY * _FORGET, 0.5), hop / _STAY)
    stay, move = (1.0 - change).tolist(), (change / kinds).tolist()
    forward = np.empty((count, kinds))
    belief = np.full(kinds, 1.0 / kinds)
    for k in range(count):
        belief = (belief * stay[k] + move[k]) * seen[k]
        belief /= belief.sum()
        forward[k] = belief
    out = forward.copy()
    belief = np.full(kinds, 1.0 / kinds)
    for k in range(count - 1, 0, -1):
        belief = belief * seen[k]
        belief /= belief.sum()
        belief = belief * stay[k] + move[k]
        out[k - 1] *= belief
    return out / out.sum(axis=1, keepdims=True)
