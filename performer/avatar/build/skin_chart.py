"""Where head and ears lie in the skin's texture; its right quarter is the body's. No colours."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import PchipInterpolator

from performer.avatar.build.head import TOP
from performer.avatar.build.part import Floats

__all__ = ["EAR", "FACE_SHARE", "SKIN_SIDE", "chart", "ear_chart", "unchart"]

SKIN_SIDE = 1024
FACE_SHARE = 0.75
"""The face has u and v in [0, this]."""
EAR = (0.01, 0.77, 0.17, 0.22)
"""Left, top, width and height of the ears' place; both share it, mirrored."""

_MARGIN = 0.004
# Three fifths of the width are the face's middle third; the back of the head has nothing to show.
_ANGLES = np.array([-np.pi, -1.40, -0.80, 0.80, 1.40, np.pi])
_ACROSS = np.array([0.0, 0.05, 0.18, 0.82, 0.95, 1.0])
_HEIGHTS = np.array([0.0, 0.120, 0.150, TOP])
_DOWN = np.array([1.0, 0.14, 0.05, 0.0])
_to_across = PchipInterpolator(_ANGLES, _ACROSS)
_to_down = PchipInterpolator(_HEIGHTS, _DOWN)


def chart(theta: ArrayLike, y: ArrayLike) -> Floats:
    """(..., 2) texture places of the head's angles (radians) and heights."""
    across = _to_across(np.clip(theta, -np.pi, np.pi))
    down = _to_down(np.clip(y, 0.0, TOP))
    place = np.stack(np.broadcast_arrays(across, down), axis=-1)
    return _MARGIN + place * (FACE_SHARE - 2.0 * _MARGIN)


def unchart(u: Floats, v: Floats) -> tuple[Floats, Floats]:
    """Angles and heights of texture places, the inverse of `chart`."""
    fine_angle, fine_y = np.linspace(-np.pi, np.pi, 4001), np.linspace(0.0, TOP, 4001)
    across, down = ((w - _MARGIN) / (FACE_SHARE - 2.0 * _MARGIN) for w in (u, v))
    theta = np.interp(across, _to_across(fine_angle), fine_angle)
    return theta, np.interp(-down, -_to_down(fine_y), fine_y)


def ear_chart(back: Floats, up: Floats) -> Floats:
    """(n, 2) texture places of an ear's own axes, both [-1, 1], back and up."""
    left, top, wide, high = EAR
    return np.stack((left + wide * (0.5 + 0.46 * back), top + high * (0.5 - 0.46 * up)), axis=-1)
