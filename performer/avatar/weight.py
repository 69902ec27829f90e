"""What drawing a model costs: triangles, draw calls, textures in the memory of the graphics card."""

import struct

from motion.rig.glb import Glb, GlbError
from performer.avatar.model import Weight

__all__ = ["weigh"]


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
    head = bytes(data[:65536])
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
