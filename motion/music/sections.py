"""Sections: where the song changes, which parts are repeats, and what a listener would call them.

Bars are described by chord and timbre, boundaries lie where a checkerboard kernel on their self-similarity peaks
(Foote 2000) and phrase lengths of 4, 8 and 16 bars fit; repeats are found by comparing whole sections bar by bar.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from motion.music.song_map import Curve, Section, SectionLabel
from motion.music.spectrum import Spectrum

__all__ = ["find_sections"]

KERNEL_BARS = 4
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
SUNG = 0.25
"""Vocal activity that some part must reach before singing decides any label."""
QUIET = 0.02
"""Energy below which a bar is silence."""


@dataclass(frozen=True, slots=True)
class _Part:
    first: int
    stop: int
    group: int
    energy: float
    vocal: float


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
    features = _describe(edges, spectrum, vocal)
    likeness = features @ features.T
    bounds = _cut(_novelty(likeness))
    groups = _group(likeness, bounds)
    parts = [
        _Part(a, b, group, _mean(energy, edges[a], edges[b]), _mean(vocal, edges[a], edges[b]))
        for a, b, group in zip(bounds[:-1], bounds[1:], groups, strict=True)
    ]
    labels = _label(parts)
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


def _describe(edges: NDArray[np.float64], spectrum: Spectrum, vocal: Curve) -> NDArray[np.float64]:
    """(bars, n) unit rows: chords by half bar, timbre, level and singing, each of fixed share."""
    log = np.log(spectrum.mel + 1e-7)
    timbre = np.asarray(fft.dct(log, axis=1, norm="ortho"))[:, :14]
    chords = _pooled(spectrum.chroma, edges, spectrum.chroma_rate, 2)
    bass = _pooled(spectrum.bass, edges, spectrum.chroma_rate, 2)
    sound = _pooled(timbre, edges, spectrum.frame_rate, 1)
    columns = [_balanced(chords, 0.8), _balanced(bass, 0.5), _balanced(sound[:, 1:], 1.0), _balanced(sound[:, :1], 0.7)]
    singing = np.array([[_mean(vocal, a, b)] for a, b in itertools.pairwise(edges)])
    if singing.max() > SUNG and singing.std() > 0.1:
        columns.append(_balanced(singing, 0.25))
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
    return (novelty - novelty.mean()) / (novelty.std() + 1e-9)


def _cut(novelty: NDArray[np.float64]) -> list[int]:
    """Bar lines that part the song: most novelty on them, with phrase lengths that songs have."""
    bars = len(novelty) - 1
    best = np.full(bars + 1, -np.inf)
    best[0] = 0.0
    came = np.zeros(bars + 1, int)
    for stop in range(1, bars + 1):
        for length in range(1, min(stop, LONGEST_PHRASE) + 1):
            start = stop - length
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


def _label(parts: Sequence[_Part]) -> list[SectionLabel]:
    """Names from loudness, repetition, singing and place."""
    count = len(parts)
    numbers = sorted({part.group for part in parts})
    inner = parts[1:-1] if count > 3 else parts
    sung = max((part.vocal for part in parts), default=0.0) > SUNG
    # The usual of the sung parts, not the loudest: one part heard too surely must not silence the others.
    middle_vocal = 0.45 * float(
        np.percentile(np.repeat([p.vocal for p in parts], [p.stop - p.first for p in parts]), 75)
    )

    def mean(group: int, of: Callable[[_Part], float]) -> float:
        members = [part for part in parts if part.group == group]
        return sum(of(part) * (part.stop - part.first) for part in members) / sum(p.stop - p.first for p in members)

    def weight(group: int) -> float:
        members = [part for part in parts if part.group == group]
        bars = sum(part.stop - part.first for part in members)
        voice = mean(group, lambda part: part.vocal) if sung else 0.0
        # A chorus is the loudest group that comes again and is sung; songs without one get the likeliest instead.
        again = 1.0 if sung and len(members) > 1 and voice >= middle_vocal and bars > 4 else 0.0
        likely = 0.12 * min(len(members) - 1, 2) + 0.01 * min(bars, 16)
        return again + mean(group, lambda part: part.energy) + 0.25 * voice + likely

    chorus = max({part.group for part in inner}, key=lambda group: (weight(group), -group))
    labels: list[SectionLabel] = []
    for i, part in enumerate(parts):
        repeats = sum(other.group == part.group for other in parts)
        label: SectionLabel
        if part.energy < QUIET:
            label = "silence"
        elif part.group == chorus and len(numbers) > 1:
            label = "chorus"
        elif i == 0:
            label = "intro" if not sung or part.vocal < middle_vocal or part.stop - part.first <= 4 else "verse"
        elif i == count - 1:
            label = "outro"
        elif sung and part.vocal < middle_vocal:
            label = "interlude"
        elif parts[i + 1].group == chorus and repeats > 1 and part.stop - part.first <= 8 and _leads(parts, i, chorus):
            label = "pre"
        elif repeats == 1 and i > 0.55 * count:
            label = "bridge"
        else:
            label = "verse"
        labels.append(label)
    return labels


def _leads(parts: Sequence[_Part], index: int, chorus: int) -> bool:
    """Every repeat of this part goes straight into a chorus, and another verse comes before it."""
    group = parts[index].group
    places = [i for i, part in enumerate(parts) if part.group == group]
    return all(i + 1 < len(parts) and parts[i + 1].group == chorus for i in places) and places[0] > 1
