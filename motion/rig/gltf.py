"""The records of a glTF 2.0 document, as far as the engine reads them; extensions stay raw.

Records only: nothing here reads bytes. Source: glTF 2.0 specification, chapter 5.
"""

from typing import Any

import msgspec

__all__ = [
    "Accessor",
    "Animation",
    "Buffer",
    "BufferView",
    "Channel",
    "Gltf",
    "Image",
    "Material",
    "Mesh",
    "Node",
    "PbrMetallicRoughness",
    "Primitive",
    "Sampler",
    "Scene",
    "Skin",
    "Sparse",
    "SparsePart",
    "Texture",
    "TextureInfo",
]


class Node(msgspec.Struct, frozen=True):
    """A node of the scene; either `matrix` (16, column after column) or translation, rotation, scale."""

    name: str = ""
    children: list[int] = []
    mesh: int | None = None
    skin: int | None = None
    matrix: list[float] | None = None
    translation: list[float] | None = None
    rotation: list[float] | None = None
    scale: list[float] | None = None


class Primitive(msgspec.Struct, frozen=True):
    """One draw call of a mesh: accessor numbers by attribute name."""

    attributes: dict[str, int]
    indices: int | None = None
    material: int | None = None
    mode: int = 4
    targets: list[dict[str, int]] = []


class Mesh(msgspec.Struct, frozen=True):
    """A mesh is its primitives."""

    primitives: list[Primitive]
    name: str = ""


class Skin(msgspec.Struct, frozen=True, rename="camel"):
    """Which nodes are the joints that JOINTS_0 counts."""

    joints: list[int]
    inverse_bind_matrices: int | None = None


class SparsePart(msgspec.Struct, frozen=True, rename="camel"):
    """Indices or values of a sparse accessor."""

    buffer_view: int
    component_type: int = 5126
    byte_offset: int = 0


class Sparse(msgspec.Struct, frozen=True):
    """The few elements that differ from the base."""

    count: int
    indices: SparsePart
    values: SparsePart


class Accessor(msgspec.Struct, frozen=True, rename="camel"):
    """A typed view of the bytes."""

    component_type: int
    count: int
    type: str
    buffer_view: int | None = None
    byte_offset: int = 0
    normalized: bool = False
    sparse: Sparse | None = None


class BufferView(msgspec.Struct, frozen=True, rename="camel"):
    """A stretch of the one buffer."""

    buffer: int
    byte_length: int
    byte_offset: int = 0
    byte_stride: int | None = None


class Buffer(msgspec.Struct, frozen=True, rename="camel"):
    """The buffer; in a GLB its bytes are the second chunk, so `uri` is absent."""

    byte_length: int
    uri: str | None = None


class Image(msgspec.Struct, frozen=True, rename="camel"):
    """A picture inside the file."""

    buffer_view: int | None = None
    mime_type: str = ""
    uri: str | None = None
    name: str = ""


class Texture(msgspec.Struct, frozen=True):
    """A picture as a texture."""

    source: int | None = None


class TextureInfo(msgspec.Struct, frozen=True):
    """Which texture a material uses."""

    index: int


class PbrMetallicRoughness(msgspec.Struct, frozen=True, rename="camel"):
    """The base of a material."""

    base_color_texture: TextureInfo | None = None
    metallic_roughness_texture: TextureInfo | None = None


class Material(msgspec.Struct, frozen=True, rename="camel"):
    """Name and textures; how it looks is the page's business."""

    name: str = ""
    pbr_metallic_roughness: PbrMetallicRoughness | None = None
    normal_texture: TextureInfo | None = None
    occlusion_texture: TextureInfo | None = None
    emissive_texture: TextureInfo | None = None

    def textures(self) -> list[int]:
        """Numbers of the textures that the core of glTF names."""
        base = self.pbr_metallic_roughness or PbrMetallicRoughness()
        infos = (base.base_color_texture, base.metallic_roughness_texture, self.normal_texture)
        return [i.index for i in (*infos, self.occlusion_texture, self.emissive_texture) if i is not None]


class Channel(msgspec.Struct, frozen=True):
    """One animated property of one node."""

    sampler: int
    target: dict[str, Any]


class Sampler(msgspec.Struct, frozen=True):
    """Times and values of a channel (accessor numbers)."""

    input: int
    output: int
    interpolation: str = "LINEAR"


class Animation(msgspec.Struct, frozen=True):
    """Channels that play together."""

    channels: list[Channel]
    samplers: list[Sampler]


class Scene(msgspec.Struct, frozen=True):
    """Root nodes."""

    nodes: list[int] = []


class Gltf(msgspec.Struct, frozen=True, rename="camel"):
    """The parts of a glTF document that the engine reads; extensions stay raw."""

    asset: dict[str, Any] = {}
    scene: int | None = None
    scenes: list[Scene] = []
    nodes: list[Node] = []
    meshes: list[Mesh] = []
    skins: list[Skin] = []
    accessors: list[Accessor] = []
    buffer_views: list[BufferView] = []
    buffers: list[Buffer] = []
    images: list[Image] = []
    textures: list[Texture] = []
    materials: list[Material] = []
    animations: list[Animation] = []
    extensions: dict[str, msgspec.Raw] = {}
    extensions_required: list[str] = []
