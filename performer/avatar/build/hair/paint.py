"""The paint of the hair: strips of drawn strands with a zig-zag ring of light, dark edges, tips of another hue."""

import colorsys
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from performer.avatar.build.hair.lock import COLUMNS
from performer.avatar.build.material import Material
from performer.avatar.build.part import Floats
from performer.avatar.build.spec import Spec

__all__ = ["hair_materials", "hair_textures"]

_SIDE = 512
_RING_ROW = 0.19
_FRINGE_TIP = 0.22
_FRINGE_CLEAR = 0.55


def _colour(code: str) -> Floats:
    return np.array([int(code[i : i + 2], 16) for i in (1, 3, 5)]) / 255.0


def _code(colour: Floats) -> str:
    return "#" + "".join(f"{round(float(c) * 255):02x}" for c in np.clip(colour, 0.0, 1.0))


def _toward(colour: Floats, hue: float, amount: float, dim: float, rich: float) -> Floats:
    """Turned by `amount` towards a hue (both in circles), brightness times `dim`, saturation moved by `rich`."""
    h, s, v = colorsys.rgb_to_hsv(*(float(c) for c in colour))
    way = (hue - h + 0.5) % 1.0 - 0.5
    return np.array(colorsys.hsv_to_rgb((h + way * amount) % 1.0, min(1.0, s + rich * (1.0 - s)), v * dim))


def _shade_of(code: str) -> str:
    """What the texture is multiplied with in the shade: darker and towards violet, never grey."""
    base = _colour(code)
    light = float(base @ np.array([0.3, 0.59, 0.11]))
    deep = _toward(base, 0.72, 0.35, 0.86 if light > 0.6 else 0.74, 0.20)
    return _code(0.55 * np.clip(deep / np.maximum(base, 0.08), 0.0, 1.0) + 0.45 * np.array([0.78, 0.66, 0.88]))


def _smooth(edge: float, width: float, x: Floats) -> Floats:
    t = np.clip((x - edge) / width + 0.5, 0.0, 1.0)
    return t * t * (3 - 2 * t)


def _mix(one: Floats, two: Floats, share: Floats) -> Floats:
    return one + (two - one) * share[..., None]


def _strip(base: Floats, rng: np.random.Generator, width: int, under: bool) -> Floats:
    """(512, width, 3) one drawn lock, root on top."""
    v, u = np.meshgrid((np.arange(_SIDE) + 0.5) / _SIDE, (np.arange(width) + 0.5) / width, indexing="ij")
    bright = float(base @ np.array([0.3, 0.59, 0.11]))
    dark = _toward(base, 0.78, 0.30, 0.66, 0.28)
    deep = _toward(base, 0.78, 0.45, 0.46, 0.35)
    light = _mix(base, np.ones(3), np.array(0.32))
    picture = np.tile(base, (_SIDE, width, 1))
    # A lock is a ribbon with a lit side: broad soft planes, not noise.
    picture = _mix(picture, light, 0.38 * np.exp(-(((u - 0.36) / 0.17) ** 2)))
    picture = _mix(picture, dark, 0.55 * _smooth(0.74, 0.30, u))
    waver = 0.018 * np.interp(v, np.linspace(0, 1, 9), rng.normal(size=9))
    bent = np.clip(u + waver, 0.0, 1.0)
    for _ in range(9):
        at, thin = rng.uniform(0.10, 0.90), rng.uniform(0.008, 0.020)
        begin, end = sorted(rng.uniform(-0.1, 1.1, 2))
        reach = _smooth(begin, 0.12, v) * (1 - _smooth(end, 0.2, v))
        ink = dark if rng.random() < 0.68 else light
        picture = _mix(picture, ink, rng.uniform(0.35, 0.75) * reach * np.exp(-(((bent - at) / thin) ** 2)))
    edge = np.minimum(u, 1 - u)
    picture = _mix(picture, dark, 0.75 * (1 - _smooth(0.085, 0.10, edge)))
    picture = _mix(picture, deep, 0.80 * (1 - _smooth(0.032, 0.045, edge)))
    picture = _mix(picture, dark, 0.45 * (1 - _smooth(0.06, 0.12, v)))
    # The ring: two rows of spikes round one height, the lower one long, as a brush leaves them.
    # Its height and its teeth differ from lock to lock, or a head of locks wears one zigzag band.
    count, ring = rng.uniform(2.2, 3.6), _RING_ROW + rng.uniform(-0.022, 0.022)
    teeth = np.abs((bent * count + 0.3 * np.sin(bent * 9 + rng.uniform(0, 6))) % 1.0 - 0.5) * 2
    tall = np.interp(u, np.linspace(0, 1, 9), rng.uniform(0.15, 1.0, 9))
    arch = 0.030 * np.abs(u - rng.uniform(0.3, 0.6)) ** 1.5 * 2.8
    above = ring + arch - 0.008 - 0.034 * teeth**1.5 * tall
    below = ring + arch + 0.010 + 0.078 * teeth**1.4 * tall
    inside = _smooth(0.0, 0.008, v - above) * _smooth(0.0, 0.012, below - v)
    inside = inside * _smooth(0.19, 0.20, edge)
    hue, rich, _ = colorsys.rgb_to_hsv(*(float(c) for c in base))
    gleam = np.array(colorsys.hsv_to_rgb(hue, rich * (0.16 if bright > 0.6 else 0.42), 1.0))
    shine = _mix(base, gleam, np.array(0.55 if bright < 0.6 else 0.80))
    picture = _mix(picture, shine, (0.0 if under else 0.62 if bright < 0.5 else 0.78) * inside)
    thread = np.exp(-(((v - below - 0.028) / 0.006) ** 2)) * (teeth > 0.35) * 0.4
    picture = _mix(picture, shine, (0.0 if under else 1.0) * thread * _smooth(0.2, 0.1, edge))
    if under:
        picture = _mix(picture, deep, np.full(u.shape, 0.42))
    return picture


def _between(one: Floats, two: Floats, share: float) -> Floats:
    """Between two colours the short way round the wheel, so that pink to aqua goes by violet, not by grey."""
    a = colorsys.rgb_to_hsv(*(float(c) for c in one))
    b = colorsys.rgb_to_hsv(*(float(c) for c in two))
    way = (b[0] - a[0] + 0.5) % 1.0 - 0.5
    return np.array(
        colorsys.hsv_to_rgb((a[0] + way * share) % 1.0, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share)
    )


def _tint(base: Floats, tip: Floats) -> Floats:
    """(512, 1, 3) what a strip is multiplied with down its length, so that it ends in the tip's colour."""
    v = ((np.arange(_SIDE) + 0.5) / _SIDE)[:, None, None]
    ground = base + (_between(base, tip, 0.5) - base) * _smooth(0.62, 0.42, v)
    ground = ground + (tip - ground) * _smooth(0.86, 0.30, v)
    return ground / np.maximum(base, 0.02)


def hair_textures(base: str, tip: str, seed: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """(512, 512, 3) of the hair, `COLUMNS` strips of which the last is in shadow; (512, 512, 4) of the fringe.

    The fringe's tips take less of the tip's colour, and brows and eyes show through them.
    """
    rng = np.random.default_rng(seed)
    start = _colour(base)
    end = _colour(tip) if tip else _toward(start, 0.9, 0.18, min(1.08, 1.0 / max(start.max(), 1e-3)), 0.06)
    wide = _SIDE // COLUMNS
    drawn = np.concatenate([_strip(start, rng, wide, k == COLUMNS - 1) for k in range(COLUMNS)], axis=1)
    v = (np.arange(_SIDE) + 0.5) / _SIDE
    alpha = np.broadcast_to((1.0 - _FRINGE_CLEAR * _smooth(0.70, 0.36, v))[:, None, None], (_SIDE, _SIDE, 1))
    hair = drawn * _tint(start, end)
    fringe = np.concatenate([drawn * _tint(start, _between(start, end, _FRINGE_TIP)), alpha], axis=2)
    whole, front = ((np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8) for picture in (hair, fringe))
    return whole, front


def hair_materials(spec: Spec) -> dict[str, Material]:
    """Materials "hair" and "fringe" of a preset."""
    base, tip = spec.colours.hair, spec.colours.hair_tip
    whole, front = hair_textures(base, tip, spec.seed)
    plain = Material(
        "hair",
        whole,
        shade=_shade_of(base),
        shift=-0.05,
        toony=0.92,
        outline_mm=0.8,
        outline=_code(0.44 * _colour(base) + np.array([0.08, 0.02, 0.10])),
        rim_share=0.05,
    )
    return {"hair": plain, "fringe": replace(plain, name="fringe", texture=front, alpha="blend", queue=1)}
