"""Nearest points on a triangle mesh: how far outside, which way is out, which corners share the place."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import KDTree

from performer.avatar.build.part import Floats, Ints

__all__ = ["Nearest", "Surface"]

# Triangles whose middles are nearest are looked at; skin is even enough that the right one is among so many.
_CANDIDATES = 12


@dataclass(frozen=True, slots=True)
class Nearest:
    """For n points. corners: (n, 3) vertices of the triangle; share: (n, 3) of each; place: (n, 3) on the surface."""

    corners: Ints
    share: Floats
    place: Floats


class Surface:
    """Triangles that can be asked for the place nearest to a point."""

    def __init__(self, points: Floats, triangles: Ints) -> None:
        self._points, self._triangles = points, triangles
        self._tree = KDTree(points[triangles].mean(axis=1))

    def nearest(self, points: Floats) -> Nearest:
        """Where the surface is nearest to (n, 3) points."""
        count = min(_CANDIDATES, len(self._triangles))
        _, found = self._tree.query(points, k=count)
        corners = self._triangles[np.asarray(found).reshape(len(points), count)]
        share = _closest(points[:, None, :], *(self._points[corners[..., k]] for k in range(3)))
        place = np.einsum("nkc,nkcd->nkd", share, self._points[corners])
        gap = np.sum((place - points[:, None, :]) ** 2, axis=-1)
        best = gap.argmin(axis=1)
        row = np.arange(len(points))
        return Nearest(corners[row, best], share[row, best], place[row, best])


def _closest(p: Floats, a: Floats, b: Floats, c: Floats) -> Floats:
    """Barycentric shares (..., 3) of the place nearest to p. Source: Ericson, Real-time collision detection, 5.1."""
    ab, ac, ap, bp, cp = b - a, c - a, p - a, p - b, p - c
    d1, d2, d3, d4, d5, d6 = (np.sum(u * v, axis=-1) for u in (ap, bp, cp) for v in (ab, ac))
    va, vb, vc = d3 * d6 - d5 * d4, d5 * d2 - d1 * d6, d1 * d4 - d3 * d2
    total = np.where(np.abs(va + vb + vc) < 1e-18, 1.0, va + vb + vc)
    share = np.stack((1.0 - (vb + vc) / total, vb / total, vc / total), axis=-1)

    def along(n: Floats, d: Floats) -> Floats:
        return np.clip(n / np.where(np.abs(d) < 1e-18, 1.0, d), 0.0, 1.0)

    zero = np.zeros_like(d1)
    t = along(d4 - d3, (d4 - d3) + (d5 - d6))
    share = np.where(((va <= 0) & (d4 >= d3) & (d5 >= d6))[..., None], np.stack((zero, 1.0 - t, t), axis=-1), share)
    t = along(d2, d2 - d6)
    share = np.where(((vb <= 0) & (d2 >= 0) & (d6 <= 0))[..., None], np.stack((1.0 - t, zero, t), axis=-1), share)
    t = along(d1, d1 - d3)
    share = np.where(((vc <= 0) & (d1 >= 0) & (d3 <= 0))[..., None], np.stack((1.0 - t, t, zero), axis=-1), share)
    for corner, here in enumerate(((d1 <= 0) & (d2 <= 0), (d3 >= 0) & (d4 <= d3), (d6 >= 0) & (d5 <= d6))):
        share = np.where(here[..., None], np.eye(3)[corner], share)
    return share
