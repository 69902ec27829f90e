"""Sixteen bits as 32 signs and back: the Reed-Muller code RM(2, 5), every two words of which differ in 8 signs or more.

Read from soft values by trying all 65 536 words: 1024 quadratic forms, and for each a Hadamard transform over the
32 linear ones and their opposites (MacWilliams & Sloane, The Theory of Error-Correcting Codes, ch. 14).
"""

from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

__all__ = ["BITS", "LENGTH", "Reading", "read_word", "word_of"]

BITS = 16
LENGTH = 32
_VARIABLES = 5
_PAIRS = tuple(combinations(range(_VARIABLES), 2))


@dataclass(frozen=True, slots=True)
class Reading:
    """payload: the word that fits best; fit: sum of the values times its signs."""

    payload: int
    fit: float


@cache
def _rows() -> NDArray[np.int64]:
    """(16, 32) of 0 and 1: bit 0 is the constant, 1 to 5 are the variables, 6 to 15 their products."""
    variables = np.arange(LENGTH)[None] >> np.arange(_VARIABLES)[:, None] & 1
    products = np.stack([variables[a] * variables[b] for a, b in _PAIRS])
    return np.concatenate([np.ones((1, LENGTH), np.int64), variables, products])


@cache
def _signs() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(1024, 32) signs of the quadratic forms and (32, 32) of the linear ones, both in order of their bits."""
    rows = _rows()

    def all_of(part: NDArray[np.int64]) -> NDArray[np.float64]:
        bits = np.arange(1 << len(part))[:, None] >> np.arange(len(part))[None] & 1
        return (1 - 2 * (bits @ part % 2)).astype(np.float64)

    return all_of(rows[1 + _VARIABLES :]), all_of(rows[1 : 1 + _VARIABLES])


def word_of(payload: int) -> NDArray[np.int64]:
    """(32,) signs, +1 or -1.

    Raises:
        ValueError: payload is not 0..65535.
    """
    if not 0 <= payload < 1 << BITS:
        raise ValueError(f"a payload has {BITS} bits, 0 to {(1 << BITS) - 1}; this is {payload}")
    bits = payload >> np.arange(BITS) & 1
    return 1 - 2 * (bits @ _rows() % 2)


def read_word(values: NDArray[np.float64]) -> Reading:
    """values: (32,) any numbers, each with the sign that is likelier -> the most likely word of all."""
    quadratic, linear = _signs()
    fits = (quadratic * values) @ linear.T
    best = int(np.argmax(np.abs(fits)))
    form, line = divmod(best, LENGTH)
    fit = float(fits[form, line])
    return Reading((form << 1 + _VARIABLES) | (line << 1) | int(fit < 0), abs(fit))
