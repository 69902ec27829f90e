"""Mixtures without end: a voice with effects over the stems of a piece at chance levels, as spectra of mid and side.

Voices and accompaniments are transformed once and paired anew many times, as transforms cost more than sums.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.fft import rfft
from scipy.ndimage import gaussian_filter1d
from scipy.signal import fftconvolve

from motion.music.separate_grid import BINS, cells_of, hop_of, levels, window_of
from performer.voice.train.separation.sources import RATE

__all__ = ["Batch", "Mixer"]

_FULL = 1 / 32767
# How a voice's file begins, and how often such a one is drawn: readings as recorded, recorded syllables and notes, the
# built-in songs, readings made to sing high, readings made to sing.
_KINDS = {"read_": 0.3, "phrase_": 0.04, "yuki_": 0.16, "own_": 0.06, "high_": 0.15, "": 0.29}
_LOOK_EVERY = 50
_BEGUN = 0.12


@dataclass(frozen=True, slots=True)
class Batch:
    """All (b, n, 2, 448): heard, what the network is given; mix, size of its spectrum; along, the voice's part that has
    the mix's phase, and across, the rest. A share m errs by (m * mix - along)^2 + across^2."""

    heard: NDArray[np.float32]
    mix: NDArray[np.float32]
    along: NDArray[np.float32]
    across: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Source:
    """A voice or an accompaniment, mean power of a bin 1: spectra (n, 2, 1024), power (n, 2, 448) of each cell."""

    spectra: NDArray[np.complex64]
    power: NDArray[np.float32]


def _spectra(sound: NDArray[np.float32], frames: int) -> NDArray[np.complex64]:
    """(samples, 2) -> (frames, 2, 1024) of mid and side."""
    hop, window = hop_of(RATE), window_of(RATE)
    both = np.stack([(sound[:, 0] + sound[:, 1]) * 0.5, (sound[:, 0] - sound[:, 1]) * 0.5])
    pieces = sliding_window_view(both, len(window), axis=1)[:, ::hop][:, :frames]
    spectra = np.asarray(rfft(pieces * window, axis=2), np.complex64)
    return spectra[:, :, :BINS].transpose(1, 0, 2)


def _colour(rng: np.random.Generator, strength_db: float) -> NDArray[np.float32]:
    """(1024,) a smooth gain over frequency, on a logarithmic scale."""
    place = np.log2(np.arange(BINS) + 4.0)
    curve = np.zeros(BINS)
    for _ in range(3):
        curve += np.sin(2 * np.pi * (place * rng.uniform(0.05, 0.4) + rng.random())) * rng.normal(0, strength_db / 2)
    if rng.random() < 0.25:
        curve -= 60.0 * np.clip((np.arange(BINS) - rng.uniform(0.3, 1.0) * BINS) / 20.0, 0, 1)
    return (10.0 ** (curve / 20)).astype(np.float32)


def _room(rng: np.random.Generator) -> NDArray[np.float32]:
    """(samples, 2) what a studio does to a voice: doubled, echoed, in a hall, a little beside the middle."""
    length = int(RATE * 1.6)
    out = np.zeros((length, 2))
    pan = 0.0 if rng.random() < 0.5 else np.clip(rng.normal(0, 0.15), -0.9, 0.9)
    out[0] = np.sqrt(1 - pan), np.sqrt(1 + pan)
    if rng.random() < 0.25:
        for side in range(2):
            out[int(RATE * rng.uniform(0.008, 0.035)), side] += rng.uniform(0.3, 0.9)
    if rng.random() < 0.2:
        step, fall = int(RATE * rng.uniform(0.12, 0.5)), rng.uniform(0.15, 0.45)
        for count in range(1, length // step + 1):
            if count * step < length:
                out[count * step] += fall**count * np.array([1.0, 0.3] if count % 2 else [0.3, 1.0])
    if rng.random() < 0.8:
        seconds = rng.uniform(0.25, 2.2)
        t = np.arange(length) / RATE
        tail = rng.standard_normal((length, 2)) * np.exp(-6.9 * t / seconds)[:, None]
        tail = gaussian_filter1d(tail, rng.uniform(0.5, 4.0), axis=0)
        early = int(RATE * rng.uniform(0.0, 0.04))
        wet = 10 ** (rng.uniform(-26, -4) / 20)
        tail *= wet * np.sqrt(2) / np.sqrt(np.square(tail).sum())
        out[early:] += tail[: length - early]
    return out.astype(np.float32)


def _squeezed(sound: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """(samples,) compressed by a chance amount."""
    hop = 480
    count = len(sound) // hop + 1
    level = np.sqrt(np.square(np.pad(sound, (0, count * hop - len(sound)))).reshape(count, hop).mean(1))
    level = gaussian_filter1d(level, rng.uniform(0.6, 4.0)) + 1e-4
    gain = (level / level.max()).clip(0.02) ** -rng.uniform(0.0, 0.6)
    return sound * np.interp(np.arange(len(sound)), np.arange(count) * hop, gain).astype(np.float32)


class Mixer:
    """Draws batches of `frames` from the sources in a folder."""

    def __init__(self, folder: Path, frames: int, seed: int) -> None:
        self._folder = folder
        self._frames = frames
        self._rng = np.random.default_rng(seed)
        self._samples = (frames + 3) * hop_of(RATE)
        self._voices: dict[str, list[NDArray[np.int16]]] = {kind: [] for kind in _KINDS}
        self._backings: list[NDArray[np.int16]] = []
        self._known: set[Path] = set()
        self.look()

    def look(self) -> int:
        """Take in what is there by now; how many sources."""
        for folder in ("voices", "backings"):
            for path in sorted(set((self._folder / folder).glob("*.npy")) - self._known):
                self._known.add(path)
                kind = next((kind for kind in _KINDS if path.name.startswith(kind)), "")
                kept = self._voices[kind] if folder == "voices" else self._backings
                kept.append(np.load(path, mmap_mode="r"))
        return len(self._known)

    def _singer(self) -> NDArray[np.int16]:
        kinds = [kind for kind in _KINDS if self._voices[kind]]
        chances = np.array([_KINDS[kind] for kind in kinds])
        kept = self._voices[kinds[int(self._rng.choice(len(kinds), p=chances / chances.sum()))]]
        return kept[int(self._rng.integers(len(kept)))]

    def _crop(self, sound: NDArray[np.int16], speed: float) -> NDArray[np.float32]:
        """A piece of (..., samples, channels) along its second last axis, played at `speed`."""
        wanted = int(self._samples * speed) + 2
        first = int(self._rng.integers(max(1, sound.shape[-2] - wanted + 1)))
        piece = np.asarray(sound[..., first : first + wanted, :], np.float32) * np.float32(_FULL)
        if piece.shape[-2] < wanted:
            piece = np.concatenate([piece, np.zeros((*piece.shape[:-2], wanted - piece.shape[-2], piece.shape[-1]),
                                                    np.float32)], axis=-2)  # fmt: skip
        if speed == 1.0:
            return piece[..., : self._samples, :]
        place = np.arange(self._samples) * speed
        low = place.astype(np.intp)
        part = (place - low).astype(np.float32)[:, None]
        return np.asarray(piece[..., low, :] * (1 - part) + piece[..., low + 1, :] * part, np.float32)

    def _line(self) -> NDArray[np.float32]:
        """(samples,) of some singer, one song's words after another."""
        rng, out, at = self._rng, np.zeros(self._samples, np.float32), 0
        speed = 1.0 if rng.random() < 0.4 else float(rng.uniform(0.8, 1.35))
        while at < self._samples:
            sound = self._singer()
            piece = self._crop(sound[:, None], speed)[:, 0]
            piece = piece[: int(min(len(piece), len(sound) / speed))][: self._samples - at]
            out[at : at + len(piece)] = piece
            at += len(piece) + int(rng.uniform(0, 0.4) * RATE)
        return out

    def _voice(self) -> NDArray[np.float32]:
        """(samples, 2)"""
        rng = self._rng
        out = np.zeros((self._samples, 2), np.float32)
        for count in range(1 + int(rng.random() < 0.15)):
            line = _squeezed(self._line(), rng)
            line *= (0.5 if count else 1.0) / (np.sqrt(np.mean(np.square(line))) + 1e-4)
            out += fftconvolve(np.stack([line, line], 1), _room(rng), axes=0)[: self._samples]
        return out

    def _moved(self, song: NDArray[np.int16]) -> NDArray[np.float32]:
        return self._crop(song, 1.0 if self._rng.random() < 0.5 else float(self._rng.uniform(0.8, 1.25)))

    def _backing(self) -> NDArray[np.float32]:
        """(samples, 2)"""
        rng, out = self._rng, np.zeros((self._samples, 2), np.float32)
        for _ in range(1 if rng.random() < 0.6 else 2):
            song = self._backings[int(rng.integers(len(self._backings)))]
            # Stems of a made piece may go their own ways: lower, higher, from another moment.
            apart = len(song) > 1 and rng.random() < 0.3
            pieces = self._moved(song) if not apart else [self._moved(stem[None])[0] for stem in song]
            for piece in pieces:
                if len(pieces) > 1 and rng.random() < 0.15:
                    continue
                level = np.sqrt(np.mean(np.square(piece))) + 1e-3
                gain = 10 ** (rng.normal(0, 4) / 20) / level ** rng.uniform(0.3, 1.0)
                if rng.random() < 0.25:
                    pan = rng.uniform(-1, 1)
                    piece = piece.mean(1, keepdims=True) * np.array([1 - pan, 1 + pan], np.float32)
                elif rng.random() < 0.5:
                    piece = piece[:, ::-1]
                out += piece * np.float32(gain)
        if rng.random() < 0.1:
            out += rng.standard_normal(out.shape, np.float32) * np.float32(0.05 * rng.random())
        return out

    def batches(self, size: int, pairings: int, most: int = 96) -> Iterator[Batch]:
        """Without end: `size` mixtures of some voices and accompaniments that are kept transformed; after `pairings`
        batches one more of each is made, beyond `most` in the place of another."""
        rng = self._rng
        voices: list[_Source] = []
        backings: list[_Source] = []
        for count in itertools.count():
            if count % _LOOK_EVERY == 0:
                self.look()
            for _ in range(1 if voices else size):
                for pool, make, strength_db in ((voices, self._voice, 5.0), (backings, self._backing, 4.0)):
                    if len(pool) >= most:
                        pool.pop(int(rng.integers(len(pool))))
                    pool.append(self._levelled(_spectra(make(), self._frames), strength_db))
            for _ in range(pairings):
                chosen = (rng.choice(len(pool), size, replace=False) for pool in (voices, backings))
                yield self._paired(
                    *([pool[k] for k in places] for pool, places in zip((voices, backings), chosen, strict=True))
                )

    def _begun_and_ended(self, frames: int) -> NDArray[np.float32]:
        """(frames, 1, 1) 1, but 0 before a chance beginning or behind a chance end: songs have both, and a network that
        never met them takes whatever is beside silence for a voice."""
        heard = np.ones((frames, 1, 1), np.float32)
        chance, count = self._rng.random(), int(self._rng.integers(4, max(5, frames * 2 // 3)))
        if chance < _BEGUN:
            heard[:count] = 0
        elif chance < 2 * _BEGUN:
            heard[frames - count :] = 0
        return heard

    def _levelled(self, spectra: NDArray[np.complex64], colour_db: float) -> _Source:
        coloured = spectra * _colour(self._rng, colour_db)
        power = np.asarray(np.square(coloured.real) + np.square(coloured.imag), np.float32)
        size = np.float32(np.sqrt(np.mean(power)) + 1e-6)
        return _Source(coloured / size, cells_of(power / np.square(size)))

    def _paired(self, voices: list[_Source], backings: list[_Source]) -> Batch:
        rng = self._rng
        rows: list[tuple[NDArray[np.float32], ...]] = []
        for voice, backing in zip(voices, backings, strict=True):
            chance = rng.random()
            loud = np.float32(0.0 if chance < 0.06 else 10 ** (np.clip(rng.normal(-2, 5), -14, 12) / 20))
            played = np.float32(0.0 if chance > 0.97 else 1.0)
            one, two = voice.spectra, backing.spectra
            # Sums of products over each cell: of the voice, and of the voice with the accompaniment.
            alone = np.square(loud) * voice.power
            product = np.asarray(one.real * two.real + one.imag * two.imag, np.float32)
            shared = (loud * played) * cells_of(product)
            power = np.maximum(alone + 2 * shared + np.square(played) * backing.power, 0)
            size = np.sqrt(power)
            along = (alone + shared) / (size + 1e-9)
            heard = self._begun_and_ended(len(power))
            alone, along, power, size = alone * heard, along * heard, power * heard, size * heard
            mean = np.float32(1 / (np.sqrt(float(power.mean())) + 1e-6))
            across = np.sqrt(np.maximum(alone - np.square(along), 0))
            shown = (levels(power), size * mean, along * mean, across * mean)
            rows.append(tuple(np.asarray(part, np.float32) for part in shown))
        return Batch(*(np.stack(parts) for parts in zip(*rows, strict=True)))
