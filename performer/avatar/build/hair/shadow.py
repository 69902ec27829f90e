"""The shadow that a fringe throws on the forehead, for whoever paints the skin."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from scipy.interpolate import RegularGridInterpolator
from scipy.ndimage import gaussian_filter

from performer.avatar.build.hair.lock import body_of, guide_of
from performer.avatar.build.hair.style import locks_of, style_of
from performer.avatar.build.hair.ties import scalp_of
from performer.avatar.build.head import HeadSurface
from performer.avatar.build.part import Floats
from performer.avatar.build.spec import Spec

__all__ = ["fringe_shadow"]

_STEP = 0.0008
_X = np.arange(-0.096, 0.0965, _STEP)
_Y = np.arange(0.0, 0.2165, _STEP)
_FALL = 0.0085
"""How far below the locks their shadow lies: the light comes from above."""
_ASIDE = 0.003
_SOFT = 0.0011


def fringe_shadow(spec: Spec, head: HeadSurface) -> Callable[[Floats, Floats], Floats]:
    """A function of (x, y) in head coordinates, metres in the front view: 1 in the fringe's shadow, 0 in light.

    Arrays of any shape; the border is soft over about 3 mm.
    """
    del head  # Head-local, whatever the place; kept in the seam should the head get a shape of its own.
    picture = _picture(spec)
    pick = RegularGridInterpolator((_Y, _X), picture, bounds_error=False, fill_value=0.0)

    def shadow(x: Floats, y: Floats) -> Floats:
        return np.asarray(pick(np.stack(np.broadcast_arrays(y, x), axis=-1)))

    return shadow


@lru_cache(maxsize=4)
def _picture(spec: Spec) -> Floats:
    """(heights, places) the fringe seen from in front, moved down and aside, softened."""
    fringe = style_of(spec.hair)[1]
    scalp = scalp_of(spec)
    rng = np.random.default_rng(spec.seed)
    mask = np.zeros((len(_Y), len(_X)))
    grid_y, grid_x = np.meshgrid(_Y, _X, indexing="ij")
    for row in fringe.rows:
        for lock in locks_of(row, spec.hair, "full", rng, material="fringe"):
            body = body_of(lock, guide_of(lock, scalp, 24), "lite")
            flat = body.points[:, :2] + np.array([_ASIDE, -_FALL])
            for a, b, c in flat[body.triangles]:
                _fill(mask, grid_x, grid_y, a, b, c)
    return gaussian_filter(mask, _SOFT / _STEP)


def _fill(mask: Floats, x: Floats, y: Floats, a: Floats, b: Floats, c: Floats) -> None:
    """Set the cells inside a triangle of the front view."""
    low, high = np.minimum(np.minimum(a, b), c), np.maximum(np.maximum(a, b), c)
    rows = slice(*np.searchsorted(_Y, [low[1], high[1]]))
    columns = slice(*np.searchsorted(_X, [low[0], high[0]]))
    px, py = x[rows, columns], y[rows, columns]
    sides = [(q[0] - p[0]) * (py - p[1]) - (q[1] - p[1]) * (px - p[0]) for p, q in ((a, b), (b, c), (c, a))]
    inside = np.logical_and.reduce([s >= 0 for s in sides]) | np.logical_and.reduce([s <= 0 for s in sides])
    mask[rows, columns] = np.where(inside, 1.0, mask[rows, columns])
