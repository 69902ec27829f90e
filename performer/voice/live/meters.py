"""What the loop tells of itself: levels, load, drops, delay. Every number is measured."""

from collections import deque
from dataclasses import dataclass

import numpy as np

from performer.voice.front.stage import Meter, Samples

__all__ = ["Levels", "LiveMeters", "Load"]

# Blocks of 10 ms over which load is judged, and how fast a level's needle falls a block (20 dB/s).
_BLOCKS = 1000
_FALLS = 10 ** (-0.2 / 20)
_SILENT = 1e-5


class Levels:
    """A peak meter: jumps up, falls slowly. db: of full scale, -100 at the least. clipped: blocks that touched it."""

    def __init__(self) -> None:
        self._peak = 0.0
        self.clipped = 0

    def feed(self, block: Samples) -> None:
        peak = float(np.abs(block).max(initial=0.0))
        self.clipped += peak >= 0.999
        self._peak = max(peak, self._peak * _FALLS)

    @property
    def db(self) -> float:
        return 20 * float(np.log10(max(self._peak, _SILENT)))


class Load:
    """Time that blocks took, as a share of how long they last."""

    def __init__(self) -> None:
        self._shares: deque[float] = deque(maxlen=_BLOCKS)
        self.late = 0

    def feed(self, share: float) -> None:
        self._shares.append(share)
        self.late += share > 1.0

    def percentile(self, percent: float) -> float:
        """0 before the first block."""
        return float(np.percentile(list(self._shares), percent)) if self._shares else 0.0


@dataclass(frozen=True, slots=True)
class LiveMeters:
    """blocks: of 10 ms so far; silent: those in which no microphone was there. load_*: time in front and voice / 10 ms.
    late: blocks that took longer than they last. microphone_drops, loudspeaker_drops: samples lost for want of room,
    samples of silence for want of sound. algorithm, buffers: seconds of delay by computing and by waiting (the
    middle of the last second), devices' own hardware not known. trouble: what the devices say, empty: all is well."""

    blocks: int
    silent: int
    microphone_db: float
    voice_db: float
    clipped: int
    load_p50: float
    load_p99: float
    late: int
    microphone_drops: int
    loudspeaker_drops: int
    skipped: int
    algorithm: float
    buffers: float
    music: float
    stages: tuple[Meter, ...]
    trouble: tuple[str, ...]
