"""From a device's rate to ours and back, block by block: each sample as soon as it can be known.

Kaiser-windowed sinc by phases (J. Smith, "Digital audio resampling", CCRMA 2002). soxr's stream is a better filter but
lets go in lumps of up to 20 ms, which would have to be waited for.
"""

from math import ceil, gcd

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from performer.voice.front.stage import Samples

__all__ = ["Rates"]

# Zero crossings of the sinc on either side; what is passed of the lower half-rate; side lobes 80 dB down.
_CROSSINGS, _PASSED, _BETA = 20, 0.92, 8.0


class Rates:
    """Blocks of any length at `of` Hz in, what became known at `to` Hz out; `delay` seconds behind."""

    def __init__(self, of: int, to: int) -> None:
        shared = gcd(of, to)
        # Each output lies _step / _phases input samples after the one before.
        self._phases, self._step = to // shared, of // shared
        wide = max(1.0, of / to)
        self._half = ceil(_CROSSINGS * wide)
        self.delay = self._half / of
        away = np.arange(-self._half + 1, self._half + 1)[None, :] - np.arange(self._phases)[:, None] / self._phases
        share = _PASSED / wide
        shape = np.i0(_BETA * np.sqrt(np.clip(1 - np.square(away / self._half), 0, None))) / np.i0(_BETA)
        table = share * np.sinc(share * away) * shape
        self._table: NDArray[np.float32] = (table / table.sum(axis=1, keepdims=True)).astype(np.float32)
        self.reset()

    def reset(self) -> None:
        # What lies before the first sample is silence; `_place`: of the next output, in phases from the line's start.
        self._line = np.zeros(self._half - 1, np.float32)
        self._place = 0

    def feed(self, block: Samples) -> Samples:
        """block: (n,) -> (about n * to / of,)"""
        line = np.concatenate([self._line, block])
        last = (len(line) - 2 * self._half) * self._phases + self._phases - 1
        count = max(0, (last - self._place) // self._step + 1)
        if not count:
            self._line = line
            return np.zeros(0, np.float32)
        places = self._place + self._step * np.arange(count)
        first, phase = places // self._phases, places % self._phases
        out = np.einsum("nk,nk->n", sliding_window_view(line, 2 * self._half)[first], self._table[phase])
        after = self._place + self._step * count
        whole = min(after // self._phases, len(line))
        self._place = after - whole * self._phases
        self._line = line[whole:]
        return out.astype(np.float32)
