"""Two devices have two clocks: what is played is kept as far ahead of the loudspeaker as it should be.

A microphone's 48,000 samples are not a loudspeaker's: at 100 parts in a million an hour would end 0.36 s late, or with
holes. So a block is made a sample longer or shorter by a cross-fade over its length, which is not heard; only after a
stall are whole stretches left out.
"""

import numpy as np

from performer.voice.front.stage import Samples

__all__ = ["Steady"]

# Blocks over which the least fill is taken: what lies above it was never needed.
_WINDOW = 50


class Steady:
    """target: samples that should wait at the least. slack: how far it may stray. skipped, slipped: samples so far."""

    def __init__(self, target: int, slack: int = 96, far: int = 1440) -> None:
        self.target, self._slack, self._far = target, slack, far
        self.skipped = 0
        self.slipped = 0
        self.reset()

    def reset(self) -> None:
        self._least = self._before = -1
        self._count = 0
        self._step = 0
        self._last = np.zeros(1, np.float32)

    def feed(self, block: Samples, fill: int) -> Samples:
        """block: (n,) to be played, fill: samples that wait already -> (n - 1 .. n + 1,), or none when far too many."""
        if not len(block):
            return block
        self._least = fill if self._least < 0 else min(self._least, fill)
        self._count += 1
        if self._count >= _WINDOW:
            off = self._least - self.target
            self._step = 0 if abs(off) <= self._slack else (1 if off < 0 else -1)
            too_far = off > self._far
            self._least, self._count = -1, 0
            if too_far:
                self.skipped += len(block)
                # The next window would count what is still too much; look again at once.
                self._count = _WINDOW - 1
                return block[:0]
        elif self._step and self._least >= 0 and abs(fill - self.target) < self._slack // 2:
            self._step = 0
        return self._slip(block)

    def _slip(self, block: Samples) -> Samples:
        line = np.concatenate([self._last, block])
        self._last = block[-1:].copy()
        if self._step == 0:
            return block
        self.slipped += 1
        count = len(block)
        if self._step < 0:
            # From the sample before to this one's place: one fewer.
            share = np.arange(1, count, dtype=np.float32) / count
            return (line[1:count] * (1 - share) + line[2:] * share).astype(np.float32)
        share = np.arange(count + 1, dtype=np.float32) / count
        late, early = np.append(line[1:], line[-1]), line
        return (late * (1 - share) + early * share).astype(np.float32)
