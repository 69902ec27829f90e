"""Sound to the few time-frequency pictures that hearing stands on, computed in blocks so that length costs no memory.

Only features; nothing here decides what is a beat, a key or a voice.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import soxr
from numpy.typing import NDArray
from scipy import fft
from scipy.ndimage import uniform_filter1d

__all__ = ["CHROMA_HOP", "FRAME_HOP", "MEL_BANDS", "RATE", "Spectrum", "analyse", "mel_centres"]

RATE = 22_050
FRAME_SIZE = 1024
FRAME_HOP = 256
CHROMA_SIZE = 4096
CHROMA_HOP = 2048
MEL_BANDS = 48
MEL_LOW = 30.0
MEL_HIGH = 10_000.0
_BLOCK = 2048


@dataclass(frozen=True, slots=True)
class Spectrum:
    """mel: (frames, MEL_BANDS) power, frame k centred at k * FRAME_HOP / RATE seconds.
    loudness: (frames,) K-weighted power. chroma: (chroma frames, 12) from C, frame k centred at k * CHROMA_HOP / RATE.
    bass: same shape, only 40 to 260 Hz."""

    mel: NDArray[np.float32]
    loudness: NDArray[np.float32]
    chroma: NDArray[np.float32]
    bass: NDArray[np.float32]
    duration: float

    @property
    def frame_rate(self) -> float:
        return RATE / FRAME_HOP

    @property
    def chroma_rate(self) -> float:
        return RATE / CHROMA_HOP


def mel_centres() -> NDArray[np.float64]:
    """(MEL_BANDS,) centre frequencies, hertz."""
    return _mel_edges()[1:-1]


def _mel_edges() -> NDArray[np.float64]:
    low, high = (2595.0 * np.log10(1.0 + f / 700.0) for f in (MEL_LOW, MEL_HIGH))
    return 700.0 * (10.0 ** (np.linspace(low, high, MEL_BANDS + 2) / 2595.0) - 1.0)


def _mel_matrix() -> NDArray[np.float32]:
    """(bins, MEL_BANDS) triangles of unit area. Bands narrower than a bin still get their nearest bins' share."""
    edges = _mel_edges()
    bins = np.arange(FRAME_SIZE // 2 + 1) * RATE / FRAME_SIZE
    width = RATE / FRAME_SIZE
    matrix = np.zeros((len(bins), MEL_BANDS))
    for band in range(MEL_BANDS):
        left, centre, right = edges[band], edges[band + 1], edges[band + 2]
        left, right = min(left, centre - width), max(right, centre + width)
        rise, fall = (bins - left) / (centre - left), (right - bins) / (right - centre)
        matrix[:, band] = np.maximum(0.0, np.minimum(rise, fall))
        matrix[:, band] /= matrix[:, band].sum()
    return matrix.astype(np.float32)


def _k_weights() -> NDArray[np.float32]:
    """Power weights of the bins, close to the K curve of ITU-R BS.1770: high pass near 60 Hz, +4 dB above 2 kHz."""
    bins = np.arange(FRAME_SIZE // 2 + 1) * RATE / FRAME_SIZE
    high_pass = bins**4 / (bins**4 + 55.0**4)
    shelf = 1.0 + (10.0**0.4 - 1.0) * bins**2 / (bins**2 + 1650.0**2)
    return (high_pass * shelf).astype(np.float32)


def _chroma_matrix(low: float, high: float, tuning: float) -> NDArray[np.float32]:
    """(bins, 12) share of each bin in each pitch class; `tuning` in semitones."""
    bins = np.arange(CHROMA_SIZE // 2 + 1) * RATE / CHROMA_SIZE
    bins[0] = 1.0
    pitch = 69.0 + 12.0 * np.log2(bins / 440.0) - tuning
    distance = (pitch[:, None] - np.arange(12)[None] + 6.0) % 12.0 - 6.0
    matrix = np.exp(-0.5 * (distance / 0.35) ** 2)
    fade = np.where((bins >= low) & (bins <= high), 1.0, 0.0)
    return (matrix * fade[:, None]).astype(np.float32)


def _blocks(mono: NDArray[np.float32], size: int, hop: int) -> Iterator[NDArray[np.float32]]:
    """Magnitude spectra in blocks (frames, bins) of centred frames."""
    window = np.hanning(size + 1)[:-1].astype(np.float32)
    window /= window.sum() / 2.0
    frames = 1 + len(mono) // hop
    for first in range(0, frames, _BLOCK):
        count = min(_BLOCK, frames - first)
        start = first * hop - size // 2
        stop = start + (count - 1) * hop + size
        piece = mono[max(start, 0) : min(stop, len(mono))]
        piece = np.pad(piece, (max(-start, 0), max(stop - len(mono), 0)))
        view = np.lib.stride_tricks.sliding_window_view(piece, size)[::hop]
        yield np.abs(np.asarray(fft.rfft(view * window, axis=1))).astype(np.float32)


def _tuning(mono: NDArray[np.float32]) -> float:
    """How far the song lies from 440 Hz, in semitones (-0.5..0.5), by the circular mean over spectral peaks."""
    middle = len(mono) // 2
    piece = mono[max(0, middle - 30 * RATE) : middle + 30 * RATE]
    bin_hz = RATE / CHROMA_SIZE
    low, high = int(200 / bin_hz), int(1600 / bin_hz)
    total = 0.0 + 0.0j
    for block in _blocks(piece, CHROMA_SIZE, CHROMA_HOP * 2):
        part = np.log(block[:, low - 1 : high + 1] + 1e-9)
        a, b, c = part[:, :-2], part[:, 1:-1], part[:, 2:]
        peak = (b > a) & (b > c) & (b > np.percentile(part, 80))
        bend = 0.5 * (a - c) / np.where(peak, a - 2.0 * b + c, -1.0)
        hertz = (np.arange(low, high)[None] + bend) * bin_hz
        pitch = 12.0 * np.log2(hertz[peak] / 440.0)
        total += np.sum(np.exp(b[peak] * 0.5) * np.exp(2j * np.pi * pitch))
    return float(np.angle(total) / (2.0 * np.pi)) if abs(total) > 0 else 0.0


def analyse(mono: NDArray[np.float32], rate: int, *, duration: float | None = None) -> Spectrum:
    """All pictures of a song.

    Args:
        mono: (samples,) float32, finite.
        rate: Hz, any.
        duration: seconds, where the sound at hand was resampled and its number of samples rounded.
    """
    duration = len(mono) / rate if duration is None else duration
    if rate != RATE:
        mono = np.asarray(soxr.resample(mono, rate, RATE), dtype=np.float32)
    mel, weights = _mel_matrix(), _k_weights()
    mels: list[NDArray[np.float32]] = []
    loudness: list[NDArray[np.float32]] = []
    for block in _blocks(mono, FRAME_SIZE, FRAME_HOP):
        power = block * block
        mels.append((power @ mel).astype(np.float32))
        loudness.append((power @ weights).astype(np.float32))
    tuning = _tuning(mono)
    whole, low = _chroma_matrix(80.0, 4000.0, tuning), _chroma_matrix(40.0, 260.0, tuning)
    chroma: list[NDArray[np.float32]] = []
    bass: list[NDArray[np.float32]] = []
    for block in _blocks(mono, CHROMA_SIZE, CHROMA_HOP):
        # The root of the magnitude keeps a loud bass drum from outweighing the chord.
        soft = np.sqrt(_sharpen(block)).astype(np.float32)
        chroma.append(np.matmul(soft, whole).astype(np.float32))
        bass.append(np.matmul(soft, low).astype(np.float32))
    return Spectrum(
        np.concatenate(mels), np.concatenate(loudness), np.concatenate(chroma), np.concatenate(bass), duration
    )


def _sharpen(block: NDArray[np.float32]) -> NDArray[np.float32]:
    """Only what rises above its neighbourhood in frequency: tones stay, drums and hiss go."""
    return np.maximum(block - 1.5 * uniform_filter1d(block, 41, axis=1), 0.0)
