"""Clipping, dropouts, cut ends and the end of the band, from what `tape` saw."""

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from performer.voice.check.report import Span
from performer.voice.check.tape import BAND_HERTZ, MILLISECOND, PEAK_SECONDS, Tape

__all__ = ["Clipping", "band_end", "clipping", "dropouts", "joined_spans", "torn_ends"]

# Half widths of a pile of peaks, as factors: narrow where the samples are exact, wide where a codec smeared them.
_WIDTHS = (1.01, 1.03)
_FEWEST = 5
_QUIETEST_LEVEL = 0.03
_FALL_DB, _RISE_DB, _FLOOR_DB = 38.0, 32.0, -50.0
_LONGEST_GAP = 0.6


@dataclass(frozen=True, slots=True)
class Clipping:
    """level: where peaks are cut, full scale 1. share: of the loud moments. flatness: how many times more samples lie
    near the peak of such a moment than near that of one that is not cut. piled: share of the highest peaks there.
    contrast: how many times more peaks than just below."""

    level: float
    share: float
    flatness: float
    piled: float
    contrast: float
    spans: tuple[Span, ...]

    @property
    def hard(self) -> float:
        """Evidence that peaks are cut off at one level; under 9 on clean recordings."""
        return self.contrast * self.piled * max(self.flatness - 0.8, 0.0)

    @property
    def soft(self) -> float:
        """Evidence that they are flattened, as by a limiter, a saturated stage or a codec after the clipping."""
        return self.flatness * self.piled * self.share**0.5


def clipping(tape: Tape) -> tuple[Clipping, ...]:
    """The levels at which peaks pile up with flat tops, of whichever polarity: at most the hardest and the softest.

    Peaks of a voice thin out towards the highest and are as sharp there as below; cut ones gather at one level and are
    flat there. Both are compared with the same recording's own lower peaks, so that neither gain nor rate matters.
    """
    found: list[Clipping] = []
    for side in (0, 1):
        peaks, widths = tape.peaks[:, side], tape.widths[:, side]
        top = float(peaks.max(initial=0.0))
        if top < _QUIETEST_LEVEL:
            continue
        found += [
            pile
            for wide in _WIDTHS
            for level in top * np.power(0.985, np.arange(12))
            if (pile := _pile(peaks, widths, float(level), wide)) is not None
        ]
    if not found:
        return ()
    return tuple({max(found, key=lambda pile: pile.hard), max(found, key=lambda pile: pile.soft)})


def _pile(peaks: NDArray[np.float32], widths: NDArray[np.float32], level: float, wide: float) -> Clipping | None:
    here = (peaks <= level * wide) & (peaks >= level / wide)
    count = int(here.sum())
    below = (peaks < level / 1.25) & (peaks > level / 3.0)
    if count < _FEWEST or below.sum() < _FEWEST:
        return None
    beyond = int((peaks > level * wide).sum())
    # Twice as wide a range as the pile's, just below it.
    under = int(((peaks < level / wide) & (peaks >= level / wide * (1 - 4 * (wide - 1)))).sum())
    usual = float(widths[below].mean()) + 1e-9
    return Clipping(
        level,
        count / int((peaks > level / 3.0).sum()),
        float(widths[here].mean()) / usual,
        count / (count + beyond),
        count / (under / 2 + 2.0),
        joined_spans(np.flatnonzero(here & (widths > 1.3 * usual)), PEAK_SECONDS),
    )


def joined_spans(marks: NDArray[np.intp], step: float, gap: float = 0.5) -> tuple[Span, ...]:
    """Frames that are marked, as spans; those less than `gap` seconds apart are one."""
    if not len(marks):
        return ()
    breaks = np.flatnonzero(np.diff(marks) * step > gap)
    starts = np.concatenate([[marks[0]], marks[breaks + 1]])
    stops = np.concatenate([marks[breaks], [marks[-1]]])
    return tuple(
        Span(round(float(a) * step, 3), round(float(b + 1) * step, 3)) for a, b in zip(starts, stops, strict=True)
    )


def _decibels(tape: Tape) -> NDArray[np.float64]:
    """Envelope in dB under its own loud passages."""
    loud = float(np.percentile(tape.envelope, 95))
    return 20 * np.log10(tape.envelope / max(loud, 1e-6) + 1e-6)


def dropouts(tape: Tape) -> tuple[Span, ...]:
    """Gaps up to 0.6 s into which a loud sound falls within two milliseconds and out of which it comes as suddenly."""
    level = _decibels(tape)
    if len(level) < 20:
        return ()
    low = level < _FLOOR_DB
    edges = np.flatnonzero(np.diff(low.astype(np.int8)))
    found: list[Span] = []
    for start, stop in itertools.pairwise(edges):
        if not low[start + 1] or (stop - start) * MILLISECOND > _LONGEST_GAP or stop - start < 2 or start < 4:
            continue
        gap = level[start + 1 : stop + 1]
        bottom = float(np.median(gap))
        before = float(level[max(0, start - 3) : start + 1].max())
        after = float(level[stop + 1 : stop + 4].max(initial=-120.0))
        if before - bottom > _FALL_DB and after - bottom > _RISE_DB and before > -22.0 and after > -28.0:
            found.append(Span(round((start + 1) * MILLISECOND, 3), round((stop + 1) * MILLISECOND, 3)))
    return tuple(found)


def torn_ends(tape: Tape) -> tuple[bool, bool]:
    """The voice is already loud when the recording begins; still loud when it ends."""
    level = _decibels(tape)
    if len(level) < 100:
        return False, False
    return bool(level[:3].max() > -14.0), bool(level[-4:].max() > -14.0)


def band_end(tape: Tape) -> float | None:
    """Hertz above which there is nothing within 55 dB of the strongest band that comes and goes with the voice."""
    if len(tape.bands) < 10:
        return None
    bands = 10 * tape.bands.astype(np.float64)
    high, low = np.percentile(bands, (97, 10), axis=0)
    alive = np.flatnonzero((high > high.max() - 55.0) & (high - low > 8.0))
    return float((alive[-1] + 1) * BAND_HERTZ) if len(alive) else None
