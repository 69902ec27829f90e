"""What a voice does in a mix that instruments rarely do, as numbers every VOICE_HOP seconds.

The centre of the stereo picture is taken first; on it stand the pitch and how it glides, how
the envelope through its harmonics moves, and how the spectral envelope between 300 and 3500 Hz moves (formants).
"""

from typing import TYPE_CHECKING

import numpy as np
import soxr
from numpy.typing import NDArray
from scipy import fft
from scipy.ndimage import median_filter, uniform_filter, uniform_filter1d

if TYPE_CHECKING:
    from swift_f0 import SwiftF0

__all__ = ["FEATURES", "VOICE_HOP", "VoiceFeatures", "voice_features"]

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


_SILENCE = np.array([-6.0 if name.startswith("level") else 0.0 for name in FEATURES], np.float32)


class VoiceFeatures:
    """Takes a sound in pieces of any size and works in minutes, so that length costs no memory.

    Whatever the pieces were, `finish` gives the same: the minutes are cut by the sound's own time.
    """

    def __init__(self, rate: int) -> None:
        """rate: Hz."""
        self._rate = rate
        self._resampler: soxr.ResampleStream | None = None
        self._detector: SwiftF0 | None = None
        self._fed = 0
        self._kept = np.zeros((0, 1), np.float32)
        self._kept_from = 0
        self._rows: list[Frames] = []
        self._first = 0

    def feed(self, block: NDArray[np.float32]) -> None:
        """block: (samples,) or (samples, channels) float32; of more than two channels the first two count."""
        sides = block[:, None] if block.ndim == 1 else block[:, :2]
        self._fed += len(sides)
        self._take(sides, last=False)
        per_block = round(_BLOCK_SECONDS / VOICE_HOP)
        # One moment more than the block's own: the last minute must not be found empty by `finish`.
        while self._kept_from + len(self._kept) > self._end(self._first + per_block):
            self._minute(self._first + per_block)

    def finish(self) -> Frames:
        """(moments, len(FEATURES)), moment k at k * VOICE_HOP seconds."""
        total = int(np.ceil(self._fed / self._rate / VOICE_HOP)) + 1
        self._take(np.zeros((0, self._kept.shape[1]), np.float32), last=True)
        per_block = round(_BLOCK_SECONDS / VOICE_HOP)
        while self._first < total:
            self._minute(min(total, self._first + per_block))
        return np.concatenate(self._rows)[:total]

    def _take(self, sides: NDArray[np.float32], *, last: bool) -> None:
        if self._resampler is None:
            channels = sides.shape[1]
            self._kept = np.zeros((0, channels), np.float32)
            self._resampler = soxr.ResampleStream(self._rate, RATE, channels, dtype="float32")
        low = np.asarray(self._resampler.resample_chunk(np.ascontiguousarray(sides, np.float32), last=last), np.float32)
        self._kept = np.concatenate([self._kept, low.reshape(-1, self._kept.shape[1])])

    @staticmethod
    def _end(stop: int) -> int:
        """Samples at RATE that the moments before `stop` look at."""
        return int((stop * VOICE_HOP + _MARGIN_SECONDS) * RATE)

    def _minute(self, stop: int) -> None:
        """The rows of the moments from the first that is missing to `stop`."""
        first = self._first
        begin = int(max(0.0, first * VOICE_HOP - _MARGIN_SECONDS) * RATE)
        piece = self._kept[begin - self._kept_from : self._end(stop) - self._kept_from]
        left, right = np.ascontiguousarray(piece[:, 0]), np.ascontiguousarray(piece[:, -1])
        if len(left) < SIZE or float(np.max(np.abs(left) + np.abs(right))) < 1e-4:
            self._rows.append(np.repeat(_SILENCE[None], stop - first, axis=0))
        else:
            rows = self._hear(left, right)
            at = (np.arange(first, stop) * VOICE_HOP - begin / RATE) * RATE / HOP
            self._rows.append(rows[np.clip(np.round(at).astype(int), 0, len(rows) - 1)])
        self._first = stop
        keep = max(self._kept_from, int(max(0.0, stop * VOICE_HOP - _MARGIN_SECONDS) * RATE))
        self._kept = self._kept[keep - self._kept_from :].copy()
        self._kept_from = keep

    def _hear(self, left: NDArray[np.float32], right: NDArray[np.float32]) -> Frames:
        if self._detector is None:
            from swift_f0 import SwiftF0

            self._detector = SwiftF0(threads=1, spin=False)
        return _block(left, right, self._detector)


def voice_features(sound: NDArray[np.float32], rate: int) -> Frames:
    """The same of a whole sound, (samples,) or (samples, channels)."""
    ears = VoiceFeatures(rate)
    ears.feed(sound)
    return ears.finish()


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


def _block(left: NDArray[np.float32], right: NDArray[np.float32], detector: "SwiftF0") -> Frames:
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
