"""Ears: thick leaves with a rim and a hollow, leaning out of the head's sides; head-local metres."""

from dataclasses import dataclass

import numpy as np

from performer.avatar.build.head import HeadSurface
from performer.avatar.build.part import Floats, Ints, corner_normals
from performer.avatar.build.ribbon import ring_triangles
from performer.avatar.build.skin_chart import chart, ear_chart

__all__ = ["Ear", "ear"]

_ROUND = 16
_THETA, _Y = 1.66, 0.0700
_BACK, _UP = 0.0120, 0.0205
"""Half-width and half-height of the leaf."""
_LEAN = 0.44
"""How far it stands off behind, per metre backwards."""


@dataclass(frozen=True, slots=True)
class Ear:
    """points, normals (n, 3), triangles (m, 3), uv (n, 2) of the skin's texture."""

    points: Floats
    normals: Floats
    triangles: Ints
    uv: Floats


def ear(head: HeadSurface, side: int) -> Ear:
    """The ear on a side."""
    angle = np.linspace(0.0, 2.0 * np.pi, _ROUND, endpoint=False)
    # Broad above, a small lobe below; the front edge runs along the head.
    back = np.cos(angle) * (1.0 + 0.16 * np.sin(angle))
    up = np.sin(angle) - 0.10 * np.cos(angle)
    back = np.where(back < 0.0, back * 0.72, back)
    # Reach, height over the leaf: the hidden back, the rim's edge, the rim, its inner edge, the hollow.
    rings = ((0.55, -0.0060), (0.96, -0.0022), (1.00, 0.0000), (0.90, 0.0012), (0.74, -0.0012), (0.40, -0.0030))
    base = head.point(_THETA, _Y, nose=0.0, features=0.0)
    rows, uv = [], []
    for reach, height in rings:
        b, u = back * reach, up * reach
        # Near the front edge everything sinks into the head.
        out = _LEAN * _BACK * (b + 0.62) + height * np.clip(b + 1.1, 0.0, 1.0)
        z = base[2] - _BACK * b - 0.10 * _UP * u
        y = base[1] + _UP * u - 0.12 * _BACK * b
        rows.append(np.stack((base[0] + out - 0.0030, y, z), axis=-1))
        uv.append(ear_chart(np.clip(b, -1.0, 1.0), np.clip(u, -1.0, 1.0)))
    floor = rows[-1].mean(axis=0) - np.array([0.0004, 0.0, 0.0])
    points = np.concatenate((*rows, floor[None]))
    uv[0] = chart(np.full(_ROUND, _THETA), np.full(_ROUND, _Y))
    uv[1] = np.asarray(uv[1])
    places = np.concatenate((*uv, ear_chart(np.array([-0.1]), np.array([0.05]))))
    triangles = ring_triangles(len(rings), _ROUND, flip=False, tip=True)
    turn = np.array([side, 1.0, 1.0])
    if side < 0:
        triangles = triangles[:, ::-1].copy()
    points = points * turn
    normals = 0.6 * corner_normals(points, triangles) + 0.4 * np.array([side * 0.75, 0.1, 0.65])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return Ear(points, normals, triangles, places)
