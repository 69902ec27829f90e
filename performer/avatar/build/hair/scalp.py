"""The scalp as a chart: bearing round the whorl and distance down from it, so that a lock's course is a drawn line."""

import numpy as np
from scipy.interpolate import RectBivariateSpline

from performer.avatar.build.head import HeadSurface
from performer.avatar.build.part import Floats

__all__ = ["Scalp"]


_CENTRE = np.array([0.0, 0.112, -0.006])
_REACH = 1.3
_DEGREE = 6
_NECK = 0.034
"""Radius of the neck, head-local."""


class Scalp:
    """A smooth skull under the hair, going over into a column below its widest ring, in head-local metres.

    Features (nose, eye hollows) are not in it: it is a polynomial of the direction, fitted to the skull. Below the
    widest ring hair hangs, so the surface falls straight; `out` below 0 brings a lock in to cheek or nape.
    """

    def __init__(self, head: HeadSurface, lift: float = 0.006, *, snug: bool = False) -> None:
        """lift: how far the hair stands up from the crown, or the head looks flat.
        snug: follow the skin below the widest ring, to nape and neck, for hair that is combed up from there."""
        theta, y = (axis.ravel() for axis in np.meshgrid(np.linspace(-np.pi, np.pi, 73), np.linspace(0.06, 0.2145, 60)))
        point = head.point(theta, y)
        bare = ~((np.abs(theta) < 0.8) & (y < 0.095))
        arm = point[bare] - _CENTRE
        radius = np.linalg.norm(arm, axis=1)
        shape, *_ = np.linalg.lstsq(_monomials(arm / radius[:, None]), radius, rcond=None)
        self._bearings = np.linspace(-1.25 * np.pi, 1.25 * np.pi, 181)
        self._falls = np.concatenate([np.linspace(0.0, 0.24, 61), np.linspace(0.25, _REACH, 43)])
        tilt = np.linspace(0.0, 0.62 * np.pi, 90)
        sine, cosine = np.sin(tilt)[None], np.broadcast_to(np.cos(tilt), (len(self._bearings), len(tilt)))
        run = np.stack([sine * np.sin(self._bearings)[:, None], cosine, sine * np.cos(self._bearings)[:, None]], -1)
        lines = _CENTRE + run * (_monomials(run.reshape(-1, 3)) @ shape).reshape(cosine.shape)[..., None]
        rise = np.clip((lines[..., 1] - 0.12) / 0.08, 0.0, 1.0)
        flat = np.hypot(lines[..., 0], lines[..., 2] - _CENTRE[2])
        lines[..., 1] += lift * rise * rise * (3 - 2 * rise) * np.clip(1.0 - (flat / 0.082) ** 2, 0.0, 1.0) ** 0.7
        last = np.hypot(lines[..., 0] - _CENTRE[0], lines[..., 2] - _CENTRE[2]).argmax(axis=1)
        under = _down(head, self._bearings, lines[np.arange(len(lines)), last]) if snug else None
        table = np.empty((len(self._bearings), len(self._falls), 3))
        for i, stop in enumerate(last):
            line = lines[i, : stop + 1]
            if under is not None:
                line = np.concatenate([line, under[i]])
            step = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
            for k in range(3):
                table[i, :, k] = np.interp(self._falls, step, line[:, k])
            table[i, :, 1] -= np.maximum(self._falls - step[-1], 0.0)
        self._axes = [RectBivariateSpline(self._bearings, self._falls, table[..., k], kx=3, ky=3) for k in range(3)]
        self._heights = table[..., 1]

    def at(self, bearing: Floats, fall: Floats, out: Floats) -> Floats:
        """(n, 3) points `out` metres off the scalp.

        Args:
            bearing: (n,) radians round the whorl, 0 = to the face, +pi/2 = her left.
            fall: (n,) metres along the scalp from the whorl, [0, 1.3].
            out: (n,) metres.
        """
        base, normal = self.base(bearing, fall)
        return base + normal * np.asarray(out)[:, None]

    def base(self, bearing: Floats, fall: Floats) -> tuple[Floats, Floats]:
        """Points on the scalp and its unit normals, (n, 3) each."""
        bearing = (np.asarray(bearing, dtype=float) + np.pi) % (2 * np.pi) - np.pi
        fall = np.clip(np.asarray(fall, dtype=float), 0.0, _REACH)
        safe = np.maximum(fall, 0.004)
        along_b = np.stack([axis.ev(bearing, safe, dx=1) for axis in self._axes], axis=-1)
        along_f = np.stack([axis.ev(bearing, safe, dy=1) for axis in self._axes], axis=-1)
        normal = np.cross(along_f, along_b)
        normal /= np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-12)
        return np.stack([axis.ev(bearing, fall) for axis in self._axes], axis=-1), normal

    def fall_at(self, bearing: float, height: float) -> float:
        """The distance from the whorl, metres, at which the scalp of this bearing is at a height (head-local y)."""
        bearing = (bearing + np.pi) % (2 * np.pi) - np.pi
        at = float(np.interp(bearing, self._bearings, np.arange(len(self._bearings))))
        low = min(int(at), len(self._bearings) - 2)
        column = (low + 1 - at) * self._heights[low] + (at - low) * self._heights[low + 1]
        return float(np.interp(-height, -column, self._falls))


def _down(head: HeadSurface, bearing: Floats, last: Floats) -> Floats:
    """On from the widest ring over skin, nape and neck: (bearings, n, 3), from (bearings, 3) of the ring."""
    share = np.linspace(0.0, 1.0, 24)[1:]
    y = last[:, 1:2] + (0.012 - last[:, 1:2]) * share
    skin = head.point(bearing[:, None], y, nose=0.0)
    flat = np.hypot(skin[..., 0], skin[..., 2])
    skin[..., ::2] *= (np.maximum(flat, _NECK) / np.maximum(flat, 1e-6))[..., None]
    # What lies off the skin at the ring is lost within a few centimetres.
    apart = (last - head.point(bearing, last[:, 1], nose=0.0)) * np.array([1.0, 0.0, 1.0])
    return skin + np.exp(-(last[:, 1:2] - y) / 0.025)[..., None] * apart[:, None]


def _monomials(way: Floats) -> Floats:
    """Even in x (a skull is symmetric), all else up to the degree: (n, terms)."""
    x, y, z = way[:, 0] ** 2, way[:, 1], way[:, 2]
    terms = [
        x**i * y**j * z**k
        for i in range(_DEGREE // 2 + 1)
        for j in range(_DEGREE + 1 - 2 * i)
        for k in range(_DEGREE + 1 - 2 * i - j)
    ]
    return np.stack(terms, axis=-1)
