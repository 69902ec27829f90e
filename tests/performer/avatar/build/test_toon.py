"""Materials: colours in the light that glTF counts in, small pictures, outlines that end where a builder says so."""

import io

import numpy as np
import pytest
from PIL import Image

from performer.avatar.build.material import Material
from performer.avatar.build.part import Part, rigid
from performer.avatar.build.toon import linear, outline_mask, picture_bytes, toon_material


def square(outline: float, left: float) -> Part:
    points = np.array([[0.0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]])
    uv = np.array([[left, 0.1], [left + 0.4, 0.1], [left + 0.4, 0.9], [left, 0.9]])
    faces = np.array([[0, 1, 2], [0, 2, 3]])
    up = np.tile([0.0, 0, 1], (4, 1))
    return Part(points, faces, up, uv, rigid(4, "head"), "Hair", "hair", outline=outline)


def test_colours_are_made_linear() -> None:
    assert linear("#000000") == [0.0, 0.0, 0.0]
    assert linear("#ffffff") == [1.0, 1.0, 1.0]
    assert linear("#808080")[0] == pytest.approx(0.2158, abs=1e-3)


def test_a_whole_alpha_is_dropped_and_paint_becomes_jpeg() -> None:
    flat = np.full((64, 64, 4), 255, np.uint8)
    kind, data = picture_bytes(flat)
    assert kind == "image/png"
    assert Image.open(io.BytesIO(data)).mode == "RGB"
    slope = np.linspace(0.0, 200.0, 256)[:, None] + np.linspace(0.0, 50.0, 256)[None]
    painted = slope + np.random.default_rng(1).normal(0.0, 2.0, (256, 256))
    assert picture_bytes(np.repeat(painted[..., None], 3, axis=2).astype(np.uint8))[0] == "image/jpeg"
    flat[0, 0, 3] = 0
    assert Image.open(io.BytesIO(picture_bytes(flat)[1])).mode == "RGBA"


def test_the_outline_is_masked_only_where_it_is_thin() -> None:
    assert outline_mask([square(1.0, 0.05)]) is None
    mask = outline_mask([square(1.0, 0.05), square(0.0, 0.55)])
    assert mask is not None
    size = len(mask)
    assert mask[size // 2, int(0.25 * size), 1] == 255
    assert mask[size // 2, int(0.75 * size), 1] == 0


def test_outline_and_alpha_go_into_the_material() -> None:
    picture = np.zeros((4, 4, 3), np.uint8)
    made = toon_material(Material("hair", picture, outline_mm=2.0, alpha="blend"), 3, 4, 1.1)
    toon = made["extensions"]["VRMC_materials_mtoon"]
    assert toon["outlineWidthFactor"] == pytest.approx(0.0022)
    assert toon["outlineWidthMultiplyTexture"] == {"index": 4}
    assert made["alphaMode"] == "BLEND"
    assert toon["transparentWithZWrite"] is True
    none = toon_material(Material("eyes", picture, outline_mm=0.0), 0, None, 1.0)
    assert "outlineWidthMode" not in none["extensions"]["VRMC_materials_mtoon"]
