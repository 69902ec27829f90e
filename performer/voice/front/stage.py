"""What every stage in front of the voice is: blocks of any length in, blocks of the same length out, a switch, a meter.

A stage takes its decisions on a fixed grid of its own, counted in samples since `reset`, never at the edges of the
blocks that it is fed: so any split of a sound gives the same result.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["RATE", "Meter", "Samples", "Stage"]

RATE = 48_000
"""Samples per second of everything in front of the voice."""

Samples = NDArray[np.float32]
# A switch is a fade of 10 ms: neither a click nor a wait.
_FADE = 480


@dataclass(frozen=True, slots=True)
class Meter:
    """active: is it at work at this moment? db: what it takes away now, >= 0. says: more, where there is more."""

    name: str
    on: bool
    active: bool
    db: float
    says: str = ""


class Stage(ABC):
    """One step of the chain.

    name: as in the settings. delay: samples by which it lags, the same whether it is switched on or off.
    on: may be set at any time; the change is faded.
    """

    name: str
    delay: int = 0

    def __init__(self, grid: int, *, on: bool) -> None:
        self.on = on
        self._grid = grid
        self._start()

    def _start(self) -> None:
        self._filled = 0
        self._kept = np.zeros(self._grid, np.float32)
        self._late = np.zeros(self.delay, np.float32)
        self._wet = 1.0 if self.on else 0.0

    def reset(self) -> None:
        """Forget all that was heard."""
        self._start()

    @property
    def meter(self) -> Meter:
        active, db = self._work()
        return Meter(self.name, self.on, self.on and active, db if self.on else 0.0, self._say() if self.on else "")

    def feed(self, block: Samples) -> Samples:
        """block: (n,) finite, any n >= 0 -> (n,), which may be `block` itself"""
        if 0 < len(block) <= self._grid - self._filled:
            return self._fed(block)
        out = np.empty(len(block), np.float32)
        at = 0
        while at < len(block):
            count = min(self._grid - self._filled, len(block) - at)
            out[at : at + count] = self._fed(block[at : at + count])
            at += count
        return out

    def _fed(self, part: Samples) -> Samples:
        """part: (n > 0,) that does not reach beyond the next decision."""
        out = self._mixed(part, self._apply(part, self._filled))
        if len(part) == self._grid:
            self._decide(part)
            return out
        end = self._filled + len(part)
        self._kept[self._filled : end] = part
        self._filled = end % self._grid
        if end == self._grid:
            self._decide(self._kept)
        return out

    def _mixed(self, part: Samples, wet: Samples) -> Samples:
        """The switch: `wet`, or what came in, as late as it."""
        dry = part
        if self.delay:
            if self.on and self._wet == 1.0 and len(part) >= self.delay:
                self._late = part[len(part) - self.delay :].copy()
                return wet
            line = np.concatenate([self._late, part])
            dry, self._late = line[: len(part)], line[len(part) :]
        if self.on and self._wet == 1.0:
            return wet
        if not self.on and self._wet == 0.0:
            return dry
        step = 1 / _FADE if self.on else -1 / _FADE
        share = np.clip(self._wet + step * np.arange(1, len(part) + 1), 0.0, 1.0)
        self._wet = float(share[-1])
        return (dry + share * (wet - dry)).astype(np.float32)

    @abstractmethod
    def _apply(self, part: Samples, at: int) -> Samples:
        """part: (n,) that begins `at` samples after the last decision and does not reach beyond the next.

        What is returned is `part` itself or memory that nobody writes to again."""

    def _decide(self, heard: Samples) -> None:
        """heard: (grid,) what came in since the last decision. It holds until the next call; copy what is kept."""
        del heard

    @abstractmethod
    def _work(self) -> tuple[bool, float]:
        """Is it at work, and what does it take away, dB?"""

    def _say(self) -> str:
        return ""
