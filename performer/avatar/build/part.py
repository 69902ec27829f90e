"""What each builder of a piece hands over: points with skin weights, texture places, shapes. Nothing of VRM here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

__all__ = ["MATERIALS", "MESHES", "Floats", "Ints", "Part", "Weights", "corner_normals", "join", "mirrored", "rigid"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Weights = Mapping[str, Floats]
"""Bone or spring joint -> (n,) share; the writer keeps the four largest and normalises."""

MESHES = ("Face", "Body", "Hair", "Outfit")
"""Nodes with a mesh in the file. Only `Face` has shapes."""
MATERIALS = ("skin", "eyes", "hair", "fringe", "outfit", "extra")
"""At most these six, one texture each: skin (face and body), eyes (white, iris, lashes, brows, mouth, teeth),
hair, fringe (alpha towards its tips), outfit (clothes, shoes), extra (accessories, props; may be double-sided)."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of an avatar.

    points: (n, 3) metres, model space, T-pose, feet on y = 0, facing +z, her left at +x.
    triangles: (m, 3), counter-clockwise seen from outside.
    normals: (n, 3) unit; what toon light is to see, which need not be the surface's own.
    uv: (n, 2), (0, 0) the upper left corner of the material's texture.
    mesh, material: one of MESHES, one of MATERIALS.
    shapes: expression shape -> (n, 3) displacement, metres; normals stay as they are.
    outline: (n,) or number, multiplies the outline's width, 0 = none. [0, 1]
    """

    points: Floats
    triangles: Ints
    normals: Floats
    uv: Floats
    weights: Weights
    mesh: str
    material: str
    shapes: Mapping[str, Floats] = field(default_factory=dict[str, Floats])
    outline: Floats | float = 1.0

    def __post_init__(self) -> None:
        n = len(self.points)
        assert self.points.shape == self.normals.shape == (n, 3)
        assert self.uv.shape == (n, 2)
        assert self.mesh in MESHES
        assert self.material in MATERIALS
        assert not ((self.triangles < 0) | (self.triangles >= n)).any()


def rigid(count: int, joint: str) -> Weights:
    """Everything follows one joint."""
    return {joint: np.ones(count)}


def corner_normals(points: Floats, triangles: Ints) -> Floats:
    """(n, 3) unit normals weighted by area; points at one place share theirs, so seams of the texture do not show."""
    _, place = np.unique(points.round(7), axis=0, return_inverse=True)
    place = place.ravel()
    corner = points[triangles]
    face = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    total = np.zeros_like(points)
    for k in range(3):
        np.add.at(total, place[triangles[:, k]], face)
    total = total[place]
    length = np.linalg.norm(total, axis=1, keepdims=True)
    return np.where(length > 1e-14, total / np.maximum(length, 1e-14), np.array([0.0, 0.0, 1.0]))


def mirrored(part: Part, *, uv: Floats | None = None) -> Part:
    """The same piece on the other side: x, joints and shapes called left and right change places."""
    turn = np.array([-1.0, 1.0, 1.0])
    return replace(
        part,
        points=part.points * turn,
        normals=part.normals * turn,
        triangles=part.triangles[:, ::-1].copy(),
        uv=part.uv if uv is None else uv,
        weights={_other(name): share for name, share in part.weights.items()},
        shapes={_other(name): shift * turn for name, shift in part.shapes.items()},
    )


def join(parts: Sequence[Part]) -> Part:
    """One part out of many of one mesh and material; a joint or shape that a part does not know is 0 there."""
    first = parts[0]
    assert all((p.mesh, p.material) == (first.mesh, first.material) for p in parts)
    joints = list(dict.fromkeys(name for part in parts for name in part.weights))
    shapes = list(dict.fromkeys(name for part in parts for name in part.shapes))
    starts = np.cumsum([0, *(len(part.points) for part in parts)])
    return Part(
        np.concatenate([p.points for p in parts]),
        np.concatenate([p.triangles + at for p, at in zip(parts, starts, strict=False)]),
        np.concatenate([p.normals for p in parts]),
        np.concatenate([p.uv for p in parts]),
        {n: np.concatenate([np.broadcast_to(p.weights.get(n, 0.0), len(p.points)) for p in parts]) for n in joints},
        first.mesh,
        first.material,
        {n: np.concatenate([p.shapes.get(n, np.zeros_like(p.points)) for p in parts]) for n in shapes},
        np.concatenate([np.broadcast_to(p.outline, len(p.points)) for p in parts]),
    )


def _other(name: str) -> str:
    """The name on the other side: left for right, in the middle of a word or at its end too."""
    for one, two in (("left", "right"), ("Left", "Right")):
        if one in name:
            return name.replace(one, two)
        if two in name:
            return name.replace(two, one)
    return name
