"""Phrases cut from checked recordings, levelled, for whoever learns a voice (a shell: reads sound files)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from performer.voice.check.ears import mix
from performer.voice.check.report import FileReport, Report, Span
from performer.voice.sound import open_sound, resample

__all__ = ["FADE", "LEVEL_DB", "Slice", "read_slices", "slices"]

LEVEL_DB = -23.0
"""RMS of the speech of a slice, dB of full scale."""
FADE = 0.010
_HIGHEST = 0.99
_MOST_GAIN_DB = 40.0
_FRAME = 0.02
# Frames this far under the loud ones are pauses and breath: they do not count for the level.
_SPEECH_RANGE = 10**-3.0


@dataclass(frozen=True, slots=True)
class Slice:
    """A phrase: start and stop in seconds of the file, and how left and right are mixed there."""

    path: Path
    start: float
    stop: float
    weights: tuple[float, float]

    @property
    def seconds(self) -> float:
        return self.stop - self.start


def slices(report: Report | FileReport) -> list[Slice]:
    """The phrases of all files that are used, without those that a finding marked as not to be learnt from."""
    files = report.used if isinstance(report, Report) else (report,)
    found: list[Slice] = []
    for file in files:
        if file.measures is None or not file.usable:
            continue
        bad = [span for finding in file.findings if finding.left_out for span in finding.spans]
        whole = any(finding.left_out and not finding.spans for finding in file.findings)
        for phrase in () if whole else file.phrases:
            if not any(_meet(phrase, span) for span in bad):
                found.append(Slice(file.path, phrase.start, phrase.stop, file.measures.weights))
    return found


def _meet(one: Span, two: Span) -> bool:
    return one.start < two.stop and two.start < one.stop


def read_slices(wanted: Iterable[Slice], rate: int) -> Iterator[tuple[Slice, NDArray[np.float32]]]:
    """Each slice with its sound, (n,) at `rate`, levelled and faded; files are read once, in the order of the slices.

    Slices of one file must be in order. Holds one slice and one block at a time.

    Raises:
        SoundError: a file is gone or has changed for the worse.
    """
    for path, of_file in groupby(wanted, key=lambda piece: piece.path):
        todo = list(of_file)
        reader = open_sound(path)
        kept = np.zeros(0, np.float32)
        kept_from = 0
        for block in reader.blocks():
            kept = np.concatenate([kept, mix(block, todo[0].weights)])
            while todo and round(todo[0].stop * reader.rate) <= kept_from + len(kept):
                first = todo.pop(0)
                yield first, _cut(kept, kept_from, first, reader.rate, rate)
            if not todo:
                break
            drop = min(len(kept), max(0, round(todo[0].start * reader.rate) - kept_from))
            kept, kept_from = kept[drop:].copy(), kept_from + drop
        # A last phrase may reach a frame beyond the last sample.
        for last in todo:
            if len(kept) and round(last.start * reader.rate) < kept_from + len(kept):
                yield last, _cut(kept, kept_from, last, reader.rate, rate)


def _cut(kept: NDArray[np.float32], kept_from: int, piece: Slice, rate: int, to_rate: int) -> NDArray[np.float32]:
    start, stop = (max(0, round(at * rate) - kept_from) for at in (piece.start, piece.stop))
    return levelled(resample(kept[start:stop].copy(), rate, to_rate), to_rate)


def levelled(samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """Speech at LEVEL_DB where its peaks allow it, no offset, faded over FADE at both ends."""
    out = samples - samples.mean(dtype=np.float64).astype(np.float32)
    hop = min(len(out), round(_FRAME * rate))
    if hop == 0:
        return out
    power = np.square(out[: len(out) // hop * hop].astype(np.float64)).reshape(-1, hop).mean(axis=1)
    speech = float(power[power >= _SPEECH_RANGE * np.percentile(power, 95)].mean())
    gain = min(10 ** (LEVEL_DB / 20) / max(np.sqrt(speech), 1e-9), 10 ** (_MOST_GAIN_DB / 20))
    gain = min(gain, _HIGHEST / max(float(np.abs(out).max()), 1e-9))
    fade = min(len(out) // 2, round(FADE * rate))
    shape = np.ones(len(out), np.float32)
    ramp = (0.5 - 0.5 * np.cos(np.pi * (np.arange(fade) + 0.5) / max(1, fade))).astype(np.float32)
    shape[:fade], shape[len(out) - fade :] = ramp, ramp[::-1]
    return (out * np.float32(gain) * shape).astype(np.float32)
