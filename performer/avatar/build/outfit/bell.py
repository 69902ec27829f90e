"""The surface that a skirt is laid on: close to waist and hips, then falling and growing to its hem."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from performer.avatar.build.part import Floats

__all__ = ["Bell"]


@dataclass(frozen=True, slots=True)
class Bell:
    """The surface that a skirt is laid on, at angle a (0 front, towards her left) and share t of its length.

    waist: metres. ring: (angles) -> distance from the middle to the waist's cloth there, metres.
    length: metres at the sides; front, back: by how much longer (share) the hem is there.
    flare: metres that the radius grows to the hem; power: how early (below 1) it does.
    train: metres by which the hem stands farther out behind, where a heel swings.
    wave: metres, irregular hem; waves: how many round.
    fit: share of the length down to which it lies on waist and hips and does not grow. [0, 1)
    """

    waist: float
    ring: Callable[[Floats], Floats]
    length: float
    flare: float
    power: float = 0.85
    front: float = 0.0
    back: float = 0.0
    tilt: float = 0.0
    train: float = 0.0
    wave: float = 0.006
    waves: float = 7.0
    middle_z: float = -0.004
    fit: float = 0.0
    clear: Callable[[Floats, Floats], Floats] | None = None
    """(angle, height) -> distance from the middle below which the body is; the bell stays outside."""
    hug: Callable[[Floats, Floats], Floats] | None = None
    """(angle, height) -> distance from the middle that takes the place of the ring's: cloth that follows the body."""

    def point(self, a: Floats, t: Floats, out: Floats | float = 0.0) -> Floats:
        """(..., 3) metres, `out` metres outside."""
        grow = np.clip((t - self.fit) / (1 - self.fit), 0, None)
        uneven = self.wave * grow * (np.sin(self.waves * a + 0.7) + 0.6 * np.sin((self.waves - 3) * a + 2.1))
        fall = self.length * (
            1
            + self.front * np.clip(np.cos(a), 0, 1) ** 2
            + self.back * np.clip(-np.cos(a), 0, 1) ** 2
            + self.tilt * np.sin(a)
        )
        y = self.waist - fall * t - 0.4 * uneven * grow
        base = self.ring(a) if self.hug is None else self.hug(np.broadcast_to(a, y.shape), y)
        radius = base + self.flare * grow**self.power + uneven + out
        radius = radius + self.train * grow * np.clip(-np.cos(a), 0, 1) ** 2
        y = np.broadcast_to(y, radius.shape)
        if self.clear is not None:
            least = self.clear(np.broadcast_to(a, y.shape), y)
            radius = np.maximum(radius, least + 0.4 * np.clip(out, -0.006, 0.02))
        return np.stack([radius * np.sin(a), y, self.middle_z + radius * np.cos(a)], axis=-1)
