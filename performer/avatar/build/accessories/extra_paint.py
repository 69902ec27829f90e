"""The texture "extra": cells of drawn cloth, metal, petals, feathers for accessories; its right half is the props'."""

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np

from performer.avatar.build.material import Material
from performer.avatar.build.paint import as_picture, colour_of, mixed
from performer.avatar.build.part import Floats
from performer.avatar.build.spec import Spec

__all__ = ["CELLS", "SWATCH", "cell", "extra_material"]

_SIDE = 512
_WIDE, _HIGH = 64, 128
CELLS = (
    ("bow", "ribbon", "knot", "gem"),
    ("dark", "light", "metal", "pearl"),
    ("petal", "feather", "tassel", "leaf"),
    ("main", "second", "accent", "glow"),
)
"""Names of the cells, as they lie in the left half of the picture."""


def cell(name: str, u: Floats, v: Floats) -> Floats:
    """(n, 2) texture places of shares (u, v) of a cell, kept off its borders."""
    row = next(k for k, names in enumerate(CELLS) if name in names)
    column = CELLS[row].index(name)
    left, top = column * _WIDE / _SIDE, row * _HIGH / _SIDE
    across = left + (0.05 + 0.90 * np.clip(u, 0, 1)) * _WIDE / _SIDE
    return np.stack([across, top + (0.03 + 0.94 * np.clip(v, 0, 1)) * _HIGH / _SIDE], axis=-1)


def _swatch(name: str) -> tuple[float, float]:
    u, v = cell(name, np.array([0.5]), np.array([0.5]))[0]
    return float(u), float(v)


SWATCH = {name: _swatch(name) for names in CELLS for name in names} | {"white": _swatch("light")}
"""Middle of each cell, for a piece of one colour."""


def extra_material(spec: Spec) -> Material:
    """The paint of accessories (and of props, if `accessories.props_paint` is there)."""
    picture = np.ones((_SIDE, _SIDE, 3))
    colours = spec.colours
    accent = {item.kind: item.colour for item in spec.accessories if item.colour}
    ribbon = colour_of(accent.get("ribbon", colours.accent))
    flower = colour_of(accent.get("flower", accent.get("buyao", colours.accent)))
    metal, light = colour_of(colours.metal), colour_of(colours.light)
    frame = colour_of(accent.get("glasses", colours.dark))
    hair, tip = colour_of(colours.hair), colour_of(colours.hair_tip or colours.accent)
    paints: dict[str, Callable[[Floats, Floats], Floats]] = {
        "bow": lambda u, v: _cloth(u, v, ribbon, metal),
        "ribbon": lambda u, v: _ribbon(u, v, ribbon, metal),
        "knot": lambda u, v: _soft(u, v, mixed(ribbon, light, 0.1), 0.25),
        "gem": lambda u, v: _gem(u, v, ribbon),
        "dark": lambda u, v: _soft(u, v, frame, 0.3),
        "light": lambda u, v: _soft(u, v, light, 0.15),
        "metal": lambda u, v: _metal(u, v, metal),
        "pearl": lambda u, v: _gem(u, v, mixed(light, ribbon, 0.12)),
        "petal": lambda u, v: _petal(u, v, flower),
        "feather": lambda u, v: _feather(u, v, mixed(hair, light, 0.45), colour_of(colours.accent), tip),
        "tassel": lambda u, v: _threads(u, v, flower),
        "leaf": lambda u, v: _petal(u, v, np.array([0.45, 0.68, 0.52])),
        "main": lambda u, v: _soft(u, v, colour_of(colours.main), 0.25),
        "second": lambda u, v: _soft(u, v, colour_of(colours.second), 0.15),
        "accent": lambda u, v: _soft(u, v, colour_of(colours.accent), 0.25),
        "glow": lambda u, v: _soft(u, v, mixed(colour_of(colours.accent), light, 0.6), 0.0),
    }
    v, u = np.meshgrid((np.arange(_HIGH) + 0.5) / _HIGH, (np.arange(_WIDE) + 0.5) / _WIDE, indexing="ij")
    for row, names in enumerate(CELLS):
        for column, name in enumerate(names):
            at = (slice(row * _HIGH, (row + 1) * _HIGH), slice(column * _WIDE, (column + 1) * _WIDE))
            picture[at] = paints[name](u, v)
    if paint := _props():
        paint(picture[:, _SIDE // 2 :], spec)
    return Material(
        "extra",
        as_picture(picture),
        shade="#c9b4d8",
        shift=-0.05,
        toony=0.9,
        outline_mm=0.9,
        outline="#3a2040",
        rim_share=0.15,
    )


def _props() -> Any:
    try:
        return importlib.import_module("performer.avatar.build.accessories.props_paint").paint_props
    except ModuleNotFoundError:
        return None


def _over(ground: Floats, colour: Floats, share: Floats) -> Floats:
    return ground + (colour - ground) * np.clip(share, 0, 1)[..., None]


def _deep(colour: Floats) -> Floats:
    return np.clip(colour * np.array([0.62, 0.48, 0.68]), 0, 1)


def _soft(u: Floats, v: Floats, colour: Floats, depth: float) -> Floats:
    ground = _over(np.broadcast_to(colour, (*u.shape, 3)), np.ones(3), 0.35 * np.exp(-(((v - 0.18) / 0.14) ** 2)))
    return _over(ground, _deep(colour), depth * 2 * np.clip(v - 0.45, 0, 1))


def _cloth(u: Floats, v: Floats, colour: Floats, trim: Floats) -> Floats:
    """A bow's band: creases run out from the knot (both ends of v), a trim along both edges."""
    knot = 1 - np.abs(2 * v - 1)
    ground = np.broadcast_to(colour, (*u.shape, 3))
    ground = _over(ground, np.ones(3), 0.30 * np.exp(-(((knot - 0.62) / 0.22) ** 2)))
    for at, strength in ((0.30, 0.7), (0.52, 0.9), (0.72, 0.7)):
        crease = np.exp(-(((u - at - 0.04 * np.sin(knot * 5)) / (0.02 + 0.03 * knot)) ** 2)) * (1 - knot / 0.75)
        ground = _over(ground, _deep(colour), strength * np.clip(crease, 0, 1))
    ground = _over(ground, _deep(colour), np.where(knot < 0.09, 0.8, np.where(v > 0.56, 0.45, 0.0)))
    edge = np.minimum(u, 1 - u)
    return _over(ground, trim, np.where((edge > 0.055) & (edge < 0.105) & (v < 0.56), 0.9, 0.0))


def _ribbon(u: Floats, v: Floats, colour: Floats, trim: Floats) -> Floats:
    ground = _over(np.broadcast_to(colour, (*u.shape, 3)), _deep(colour), 0.9 * np.clip(1 - v / 0.16, 0, 1))
    ground = _over(ground, _deep(colour), 0.5 * np.exp(-(((u - 0.58) / 0.05) ** 2)) * (1 - v))
    edge = np.minimum(u, 1 - u)
    return _over(ground, trim, np.where((edge > 0.07) & (edge < 0.14), 0.9, 0.0))


def _gem(u: Floats, v: Floats, colour: Floats) -> Floats:
    ground = _over(np.broadcast_to(colour, (*u.shape, 3)), _deep(colour), 1.1 * np.clip(v - 0.5, 0, 1))
    return _over(ground, np.ones(3), np.exp(-(((u - 0.36) / 0.13) ** 2) - ((v - 0.28) / 0.10) ** 2) * 1.2)


def _metal(u: Floats, v: Floats, colour: Floats) -> Floats:
    ground = _over(np.broadcast_to(colour, (*u.shape, 3)), np.ones(3), 0.75 * np.exp(-(((v - 0.22) / 0.09) ** 2)))
    ground = _over(ground, _deep(colour), 0.7 * np.exp(-(((v - 0.52) / 0.13) ** 2)))
    return _over(ground, np.ones(3), 0.25 * np.exp(-(((v - 0.86) / 0.08) ** 2)))


def _petal(u: Floats, v: Floats, colour: Floats) -> Floats:
    """From a deep heart (v = 0) to a pale rim, with veins."""
    pale = mixed(colour, np.ones(3), 0.62)
    ground = _over(np.broadcast_to(colour, (*u.shape, 3)), pale, np.clip((v - 0.15) / 0.7, 0, 1))
    ground = _over(ground, _deep(colour), 0.8 * np.clip(1 - v / 0.22, 0, 1))
    veins = np.cos((u - 0.5) * 34) ** 8 * np.clip(1 - v, 0, 1) * 0.35
    return _over(ground, colour, veins)


def _feather(u: Floats, v: Floats, root: Floats, middle: Floats, end: Floats) -> Floats:
    """A shaft with barbs that lean to the tip, pearl to rose to aqua."""
    middle = mixed(middle, root, 0.35)
    ground = _over(np.broadcast_to(root, (*u.shape, 3)), middle, np.clip((v - 0.15) / 0.4, 0, 1))
    ground = _over(ground, end, np.clip((v - 0.55) / 0.35, 0, 1))
    aside = np.abs(u - 0.5)
    barbs = 0.5 + 0.5 * np.sin((v - aside * 0.55) * 120)
    ground = _over(ground, _deep(mixed(middle, end, 0.5)), 0.26 * barbs * np.clip(aside * 4, 0, 1))
    ground = _over(ground, np.ones(3), 0.55 * np.exp(-(((aside - 0.17) / 0.07) ** 2)) * (u < 0.5))
    return _over(ground, np.array([1.0, 0.97, 0.90]), np.exp(-((aside / 0.03) ** 2)))


def _threads(u: Floats, v: Floats, colour: Floats) -> Floats:
    ground = _over(np.broadcast_to(colour, (*u.shape, 3)), _deep(colour), 0.5 * (0.5 + 0.5 * np.sin(u * 44)))
    return _over(ground, np.ones(3), 0.35 * np.exp(-(((v - 0.25) / 0.1) ** 2)))
