"""Sound from pitch, envelope and noise share: a harmonic sum and shaped noise, frame by frame, nothing held back.

What lies between frames i - 1 and i is made as soon as frame i is known. Harmonics have the phases of the envelope's
minimum-phase filter (so a period begins sharply and rings, as a throat does) and their running phase goes on through
unvoiced gaps; the sum is a polynomial in powers of the fundamental. Noise is drawn from a seeded generator, one
frame after another, so that the same frames give the same sound however they are split.

A frame is short, so that calls count more than arithmetic: everything is known at the bands' centres (a hundred
numbers), where minimum phase is one product with a matrix, and read from there once, at the harmonics. Noise is drawn
as a spectrum; the one transform that is left makes it sound.
"""

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray

from performer.voice.bands import BANDS, CONTENT_RATE, HOP_SECONDS, band_centres
from performer.voice.envelope import APERIODICITY_EDGES

__all__ = ["SYNTHESIS_RATE", "Synthesiser", "synthesise"]

SYNTHESIS_RATE = 48_000
# Harmonics end here; above, a voice is breath.
_TOP_HERTZ = 20_000.0
_FLOOR_LOG = -30.0
# Harmonics that are added up in one row of a matrix product.
_GROUP = 16
_SILENT = np.zeros(0, np.complex64)
_NUMBERS = np.arange(1.0, 2000.0)
# Complex products that OpenBLAS does in the thread that asks: up to 65536.
_LARGEST_PRODUCT = 60_000
# Frequencies over which minimum phase is worked out, once.
_FINE = 4096
# Shares of breath and of voice under which there is none.
_LEAST_BREATH, _LEAST_VOICE = np.float32(1e-30), np.float32(1e-6)


@dataclass(frozen=True, slots=True)
class _Knots:
    """Places at which a frame is known: centres of the bands, and as dense above them up to half the rate.

    hertz: (knots,). fall: (knots - bands,) log power there over that of the last band. share: (8, knots) how much each
    aperiodicity band says. phase: (knots, knots) log power at the knots times this is minus twice the phase there.
    spectrum: (bins,) hertz of the noise's spectrum, size: of its transform, lift: log of what its amplitudes need.
    """

    hertz: NDArray[np.float64]
    fall: NDArray[np.float32]
    share: NDArray[np.float32]
    phase: NDArray[np.float32]
    spectrum: NDArray[np.float64]
    size: int
    lift: float


@cache
def _knots(rate: int, bands: int) -> _Knots:
    centres = band_centres(bands)
    step = centres[-1] / centres[-2]
    count = int(log(rate / 2 / centres[-1]) / log(step)) if rate / 2 > centres[-1] else 0
    hertz = np.concatenate([centres, centres[-1] * step ** np.arange(1, count + 1)])
    fall = np.zeros(count)
    if bands == BANDS:
        # Where only 80 bands are known: 24 dB an octave down from 8 kHz.
        fall = -np.log(10) * 2.4 * np.log2(np.maximum(hertz[bands:] / 8000.0, 1.0))
    middles = [(a + b) / 2 for a, b in pairwise(APERIODICITY_EDGES[:-1])]
    middles.append(10_000.0)
    share = np.stack([np.interp(hertz, middles, row) for row in np.eye(len(middles))])
    # Minimum phase of one knot at a time: what lies between two knots is a straight line.
    fine = np.linspace(0, rate / 2, _FINE // 2 + 1)
    cepstrum = np.fft.irfft([np.interp(fine, hertz, row) for row in np.eye(len(hertz))])
    cepstrum[:, _FINE // 2 + 1 :] = 0
    cepstrum[:, 1 : _FINE // 2] *= 2
    turned = np.fft.rfft(cepstrum).imag
    phase = np.stack([np.interp(hertz, fine, row) for row in turned])
    size = 1 << (2 * round(rate * HOP_SECONDS) - 1).bit_length()
    return _Knots(
        hertz,
        fall.astype(np.float32),
        share.astype(np.float32),
        phase.astype(np.float32),
        np.linspace(0, rate / 2, size // 2 + 1),
        size,
        0.5 * log(size / 2 * rate / CONTENT_RATE),
    )


class Synthesiser:
    """Frames every 10 ms in, sound out: each frame gives the hop of samples that ends at its time."""

    def __init__(self, rate: int = SYNTHESIS_RATE, seed: int = 0) -> None:
        self.rate = rate
        self.hop = round(rate * HOP_SECONDS)
        self._draw = np.random.default_rng(seed)
        self._turn = 0.0
        self._hertz = 0.0
        self._harmonics = _SILENT
        self._tail = np.zeros(self.hop, np.float32)
        places = np.arange(self.hop) + 1
        ramp = places / self.hop
        self._ramp = ramp.astype(np.float32)
        # Turns of a fundamental of 1 Hz, and of one that rises by 1 Hz within the hop.
        self._steady, self._rising = places / rate, np.cumsum(ramp) / rate
        # Power-preserving cross-fade: neighbouring frames' noises are independent.
        self._rise, self._fall = (
            np.sin(ramp * np.pi / 2).astype(np.float32),
            np.cos(ramp * np.pi / 2).astype(np.float32),
        )

    def feed(
        self, hertz: NDArray[np.float32], density: NDArray[np.float32], noise: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """hertz (n,), 0 = unvoiced; density (n, 80 or 104) log power density at the bands' centres (white noise of
        variance v at 16 kHz has log v); noise (n, 8) share 0..1 -> (n * hop,) samples."""
        out = np.empty(len(hertz) * self.hop, np.float32)
        for frame in range(len(hertz)):
            part = out[frame * self.hop : (frame + 1) * self.hop]
            part[:] = self._frame(float(hertz[frame]), density[frame], noise[frame])
        return out

    def _frame(self, hertz: float, density: NDArray[np.float32], noise: NDArray[np.float32]) -> NDArray[np.float32]:
        bands, knots = len(density), _knots(self.rate, len(density))
        level = np.empty(len(knots.hertz), np.float32)
        np.maximum(density, _FLOOR_LOG, out=level[:bands])
        np.add(knots.fall, level[bands - 1], out=level[bands:])
        new, breath = _SILENT, level
        if hertz > 0:
            share = np.maximum(noise.astype(np.float32).dot(knots.share), _LEAST_BREATH)
            new = self._coefficients(hertz, level, share, knots)
            breath = level + np.minimum(np.log(share), 0) if noise.any() else None
        sound = self._breath(breath, knots)
        voice = self._voice(hertz, new)
        if voice is not None:
            sound += voice
        return sound

    def _breath(self, level: NDArray[np.float32] | None, knots: _Knots) -> NDArray[np.float32]:
        """level: (knots,) log power density of the noise; None where there is none at all."""
        last = self._tail * self._fall
        if level is None:
            self._tail = np.zeros(self.hop, np.float32)
            return last
        gain = np.exp(np.interp(knots.spectrum, knots.hertz, 0.5 * level + np.float32(knots.lift)).astype(np.float32))
        spectrum = self._draw.standard_normal(2 * len(gain), np.float32).view(np.complex64)
        spectrum *= gain
        shaped = np.fft.irfft(spectrum, knots.size)
        self._tail = np.asarray(shaped[self.hop : 2 * self.hop], np.float32)
        last += shaped[: self.hop] * self._rise
        return last

    def _voice(self, hertz: float, new: NDArray[np.complex64]) -> NDArray[np.float32] | None:
        """new: (harmonics,) of this frame; none where it is unvoiced."""
        before, after = self._hertz or hertz, hertz or self._hertz
        self._hertz = hertz
        old, self._harmonics = self._harmonics, new
        if not len(old) and not len(new):
            return None
        # Turns of the fundamental at each sample, its pitch going over from the last frame's to this one's.
        turns = self._turn + before * self._steady
        if after != before:
            turns += (after - before) * self._rising
        turns -= np.floor(turns)
        self._turn = float(turns[-1])
        angle = (turns * (2 * np.pi)).astype(np.float32)
        groups = -(-max(len(old), len(new)) // _GROUP)
        levels = np.zeros((2, groups * _GROUP), np.complex64)
        levels[0, : len(old)], levels[1, : len(new)] = old, new
        # Sums of _GROUP harmonics at once, each group then turned to its place: two products instead of a loop.
        spin = np.empty(self.hop, np.complex64)
        np.cos(angle, out=spin.real)
        np.sin(angle, out=spin.imag)
        low = _powers(spin, _GROUP)
        sums = _product(levels.reshape(2 * groups, _GROUP), low).reshape(2, groups, self.hop)
        both = sums[:, 0].real
        if groups > 1:
            sums[:, 1:] *= _powers(low[-1], groups - 1)
            both = sums.sum(axis=1).real
        return both[0] + (both[1] - both[0]) * self._ramp

    def _coefficients(
        self, hertz: float, level: NDArray[np.float32], share: NDArray[np.float32], knots: _Knots
    ) -> NDArray[np.complex64]:
        """(harmonics,) amplitude and phase of each: 2 sqrt(density * pitch / 16 kHz), minimum phase."""
        count = max(1, int(min(_TOP_HERTZ, self.rate / 2 - 200) / hertz))
        known = np.empty(len(level), np.complex128)
        np.add(level, np.log(np.maximum(1 - share, _LEAST_VOICE)), out=known.real)
        known.imag = level.dot(knots.phase)
        found = np.interp(hertz * _NUMBERS[:count], knots.hertz, known)
        found *= 0.5
        found += log(2 * sqrt(hertz / CONTENT_RATE))
        return np.exp(found.astype(np.complex64))


def _product(left: NDArray[np.complex64], right: NDArray[np.complex64]) -> NDArray[np.complex64]:
    """(a, b), (b, c) -> (a, c), columns by columns: a larger product would be shared out to threads, whose meeting
    takes longer than all the rest of a frame, and milliseconds where other programs run."""
    out = np.empty((len(left), right.shape[1]), np.complex64)
    step = max(1, _LARGEST_PRODUCT // left.size)
    for at in range(0, right.shape[1], step):
        np.matmul(left, right[:, at : at + step], out=out[:, at : at + step])
    return out


def _powers(turn: NDArray[np.complex64], count: int) -> NDArray[np.complex64]:
    """(samples,) -> (count, samples): turn to the power of 1, 2, ... count, by doubling."""
    out = np.empty((count, len(turn)), np.complex64)
    out[:1] = turn
    known = 1
    while known < count:
        more = min(known, count - known)
        np.multiply(out[:more], out[known - 1], out=out[known : known + more])
        known += more
    return out


def synthesise(
    hertz: NDArray[np.float32], density: NDArray[np.float32], noise: NDArray[np.float32], rate: int = SYNTHESIS_RATE
) -> NDArray[np.float32]:
    """The same of whole arrays, from the first frame's time on: ((n - 1) * hop,) samples."""
    maker = Synthesiser(rate)
    return maker.feed(hertz, density, noise)[maker.hop :]
