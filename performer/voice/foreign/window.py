"""Windows of a performance through a model that is not causal, and the seams between what they give.

Each window has sound before its chunk (context) and behind it (ahead), so that the model knows what surrounds the
chunk. Neighbours overlap: the newer one is moved by up to half of `search` to where it runs along with the older one's
end (SOLA: S. Roucos, A. Wilgus, "High quality time-scale modification for speech", ICASSP 1985), then they cross over.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["GRID_SECONDS", "LIVE", "OFFLINE", "Seam", "Window"]

# Windows begin at multiples of this: a whole number of features, of pitch frames, and of samples at every usual rate.
GRID_SECONDS = 0.04
# A seam stays where it is unless another place is better by more than this (of a correlation of 1).
_REST = 0.02


@dataclass(frozen=True, slots=True)
class Window:
    """Seconds. chunk and context are multiples of GRID_SECONDS; so is crossfade + search + ahead."""

    chunk: float
    context: float
    crossfade: float
    search: float
    ahead: float

    @property
    def tail(self) -> float:
        """What a window holds behind its chunk."""
        return self.crossfade + self.search + self.ahead

    @property
    def latency(self) -> float:
        """By how much the output lags behind the input when chunks are made as they come."""
        return self.chunk + self.tail - self.search / 2

    def samples(self, rate: int) -> tuple[int, int, int, int]:
        """(context, chunk, crossfade, search) in samples at `rate`."""
        context, chunk, crossfade, search = (
            round(seconds * rate) for seconds in (self.context, self.chunk, self.crossfade, self.search)
        )
        return context, chunk, crossfade, search


LIVE = Window(chunk=0.24, context=0.56, crossfade=0.04, search=0.01, ahead=0.03)
OFFLINE = Window(chunk=8.0, context=1.0, crossfade=0.04, search=0.01, ahead=0.47)


class Seam:
    """Joins the chunks of neighbouring windows."""

    def __init__(self, window: Window, rate: int) -> None:
        self._context, self.chunk, self._fade, self._search = window.samples(rate)
        self._rise = (np.sin(0.5 * np.pi * (np.arange(self._fade) + 0.5) / self._fade) ** 2).astype(np.float32)
        self._end: NDArray[np.float32] | None = None

    def join(self, rendered: NDArray[np.float32]) -> NDArray[np.float32]:
        """rendered: a whole window's sound, (context + chunk + crossfade + search or more,) -> (chunk,)."""
        part = rendered[self._context : self._context + self.chunk + self._fade + self._search]
        at = self._search // 2 if self._end is None else self._place(part)
        out = part[at : at + self.chunk].copy()
        if self._end is not None:
            out[: self._fade] = self._end * (1 - self._rise) + out[: self._fade] * self._rise
        self._end = part[at + self.chunk : at + self.chunk + self._fade].copy()
        return out

    def _place(self, part: NDArray[np.float32]) -> int:
        """Where in `part` the end of the older chunk goes on best."""
        assert self._end is not None
        middle = self._search // 2
        heard = part[: self._fade + self._search].astype(np.float64)
        end = self._end.astype(np.float64)
        size = float(np.sqrt(end @ end))
        if size < 1e-6:
            return middle
        sizes = np.sqrt(np.convolve(np.square(heard), np.ones(self._fade), "valid").clip(1e-12))
        likeness = np.correlate(heard, end, "valid") / (size * sizes)
        likeness -= _REST * np.abs(np.arange(len(likeness)) - middle) / max(1, middle)
        return int(np.argmax(likeness))
