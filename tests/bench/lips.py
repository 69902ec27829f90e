"""Lips against truth: a made vowel train with known times, sung Japanese with phone labels, instrumentals.

Run by `python -m tests.bench lips --json`. The recordings are reference material beside the repository and are
skipped, with a word in the result, where they are absent.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from motion.music.song_map import Curve
from performer.face.lips import lips_from_sound
from performer.face.phrases import mouth_opening
from performer.face.track import EXPRESSION_INDEX, MOUTH, FaceTrack

__all__ = ["VowelTrain", "onset_errors", "run", "vowel_train"]

_RATE = 24_000
# Textbook formants, on purpose not the ones that the templates were made from.
_FORMANTS = {
    "aa": (730.0, 1090.0, 2440.0, 3500.0),
    "ih": (270.0, 2290.0, 3010.0, 3700.0),
    "ou": (300.0, 870.0, 2240.0, 3300.0),
    "ee": (530.0, 1840.0, 2480.0, 3500.0),
    "oh": (500.0, 820.0, 2410.0, 3400.0),
}
_OPEN = 0.5
# Phones that hold the mouth's level down until the vowel begins.
_SILENT_BEFORE = ("pau", "sil", "br", "cl", "k", "ky", "t", "p", "py")
_JAPANESE = {"a": "aa", "i": "ih", "u": "ou", "e": "ee", "o": "oh"}


@dataclass(frozen=True, slots=True)
class VowelTrain:
    """A sound with vowels at known times: `onsets`, `ends` in seconds, `vowels` by name."""

    sound: NDArray[np.float32]
    rate: int
    onsets: list[float]
    ends: list[float]
    vowels: list[str]


def _vowel(name: str, seconds: float, pitch: float, tract: float, rng: np.random.Generator) -> NDArray[np.float64]:
    n = round(seconds * _RATE)
    t = np.arange(n) / _RATE
    vibrato = 1.0 + 0.01 * np.sin(2 * np.pi * 5.5 * t + rng.uniform(0, 6))
    phase = np.cumsum(pitch * vibrato) / _RATE
    pulses = np.diff(np.floor(phase), prepend=-1.0).clip(0.0, 1.0)
    sound = lfilter([1.0], [1.0, -0.96], pulses - pulses.mean()) + 0.002 * rng.normal(size=n)
    for formant, width in zip(_FORMANTS[name], (80.0, 100.0, 140.0, 200.0), strict=True):
        r = np.exp(-np.pi * width / _RATE)
        a = [1.0, -2.0 * r * np.cos(2 * np.pi * formant * tract / _RATE), r * r]
        sound = lfilter([sum(a)], a, sound)
    sound = np.diff(sound, prepend=0.0)
    edge = round(0.010 * _RATE)
    ramp = np.ones(n)
    ramp[:edge] = np.linspace(0.0, 1.0, edge)
    ramp[-2 * edge :] = np.linspace(1.0, 0.0, 2 * edge)
    sound *= ramp
    return 0.2 * sound / max(float(np.sqrt(np.mean(sound**2))), 1e-9)


def vowel_train(seed: int = 0, count: int = 120) -> VowelTrain:
    """`count` vowels of 0.15-0.6 s, rests of 0.12-0.5 s, pitches of 110-440 Hz, one throat."""
    rng = np.random.default_rng(seed)
    tract = rng.uniform(0.9, 1.15)
    t = 0.5
    rows: list[tuple[float, float, str, NDArray[np.float64]]] = []
    for i in range(count):
        name = MOUTH[(i + int(rng.integers(5))) % 5]
        length = float(rng.uniform(0.15, 0.6))
        sound = _vowel(name, length, float(rng.uniform(110, 440)), tract, rng) * 10 ** (rng.uniform(-8, 0) / 20)
        rows.append((t, t + length, name, sound))
        t += length + float(rng.uniform(0.12, 0.5))
    out = 0.0005 * rng.normal(size=round((t + 0.5) * _RATE))
    for start, _, _, sound in rows:
        k = round(start * _RATE)
        out[k : k + len(sound)] += sound
    return VowelTrain(out.astype(np.float32), _RATE, [r[0] for r in rows], [r[1] for r in rows], [r[2] for r in rows])


def onset_errors(face: FaceTrack, onsets: list[float], reach: float = 0.12) -> NDArray[np.float64]:
    """Seconds from each onset to when the mouth passes half of the opening that it then reaches; NaN = never."""
    opening = mouth_opening(face.weights)
    times = np.arange(len(opening)) / face.rate
    errors = np.full(len(onsets), np.nan)
    for i, onset in enumerate(onsets):
        inside = (times >= onset) & (times <= onset + reach)
        peak = opening[inside].max(initial=0.0)
        if peak < 0.1:
            continue
        window = np.flatnonzero((times >= onset - reach) & (times <= onset + reach))
        rising = [k for k in window[1:] if opening[k - 1] < _OPEN * peak <= opening[k]]
        if rising:
            # Where between two drawn frames the curve passes half; the page interpolates the same way.
            crossings = [
                times[k - 1] + (_OPEN * peak - opening[k - 1]) / (opening[k] - opening[k - 1]) / face.rate
                for k in rising
            ]
            errors[i] = min((c - onset for c in crossings), key=abs)
    return errors


def _mouth(face: FaceTrack) -> NDArray[np.float32]:
    return face.weights[:, [EXPRESSION_INDEX[name] for name in MOUTH]]


def _train_figures() -> dict[str, Any]:
    errors: list[NDArray[np.float64]] = []
    confusion = np.zeros((5, 5), int)
    rest_open: list[float] = []
    for seed in range(4):
        train = vowel_train(seed)
        frames = int(np.ceil(len(train.sound) / train.rate * 60))
        face = lips_from_sound(train.sound, train.rate, frames=frames, vocal=None)
        errors.append(onset_errors(face, train.onsets))
        mouth = _mouth(face)
        for onset, end, name in zip(train.onsets, train.ends, train.vowels, strict=True):
            middle = mouth[round((onset + 0.05) * 60) : round((end - 0.03) * 60)].sum(axis=0)
            confusion[MOUTH.index(name), int(np.argmax(middle))] += 1
        ends = zip(train.ends[:-1], train.onsets[1:], strict=True)
        rests = [mouth[round((a + b) * 30)].sum() for a, b in ends if b - a > 0.25]
        rest_open.append(float(np.mean(np.asarray(rests) > 0.05)))
    all_errors = np.concatenate(errors)
    found = all_errors[np.isfinite(all_errors)] * 1000.0
    return {
        "onset_median_ms": round(float(np.median(found)), 1),
        "onset_p95_abs_ms": round(float(np.percentile(np.abs(found), 95)), 1),
        "onsets_missed": int(np.isnan(all_errors).sum()),
        "onsets": len(all_errors),
        "vowel_accuracy": round(float(np.trace(confusion) / confusion.sum()), 3),
        "confusion_rows_true": {name: confusion[i].tolist() for i, name in enumerate(MOUTH)},
        "open_in_rests": round(float(np.mean(rest_open)), 3),
    }


def _shared() -> Path:
    return Path(os.environ.get("NICHANG_SHARED", Path(__file__).parents[3] / "shared"))


def _labels(path: Path) -> list[tuple[float, float, str]]:
    rows = [line.split() for line in path.read_text().splitlines() if line.strip()]
    return [(int(a) * 1e-7, int(b) * 1e-7, phone) for a, b, phone in rows]


def sung_figures(count: int = 16) -> dict[str, Any]:
    """Frames of sung Japanese: which vowel, open or closed, onsets of vowels after a rest or consonant."""
    from performer.voice.sound import read_sound

    folder = _shared() / "data/audio/sung/pjs_ja"
    if not folder.is_dir():
        return {"skipped": "no sung Japanese beside the repository"}
    confusion = np.zeros((5, 5), int)
    agree: list[NDArray[np.bool_]] = []
    pauses: list[NDArray[np.float64]] = []
    errors: list[NDArray[np.float64]] = []
    lips_closed: list[float] = []
    for path in sorted(folder.glob("pjs*_song.opus"))[:: max(1, 84 // count)]:
        labels = folder / "labels" / f"{path.name.split('_')[0]}.lab"
        if not labels.exists():
            continue
        sound = read_sound(path)
        frames = int(np.ceil(sound.seconds * 60))
        face = lips_from_sound(sound.mono, sound.rate, frames=frames, vocal=None)
        mouth = _mouth(face)
        opening = mouth.sum(axis=1)
        rows = _labels(labels)
        truth = np.zeros(frames, bool)
        silent = np.zeros(frames, bool)
        judged = np.zeros(frames, bool)
        onsets: list[float] = []
        for k, (start, end, phone) in enumerate(rows):
            first, last = round(start * 60), min(round(end * 60), frames)
            if phone in _JAPANESE:
                truth[first:last] = judged[first:last] = True
                inner = mouth[first + 2 : last - 1]
                inner = inner[inner.sum(axis=1) > 0.1]
                np.add.at(confusion[MOUTH.index(_JAPANESE[phone])], np.argmax(inner, axis=1), 1)
                if k and rows[k - 1][2] in _SILENT_BEFORE:
                    onsets.append(start)
            elif phone in ("pau", "sil"):
                judged[first:last] = silent[first:last] = True
            elif phone in ("m", "b", "p", "my", "by", "py") and last > first:
                lips_closed.append(float(opening[first : last + 1].min()))
        agree.append((opening > 0.1)[judged] == truth[judged])
        pauses.append(opening[silent])
        errors.append(onset_errors(face, onsets))
    found = np.concatenate(errors) * 1000.0
    found = found[np.isfinite(found)]
    return {
        "vowel_frame_accuracy": round(float(np.trace(confusion) / max(confusion.sum(), 1)), 3),
        "confusion_rows_true": {name: confusion[i].tolist() for i, name in enumerate(MOUTH)},
        "open_closed_agreement": round(float(np.concatenate(agree).mean()), 3),
        "open_in_pauses": round(float((np.concatenate(pauses) > 0.1).mean()), 3),
        "onset_median_ms": round(float(np.median(found)), 1) if len(found) else None,
        "onset_p95_abs_ms": round(float(np.percentile(np.abs(found), 95)), 1) if len(found) else None,
        "onsets": len(found),
        "opening_at_m_b_p": round(float(np.median(lips_closed)), 3) if lips_closed else None,
    }


def _instrumental_figures() -> dict[str, Any]:
    from motion.music.vocal import vocal_activity
    from performer.voice.sound import read_sound

    folder = _shared() / "data/audio/songs"
    out: dict[str, Any] = {}
    for name in ("kevin_macleod_vibe_ace", "kevin_macleod_sugar_plum", "us_army_strings_hungarian_dance_5",
                 "sectoid_feelings", "singularity_mccracken_enemy_unknown", "joshua_morin_on_the_run"):  # fmt: skip
        path = folder / f"{name}.opus"
        if not path.exists():
            continue
        sound = read_sound(path)
        vocal: Curve = vocal_activity(sound.mono, sound.rate)
        frames = int(np.ceil(sound.seconds * 60))
        face = lips_from_sound(sound.samples, sound.rate, frames=frames, vocal=vocal)
        out[name] = round(float((mouth_opening(face.weights) > 0.1).mean()), 3)
    return out or {"skipped": "no songs beside the repository"}


def run() -> dict[str, Any]:
    """All figures as one object."""
    return {
        "vowel_train": _train_figures(),
        "sung_japanese": sung_figures(),
        "share_of_frames_with_open_mouth": _instrumental_figures(),
    }
