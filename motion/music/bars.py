"""From beats to bars: metre (3 or 4) and where the bars begin, from bass, chord changes and drum pattern."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d

from motion.music.onsets import LATENESS, Onsets
from motion.music.song_map import Bar
from motion.music.spectrum import Spectrum

__all__ = ["Metre", "find_bars"]

METRES = (4, 3)
TRIPLE_HANDICAP = 0.12
"""Most songs people dance to are in 4: 3/4 has to be clearer than 4/4 by this much."""
SLIP_COST = 3.5
"""Evidence needed before a bar may be cut short (a skipped beat in the song, or one too many in the tracking)."""


@dataclass(frozen=True, slots=True)
class Metre:
    """beats: per bar. downbeats: (bars,) seconds. bars: whole bars only, the last ends where the beats end."""

    beats: int
    downbeats: NDArray[np.float64]
    bars: tuple[Bar, ...]


def find_bars(beats: NDArray[np.float64], spectrum: Spectrum, onsets: Onsets) -> Metre:
    """Metre and bars over `beats` (seconds)."""
    if len(beats) < 6:
        return Metre(4, np.zeros(0), ())
    evidence = _evidence(beats, spectrum, onsets)
    best, best_value = Metre(4, np.zeros(0), ()), -np.inf
    for metre in METRES:
        firsts, value = _phase(evidence, metre)
        value -= TRIPLE_HANDICAP if metre == 3 else 0.0
        if value > best_value:
            best, best_value = _to_bars(beats, firsts, metre), value
    return best


def _at(curve: NDArray[np.float32], beats: NDArray[np.float64], rate: float) -> NDArray[np.float64]:
    wide = maximum_filter1d(curve.astype(np.float64), 5)
    return wide[np.clip(np.round((beats + LATENESS) * rate).astype(int), 0, len(wide) - 1)]


def _between(values: NDArray[np.float32], edges: NDArray[np.float64], rate: float) -> NDArray[np.float64]:
    """Mean of (frames, n) over each stretch between neighbouring edges: (edges - 1, n)."""
    sums = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0, dtype=np.float64)])
    index = np.clip(np.round(edges * rate).astype(int), 0, len(values))
    start, stop = index[:-1], np.maximum(index[1:], index[:-1] + 1)
    stop = np.minimum(stop, len(values))
    return (sums[stop] - sums[np.minimum(start, stop - 1)]) / np.maximum(stop - start, 1)[:, None]


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def _standard(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.clip((values - values.mean()) / (values.std() + 1e-9), -2.5, 2.5)


def _evidence(beats: NDArray[np.float64], spectrum: Spectrum, onsets: Onsets) -> NDArray[np.float64]:
    """(beats,) how much each beat sounds like the first of a bar."""
    rate = onsets.frame_rate
    edges = np.append(beats, 2.0 * beats[-1] - beats[-2])
    low, middle, high = (_at(curve, beats, rate) for curve in (onsets.low, onsets.middle, onsets.high))
    change = np.zeros(len(beats))
    for chroma, weight in ((spectrum.chroma, 1.0), (spectrum.bass, 1.0)):
        held = _unit(_between(chroma, edges, spectrum.chroma_rate))
        step = 1.0 - np.sum(held[1:] * held[:-1], axis=1)
        change[1:] += weight * _standard(np.append(step[:1], step))[1:]
    # Kick without snare marks 1 and 3, snare marks 2 and 4: the drum term alone cannot tell 1 from 3, the chords can.
    drums = _standard(low) - 0.6 * _standard(middle)
    return _standard(drums) * 0.7 + _standard(change) * 1.0 + 0.15 * _standard(high)


def _phase(evidence: NDArray[np.float64], metre: int) -> tuple[NDArray[np.intp], float]:
    """Beats that begin bars, by Viterbi over the position in the bar; and the mean evidence they gather."""
    total = len(evidence)
    score = np.zeros(metre)
    came = np.zeros((total, metre), np.int8)
    for t in range(total):
        onward = np.roll(score, 1)
        source = np.roll(np.arange(metre), 1)
        jump = int(np.argmax(score))
        if score[jump] - SLIP_COST > onward[0] and t > 0:
            onward[0], source[0] = score[jump] - SLIP_COST, jump
        if t == 0:
            onward = np.zeros(metre)
        score = onward - evidence[t] / metre
        score[0] += evidence[t]
        came[t] = source
    position = int(np.argmax(score))
    value = float(score[position]) / total * np.sqrt(metre)
    firsts: list[int] = []
    for t in range(total - 1, -1, -1):
        if position == 0:
            firsts.append(t)
        position = int(came[t, position])
    return np.array(firsts[::-1], dtype=np.intp), value


def _to_bars(beats: NDArray[np.float64], firsts: NDArray[np.intp], metre: int) -> Metre:
    last = 2.0 * beats[-1] - beats[-2]
    edges = np.append(beats, last)
    stops = list(firsts[1:])
    if len(firsts) and firsts[-1] + metre <= len(beats):
        stops.append(np.intp(firsts[-1] + metre))
    bars = tuple(Bar(float(edges[a]), float(edges[b]), int(b - a)) for a, b in zip(firsts, stops, strict=False))
    return Metre(metre, beats[firsts], bars)
