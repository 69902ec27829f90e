"""What the judges' answers come to: pure functions over arrays and texts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "PitchScore",
    "bands_of",
    "bootstrap",
    "cosine",
    "gap_closed",
    "high_energy",
    "pitch_score",
    "steadiness",
    "word_errors",
    "words_of",
]

RATE, HOP = 16_000, 160
# Judges agree on a frame when their pitches are within a semitone.
_AGREE_CENTS = 100.0
_FLIP_CENTS = 600.0
_RESAMPLES = 2000


def words_of(text: str) -> list[str]:
    """Lower case, letters and apostrophes only."""
    return re.findall(r"[a-zäöüß']+", text.lower().replace("’", "'"))


def word_errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """Least number of words to change, drop or add (Levenshtein)."""
    row = list(range(len(heard) + 1))
    for i, word in enumerate(said, 1):
        above, row[0] = row[0], i
        for j, other in enumerate(heard, 1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (word != other))
    return row[-1]


def bootstrap(
    errors: NDArray[np.float64], words: NDArray[np.float64], source_errors: NDArray[np.float64] | None = None
) -> list[float]:
    """95 % interval of the error rate over clips drawn anew; of its ratio to the source's, where those are given.

    errors, words, source_errors: (clips,) of the same clips in the same order, which are drawn together.
    """
    drawn = np.random.default_rng(0).integers(0, len(errors), (_RESAMPLES, len(errors)))
    below = words if source_errors is None else np.maximum(source_errors, 1e-9)
    rates = errors[drawn].sum(1) / np.maximum(below[drawn].sum(1), 1e-9)
    return [round(float(x), 3) for x in np.quantile(rates, (0.025, 0.975))]


def cosine(a: Sequence[float] | NDArray[np.float64], b: Sequence[float] | NDArray[np.float64]) -> float:
    a, b = np.asarray(a), np.asarray(b)
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b) + 1e-12))


def gap_closed(got: float, untouched: float, real: float) -> float:
    """Share of the way from the untouched source to the real target that a conversion went."""
    return (got - untouched) / (real - untouched) if real > untouched else float("nan")


@dataclass(frozen=True, slots=True)
class PitchScore:
    """Sums over frames that both judges agree on in the source, so that clips can be put together by `joined`.

    wanted, praat, harvest: (frames,) log2 hertz; praat and harvest are NaN where that judge hears nothing voiced.
    """

    wanted: NDArray[np.float64]
    praat: NDArray[np.float64]
    harvest: NDArray[np.float64]

    @staticmethod
    def joined(parts: Sequence["PitchScore"]) -> dict[str, Any]:
        """Correlation and median error by each judge, flips where both say so, voiced frames lost by both."""
        wanted = np.concatenate([part.wanted for part in parts])
        heard = {name: np.concatenate([getattr(part, name) for part in parts]) for name in ("praat", "harvest")}
        found: dict[str, Any] = {"frames": len(wanted)}
        if not len(wanted):
            return found
        cents = {name: 1200 * (hertz - wanted) for name, hertz in heard.items()}
        for name, hertz in heard.items():
            known = np.isfinite(hertz)
            if known.sum() > 2 and np.std(hertz[known]) > 0:
                found[f"correlation_{name}"] = round(float(np.corrcoef(wanted[known], hertz[known])[0, 1]), 4)
                found[f"median_cents_{name}"] = round(float(np.median(np.abs(cents[name][known]))), 1)
        both = np.isfinite(cents["praat"]) & np.isfinite(cents["harvest"])
        agree = both & (np.abs(cents["praat"] - cents["harvest"]) < _AGREE_CENTS)
        if agree.sum() > 2:
            middle = (heard["praat"] + heard["harvest"])[agree] / 2
            found["correlation"] = round(float(np.corrcoef(wanted[agree], middle)[0, 1]), 4)
            found["median_cents"] = round(float(np.median(np.abs(1200 * (middle - wanted[agree])))), 1)
            found["flips"] = round(float(np.mean(np.abs(1200 * (middle - wanted[agree])) > _FLIP_CENTS)), 5)
        found["judges_agree"] = round(float(agree.mean()), 4)
        found["lost"] = round(float(np.mean(~np.isfinite(cents["praat"]) & ~np.isfinite(cents["harvest"]))), 4)
        return found


def _logs(hertz: Sequence[float], count: int) -> NDArray[np.float64]:
    padded = np.zeros(count)
    given = np.asarray(hertz, np.float64)[:count]
    padded[: len(given)] = given
    return np.log2(np.where(padded > 0, padded, np.nan))


def pitch_score(source: dict[str, list[float]], result: dict[str, list[float]], semitones: float) -> PitchScore:
    """source, result: each judge's hertz every 10 ms. semitones: by how much the result was to be higher."""
    count = len(source["praat"])
    praat, harvest = _logs(source["praat"], count), _logs(source["harvest"], count)
    agree = np.abs(1200 * (praat - harvest)) < _AGREE_CENTS  # NaN compares false
    wanted = (praat + harvest)[agree] / 2 + semitones / 12
    return PitchScore(wanted, _logs(result["praat"], count)[agree], _logs(result["harvest"], count)[agree])


def _power(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    """(frames, 257) power of 25 ms Hann windows every 10 ms at 16 kHz."""
    padded = np.pad(samples.astype(np.float64), (200, 400))
    windows = np.lib.stride_tricks.sliding_window_view(padded, 400)[::HOP][: len(samples) // HOP]
    return np.square(np.abs(np.fft.rfft(windows * np.hanning(400), 512, axis=1)))


def bands_of(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    """(frames, 60) log power of mel-spaced bands, 60 Hz to 7 kHz, of frames less than 45 dB under the loudest."""
    power = _power(samples)
    mels = np.linspace(2595 * np.log10(1 + 60 / 700), 2595 * np.log10(1 + 7000 / 700), 62)
    place = 700 * (10 ** (mels / 2595) - 1) / (RATE / 512)
    bins = np.arange(257)[:, None]
    rise = (bins - place[:-2]) / (place[1:-1] - place[:-2])
    fall = (place[2:] - bins) / (place[2:] - place[1:-1])
    # Bands narrower than a bin take the nearest one, so that none is empty.
    weights = np.clip(np.minimum(rise, fall), 0, None)
    weights[np.rint(place[1:-1]).astype(int), np.arange(60)] += 1e-3
    level = 10 * np.log10(power.sum(1) + 1e-12)
    return np.log(power[level > level.max() - 45] @ weights + 1e-9)


def steadiness(result: Sequence[NDArray[np.float64]], real: Sequence[NDArray[np.float64]]) -> float:
    """Global variance: spread of the log bands over time against the real target's, mean over bands; 1 = as lively.

    Each clip's bands are taken less the frame's mean first, so that phrasing and loudness do not count (T. Toda and
    K. Tokuda, 2007, on cepstra without the zeroth).
    """

    def spread(clips: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
        frames = np.concatenate([clip - clip.mean(1, keepdims=True) for clip in clips])
        return frames.std(0)

    return float(np.mean(spread(result) / (spread(real) + 1e-9)))


def high_energy(
    source: NDArray[np.float32], result: NDArray[np.float32], pitch: dict[str, list[float]]
) -> NDArray[np.float64]:
    """Decibels by which each unvoiced frame is louder above 3 kHz in the result, both put to the same loudness of
    their voiced frames. pitch: both judges' of the source; frames that both call unvoiced and that are not silence."""
    count = min(len(source), len(result)) // HOP
    before, after = _power(source)[:count], _power(result)[:count]
    praat, harvest = (np.nan_to_num(_logs(pitch[name], count)) for name in ("praat", "harvest"))
    voiced, unvoiced = (praat > 0) & (harvest > 0), (praat == 0) & (harvest == 0)
    if not voiced.any():
        return np.zeros(0)
    gain = before[voiced].sum() / (after[voiced].sum() + 1e-12)
    level = 10 * np.log10(before.sum(1) + 1e-12)
    above = slice(round(3000 / (RATE / 512)), None)
    high = 10 * np.log10(before[:, above].sum(1) + 1e-12)
    # Breath and bursts: unvoiced, and with energy above 3 kHz well over the room's.
    heard = unvoiced & (high > np.quantile(high, 0.05) + 12) & (level > level.max() - 50)
    return 10 * np.log10(gain * after[heard][:, above].sum(1) + 1e-12) - high[heard]
