"""An ear beside the chain: is there a tone, is there music? So that neither is taken for noise.

Every 20 ms a spectrum of the last 85 ms is looked at. `tonal` is the share of power in tops that stand out of their
neighbours: voices, held notes and music have it, fans and hiss do not. A top that keeps its place within a few cents
for 80 ms is a note; a voice that speaks moves faster, a hum stays far longer. `music` is how much of the last seconds
was carried by notes that stay and then change.
"""

import numpy as np
from numpy.typing import NDArray

from performer.voice.front.howl import peaks, spectrum
from performer.voice.front.stage import RATE, Samples

__all__ = ["Ear"]

_GRID = 960
_SIZE = 4096
_BIN = RATE / _SIZE
_LOWEST, _HIGHEST = int(70 / _BIN), int(8000 / _BIN)
_QUIETEST = 10 ** (-75 / 10)
# Neighbours close enough to lie between the harmonics of a bass, and a mains hum's are too close: that is noise.
_NEAR, _OVER = (3, 5), 12.0
# A top stays if it moved less than this between looks: cents, and bins (what noise moves it by).
_STAY_CENTS, _STAY_BINS = 5.0, 0.06
_NOTE_LOOKS = 4
# What lasts longer than this (4 s) without moving is a hum, no note.
_HUM_LOOKS = 200
_TONAL_SECONDS, _MUSIC_SECONDS = 0.1, 2.0
# Share of power in notes that stay, over two seconds, at which it is music for sure; speech stays under a quarter.
_MUSIC_SHARE = 0.08


class Ear:
    """Sound in, judgements out; changes nothing. tonal, music: 0..1."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self._filled = 0
        self._kept = np.zeros(_GRID, np.float32)
        self._sound = np.zeros(_SIZE, np.float32)
        self._bins = np.zeros(0)
        self._ages = np.zeros(0)
        self.tonal = 0.0
        self.music = 0.0
        self._notes = 0.0
        self.stays = 0.0

    def hear(self, block: Samples, power: NDArray[np.float32] | None = None) -> None:
        """block: (n,) at 48 kHz. power: (2049,) the spectrum of the last 85 ms up to the end of `block`, where somebody
        else has it already (`Howl.power`); it is asked for only if a look is due then."""
        at = 0
        while at < len(block):
            count = min(_GRID - self._filled, len(block) - at)
            self._kept[self._filled : self._filled + count] = block[at : at + count]
            self._filled += count
            at += count
            if self._filled == _GRID:
                self._filled = 0
                self._sound = np.concatenate([self._sound[_GRID:], self._kept])
                self._look(power if at == len(block) else None)

    def _look(self, power: NDArray[np.float32] | None) -> None:
        if power is None:
            power = spectrum(self._sound)
        found = peaks(power, _LOWEST, _HIGHEST, _QUIETEST, _NEAR)
        clear = found.over > _OVER
        bins, level = found.bins[clear], found.power[clear]
        total = float(power[_LOWEST:_HIGHEST].sum()) / 1.5 + 0.1 * _QUIETEST
        ages = self._aged(bins)
        self._bins, self._ages = bins, ages
        tonal = min(1.0, float(level.sum()) / total)
        self.stays = min(1.0, float(level[(ages >= _NOTE_LOOKS) & (ages < _HUM_LOOKS)].sum()) / total)
        step = _GRID / RATE
        self.tonal += step / _TONAL_SECONDS * (tonal - self.tonal)
        self._notes += step / _MUSIC_SECONDS * (self.stays - self._notes)
        self.music = min(1.0, self._notes / _MUSIC_SHARE)

    def _aged(self, bins: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n,) for how many looks each top has been where it is."""
        if not len(bins) or not len(self._bins):
            return np.zeros(len(bins))
        right = np.clip(np.searchsorted(self._bins, bins), 1, max(1, len(self._bins) - 1))
        near = np.stack([right - 1, np.minimum(right, len(self._bins) - 1)])
        away = np.abs(self._bins[near] - bins)
        nearest = np.take_along_axis(near, away.argmin(axis=0)[None], axis=0)[0]
        allowed = _STAY_BINS + bins * (2 ** (_STAY_CENTS / 1200) - 1)
        return np.where(away.min(axis=0) < allowed, self._ages[nearest] + 1, 0.0)
