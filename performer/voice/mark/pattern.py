"""What the mark looks like in time and frequency: what those who write it and those who read it must agree on.

Time is cut into slots of 60 ms, two of which make a pair; the spectrum from 300 to 7600 Hz into 36 bands of equal
width in ERB, two neighbours of which make a tile. A tile's contrast is by how many dB the lower band falls from the
pair's first slot to its second, less the same of the upper band. Loudness, equaliser, limiter and microphone hardly
move it. The mark shifts contrasts to the nearest point of a grid of `STEP_DB`, whose origin (the dither) is drawn for
each tile: quantisation index modulation (Chen & Wornell, IEEE Trans. Inf. Theory 47, 2001), which the sound itself
does not disturb as it does spread spectrum (that was tried: at 0.6 dB in 60 ms slots a reader's 10 s gave 3.5
standard deviations, where this gives above 20 with a tenth of the change).

Half of the tiles, drawn too, are the pilot by which the place is found; the others carry the 32 signs of the payload's
word: a minus moves the grid by half a step. After `PAIRS` pairs all of it comes again.
"""

import hashlib
from functools import cache

import numpy as np
from numpy.typing import NDArray

from performer.voice.mark.codeword import LENGTH, word_of

__all__ = [
    "BANDS",
    "LEAST_RATE",
    "PAIRS",
    "PAIR_SECONDS",
    "PILOT",
    "READ_RATE",
    "SLOT_SECONDS",
    "STEP_DB",
    "TILES",
    "TOP_HERTZ",
    "WINDOW_SECONDS",
    "band_shares",
    "contrast",
    "dither",
    "grid_origin",
    "roles",
    "slot_levels",
]

SLOT_SECONDS = 0.060
PAIR_SECONDS = 2 * SLOT_SECONDS
# How long a slot is looked at: longer than itself under a Hann window, so that a pitch of 60 Hz is told from the next.
WINDOW_SECONDS = 0.080
PAIRS = 96
BANDS = 36
TILES = BANDS // 2
STEP_DB = 6.0
TOP_HERTZ = 7600.0
_LOW_HERTZ = 300.0
LEAST_RATE = 8000
READ_RATE = 16_000
PILOT = -1
# 45 dB below the noise of 16 bits: gives digital silence a level and leaves the softest sound its own.
_FLOOR = 1e-18


def _erb_number(hertz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Glasberg & Moore 1990."""
    return 21.4 * np.log10(1.0 + 0.00437 * hertz)


@cache
def _edges() -> NDArray[np.float64]:
    """(BANDS + 1,) hertz."""
    ends = _erb_number(np.array([_LOW_HERTZ, TOP_HERTZ]))
    return (10.0 ** (np.linspace(ends[0], ends[1], BANDS + 1) / 21.4) - 1.0) / 0.00437


@cache
def band_shares(rate: int, size: int) -> NDArray[np.float32]:
    """(bins, BANDS): which part of each bin of a spectrum of `size` samples lies in a band, up to the last one."""
    step = rate / size
    bins = min(size // 2 + 1, int(TOP_HERTZ / step) + 2)
    middle = step * np.arange(bins)[:, None]
    low, high = _edges()[None, :-1], _edges()[None, 1:]
    inside = (np.minimum(middle + step / 2, high) - np.maximum(middle - step / 2, low)) / step
    shares = np.clip(inside, 0.0, 1.0).astype(np.float32)
    shares.setflags(write=False)
    return shares


@cache
def _window(size: int) -> NDArray[np.float32]:
    window = np.hanning(size + 1)[:size].astype(np.float32)
    window.setflags(write=False)
    return window


def slot_levels(pieces: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """pieces: (n, round(rate * WINDOW_SECONDS)) -> (n, BANDS) level in dB, the same for any rate."""
    window = _window(pieces.shape[1])
    shares = band_shares(rate, pieces.shape[1])
    spectrum = np.fft.rfft(pieces * window, axis=1)[:, : len(shares)]
    power = np.square(spectrum.real) + np.square(spectrum.imag)
    scale = np.float32(1.0 / (rate * np.sum(window)))
    density = np.asarray((power * scale) @ shares + _FLOOR, np.float32)
    return np.log10(density) * np.float32(10.0)


def contrast(first: NDArray[np.float32], second: NDArray[np.float32]) -> NDArray[np.float32]:
    """Levels (..., BANDS) of a pair's two slots -> (..., TILES) dB."""
    fall = np.subtract(first, second, dtype=np.float32)
    return fall[..., 0::2] - fall[..., 1::2]


@cache
def _drawn() -> NDArray[np.uint8]:
    """(PAIRS, TILES, 3) bytes. From a hash, as the pattern must be the same for ever; it is no secret."""
    count = PAIRS * TILES * 3
    data = hashlib.shake_256(b"nichang mark 1").digest(count)
    return np.frombuffer(data, np.uint8).reshape(PAIRS, TILES, 3)


@cache
def dither() -> NDArray[np.float64]:
    """(PAIRS, TILES): origin of each tile's grid, in steps, 0..1."""
    drawn = _drawn().astype(np.float64)
    return (drawn[..., 0] * 256.0 + drawn[..., 1]) / 65536.0


@cache
def roles() -> NDArray[np.int64]:
    """(PAIRS, TILES): PILOT, or which of the word's signs the tile carries."""
    drawn = _drawn()[..., 2].astype(np.int64)
    return np.where(drawn < 128, PILOT, drawn % LENGTH)


def grid_origin(payload: int) -> NDArray[np.float64]:
    """(PAIRS, TILES): where contrasts shall lie, in steps modulo 1."""
    word = np.concatenate([word_of(payload), [1]])
    return (dither() + (1 - word[roles()]) / 4.0) % 1.0
