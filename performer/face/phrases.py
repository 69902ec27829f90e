"""Phrases as the mouth shows them: stretches of singing between rests long enough to breathe."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motion.rig.pose import GRID_HZ
from performer.face.track import EXPRESSION_INDEX, MOUTH

__all__ = ["Phrase", "held_notes", "mouth_opening", "phrases_of"]

_SHORTEST_REST = 0.35
# A mouth that stays so far open for so long holds a note.
_HELD_OPEN, _SHORTEST_HELD = 0.3, 0.6


@dataclass(frozen=True, slots=True)
class Phrase:
    """start, end: seconds, of the first opening and the last closing."""

    start: float
    end: float


def mouth_opening(weights: NDArray[np.floating]) -> NDArray[np.float64]:
    """(frames,) sum of the vowel weights."""
    first = EXPRESSION_INDEX[MOUTH[0]]
    return np.asarray(weights[:, first : first + len(MOUTH)], np.float64).sum(axis=1)


def phrases_of(opening: NDArray[np.float64]) -> tuple[Phrase, ...]:
    """The phrases of a mouth on the player grid."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], (opening > 0.05).astype(np.int8), [0]]))).reshape(-1, 2)
    phrases: list[Phrase] = []
    for start, stop in (edges / GRID_HZ).tolist():
        if phrases and start - phrases[-1].end < _SHORTEST_REST:
            phrases[-1] = Phrase(phrases[-1].start, stop)
        else:
            phrases.append(Phrase(start, stop))
    return tuple(phrases)


def held_notes(opening: NDArray[np.float64]) -> tuple[Phrase, ...]:
    """Where a mouth on the player grid stays open without a consonant: notes that are held."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], (opening > _HELD_OPEN).astype(np.int8), [0]]))).reshape(-1, 2)
    return tuple(Phrase(a, b) for a, b in (edges / GRID_HZ).tolist() if b - a >= _SHORTEST_HELD)
