"""The head as a function: its surface can be asked for at any height and angle, so that every feature is drawn in the
front view and dropped on it. No mesh here, no eyes, no mouth.

Head-local frame: metres, chin at y = 0, skull's top at y = 0.215, z = 0 near the ears, her left at +x.
Angle theta is measured round the vertical: 0 in front, +pi/2 at her left ear, +-pi at the back.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import PchipInterpolator

from performer.avatar.build.part import Floats
from performer.avatar.build.spec import FaceSpec, Spec

__all__ = ["TOP", "HeadPlace", "HeadSurface", "Nose"]

TOP = 0.215
"""Height of the skull over the chin."""

# Height, half-width, front profile, back profile, exponent of the superellipse in front (behind it is 2).
_ROWS = np.array(
    [
        [0.000, 0.00002, 0.0622, 0.0622, 2.00],
        [0.0012, 0.0092, 0.0700, 0.0520, 2.00],
        [0.0035, 0.0148, 0.0748, 0.0410, 2.00],
        [0.008, 0.0222, 0.0787, 0.0270, 2.00],
        [0.016, 0.0335, 0.0815, 0.0050, 2.00],
        [0.027, 0.0458, 0.0830, -0.0200, 2.00],
        [0.040, 0.0568, 0.0858, -0.0380, 2.04],
        [0.055, 0.0654, 0.0886, -0.0560, 2.12],
        [0.070, 0.0709, 0.0892, -0.0700, 2.22],
        [0.085, 0.0733, 0.0890, -0.0815, 2.32],
        [0.105, 0.0748, 0.0918, -0.0905, 2.35],
        [0.125, 0.0764, 0.0960, -0.0950, 2.30],
        [0.145, 0.0765, 0.0965, -0.0950, 2.20],
        [0.165, 0.0725, 0.0920, -0.0880, 2.10],
        [0.185, 0.0610, 0.0780, -0.0730, 2.00],
        [0.200, 0.0455, 0.0580, -0.0530, 2.00],
        [0.210, 0.0280, 0.0360, -0.0330, 2.00],
        [0.215, 0.0020, 0.0040, -0.0030, 2.00],
    ]
)
# Where a section's widest point lies: forward at the chin, over the ears' line from the eyes upwards.
_MIDDLE = np.array([[0.0, 0.0622], [0.008, 0.045], [0.030, 0.020], [0.060, 0.006], [0.100, 0.0], [TOP, 0.0]])
# A jaw of value 1 widens these heights by these shares; the same for cheeks.
_JAW = np.array([[0.0, 0.24], [0.008, 0.26], [0.016, 0.19], [0.030, 0.11], [0.050, 0.05], [0.075, 0.0], [TOP, 0.0]])
_CHEEKS = np.array([[0.0, 0.0], [0.020, 0.03], [0.045, 0.06], [0.065, 0.03], [0.090, 0.0], [TOP, 0.0]])
_MALE_JAW = 0.85
_TIP_ROUND = ((-0.0034, 0.15), (-0.0017, 0.22), (0.0, 0.26), (0.0017, 0.22), (0.0034, 0.15))
"""Over which heights (metres) and with which shares the nose's line is averaged."""


@dataclass(frozen=True, slots=True)
class Nose:
    """tip: its height over the chin; height: how far it stands out; wide: half-width at the tip; long: slope up."""

    tip: float = 0.0545
    height: float = 0.0112
    wide: float = 0.0060
    long: float = 0.037
    short: float = 0.0100


@dataclass(frozen=True, slots=True)
class HeadPlace:
    """Head-local to model space: times `scale`, then moved by `origin` (where the chin is)."""

    scale: float = 1.07
    origin: tuple[float, float, float] = (0.0, 1.346, 0.0)

    def to_model(self, points: Floats) -> Floats:
        """(..., 3) head-local -> model space."""
        return points * self.scale + np.array(self.origin)

    def to_local(self, points: Floats) -> Floats:
        """(..., 3) model space -> head-local."""
        return (points - np.array(self.origin)) / self.scale

    @staticmethod
    def on(joint: ArrayLike, scale: float) -> "HeadPlace":
        """The place that the head's bone implies: the chin lies 9 mm below it."""
        x, y, z = (float(v) for v in np.asarray(joint, dtype=np.float64))
        return HeadPlace(scale, (x, y - 0.009, z))


class HeadSurface:
    """The surface for one preset; all methods take arrays or numbers, head-local metres.

    Attributes:
        place: to model space; the core may replace it (`placed`) once the body's joints are known.
        nose: where the nose is.
    """

    def __init__(self, spec: Spec, place: HeadPlace | None = None) -> None:
        face, male = spec.face, spec.body.frame == "male"
        scale = (1.03 if male else 1.07) * spec.body.head
        self.spec = spec
        self.place = place or HeadPlace(scale)
        self.male = male
        self.nose = _nose(face, male)
        rows = _ROWS.copy()
        jaw = face.jaw + (_MALE_JAW if male else 0.0)
        rows[:, 1] *= 1.0 + jaw * np.interp(rows[:, 0], *_JAW.T) + face.cheeks * np.interp(rows[:, 0], *_CHEEKS.T)
        if male:
            rows[1:6, 2] += 0.0016
        self._width, self._front, self._back, self._power = (
            PchipInterpolator(rows[:, 0], rows[:, k]) for k in range(1, 5)
        )
        self._middle = PchipInterpolator(_MIDDLE[:, 0], _MIDDLE[:, 1])

    def placed(self, place: HeadPlace) -> "HeadSurface":
        """The same head at another place."""
        return HeadSurface(self.spec, place)

    def half_width(self, y: ArrayLike) -> Floats:
        """Half the width at a height."""
        return np.asarray(self._width(np.clip(y, 0.0, TOP)))

    def front(self, y: ArrayLike) -> Floats:
        """z of the profile in front, without nose and other features."""
        return np.asarray(self._front(np.clip(y, 0.0, TOP)))

    def back(self, y: ArrayLike) -> Floats:
        """z of the profile behind."""
        return np.asarray(self._back(np.clip(y, 0.0, TOP)))

    def point(self, theta: ArrayLike, y: ArrayLike, *, nose: float = 1.0, features: float = 1.0) -> Floats:
        """(..., 3) at an angle and a height; nose and features (cheeks, hollows) may be weakened. [0, 1]"""
        # Curves before broadcasting: a picture asks for a row of angles against a column of heights.
        theta, y = np.asarray(theta, dtype=np.float64), np.clip(np.asarray(y, dtype=np.float64), 0.0, TOP)
        wide, front, back, middle = self._width(y), self._front(y), self._back(y), self._middle(y)
        sine, cosine = np.sin(theta), np.cos(theta)
        share = np.where(cosine >= 0.0, 2.0 / self._power(y), 1.0)
        x = wide * np.sign(sine) * np.abs(sine) ** share
        deep = np.abs(cosine) ** share
        z = np.where(cosine >= 0.0, middle + (front - middle) * deep, middle - (middle - back) * deep)
        z = z + np.where(cosine >= 0.0, self._relief(x, y, nose, features) * np.clip(deep * 3.0, 0.0, 1.0), 0.0)
        return np.stack(np.broadcast_arrays(x, y, z), axis=-1)

    def z(self, x: ArrayLike, y: ArrayLike, *, nose: float = 1.0, features: float = 1.0) -> Floats:
        """Depth of the front half over a place of the front view; beyond the outline, that of the outline."""
        x, y = np.broadcast_arrays(np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64))
        y = np.clip(y, 0.0015, TOP - 0.0015)
        power, middle = self._power(y), self._middle(y)
        deep = np.clip(1.0 - (np.abs(x) / self._width(y)) ** power, 0.0, 1.0) ** (1.0 / power)
        relief = self._relief(x, y, nose, features) * np.clip(deep * 3.0, 0.0, 1.0)
        return middle + (self._front(y) - middle) * deep + relief

    def theta(self, x: ArrayLike, y: ArrayLike) -> Floats:
        """The angle of a place of the front view."""
        share = np.clip(np.abs(x) / self.half_width(y), 0.0, 1.0) ** (self._power(np.clip(y, 0.0, TOP)) / 2.0)
        return np.arcsin(share) * np.sign(x)

    def normal(self, theta: ArrayLike, y: ArrayLike, *, nose: float = 0.0, features: float = 1.0) -> Floats:
        """(..., 3) unit, outwards, of the surface itself."""
        theta, y = np.asarray(theta, dtype=np.float64), np.clip(np.asarray(y, dtype=np.float64), 0.0012, TOP - 0.0012)
        step = 2e-3

        def at(angle: Floats, height: Floats) -> Floats:
            return self.point(angle, height, nose=nose, features=features)

        along = at(theta + step, y) - at(theta - step, y)
        up = at(theta, y + 1e-3) - at(theta, y - 1e-3)
        across = np.cross(along, up)
        return across / np.maximum(np.linalg.norm(across, axis=-1, keepdims=True), 1e-15)

    def lifted(self, x: ArrayLike, y: ArrayLike, lift: ArrayLike = 0.0, *, nose: float = 1.0) -> Floats:
        """(..., 3) over a place of the front view, `lift` metres off the surface along its normal."""
        x, y = np.broadcast_arrays(np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64))
        e = 5e-4
        slope_x = (self.z(x + e, y, nose=nose) - self.z(x - e, y, nose=nose)) / (2.0 * e)
        slope_y = (self.z(x, y + e, nose=nose) - self.z(x, y - e, nose=nose)) / (2.0 * e)
        normal = np.stack((-slope_x, -slope_y, np.ones_like(x)), axis=-1)
        normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
        return np.stack((x, y, self.z(x, y, nose=nose)), axis=-1) + normal * np.asarray(lift)[..., None]

    def _relief(self, x: Floats, y: Floats, nose: float, features: float) -> Floats:
        """What stands out of or sinks into the plain head: nose, eye hollows, cheeks, muzzle, chin."""
        shape = self.nose
        # Averaged over a few millimetres: a rounded tip, no spike.
        slope = sum(share * _ridge(shape, y + step) for step, share in _TIP_ROUND)
        wide = shape.wide * (0.86 + 0.36 * np.clip(1.0 - np.abs(y - shape.tip) / 0.012, 0.0, 1.0))
        total = nose * shape.height * slope * np.exp(-((np.abs(x) / wide) ** 1.8))
        side = np.abs(x)
        soft = -0.0024 * _bell(side - 0.034, 0.022) * _bell(y - 0.088, 0.022)  # eye hollow
        soft += -0.0046 * _bell(side - 0.0670, 0.0115) * _bell(y - 0.0980, 0.017)  # temple: the line of the 3/4 view
        soft += 0.0040 * _bell(side - 0.0430, 0.020) * _bell(y - 0.0510, 0.017)  # cheek
        soft += _bell(x, 0.0105) * (0.0027 * _bell(y - 0.0348, 0.0027) + 0.0025 * _bell(y - 0.0286, 0.0027))  # lips
        soft += 0.0022 * _bell(x, 0.016) * _bell(y - 0.0325, 0.011)  # muzzle
        soft += -0.0030 * _bell(x, 0.013) * _bell(y - 0.0205, 0.0052)  # under the lip
        soft += 0.0026 * _bell(x, 0.013) * _bell(y - 0.0105, 0.0065)  # chin
        return total + features * soft


def _ridge(shape: Nose, y: Floats) -> Floats:
    """The nose's line from the side, 1 at the tip."""
    up = np.clip((y - shape.tip) / shape.long, 0.0, 1.0)
    down = np.clip((shape.tip - y) / shape.short, 0.0, 1.0)
    slope = np.where(
        y >= shape.tip, (1.0 - up) ** 1.6 * 0.78 + 0.22 * (1.0 - up * 0.65), 1.0 - down**2 * (3.0 - 2.0 * down)
    )
    bridge = 0.077 * np.exp(-(((y - shape.tip - shape.long) / 0.020) ** 2))
    return np.where(y > shape.tip + shape.long, bridge, slope)


def _nose(face: FaceSpec, male: bool) -> Nose:
    grown = 1.0 + 0.3 * face.nose
    if male:
        return Nose(0.0545, 0.0140 * grown, 0.0066 * grown, 0.040, 0.0105)
    return Nose(height=0.0112 * grown, wide=0.0060 * (1.0 + 0.2 * face.nose))


def _bell(distance: Floats, wide: float) -> Floats:
    return np.exp(-((distance / wide) ** 2))
