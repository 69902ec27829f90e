"""Sections: where the song changes, which parts are repeats, and what a listener would call them.

Bars are described by chord, timbre, level and singing. Boundaries lie where a checkerboard kernel on their
self-similarity peaks (Foote 2000), where the bars begin or cease to repeat others at a fixed distance (Serra et al.
2012), and where phrase lengths of 4, 8 and 16 bars fit; repeats are found by comparing whole sections bar by bar.
"""

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from motion.music.section_labels import SUNG, Part, label_parts
from motion.music.song_map import Curve, Section
from motion.music.spectrum import Spectrum

__all__ = ["find_sections"]

KERNEL_BARS = 4
GRID = 1.0
"""Deviations of novelty that a change off the four-bar grid has to make up for, if all others lie on it; else less."""
ENTRY = 0.5
"""What the entry of a singer counts at a bar line, in deviations of novelty."""
PHRASE_FIT = {
    1: -1.6,
    2: -0.7,
    3: -1.2,
    4: -0.1,
    5: -1.0,
    6: -0.6,
    7: -0.9,
    8: 0.0,
    9: -0.9,
    10: -0.6,
    12: -0.3,
    16: -0.35,
}
"""Liking for a section of so many bars; longer ones and others get UNUSUAL_PHRASE."""
UNUSUAL_PHRASE = -1.0
LONGEST_PHRASE = 20
ALIKE = 0.45
"""Mean bar similarity (-1..1, song-relative) above which two sections are repeats of one another."""
SINGING = 0.3
"""Share of singing in a bar's description. Any share from 0.25 to 0.42 gives the same boundaries in the made song and
in First Light since repeats count for the boundaries."""
REPEATS = 0.5
"""What a change of repeats counts beside a change of sound, both in deviations."""


def find_sections(edges: NDArray[np.float64], spectrum: Spectrum, energy: Curve, vocal: Curve) -> list[Section]:
    """Sections over the whole song.

    Args:
        edges: (bars + 1,) seconds, bar lines; where there are no bars, any even grid.
    """
    duration = spectrum.duration
    if not energy.values or max(energy.values) <= 0.0:
        return [Section(0.0, duration, "silence", 0)]
    if len(edges) < 5:
        return [Section(0.0, duration, "verse", 0)]
    singing = np.array([_mean(vocal, a, b) for a, b in itertools.pairwise(edges)])
    features = _describe(edges, spectrum, singing)
    likeness = features @ features.T
    novelty = _standard(_novelty(likeness) + REPEATS * _repeats_change(likeness))
    bounds = _cut(novelty - _off_grid(novelty) + ENTRY * _entries(singing))
    groups = _group(likeness, bounds)
    parts = [
        Part(a, b, group, _mean(energy, edges[a], edges[b]), _mean(vocal, edges[a], edges[b]))
        for a, b, group in zip(bounds[:-1], bounds[1:], groups, strict=True)
    ]
    labels = label_parts(parts)
    starts = [0.0, *(float(edges[part.first]) for part in parts[1:]), duration]
    return [
        Section(start, stop, label, part.group)
        for start, stop, label, part in zip(starts[:-1], starts[1:], labels, parts, strict=True)
        if stop > start
    ]


def _mean(curve: Curve, start: float, stop: float) -> float:
    return float(curve.sample(np.linspace(start, stop, 33)).mean())


def _pooled(values: NDArray[np.floating], edges: NDArray[np.float64], rate: float, pieces: int) -> NDArray[np.float64]:
    """(bars, pieces * n) means of (frames, n) over equal pieces of each bar."""
    fine = np.interp(np.arange((len(edges) - 1) * pieces + 1) / pieces, np.arange(len(edges)), edges)
    index = np.clip(np.round(fine * rate).astype(int), 0, len(values))
    sums = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0, dtype=np.float64)])
    start = np.minimum(index[:-1], len(values) - 1)
    stop = np.maximum(index[1:], start + 1)
    return ((sums[stop] - sums[start]) / (stop - start)[:, None]).reshape(len(edges) - 1, -1)


def _describe(edges: NDArray[np.float64], spectrum: Spectrum, singing: NDArray[np.float64]) -> NDArray[np.float64]:
    """(bars, n) unit rows: chords by half bar, timbre, level and singing, each of fixed share."""
    log = np.log(spectrum.mel + 1e-7)
    timbre = np.asarray(fft.dct(log, axis=1, norm="ortho"))[:, :14]
    chords = _pooled(spectrum.chroma, edges, spectrum.chroma_rate, 2)
    bass = _pooled(spectrum.bass, edges, spectrum.chroma_rate, 2)
    sound = _pooled(timbre, edges, spectrum.frame_rate, 1)
    columns = [_balanced(chords, 0.8), _balanced(bass, 0.5), _balanced(sound[:, 1:], 1.0), _balanced(sound[:, :1], 0.7)]
    if singing.max() > SUNG and singing.std() > 0.1:
        columns.append(_balanced(singing[:, None], SINGING))
    rows = np.concatenate(columns, axis=1)
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def _balanced(rows: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    centred = rows - rows.mean(axis=0)
    return centred * share / (np.sqrt(np.mean(np.sum(centred**2, axis=1))) + 1e-9)


def _novelty(likeness: NDArray[np.float64]) -> NDArray[np.float64]:
    """(bars + 1,) how much the song changes at each bar line, in deviations."""
    bars = len(likeness)
    taper = np.exp(-0.5 * ((np.arange(-KERNEL_BARS, KERNEL_BARS) + 0.5) / (KERNEL_BARS / 1.6)) ** 2)
    sign = np.sign(np.arange(-KERNEL_BARS, KERNEL_BARS) + 0.5)
    kernel = np.outer(sign * taper, sign * taper)
    padded = np.pad(likeness, KERNEL_BARS, mode="edge")
    novelty = np.zeros(bars + 1)
    for i in range(1, bars):
        novelty[i] = np.sum(kernel * padded[i : i + 2 * KERNEL_BARS, i : i + 2 * KERNEL_BARS])
    return _standard(novelty)


def _repeats_change(likeness: NDArray[np.float64]) -> NDArray[np.float64]:
    """(bars + 1,) how much the distances at which the song repeats itself differ before and after, in deviations."""
    bars = len(likeness)
    # Row: bar. Column: how many bars away. A repeated passage is a vertical line here, its ends are boundaries.
    away = np.zeros((bars + 1, 2 * bars - 1), np.float32)
    for bar, row in enumerate(likeness):
        away[bar + 1, bars - 1 - bar : 2 * bars - 1 - bar] = np.maximum(row, 0.0)
    sums = np.cumsum(away, axis=0, dtype=np.float32)
    change = np.zeros(bars + 1)
    for line in range(1, bars):
        first, stop = max(0, line - KERNEL_BARS), min(bars, line + KERNEL_BARS)
        before = (sums[line] - sums[first]) / (line - first)
        after = (sums[stop] - sums[line]) / (stop - line)
        change[line] = np.sum((after - before) ** 2)
    change[0], change[-1] = change[1], change[-2]
    return _standard(change)


def _entries(singing: NDArray[np.float64]) -> NDArray[np.float64]:
    """(bars + 1,) 0..1: how clearly a singer comes in or falls silent for several bars at each bar line."""
    sums = np.concatenate([[0.0], np.cumsum(singing)])
    line = np.arange(len(sums))
    first, stop = np.maximum(line - KERNEL_BARS, 0), np.minimum(line + KERNEL_BARS, len(singing))
    before = (sums - sums[first]) / np.maximum(line - first, 1)
    after = (sums[stop] - sums) / np.maximum(stop - line, 1)
    return np.clip((np.abs(after - before) - 0.3) / 0.5, 0.0, 1.0)


def _off_grid(novelty: NDArray[np.float64]) -> NDArray[np.float64]:
    """(bars + 1,) dislike of bar lines off the four-bar grid, where most of the song's changes fall on one such grid.

    A fill or a riser makes the bar before a change sound like what comes after it; the other changes know better.
    """
    weight = np.maximum(novelty[1:-1], 0.0) ** 2
    shares = np.array([weight[(phase - 1) % 4 :: 4].sum() for phase in range(4)]) / (weight.sum() + 1e-9)
    phase = int(np.argmax(shares))
    dislike = np.full(len(novelty), GRID * max(0.0, float(shares[phase]) - 0.25) / 0.75)
    dislike[phase::4] = 0.0
    return dislike


def _standard(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return (values - values.mean()) / (values.std() + 1e-9)


def _cut(novelty: NDArray[np.float64]) -> list[int]:
    """Bar lines that part the song: most novelty on them, with phrase lengths that songs have."""
    bars = len(novelty) - 1
    best = np.full(bars + 1, -np.inf)
    best[0] = 0.0
    came = np.zeros(bars + 1, int)
    for stop in range(1, bars + 1):
        for length in range(1, min(stop, LONGEST_PHRASE) + 1):
            start = stop - length
            if length == 1 and stop == bars and bars > 1:
                continue  # the bar in which a song rings out belongs to what it ends
            edge = start == 0 or stop == bars
            fit = PHRASE_FIT.get(length, UNUSUAL_PHRASE) * (0.5 if edge else 1.0)
            # The rent of a boundary: weak changes are not worth one.
            value = best[start] + fit + (0.0 if stop == bars else novelty[stop] - 0.35)
            if value > best[stop]:
                best[stop], came[stop] = value, start
    bounds = [bars]
    while bounds[-1] > 0:
        bounds.append(int(came[bounds[-1]]))
    return bounds[::-1]


def _group(likeness: NDArray[np.float64], bounds: Sequence[int]) -> list[int]:
    """A number per section, the same for repeats, in order of first appearance."""
    groups: list[int] = []
    members: list[list[tuple[int, int]]] = []
    for a, b in itertools.pairwise(bounds):
        fits = [np.mean([_alike(likeness, (a, b), other) for other in group]) for group in members]
        if fits and max(fits) > ALIKE:
            chosen = int(np.argmax(fits))
            members[chosen].append((a, b))
        else:
            chosen = len(members)
            members.append([(a, b)])
        groups.append(chosen)
    return groups


def _alike(likeness: NDArray[np.float64], one: tuple[int, int], two: tuple[int, int]) -> float:
    """Mean similarity of two sections bar by bar, at the best of the shifts that keep the shorter one inside."""
    short, long = sorted((one, two), key=lambda part: part[1] - part[0])
    length, slack = short[1] - short[0], (long[1] - long[0]) - (short[1] - short[0])
    rows = np.arange(*short)
    return max(float(likeness[rows, np.arange(long[0] + s, long[0] + s + length)].mean()) for s in range(slack + 1))
