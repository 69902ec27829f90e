"""Noise-to-mask ratio: how far what was added to a sound lies under what the sound itself hides.

After ITU-R BS.1387-1 (PEAQ, basic version): power in bands of a quarter Bark, outer and middle ear, spreading over
frequency, and a threshold that lies 3 dB (a quarter of the Bark number above 12) under the excitation. Beside it a
stricter threshold that takes every masker for a pure tone: 14.5 dB plus the Bark number (Johnston 1988).
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["noise_to_mask_db", "segmental_snr_db"]

_SIZE = 2048
_STEP_BARK = 0.25


def _bark(hertz: NDArray[np.float64]) -> NDArray[np.float64]:
    return 7.0 * np.arcsinh(hertz / 650.0)


def _patterns(mono: NDArray[np.float64], rate: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(frames, bands) power, and the bands' Bark numbers."""
    frames = np.lib.stride_tricks.sliding_window_view(mono, _SIZE)[:: _SIZE // 2]
    power = np.abs(np.fft.rfft(frames * np.hanning(_SIZE), axis=1)) ** 2
    khz = np.maximum(np.linspace(0.0, rate / 2000.0, power.shape[1]), 0.02)
    ear = -0.6 * 3.64 * khz**-0.8 + 6.5 * np.exp(-0.6 * (khz - 3.3) ** 2) - 1e-3 * khz**3.6
    power *= 10.0 ** (ear / 10.0)
    barks = _bark(khz * 1000.0)
    count = int(_bark(np.array([min(18_000.0, rate / 2)]))[0] / _STEP_BARK)
    edges = _STEP_BARK * np.arange(count + 1)
    width = np.gradient(barks)
    low, high = barks - width / 2, barks + width / 2
    inside = np.minimum(high[:, None], edges[None, 1:]) - np.maximum(low[:, None], edges[None, :-1])
    return power @ np.clip(inside / width[:, None], 0.0, 1.0), edges[:-1] + _STEP_BARK / 2


def noise_to_mask_db(plain: NDArray[np.float32], marked: NDArray[np.float32], rate: int) -> dict[str, float]:
    """plain, marked: (frames,) -> `peaq` (mean ratio over bands, then frames, dB), `peaq_p99` of the bands' ratios,
    `tonal` and `tonal_p99` with the stricter threshold. Only frames within 60 dB of the loudest."""
    signal, barks = _patterns(plain.astype(np.float64), rate)
    noise, _ = _patterns(marked.astype(np.float64) - plain, rate)
    loud = signal.sum(1)
    audible = loud > loud.max() * 1e-6
    signal, noise = signal[audible], noise[audible]
    away = barks[None, :] - barks[:, None]
    # 27 dB a Bark downwards; upwards 24, a middling level's (BS.1387 makes it depend on the level).
    spread = 10.0 ** (np.where(away < 0, 27.0 * away, -24.0 * away) / 10.0)
    spread /= spread.sum(0, keepdims=True)
    excitation = signal @ spread
    floor = excitation.max() * 1e-9
    result: dict[str, float] = {}
    for name, offset in (("peaq", np.where(barks <= 12.0, 3.0, 0.25 * barks)), ("tonal", 14.5 + barks)):
        ratio = noise / (excitation * 10.0 ** (-offset / 10.0) + floor)
        result[name] = round(float(10.0 * np.log10(ratio.mean(1).mean() + 1e-12)), 1)
        result[f"{name}_p99"] = round(float(10.0 * np.log10(np.percentile(ratio, 99.0) + 1e-12)), 1)
    return result


def segmental_snr_db(plain: NDArray[np.float32], marked: NDArray[np.float32], rate: int) -> float:
    """Mean over 20 ms pieces within 40 dB of the loudest."""
    size = round(0.02 * rate)
    count = len(plain) // size
    signal = np.square(plain[: count * size].reshape(count, size), dtype=np.float64).sum(1)
    noise = np.square((marked - plain)[: count * size].reshape(count, size), dtype=np.float64).sum(1)
    loud = signal > signal.max() * 1e-4
    return round(float(np.mean(10.0 * np.log10(signal[loud] / (noise[loud] + 1e-15)))), 1)
