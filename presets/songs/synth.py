"""Instruments of the built-in songs, one sound as an array each, and what a mix needs: room, ducking, loudness."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, uniform_filter1d
from scipy.signal import butter, fftconvolve, lfilter, sosfilt

__all__ = [
    "RATE",
    "bass",
    "clap",
    "crash",
    "duck",
    "filtered",
    "hat",
    "integrated_lufs",
    "kick",
    "lead",
    "limited",
    "pad",
    "pluck",
    "riser",
    "room",
]

RATE = 48_000
Array = NDArray[np.float64]


def _time(seconds: float) -> Array:
    return np.arange(int(seconds * RATE)) / RATE


def hertz(pitch: float) -> float:
    return 440.0 * 2.0 ** ((pitch - 69.0) / 12.0)


def filtered(sound: Array, kind: str, edge: float, order: int = 2) -> Array:
    """Butterworth low or high pass along axis 0."""
    return np.asarray(sosfilt(butter(order, edge, kind, fs=RATE, output="sos"), sound, axis=0))


def _saw(frequency: float, seconds: float, start: float) -> Array:
    """Sawtooth without the worst of its aliases (polyBLEP)."""
    step = frequency / RATE
    phase = (start + step * np.arange(int(seconds * RATE))) % 1.0
    low, high = phase / step, (phase - 1.0) / step
    bend = np.where(phase < step, 2 * low - low**2 - 1.0, np.where(phase > 1.0 - step, high**2 + 2 * high + 1.0, 0.0))
    return np.asarray(2.0 * phase - 1.0 - bend, np.float64)


def _envelope(count: int, attack: float, release: float) -> Array:
    t = np.arange(count) / RATE
    return np.clip(t / attack, 0.0, 1.0) * np.clip((count / RATE - t) / release, 0.0, 1.0)


def kick() -> Array:
    t = _time(0.32)
    sweep = 46.0 + 130.0 * np.exp(-t * 42.0)
    body = np.sin(2.0 * np.pi * np.cumsum(sweep) / RATE) * np.exp(-t * 9.0)
    click = np.exp(-t * 350.0) * np.sin(2.0 * np.pi * 2200.0 * t)
    return np.tanh(1.6 * body + 0.25 * click) * np.clip((0.32 - t) / 0.03, 0.0, 1.0)


def clap(rng: np.random.Generator) -> Array:
    t = _time(0.28)
    bursts = sum(np.where(t >= d, np.exp(-(t - d) * r), 0.0) for d, r in ((0.0, 180.0), (0.011, 180.0), (0.022, 26.0)))
    noise = filtered(filtered(rng.normal(0.0, 1.0, len(t)), "high", 900.0), "low", 7000.0)
    tone = np.sin(2.0 * np.pi * 195.0 * t) * np.exp(-t * 32.0)
    return 0.32 * noise * bursts + 0.4 * tone


def hat(rng: np.random.Generator, seconds: float) -> Array:
    t = _time(seconds)
    return filtered(rng.normal(0.0, 0.35, len(t)), "high", 7500.0, 3) * np.exp(-t * 4.5 / seconds)


def crash(rng: np.random.Generator) -> Array:
    t = _time(2.2)
    return filtered(rng.normal(0.0, 0.3, len(t)), "high", 4500.0) * np.exp(-t * 2.2)


def riser(rng: np.random.Generator, seconds: float) -> Array:
    noise = rng.normal(0.0, 0.3, int(seconds * RATE))
    rise = np.linspace(0.0, 1.0, len(noise))
    return filtered(noise, "high", 2500.0) * rise**2.5 * (1.0 - rise**60)


def bass(pitch: float, seconds: float) -> Array:
    frequency = hertz(pitch)
    t = _time(seconds)
    raw = _saw(frequency, seconds, 0.25)
    bright, dark = filtered(raw, "low", 1400.0), filtered(raw, "low", 380.0)
    open_ = np.exp(-t * 9.0)
    sound = bright * open_ + dark * (1.0 - open_) + 0.7 * np.sin(2.0 * np.pi * frequency * t)
    return 0.5 * np.tanh(sound) * _envelope(len(t), 0.004, 0.03)


def pad(pitches: tuple[int, ...], seconds: float, brightness: float, rng: np.random.Generator) -> Array:
    """(samples, 2) chord of detuned saws spread over the stereo field."""
    out = np.zeros((int(seconds * RATE), 2))
    for pitch in pitches:
        for n, cents in enumerate((-13.0, -7.0, 0.0, 6.0, 12.0)):
            voice = _saw(hertz(pitch + cents / 100.0), seconds, float(rng.random()))
            side = 0.5 + 0.45 * (n - 2) / 2.0
            out += voice[:, None] * np.array([np.sqrt(1.0 - side), np.sqrt(side)])
    out = filtered(filtered(out, "low", brightness), "high", 180.0)
    return out * (0.05 * _envelope(len(out), 0.06, 0.15))[:, None]


def pluck(pitch: float, seconds: float = 0.35) -> Array:
    t = _time(seconds)
    raw = _saw(hertz(pitch), seconds, 0.0) + 0.5 * _saw(hertz(pitch + 0.06), seconds, 0.4)
    open_ = np.exp(-t * 22.0)
    sound = filtered(raw, "low", 5200.0) * open_ + filtered(raw, "low", 1300.0) * (1.0 - open_)
    return 0.35 * sound * np.exp(-t * 9.0) * _envelope(len(t), 0.002, 0.05)


def lead(pitch: float, seconds: float) -> Array:
    t = _time(seconds)
    wobble = 0.18 * np.clip((t - 0.25) / 0.3, 0.0, 1.0) * np.sin(2.0 * np.pi * 5.5 * t)
    phase = 2.0 * np.pi * np.cumsum(hertz(pitch) * 2.0 ** (wobble / 12.0)) / RATE
    sound = np.sin(phase) + 0.35 * np.sin(2 * phase) + 0.28 * np.sin(3 * phase) + 0.1 * np.sin(5 * phase)
    return 0.35 * sound * (0.55 + 0.45 * np.exp(-t * 5.0)) * _envelope(len(t), 0.008, 0.06)


def room(sound: Array, seconds: float, rng: np.random.Generator) -> Array:
    """(samples, 2) reverberation only, of a mono or stereo sound."""
    t = _time(seconds)
    tail = rng.normal(0.0, 1.0, (len(t), 2)) * np.exp(-6.9 * t / seconds)[:, None]
    tail[: int(0.018 * RATE)] = 0.0
    tail = filtered(filtered(tail, "low", 6000.0, 1), "high", 250.0)
    tail /= np.sqrt(np.sum(tail**2, axis=0))
    stereo = sound if sound.ndim == 2 else np.stack([sound, sound], axis=1)
    return np.asarray(fftconvolve(stereo, tail, axes=0))[: len(stereo)]


def duck(samples: int, kicks: list[float], depth: float) -> Array:
    """(samples, 1) gain that makes way for each kick and swells back within a beat."""
    gain = np.ones(samples)
    t = _time(0.34)
    dip = 1.0 - depth * np.exp(-((t / 0.16) ** 2)) * np.clip(t / 0.004, 0.0, 1.0)
    for at in kicks:
        first = int(at * RATE)
        part = gain[first : first + len(dip)]
        np.minimum(part, dip[: len(part)], out=part)
    return gain[:, None]


def limited(sound: Array, ceiling: float) -> Array:
    """Look-ahead limiter: 5 ms window, so that peaks stay below `ceiling` without being clipped."""
    peak = np.abs(sound).max(axis=1)
    need = np.minimum(1.0, ceiling / np.maximum(maximum_filter1d(peak, 480), 1e-9))
    gain = -maximum_filter1d(-need, 960)
    return sound * uniform_filter1d(gain, 480)[:, None]


def integrated_lufs(sound: Array) -> float:
    """Integrated loudness of (samples, 2) at 48 kHz after ITU-R BS.1770-4."""
    shelf = lfilter(
        [1.53512485958697, -2.69169618940638, 1.19839281085285], [1, -1.69065929318241, 0.73248077421585], sound, axis=0
    )
    weighted = np.asarray(lfilter([1.0, -2.0, 1.0], [1.0, -1.99004745483398, 0.99007225036621], shelf, axis=0))
    sums = np.concatenate([[0.0], np.cumsum(np.sum(weighted**2, axis=1))])
    size, step = int(0.4 * RATE), int(0.1 * RATE)
    starts = np.arange(0, len(sound) - size, step)
    power = (sums[starts + size] - sums[starts]) / size + 1e-12
    loud = -0.691 + 10.0 * np.log10(power)
    kept = power[loud > -70.0]
    gate = -0.691 + 10.0 * np.log10(kept.mean()) - 10.0
    kept = power[loud > gate]
    return float(-0.691 + 10.0 * np.log10(kept.mean()))
