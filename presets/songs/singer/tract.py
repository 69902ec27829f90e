"""The tract as a filter: a cascade of poles, the nose's notch, and what a microphone's shelf adds."""

import numpy as np
from numpy.typing import NDArray

from presets.songs.singer.voices import Voice

__all__ = ["response", "tuned"]

HIGHER = (4950.0, 5950.0, 7050.0, 8200.0, 9400.0, 10_600.0, 11_800.0, 13_000.0, 14_200.0, 15_400.0)
"""The formants above the fourth, which hardly move: without them the highs would sink."""


def tuned(formants: NDArray[np.float64], hertz: NDArray[np.float64], voice: Voice) -> NDArray[np.float64]:
    """(frames, 4) formants as a singer holds them at this pitch: F1 never under the voice, F2 well above F1."""
    out = formants * voice.size
    # High notes are sung with a lower jaw.
    jaw = np.clip((hertz - 330.0) / 500.0, 0.0, 1.0)
    first = out[:, 0] * (1.0 + 0.10 * jaw)
    out[:, 0] = (first**10 + (1.06 * hertz) ** 10) ** 0.1
    out[:, 1] = np.maximum(out[:, 1], out[:, 0] + 260.0)
    out[:, 2] = np.maximum(out[:, 2], out[:, 1] + 350.0)
    out[:, 3] = np.maximum(out[:, 3], out[:, 2] + 500.0)
    return out


def _pole(f: NDArray[np.float32], centre: NDArray[np.float32], width: NDArray[np.float32]) -> NDArray[np.complex64]:
    return (centre**2 / (centre**2 - f**2 + 1j * width * f)).astype(np.complex64)


def response(
    f: NDArray[np.float32],
    formants: NDArray[np.float64],
    nasal: NDArray[np.float64],
    zero: NDArray[np.float64],
    voice: Voice,
    open_glottis: float = 0.0,
) -> NDArray[np.complex64]:
    """Complex gain of the tract.

    Args:
        f: (frames, bins) or (1, bins) hertz.
        formants: (frames, 4) hertz, as sung.
        nasal: (frames,) 0..1.
        zero: (frames,) hertz.
        voice: its shelves.
        open_glottis: 0 while voiced, 1 while air streams: wider, duller F1.

    Returns:
        (frames, bins).
    """
    place = formants.astype(np.float32)
    nose = nasal.astype(np.float32)[:, None]
    wide = 1.0 + 1.3 * nose
    widths = (
        (75.0 + 0.05 * place[:, :1]) * (1.0 + 2.5 * open_glottis),
        85.0 + 0.02 * place[:, 1:2] + 60.0 * open_glottis,
        110.0 + 0.02 * place[:, 2:3],
        200.0 + 0.02 * place[:, 3:],
    )
    total = np.ones((len(place), f.shape[1]), np.complex64)
    for n, width in enumerate(widths):
        total *= _pole(f, place[:, n : n + 1], (width * wide).astype(np.float32))
    for centre in HIGHER:
        fixed = np.full((1, 1), centre * voice.size, np.float32)
        total *= _pole(f, fixed, np.asarray(0.055 * fixed + 0.0000035 * fixed**2, np.float32))
    if nose.max() > 1e-3:
        # Pole and zero lie on each other while the nose is shut.
        notch = zero.astype(np.float32)[:, None] * np.float32(voice.size)
        peak = notch + (np.float32(0.62) * notch - notch) * np.minimum(1.0, 2.0 * nose)
        # The pole carries its gain at zero frequency as the zero does, so the bottom stays where it is.
        total *= _pole(f, peak.astype(np.float32), np.float32(180.0) * wide) / _pole(
            f, notch, (180.0 * wide).astype(np.float32)
        )
        total *= 1.0 / (1.0 + nose * (f / np.float32(1800.0)) ** 2) ** np.float32(0.25)
    return (total * _shelves(f, voice)).astype(np.complex64)


def _shelves(f: NDArray[np.float32], voice: Voice) -> NDArray[np.float32]:
    """Like f: gain of the voice's presence (around 3.5 kHz) and sheen (above 7 kHz), gone above 16 kHz."""
    octaves = np.log2(np.maximum(f, 50.0) / 3500.0) / 0.55
    db = voice.presence * np.exp(-(octaves**2)) + voice.sheen / (1.0 + np.exp(-(f - 6500.0) / 900.0))
    return np.asarray(10.0 ** (db / 20.0) * np.clip((16_000.0 - f) / 1500.0, 0.0, 1.0), np.float32)
