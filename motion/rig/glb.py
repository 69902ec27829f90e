"""GLB files: a glTF 2.0 document and one block of bytes. Reading is strict, because the files come from outside.

Only the container, nodes and accessors; what VRM or VRMA mean by their extensions is read elsewhere.
Source: glTF 2.0 specification, chapters 3.6 and 4.
"""

import math
import struct
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from motion.errors import UserError
from motion.rig.gltf import Accessor, Gltf, Node, Sparse

__all__ = ["Glb", "GlbError", "decode_glb", "encode_glb"]

_MAGIC = 0x46546C67
_JSON_CHUNK = 0x4E4F534A
_BIN_CHUNK = 0x004E4942

_DTYPES: dict[int, str] = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_WIDTHS: dict[str, int] = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}


class GlbError(UserError):
    """The bytes are not a usable GLB file; the message says what is broken."""


@dataclass(frozen=True)
class Glb:
    """A document and its bytes. Not slotted: parents and world matrices are worked out once, when asked for."""

    document: Gltf
    binary: bytes

    def view(self, number: int) -> memoryview:
        """The bytes of a buffer view.

        Raises:
            GlbError: no such view, or it reaches beyond the bytes of the file.
        """
        views = self.document.buffer_views
        if not 0 <= number < len(views):
            raise GlbError(f"it refers to buffer view {number}, but has {len(views)}")
        view = views[number]
        if view.buffer != 0 or (self.document.buffers and self.document.buffers[0].uri):
            raise GlbError("its bytes lie in another file; export it as one self-contained file")
        if view.byte_offset < 0 or view.byte_length < 0 or view.byte_offset + view.byte_length > len(self.binary):
            raise GlbError(f"buffer view {number} reaches beyond the end of the file")
        return memoryview(self.binary)[view.byte_offset : view.byte_offset + view.byte_length]

    def accessor(self, number: int) -> NDArray[Any]:
        """Read accessor `number` as (count, width) of its own type; normalised integers become float32.

        Raises:
            GlbError: number, kind, size or place is impossible.
        """
        accessors = self.document.accessors
        if not 0 <= number < len(accessors):
            raise GlbError(f"it refers to accessor {number}, but has {len(accessors)}")
        accessor = accessors[number]
        if accessor.component_type not in _DTYPES or accessor.type not in _WIDTHS or accessor.count < 0:
            raise GlbError(f"accessor {number} has an unknown kind ({accessor.component_type} {accessor.type})")
        dtype, width = np.dtype(_DTYPES[accessor.component_type]), _WIDTHS[accessor.type]
        if accessor.buffer_view is None:
            # Its size is bound by nothing in the file, so bound it here: no avatar has 10 million vertices.
            if accessor.count > 10_000_000:
                raise GlbError(f"accessor {number} claims {accessor.count} elements")
            values = np.zeros((accessor.count, width), dtype)
        else:
            stride = self.document.buffer_views[accessor.buffer_view].byte_stride if self._has(accessor) else None
            values = self._elements(
                number, accessor.buffer_view, accessor.byte_offset, stride, accessor.count, dtype, width
            )
        if accessor.sparse is not None:
            values = self._with_sparse(number, values.copy(), accessor.sparse, dtype, width)
        if accessor.normalized and dtype.kind in "iu":
            return np.maximum(values.astype(np.float32) / np.iinfo(dtype).max, -1.0)
        return values

    def _has(self, accessor: Accessor) -> bool:
        return accessor.buffer_view is not None and 0 <= accessor.buffer_view < len(self.document.buffer_views)

    def _elements(
        self, number: int, view: int, offset: int, stride: int | None, count: int, dtype: np.dtype[Any], width: int
    ) -> NDArray[Any]:
        data = self.view(view)
        size = dtype.itemsize * width
        step = stride or size
        if offset < 0 or step < size or (count and offset + step * (count - 1) + size > len(data)):
            raise GlbError(f"accessor {number} reaches beyond its buffer view")
        if not count:
            return np.zeros((0, width), dtype)
        return np.ndarray((count, width), dtype, data, offset, (step, dtype.itemsize))

    def _with_sparse(
        self, number: int, values: NDArray[Any], sparse: Sparse, dtype: np.dtype[Any], width: int
    ) -> NDArray[Any]:
        kind = _DTYPES.get(sparse.indices.component_type)
        if kind is None or sparse.count < 0:
            raise GlbError(f"accessor {number} has a broken sparse part")
        at = self._elements(
            number, sparse.indices.buffer_view, sparse.indices.byte_offset, None, sparse.count, np.dtype(kind), 1
        )[:, 0].astype(np.int64)
        if len(at) and (at.min() < 0 or at.max() >= len(values)):
            raise GlbError(f"accessor {number} has a sparse index outside its {len(values)} elements")
        values[at] = self._elements(
            number, sparse.values.buffer_view, sparse.values.byte_offset, None, sparse.count, dtype, width
        )
        return values

    @cached_property
    def parents(self) -> tuple[int, ...]:
        """Parent node of each node, -1 for roots.

        Raises:
            GlbError: a child does not exist, has two parents, or is its own ancestor.
        """
        nodes = self.document.nodes
        parents = [-1] * len(nodes)
        for number, node in enumerate(nodes):
            for child in node.children:
                if not 0 <= child < len(nodes):
                    raise GlbError(f"node {number} has child {child}, but there are {len(nodes)} nodes")
                if parents[child] != -1:
                    raise GlbError(f"node {child} has two parents")
                parents[child] = number
        for number in range(len(nodes)):
            at, steps = number, 0
            while parents[at] != -1:
                at, steps = parents[at], steps + 1
                if steps > len(nodes):
                    raise GlbError(f"node {number} is its own ancestor")
        return tuple(parents)

    @cached_property
    def world(self) -> NDArray[np.float64]:
        """(nodes, 4, 4) rest transforms, node to scene.

        Raises:
            GlbError: the node tree or a transform is broken.
        """
        nodes, parents = self.document.nodes, self.parents
        world = np.zeros((len(nodes), 4, 4))
        done = [False] * len(nodes)
        for start in range(len(nodes)):
            chain: list[int] = []
            at = start
            while at != -1 and not done[at]:
                chain.append(at)
                at = parents[at]
            for number in reversed(chain):
                own = _local_matrix(nodes[number], number)
                world[number] = own if parents[number] == -1 else world[parents[number]] @ own
                done[number] = True
        if not np.isfinite(world).all() or np.abs(world).max(initial=0.0) > 1e6:
            raise GlbError("a node's transform is not finite")
        return world


def _local_matrix(node: Node, number: int) -> NDArray[np.float64]:
    if node.matrix is not None:
        if len(node.matrix) != 16:
            raise GlbError(f"node {number} has a matrix of {len(node.matrix)} numbers; 16 are needed")
        return np.array(node.matrix, np.float64).reshape(4, 4).T
    parts = {"translation": 3, "rotation": 4, "scale": 3}
    for name, count in parts.items():
        values = getattr(node, name)
        if values is not None and (len(values) != count or not all(math.isfinite(v) for v in values)):
            raise GlbError(f"node {number} has a broken {name}")
    x, y, z, w = node.rotation or (0.0, 0.0, 0.0, 1.0)
    norm = math.sqrt(x * x + y * y + z * z + w * w)
    if not 1e-6 < norm < 1e6:
        raise GlbError(f"node {number} has a rotation without direction")
    x, y, z, w = x / norm, y / norm, z / norm, w / norm
    matrix = np.eye(4)
    matrix[:3, :3] = (
        (1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)),
        (2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)),
        (2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)),
    )
    matrix[:3, :3] *= np.array(node.scale or (1.0, 1.0, 1.0), np.float64)
    matrix[:3, 3] = node.translation or (0.0, 0.0, 0.0)
    return matrix


def decode_glb(data: bytes) -> Glb:
    """Take a GLB apart.

    Raises:
        GlbError: not a GLB, cut off, or its JSON is broken; one sentence that says which.
    """
    if len(data) < 20 or data[:4] != b"glTF":
        if data.startswith(b"version https://git-lfs"):
            raise GlbError("it is only a Git LFS pointer; fetch the real file with: git lfs pull")
        if data.lstrip()[:1] == b"{":
            raise GlbError("it is a text glTF; export it as one binary file (GLB or VRM)")
        raise GlbError("it is not a GLB file (a VRM begins with the letters glTF)")
    _, version, length = struct.unpack_from("<III", data)
    if version != 2:
        raise GlbError(f"it is GLB version {version}; only version 2 can be read")
    if length > len(data):
        raise GlbError(f"it is cut off: {len(data)} of {length} bytes are there; copy or download it again")
    document: bytes | None = None
    binary = b""
    at = 12
    while at + 8 <= length:
        size, kind = struct.unpack_from("<II", data, at)
        if at + 8 + size > length:
            raise GlbError("it is cut off in the middle of a chunk; copy or download it again")
        chunk = data[at + 8 : at + 8 + size]
        if kind == _JSON_CHUNK and document is None:
            document = chunk
        elif kind == _BIN_CHUNK and not binary:
            binary = chunk
        at += 8 + size + (-size % 4)
    if document is None:
        raise GlbError("it has no JSON part")
    try:
        parsed = msgspec.json.decode(document.rstrip(b" \0"), type=Gltf, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise GlbError(f"its JSON part is broken: {error}") from error
    return Glb(parsed, binary)


def encode_glb(document: dict[str, Any], binary: bytes = b"") -> bytes:
    """Put a GLB together; `document["buffers"]` must already tell the length of `binary`."""
    text = msgspec.json.encode(document)
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<II", len(text), _JSON_CHUNK) + text
    if binary:
        binary += b"\0" * (-len(binary) % 4)
        chunks += struct.pack("<II", len(binary), _BIN_CHUNK) + binary
    return struct.pack("<III", _MAGIC, 2, 12 + len(chunks)) + chunks
