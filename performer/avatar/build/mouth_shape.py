"""The mouth's curves: both lips in the front view, head-local metres, and how far the jaw goes. No meshes."""

from dataclasses import dataclass

import numpy as np

from performer.avatar.build.part import Floats
from performer.avatar.build.pose import Pose
from performer.avatar.build.spec import Spec

__all__ = ["LIP_STEPS", "OPENED", "Lips", "MouthShape", "lips", "mouth_shape"]

LIP_STEPS = 16
"""Spans along a lip."""

OPENED = Pose({"up": 0.5, "down": 1.1})
"""The pose in which the face is meshed: a shut mouth is no hole."""


@dataclass(frozen=True, slots=True)
class MouthShape:
    """y: the line; wide: half the width; smile: how high the corners are at rest; line: its thickness."""

    y: float = 0.0318
    wide: float = 0.0138
    smile: float = 0.0019
    line: float = 0.00066


@dataclass(frozen=True, slots=True)
class Lips:
    """(LIP_STEPS + 1, 2) x and y of the lips' edges from her right corner to her left; their ends are one."""

    upper: Floats
    lower: Floats


def mouth_shape(spec: Spec) -> MouthShape:
    """The frame's mouth with the preset's slider."""
    grown = 1.0 + 0.2 * spec.face.mouth
    return (
        MouthShape(0.0322, 0.0150 * grown, 0.0008, 0.00062)
        if spec.body.frame == "male"
        else MouthShape(wide=0.0138 * grown)
    )


def lips(shape: MouthShape, pose: Pose) -> Lips:
    """Both lips' edges."""
    u = -np.cos(np.pi * np.linspace(0.0, 1.0, LIP_STEPS + 1))
    left, right = np.clip(u, 0.0, 1.0), np.clip(-u, 0.0, 1.0)

    def sided(name: str, sharp: float) -> Floats:
        """A parameter that may differ between the sides, blended over the middle."""
        share = 0.5 + 0.5 * np.tanh(u * sharp) / np.tanh(sharp)
        return share * pose.of(name, 1) + (1.0 - share) * pose.of(name, -1)

    arch = np.clip(1.0 - np.abs(u) ** (2.2 + 1.6 * pose.of("square")), 0.0, 1.0)
    corner = shape.smile * np.abs(u) ** 1.9
    corner = corner + 0.0040 * (pose.of("corner", 1) * left**1.6 + pose.of("corner", -1) * right**1.6)
    # A smile's line dips in its middle, so that it reads from afar; a frown's rises.
    corner = corner - 0.0008 * np.clip(sided("corner", 2.0), -1.2, 1.2) * arch
    rolled = 0.0007 * arch
    upper = corner + 0.010 * sided("up", 2.2) * arch**0.78 - rolled * pose.of("roll_upper")
    lower = corner - 0.010 * sided("down", 2.2) * arch**0.70 + rolled * pose.of("roll_lower")
    # From afar a mouth is larger: it would be a dot.
    x = shape.wide * (1.0 + pose.of("wide_mouth") + 0.22 * pose.of("far")) * u
    x = x + 0.0030 * (pose.of("pull", 1) * left**1.5 - pose.of("pull", -1) * right**1.5) + 0.010 * pose.of("shift")
    y = shape.y + 0.010 * pose.of("rise")
    return Lips(np.stack((x, y + upper), -1), np.stack((x, y + lower), -1))
