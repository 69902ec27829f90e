"""The brows' curves in the front view, head-local metres."""

from dataclasses import dataclass

import numpy as np

from performer.avatar.build.part import Floats
from performer.avatar.build.pose import Pose
from performer.avatar.build.spec import Spec

__all__ = ["BrowShape", "brow", "brow_shape"]


@dataclass(frozen=True, slots=True)
class BrowShape:
    """inner, long: where it starts beside the middle, its length; y: height; arch: how high it bows; thick: half."""

    inner: float = 0.0165
    long: float = 0.0345
    y: float = 0.1130
    arch: float = 0.0052
    tilt: float = 0.0008
    thick: float = 0.00235


def brow_shape(spec: Spec) -> BrowShape:
    """The frame's brows with the preset's sliders."""
    face = spec.face
    thick, tilt = 1.0 + 0.40 * face.brow, 0.004 * face.brow_tilt
    if spec.body.frame == "male":
        return BrowShape(0.0150, 0.0370, 0.1075, 0.0036, 0.0026 + tilt, 0.00235 * thick)
    return BrowShape(tilt=0.0008 + tilt, thick=0.00235 * thick)


def brow(shape: BrowShape, pose: Pose, side: int, steps: int = 10) -> tuple[Floats, Floats]:
    """(steps + 1, 2) lower and upper edge from the inner end to the tip."""
    t = np.linspace(0.0, 1.0, steps + 1)
    x = shape.inner + shape.long * t - 0.0026 * pose.of("knit", side) * (1.0 - t) ** 1.2
    y = shape.y + shape.arch * np.sin(np.pi * (0.04 + 0.80 * t)) + shape.tilt * (t - 0.4)
    y = y + 0.0062 * pose.of("brow", side) + 0.0068 * pose.of("brow_in", side) * (1.0 - t) ** 1.4
    y = y + 0.0058 * pose.of("brow_out", side) * t**1.2
    # Full near the inner third, its start rounded, its tip long and fine.
    thick = shape.thick * np.clip(t / 0.10, 0.12, 1.0) ** 0.5 * np.clip((1.0 - t) / 0.72, 0.0, 1.0) ** 0.75
    lower, upper = np.stack((side * x, y - thick), -1), np.stack((side * x, y + thick), -1)
    return lower, upper
