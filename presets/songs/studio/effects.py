"""Effects of the mixing desk on (samples, 2) arrays: compressor, rooms, echoes, ducking, limiter, loudness."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, uniform_filter1d
from scipy.signal import fftconvolve, lfilter, resample_poly, sosfilt

from presets.songs.studio.electronic import RATE, filtered

__all__ = [
    "compressed", "deessed", "duck_curve", "echoes", "envelope", "from_db", "limited", "loudness_lufs", "low_mono",
    "peaking", "room", "shelf", "true_peak",
]  # fmt: skip

Array = NDArray[np.float64]
_HOP = 48
"""Samples between the points of a control curve: 1 ms."""


def from_db(decibels: float) -> float:
    """Decibels to a factor."""
    return 10.0 ** (decibels / 20.0)


def _biquad(b: tuple[float, float, float], a: tuple[float, float, float], sound: Array) -> Array:
    return np.asarray(sosfilt(np.array([[*b, *a]]) / a[0], sound, axis=0))


def peaking(sound: Array, hz: float, gain_db: float, q: float) -> Array:
    """A bell (Bristow-Johnson)."""
    w, amp = 2.0 * np.pi * hz / RATE, from_db(gain_db / 2.0)
    alpha, cos = np.sin(w) / (2.0 * q), np.cos(w)
    return _biquad(
        (1 + alpha * amp, -2 * cos, 1 - alpha * amp), (1 + alpha / amp, -2 * cos, 1 - alpha / amp), sound
    )  # fmt: skip


def shelf(sound: Array, hz: float, gain_db: float) -> Array:
    """A high shelf (Bristow-Johnson, slope 1)."""
    w, amp = 2.0 * np.pi * hz / RATE, from_db(gain_db / 2.0)
    cos, root = np.cos(w), 2.0 * np.sqrt(amp) * np.sin(w) / 2.0 * np.sqrt(2.0)
    b = (amp * (amp + 1 + (amp - 1) * cos + root), -2 * amp * (amp - 1 + (amp + 1) * cos),
         amp * (amp + 1 + (amp - 1) * cos - root))  # fmt: skip
    a = (amp + 1 - (amp - 1) * cos + root, 2 * (amp - 1 - (amp + 1) * cos), amp + 1 - (amp - 1) * cos - root)
    return _biquad(b, a, sound)


def envelope(sound: Array, attack: float, release: float) -> Array:
    """(samples, 1) level that follows the louder channel."""
    mono = np.abs(sound).max(axis=1)
    blocks = -(-len(mono) // _HOP)
    peaks = np.pad(mono, (0, blocks * _HOP - len(mono))).reshape(blocks, _HOP).max(axis=1)
    rise, fall = np.exp(-_HOP / RATE / attack), np.exp(-_HOP / RATE / release)
    out, now = np.empty(blocks), 0.0
    for i, peak in enumerate(peaks):
        keep = rise if peak > now else fall
        now = keep * now + (1.0 - keep) * peak
        out[i] = now
    return np.interp(np.arange(len(mono)), np.arange(blocks) * _HOP, out)[:, None]


def compressed(sound: Array, threshold_db: float, ratio: float, attack: float = 0.01, release: float = 0.12) -> Array:
    """Soft-kneed; thresholds are of the envelope's level."""
    level = 20.0 * np.log10(np.maximum(envelope(sound, attack, release), 1e-6))
    over = level - threshold_db
    knee = 6.0
    bent = np.where(over > knee / 2, over, np.where(over > -knee / 2, (over + knee / 2) ** 2 / (2 * knee), 0.0))
    return sound * 10.0 ** (-bent * (1.0 - 1.0 / ratio) / 20.0)


def deessed(sound: Array, hz: float, share: float = 0.3) -> Array:
    """What hisses above `hz` is held to about this share of the voice's own running level."""
    # First order: its low side is what is left, so taking some of it away does not turn phases.
    high = filtered(sound, "high", hz, 1)
    allowed = share * envelope(sound, 0.03, 0.5)
    over = envelope(high, 0.001, 0.03) / np.maximum(allowed, 1e-6)
    return sound - high * (1.0 - np.maximum(over, 1.0) ** -0.7)


def room(sound: Array, seconds: float, before: float, rng: np.random.Generator, dark_hz: float = 6500.0) -> Array:
    """Reverberation only: a few early reflections, then noise whose highs die first. Below 220 Hz stays dry."""
    count = int(seconds * 1.15 * RATE)
    t = np.arange(count) / RATE
    noise = rng.normal(0.0, 1.0, (count, 2))
    tail = np.zeros((count, 2))
    for low, high, share in ((220.0, 900.0, 1.0), (900.0, 3200.0, 0.85), (3200.0, dark_hz * 1.6, 0.5)):
        tail += filtered(noise, "band", (low, high)) * np.exp(-6.9 * t / (seconds * share))[:, None]
    tail *= np.clip(t / 0.03, 0.0, 1.0)[:, None]
    for _ in range(9):
        at = int((0.006 + 0.04 * rng.random()) * RATE)
        tail[at] += rng.normal(0.0, 1.0, 2) * 6.0 * np.abs(tail).max()
    response = np.zeros((count + int(before * RATE), 2))
    response[-count:] = filtered(filtered(tail, "low", dark_hz, 1), "high", 220.0)
    response /= np.sqrt(np.sum(response**2, axis=0))
    return np.asarray(fftconvolve(sound, response, axes=0))[: len(sound)]


def echoes(sound: Array, seconds: float, feedback: float) -> Array:
    """Echoes only, from side to side, each one darker and thinner."""
    out = np.zeros_like(sound)
    step = int(seconds * RATE)
    echo = filtered(np.repeat(sound.mean(axis=1, keepdims=True), 2, axis=1) * np.array([1.0, 0.12]), "high", 350.0)
    for n in range(1, 6):
        echo = filtered(echo[:, ::-1], "low", 6500.0 / n**0.7, 1) * feedback
        if n * step >= len(out):
            break
        out[n * step :] += echo[: len(out) - n * step]
    return out


def duck_curve(samples: int, times: Sequence[float], seconds: float) -> Array:
    """(samples, 1) 0..1: 1 at each time, gone `seconds` later, with a rounded way back."""
    curve = np.zeros(samples)
    t = np.arange(int(seconds * RATE)) / RATE
    shape = (0.5 + 0.5 * np.cos(np.pi * t / seconds)) ** 0.8 * np.clip(t / 0.004, 0.0, 1.0)
    for time in times:
        first = int(time * RATE)
        part = curve[first : first + len(shape)]
        np.maximum(part, shape[: len(part)], out=part)
    return curve[:, None]


def low_mono(sound: Array, hz: float) -> Array:
    """The two sides differ above `hz` only."""
    middle, side = sound.mean(axis=1), (sound[:, 0] - sound[:, 1]) / 2.0
    side = filtered(side, "high", hz)
    return np.stack([middle + side, middle - side], axis=1)


def true_peak(sound: Array) -> float:
    """Largest value between the samples too (four times oversampled)."""
    return float(max(np.abs(np.asarray(resample_poly(sound[:, c], 4, 1))).max() for c in range(sound.shape[1])))


def limited(sound: Array, ceiling: float) -> Array:
    """Look-ahead limiter on the true peak: the gain is down before a peak comes, so nothing is clipped."""
    fine = np.stack([np.asarray(resample_poly(sound[:, c], 4, 1)) for c in (0, 1)], axis=1)
    peak = np.abs(fine).max(axis=1)[: 4 * len(sound)].reshape(-1, 4).max(axis=1)
    need = np.minimum(1.0, ceiling / np.maximum(maximum_filter1d(peak, 7), 1e-9))
    window = 240
    lowest = -maximum_filter1d(-need, 2 * window + 1)
    gain = uniform_filter1d(lowest, window)
    # A slow second way back keeps the bass from wobbling.
    slow = -maximum_filter1d(-lowest, 2400)
    gain = np.minimum(gain, 0.5 * gain + 0.5 * uniform_filter1d(slow, 2400))
    return sound * gain[:, None]


def loudness_lufs(sound: Array) -> float:
    """Integrated loudness of (samples, channels) at 48 kHz after ITU-R BS.1770-4; -70 for silence."""
    shelved = lfilter(
        [1.53512485958697, -2.69169618940638, 1.19839281085285], [1, -1.69065929318241, 0.73248077421585], sound, axis=0
    )
    weighted = np.asarray(lfilter([1.0, -2.0, 1.0], [1.0, -1.99004745483398, 0.99007225036621], shelved, axis=0))
    sums = np.concatenate([[0.0], np.cumsum(np.sum(weighted**2, axis=1))])
    size, step = int(0.4 * RATE), int(0.1 * RATE)
    starts = np.arange(0, max(len(sound) - size, 1), step)
    power = (sums[np.minimum(starts + size, len(sound))] - sums[starts]) / size + 1e-12
    loud = -0.691 + 10.0 * np.log10(power)
    kept = power[loud > -70.0]
    if not len(kept):
        return -70.0
    gate = -0.691 + 10.0 * np.log10(kept.mean()) - 10.0
    kept = kept[-0.691 + 10.0 * np.log10(kept) > gate]
    return float(-0.691 + 10.0 * np.log10(kept.mean()))
