"""A voice that is known taken out of its song: what the mixing did to it is found, and that much of it is removed.

A stem is dry, the song holds it with equaliser, compressor and place. In each band and over half a second or so, the
mix is the stem times a number, plus a band that knows nothing of it: least squares give the number (a Wiener filter
that moves with time). What is left of the mix is the accompaniment with the voice's echo.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d
from scipy.signal import istft, stft

__all__ = ["TakenOut", "take_out"]

_SECONDS = 0.043
_OVERLAP = 4
# Over how many frames and bins the number is one: deviations of the windows.
_FRAMES, _BINS = 16.0, 0.7
# Pieces that are worked on at once, and what is computed around each and thrown away.
_PIECE_SECONDS, _MARGIN_SECONDS = 20.0, 2.0
# Below this share of the whole stem's mean square a bin of the stem says nothing.
_FLOOR = 1e-7


@dataclass(frozen=True, slots=True)
class TakenOut:
    """voice: (n, channels) the stem as it lies in the mix. backing: (n, channels) the mix without it."""

    voice: NDArray[np.float32]
    backing: NDArray[np.float32]


def take_out(mix: NDArray[np.float32], stem: NDArray[np.float32], rate: int) -> TakenOut:
    """Both in time with each other and of one length.

    Args:
        mix: (n, channels).
        stem: (n,) the voice alone.
    """
    piece, margin = round(_PIECE_SECONDS * rate), round(_MARGIN_SECONDS * rate)
    floor = _FLOOR * float(np.square(stem).mean(dtype=np.float64) if len(stem) else 0.0)
    voice = np.zeros_like(mix)
    for first in range(0, len(mix), piece):
        start, stop = max(0, first - margin), min(len(mix), first + piece + margin)
        if not np.any(stem[start:stop]):
            continue
        image = _image(mix[start:stop], stem[start:stop], rate, floor)
        count = min(piece, len(mix) - first)
        voice[first : first + count] = image[first - start : first - start + count]
    return TakenOut(voice, mix - voice)


def _image(mix: NDArray[np.float32], stem: NDArray[np.float32], rate: int, floor: float) -> NDArray[np.float32]:
    size = min(1 << round(np.log2(_SECONDS * rate)), len(stem))
    lap = size - size // _OVERLAP
    _, _, known = stft(stem, rate, nperseg=size, noverlap=lap)
    power = _smooth(np.square(np.abs(known))) + floor + 1e-20
    out = np.zeros_like(mix)
    for channel in range(mix.shape[1]):
        _, _, heard = stft(mix[:, channel], rate, nperseg=size, noverlap=lap)
        cross = heard * np.conj(known)
        share = (_smooth(cross.real) + 1j * _smooth(cross.imag)) / power
        _, sound = istft(share * known, rate, nperseg=size, noverlap=lap)
        out[:, channel] = sound[: len(mix)]
    return out


def _smooth(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """(bins, frames), over both."""
    return gaussian_filter1d(gaussian_filter1d(values, _FRAMES, axis=1, truncate=3.0), _BINS, axis=0)
