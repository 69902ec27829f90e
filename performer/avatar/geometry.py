"""What the mesh of a VRM tells: where the soles and the crown are, and what drawing it costs."""

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motion.rig.glb import Glb, GlbError, Primitive
from performer.avatar.model import Weight

__all__ = ["Outline", "outline", "weigh"]


@dataclass(frozen=True, slots=True)
class Outline:
    """Heights in the rest pose, metres in the file's own frame; None where no mesh tells."""

    sole: float | None
    crown: float | None


def outline(glb: Glb, bones: dict[str, int], *, half_turn: bool, warnings: list[str]) -> Outline:
    """Lowest point of what the feet carry and highest point of what the head carries.

    Args:
        bones: node of each humanoid bone. half_turn: unused for heights, kept to say that y does not turn.
    """
    del half_turn
    feet = _under(glb, [bones[n] for n in ("leftFoot", "rightFoot", "leftToes", "rightToes") if n in bones])
    head = _under(glb, [bones["head"]])
    soles: list[float] = []
    crowns: list[float] = []
    for number, node in enumerate(glb.document.nodes):
        if node.mesh is None:
            continue
        if not 0 <= node.mesh < len(glb.document.meshes):
            raise GlbError(f"node {number} uses mesh {node.mesh}, which does not exist")
        for primitive in glb.document.meshes[node.mesh].primitives:
            heights, owners = _rest_heights(glb, number, primitive, warnings)
            for group, found, pick in ((feet, soles, np.min), (head, crowns, np.max)):
                mine = heights[np.isin(owners, group)]
                if len(mine):
                    found.append(float(pick(mine)))
    return Outline(min(soles, default=None), max(crowns, default=None))


def _under(glb: Glb, roots: list[int]) -> NDArray[np.int64]:
    """The nodes `roots` and everything below them."""
    parents = glb.parents
    inside = set(roots)
    for node in range(len(parents)):
        chain: list[int] = []
        at = node
        while at != -1 and at not in inside:
            chain.append(at)
            at = parents[at]
        if at != -1:
            inside.update(chain)
    return np.array(sorted(inside), np.int64)


def _rest_heights(
    glb: Glb, number: int, primitive: Primitive, warnings: list[str]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """World height (n,) of each vertex in the rest pose and the node (n,) that carries it most."""
    if "POSITION" not in primitive.attributes:
        return np.zeros(0), np.zeros(0, np.int64)
    points = glb.accessor(primitive.attributes["POSITION"]).astype(np.float64)
    if points.shape[1] != 3 or not np.isfinite(points).all():
        raise GlbError(f"the mesh of node {number} has broken positions")
    node = glb.document.nodes[number]
    skinned = node.skin is not None and {"JOINTS_0", "WEIGHTS_0"} <= primitive.attributes.keys()
    if not skinned:
        matrix = glb.world[number]
        return points @ matrix[1, :3] + matrix[1, 3], np.full(len(points), number, np.int64)
    if node.skin is None or not 0 <= node.skin < len(glb.document.skins):
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
    rows = np.einsum("jk,jkl->jl", glb.world[skin.joints][:, 1, :], bind)
    each = np.einsum("vkl,vl->vk", rows[joints], np.column_stack((points, np.ones(len(points)))))
    total = np.maximum(weights.sum(axis=1), 1e-9)
    owner = np.array(skin.joints, np.int64)[joints[np.arange(len(joints)), weights.argmax(axis=1)]]
    return (each * weights).sum(axis=1) / total, owner


def _inverse_binds(glb: Glb, accessor: int | None, count: int) -> NDArray[np.float64]:
    if accessor is None:
        return np.broadcast_to(np.eye(4), (count, 4, 4))
    values = glb.accessor(accessor).astype(np.float64)
    if values.shape[0] < count or values.shape[1] != 16 or not np.isfinite(values).all():
        raise GlbError("a skin has broken bind matrices")
    return values[:count].reshape(-1, 4, 4).transpose(0, 2, 1)


def weigh(glb: Glb, file_bytes: int, springs: int) -> Weight:
    """Count what the page has to load and draw."""
    triangles = draws = shapes = 0
    for mesh in glb.document.meshes:
        for primitive in mesh.primitives:
            draws += 1
            shapes = max(shapes, len(primitive.targets))
            at = primitive.indices if primitive.indices is not None else primitive.attributes.get("POSITION")
            if primitive.mode == 4 and at is not None and 0 <= at < len(glb.document.accessors):
                triangles += glb.document.accessors[at].count // 3
    texels = sum(_texels(_picture(glb, number)) for number in range(len(glb.document.images)))
    return Weight(
        file_bytes=file_bytes,
        triangles=triangles,
        draws=draws,
        materials=len(glb.document.materials),
        textures=len(glb.document.images),
        texture_bytes=texels * 4 * 4 // 3,
        joints=max((len(skin.joints) for skin in glb.document.skins), default=0),
        shapes=shapes,
        springs=springs,
    )


def _picture(glb: Glb, number: int) -> memoryview | bytes:
    image = glb.document.images[number]
    if image.uri is not None and not image.uri.startswith("data:"):
        raise GlbError(
            f"picture {number} lies in another file ({image.uri[:60]}); export it as one self-contained file"
        )
    return glb.view(image.buffer_view) if image.buffer_view is not None else b""


def _texels(data: memoryview | bytes) -> int:
    """Pixels of a PNG, JPEG or WebP from its header; 0 where the header is not understood."""
    head: Any = bytes(data[:65536])
    if head[:8] == b"\x89PNG\r\n\x1a\n" and len(head) >= 24:
        width, height = struct.unpack_from(">II", head, 16)
        return width * height
    if head[:2] == b"\xff\xd8":
        at = 2
        while at + 9 < len(head) and head[at] == 0xFF:
            marker, size = head[at + 1], struct.unpack_from(">H", head, at + 2)[0]
            if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
                height, width = struct.unpack_from(">HH", head, at + 5)
                return width * height
            at += 2 + size
    return 0
