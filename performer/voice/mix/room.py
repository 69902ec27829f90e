"""A small room for second takes and harmonies: noise that dies away, its highs first, another on each side."""

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, oaconvolve, sosfilt

__all__ = ["room_response", "roomed"]

_BANDS = ((220.0, 900.0, 1.0), (900.0, 3200.0, 0.8), (3200.0, 9000.0, 0.5))
_BUILD_SECONDS = 0.012


def room_response(rate: int, seconds: float, before: float, seed: int) -> NDArray[np.float32]:
    """(n, 2) impulse response of power 1, without the sound itself; it begins after `before` seconds."""
    draw = np.random.default_rng(seed)
    count = max(2, round(seconds * rate))
    time = np.arange(count) / rate
    noise = draw.standard_normal((count, 2))
    tail = np.zeros((count, 2))
    for low, high, share in _BANDS:
        if low >= 0.45 * rate:
            break
        band = butter(2, (low, min(high, 0.48 * rate)), "band", fs=rate, output="sos")
        tail += sosfilt(band, noise, axis=0) * np.exp(-6.91 * time / (seconds * share))[:, None]
    tail *= np.minimum(time / _BUILD_SECONDS, 1.0)[:, None]
    tail /= np.sqrt(np.sum(np.square(tail), axis=0))
    return np.concatenate([np.zeros((round(before * rate), 2)), tail]).astype(np.float32)


def roomed(samples: NDArray[np.float32], response: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, 2) -> (n, 2) of the room alone; what would ring on after the end is cut."""
    return np.asarray(oaconvolve(samples, response, axes=0)[: len(samples)], np.float32)
