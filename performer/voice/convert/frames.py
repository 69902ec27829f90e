"""What a voice is between hearing and sounding: pitch, envelope and noise share every 10 ms."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Frames", "joined"]


@dataclass(frozen=True, slots=True)
class Frames:
    """hertz: (n,) 0 = unvoiced. density: (n, 80 or 104) natural log of power density at the bands' centres. noise:
    (n, 8) share of noise in each aperiodicity band, 0..1. Frame i of a sound lies at i * 10 ms."""

    hertz: NDArray[np.float32]
    density: NDArray[np.float32]
    noise: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.hertz)

    def __getitem__(self, part: slice) -> "Frames":
        return Frames(self.hertz[part], self.density[part], self.noise[part])


def joined(parts: list[Frames]) -> Frames:
    """One after another; of the same number of bands."""
    return Frames(
        np.concatenate([part.hertz for part in parts]),
        np.concatenate([part.density for part in parts]),
        np.concatenate([part.noise for part in parts]),
    )
