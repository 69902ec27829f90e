"""Catmull-Clark subdivision of a closed or open polygon mesh, attributes and all.

Source: Catmull and Clark, Recursively generated B-spline surfaces on arbitrary topological meshes, 1978.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from performer.avatar.build.part import Floats, Ints

__all__ = ["Finer", "catmull_clark"]


@dataclass(frozen=True, slots=True)
class Finer:
    """One level finer.

    values: (n, width); the first are the old vertices at their new places.
    quads: (k, 4), one per corner of an old face: that corner, middle of its edge, of the face, of the edge before.
    face: (k,) old face of each quad.
    """

    values: Floats
    quads: Ints
    face: Ints


def catmull_clark(values: Floats, faces: Sequence[Sequence[int]]) -> Finer:
    """Subdivide once.

    Args:
        values: (n, width), place and whatever else is to be smoothed with it.
        faces: polygons, counter-clockwise.
    """
    n, count = len(values), len(faces)
    size = np.array([len(face) for face in faces])
    corner = np.array([v for face in faces for v in face])
    start = np.concatenate(([0], np.cumsum(size)[:-1]))
    face = np.repeat(np.arange(count), size)
    index = np.arange(len(corner))
    last = index == (start + size - 1)[face]
    after = np.where(last, start[face], index + 1)
    before = np.where(index == start[face], (start + size - 1)[face], index - 1)
    # Each corner owns the edge to the next corner.
    ends = np.sort(np.stack((corner, corner[after]), axis=1), axis=1)
    edges, edge = np.unique(ends, axis=0, return_inverse=True)
    edge = edge.ravel()
    face_point = np.add.reduceat(values[corner], start, axis=0) / size[:, None]
    middle = values[edges].mean(axis=1)
    around = np.zeros_like(middle)
    np.add.at(around, edge, face_point[face])
    sharing = np.bincount(edge, minlength=len(edges))
    inner = sharing == 2
    edge_point = np.where(inner[:, None], 0.5 * middle + 0.25 * around, middle)
    old = _moved(values, corner, face_point[face], edges, middle, inner)
    quads = np.stack((corner, n + count + edge, n + face, n + count + edge[before]), axis=1)
    return Finer(np.concatenate((old, face_point, edge_point)), quads, face)


def _moved(values: Floats, corner: Ints, face_point: Floats, edges: Ints, middle: Floats, inner: Ints) -> Floats:
    """Where the old vertices go: the rule of the inside, or of the border's own curve."""
    n = len(values)
    faces = np.bincount(corner, minlength=n)[:, None]
    degree = np.bincount(edges.ravel(), minlength=n)[:, None]
    face_sum, edge_sum, border_sum = (np.zeros_like(values) for _ in range(3))
    np.add.at(face_sum, corner, face_point)
    for end in (0, 1):
        np.add.at(edge_sum, edges[:, end], middle)
        np.add.at(border_sum, edges[~inner, end], middle[~inner])
    used = np.maximum(faces, 1)
    inside = (face_sum / used + 2.0 * edge_sum / np.maximum(degree, 1) + (faces - 3.0) * values) / used
    at_border = np.bincount(edges[~inner].ravel(), minlength=n)[:, None] > 0
    moved = np.where(at_border, 0.5 * values + 0.25 * border_sum, inside)
    return np.where(faces > 0, moved, values)
