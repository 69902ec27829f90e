"""What can only be seen at the recording's own rate: peaks, gaps, where the band ends, its sides, its depth.

Works in pieces that `ears` cuts to one fixed length, so that the split of the input does not matter.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["BAND_HERTZ", "MILLISECOND", "PEAK_SECONDS", "Tape", "TapeMeter"]

PEAK_SECONDS = 0.010
MILLISECOND = 0.001
BAND_HERTZ = 250.0
_HIGHEST_BAND = 24_000.0
_SPECTRUM_SECONDS = 0.1
_NEAR_PEAK = 0.95


@dataclass(frozen=True, slots=True)
class Tape:
    """peaks, widths: (n, 2) every PEAK_SECONDS: highest sample and minus the lowest; share of samples near each.

    envelope: (n,) highest magnitude in every millisecond. bands: (n, bands) log10 power of BAND_HERTZ each, each 0.1 s.
    offset: mean. coarse: no sample is finer than 8 bits.
    """

    peaks: NDArray[np.float32]
    widths: NDArray[np.float32]
    envelope: NDArray[np.float32]
    bands: NDArray[np.float16]
    offset: float
    coarse: bool


class TapeMeter:
    """Takes mono pieces; every piece but the last must be a multiple of 0.1 s."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._peaks: list[NDArray[np.float32]] = []
        self._widths: list[NDArray[np.float32]] = []
        self._envelope: list[NDArray[np.float32]] = []
        self._bands: list[NDArray[np.float16]] = []
        self._sum, self._count = 0.0, 0
        self._coarse = True

    def feed(self, piece: NDArray[np.float32]) -> None:
        """piece: (n,)."""
        if not len(piece):
            return
        self._sum += float(piece.sum(dtype=np.float64))
        self._count += len(piece)
        steps = piece[:: max(1, len(piece) // 4000)] * 128
        self._coarse = self._coarse and bool(np.all(steps == np.rint(steps)))
        frames = _frames(piece, self._rate, PEAK_SECONDS)
        high, low = frames.max(axis=1), -frames.min(axis=1)
        self._peaks.append(np.stack([high, low], axis=1))
        near = [
            (frames >= _NEAR_PEAK * high[:, None]).mean(axis=1),
            (-frames >= _NEAR_PEAK * low[:, None]).mean(axis=1),
        ]
        self._widths.append(np.stack(near, axis=1).astype(np.float32))
        self._envelope.append(np.abs(_frames(piece, self._rate, MILLISECOND)).max(axis=1))
        self._bands.append(self._spectra(piece))

    def _spectra(self, piece: NDArray[np.float32]) -> NDArray[np.float16]:
        hop = round(_SPECTRUM_SECONDS * self._rate)
        size = 1 << int(np.log2(0.05 * self._rate))
        bands = int(min(self._rate / 2, _HIGHEST_BAND) / BAND_HERTZ)
        count = len(piece) // hop
        if not count:
            return np.zeros((0, bands), np.float16)
        frames = piece[: count * hop].reshape(count, hop)[:, :size] * np.hanning(size).astype(np.float32)
        power = np.square(np.abs(np.fft.rfft(frames, axis=1))) / size**2
        edges = np.rint(np.arange(bands) * BAND_HERTZ * size / self._rate).astype(int)
        top = max(int(edges[-1]) + 1, round(bands * BAND_HERTZ * size / self._rate))
        return np.log10(np.add.reduceat(power[:, :top], edges, axis=1) + 1e-14).astype(np.float16)

    def finish(self) -> Tape:
        return Tape(
            np.concatenate(self._peaks),
            np.concatenate(self._widths),
            np.concatenate(self._envelope),
            np.concatenate(self._bands),
            self._sum / max(1, self._count),
            self._coarse,
        )


def _frames(piece: NDArray[np.float32], rate: int, seconds: float) -> NDArray[np.float32]:
    """(frames, samples) of about `seconds`; frame k begins at sample k * seconds * rate, to the nearest one."""
    size = round(seconds * rate)
    count = max(1, round(len(piece) / (seconds * rate)))
    starts = np.minimum(np.rint(np.arange(count) * seconds * rate).astype(int), max(0, len(piece) - size))
    if len(piece) < size:
        return piece[None]
    if abs(seconds * rate - size) < 1e-9:
        return piece[: len(piece) // size * size].reshape(-1, size)
    return np.lib.stride_tricks.sliding_window_view(piece, size)[starts]
