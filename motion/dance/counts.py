"""From the song map to counts: the even pulse that moves are written in, and time <-> count both ways.

Counts follow the song's own beats, so every change of tempo is followed too. Very fast songs are danced at half
time and very slow ones at double time, as dancers do.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from motion.music.song_map import SongMap

__all__ = ["Counts", "BarCounts", "count_song"]

# Above and below these tempi people change to half or double time (counts per minute).
FASTEST, SLOWEST = 162.0, 66.0
_IDLE_PERIOD = 0.55


@dataclass(frozen=True, slots=True)
class BarCounts:
    """Number of the bar's first count, and how many counts it has."""

    first: int
    counts: int


@dataclass(frozen=True, slots=True)
class Counts:
    """times: (n,) seconds of the counts. bars: one entry per bar of the song map. No counts: n = 0.

    The grid goes on evenly before the first and after the last count.
    """

    times: NDArray[np.float64]
    bars: tuple[BarCounts, ...]
    period: float

    @property
    def per_minute(self) -> float:
        return 60.0 / self.period

    def at(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        """Count position (0 = the first count) at times in seconds; smooth and increasing."""
        if len(self.times) < 2:
            return np.asarray(times, dtype=np.float64) / self.period
        return self._curve()(times)

    def time(self, count: float) -> float:
        """Seconds at a count position, linear between counts."""
        n = len(self.times)
        if n < 2:
            return count * self.period
        if count <= 0:
            return float(self.times[0] + count * self.period)
        if count >= n - 1:
            return float(self.times[-1] + (count - n + 1) * self.period)
        return float(np.interp(count, np.arange(n), self.times))

    def _curve(self) -> PchipInterpolator:
        # Far ends, so that any time can be asked for.
        far = 4.0e3
        times = np.concatenate(([self.times[0] - far * self.period], self.times, [self.times[-1] + far * self.period]))
        n = len(self.times)
        return PchipInterpolator(times, np.concatenate(([-far], np.arange(n), [n - 1 + far])))


def count_song(song: SongMap) -> Counts:
    """Lay the counts over the song's bars. Songs without bars give no counts."""
    beats = np.asarray(song.beats, dtype=np.float64)
    if not song.bars or not len(beats):
        # Bars of a song without a pulse are only a ruler; nobody can dance on them.
        return Counts(np.zeros(0), (), _IDLE_PERIOD)
    length = np.array([(bar.end - bar.start) / max(bar.beats, 1) for bar in song.bars])
    period = float(np.median(length))
    fast, slow = 60.0 / period > FASTEST, 60.0 / period < SLOWEST
    times: list[float] = []
    bars: list[BarCounts] = []
    for bar in song.bars:
        number = max(bar.beats, 1)
        inside = beats[(beats > bar.start - 0.06) & (beats < bar.end - 0.06)]
        even = np.linspace(bar.start, bar.end, number, endpoint=False)
        own = inside if len(inside) == number else even
        if fast:
            own = own[::2]
        elif slow:
            ends = np.append(own[1:], bar.end)
            own = np.stack((own, (own + ends) / 2), axis=-1).ravel()
        start = len(times)
        times += [float(t) for t in own if not times or t > times[-1] + 0.05]
        bars.append(BarCounts(start, len(times) - start))
    period *= 2.0 if fast else 0.5 if slow else 1.0
    return Counts(np.array(times), tuple(bars), period)
