"""Sound from pitch, envelope and noise share: a harmonic sum and shaped noise, frame by frame, nothing held back.

What lies between frames i - 1 and i is made as soon as frame i is known. Harmonics have the phases of the envelope's
minimum-phase filter (so a period begins sharply and rings, as a throat does) and their running phase goes on through
unvoiced gaps; the sum is a polynomial in powers of the fundamental. Noise is drawn from a seeded generator, one
frame after another, so that the same frames give the same sound however they are split.
"""

from functools import cache
from itertools import pairwise
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from performer.voice.bands import BANDS, CONTENT_RATE, HOP_SECONDS, band_centres
from performer.voice.envelope import APERIODICITY_EDGES

__all__ = ["SYNTHESIS_RATE", "Synthesiser", "synthesise"]

SYNTHESIS_RATE = 48_000
_SIZE = 2048
# Harmonics end here; above, a voice is breath.
_TOP_HERTZ = 20_000.0
_FLOOR_LOG = -30.0
# Harmonics that are added up in one row of a matrix product.
_GROUP = 16
_SILENT = np.zeros(0, np.complex64)
_NUMBERS = np.arange(1.0, 2000.0)


@cache
def _grid(rate: int, bands: int) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """For each of the _SIZE / 2 + 1 frequencies: the band below and how far it is to the next."""
    centres = band_centres(bands)
    hertz = np.linspace(0, rate / 2, _SIZE // 2 + 1)
    place = np.interp(hertz, centres, np.arange(bands))
    low = np.minimum(place.astype(np.intp), bands - 2)
    return low, (place - low).astype(np.float32)


@cache
def _noise_grid(rate: int) -> NDArray[np.float32]:
    """(8, _SIZE / 2 + 1): how much each aperiodicity band says at each frequency."""
    middles = [(a + b) / 2 for a, b in pairwise(APERIODICITY_EDGES[:-1])]
    middles.append(10_000.0)
    hertz = np.linspace(0, rate / 2, _SIZE // 2 + 1)
    return np.stack([np.interp(hertz, middles, row) for row in np.eye(len(middles))]).astype(np.float32)


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
        ramp = (np.arange(self.hop) + 1) / self.hop
        self._place, self._ramp = ramp, ramp.astype(np.float32)
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
        low, part = _grid(self.rate, len(density))
        known = np.maximum(density, _FLOOR_LOG, dtype=np.float32)
        envelope = known[low]
        envelope += np.diff(known)[low] * part
        if len(density) == BANDS:
            envelope -= _fall_above(self.rate)
        gain = np.exp(np.float32(0.5) * envelope)
        share = None
        if hertz > 0:
            share = np.clip(noise.astype(np.float32).dot(_noise_grid(self.rate)), 0.0, 1.0)
            gain *= np.sqrt(share)
        sound = self._breath(gain)
        voice = self._voice(hertz, envelope, share)
        return sound if voice is None else sound + voice

    def _breath(self, gain: NDArray[np.float32]) -> NDArray[np.float32]:
        """gain: (_SIZE / 2 + 1,) of white noise."""
        drawn = self._draw.standard_normal(2 * self.hop, np.float32)
        spectrum = np.fft.rfft(drawn, _SIZE)
        spectrum *= gain
        shaped = np.fft.irfft(spectrum, _SIZE)[: 2 * self.hop] * np.float32(sqrt(self.rate / CONTENT_RATE))
        out = shaped[: self.hop] * self._rise
        out += self._tail * self._fall
        self._tail = np.asarray(shaped[self.hop :], np.float32)
        return np.asarray(out, np.float32)

    def _voice(
        self, hertz: float, envelope: NDArray[np.float32], share: NDArray[np.float32] | None
    ) -> NDArray[np.float32] | None:
        before, after = self._hertz or hertz, hertz or self._hertz
        self._hertz = hertz
        old = self._harmonics
        new = _SILENT if share is None else self._coefficients(hertz, envelope, share)
        self._harmonics = new
        if not len(old) and not len(new):
            return None
        # Turns of the fundamental at each sample, its pitch going over from the last frame's to this one's.
        turns = self._turn + np.cumsum((before + (after - before) * self._place) / self.rate)
        self._turn = float(turns[-1] % 1.0)
        angle = ((turns - np.floor(turns)) * (2 * np.pi)).astype(np.float32)
        groups = -(-max(len(old), len(new)) // _GROUP)
        levels = np.zeros((2, groups * _GROUP), np.complex64)
        levels[0, : len(old)], levels[1, : len(new)] = old, new
        # Sums of _GROUP harmonics at once, each group then turned to its place: two products instead of a loop.
        spin = np.empty(self.hop, np.complex64)
        np.cos(angle, out=spin.real)
        np.sin(angle, out=spin.imag)
        low = _powers(spin, _GROUP)
        sums = (levels.reshape(2 * groups, _GROUP) @ low).reshape(2, groups, self.hop)
        both = sums[:, 0].real
        if groups > 1:
            both = both + (sums[:, 1:] * _powers(low[-1], groups - 1)).sum(axis=1).real
        return both[0] + (both[1] - both[0]) * self._ramp

    def _coefficients(
        self, hertz: float, envelope: NDArray[np.float32], share: NDArray[np.float32]
    ) -> NDArray[np.complex64]:
        """(harmonics,) amplitude and phase of each: 2 sqrt(density * pitch / 16 kHz), minimum phase."""
        count = max(1, int(min(_TOP_HERTZ, self.rate / 2 - 200) / hertz))
        cepstrum = np.fft.irfft(envelope, _SIZE)
        cepstrum[_SIZE // 2 + 1 :] = 0
        cepstrum[1 : _SIZE // 2] *= 2
        phase = np.fft.rfft(cepstrum).imag
        place = (hertz * _SIZE / self.rate) * _NUMBERS[:count]
        at = place.astype(np.intp)
        part = (place - at).astype(np.float32)
        after = at + 1
        known = envelope[at], envelope[after], phase[at], phase[after], share[at], share[after]
        level = known[0] + (known[1] - known[0]) * part
        angle = np.float32(0.5) * (known[2] + (known[3] - known[2]) * part)
        tone = np.maximum(1 - (known[4] + (known[5] - known[4]) * part), np.float32(1e-6))
        amplitude = np.float32(2 * sqrt(hertz / CONTENT_RATE)) * np.exp(np.float32(0.5) * level) * np.sqrt(tone)
        return np.asarray(amplitude * (np.cos(angle) + 1j * np.sin(angle)), np.complex64)


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


@cache
def _fall_above(rate: int) -> NDArray[np.float32]:
    """Where only 80 bands are known: 24 dB an octave down from 8 kHz."""
    hertz = np.linspace(0, rate / 2, _SIZE // 2 + 1)
    return (np.log(10) * 2.4 * np.log2(np.maximum(hertz / 8000.0, 1.0))).astype(np.float32)


def synthesise(
    hertz: NDArray[np.float32], density: NDArray[np.float32], noise: NDArray[np.float32], rate: int = SYNTHESIS_RATE
) -> NDArray[np.float32]:
    """The same of whole arrays, from the first frame's time on: ((n - 1) * hop,) samples."""
    maker = Synthesiser(rate)
    return maker.feed(hertz, density, noise)[maker.hop :]
