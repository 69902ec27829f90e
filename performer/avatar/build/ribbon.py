"""Small meshes out of rows of points: ribbons, fans and rings. All of a face's drawn lines are ribbons."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from performer.avatar.build.part import Floats, Ints

__all__ = ["Piece", "across", "ring_triangles", "row_triangles", "together"]


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
