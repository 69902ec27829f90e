"""Noise: hiss and bursts of consonants, air through the tract, breaths. All from a passed generator."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from presets.songs.singer.phones import vowel
from presets.songs.singer.phrasing import Part, Placed
from presets.songs.singer.voices import Voice

__all__ = ["add_hisses", "shaped_air"]

Band = tuple[float, float, float]
INHALE: tuple[Band, ...] = (
    (1500.0, 900.0, 0.0),
    (2900.0, 1100.0, -3.0),
    (5200.0, 2200.0, -8.0),
    (9000.0, 4000.0, -16.0),
)
BODY = 128
"""Samples between frames of the air; windows are four times as long."""


def add_hisses(
    out: NDArray[np.float64],
    song: Sequence[Placed],
    swell: NDArray[np.float64],
    pulse: NDArray[np.float64],
    rate: int,
    voice: Voice,
    rng: np.random.Generator,
) -> None:
    """Add every burst, fricative and breath.

    Args:
        out: (samples,) added to; 1 is a vowel's rms.
        song: what is sung.
        swell: (samples,) the dynamics that the consonants follow too.
        pulse: (samples,) 0..1 how open the folds are, for voiced hiss.
        rate: samples a second.
        voice: its size moves the bands.
        rng: the noise.
    """
    for placed in song:
        final = placed.syllable.final
        first = vowel(final.glide or final.core)
        if placed.breath and voice.breaths > 0.0:
            start, end = placed.breath.start, placed.breath.end
            _add(out, start, end, INHALE, voice.breaths, (0.45, 0.25), rate, rng)
        for part in (*placed.before, *placed.after):
            gain = float(np.interp(0.5 * (part.start + placed.onset), [0, len(swell) / rate], [0, len(swell) - 1]))
            level = float(swell[int(gain)])
            _consonant(out, part, first.f, first.rounded, level, pulse, rate, voice, rng)


def _consonant(
    out: NDArray[np.float64],
    part: Part,
    target: tuple[float, float, float, float],
    rounded: bool,
    level: float,
    pulse: NDArray[np.float64],
    rate: int,
    voice: Voice,
    rng: np.random.Generator,
) -> None:
    kind = part.kind
    lips = 0.87 if rounded else 1.0
    scale = lips * (1.0 + 0.6 * (voice.size - 1.0))
    if kind.velar:
        # The hiss of k, g, h is made where the vowel's F2 is.
        bands: tuple[Band, ...] = (
            (target[1] * 1.05 + 150.0, 500.0, 0.0),
            (target[3], 900.0, -9.0),
            (6500.0, 3000.0, -18.0),
        )
    else:
        bands = tuple((centre * scale, width, db) for centre, width, db in kind.bands)
    burst_at = part.start + part.scale * kind.shut
    hiss_at = burst_at + part.scale * kind.burst
    hiss_end = hiss_at + part.scale * kind.hiss
    if kind.burst_level > 0.0:
        # A burst keeps its length when all else is hurried.
        _add(out, burst_at, burst_at + kind.burst + 0.004, bands, level * kind.burst_level, (0.0, 0.85), rate, rng)
    if kind.hiss_level > 0.0:
        # An affricate opens at once and dies away; a fricative sets in under the vowel before and swells.
        edges, lead = ((0.03, 0.55), 0.0) if kind.burst else ((0.4, 0.22), 0.015)
        _add(out, hiss_at - lead, hiss_end + 0.012, bands, level * kind.hiss_level, edges, rate, rng)
    if kind.buzz > 0.0:
        _add(out, part.start, part.end + 0.01, bands, level * kind.buzz, (0.3, 0.3), rate, rng, pulse)


def _add(
    out: NDArray[np.float64],
    start: float,
    end: float,
    bands: Sequence[Band],
    level: float,
    edges: tuple[float, float],
    rate: int,
    rng: np.random.Generator,
    pulse: NDArray[np.float64] | None = None,
) -> None:
    """Add noise of these bands with this rms. edges: shares of the length for rise and fall."""
    first, count = int(start * rate), max(int((end - start) * rate), 16)
    size = 1 << (count + 1023).bit_length()
    f = np.fft.rfftfreq(size, 1.0 / rate)
    shape = sum(10.0 ** (db / 20.0) * np.exp(-0.5 * ((f - centre) / (0.6 * width)) ** 2) for centre, width, db in bands)
    shape = np.asarray(shape) + 0.012
    shape *= np.clip((17_000.0 - f) / 2000.0, 0.0, 1.0) * np.clip(f / 300.0, 0.0, 1.0)
    noise = np.fft.irfft(np.fft.rfft(rng.normal(0.0, 1.0, size)) * shape, size)[512 : 512 + count]
    noise /= max(float(np.sqrt((noise**2).mean())), 1e-9)
    x = np.linspace(0.0, 1.0, count)
    # One millisecond is the quickest that an edge may be.
    rise, fall = max(edges[0], 0.0008 * rate / count), max(edges[1], 0.002 * rate / count)
    edge = np.minimum(np.clip(x / rise, 0.0, 1.0), np.clip((1.0 - x) / fall, 0.0, 1.0))
    noise *= level * np.sin(0.5 * np.pi * edge) ** 2
    if pulse is not None:
        noise *= 0.35 + 1.3 * pulse[first : first + count][: len(noise)] if first + count <= len(pulse) else 1.0
    low, high = max(first, 0), min(first + count, len(out))
    if high > low:
        out[low:high] += noise[low - first : high - first]


def shaped_air(noise: NDArray[np.float64], gains: NDArray[np.float32], starts: NDArray[np.intp]) -> NDArray[np.float64]:
    """Noise through a filter that moves.

    Args:
        noise: (samples,).
        gains: (frames, BODY * 2 + 1) magnitudes at each frame's bins.
        starts: (frames,) numbers of the frames; frame n lies around sample n * BODY.

    Returns:
        (samples,).
    """
    length = 4 * BODY
    window = np.hanning(length + 1)[:-1]
    out = np.zeros(len(noise) + 2 * length)
    padded = np.concatenate([np.zeros(length // 2), noise, np.zeros(length)])
    for first in range(0, len(starts), 1024):
        some = starts[first : first + 1024]
        blocks = padded[some[:, None] * BODY + np.arange(length)] * window
        wet = np.fft.irfft(np.fft.rfft(blocks, axis=1) * gains[first : first + 1024], length, axis=1)
        # Windows again on the way out: a filter's ringing must not step at a block's edge. 1.5 is their sum's height.
        wet *= window / 1.5
        for n, at in enumerate(some * BODY):
            out[at : at + length] += wet[n]
    return out[length // 2 : length // 2 + len(noise)]
