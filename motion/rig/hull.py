"""The few points and ellipsoids that stand for a body's flesh where it meets the floor, or itself.

Only the record lives here; how it is measured from a mesh is the business of whoever reads the mesh.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["SOLE_POINTS", "Ball", "Hull"]

# How many points stand for the underside of one foot, and of one set of toes.
SOLE_POINTS = 8


@dataclass(frozen=True, slots=True)
class Ball:
    """An ellipsoid with its axes along x, y and z of its bone. centre: (3,) from its joint; radii: (3,); metres."""

    centre: NDArray[np.float64]
    radii: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Hull:
    """Left and right stand in this order; everything in the rest pose, metres, +y up, +z ahead.

    foot: (2, SOLE_POINTS, 3) lowest points that the foot bone carries, from the ankle joint.
    toes: (2, SOLE_POINTS, 3) those that the toes bone carries, from its joint; of an absent one, as of the foot.
    head: the skull, on the head bone. trunk: chest and belly, on the chest bone.
    """

    foot: NDArray[np.float64]
    toes: NDArray[np.float64]
    head: Ball
    trunk: Ball

    def key(self) -> bytes:
        """The content as bytes, to be compared and hashed."""
        parts = (self.foot, self.toes, self.head.centre, self.head.radii, self.trunk.centre, self.trunk.radii)
        return np.concatenate([np.asarray(part, np.float64).ravel() for part in parts]).tobytes()

    @classmethod
    def from_key(cls, key: bytes) -> "Hull":
        """The hull whose `key` it is."""
        values = np.frombuffer(key)
        sole = SOLE_POINTS * 6
        foot, toes, balls = np.split(values, (sole, 2 * sole))
        shape = (2, SOLE_POINTS, 3)
        return cls(
            foot.reshape(shape), toes.reshape(shape), Ball(balls[0:3], balls[3:6]), Ball(balls[6:9], balls[9:12])
        )
