"""Skirts: pleats and feathers that lie on a bell round the hips and swing with its chains."""

from collections.abc import Callable, Sequence

import numpy as np

from performer.avatar.build.outfit.bell import Bell
from performer.avatar.build.outfit.hanging import SHORT, Hanging, skirt_weights
from performer.avatar.build.outfit.sheet import Sheet
from performer.avatar.build.part import Floats, Ints

__all__ = ["PLEAT_FULL", "PLEAT_LITE", "feather_outline", "hang", "panel", "pleated"]

PLEAT_LITE = ((0.0, -0.7), (0.22, 1.0), (0.80, 0.55))
PLEAT_FULL = ((0.0, -0.6), (0.10, 0.9), (0.42, 1.0), (0.74, 0.7), (0.88, -1.0))
"""One knife pleat: (place in it, height), the height in shares of the pleat's depth."""


def pleated(
    bell: Bell,
    pleats: int,
    rows: Floats,
    *,
    hanging: Hanging = SHORT,
    depth: float = 0.010,
    profile: Sequence[tuple[float, float]] = PLEAT_LITE,
    tiles: int = 1,
    out: float | Floats = 0.0,
    seam: float = np.pi,
) -> Sheet:
    """A pleated layer.

    Args:
        rows: shares of the length.
        tiles: how often the paint repeats round the skirt (pleats must be a multiple).
        out: metres outside the bell, a number or (rows,).
        seam: the angle where it is sewn together.
    """
    assert pleats % tiles == 0
    places, heights = np.array(profile).T
    at = ((np.arange(pleats)[:, None] + places[None]) / pleats).ravel()
    lift = np.tile(heights, pleats)
    at, lift = np.append(at, 1.0), np.append(lift, lift[0])
    order, u = _repeated(at, tiles)
    a = seam + 2 * np.pi * at[order]
    lift = lift[order]
    grid_a = np.broadcast_to(a, (len(rows), len(a)))
    t = np.broadcast_to(rows[:, None], grid_a.shape)
    points = bell.point(grid_a, t, np.reshape(out, (-1, 1)) + depth * np.clip(t, 0, 1) ** 0.8 * lift)
    points[..., 1] -= 0.25 * depth * t * (lift < 0)
    v = (t - rows[0]) / (rows[-1] - rows[0])
    return Sheet(points, np.broadcast_to(u, t.shape).copy(), v, skirt_weights(grid_a, t, hanging=hanging))


def panel(
    bell: Bell,
    angle: float,
    width: float,
    start: float,
    end: float,
    *,
    rows: int = 5,
    columns: int = 3,
    hanging: Hanging = SHORT,
    out: float = 0.012,
    curl: float = 0.006,
    shape: Callable[[Floats], Floats] | None = None,
    lean: float = 0.0,
    spread_u: bool = False,
) -> Sheet:
    """A feather, a coat's tail, an apron: a narrow piece that lies on the bell.

    Args:
        angle: of its middle. width: metres at its widest. start, end: shares of the bell's length.
        shape: share of its own length -> share of the width there; a feather by default.
        curl: metres that the middle stands above the edges. lean: angle by which the tip lies beside the root.
        spread_u: paint follows the edges instead of being cut by them.
    """
    s = np.sin(np.linspace(0, np.pi / 2, rows)) ** 0.9
    outline = shape or feather_outline
    across = np.linspace(-1, 1, columns)
    share = np.broadcast_to(s[:, None], (rows, columns))
    side = np.broadcast_to(across[None], share.shape)
    t = start + (end - start) * share
    middle = angle + lean * share
    radius = np.linalg.norm(bell.point(middle, t)[..., [0, 2]], axis=-1)
    a = middle + side * outline(share) * width / 2 / np.maximum(radius, 0.05)
    tucked = np.clip(share / 0.35, 0, 1)
    off = -0.004 + (out + 0.004) * tucked * tucked * (3 - 2 * tucked)
    points = bell.point(a, t, off + curl * (1 - side**2) * np.sin(np.pi * np.clip(share, 0.0, 0.92)))
    u = 0.5 + 0.5 * side * (1.0 if spread_u else np.maximum(outline(share), 0.02))
    return Sheet(points, u, share.copy(), skirt_weights(a, t, hanging=hanging))


def feather_outline(s: Floats) -> Floats:
    """Narrow at the root, widest at two thirds, a rounded tip."""
    return np.clip(0.42 + 0.58 * np.sin(np.pi * np.clip(s, 0, 1) ** 1.15 * 0.82), 0, 1) * np.sqrt(
        np.clip(1 - np.clip(s, 0, 1) ** 7, 0.0, 1)
    )


def hang(sheet: Sheet, bell: Bell, hanging: Hanging = SHORT) -> Sheet:
    """A piece that swings with the skirt wherever it hangs: its weights by angle and height on the bell."""
    a = np.arctan2(sheet.points[..., 0], sheet.points[..., 2] - bell.middle_z)
    t = np.clip((bell.waist - sheet.points[..., 1]) / bell.length, 0, 1.2)
    return Sheet(sheet.points, sheet.u, sheet.v, skirt_weights(a, t, hanging=hanging))


def _repeated(at: Floats, tiles: int) -> tuple[Ints, Floats]:
    """Columns with those doubled where the paint begins anew, and their u."""
    order: list[int] = []
    u: list[float] = []
    for k in range(tiles):
        inside = np.flatnonzero((at >= k / tiles - 1e-9) & (at <= (k + 1) / tiles + 1e-9))
        order.extend(inside.tolist())
        u.extend(((at[inside] - k / tiles) * tiles).tolist())
    return np.array(order), np.array(u)
