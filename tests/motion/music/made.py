"""Sounds with known truth: clicks, drums over chords, silence."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

RATE = 22_050


def _place(out: NDArray[np.float64], at: float, sound: NDArray[np.float64]) -> None:
    first = round(at * RATE)
    part = out[first : first + len(sound)]
    part += sound[: len(part)]


def clicks(bpm: float, seconds: float, first: float = 0.3) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Clicks of equal loudness and their times."""
    times = np.arange(first, seconds - 0.1, 60.0 / bpm)
    t = np.arange(int(0.05 * RATE)) / RATE
    out = np.zeros(int(seconds * RATE))
    for time in times:
        _place(out, time, 0.6 * np.sin(2.0 * np.pi * 1000.0 * t) * np.exp(-t * 80.0))
    return out.astype(np.float32), times


def band(bpm: float, bars: int, metre: int, first: float = 0.4) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Kick on 1, snare on the others (4/4: on 2 and 4), a new chord each bar; and the times of the downbeats."""
    rng = np.random.default_rng(3)
    beat = 60.0 / bpm
    downbeats = np.asarray(first + np.arange(bars) * metre * beat, np.float64)
    out = np.zeros(int((downbeats[-1] + (metre + 1) * beat) * RATE))
    t = np.arange(int(0.25 * RATE)) / RATE
    long = np.arange(int(metre * beat * RATE)) / RATE
    kick = np.sin(2.0 * np.pi * (50.0 * t + 3.0 * (1.0 - np.exp(-t * 40.0)))) * np.exp(-t * 14.0)
    snare = rng.normal(0.0, 0.3, len(t)) * np.exp(-t * 30.0)
    hat = rng.normal(0.0, 0.1, len(t)) * np.exp(-t * 90.0)
    for bar, start in enumerate(downbeats):
        root = (0, 5, 7, 0)[bar % 4]
        for note in (root, root + 4, root + 7):
            tone = np.sin(2.0 * np.pi * 261.6 * 2.0 ** (note / 12.0) * long)
            _place(out, start, 0.12 * tone * np.exp(-long * 0.8))
        for i in range(metre):
            at = start + i * beat
            accented = i == 0 or (metre == 4 and i == 2)
            _place(out, at, 0.6 * kick * (1.0 if i == 0 else 0.8) if accented else snare)
            _place(out, at + beat / 2.0, hat)
    return (0.7 * out).astype(np.float32), downbeats


def progression(tonic: int, chords: Sequence[tuple[int, str]], cents: float = 0.0) -> NDArray[np.float32]:
    """Chords of a second each, (semitones above the tonic, "M" or "m"), with overtones, bass and a melody on top."""
    t = np.arange(RATE) / RATE
    fade = np.minimum(1.0, np.minimum(t, 1.0 - t) / 0.02) * np.exp(-t)

    def tone(midi: float) -> NDArray[np.float64]:
        hertz = 440.0 * 2.0 ** ((midi - 69.0 + cents / 100.0) / 12.0)
        return sum((np.sin(2.0 * np.pi * hertz * k * t) / k for k in range(1, 8)), np.zeros(len(t))) * fade

    bars: list[NDArray[np.float64]] = []
    for i, (above, mode) in enumerate(chords):
        root = 48 + (tonic + above) % 12
        notes = (root, root + (4 if mode == "M" else 3), root + 7)
        bars.append(sum((0.1 * tone(n) for n in notes), 0.2 * tone(root - 12)) + 0.12 * tone(notes[i % 3] + 24))
    return np.concatenate(bars).astype(np.float32)
