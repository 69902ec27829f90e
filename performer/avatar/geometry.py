"""The mesh of a VRM in its rest pose: where each vertex stands and which humanoid bone carries it.

Every primitive is read once, with all its references checked; what the points mean is worked out in `hull`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motion.rig.bones import BONE_INDEX
from motion.rig.glb import Glb, GlbError
from motion.rig.gltf import Primitive

__all__ = ["Flesh", "rest_flesh"]


@dataclass(frozen=True, slots=True)
class Flesh:
    """All vertices of the meshes in the rest pose.

    points: (n, 3) metres in the 1.0 frame (+y up, +z ahead), where the file puts them.
    bone: (n,) number of the humanoid bone that carries each vertex, -1 for none.
    own: (n,) whether it hangs on that very bone, not on something loose below it, such as a lock of hair.
    """

    points: NDArray[np.float64]
    bone: NDArray[np.int64]
    own: NDArray[np.bool_]


def rest_flesh(glb: Glb, bones: Mapping[str, int], *, half_turn: bool, warnings: list[str]) -> Flesh:
    """Read every mesh.

    Args:
        bones: node of each humanoid bone. half_turn: turn about y, for VRM 0.x, which faces -z.
        warnings: what is odd and can be lived with is added here, once.

    Raises:
        GlbError: a mesh, skin or accessor is broken.
    """
    humanoid = {node: BONE_INDEX[name] for name, node in bones.items()}
    carrier = _carriers(glb, humanoid)
    exact = np.zeros(len(carrier), np.bool_)
    exact[list(humanoid)] = True
    points: list[NDArray[np.float64]] = [np.zeros((0, 3))]
    owners: list[NDArray[np.int64]] = [np.zeros(0, np.int64)]
    solid: list[NDArray[np.bool_]] = [np.zeros(0, np.bool_)]
    for number, node in enumerate(glb.document.nodes):
        if node.mesh is None:
            continue
        if not 0 <= node.mesh < len(glb.document.meshes):
            raise GlbError(f"node {number} uses mesh {node.mesh}, which does not exist")
        for primitive in glb.document.meshes[node.mesh].primitives:
            for found, owner, skinned in _rest_points(glb, number, primitive, warnings):
                points.append(found)
                owners.append(owner)
                # A mesh that is no skin but a thing hung on a bone, such as a robot's head, is that bone's own.
                solid.append(exact[owner] if skinned else np.ones(len(owner), np.bool_))
    where = np.concatenate(points)
    if half_turn:
        where = where * np.array([-1.0, 1.0, -1.0])
    owner = np.concatenate(owners)
    return Flesh(where, carrier[owner], np.concatenate(solid))


def _carriers(glb: Glb, humanoid: Mapping[int, int]) -> NDArray[np.int64]:
    """For each node the humanoid bone that it is or hangs on, -1 for none."""
    parents = glb.parents
    carrier = np.full(max(len(parents), 1), -1, np.int64)
    for node in range(len(parents)):
        at = node
        while at != -1 and at not in humanoid:
            at = parents[at]
        if at != -1:
            carrier[node] = humanoid[at]
    return carrier


def _rest_points(
    glb: Glb, number: int, primitive: Primitive, warnings: list[str]
) -> Iterator[tuple[NDArray[np.float64], NDArray[np.int64], bool]]:
    """World position (n, 3) of each vertex, the node (n,) that carries it most, and whether a skin says so."""
    if "POSITION" not in primitive.attributes:
        return
    points = glb.accessor(primitive.attributes["POSITION"]).astype(np.float64)
    if points.shape[1] != 3 or not np.isfinite(points).all():
        raise GlbError(f"the mesh of node {number} has broken positions")
    node = glb.document.nodes[number]
    if node.skin is None or not {"JOINTS_0", "WEIGHTS_0"} <= primitive.attributes.keys():
        matrix = glb.world[number]
        yield points @ matrix[:3, :3].T + matrix[:3, 3], np.full(len(points), number, np.int64), False
        return
    if not 0 <= node.skin < len(glb.document.skins):
        raise GlbError(f"node {number} uses skin {node.skin}, which does not exist")
    skin = glb.document.skins[node.skin]
    if not skin.joints or any(not 0 <= joint < len(glb.document.nodes) for joint in skin.joints):
        raise GlbError(f"skin {node.skin} names a joint that does not exist")
    joints = glb.accessor(primitive.attributes["JOINTS_0"]).astype(np.int64)
    weights = glb.accessor(primitive.attributes["WEIGHTS_0"]).astype(np.float64)
    if joints.shape != (len(points), 4) or weights.shape != joints.shape:
        raise GlbError(f"the mesh of node {number} has broken joints or weights")
    if len(joints) and joints.max() >= len(skin.joints):
        text = f"the mesh of node {number} uses joints that its skin does not have; those vertices stay behind"
        if text not in warnings:
            warnings.append(text)
        joints = np.minimum(joints, len(skin.joints) - 1)
    bind = _inverse_binds(glb, skin.inverse_bind_matrices, len(skin.joints))
    skinning = np.einsum("jik,jkl->jil", glb.world[skin.joints][:, :3, :], bind)
    total = np.maximum(weights.sum(axis=1, keepdims=True), 1e-9)
    blended = np.einsum("vk,vkil->vil", weights / total, skinning[joints])
    placed = np.einsum("vil,vl->vi", blended, np.column_stack((points, np.ones(len(points)))))
    if not np.isfinite(placed).all():
        raise GlbError(f"the mesh of node {number} has broken weights")
    owner = np.array(skin.joints, np.int64)[joints[np.arange(len(joints)), weights.argmax(axis=1)]]
    yield placed, owner, True


def _inverse_binds(glb: Glb, accessor: int | None, count: int) -> NDArray[np.float64]:
    if accessor is None:
        return np.broadcast_to(np.eye(4), (count, 4, 4))
    values = glb.accessor(accessor).astype(np.float64)
    if values.shape[0] < count or values.shape[1] != 16 or not np.isfinite(values).all():
        raise GlbError("a skin has broken bind matrices")
    return values[:count].reshape(-1, 4, 4).transpose(0, 2, 1)
