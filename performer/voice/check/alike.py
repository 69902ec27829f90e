"""Recordings that are the same sound twice: copies, other encodings, cuts of one another.

A print is the sign of how each of the lower cepstra moves over 80 ms, one word of bits every 20 ms (as J. Haitsma,
T. Kalker, "A highly robust audio fingerprinting system", ISMIR 2002, do with bands): gain, equalisation and codecs
leave it nearly as it is; the same words spoken again do not.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from performer.voice.check.frames import STEP, Coarse

__all__ = ["Copy", "Print", "copies", "take_print"]

_BITS, _AROUND = 20, 2
# Words are looked up by two keys of so many of their bits, at every frame of the one and of the other.
_KEY_BITS = 10
_FEWEST = 40
_MOST_PER_KEY = 8
_CANDIDATE_VOTES = 6
_WRONG_BITS = 0.27


@dataclass(frozen=True, slots=True)
class Print:
    """bits: (n, 20) every 20 ms. active: (n,) where there is speech."""

    bits: NDArray[np.bool_]
    active: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Copy:
    """one, two: which files. seconds: how much of the second is in the first. offset: where it begins there."""

    one: int
    two: int
    seconds: float
    offset: float


def take_print(coarse: Coarse, active: NDArray[np.bool_]) -> Print:
    moved = np.zeros((len(coarse), _BITS), np.float32)
    lower = coarse.cepstra[:, :_BITS].astype(np.float32)
    if len(coarse) > 2 * _AROUND:
        moved[_AROUND:-_AROUND] = lower[2 * _AROUND :] - lower[: -2 * _AROUND]
    return Print(moved > 0, active)


def _keys(print_: Print) -> NDArray[np.int64]:
    """(n - 2,) words of three frames' lowest bits; -1 where there is no speech."""
    bits = print_.bits[:, :_KEY_BITS].astype(np.int64)
    words = bits @ (1 << np.arange(_KEY_BITS))
    if len(words) < 5:
        return np.zeros(0, np.int64)
    joined = words[:-4] | (words[4:] << _KEY_BITS)
    active = print_.active[:-4] & print_.active[4:]
    return np.where(active, joined, -1)


def copies(prints: list[Print]) -> list[Copy]:
    """Pairs of files that share sound, each pair once."""
    seen: dict[int, list[tuple[int, int]]] = defaultdict(list)
    found: list[Copy] = []
    for number, print_ in enumerate(prints):
        keys = _keys(print_)
        votes: Counter[tuple[int, int]] = Counter()
        for frame, key in enumerate(keys.tolist()):
            if key >= 0:
                for other, place in seen.get(key, ()):
                    votes[other, (place - frame) // 2] += 1
        done: set[int] = set()
        for (other, half), count in votes.most_common(20):
            if count < _CANDIDATE_VOTES or other in done:
                continue
            best = max(_match(prints[other], print_, shift) for shift in range(2 * half - 1, 2 * half + 3))
            if best[0] >= _FEWEST:
                done.add(other)
                found.append(Copy(other, number, round(best[0] * STEP, 2), round(best[1] * STEP, 2)))
        for frame, key in enumerate(keys.tolist()):
            if key >= 0 and len(seen[key]) < _MOST_PER_KEY:
                seen[key].append((number, frame))
    return found


def _match(one: Print, two: Print, shift: int) -> tuple[int, int]:
    """Frames of speech that are alike when frame 0 of `two` lies at frame `shift` of `one`; and the shift."""
    first = max(0, -shift)
    length = min(len(two.bits) - first, len(one.bits) - (first + shift))
    if length < _FEWEST:
        return 0, shift
    a, b = one.bits[first + shift : first + shift + length], two.bits[first : first + length]
    both = one.active[first + shift : first + shift + length] & two.active[first : first + length]
    wrong = (a != b).mean(axis=1)
    # Over 40 frames chance comes nowhere near.
    size = _FEWEST
    smooth = np.convolve(np.where(both, wrong, 0.5), np.ones(size) / size, "same")
    return int(((smooth < _WRONG_BITS) & both).sum()), shift
