"""The paint of the stage suit: fine wool, satin, a shirt's placket, a crease, buttons, embroidery in metal thread."""

import numpy as np

from performer.avatar.build.outfit.cloth_paint import (
    Canvas,
    Patch,
    band,
    blend,
    blend_light,
    line,
    ramp,
    shaded,
    smooth,
)
from performer.avatar.build.outfit.glitter import sequins
from performer.avatar.build.spec import Colours

__all__ = ["LAYOUT", "paint"]

LAYOUT = {
    "top_front": (0, 0, 384, 464),
    "top_back": (384, 0, 320, 464),
    "sleeve_front": (0, 464, 416, 176),
    "sleeve_back": (0, 640, 416, 176),
    "leg_front": (704, 0, 160, 608),
    "leg_back": (864, 0, 160, 608),
    "shoe": (416, 464, 288, 192),
    "sole": (416, 656, 256, 48),
    "lapel": (416, 704, 160, 192),
    "tail": (576, 704, 160, 256),
    "tie": (736, 704, 64, 192),
    "collar": (0, 816, 256, 80),
    "jacket_collar": (0, 896, 256, 64),
    "epaulette": (256, 896, 160, 96),
    "props": (928, 608, 96, 352),
    "lining": (256, 816, 64, 64),
    "gem": (320, 816, 48, 48),
    "heel": (368, 816, 48, 48),
    "stripe": (320, 864, 96, 32),
}


def paint(canvas: Canvas, c: Colours, seed: int) -> None:
    """Every tile. main: wool; second: waistcoat, trousers; accent: tie; light: shirt; dark: satin; metal: trim."""
    front, back = canvas.patch("top_front", 380, 505), canvas.patch("top_back", 380, 505)
    for p in (front, back):
        _wool(p, c, seed)
    _opening(front, c)
    _back(back, c)
    for name in ("sleeve_front", "sleeve_back"):
        _sleeve(canvas.patch(name, 420, 170), c, seed)
    for name in ("leg_front", "leg_back"):
        _leg(canvas.patch(name, 175, 925), c, seed, name == "leg_front")
    _lapel(canvas.patch("lapel", 50, 240), c)
    _tail(canvas.patch("tail", 170, 440), c, seed)
    _shoe(canvas.patch("shoe", 290, 110), c)
    _small(canvas, c)


def _wool(p: Patch, c: Colours, seed: int) -> None:
    """Middle at x = 190. Waist darts, side shade, drag folds under the arm and above the button."""
    p.fill(ramp((blend_light(c.main, 0.10), c.main, c.main, shaded(c.main, 0.25)), p.y / p.high))
    across = np.abs(p.x - 190)
    waist = np.exp(-(((p.y - 320) / 70) ** 2))
    p.darken(0.40 * smooth((across - 96 + 22 * waist) / 60))
    p.lighten(0.07 * np.exp(-(((across - 62) / 22) ** 2)) * (p.y < 240))
    dart = across - 78 + 10 * np.cos((p.y - 320) / 60)
    p.seam(np.where((p.y > 170) & (p.y < 450), dart, 99.0), depth=0.5)
    rng = np.random.default_rng(seed)
    for k in range(6):
        side = -1 if k % 2 else 1
        y0 = 318 + 10 * k + rng.uniform(-5, 5)
        p.crease(190 + side * 116, y0 - 40, 190 + side * 30, y0, 6, 0.5)
    for side in (-1, 1):
        for k in range(3):
            p.crease(190 + side * 134, 92 + 20 * k, 190 + side * (92 - 8 * k), 160 + 26 * k, 6, 0.5)
    p.cord(490 - p.y, c.metal, 4.0)


def _opening(p: Patch, c: Colours) -> None:
    """Shirt, waistcoat and the crossed edges of the front."""
    across = np.abs(p.x - 190)
    y_button = 285.0
    opened = across - np.interp(p.y[:, 0], [20, 60, 100, 150, 285], [44, 50, 58, 58, 4])[:, None]
    inside = p.inside(opened) * (p.y < y_button)
    vest = across - 34 * np.clip((250 - p.y) / 130, 0, 1.4)
    p.over(c.second, inside)
    p.over(shaded(c.second, 0.6), inside * p.inside(np.abs(((p.x + p.y) / 9) % 1 - 0.5) * 9 - 1.2))
    p.over(c.light, inside * p.inside(vest))
    p.darken(0.22 * inside * smooth(1 - (p.y - 34) / 30))
    p.darken(0.45 * inside * smooth((opened + 16) / 16))
    p.cord(np.where(p.y < 252, vest, 99.0), c.metal, 3.0)
    p.seam(np.where(inside > 0.5, across - 1.0, 99.0), depth=0.25)
    # The left front lies over the right one below the button and swings away from the middle.
    edge = np.abs(p.x - 190) - np.maximum(0.22 * np.clip(p.y - y_button - 60, 0, None), 0.5)
    below = p.y > y_button - 4
    p.over(shaded(c.dark, 0.5), below * p.inside(np.abs(p.x - 190) - 0.22 * np.clip(p.y - y_button - 60, 0, None)))
    p.seam(np.where(below, edge, 99.0), depth=0.8)
    for side in (-1, 1):
        x0 = 190 + side * 88
        flap = np.maximum(np.abs(p.x - x0) - 34, np.abs(p.y - 372 - side * 0.06 * (p.x - x0)) - 9)
        p.darken(0.35 * p.inside(flap - 2.5))
        p.over(c.dark, p.inside(flap))
        p.cord(np.abs(flap + 2.2), c.metal, 1.6)


def _back(p: Patch, c: Colours) -> None:
    p.seam(p.x - 190, depth=0.7)
    yoke = p.y - 70 - 14 * np.cos((p.x - 190) / 80)
    p.over(c.dark, p.inside(yoke))
    p.cord(yoke, c.metal, 3.2)
    for k in range(3):
        p.scroll(190 + 48 * (k - 1), 50, 13, c.metal, width=1.8, up=False)
    half = np.maximum(np.abs(p.y - 330) - 11, np.abs(p.x - 190) - 62)
    p.darken(0.4 * p.inside(half - 3))
    p.over(c.dark, p.inside(half))
    for side in (-1, 1):
        p.disc(190 + side * 50, 330, 6, c.metal)


def _sleeve(p: Patch, c: Colours, seed: int) -> None:
    p.fill(c.main)
    rng = np.random.default_rng(seed + 3)
    for k in range(7):
        x0 = 165 + 14 * k + rng.uniform(-6, 6)
        p.crease(x0, rng.uniform(30, 70), x0 + rng.uniform(-20, 22), rng.uniform(100, 145), 6, 0.5)
    p.darken(0.42 * smooth((p.y - 100) / 45))
    p.darken(0.40 * smooth((24 - p.x) / 24))
    # Turned-back satin cuff with braid, and the shirt's own cuff.
    cuff = p.crop(330, 0, 420, 170)
    cuff.fill(c.dark)
    cuff.cord(cuff.x - 333, c.metal, 4.5)
    cuff.cord(cuff.x - 343, c.metal, 1.8)
    cuff.over(c.light, cuff.inside(382 - cuff.x))
    cuff.seam(382 - cuff.x, depth=0.8)
    for k in range(3):
        p.disc(356, 58 + 17 * k, 4.6, c.metal)


def _leg(p: Patch, c: Colours, seed: int, front: bool) -> None:
    """|x| from 0; a crease down the middle of the leg, drag folds at hip, knee and instep."""
    # The second colour of the suit, with the sheen that a stage's light draws along pressed cloth.
    p.fill(ramp((shaded(c.second, 0.5), c.second, c.second, shaded(c.second, 0.35)), p.y / p.high))
    crease = p.x - 89
    p.darken(0.55 * smooth((crease - 1) / 40))
    p.darken(0.60 * smooth((-crease - 22) / 40))
    p.lighten(0.30 * np.exp(-(((crease + 9) / 7.0) ** 2)) * smooth((p.y - 130) / 60))
    p.lighten(0.34 * np.exp(-((crease / 2.6) ** 2)) * (p.y > 120))
    p.darken(0.45 * np.exp(-(((crease - 4.5) / 3.0) ** 2)) * (p.y > 120))
    if front:
        # Cloth that is drawn to the fork: shade between the legs and folds that run out of it.
        p.darken(0.75 * np.exp(-((p.x / 26) ** 2)) * smooth((p.y - 120) / 50) * smooth((330 - p.y) / 120))
        for k in range(3):
            p.crease(14, 176 + 12 * k, 92 + 10 * k, 138 + 26 * k, 8, 0.7)
    rng = np.random.default_rng(seed + 7 + front)
    folds = [(110, 0), (130, 1), (470, 0), (492, 1), (516, 0), (836, 1), (852, 0), (866, 1)]
    for y, side in folds:
        x0, x1 = (20, 96) if side else (150, 74)
        p.crease(x0, y + rng.uniform(-8, 8), x1, y + rng.uniform(10, 34), 8, 0.55)
    p.darken(0.5 * smooth((p.y - 880) / 40))
    if front:
        p.seam(np.where(p.y < 190, p.x - 10, 99.0))


def _lapel(p: Patch, c: Colours) -> None:
    """Satin, outer edge at the left, button below at the start: v runs upwards."""
    t = p.y / p.high
    p.fill(ramp((shaded(c.dark, 0.5), c.dark, blend_light(c.dark, 0.22), c.dark), p.x / p.wide))
    p.lighten(0.25 * np.exp(-(((p.x / p.wide - 0.62) / 0.10) ** 2)))
    notch = (t - 0.72) * p.high + 0.5 * (p.x - 25)
    p.seam(notch, depth=1.0)
    p.cord(p.x - 3.0, c.metal, 3.6)
    sequins(p, blend_light(c.metal, 0.55), smooth((p.x - 6) / 6), pitch=3.4)


def _tail(p: Patch, c: Colours, seed: int) -> None:
    """u from the vent to the front edge, v from the waist's seam down."""
    t = p.y / p.high
    p.fill(ramp((c.main, c.main, c.main, blend(c.main, c.dark, 0.45), c.dark, shaded(c.dark, 0.5)), t))
    p.folds(p.x / p.wide, 0.55 * smooth(p.y / 160), seed + 11, (2, 3, 4))
    sequins(p, blend_light(c.metal, 0.5), smooth((t - 0.46) / 0.4), seed=seed)
    edge = np.minimum(np.minimum(p.x, p.wide - p.x), p.high - p.y)
    p.over(c.dark, p.inside(edge - 12))
    p.seam(p.y - 8)
    p.cord(edge - 6, c.metal, 3.0)
    p.cord(edge - 13, c.metal, 1.4)
    for k in range(3):
        p.scroll(p.wide / 2, 396 - 44 * k, 17 - 3 * k, c.metal, width=1.8)
    p.darken(0.25 * smooth(1 - p.y / 40))


def _shoe(p: Patch, c: Colours) -> None:
    t = p.y / p.high
    p.fill(blend(c.dark, "#140c1c", 0.45))
    p.lighten(0.42 * np.exp(-(((p.x - 226) / 16) ** 2 + ((p.y - 74) / 12) ** 2)))
    p.lighten(0.22 * np.exp(-(((p.x - 64) / 14) ** 2 + ((p.y - 50) / 16) ** 2)))
    for edge in (198 - p.x + 10 * np.cos(3 * t), p.x - 92 + 16 * np.sin(3 * t)):
        p.seam(edge, depth=0.9, light=0.35)
        p.stitches(edge - 4, p.y, blend_light(c.dark, 0.5), pitch=4)
    for k in range(4):
        p.over(c.metal, p.inside(line(p.x, p.y, 138 + 10 * k, 20 + 8 * k, 146 + 10 * k, 34 + 8 * k) - 1.6))
    p.cord(p.y - 5, c.metal, 2.4)


def _small(canvas: Canvas, c: Colours) -> None:
    sole = canvas.patch("sole", 280, 40)
    sole.fill("#2a2026")
    sole.over(c.metal, 0.6 * sole.inside(np.abs(sole.y - 10) - 1.5))
    tie = canvas.patch("tie", 40, 230)
    tie.fill(ramp((c.accent, blend_light(c.accent, 0.12), c.accent, shaded(c.accent, 0.4)), tie.y / tie.high))
    stripe = np.abs(((tie.x + tie.y) / 26) % 1 - 0.5) * 26
    tie.over(blend_light(c.metal, 0.2), 0.85 * tie.inside(stripe - 2.2))
    tie.darken(0.5 * smooth(np.abs(tie.x / tie.wide - 0.5) * 2.4 - 0.4))
    tie.darken(0.75 * np.exp(-(((tie.y - 40) / 5) ** 2)))
    tie.cord(tie.y - 150, c.metal, 4.0)
    collar = canvas.patch("collar", 260, 60)
    collar.fill(c.light)
    collar.darken(0.4 * smooth((20 - collar.y) / 20))
    leaf = np.minimum(collar.x, collar.wide - collar.x)
    collar.darken(0.55 * np.exp(-((leaf / 3.0) ** 2)) + 0.5 * smooth((collar.y - 55) / 5))
    collar.stitches(collar.y - 52, collar.x, shaded(c.light, 0.6), pitch=5)
    collar.darken(0.3 * np.exp(-(((collar.y - 28) / 3) ** 2)))
    stand = canvas.patch("jacket_collar", 300, 60)
    stand.fill(ramp((shaded(c.dark, 0.6), c.dark, blend_light(c.dark, 0.2), c.dark), stand.y / stand.high))
    stand.cord(stand.y - 53, c.metal, 4.5)
    for k in range(7):
        stand.scroll(30 + 40 * k, 34, 9, c.metal, width=1.6)
    shoulder = canvas.patch("epaulette", 90, 70)
    shoulder.fill(c.dark)
    rim = np.minimum(np.minimum(shoulder.x - 4, shoulder.y - 4), 66 - shoulder.y)
    shoulder.over(c.metal, shoulder.inside(np.abs(((shoulder.x + shoulder.y) / 7) % 1 - 0.5) * 7 - 1.2))
    shoulder.over(c.metal, shoulder.inside(58 - shoulder.x))
    shoulder.darken(0.55 * smooth(0.5 + 0.5 * np.sin(2 * np.pi * shoulder.y / 4.6)) * (shoulder.x > 62))
    shoulder.cord(rim - 3, c.metal, 5)
    shoulder.disc(26, 35, 9, c.metal)
    stripe = canvas.patch("stripe", 28, 100)
    stripe.fill(c.dark)
    stripe.lighten(0.22 * np.exp(-(((stripe.x - 11) / 4) ** 2)))
    for edge in (stripe.x - 3.5, stripe.wide - 3.5 - stripe.x):
        stripe.cord(edge, c.metal, 2.6)
    lining = canvas.patch("lining", 60, 60)
    lining.fill(shaded(c.accent, 0.6))
    lining.over(c.metal, 0.5 * lining.inside(np.abs(band(lining.y, 20, 22)) - 0.8))
    for name in ("gem", "heel"):
        p = canvas.patch(name, 20, 20)
        p.fill(
            ramp((blend_light(c.metal, 0.5), c.metal, shaded(c.metal, 0.9)), p.y / p.high)
            if name == "gem"
            else "#241a20"
        )
