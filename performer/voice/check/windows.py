"""Windows of three seconds, each as a row of numbers from which two small regressions tell music and a second voice.

Music has what a lone voice has not: partials that stay where they are while the voice's own pitch moves, energy outside
the harmonics of that pitch, bass, and no pauses. Two people at once leave a second harmonic series behind.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from performer.voice.check.frames import STEP, Coarse

__all__ = ["HOP_SECONDS", "OF_THE_SOUND", "WINDOW_SECONDS", "likelihood", "window_rows"]

WINDOW_SECONDS, HOP_SECONDS = 3.0, 1.5
_SIZE, _HOP = round(WINDOW_SECONDS / STEP), round(HOP_SECONDS / STEP)
_CLEAR = 0.6
OF_THE_SOUND = (*range(26, 30), *range(38, 42), 52, *range(57, 65))
"""Columns of a row that tell of microphone, room and tune (bass, beat, spread of cepstra), not of how many speak."""


def _spread(values: NDArray[np.float32]) -> list[float]:
    return [float(values.mean()), *(float(v) for v in np.percentile(values, (10, 50, 90)))]


def _row(window: Coarse) -> list[float]:
    power = 10 * np.log10(window.power + 1e-9)
    loud = power > np.percentile(power, 95) - 25
    voiced = loud & (window.clear > _CLEAR) & (window.hertz > 0)
    other = loud & ~voiced
    out = [float(v) for v in np.percentile(power, (50, 20, 5)) - np.percentile(power, 95)]
    out += [float(voiced.mean()), float(loud.mean()), float(power.std())]
    for values in (window.left, window.second, window.steady, window.steady_left, window.tonal, window.bass):
        out += _spread(values[voiced] if voiced.sum() > 5 else values)
    for values in (window.steady, window.tonal, window.bass, window.clear):
        out += _spread(values[other] if other.sum() > 5 else values)
    # A second pitch that is strong and takes much of the power.
    strong = window.second * np.sqrt(window.left)
    out += _spread(strong[voiced] if voiced.sum() > 5 else strong)
    jumps = np.abs(np.diff(np.log2(np.maximum(window.hertz, 60.0))))[voiced[1:] & voiced[:-1]]
    out += [float((jumps > 0.2).mean()), float(np.median(jumps))] if len(jumps) > 5 else [0.0, 0.01]
    flux = window.flux - window.flux.mean()
    beat = np.correlate(flux, flux, "full")[len(flux) - 1 :]
    out += [float(beat[10:75].max() / (beat[0] + 1e-9)), *_spread(window.flux)]
    out += [float(v) for v in window.cepstra[loud].std(axis=0)[:8]]
    return out


def window_rows(coarse: Coarse) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(windows,) start in seconds and (windows, k) rows; a recording shorter than a window is one window."""
    count = max(1, (len(coarse) - _SIZE) // _HOP + 1)
    starts = np.arange(count) * _HOP
    rows: list[list[float]] = []
    loudest = float(np.percentile(coarse.power, 98))
    kept: list[int] = []
    for start in starts:
        part = slice(int(start), int(start) + _SIZE)
        window = Coarse(*(getattr(coarse, name)[part] for name in Coarse.__slots__))
        # What is as quiet as a pause everywhere is neither music nor a voice that matters.
        if len(window) > 10 and float(np.percentile(window.power, 95)) > 1e-3 * loudest:
            rows.append(_row(window))
            kept.append(int(start))
    return np.asarray(kept) * STEP, np.asarray(rows).reshape(len(rows), -1)


def likelihood(rows: NDArray[np.float64], kind: str, weights: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float64]:
    """(windows,) log odds that a window holds `kind`: music or voices. weights: window_mean, window_spread, kind."""
    if not len(rows):
        return np.zeros(0)
    z = np.clip((rows - weights["window_mean"]) / weights["window_spread"], -4, 4)
    hidden = np.tanh(z @ weights[f"{kind}_into"] + weights[f"{kind}_bias"])
    return hidden @ weights[f"{kind}_out"] + weights[f"{kind}_last"][0]
