"""Where a recording may be cut: phrases of 2 to 12 seconds that begin with their breath."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

from performer.voice.check.frames import FINE
from performer.voice.check.report import Span

__all__ = ["LONGEST", "SHORTEST", "phrases"]

SHORTEST, LONGEST = 2.0, 12.0
"""Seconds. A shorter phrase stays alone only where there is nothing near it to be joined to."""
_PAUSE, _TAIL, _BREATH = 0.25, 0.30, 0.80
_ALONE = 0.4
# Pauses longer than this are not carried along to fill a phrase up.
_TOGETHER = 1.5


def phrases(level: NDArray[np.float32], active: NDArray[np.bool_]) -> tuple[Span, ...]:
    """level: (n,) power every FINE seconds; active: (n,) frames of speech -> spans in order that do not overlap.

    Between two stretches of voice the cut lies in the quietest moment, the first one if several are as quiet: the
    breath comes after it and goes with the phrase it was taken for.
    """
    # Breaths are heard, but do not join what they part: only what is within 26 dB of the loud passages does.
    # The filter's running sum leaves a little less than nothing in digital silence.
    smooth = np.maximum(uniform_filter1d(level.astype(np.float64), 5), 0.0)
    if not active.any():
        return ()
    core = active & (smooth > float(np.percentile(smooth[active], 90)) * 10**-2.6)
    runs = _runs(core)
    if not runs:
        return ()
    stretches = [runs[0]]
    for start, stop in runs[1:]:
        if (start - stretches[-1][1]) * FINE < _PAUSE:
            stretches[-1] = (stretches[-1][0], stop)
        else:
            stretches.append((start, stop))
    parts = [part for stretch in stretches for part in _split(smooth, *stretch)]
    spans = _framed(smooth, parts)
    return tuple(Span(round(a * FINE, 3), round(b * FINE, 3)) for a, b in _gathered(spans))


def _runs(marks: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], marks.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _split(smooth: NDArray[np.float64], start: int, stop: int) -> list[tuple[int, int]]:
    """A stretch without a pause, cut at its quietest moments until no part is too long."""
    todo, done = [(start, stop)], list[tuple[int, int]]()
    margin = round(SHORTEST / FINE)
    while todo:
        a, b = todo.pop()
        # Room is left for the pauses that go with a phrase.
        if (b - a) * FINE <= LONGEST - _TAIL - _BREATH:
            done.append((a, b))
            continue
        # Not too near its ends, and rather in the middle than at an edge.
        inner = np.log(smooth[a + margin : b - margin] + 1e-12)
        cut = a + margin + int(np.argmin(inner))
        todo += [(cut, b), (a, cut)]
    return sorted(done)


def _framed(smooth: NDArray[np.float64], parts: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Each part with the breath before it and the decay after it."""
    tail, breath = round(_TAIL / FINE), round(_BREATH / FINE)
    out: list[tuple[int, int]] = []
    cut_before = 0
    for (start, stop), following in zip(parts, [*parts[1:], None], strict=True):
        if following is None:
            cut_after = len(smooth)
        elif following[0] == stop:
            cut_after = stop
        else:
            gap = smooth[stop : following[0]]
            quiet = np.flatnonzero(gap <= gap.min() * 2.0)
            cut_after = stop + int(quiet[0])
        out.append((max(cut_before, start - breath), min(cut_after, stop + tail)))
        cut_before = cut_after
    return out


def _gathered(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Short neighbours joined; what stays shorter than a word is dropped."""
    out: list[tuple[int, int]] = []
    for span in spans:
        if out:
            first, last = out[-1]
            short = min(last - first, span[1] - span[0]) * FINE < SHORTEST
            if short and (span[0] - last) * FINE <= _TOGETHER and (span[1] - first) * FINE <= LONGEST:
                out[-1] = (first, span[1])
                continue
        out.append(span)
    return [span for span in out if (span[1] - span[0]) * FINE >= _ALONE]
