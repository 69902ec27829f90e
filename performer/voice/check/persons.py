"""Whose voice the recordings are, mostly, and which files or passages are somebody else's."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from performer.voice.check.report import Span
from performer.voice.check.speaker import ratio, same

__all__ = ["Stranger", "Voice", "strangers"]

_SEEDS = 400
_REFERENCE_COUNT = 20.0


@dataclass(frozen=True, slots=True)
class Voice:
    """Signatures of one file. spans: (k, 2) seconds; raw: (k, d)."""

    spans: NDArray[np.float64]
    raw: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Stranger:
    """Of one file: ratio of the whole to the most frequent voice, and where it falls far below."""

    ratio: float
    spans: tuple[Span, ...]


def _ratios(
    rows: NDArray[np.float64], reference: NDArray[np.float64], between: NDArray[np.float64], count: float = 1.0
) -> NDArray[np.float64]:
    return np.asarray([ratio(row, reference, between, (count, _REFERENCE_COUNT)) for row in rows])


def _main_voice(rows: NDArray[np.float64], between: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean signature of the largest group that is alike."""
    some = rows[:: max(1, len(rows) // _SEEDS)]
    alike = np.asarray([[ratio(one, two, between) for two in some] for one in some[:: max(1, len(some) // 40)]])
    seed = alike[int(np.argmax((alike > 0).sum(axis=1)))]
    reference = some[seed > 0].mean(axis=0) if (seed > 0).any() else some.mean(axis=0)
    for _ in range(4):
        members = _ratios(rows, reference, between) > 0
        if not members.any():
            break
        reference = rows[members].mean(axis=0)
    return reference


def strangers(
    voices: list[Voice], weights: Mapping[str, NDArray[np.float32]], span_ratio: float
) -> list[Stranger | None]:
    """One a file, None where there is too little speech to tell. weights: as `speaker.same`, and voice_between."""
    between = weights["voice_between"].astype(np.float64)
    rows = [same(voice.raw, weights) if len(voice.raw) else None for voice in voices]
    known = [row for row in rows if row is not None]
    if not known:
        return [None] * len(voices)
    reference = _main_voice(np.concatenate(known), between)
    out: list[Stranger | None] = []
    for voice, row in zip(voices, rows, strict=True):
        if row is None:
            out.append(None)
            continue
        # As one signature, however long: those of one file share its microphone, room and mood.
        whole = ratio(row.mean(axis=0), reference, between, (1.0, _REFERENCE_COUNT))
        each = _ratios(row, reference, between)
        if len(each) >= 3:
            each = np.convolve(np.pad(each, 1, mode="edge"), np.ones(3) / 3, "valid")
        marks = np.flatnonzero(each < span_ratio) if len(each) >= 3 else np.zeros(0, int)
        out.append(Stranger(whole, _spans(voice.spans, marks)))
    return out


def _spans(spans: NDArray[np.float64], marks: NDArray[np.intp]) -> tuple[Span, ...]:
    found: list[Span] = []
    for mark in marks:
        start, stop = (round(float(v), 2) for v in spans[mark])
        if found and start <= found[-1].stop:
            found[-1] = Span(found[-1].start, stop)
        else:
            found.append(Span(start, stop))
    return tuple(found)
