"""Own synthesis: one sound as a (samples, 2) array. Synthesizers take pitch, seconds and force, drums only force."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

__all__ = ["DRUMS", "RATE", "SYNTHS", "filtered", "hertz"]

RATE = 48_000
Array = NDArray[np.float64]
Random = np.random.Generator


def hertz(pitch: float) -> float:
    """MIDI pitch to frequency."""
    return 440.0 * 2.0 ** ((pitch - 69.0) / 12.0)


def filtered(sound: Array, kind: str, edge: float | tuple[float, float], order: int = 2) -> Array:
    """Butterworth filter along axis 0; kind: low, high or band."""
    return np.asarray(sosfilt(butter(order, edge, kind, fs=RATE, output="sos"), sound, axis=0))


def _time(seconds: float) -> Array:
    return np.arange(int(seconds * RATE)) / RATE


def _saw(frequency: float | Array, count: int, phase: float) -> Array:
    """Sawtooth without the worst of its aliases (polyBLEP)."""
    step = np.broadcast_to(np.asarray(frequency) / RATE, (count,))
    turn = (phase + np.cumsum(step)) % 1.0
    low, high = turn / step, (turn - 1.0) / step
    bend = np.where(turn < step, 2 * low - low**2 - 1.0, np.where(turn > 1.0 - step, high**2 + 2 * high + 1.0, 0.0))
    return np.asarray(2.0 * turn - 1.0 - bend)


def _gate(count: int, attack: float, release: float) -> Array:
    t = np.arange(count) / RATE
    return np.clip(t / attack, 0.0, 1.0) * np.clip((count / RATE - t) / release, 0.0, 1.0)


def _stereo(sound: Array) -> Array:
    return np.repeat(sound[:, None], 2, axis=1)


def _opening(raw: Array, dark: float, light: float, speed: float) -> Array:
    """A filter that closes: from `light` Hz to `dark` Hz."""
    falling = np.exp(-np.arange(len(raw)) / RATE * speed)[:, None]
    return filtered(raw, "low", light) * falling + filtered(raw, "low", dark) * (1.0 - falling)


def _swarm(pitch: float, count: int, cents: tuple[float, ...], rng: Random) -> Array:
    """Detuned saws over the stereo field."""
    out = np.zeros((count, 2))
    for n, cent in enumerate(cents):
        side = 0.5 + 0.46 * (2.0 * n / (len(cents) - 1) - 1.0) * (1 if n % 2 else -1)
        voice = _saw(hertz(pitch + cent / 100.0), count, float(rng.random()))
        out += voice[:, None] * np.array([np.sqrt(1.0 - side), np.sqrt(side)])
    return out / np.sqrt(len(cents))


def supersaw(pitch: int, seconds: float, force: float, rng: Random) -> Array:
    """The wide chord of a drop."""
    count = int((seconds + 0.12) * RATE)
    raw = _swarm(pitch, count, (-19, -12, -6, 0, 5, 11, 18), rng)
    sound = _opening(raw, 2600.0 + 2500.0 * force, 11_000.0, 6.0)
    return 0.3 * filtered(sound, "high", 150.0) * _gate(count, 0.006, 0.11)[:, None]


def pad(pitch: int, seconds: float, force: float, rng: Random) -> Array:
    """Soft saws that swell, an octave of air above."""
    count = int((seconds + 0.5) * RATE)
    low = filtered(_swarm(pitch, count, (-9, -4, 0, 5, 10), rng), "low", 900.0 + 1900.0 * force)
    t = np.arange(count) / RATE
    air = np.sin(2.0 * np.pi * hertz(pitch + 12) * t + 0.4 * np.sin(2.0 * np.pi * 0.7 * t)) * 0.12
    return 0.3 * (low + _stereo(air)) * _gate(count, 0.16, 0.5)[:, None]


def bass(pitch: int, seconds: float, force: float, rng: Random) -> Array:
    """Saw and square through a closing filter; the sub is another instrument."""
    count = int((seconds + 0.03) * RATE)
    raw = _saw(hertz(pitch), count, 0.25) + 0.6 * _saw(hertz(pitch + 0.08), count, 0.6)
    raw += 0.5 * np.sign(np.sin(2.0 * np.pi * hertz(pitch) * np.arange(count) / RATE))
    sound = _opening(_stereo(raw), 420.0, 1500.0 + 2200.0 * force, 11.0)
    return 0.4 * np.tanh(1.3 * sound) * _gate(count, 0.003, 0.03)[:, None]


def sub(pitch: int, seconds: float, force: float, rng: Random) -> Array:
    """A sine with a little warmth."""
    count = int((seconds + 0.03) * RATE)
    phase = 2.0 * np.pi * hertz(pitch) * np.arange(count) / RATE
    return _stereo(0.5 * np.tanh(1.4 * np.sin(phase) + 0.12 * np.sin(2 * phase)) * _gate(count, 0.008, 0.04))


def pluck(pitch: int, seconds: float, force: float, rng: Random) -> Array:
    """Short and bright, for ostinati."""
    count = int(0.5 * RATE)
    raw = _swarm(pitch, count, (-7, 0, 7), rng)
    sound = _opening(raw, 700.0, 3500.0 + 5000.0 * force, 20.0)
    return 0.45 * sound * (np.exp(-np.arange(count) / RATE * 8.0) * _gate(count, 0.002, 0.08))[:, None]


def lead(pitch: int, seconds: float, force: float, rng: Random) -> Array:
    """Sings the hook without words: two saws, a sine, late vibrato, a scoop into the note."""
    count = int((seconds + 0.06) * RATE)
    t = np.arange(count) / RATE
    bend = -0.6 * np.exp(-t * 45.0) + 0.16 * np.clip((t - 0.22) / 0.3, 0.0, 1.0) * np.sin(2.0 * np.pi * 5.6 * t)
    frequency = hertz(pitch) * 2.0 ** (bend / 12.0)
    left = _saw(frequency * 1.003, count, 0.1) + _saw(frequency * 0.997, count, 0.55)
    right = _saw(frequency * 1.0045, count, 0.3) + _saw(frequency * 0.9955, count, 0.8)
    core = np.sin(2.0 * np.pi * np.cumsum(frequency) / RATE)
    sound = _opening(np.stack([left, right], axis=1), 2600.0, 6500.0, 4.0) * 0.5 + _stereo(core) * 0.5
    return 0.4 * sound * _gate(count, 0.006, 0.06)[:, None]


def bell(pitch: int, seconds: float, force: float, rng: Random) -> Array:
    """Two operators of frequency modulation: glass."""
    count = int(1.6 * RATE)
    t = np.arange(count) / RATE
    out = np.zeros((count, 2))
    for side, cent in ((0, -0.03), (1, 0.03)):
        f = hertz(pitch + cent)
        mod = (1.2 + 2.0 * force) * np.exp(-t * 7.0) * np.sin(2.0 * np.pi * 3.5 * f * t)
        out[:, side] = np.sin(2.0 * np.pi * f * t + mod)
    return 0.35 * out * (np.exp(-t * 3.6) * _gate(count, 0.002, 0.1))[:, None]


def zither(pitch: int, seconds: float, force: float, rng: Random) -> Array:
    """A plucked silk string (Karplus and Strong, with fractional delay): the guzheng of the slow song."""
    count = int(2.6 * RATE)
    frequency = hertz(pitch)
    period = RATE / frequency
    whole = int(period - 0.5)
    share = period - 0.5 - whole
    string = rng.normal(0.0, 1.0, whole + 2)
    # Plucked near the bridge: a comb takes the body out of the noise; softer means darker.
    string = string - np.roll(string, max(1, whole // 9))
    soft = butter(1, min(0.9, 0.18 + 0.6 * force), "low", output="sos")
    string = np.asarray(sosfilt(soft, np.tile(string, 3)))[-len(string) :]
    decay = 0.5 ** (1.0 / (frequency * (0.55 if pitch > 76 else 0.9)))
    out = np.empty(count + whole + 2)
    out[: whole + 2] = string
    at = whole + 2
    # A period at once: each new one is the mean of two neighbours one period ago.
    while at < len(out):
        n = min(whole, len(out) - at)
        a, b = out[at - whole : at - whole + n], out[at - whole - 1 : at - whole - 1 + n]
        c = out[at - whole - 2 : at - whole - 2 + n]
        here, before = (1.0 - share) * a + share * b, (1.0 - share) * b + share * c
        out[at : at + n] = decay * (0.72 * here + 0.28 * before)
        at += n
    sound = out[:count] / np.abs(string).max()
    t = np.arange(count) / RATE
    sound = sound * np.clip((seconds + 1.4 - t) / 0.4, 0.0, 1.0)
    return 0.5 * filtered(_stereo(sound), "high", 120.0) * _gate(count, 0.001, 0.2)[:, None]


def kick(force: float, rng: Random) -> Array:
    """Deep and short, with a click that small speakers hear."""
    t = _time(0.34)
    sweep = 47.0 + 150.0 * np.exp(-t * 38.0) + 420.0 * np.exp(-t * 260.0)
    body = np.sin(2.0 * np.pi * np.cumsum(sweep) / RATE) * np.exp(-t * 8.5)
    click = filtered(rng.normal(0.0, 1.0, len(t)), "band", (2500.0, 7000.0)) * np.exp(-t * 420.0)
    return _stereo(force * np.tanh(1.9 * body + 0.35 * click) * np.clip((0.34 - t) / 0.05, 0.0, 1.0))


def clap(force: float, rng: Random) -> Array:
    """Four hands that are nearly together, wide."""
    t = _time(0.32)
    out = np.zeros((len(t), 2))
    for side in (0, 1):
        delays = (0.0, 0.009 + 0.002 * side, 0.019, 0.028 - 0.002 * side)
        bursts = sum(np.where(t >= d, np.exp(-(t - d) * (210.0 if d < 0.025 else 17.0)), 0.0) for d in delays)
        out[:, side] = filtered(rng.normal(0.0, 1.0, len(t)), "band", (850.0, 6500.0)) * bursts
    return 0.42 * force * out * np.clip((0.32 - t) / 0.1, 0.0, 1.0)[:, None]


def snare(force: float, rng: Random) -> Array:
    """A drum and its wires."""
    t = _time(0.26)
    tone = np.sin(2.0 * np.pi * np.cumsum(185.0 + 90.0 * np.exp(-t * 60.0)) / RATE) * np.exp(-t * 22.0)
    wires = filtered(rng.normal(0.0, 1.0, (len(t), 2)), "high", 1400.0) * np.exp(-t * (20.0 - 4.0 * force))[:, None]
    return force * (0.7 * _stereo(np.tanh(1.6 * tone)) + 0.4 * wires)


def snap(force: float, rng: Random) -> Array:
    """Fingers."""
    t = _time(0.16)
    noise = filtered(rng.normal(0.0, 1.0, (len(t), 2)), "band", (1700.0, 4200.0))
    return force * noise * (np.exp(-t * 55.0) + 0.25 * np.exp(-t * 18.0))[:, None]


def _hat(force: float, rng: Random, seconds: float, speed: float) -> Array:
    t = _time(seconds)
    ring = sum(
        np.sign(np.sin(2.0 * np.pi * f * t + 0.3 * n)) for n, f in enumerate((3137, 4211, 5303, 6421, 7907, 8803))
    )
    raw = 0.55 * rng.normal(0.0, 1.0, (len(t), 2)) + 0.07 * _stereo(np.asarray(ring, np.float64))
    return 0.4 * force * filtered(raw, "high", 7200.0, 3) * np.exp(-t * speed)[:, None]


def hat(force: float, rng: Random) -> Array:
    """Closed."""
    return _hat(force, rng, 0.09, 62.0 - 22.0 * force)


def open_hat(force: float, rng: Random) -> Array:
    """Open, choked before the next beat."""
    sound = _hat(force, rng, 0.24, 9.0)
    return sound * np.clip((0.24 - _time(0.24)) / 0.05, 0.0, 1.0)[: len(sound), None]


def shaker(force: float, rng: Random) -> Array:
    """Forward and back."""
    t = _time(0.1)
    shape = np.exp(-(((t - 0.035) / 0.022) ** 2))
    return 0.3 * force * filtered(rng.normal(0.0, 1.0, (len(t), 2)), "band", (5000.0, 11_000.0)) * shape[:, None]


def crash(force: float, rng: Random) -> Array:
    """Long and wide."""
    t = _time(3.2)
    noise = filtered(rng.normal(0.0, 1.0, (len(t), 2)), "high", 3600.0)
    return 0.3 * force * noise * (np.exp(-t * 1.7) * np.clip(t / 0.002, 0.0, 1.0))[:, None]


def impact(force: float, rng: Random) -> Array:
    """A sub that falls, and a dark splash: the first beat of a chorus."""
    t = _time(2.4)
    low = np.sin(2.0 * np.pi * np.cumsum(32.0 + 55.0 * np.exp(-t * 5.0)) / RATE) * np.exp(-t * 2.6)
    dark = filtered(rng.normal(0.0, 1.0, (len(t), 2)), "low", 1800.0) * np.exp(-t * 3.0)[:, None]
    return force * (0.8 * _stereo(np.tanh(1.5 * low)) + 0.35 * dark)


Synth = Callable[[int, float, float, Random], Array]
Drum = Callable[[float, Random], Array]
SYNTHS: dict[str, Synth] = {
    f.__name__: f for f in (supersaw, pad, bass, sub, pluck, lead, bell, zither)
}  # fmt: skip
DRUMS: dict[str, Drum] = {
    f.__name__: f for f in (kick, clap, snare, snap, hat, open_hat, shaker, crash, impact)
}  # fmt: skip
