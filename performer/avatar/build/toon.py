"""A material of ours as glTF with MToon, its picture as PNG or JPEG, its outline's width as a mask."""

from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image
from scipy.ndimage import minimum_filter

from performer.avatar.build.material import Material, Picture
from performer.avatar.build.part import Floats, Part

__all__ = ["linear", "outline_mask", "picture_bytes", "toon_material"]

# JPEG where it is smaller than this share of the PNG: painted skin is, flat cloth often is not.
_WORTH = 0.6
_MASK_SIZE = 256


def linear(colour: str) -> list[float]:
    """#rrggbb, display values, as the linear values that glTF wants."""
    values = np.array([int(colour[k : k + 2], 16) / 255.0 for k in (1, 3, 5)])
    light = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    return [round(float(v), 5) for v in light]


def picture_bytes(picture: Picture) -> tuple[str, bytes]:
    """MIME type and bytes of a picture; an alpha that is 255 everywhere is dropped."""
    if picture.shape[2] == 4 and (picture[..., 3] == 255).all():
        picture = picture[..., :3]
    image, png = Image.fromarray(picture), BytesIO()
    image.save(png, "PNG", compress_level=6)
    if picture.shape[2] == 3:
        jpeg = BytesIO()
        image.save(jpeg, "JPEG", quality=93, subsampling=0)
        if len(jpeg.getvalue()) < _WORTH * len(png.getvalue()):
            return "image/jpeg", jpeg.getvalue()
    return "image/png", png.getvalue()


def toon_material(material: Material, texture: int, mask: int | None, scale: float) -> dict[str, Any]:
    """The glTF material.

    Args:
        texture, mask: numbers of textures; the mask multiplies the outline's width.
        scale: of the whole figure, for the outline's width.
    """
    rim = [round(v * material.rim_share, 5) for v in linear(material.rim)]
    toon: dict[str, Any] = {
        "specVersion": "1.0",
        "transparentWithZWrite": material.alpha == "blend",
        "shadeColorFactor": linear(material.shade),
        "shadeMultiplyTexture": {"index": texture},
        "shadingShiftFactor": material.shift,
        "shadingToonyFactor": material.toony,
        "giEqualizationFactor": material.gi,
        "parametricRimColorFactor": rim,
        "parametricRimFresnelPowerFactor": 4.0,
        "parametricRimLiftFactor": 0.02,
        "rimLightingMixFactor": 1.0,
    }
    if material.queue:
        toon["renderQueueOffsetNumber"] = material.queue
    if material.outline_mm > 0.0:
        toon |= {
            "outlineWidthMode": "worldCoordinates",
            "outlineWidthFactor": round(material.outline_mm * 0.001 * scale, 6),
            "outlineColorFactor": linear(material.outline),
            "outlineLightingMixFactor": 0.6,
        }
        if mask is not None:
            toon["outlineWidthMultiplyTexture"] = {"index": mask}
    made: dict[str, Any] = {
        "name": material.name,
        "pbrMetallicRoughness": {
            "baseColorTexture": {"index": texture},
            "metallicFactor": 0.0,
            "roughnessFactor": 0.9,
        },
        "extensions": {"VRMC_materials_mtoon": toon},
    }
    if material.double_sided:
        made["doubleSided"] = True
    if material.alpha != "opaque":
        made["alphaMode"] = material.alpha.upper()
    return made


def outline_mask(parts: list[Part]) -> Picture | None:
    """How wide the outline is where, painted on the texture's places; None where it is whole everywhere."""
    if all(bool((np.asarray(part.outline) == 1.0).all()) for part in parts):
        return None
    mask = np.ones((_MASK_SIZE, _MASK_SIZE))
    for part in parts:
        share = np.broadcast_to(np.asarray(part.outline, np.float64), len(part.points))
        at = part.uv * _MASK_SIZE - 0.5
        for triangle in part.triangles[(share[part.triangles] < 1.0).any(axis=1)]:
            _fill(mask, at[triangle], share[triangle])
    # A little wider, so that what is filtered between texels is thin too.
    mask = minimum_filter(mask, 3)
    return np.repeat((mask * 255.0).round().astype(np.uint8)[..., None], 3, axis=2)


def _fill(mask: Floats, corners: Floats, share: Floats) -> None:
    """Draw one triangle; where several lie on one place, the thinnest outline wins."""
    size = len(mask)
    low = np.clip(np.floor(corners.min(axis=0)).astype(int), 0, size - 1)
    high = np.clip(np.ceil(corners.max(axis=0)).astype(int), 0, size - 1)
    x, y = np.meshgrid(np.arange(low[0], high[0] + 1), np.arange(low[1], high[1] + 1))
    (ax, ay), (bx, by), (cx, cy) = corners
    area = (by - cy) * (ax - cx) + (cx - bx) * (ay - cy)
    if abs(area) < 1e-9:
        inside, value = np.ones(x.shape, np.bool_), np.full(x.shape, share.mean())
    else:
        one = ((by - cy) * (x - cx) + (cx - bx) * (y - cy)) / area
        two = ((cy - ay) * (x - cx) + (ax - cx) * (y - cy)) / area
        three = 1.0 - one - two
        inside = (one > -0.2) & (two > -0.2) & (three > -0.2)
        value = np.clip(one * share[0] + two * share[1] + three * share[2], 0.0, 1.0)
    here = mask[low[1] : high[1] + 1, low[0] : high[0] + 1]
    here[inside] = np.minimum(here[inside], value[inside])
