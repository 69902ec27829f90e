"""Made sounds for the front's tests: a voice that speaks, a held note, key clicks. All at 48 kHz."""

import numpy as np
from numpy.typing import NDArray

RATE = 48_000
Samples = NDArray[np.float32]


def noise(seconds: float, level: float = 0.01, seed: int = 0) -> Samples:
    return (level * np.random.default_rng(seed).standard_normal(round(seconds * RATE))).astype(np.float32)


def note(seconds: float, hertz: float = 220.0, level: float = 0.1, cents: float = 30.0) -> Samples:
    """Harmonics with a formant, vibrato of `cents` at 5.5 Hz."""
    t = np.arange(round(seconds * RATE)) / RATE
    pitch = hertz * 2 ** (cents / 1200 * np.sin(2 * np.pi * 5.5 * t))
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    sound = np.zeros(len(t))
    for harmonic in range(1, int(9000 / hertz)):
        gain = (0.1 + np.exp(-(((harmonic * hertz - 700) / 300) ** 2))) / harmonic**0.7
        sound += gain * np.sin(harmonic * phase)
    fade = np.minimum(1.0, np.minimum(t, t[::-1]) / 0.02)
    return (level * fade * sound / np.sqrt(np.mean(sound**2))).astype(np.float32)


def speech(seconds: float, level: float = 0.1) -> Samples:
    """Syllables of 180 ms with pauses of 120 ms, pitch gliding."""
    out = np.zeros(round(seconds * RATE), np.float32)
    for index, at in enumerate(np.arange(0.05, seconds - 0.2, 0.3)):
        start = round(at * RATE)
        syllable = note(0.18, 150 + 40 * np.sin(index), level, cents=120)
        out[start : start + len(syllable)] = syllable
    return out


def click(seed: int, level: float = 0.3) -> Samples:
    """A key: three resonances above 1.5 kHz that ring for 0.5 to 2 ms, and a bit of noise."""
    draw = np.random.default_rng(seed)
    t = np.arange(round(0.015 * RATE)) / RATE
    sound = np.zeros(len(t))
    for _ in range(3):
        ring, hertz = draw.uniform(0.0004, 0.0015), draw.uniform(2500, 9000)
        sound += draw.uniform(0.4, 1.0) * np.exp(-t / ring) * np.sin(2 * np.pi * hertz * t)
    sound += 0.3 * np.exp(-t / 0.0005) * draw.standard_normal(len(t))
    return (level * sound / np.abs(sound).max()).astype(np.float32)


def power(sound: Samples) -> float:
    return float(np.mean(np.square(sound.astype(np.float64))))


def decibels(of: float, over: float) -> float:
    return float(10 * np.log10((of + 1e-20) / (over + 1e-20)))
