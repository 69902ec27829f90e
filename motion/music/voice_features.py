"""What a voice does in a mix that instruments rarely do, as numbers every VOICE_HOP seconds.

The centre of the stereo picture is taken first; on it stand the pitch and how it glides, how
the envelope through its harmonics moves, and how the spectral envelope between 300 and 3500 Hz moves (formants).
"""

import numpy as np
import soxr
from numpy.typing import NDArray
from scipy import fft
from scipy.ndimage import median_filter, uniform_filter, uniform_filter1d

__all__ = ["FEATURES", "VOICE_HOP", "voice_features"]

VOICE_HOP = 0.05
RATE = 16_000
SIZE = 1024
HOP = 256
BANDS = 24
LOW, HIGH = 300.0, 3500.0
MONO_CENTRE = -1.03
"""Log share of the centre that mono sound is given: the mean over stereo music, so that it says nothing."""
_BLOCK_SECONDS = 60.0
_MARGIN_SECONDS = 3.0

_NOW = (
    "confidence", "alive", "glide", "shake", "level", "centre",
    "slope_move", "shape_move", "fine_move", "voice_slope_move", "voice_shape_move", "syllables", "flatness",
    "sung",
)  # fmt: skip
FEATURES = (*_NOW, *(f"{name}_around" for name in _NOW))
"""Columns of `voice_features`: means over a third of a second, then the same over one and a half seconds."""
_NEAR, _AROUND = 21, 95

Frames = NDArray[np.float32]


def voice_features(sound: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """(moments, len(FEATURES)), moment k at k * VOICE_HOP seconds. Works in minutes, so length costs no memory.

    Args:
        sound: (samples,) or (samples, channels) float32; of more than two channels the first two count.
        rate: Hz.
    """
    from swift_f0 import SwiftF0

    detector = SwiftF0(threads=1, spin=False)
    total = int(np.ceil(len(sound) / rate / VOICE_HOP)) + 1
    out = np.zeros((total, len(FEATURES)), np.float32)
    per_block = round(_BLOCK_SECONDS / VOICE_HOP)
    for first in range(0, total, per_block):
        stop = min(total, first + per_block)
        begin = max(0.0, first * VOICE_HOP - _MARGIN_SECONDS)
        piece = sound[int(begin * rate) : int((stop * VOICE_HOP + _MARGIN_SECONDS) * rate)]
        left, right = _sides(piece, rate)
        if len(left) < SIZE or float(np.max(np.abs(left) + np.abs(right))) < 1e-4:
            out[first:stop] = _SILENCE
            continue
        rows = _block(left, right, detector)
        at = (np.arange(first, stop) * VOICE_HOP - int(begin * rate) / rate) * RATE / HOP
        out[first:stop] = rows[np.clip(np.round(at).astype(int), 0, len(rows) - 1)]
    return out


_SILENCE = np.array([-6.0 if name.startswith("level") else 0.0 for name in FEATURES], np.float32)


def _sides(piece: NDArray[np.float32], rate: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    low = np.asarray(soxr.resample(piece, rate, RATE), np.float32) if rate != RATE else piece
    if low.ndim == 1:
        return low, low
    return np.ascontiguousarray(low[:, 0]), np.ascontiguousarray(low[:, min(1, low.shape[1] - 1)])


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


def _block(left: NDArray[np.float32], right: NDArray[np.float32], detector: object) -> Frames:
    """(frames, len(FEATURES)) of a piece at RATE."""
    from swift_f0 import SwiftF0

    assert isinstance(detector, SwiftF0)
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
    # Log of means: these are energies of movement with long tails.
    old = np.clip((sure - 0.5) * 3.0, 0.0, 1.0) * np.clip((uniform_filter1d(alive, 15) - 0.25) * 3.0, 0.0, 1.0)
    plain = [sure, alive, np.minimum(speed, 1.0) * steady, shake, level - _usual(level), share,
             _moves(cepstra, 1, 2), _moves(cepstra, 2, 6), _moves(cepstra, 6, 14),
             _moves(own, 1, 2) * voiced, _moves(own, 2, 7) * voiced, wave * wave, flatness, old]  # fmt: skip
    logged = {2, 3, 6, 7, 8, 9, 10, 11}
    columns = [
        np.log(mean + 1e-3) if i in logged else mean
        for width in (_NEAR, _AROUND)
        for i, column in enumerate(plain)
        for mean in (uniform_filter1d(np.asarray(column, np.float32), width),)
    ]
    return np.stack(columns, axis=1).astype(np.float32)


def _usual(level: Frames) -> np.float32:
    return np.float32(np.percentile(level, 75))
