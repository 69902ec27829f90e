"""Small meshes out of rows of points: ribbons, fans and rings. All of a face's drawn lines are ribbons."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from performer.avatar.build.part import Floats, Ints

__all__ = ["INK", "NEAR", "SOFT_ROWS", "Piece", "across", "blur", "ring_triangles", "row_triangles", "soft", "together"]

NEAR = 0.0005
"""Width over which a line's edge fades out in a close-up, metres."""
_FAR = 0.0034
"""The same where a pixel is 5 mm wide: an edge that fades over most of a pixel has no steps and breaks into no dots."""
SOFT_ROWS = 4
INK = (0.3, 0.7)
"""Between these rows of a strip's tile [0, 1] the line is whole; beyond them it fades out."""
_SOFT_V = (0.12, *INK, 0.88)


@dataclass(frozen=True, slots=True)
class Piece:
    """points (n, 3) head-local, triangles (m, 3), uv (n, 2) of the eyes' texture, and the joint it hangs on."""

    points: Floats
    triangles: Ints
    uv: Floats
    joint: str = "head"


def row_triangles(rows: int, count: int, *, flip: bool = False) -> Ints:
    """Triangles of a grid of `rows` rows of `count` points; as given, rows going up and points to +x face +z."""
    row, column = np.meshgrid(np.arange(rows - 1), np.arange(count - 1), indexing="ij")
    a = (row * count + column).ravel()
    b, c, d = a + 1, a + count, a + count + 1
    triangles = np.concatenate((np.stack((a, b, d), -1), np.stack((a, d, c), -1)))
    return triangles[:, ::-1].copy() if flip else triangles


def ring_triangles(rings: int, count: int, *, flip: bool = False, tip: bool = False) -> Ints:
    """The same for closed rings; with `tip` one more point at the end closes the last ring."""
    ring, step = np.meshgrid(np.arange(rings - 1), np.arange(count), indexing="ij")
    a = (ring * count + step).ravel()
    b = (ring * count + (step + 1) % count).ravel()
    parts = [np.stack((a, b, b + count), -1), np.stack((a, b + count, a + count), -1)]
    if tip:
        last = (rings - 1) * count
        i = np.arange(count)
        parts.append(np.stack((last + i, last + (i + 1) % count, np.full(count, rings * count)), -1))
    triangles = np.concatenate(parts)
    return triangles[:, ::-1].copy() if flip else triangles


def blur(far: float) -> float:
    """Width over which an edge fades, metres. far: 0 in a close-up, 1 where a pixel is 5 mm wide."""
    return NEAR + (_FAR - NEAR) * far


def soft(low: Floats, high: Floats, fade: Floats | float) -> tuple[list[Floats], list[float]]:
    """A line between two edges, (n, 2) each, as four rows that fade out on both sides, and their rows in the tile.

    The fade lies half within and half outside the edge, so that it neither gains nor loses ink; a line that is thinner
    than its fade is only fade.
    """
    middle, wide = 0.5 * (low + high), np.linalg.norm(high - low, axis=1, keepdims=True)
    normal = across(middle)
    # A line's ends may have no width: there it goes by the line's own direction.
    facing = normal if ((high - low) * normal).sum() >= 0.0 else -normal
    way = np.where(wide > 1e-4, (high - low) / np.maximum(wide, 1e-12), facing)
    half, edge = 0.5 * wide, 0.5 * np.reshape(np.asarray(fade), (-1, 1))
    inner, outer = np.maximum(half - edge, 0.0) * way, (half + edge) * way
    return [middle - outer, middle - inner, middle + inner, middle + outer], list(_SOFT_V)


def across(line: Floats) -> Floats:
    """(n, 2) unit normals of a line in the front view, to the left of its direction."""
    along = np.gradient(line, axis=0)
    normal = np.stack((-along[:, 1], along[:, 0]), axis=-1)
    return normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)


def together(pieces: Sequence[Piece]) -> tuple[Floats, Ints, Floats]:
    """Points, triangles and uv of many pieces as one."""
    starts = np.cumsum([0, *(len(piece.points) for piece in pieces)])
    return (
        np.concatenate([piece.points for piece in pieces]),
        np.concatenate([piece.triangles + start for piece, start in zip(pieces, starts, strict=False)]),
        np.concatenate([piece.uv for piece in pieces]),
    )
