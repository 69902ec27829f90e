"""The paint of the feather robe: pearl silk, gold thread, feathers that turn from rose through violet to aqua."""

import numpy as np

from performer.avatar.build.outfit.cloth_paint import (
    Canvas,
    Patch,
    band,
    blend,
    blend_light,
    ramp,
    ruyi,
    shaded,
    smooth,
)
from performer.avatar.build.part import Floats
from performer.avatar.build.spec import Colours

__all__ = ["LAYOUT", "paint"]

LAYOUT = {
    "bodice": (0, 0, 640, 288),
    "skirt": (640, 0, 384, 320),
    "cloud": (0, 288, 640, 176),
    "feather": (640, 320, 192, 384),
    "feather_back": (832, 320, 96, 384),
    "feather_small": (928, 320, 96, 288),
    "sleeve": (0, 464, 384, 256),
    "stocking": (384, 464, 256, 384),
    "shoe": (0, 720, 384, 224),
    "sole": (384, 848, 256, 48),
    "bow": (640, 704, 192, 160),
    "tail": (832, 704, 96, 256),
    "props": (928, 608, 96, 352),
    "belt": (640, 864, 192, 64),
    "collar": (640, 928, 192, 40),
    "frill": (384, 896, 256, 64),
    "lining": (0, 944, 128, 80),
    "shorts": (128, 944, 128, 80),
    "gem": (256, 944, 64, 64),
    "knot": (320, 944, 64, 64),
    "heel": (384, 960, 64, 64),
}


def paint(canvas: Canvas, c: Colours, seed: int) -> None:
    """Every tile. main, second, accent: the three colours of the feathers, first to tip; light: silk; metal: thread."""
    _bodice(canvas.patch("bodice", 620, 290), c, seed)
    _skirt(canvas.patch("skirt", 200, 300), c, seed)
    _cloud(canvas.patch("cloud", 760, 150), c)
    for name, wide, high in (("feather", 110, 330), ("feather_small", 90, 150)):
        _feather(canvas.patch(name, wide, high), c)
    back = canvas.patch("feather_back", 100, 330)
    back.fill(shaded(ramp((c.main, c.second, c.accent), back.y / back.high), 0.75))
    back.darken(0.4 * smooth(1 - np.abs(back.x - 50) / 6))
    _sleeve(canvas.patch("sleeve", 260, 330), c, seed)
    _stocking(canvas.patch("stocking", 380, 520), c)
    _shoe(canvas.patch("shoe", 260, 150), c)
    _small(canvas, c, seed)


def _silk(c: Colours) -> Floats:
    return blend(c.light, c.second, 0.05)


def _bodice(p: Patch, c: Colours, seed: int) -> None:
    """Front in the middle of u. Princess seams, a brocade front panel between gold cords, painted light and shade."""
    p.fill(_silk(c))
    across = np.abs(p.x - p.wide / 2)
    shape = p.y / p.high
    # The body's own form: sides turn away, the waist lies in the shade of the bust.
    side = np.abs(((p.x / p.wide) * 2) % 1 - 0.5) * 2
    p.darken(0.30 * (1 - smooth(side * 1.6)))
    p.darken(0.34 * np.exp(-(((shape - 0.52) / 0.12) ** 2)) * np.exp(-((across / 90) ** 2)))
    p.over(ramp((c.main, c.second, c.accent), np.clip(1.1 - shape, 0, 1)), 0.42 * smooth((shape - 0.60) / 0.4))
    # The front panel narrows to the waist.
    half = 20 + 32 * (1 - shape) ** 1.3
    front = p.inside(across - half)
    p.over(ramp((blend_light(c.main, 0.25), c.second, c.accent), shape), front)
    for row in range(9):
        for column in (-2, -1, 0, 1, 2):
            cx, cy = p.wide / 2 + column * 19 + (row % 2) * 9.5, 14 + row * 34
            scroll = ruyi(p.x - cx, cy - p.y, 8.5)
            p.over(blend_light(c.metal, 0.35), 0.55 * front * p.inside(np.abs(scroll) - 0.7))
    p.darken(0.35 * front * smooth((across - half + 16) / 16))
    for edge in (across - half,):
        p.cord(edge, c.metal, 4.2)
    for offset in (104.0, 196.0):
        bend = offset + 12 * np.cos(np.pi * (shape - 0.35) * 1.6)
        p.seam(across - bend)
        p.stitches(across - bend - 4.0, p.y, shaded(c.light, 0.7), pitch=6)
    back = p.wide / 2 - across
    p.over(shaded(c.second, 0.5), p.inside(back - 12))
    for k in range(12):
        y = 24 + 22 * k
        p.over(
            c.metal,
            p.inside(np.abs(np.abs(back - 12 * (1 - 2 * ((p.y - y) / 22))) - 0) - 1.2) * (np.abs(p.y - y - 11) < 11),
        )
    for k in range(5):
        p.disc(p.wide / 2, 66 + 38 * k, 5.0, c.metal)
    top = p.y
    p.scallops(10 - 0 * p.x + (top - 20), c.light, pitch=15, depth=10)
    p.cord(top - 8, c.metal, 5)
    p.darken(0.45 * smooth((p.y - p.high + 46) / 40))
    p.folds(p.x / p.wide, 0.10 * smooth((shape - 0.55) / 0.3), seed, (11, 17, 23))


def _skirt(p: Patch, c: Colours, seed: int) -> None:
    """Four pleats of silk; rose, violet and aqua rise from the hem; a gold line, cloud heads, a lace edge."""
    t = p.y / p.high
    p.fill(_silk(c))
    p.over(ramp((c.light, blend(c.light, c.main, 0.55), c.main, c.second, c.accent), t), smooth((t - 0.18) / 0.5))
    pleat = (p.x / p.wide * 4) % 1
    # A pleat: a dark fold, a lit edge just after it, a slow fall of light across.
    p.darken(0.55 * np.exp(-((pleat / 0.075) ** 2)) + 0.55 * np.exp(-(((1 - pleat) / 0.10) ** 2)))
    p.darken(0.24 * smooth((pleat - 0.45) / 0.55))
    p.lighten(0.34 * np.exp(-(((pleat - 0.20) / 0.07) ** 2)))
    p.darken(0.62 * smooth(1 - t / 0.42))
    for k in range(4):
        scroll = ruyi(p.x - (k + 0.5) * p.wide / 4, 246 - p.y, 12)
        p.over(blend_light(c.metal, 0.2), 0.9 * p.inside(np.abs(scroll) - 1.1))
        p.disc((k + 0.5) * p.wide / 4, 246, 2.6, blend_light(c.metal, 0.4))
    p.cord(p.y - 266, c.metal, 4.0)
    p.cord(p.y - 222, c.metal, 2.2)
    p.over(blend(c.light, c.accent, 0.15), p.inside(278 - p.y))
    p.scallops(p.y - 276, c.light, pitch=12.5, depth=24)
    for k in range(4):
        near = np.minimum(np.abs(p.x - k * p.wide / 4), p.wide - np.abs(p.x - k * p.wide / 4))
        p.darken(0.35 * np.exp(-((near / 4.0) ** 2)) * (p.y > 262))
    del seed


def _cloud(p: Patch, c: Colours) -> None:
    """Neck at the top. Rings of colour as a cloud collar has them, cords between, ruyi heads in the four lobes."""
    t = p.y / p.high
    p.fill(ramp((c.light, c.light, blend_light(c.main, 0.35), c.main, c.second, c.accent), t))
    across = (p.x / p.wide * 4) % 1 - 0.5
    # u begins behind, so the lobes (front, sides, back) lie at whole quarters.
    lobe = ((p.x / p.wide * 4 + 0.5) % 1 - 0.5) * p.wide / 4
    p.lighten(0.25 * np.exp(-(((t - 0.45) / 0.10) ** 2)))
    for radius, ink in ((40.0, c.light), (33.0, c.second), (24.0, blend_light(c.accent, 0.3))):
        head = ruyi(lobe, p.y - 92, radius)
        p.darken(0.4 * p.inside(head - 3.0))
        p.over(ink, p.inside(head))
        p.cord(head, c.metal, 2.6)
    for offset in range(4):
        p.disc((offset + 0.0) * p.wide / 4, 92, 6.5, c.accent, gem=True)
    p.disc(p.wide - 0.1, 92, 6.5, c.accent, gem=True)
    for edge, width in ((p.y - 141, 7.0), (p.y - 127, 2.0), (p.y - 22, 3.0)):
        p.cord(edge, c.metal, width)
    notch = np.abs(across) * p.wide / 4
    feather = np.abs(((notch / 9) % 1) - 0.5)
    p.darken(0.22 * (feather < 0.12) * smooth((t - 0.25) / 0.2) * (np.abs(lobe) > 50))
    p.darken(0.5 * smooth(1 - t / 0.16))


def _feather(p: Patch, c: Colours) -> None:
    """One feather fills the tile: barbs, a gold shaft, an eye near its tip as a peacock's."""
    t, x = p.y / p.high, p.x - p.wide / 2
    p.fill(ramp((blend_light(c.main, 0.45), c.main, c.second, c.accent, blend_light(c.accent, 0.5)), t))
    barb = (p.y - 1.25 * np.abs(x)) / (p.high / 30)
    lit = 0.5 + 0.5 * np.sin(2 * np.pi * barb)
    p.darken(0.34 * lit**2)
    p.lighten(0.30 * (1 - lit) ** 3)
    p.lighten(0.28 * np.exp(-(((x / p.wide + 0.16) / 0.10) ** 2)))
    eye_y = 0.78 * p.high
    for radius, ink in ((0.30, c.metal), (0.25, c.accent), (0.17, c.second), (0.10, c.dark)):
        d = np.hypot(x, (p.y - eye_y - (0.25 - radius) * 0.12 * p.high) * 0.72) - radius * p.wide
        p.over(ink, 0.92 * p.inside(d))
    p.lighten(0.6 * p.inside(np.hypot(x + 0.05 * p.wide, p.y - eye_y + 0.05 * p.wide) - 0.035 * p.wide))
    p.over(
        blend_light(c.metal, 0.25), p.inside(np.abs(x) - np.maximum(2.2 * (1 - t), 0.8)) * (p.y < eye_y - 0.2 * p.wide)
    )
    edge = p.wide / 2 - np.abs(x)
    p.over(c.light, 0.75 * p.inside(edge - 3.2))
    p.over(c.metal, p.inside(np.abs(edge - 4.6) - 0.9))
    p.darken(0.75 * smooth(1 - t / 0.22))


def _sleeve(p: Patch, c: Colours, seed: int) -> None:
    """Shoulder end on top: band with lace, silk, then the wing's gradient with feathers at its hem."""
    t = p.y / p.high
    p.fill(ramp((c.light, c.light, blend_light(c.main, 0.5), c.main, c.second, c.accent), t))
    p.folds(p.x / p.wide, 0.40 * smooth((t - 0.10) / 0.3), seed + 1, (3, 5, 8))
    tint = ramp((blend_light(c.second, 0.3), c.second, c.accent, blend_light(c.accent, 0.6)), smooth((t - 0.6) / 0.4))
    for row, top in enumerate((206, 232)):
        for k in range(-1, 11):
            p.feather((k + 0.5 * (row % 2)) * 26, top, 76, 31, tint, blend_light(c.metal, 0.2))
    p.cord(p.y - 308, c.metal, 3.0)
    p.over(c.light, p.inside(316 - p.y))
    p.scallops(p.y - 312, c.light, pitch=13, depth=16)
    p.over(c.second, p.inside(band(p.y, 4, 24)))
    p.cord(p.y - 4, c.metal, 4.5)
    p.cord(p.y - 25, c.metal, 3.5)
    p.scallops(p.y - 27, c.light, pitch=13, depth=10)
    for k in range(8):
        p.disc((k + 0.5) * p.wide / 8, 14, 3.6, blend_light(c.metal, 0.35))
    p.darken(0.35 * np.exp(-(((t - 0.36) / 0.05) ** 2)))


def _stocking(p: Patch, c: Colours) -> None:
    """Opaque pearl stockings: the leg's roundness painted, a lace top with a ribbon, a garland of gold down the side."""
    t = p.y / p.high
    p.fill(blend(c.light, c.second, 0.10))
    p.over(blend(c.light, c.accent, 0.30), smooth((t - 0.55) / 0.45) * 0.7)
    side = np.abs(p.x / p.wide - 0.5) * 2
    p.darken(0.34 * smooth((side - 0.45) / 0.5))
    p.lighten(0.22 * np.exp(-(((p.x / p.wide - 0.44) / 0.05) ** 2)))
    p.darken(0.16 * np.exp(-(((t - 0.42) / 0.03) ** 2)) * np.exp(-(((p.x / p.wide - 0.5) / 0.10) ** 2)))
    for place in (0.26, 0.74):
        x = (p.x / p.wide - place) * p.wide
        vine = x - 5 * np.sin(p.y / 17)
        p.over(c.metal, 0.9 * p.inside(np.abs(vine) - 0.9) * smooth((t - 0.16) / 0.03))
        for k in range(16):
            y = 96 + 26 * k
            flip = 1 if k % 2 else -1
            leaf = np.hypot((x - flip * 8) / 5.0, (p.y - y) / 8.5) - 1
            p.over(ramp((c.main, c.second, c.accent), np.clip(t, 0, 1)), 0.9 * p.inside(leaf * 4))
    p.over(c.second, p.inside(band(p.y, 6, 30)))
    p.cord(p.y - 5, c.metal, 4.5)
    p.cord(p.y - 31, c.metal, 3.5)
    p.scallops(p.y - 33, c.light, pitch=15, depth=15)
    for k in range(10):
        p.disc((k + 0.5) * p.wide / 10, 18, 4.2, blend_light(c.metal, 0.4))


def _shoe(p: Patch, c: Colours) -> None:
    """Side view, heel at the left: pearl vamp, coloured counter, gold piping, a strap with a stone."""
    t = p.y / p.high
    p.fill(blend(c.light, c.second, 0.08))
    x = p.x / p.wide
    p.over(ramp((c.second, c.main), t), p.inside((p.x - 92) + 26 * np.sin(3.0 * t)))
    p.cord((p.x - 92) + 26 * np.sin(3.0 * t), c.metal, 3.2)
    cap = 200 - p.x + 14 * np.cos(4 * t)
    p.over(ramp((c.second, c.accent), x), p.inside(cap))
    p.cord(cap, c.metal, 2.6)
    for k in range(5):
        scroll = ruyi(p.x - 122 - 14 * k, 112 - p.y, 6)
        p.over(c.metal, 0.7 * p.inside(np.abs(scroll) - 0.6))
    p.darken(0.5 * smooth((t - 0.72) / 0.28))
    p.cord(p.y - 4, c.metal, 5.0)
    p.over(c.second, p.inside(band(p.y, 36, 50)) * (x < 0.75))
    for y in (36, 50):
        p.cord(p.y - y, c.metal, 2.0)
    p.disc(118, 43, 8, c.accent, gem=True)
    p.disc(60, 43, 4, c.metal)


def _small(canvas: Canvas, c: Colours, seed: int) -> None:
    sole = canvas.patch("sole", 240, 40)
    sole.fill(c.metal)
    sole.darken(0.5 * smooth((sole.y - 8) / 20))
    heel = canvas.patch("heel", 40, 60)
    heel.fill(blend(c.metal, c.light, 0.2))
    heel.darken(0.5 * np.abs(heel.x / heel.wide - 0.5) * 2)
    loop = canvas.patch("bow", 130, 110)
    # The loop: u from knot to end, v 0 at its upper edge to 1 at its lower.
    s = loop.x / loop.wide
    loop.fill(ramp((c.second, c.main, blend_light(c.main, 0.3)), s))
    for k, depth in ((0.22, 0.6), (0.42, 0.5), (0.62, 0.5), (0.80, 0.55)):
        crease = (loop.y / loop.high - k) / (0.03 + 0.12 * s)
        loop.darken(depth * np.exp(-(crease**2)) * (1 - smooth(s * 1.15)))
    loop.lighten(0.4 * np.exp(-(((s - 0.62) / 0.16) ** 2)))
    for at in (0.06, 0.94):
        loop.cord((loop.y / loop.high - at) * loop.high, c.metal, 3.0)
    loop.darken(0.5 * smooth(1 - s / 0.18))
    tail = canvas.patch("tail", 70, 330)
    t = tail.y / tail.high
    tail.fill(ramp((c.second, c.main, c.second, c.accent), t))
    tail.folds(tail.x / tail.wide, 0.35 * (1 - t), seed + 2, (2, 3))
    tail.lighten(0.25 * np.exp(-(((tail.x / tail.wide - 0.35) / 0.1) ** 2)))
    for k in range(5):
        scroll = ruyi(tail.x - 35, 300 - 34 * k - tail.y, 10)
        tail.over(blend_light(c.metal, 0.2), 0.85 * tail.inside(np.abs(scroll) - 0.9))
    edge = np.minimum(tail.x, tail.wide - tail.x)
    tail.cord(edge - 5, c.metal, 2.6)
    belt = canvas.patch("belt", 620, 60)
    belt.fill(ramp((c.second, c.main), belt.y / belt.high))
    for k in range(22):
        scroll = ruyi(belt.x - (k + 0.5) * belt.wide / 22, (belt.y - 30) * (1 if k % 2 else -1), 10)
        belt.over(blend_light(c.metal, 0.15), 0.9 * belt.inside(np.abs(scroll) - 1.0))
    for y in (8, 52):
        belt.cord(belt.y - y, c.metal, 6)
    collar = canvas.patch("collar", 250, 44)
    collar.fill(c.light)
    collar.over(c.main, smooth((collar.y - 12) / 30))
    collar.cord(collar.y - 9, c.metal, 5)
    collar.cord(collar.y - 34, c.metal, 3)
    frill = canvas.patch("frill", 220, 110)
    frill.fill(blend_light(c.accent, 0.55))
    frill.darken(0.5 * np.exp(-((((frill.x / frill.wide * 4) % 1) / 0.12) ** 2)) + 0.5 * smooth(1 - frill.y / 60))
    frill.scallops(frill.y - 84, c.light, pitch=13.75, depth=22)
    lining = canvas.patch("lining", 100, 60)
    lining.fill(shaded(blend(c.second, c.main, 0.5), 0.9))
    lining.darken(0.5 * (1 - lining.y / lining.high))
    shorts = canvas.patch("shorts", 100, 60)
    shorts.fill(shaded(c.light, 0.55))
    shorts.scallops(shorts.y - 50, c.light, pitch=10, depth=8)
    gem = canvas.patch("gem", 40, 40)
    fall = gem.y / gem.high
    gem.fill(ramp((blend_light(c.accent, 0.7), c.accent, shaded(c.accent, 1.3), blend_light(c.second, 0.3)), fall))
    gem.cord(np.abs(gem.y - 38), c.metal, 5)
    knot = canvas.patch("knot", 40, 40)
    knot.fill(ramp((c.main, c.second), knot.y / knot.high))
    knot.folds(knot.x / knot.wide, 0.5, seed, (4, 6))
