"""Voices made for tests: buzzing with moving formants, syllables, pauses and a breath before each phrase."""

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

__all__ = ["voice"]


def _pulses(phase: NDArray[np.float64]) -> NDArray[np.float64]:
    """A pulse a turn, at its very time: one on whole samples would jitter by half a sample, a semitone at 880 Hz."""
    out = np.zeros(len(phase))
    turned = np.flatnonzero(np.diff(np.floor(phase)) > 0) + 1
    late = (phase[turned] - np.floor(phase[turned])) / (phase[turned] - phase[turned - 1])
    out[turned] += 1 - late
    out[turned - 1] += late
    return out


def voice(
    seconds: float, rate: int = 16_000, *, hertz: float = 150.0, length: float = 1.0, seed: int = 0, noise: float = 3e-4
) -> NDArray[np.float32]:
    """(n,) at -23 dB or so. hertz: middle of the pitch. length: of the throat, which moves all formants."""
    rng = np.random.default_rng(seed)
    out = np.zeros(round(seconds * rate))
    at = round(0.3 * rate)
    while at < len(out) - rate // 2:
        breath = rng.standard_normal(round(0.25 * rate)) * np.hanning(round(0.25 * rate)) * 0.006
        _add(out, breath, at)
        at += round(0.3 * rate)
        for _ in range(int(rng.integers(6, 16))):
            size = round(float(rng.uniform(0.12, 0.3)) * rate)
            bend = np.linspace(float(rng.uniform(-0.15, 0.15)), float(rng.uniform(-0.15, 0.15)), size)
            phase = np.cumsum(hertz * 2**bend * (1 + 0.004 * rng.standard_normal())) / rate
            sound = _pulses(phase) + 0.01 * rng.standard_normal(size)
            for low, high in ((300, 800), (900, 2200), (2400, 2900), (3400, 3800)):
                centre = float(rng.uniform(low, high)) / length
                radius = np.exp(-np.pi * (60 + centre / 20) / rate)
                turn = 2 * np.pi * min(centre, 0.45 * rate) / rate
                sound = lfilter([1 - radius], [1.0, -2 * radius * np.cos(turn), radius**2], sound)
            edge = min(size // 2, round(0.03 * rate))
            sound *= np.minimum(1.0, np.minimum(np.arange(size), np.arange(size)[::-1]) / edge)
            _add(out, 0.08 * sound / (np.sqrt(np.mean(sound**2)) + 1e-9), at)
            at += size
            if rng.random() < 0.4:
                hiss = np.diff(rng.standard_normal(round(0.08 * rate))) * 0.02
                _add(out, hiss * np.hanning(len(hiss)), at)
                at += len(hiss)
        at += round(float(rng.uniform(0.4, 0.8)) * rate)
    end = round(0.15 * rate)
    out[len(out) - end :] *= np.maximum(0.0, np.linspace(1.0, -0.5, end))
    return (out + noise * rng.standard_normal(len(out))).astype(np.float32)


def _add(out: NDArray[np.float64], part: NDArray[np.float64], at: int) -> None:
    part = part[: max(0, len(out) - at)]
    out[at : at + len(part)] += part
