"""What a voice does in a mix that instruments rarely do, as numbers for every frame of 16 ms.

The centre of the stereo picture is taken first; on it stand the pitch and how it glides, how the envelope through its
harmonics moves, how the spectral envelope between 300 and 3500 Hz moves (formants), and where there is hiss.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import fft
from scipy.ndimage import median_filter, uniform_filter, uniform_filter1d

if TYPE_CHECKING:
    from swift_f0 import SwiftF0

__all__ = ["FEATURES", "HOP", "RATE", "SIZE", "Frames", "voice_columns"]

RATE = 16_000
SIZE = 1024
HOP = 256
BANDS = 24
LOW, HIGH = 300.0, 3500.0
MONO_CENTRE = -1.03
"""Log share of the centre that mono sound is given: the mean over stereo music, so that it says nothing."""

_MOVING = (
    "confidence", "alive", "glide", "shake", "level", "centre",
    "slope_move", "shape_move", "fine_move", "voice_slope_move", "voice_shape_move", "syllables", "flatness",
    "sung",
)  # fmt: skip
_SPREAD = (*(f"shape{k}_spread" for k in range(1, 7)), *(f"voice_shape{k}_spread" for k in range(1, 5)))
_PARTS = ("bass", "presence", "hiss", "air")
FEATURES = (
    *_MOVING, *(f"{name}_around" for name in _MOVING),
    *_SPREAD, *(f"{name}_around" for name in _SPREAD),
    *(f"shape{k}{where}" for k in range(1, 9) for where in ("_around", "")),
    *(f"voice_shape{k}_around" for k in range(1, 5)),
    *(f"{part}{what}" for part in _PARTS for what in ("_around", "_spread_around")),
    "hiss_when_sure", "wobble", "register", "leaps",
)  # fmt: skip
"""Columns of `voice_columns`: means over a third of a second or, "around", one and a half seconds; "spread" is the log
of the deviation over that time. "shape" is the envelope from LOW to HIGH, "voice_shape" that through the harmonics."""
_HIGH_BINS = ((3, 19), (224, 300), (300, 400), (400, 512))
"""Bins of _PARTS: 50 to 300 Hz, 3.5 to 4.7, to 6.2, to 8 kHz."""
_NEAR, _AROUND = 21, 95

Frames = NDArray[np.float32]


def _stft(mono: NDArray[np.float32]) -> NDArray[np.complex64]:
    window = np.hanning(SIZE + 1)[:-1].astype(np.float32)
    view = np.lib.stride_tricks.sliding_window_view(np.pad(mono, SIZE // 2), SIZE)[::HOP]
    return np.asarray(fft.rfft(view * window, axis=1), np.complex64)


def _back(spectra: NDArray[np.complex64], length: int) -> NDArray[np.float32]:
    """Overlap-add of frames under a Hann window; four windows overlap to the constant 2."""
    pieces = np.asarray(fft.irfft(spectra, SIZE, axis=1), np.float32)
    out = np.zeros((len(pieces) + SIZE // HOP, HOP), np.float32)
    for part in range(SIZE // HOP):
        out[part : part + len(pieces)] += pieces[:, part * HOP : (part + 1) * HOP]
    return out.reshape(-1)[SIZE // 2 : SIZE // 2 + length] / 2.0


def _centre(
    left: NDArray[np.float32], right: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.complex64], Frames]:
    """What is alike on both sides: as sound, as spectra, and (frames,) the log of its share of the power."""
    one = _stft(left)
    if right is left or np.array_equal(left, right):
        return left, one, np.full(len(one), MONO_CENTRE, np.float32)
    two = _stft(right)
    cross = uniform_filter(np.real(one * np.conj(two)), 3)
    power = uniform_filter(0.5 * (np.abs(one) ** 2 + np.abs(two) ** 2), 3)
    likeness = cross / np.maximum(power, 1e-9)
    spectra = (0.5 * (one + two) * np.clip((likeness - 0.4) / 0.5, 0.0, 1.0)).astype(np.complex64)
    inside = slice(round(LOW * SIZE / RATE), round(HIGH * SIZE / RATE))
    share = np.sum(np.abs(spectra[:, inside]) ** 2, axis=1) / (np.sum(power[:, inside], axis=1) + 1e-6)
    return _back(spectra, len(left)), spectra, np.log(share + 0.05).astype(np.float32)


def _bands() -> NDArray[np.float32]:
    """(bins, BANDS) triangles even on the mel scale from LOW to HIGH."""
    mel = np.linspace(np.log1p(LOW / 700.0), np.log1p(HIGH / 700.0), BANDS + 2)
    edges = 700.0 * np.expm1(mel)
    bins = (np.arange(SIZE // 2 + 1) * RATE / SIZE)[:, None]
    rise = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    fall = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    return np.maximum(0.0, np.minimum(rise, fall)).astype(np.float32)


def _cepstra(log_power: NDArray[np.floating]) -> Frames:
    return np.asarray(fft.dct(log_power, axis=1, norm="ortho"), np.float32) / np.float32(np.sqrt(log_power.shape[1]))


def _moves(cepstra: Frames, first: int, stop: int) -> Frames:
    """(frames,) squared change of the columns over 64 ms."""
    change = np.zeros(len(cepstra), np.float32)
    step = cepstra[4:, first:stop] - cepstra[:-4, first:stop]
    change[2:-2] = np.sum(step * step, axis=1)
    return change


def _harmonics(power: Frames, pitch_hz: Frames) -> Frames:
    """(frames, 12) log envelope through the harmonics of the pitch, LOW to HIGH."""
    per_bin = RATE / SIZE
    orders = np.arange(1, 13, dtype=np.float32)
    at = np.clip(np.round(pitch_hz[:, None] * orders / per_bin).astype(int), 1, power.shape[1] - 2)
    rows = np.arange(len(power))[:, None]
    tops = np.maximum(np.maximum(power[rows, at], power[rows, at - 1]), power[rows, at + 1])
    # The envelope on a fixed grid, so that a moving pitch does not look like moving formants.
    grid = np.geomspace(LOW, HIGH, 12)
    place = grid[None] / np.maximum(pitch_hz[:, None], 60.0)
    lower = np.clip(np.floor(place).astype(int), 1, 11)
    part = np.clip(place - lower, 0.0, 1.0)
    logs = np.log(tops + 1e-6)
    return (logs[rows, lower - 1] * (1.0 - part) + logs[rows, lower] * part).astype(np.float32)


def voice_columns(left: NDArray[np.float32], right: NDArray[np.float32], detector: "SwiftF0") -> Frames:
    """(frames, len(FEATURES)) of a piece at RATE."""
    sound, spectra, share = _centre(left, right)
    power = (np.abs(spectra) ** 2).astype(np.float32)
    found = detector.detect(sound, RATE, 80.0, 1000.0)
    frames = min(len(power), len(found.pitch_hz))
    power, share = power[:frames], share[:frames]
    pitch = np.maximum(np.asarray(found.pitch_hz[:frames], np.float32), 60.0)
    sure = median_filter(np.asarray(found.confidence[:frames], np.float32), 9)
    tone = 12.0 * np.log2(pitch / 220.0)
    speed = np.abs(np.diff(tone, prepend=tone[:1]))
    steady = (speed < 0.9).astype(np.float32)
    alive = ((speed > 0.03) & (speed < 0.9)).astype(np.float32)
    near = uniform_filter1d(tone, 15)
    shake = np.minimum(np.abs(tone - near), 1.5) * steady
    loud = np.log(power @ _bands() + 1e-4 * float(np.mean(power)) + 1e-9)
    cepstra = _cepstra(loud)
    envelope = _harmonics(power, pitch)
    voiced = sure * steady
    own = _cepstra(np.clip(envelope, envelope.max(axis=1, keepdims=True) - 9.0, None))
    level = cepstra[:, 0]
    wave = uniform_filter1d(level, 5) - uniform_filter1d(level, 25)
    inside = power[:, round(LOW * SIZE / RATE) : round(HIGH * SIZE / RATE)] + 1e-9
    flatness = np.mean(np.log(inside), axis=1) - np.log(np.mean(inside, axis=1))
    old = np.clip((sure - 0.5) * 3.0, 0.0, 1.0) * np.clip((uniform_filter1d(alive, 15) - 0.25) * 3.0, 0.0, 1.0)
    plain = [sure, alive, np.minimum(speed, 1.0) * steady, shake, level - _usual(level), share,
             _moves(cepstra, 1, 2), _moves(cepstra, 2, 6), _moves(cepstra, 6, 14),
             _moves(own, 1, 2) * voiced, _moves(own, 2, 7) * voiced, wave * wave, flatness, old]  # fmt: skip
    # Log of means: these are energies of movement with long tails.
    logged = {2, 3, 6, 7, 8, 9, 10, 11}
    columns = [
        np.log(mean + 1e-3) if i in logged else mean
        for width in (_NEAR, _AROUND)
        for i, column in enumerate(plain)
        for mean in (_average(column, width),)
    ]
    for width in (_NEAR, _AROUND):
        columns += [_spread(cepstra[:, k], width) for k in range(1, 7)]
        columns += [_spread(own[:, k], width, voiced) for k in range(1, 5)]
    columns += [_average(cepstra[:, k], width) for k in range(1, 9) for width in (_AROUND, _NEAR)]
    weight = _average(voiced, _AROUND) + 1e-2
    columns += [_average(own[:, k] * voiced, _AROUND) / weight for k in range(1, 5)]
    quiet = 1e-4 * float(np.mean(power)) + 1e-9
    parts = [np.log(power[:, low:high].mean(axis=1) + quiet) - level for low, high in _HIGH_BINS]
    columns += [column for part in parts for column in (_average(part, _AROUND), _spread(part, _AROUND))]
    hiss = parts[2]
    columns.append(_average(hiss * sure, _AROUND) - _average(hiss, _AROUND) * _average(sure, _AROUND))
    # A singer's vibrato has 4 to 8 turns a second.
    wobble = uniform_filter1d(tone, 7) - uniform_filter1d(tone, 17)
    columns.append(np.log(_average(np.minimum(wobble * wobble, 1.0) * steady, _AROUND) + 1e-3))
    columns.append(_average(tone * voiced, _AROUND) / weight)
    columns.append(np.log(_average(1.0 - steady, _AROUND) + 1e-2))
    return np.stack(columns, axis=1).astype(np.float32)


def _average(column: NDArray[np.floating], width: int) -> Frames:
    return np.asarray(uniform_filter1d(np.asarray(column, np.float32), width), np.float32)


def _spread(column: Frames, width: int, weight: Frames | None = None) -> Frames:
    """(frames,) log of the deviation over `width` frames, each frame counting as much as `weight` says."""
    if weight is None:
        mean, square = _average(column, width), _average(column * column, width)
    else:
        total = _average(weight, width) + 1e-2
        mean = _average(column * weight, width) / total
        square = _average(column * column * weight, width) / total
    return np.asarray(np.log(np.sqrt(np.maximum(square - mean * mean, 0.0)) + 1e-2), np.float32)


def _usual(level: Frames) -> np.float32:
    return np.float32(np.percentile(level, 75))
