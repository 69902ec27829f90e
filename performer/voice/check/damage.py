"""Damage made to clean recordings, of known strength: what the detectors are fitted and measured with.

Nothing here runs when a user's recordings are checked.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.signal import oaconvolve

__all__ = [
    "active_power",
    "clipped",
    "decaying_room",
    "dropped",
    "humming",
    "in_room",
    "limited",
    "mixed",
    "noisy",
    "shoebox_room",
]

Sound = NDArray[np.float32]


def active_power(samples: Sound, rate: int) -> float:
    """Mean power of the 20 ms frames within 30 dB of the loud ones (their 95 % level)."""
    hop = round(0.02 * rate)
    whole = len(samples) // hop * hop
    if not whole:
        return float(np.mean(np.square(samples)))
    power = np.square(samples[:whole].astype(np.float64)).reshape(-1, hop).mean(axis=1)
    return float(power[power >= 1e-3 * np.percentile(power, 95)].mean())


def clipped(samples: Sound, over_db: float) -> Sound:
    """Cut off so that the highest peak would stand `over_db` above the limit; the limit lies at 0.9."""
    limit = np.abs(samples).max() / 10 ** (over_db / 20)
    return (0.9 / limit * np.clip(samples, -limit, limit)).astype(np.float32)


def limited(samples: Sound, over_db: float) -> Sound:
    """The same by a soft knee, as tape or an overdriven preamplifier would."""
    limit = np.abs(samples).max() / 10 ** (over_db / 20)
    return (0.9 * np.tanh(samples / limit)).astype(np.float32)


def noisy(samples: Sound, rate: int, snr_db: float, rng: np.random.Generator, slope_db: float = 0.0) -> Sound:
    """Stationary noise under the voice; `slope_db` an octave above 100 Hz (-3 pink, -6 a fan)."""
    size = len(samples)
    spectrum = np.fft.rfft(rng.standard_normal(size))
    hertz = np.maximum(np.fft.rfftfreq(size, 1 / rate), 100.0)
    noise = np.fft.irfft(spectrum * 10 ** (slope_db * np.log2(hertz / 100.0) / 20), size)
    gain = np.sqrt(active_power(samples, rate) / np.mean(np.square(noise)) / 10 ** (snr_db / 10))
    return (samples + gain * noise).astype(np.float32)


def humming(samples: Sound, rate: int, below_db: float, mains: float = 50.0) -> Sound:
    """Hum of the mains with its harmonics, its power `below_db` under the voice."""
    t = np.arange(len(samples)) / rate
    hum = sum(np.sin(2 * np.pi * mains * k * t + k) / k for k in (1, 2, 3, 4, 5, 7))
    gain = np.sqrt(active_power(samples, rate) / np.mean(np.square(hum)) / 10 ** (below_db / 10))
    return (samples + gain * hum).astype(np.float32)


def mixed(samples: Sound, other: Sound, rate: int, ratio_db: float) -> Sound:
    """`other` (repeated or cut to the same length) under the voice, `ratio_db` weaker."""
    other = np.resize(other, len(samples))
    gain = np.sqrt(active_power(samples, rate) / active_power(other, rate) / 10 ** (ratio_db / 10))
    return (samples + gain * other).astype(np.float32)


def dropped(
    samples: Sound, rate: int, seconds: float, count: int, rng: np.random.Generator
) -> tuple[Sound, list[float]]:
    """`count` stretches of silence cut into loud places; also returns where they begin."""
    hop = round(0.02 * rate)
    power = np.square(samples[: len(samples) // hop * hop]).reshape(-1, hop).mean(axis=1)
    loud = np.flatnonzero(power > 0.3 * np.percentile(power, 95))
    size = round(seconds * rate)
    out, places = samples.copy(), list[float]()
    for frame in rng.permutation(loud):
        start = int(frame) * hop + hop // 2
        if len(places) == count:
            break
        if start + size + hop > len(out) or any(abs(start / rate - place) < seconds + 0.3 for place in places):
            continue
        if np.square(samples[start + size : start + size + hop]).mean() < 0.3 * np.percentile(power, 95):
            continue
        out[start : start + size] = 0.0
        places.append(start / rate)
    return out, sorted(places)


def decaying_room(t60: float, direct_db: float, rate: int, rng: np.random.Generator) -> Sound:
    """Impulse response: the direct sound, then noise that falls by 60 dB in `t60` seconds, quicker in the highs.

    direct_db: power of the direct sound over that of all the rest.
    """
    size = round(min(1.2 * t60, 2.0) * rate) + 1
    t = np.arange(size) / rate
    noise = rng.standard_normal(size)
    spectrum = np.fft.rfft(noise)
    hertz = np.fft.rfftfreq(size, 1 / rate)
    highs = np.fft.irfft(spectrum * (hertz > 3000.0), size)
    tail = (noise - highs) * 10 ** (-3 * t / t60) + highs * 10 ** (-3 * t / (0.7 * t60))
    tail[: round(0.003 * rate)] = 0.0
    tail *= np.sqrt(1.0 / np.square(tail).sum() / 10 ** (direct_db / 10))
    tail[0] = 1.0
    return tail.astype(np.float32)


def shoebox_room(t60: float, distance: float, rate: int, rng: np.random.Generator) -> Sound:
    """Impulse response by images in a box of random size (J. B. Allen, D. A. Berkley, JASA 65, 1979).

    t60: by Sabine's formula. distance: metres between mouth and microphone.
    """
    size = np.array([rng.uniform(3, 6), rng.uniform(2.5, 5), rng.uniform(2.3, 3.2)])
    volume = float(np.prod(size))
    area = 2 * float(size[0] * size[1] + size[1] * size[2] + size[0] * size[2])
    kept = float(np.sqrt(max(0.05, 1 - min(0.95, 0.161 * volume / (area * t60)))))
    ear = size * rng.uniform(0.35, 0.65, 3)
    turn = rng.uniform(0, 2 * np.pi)
    mouth = np.clip(ear + distance * np.array([np.cos(turn), np.sin(turn), 0.0]), 0.2, size - 0.2)
    length = round(min(t60, 1.2) * rate)
    reach = np.ceil(length / rate * 343.0 / (2 * size)).astype(int)
    grids = np.meshgrid(*(np.arange(-n, n + 1) for n in reach), indexing="ij")
    out = np.zeros(length + 1)
    for sign in np.ndindex(2, 2, 2):
        place = [(1 - 2 * s) * m + 2 * g * w - e for s, m, g, w, e in zip(sign, mouth, grids, size, ear, strict=True)]
        far = np.sqrt(sum(p * p for p in place))
        bounces = sum(np.abs(g - s) + np.abs(g) for s, g in zip(sign, grids, strict=True))
        at = np.rint(far / 343.0 * rate).astype(int).ravel()
        inside = at < length
        out += np.bincount(at[inside], (kept**bounces / np.maximum(far, 0.05)).ravel()[inside], length + 1)
    first = int(np.flatnonzero(out)[0])
    return (out[first:] / np.abs(out).max()).astype(np.float32)


def in_room(samples: Sound, room: Sound) -> Sound:
    """The voice as heard there, as long and as loud as before."""
    out = oaconvolve(samples, room)[: len(samples)]
    return (out * np.sqrt(np.mean(np.square(samples)) / (np.mean(np.square(out)) + 1e-20))).astype(np.float32)
