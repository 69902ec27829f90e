"""The eye's curves: lids, and the numbers of the named sets. Front view, head-local metres; no meshes."""

from dataclasses import dataclass, replace

import numpy as np

from performer.avatar.build.part import Floats
from performer.avatar.build.pose import Pose
from performer.avatar.build.spec import Spec
from performer.avatar.model import AvatarError

__all__ = ["EYE_SETS", "STEPS", "EyeShape", "Lids", "eye_shape", "lids"]

STEPS = 18
"""Spans along a lid."""


@dataclass(frozen=True, slots=True)
class EyeShape:
    """Metres unless said otherwise; u runs along the lids from -1 (inner corner) to 1.

    x, y: the middle. wide: half the width. upper, lower: heights of the lids over the corners' line.
    tilt: how much higher the outer corner is than the middle; dip: how much lower the inner.
    skew: the upper arch leans outwards (+) or inwards; sag: the lower one.
    full, bowl: exponents of upper and lower arch; smaller is boxier.
    lash, wing, rise: thickness of the upper lash, length of its wing, the wing's direction (radians, + up).
    spikes: length of the single lashes. iris_wide, iris_high, iris_up: half axes and where its middle lies over y.
    crease: distance of the crease over the lid, 0 = none.
    """

    x: float = 0.0340
    y: float = 0.0818
    wide: float = 0.0208
    upper: float = 0.0160
    lower: float = 0.0120
    tilt: float = 0.0018
    dip: float = 0.0028
    skew: float = 0.08
    sag: float = 0.20
    full: float = 0.58
    bowl: float = 0.82
    lash: float = 0.0056
    wing: float = 0.0080
    rise: float = 0.40
    spikes: float = 0.0046
    iris_wide: float = 0.0143
    iris_high: float = 0.0170
    iris_up: float = 0.0034
    crease: float = 0.0060


EYE_SETS = {
    "round": EyeShape(),
    "almond": EyeShape(
        wide=0.0216, upper=0.0140, lower=0.0096, tilt=0.0032, full=0.66, bowl=0.86, skew=0.10, rise=0.46, wing=0.0088,
        iris_wide=0.0138, iris_high=0.0152, iris_up=0.0028,
    ),
    "drooping": EyeShape(
        upper=0.0164, lower=0.0124, tilt=-0.0026, dip=0.0012, skew=-0.04, sag=0.34, rise=-0.06, wing=0.0074, full=0.58,
        iris_high=0.0162, iris_up=0.0026,
    ),
    "upturned": EyeShape(
        wide=0.0218, upper=0.0146, lower=0.0094, tilt=0.0050, dip=0.0042, skew=0.22, sag=0.12, full=0.64, bowl=0.84,
        rise=0.70, wing=0.0096, lash=0.0055, iris_wide=0.0134, iris_high=0.0146, iris_up=0.0030,
    ),
    "narrow": EyeShape(
        y=0.0850, wide=0.0200, upper=0.0108, lower=0.0070, tilt=0.0026, dip=0.0030, skew=0.12, sag=0.14, full=0.62,
        bowl=0.88, lash=0.0025, wing=0.0012, rise=0.30, spikes=0.0, iris_wide=0.0106, iris_high=0.0118,
        iris_up=0.0028, crease=0.0042,
    ),
}  # fmt: skip
"""Named sets, for `FaceSpec.eyes`: tareme is "drooping", tsurime "upturned"."""


def eye_shape(spec: Spec) -> EyeShape:
    """The set that a preset names, with its sliders.

    Raises:
        AvatarError: no such set.
    """
    face = spec.face
    if face.eyes not in EYE_SETS:
        raise AvatarError(f"face.eyes is {face.eyes!r}; choose one of {', '.join(EYE_SETS)}")
    base = EYE_SETS[face.eyes]
    grown = 1.0 + 0.14 * face.eye_size
    return replace(
        base,
        x=base.x + 0.0025 * face.eye_gap,
        tilt=base.tilt + 0.0035 * face.eye_tilt,
        rise=base.rise + 0.25 * face.eye_tilt,
        **{name: getattr(base, name) * grown for name in ("wide", "upper", "lower", "iris_wide", "iris_high")},
    )


@dataclass(frozen=True, slots=True)
class Lids:
    """(STEPS + 1, 2) x and y of both lids, from the inner corner to the outer; their ends are one."""

    upper: Floats
    lower: Floats


def lids(shape: EyeShape, pose: Pose, side: int, steps: int = STEPS) -> Lids:
    """Both lids of the eye on a side (1 her left, -1 her right)."""
    u = -np.cos(np.pi * np.linspace(0.0, 1.0, steps + 1))
    arch = np.clip(1.0 - np.abs(u) ** 2.4, 0.0, 1.0)
    corner = np.where(u > 0.0, shape.tilt * u, shape.dip * u)
    high = corner + shape.upper * arch**shape.full * (1.0 + shape.skew * u)
    low = corner - shape.lower * arch**shape.bowl * (1.0 + shape.sag * u)
    # Shut: the lids meet low in the eye when they blink, in a high arc when she laughs.
    depth = shape.upper + shape.lower
    sagging = corner - 0.78 * shape.lower * arch**0.9
    bowed = corner - 0.10 * depth + 0.42 * depth * arch**0.85
    arc = pose.of("arc", side)
    meet = (1.0 - arc) * sagging + arc * bowed
    close = pose.of("close", side)
    half = arch**0.6
    upper = meet + (high - meet) * (1.0 - close)
    lower = low + (meet - low) * close
    upper = upper + half * (
        0.0026 * pose.of("wide", side)
        + 0.0016 * pose.of("far")
        - 0.0105 * pose.of("squint", side)
        - 0.0080 * pose.of("inner", side) * np.clip(0.5 - 0.7 * u, 0.0, 1.0)
        - 0.0080 * pose.of("outer", side) * np.clip(0.5 + 0.7 * u, 0.0, 1.0)
    )
    droop = half * 0.0080 * pose.of("droop", side) * np.clip(0.5 + 0.7 * u, 0.0, 1.0)
    upper = upper - droop
    lower = lower + half * (0.0052 * pose.of("lower", side) - 0.0022 * pose.of("far")) - droop
    upper = np.maximum(upper, lower)
    x = shape.x + shape.wide * u
    return Lids(np.stack((side * x, shape.y + upper), -1), np.stack((side * x, shape.y + lower), -1))
