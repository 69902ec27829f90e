"""One lock of hair as a closed body: a lens section swept along a guide, tapered to a drawn, uneven tip."""

from dataclasses import dataclass

import numpy as np

from performer.avatar.build.part import Floats, Ints

__all__ = ["LENS", "Sweep", "sweep", "taper"]

LENS = {
    "lite": (np.array([[-1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]), np.array([0.03, 0.5, 0.97])),
    "full": (
        np.array([[-1.0, 0.0], [-0.55, 0.72], [0.0, 1.0], [0.55, 0.72], [1.0, 0.0]]),
        np.array([0.03, 0.24, 0.5, 0.76, 0.97]),
    ),
}
"""Section per level: (corners, 2) across and outward, in half-widths and thicknesses, and the texture's place across.
The inner side is flat: nobody sees it, and a fold there is what made outlines double."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """A swept lock. s: (n,) share of its length at each point; guide: (n,) ring number; across: (n,) texture [0, 1]."""

    points: Floats
    triangles: Ints
    normals: Floats
    s: Floats
    across: Floats


def taper(s: Floats, root: float, swell: float, tip: float) -> Floats:
    """(n,) width at share s of a lock: `root` at the start, 1 from `swell` on, pointed from `tip` to the end."""
    opening = np.clip(s / max(swell, 1e-6), 0.0, 1.0)
    closing = np.clip((s - tip) / (1.0 - tip), 0.0, 1.0)
    return (
        (root + (1.0 - root) * np.sin(opening * np.pi / 2))
        * np.sqrt(np.clip(1.0 - closing**1.6, 0.0, 1.0))
        * (1.0 - 0.35 * closing)
    )


def sweep(
    guide: Floats, outward: Floats, half_width: Floats, thickness: Floats, level: str, *, bend: float = 0.3
) -> Sweep:
    """Sweep the lens along a guide; the last ring is drawn together into the tip, the first is closed by a lid.

    Args:
        guide: (n, 3) metres, root first.
        outward: (n, 3) which way the bulge looks, need not be unit or at right angles.
        half_width, thickness: (n,) metres.
        level: "lite" or "full".
        bend: how far the edges are bent in, in half-widths, so that neighbours nest like tiles.
    """
    corners, across = LENS[level]
    m, n = len(corners), len(guide)
    tangent = np.gradient(guide, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True) + 1e-12
    side = np.cross(tangent, outward)
    side /= np.linalg.norm(side, axis=1, keepdims=True) + 1e-12
    up = np.cross(side, tangent)
    wide, high = corners[:, 0], corners[:, 1]
    ring = (
        guide[:, None]
        + side[:, None] * (half_width[:, None] * wide)[..., None]
        + up[:, None] * (thickness[:, None] * high - bend * half_width[:, None] * wide**2)[..., None]
    )
    lean = 0.95 * wide
    facing = side[:, None] * np.sin(lean)[None, :, None] + up[:, None] * np.cos(lean)[None, :, None]
    points = np.concatenate([ring[:-1].reshape(-1, 3), guide[-1:]])
    normals = np.concatenate([facing[:-1].reshape(-1, 3), up[-1:]])
    j = np.arange(m)
    after = (j + 1) % m
    rows = [
        np.concatenate([np.stack([a + j, a + m + j, a + m + after], 1), np.stack([a + j, a + m + after, a + after], 1)])
        for a in range(0, (n - 2) * m, m)
    ]
    end = (n - 1) * m
    rows.append(np.stack([end - m + j, np.full(m, end), end - m + after], 1))
    rows.append(np.array([[0, k, k + 1] for k in range(1, m - 1)]))
    triangles = np.concatenate(rows)
    corner = points[triangles]
    if np.einsum("ij,ij->", corner[:, 0], np.cross(corner[:, 1], corner[:, 2])) < 0:
        triangles = triangles[:, ::-1].copy()
    step = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(guide, axis=0), axis=1))])
    share = step / max(step[-1], 1e-9)
    return Sweep(
        points,
        triangles,
        normals,
        np.concatenate([np.repeat(share[:-1], m), [1.0]]),
        np.concatenate([np.tile(across, n - 1), [0.5]]),
    )
