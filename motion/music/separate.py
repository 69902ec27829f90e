"""Voice and accompaniment out of a mix, in pieces of any size; their sum is the mix.

A network hears the spectra of mid and side (`separate_grid`) in long overlapping pieces that lie at fixed places of the
song, so that it does not matter how the sound was cut. It gives each bin of the voice a share of the mix; the
accompaniment is what is left. No file is opened here; the network is `separate_network`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.fft import irfft, rfft

from motion.errors import UserError
from motion.music.separate_grid import BINS, bins_of, cells_of, hop_of, levels, window_of

__all__ = ["CONTEXT", "CORE", "Parted", "PartingError", "SeparationNetwork", "Separator", "parted_blocks", "separate"]

CORE, CONTEXT = 512, 80
"""Windows of a piece that are used (8 s), and those on either side that the network only hears (1.3 s)."""
_FADE = 32
_STEP = CORE - _FADE
# Bins above the network's take what holds for so many cells below.
_TOP_CELLS = 8
_LOWEST_RATE, _HIGHEST_RATE = 8_000, 192_000


class PartingError(UserError):
    """The sound is not one that can be parted."""


class SeparationNetwork(Protocol):
    def __call__(self, heard: NDArray[np.float32]) -> NDArray[np.float32]:
        """heard: (CONTEXT + CORE + CONTEXT, 2, 448) levels -> the same shape, the voice's share 0..1."""
        ...


@dataclass(frozen=True, slots=True)
class Parted:
    """voice and backing: (samples, channels) float32; their sum is what was given in."""

    voice: NDArray[np.float32]
    backing: NDArray[np.float32]


class Separator:
    """A mix in, voice and accompaniment out, `latency` seconds later at most; ends with `finish`."""

    def __init__(self, network: SeparationNetwork, rate: int, channels: int = 2) -> None:
        """rate: Hz, 8 to 192 kHz. channels: 1 or 2.

        Raises:
            PartingError: another rate or number of channels.
        """
        if not _LOWEST_RATE <= rate <= _HIGHEST_RATE or channels not in (1, 2):
            raise PartingError(
                f"a sound of {channels} channels at {rate} Hz cannot be parted; give one or two channels at "
                f"{_LOWEST_RATE} to {_HIGHEST_RATE} Hz"
            )
        self.rate, self.channels = rate, channels
        self._network = network
        self._hop = hop_of(rate)
        self.latency = (CORE + CONTEXT + 3) * self._hop / rate
        self.reset()

    def reset(self) -> None:
        """As new: another song may begin."""
        # Window f covers the samples from (f - 3) hops to (f + 1) hops; what is kept begins with window -CONTEXT.
        self._mix = np.zeros(((CONTEXT + 3) * self._hop, self.channels), np.float32)
        self._waiting: list[NDArray[np.float32]] = []
        self._fading: NDArray[np.float32] | None = None
        self._tail = np.zeros((3 * self._hop, self.channels), np.float32)
        self._before = 3 * self._hop
        self._taken = self._given = 0

    def feed(self, block: NDArray[np.float32]) -> Parted:
        """block: (samples, channels) -> what of the song is ready, from where the last call ended."""
        if block.ndim != 2 or block.shape[1] != self.channels:
            raise PartingError(f"a block of shape {block.shape} was given, not of (samples, {self.channels})")
        self._taken += len(block)
        finite = np.nan_to_num(block, posinf=0.0, neginf=0.0).astype(np.float32)
        self._waiting.append(finite)
        return _joined(self._ready(), self.channels)

    def finish(self) -> Parted:
        """The rest of the song; the separator is then as new."""
        parts: list[Parted] = []
        while self._given < self._taken:
            missing = max(0, self._needed - self._there)
            self._waiting.append(np.zeros((missing, self.channels), np.float32))
            parts += self._ready()
        rest = _joined(parts, self.channels)
        count = len(rest.voice) - (self._given - self._taken)
        self.reset()
        return Parted(rest.voice[:count], rest.backing[:count])

    @property
    def _needed(self) -> int:
        return (CONTEXT + CORE + CONTEXT + 3) * self._hop

    @property
    def _there(self) -> int:
        return len(self._mix) + sum(map(len, self._waiting))

    def _ready(self) -> list[Parted]:
        done = list[Parted]()
        if self._there < self._needed:
            return done
        self._mix = np.concatenate([self._mix, *self._waiting])
        self._waiting.clear()
        while len(self._mix) >= self._needed:
            done.append(self._piece(self._mix[: self._needed]))
            self._mix = self._mix[_STEP * self._hop :]
        return done

    def _piece(self, mix: NDArray[np.float32]) -> Parted:
        """(samples, channels) of a piece and its surroundings -> the samples that are settled by it."""
        hop, window = self._hop, window_of(self.rate)
        # Mid and side of a stereo sound, the sound itself of a mono one.
        turned = np.stack([(mix[:, 0] + mix[:, -1]) / 2, (mix[:, 0] - mix[:, -1]) / 2])[: self.channels]
        frames = sliding_window_view(turned, 4 * hop, axis=1)[:, ::hop]
        spectra = np.asarray(rfft(frames * window, axis=2)).transpose(1, 0, 2)
        parts = spectra[CONTEXT : CONTEXT + _STEP] * self._share(spectra)
        pieces = (np.asarray(irfft(parts, 4 * hop, axis=2)) * (window / 2)).astype(np.float32)
        voice = self._overlapped(pieces)
        if self.channels == 2:
            voice = np.stack([voice[:, 0] + voice[:, 1], voice[:, 0] - voice[:, 1]], axis=1)
        here = mix[CONTEXT * hop : (CONTEXT + _STEP) * hop]
        voice, here = voice[self._before :], here[self._before :]
        self._before = 0
        self._given += len(voice)
        return Parted(voice, here - voice)

    def _share(self, spectra: NDArray[np.complex64]) -> NDArray[np.float32]:
        """(all windows, channels, bins) -> (_STEP, channels, bins) the voice's share, faded over from the last's."""
        bins = spectra.shape[2]
        power = np.zeros((len(spectra), 2, BINS), np.float32)
        known = spectra[:, :, :BINS]
        power[:, : self.channels, : known.shape[2]] = np.square(known.real) + np.square(known.imag)
        share = self._network(levels(cells_of(power)))[CONTEXT : CONTEXT + CORE]
        if self._fading is not None:
            rise = ((np.arange(_FADE, dtype=np.float32) + 0.5) / _FADE)[:, None, None]
            first = (share[:_FADE] * rise + self._fading * (1 - rise)).astype(np.float32)
            share = np.concatenate([first, share[_FADE:]])
        self._fading = share[_STEP:]
        share = share[:_STEP, : self.channels]
        above = share[:, :, -_TOP_CELLS:].mean(axis=2, keepdims=True)
        wide = [bins_of(share), np.repeat(above, max(0, bins - BINS), axis=2)]
        return np.concatenate(wide, axis=2)[:, :, :bins]

    def _overlapped(self, pieces: NDArray[np.float32]) -> NDArray[np.float32]:
        """(_STEP, channels, 4 hops) windows -> (_STEP hops, channels), of which the first three began before."""
        hop = self._hop
        out = np.zeros((_STEP + 3, hop, self.channels), np.float32)
        for quarter in range(4):
            out[quarter : quarter + _STEP] += pieces[:, :, quarter * hop : (quarter + 1) * hop].transpose(0, 2, 1)
        flat = out.reshape(-1, self.channels)
        flat[: 3 * hop] += self._tail
        self._tail = flat[_STEP * hop :]
        return flat[: _STEP * hop]


def _joined(parts: Sequence[Parted], channels: int) -> Parted:
    none = np.zeros((0, channels), np.float32)
    return Parted(
        np.concatenate([none, *(part.voice for part in parts)]),
        np.concatenate([none, *(part.backing for part in parts)]),
    )


def parted_blocks(
    blocks: Iterable[NDArray[np.float32]], network: SeparationNetwork, rate: int, channels: int
) -> Iterator[Parted]:
    """A song in blocks of (samples, channels) -> the same in parts; memory stays small however long it is."""
    separator = Separator(network, rate, channels)
    for block in blocks:
        if len((part := separator.feed(block)).voice):
            yield part
    yield separator.finish()


def separate(sound: NDArray[np.float32], network: SeparationNetwork, rate: int) -> Parted:
    """sound: (samples, channels), a whole song."""
    return _joined(list(parted_blocks([sound], network, rate, sound.shape[1])), sound.shape[1])
