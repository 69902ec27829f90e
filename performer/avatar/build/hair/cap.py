"""The cap under the locks: what is seen between them, down to a hairline that lies on the skin without a rim."""

import numpy as np

from performer.avatar.build.hair.lock import COLUMNS, texture_rows
from performer.avatar.build.hair.scalp import Scalp
from performer.avatar.build.hair.style import Style
from performer.avatar.build.head import HeadSurface
from performer.avatar.build.part import Floats, Part, rigid

__all__ = ["build_cap"]


def build_cap(scalp: Scalp, head: HeadSurface, style: Style, level: str) -> Part:
    """An open shell from the whorl to the hairline, in the head's frame; its border lies in the skin."""
    columns, rows = (24, 8) if level == "lite" else (48, 14)
    bearing = np.linspace(-np.pi, np.pi, columns + 1)
    stops = np.radians([0, 30, 60, 90, 120, 150, 180])
    line = np.interp(np.abs(bearing), stops, style.hairline)
    falls = np.array([scalp.fall_at(b, h / 1000) for b, h in zip(bearing, line, strict=True)])
    share = np.linspace(0.0, 1.0, rows) ** 0.9
    grid_b, grid_s = np.meshgrid(bearing, share, indexing="ij")
    fall = falls[:, None] * grid_s
    points = scalp.at(grid_b.ravel(), fall.ravel(), np.full(grid_b.size, 0.004))
    # Towards the border the shell sinks into the skin, wherever the smooth scalp runs: on it, both would flicker.
    skin = _on_skin(head, points)
    inwards = np.array([0.0, 0.10, 0.0]) - skin
    skin = skin + 0.0040 * inwards / np.linalg.norm(inwards, axis=1, keepdims=True)
    sink = (grid_s.ravel() ** 5)[:, None]
    points = points * (1 - sink) + skin * sink
    ball = points - np.array([0.0, 0.10, -0.01])
    normals = ball / np.linalg.norm(ball, axis=1, keepdims=True)
    across = np.abs((np.repeat(np.arange(columns + 1), rows) / columns * 6) % 1.0 - 0.5) * 2
    down = texture_rows(points[:, 1], grid_s.ravel(), 0.55)
    uv = np.stack([(1 + 0.1 + 0.8 * across) / COLUMNS, down], axis=-1)
    at = np.arange(columns * (rows - 1))
    a = at // (rows - 1) * rows + at % (rows - 1)
    triangles = np.concatenate([np.stack([a, a + 1, a + rows + 1], 1), np.stack([a, a + rows + 1, a + rows], 1)])
    corner = points[triangles]
    size = np.linalg.norm(np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]), axis=1)
    triangles = triangles[size > 1e-9]
    return Part(
        points, triangles, normals, uv, rigid(len(points), "head"), "Hair", "hair", outline=0.0
    )  # fmt: skip


def _on_skin(head: HeadSurface, points: Floats) -> Floats:
    y = np.clip(points[:, 1], 0.0, 0.2145)
    return head.point(np.arctan2(points[:, 0], points[:, 2]), y, nose=0.0)
