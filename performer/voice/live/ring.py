"""A ring of samples between two threads, one that writes and one that reads, without a lock.

Each side moves only its own count, after the samples are in place, and reads the other's once: at worst it sees a
little less than there is. So a device's callback never waits for the loop.
"""

import numpy as np

from performer.voice.front.stage import Samples

__all__ = ["Ring"]


class Ring:
    """dropped: samples that found no room."""

    def __init__(self, capacity: int) -> None:
        self._samples = np.zeros(capacity, np.float32)
        self._written = 0
        self._read = 0
        self.dropped = 0

    @property
    def fill(self) -> int:
        """Samples that wait."""
        return self._written - self._read

    def write(self, block: Samples) -> None:
        """block: (n,); what finds no room is dropped and counted: the newest, since the reader owns the oldest."""
        size = len(self._samples)
        count = min(len(block), size - (self._written - self._read))
        self.dropped += len(block) - count
        at = self._written % size
        first = min(count, size - at)
        self._samples[at : at + first] = block[:first]
        self._samples[: count - first] = block[first:count]
        self._written += count

    def read(self, most: int) -> Samples:
        """-> (n <= most,) the oldest."""
        size = len(self._samples)
        count = min(most, self._written - self._read)
        at = self._read % size
        first = min(count, size - at)
        out = np.concatenate([self._samples[at : at + first], self._samples[: count - first]])
        self._read += count
        return out

    def skip(self, count: int) -> None:
        """The reader leaves so many of the oldest out."""
        self._read += min(count, self._written - self._read)
