"""What a microphone and a loudspeaker look like to whoever records; devices, files and tests give the same."""

from collections.abc import Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["Blocks", "Player"]


class Blocks(Protocol):
    """Sound that comes in: iterate it for (n,) float32 mono blocks, full scale 1, until it is closed."""

    @property
    def rate(self) -> int:
        """Samples per second."""
        ...

    def __iter__(self) -> Iterator[NDArray[np.float32]]: ...

    def close(self) -> None:
        """Let the device go; the iterator ends."""
        ...


class Player(Protocol):
    """Sound that goes out."""

    def play(self, samples: NDArray[np.float32], rate: int) -> None:
        """Play (n,) mono samples to their end; returns then."""
        ...
