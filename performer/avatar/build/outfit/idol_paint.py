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
from performer.avatar.build.outfit.idol_trims import paint_trims
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
    "wing_lining": (448, 960, 192, 64),
}


def paint(canvas: Canvas, c: Colours, seed: int) -> None:
    """Every tile. main, second, accent: the three colours of the feathers, first to tip; light: silk; metal: thread."""
    _bodice(canvas.patch("bodice", 620, 290), c, seed)
    _skirt(canvas.patch("skirt", 200, 300), c, seed)
    _cloud(canvas.patch("cloud", 760, 150), c)
    for name, wide, high in (("feather", 110, 330), ("feather_small", 90, 150)):
        _feather(canvas.patch(name, wide, high), c)
    back = canvas.patch("feather_back", 100, 330)
    back.fill(shaded(ramp((c.main, c.second, c.accent), back.y / back.high), 0.5))
    back.darken(0.4 * smooth(1 - np.abs(back.x - 50) / 6))
    _sleeve(canvas.patch("sleeve", 260, 330), c, seed)
    _stocking(canvas.patch("stocking", 380, 520), c)
    _shoe(canvas.patch("shoe", 260, 150), c)
    paint_trims(canvas, c, seed)


def _silk(c: Colours) -> Floats:
    return blend(c.light, c.second, 0.05)


def _velvet(c: Colours) -> Floats:
    """The one deep colour: without it silk, skin and stockings are one pale figure from afar."""
    return blend(c.dark, c.second, 0.10)


def _bodice(p: Patch, c: Colours, seed: int) -> None:
    """Front in the middle of u. Princess seams, a brocade front panel between gold cords, painted light and shade."""
    p.fill(_velvet(c))
    across = np.abs(p.x - p.wide / 2)
    t = p.y / p.high
    # Side panels behind the outer seam are coloured, dark to the waist: they make it look narrower.
    bend = 112 + 16 * np.cos(np.pi * (t - 0.25) * 1.5)
    panel = p.inside(bend - across) * p.inside(across - 262)
    p.over(ramp((c.second, blend(c.second, c.dark, 0.35), blend(c.second, c.dark, 0.6)), t), panel)
    for k in range(7):
        for side in (-1, 1):
            p.scroll(p.wide / 2 + side * 186, 40 + 38 * k, 11, blend_light(c.metal, 0.3), width=1.2)
    # The body's own form: sides turn away, the waist lies in the shade of the bust.
    side = np.abs(((p.x / p.wide) * 2) % 1 - 0.5) * 2
    p.darken(0.32 * (1 - smooth(side * 1.7)))
    p.darken(0.30 * np.exp(-(((t - 0.50) / 0.11) ** 2)) * np.exp(-((across / 92) ** 2)))
    p.lighten(0.25 * np.exp(-(((t - 0.27) / 0.10) ** 2)) * np.exp(-(((across - 60) / 26) ** 2)))
    half = 22 + 34 * (1 - t) ** 1.3
    front = p.inside(across - half)
    p.over(ramp((blend_light(c.main, 0.45), c.main, c.second, c.accent), t), front)
    for row in range(9):
        for column in (-2, -1, 0, 1, 2):
            x = p.wide / 2 + column * 21 + (row % 2) * 10.5
            y = 12 + row * 33
            if abs(x - p.wide / 2) < 22 + 34 * (1 - y / p.high) ** 1.3 - 7:
                p.scroll(x, y, 8.0, blend_light(c.metal, 0.35), width=1.0)
    p.darken(0.35 * front * smooth((across - half + 14) / 14))
    p.cord(across - half, c.metal, 4.6)
    p.cord(across - bend, c.metal, 3.2)
    seam = 76 + 10 * np.cos(np.pi * (t - 0.35) * 1.6)
    p.seam(across - seam)
    p.stitches(across - seam - 4.0, p.y, shaded(c.light, 0.7), pitch=6)
    # Behind: rose panels towards the shoulder blades, and a pair of folded wings embroidered beside the lacing.
    back = p.wide / 2 - across
    behind = p.inside(back - 112 + 18 * np.cos(np.pi * (t - 0.3) * 1.4))
    p.over(ramp((blend_light(c.main, 0.60), blend_light(c.main, 0.25), c.main, c.second), t), behind)
    p.over(_silk(c), p.inside(back - 50 - 10 * np.cos(np.pi * (t - 0.3) * 1.4)))
    p.cord(back - 112 + 18 * np.cos(np.pi * (t - 0.3) * 1.4), c.metal, 3.2)
    p.cord(back - 50 - 10 * np.cos(np.pi * (t - 0.3) * 1.4), c.metal, 2.6)
    for k, (away, top, size) in enumerate(((74, 92, 74), (56, 80, 96), (38, 72, 112), (24, 96, 104))):
        inks = (c.light, (c.main, c.second, c.accent, c.second)[k], c.accent)
        for x in (away, p.wide - away):
            p.feather(x, top, size, 21, inks, c.metal)
    p.over(ramp((c.second, c.main), t), p.inside(back - 14))
    for k in range(11):
        y = p.y - 22 - 24 * k
        p.over(c.light, p.inside(np.abs(np.abs(y) - back) - 1.5) * p.inside(back - 13) * (np.abs(y) < 12))
    p.cord(back - 15, c.metal, 3.6)
    for k in range(5):
        p.disc(p.wide / 2, 78 + 38 * k, 5.2, c.metal)
    p.over(c.light, p.inside(p.y - 13))
    p.scallops(p.y - 12, c.light, pitch=14, depth=12)
    p.cord(p.y - 9, c.metal, 5)
    p.darken(0.45 * smooth((p.y - p.high + 46) / 40))
    p.folds(p.x / p.wide, 0.10 * smooth((t - 0.55) / 0.3), seed, (11, 17, 23))


def _skirt(p: Patch, c: Colours, seed: int) -> None:
    """Four pleats of silk; rose, violet and aqua rise from the hem; a gold line, cloud heads, a lace edge."""
    t = p.y / p.high
    p.fill(ramp((c.light, c.light, blend_light(c.main, 0.72), blend_light(c.main, 0.1), c.second, c.accent), t))
    pleat = (p.x / p.wide * 4) % 1
    # A pleat: a dark fold, a lit edge just after it, a slow fall of light across.
    p.darken(0.55 * np.exp(-((pleat / 0.075) ** 2)) + 0.55 * np.exp(-(((1 - pleat) / 0.10) ** 2)))
    p.darken(0.24 * smooth((pleat - 0.45) / 0.55))
    p.lighten(0.34 * np.exp(-(((pleat - 0.20) / 0.07) ** 2)))
    p.darken(0.62 * smooth(1 - t / 0.42))
    for k in range(4):
        p.scroll((k + 0.5) * p.wide / 4, 244, 13, blend_light(c.metal, 0.25), width=1.6)
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
    p.fill(ramp((c.light, c.light, blend_light(c.main, 0.6), blend_light(c.main, 0.15), c.second, c.accent), t))
    across = (p.x / p.wide * 4) % 1 - 0.5
    # u begins behind, so the lobes (front, sides, back) lie at whole quarters.
    lobe = ((p.x / p.wide * 4 + 0.5) % 1 - 0.5) * p.wide / 4
    p.lighten(0.25 * np.exp(-(((t - 0.45) / 0.10) ** 2)))
    for radius, ink in ((40.0, c.light), (33.0, c.second), (24.0, blend_light(c.accent, 0.3))):
        head = ruyi(lobe, p.y - 92, radius)
        p.darken(0.3 * p.inside(head - 3.0))
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
    """One feather fills the tile: barbs, a gold shaft, near its tip a drop of light inside two thin rings."""
    t, x = p.y / p.high, p.x - p.wide / 2
    p.fill(ramp((c.light, blend_light(c.main, 0.55), c.main, c.second, c.accent, blend_light(c.accent, 0.55)), t))
    barb = (p.y - 1.25 * np.abs(x)) / (p.high / 34)
    lit = 0.5 + 0.5 * np.sin(2 * np.pi * barb)
    p.darken(0.22 * lit**2)
    p.lighten(0.34 * (1 - lit) ** 3)
    p.lighten(0.30 * np.exp(-(((x / p.wide + 0.17) / 0.10) ** 2)))
    p.darken(0.22 * smooth((x / p.wide - 0.12) / 0.3))
    # The eye is a drop: round below, drawn out along the shaft above.
    y = p.y - 0.80 * p.high
    drop = np.hypot(x * (1 + 0.9 * np.clip(-y / (0.3 * p.high), 0, 1.5)), y * np.where(y < 0, 0.42, 0.8)) / p.wide
    p.over(ramp((c.light, blend_light(c.accent, 0.3), c.second), drop / 0.21), p.inside((drop - 0.21) * p.wide))
    for radius in (0.21, 0.145):
        p.over(blend_light(c.metal, 0.1), p.inside(np.abs(drop - radius) * p.wide - 0.8))
    p.lighten(0.7 * np.exp(-((drop / 0.07) ** 2)))
    p.over(blend_light(c.metal, 0.3), p.inside(np.abs(x) - np.maximum(2.0 * (1 - t), 0.7)) * (drop > 0.21) * (y < 0))
    edge = p.wide / 2 - np.abs(x)
    p.over(c.light, 0.85 * p.inside(edge - 3.4))
    p.over(c.metal, p.inside(np.abs(edge - 4.8) - 0.8))
    p.darken(0.6 * smooth(1 - t / 0.20))


def _sleeve(p: Patch, c: Colours, seed: int) -> None:
    """Shoulder end on top: rose puff, velvet band, silk, then the wing's gradient with feathers at its hem."""
    t = p.y / p.high
    # Pale violet, not white: between a dark band and a coloured wing a white elbow looks like a piece of its own.
    silk = blend_light(c.second, 0.60)
    p.fill(ramp((silk, silk, blend_light(c.second, 0.72), blend_light(c.main, 0.5), c.main, c.second), t))
    p.folds(p.x / p.wide, 0.34 * smooth((t - 0.30) / 0.3), seed + 1, (3, 5, 8))
    # The puff: gathers run out of the collar and out of the band, silk shines between them.
    puff = p.inside(p.y - 66)
    s = np.clip(p.y / 66, 0, 1)
    p.over(ramp((blend(c.main, c.second, 0.55), c.main, blend_light(c.main, 0.45), c.main, c.second), s), puff)
    gather = np.abs((p.x / p.wide * 13 + 0.25 * np.sin(p.x / 9)) % 1 - 0.5)
    p.darken(puff * 0.55 * np.exp(-((gather / 0.13) ** 2)) * np.clip(np.abs(s - 0.45) * 2.2 - 0.15, 0, 1))
    p.lighten(puff * 0.45 * np.exp(-(((s - 0.42) / 0.17) ** 2)) * smooth((gather - 0.12) / 0.3))
    p.cord(p.y - 3.5, c.metal, 4.0)
    inks = (blend_light(c.main, 0.3), c.second, c.accent, blend_light(c.accent, 0.7))
    for row, top in enumerate((212, 240)):
        for k in range(-1, 11):
            p.feather((k + 0.5 * (row % 2)) * 26, top, 72, 31, inks, blend_light(c.metal, 0.2))
    p.cord(p.y - 310, c.metal, 3.0)
    p.over(c.light, p.inside(317 - p.y))
    p.scallops(p.y - 314, c.light, pitch=13, depth=14)
    p.over(_velvet(c), p.inside(band(p.y, 66, 89)))
    p.cord(p.y - 66, c.metal, 4.5)
    p.cord(p.y - 89, c.metal, 3.5)
    p.scallops(p.y - 91, blend_light(c.main, 0.35), pitch=13, depth=10)
    for k in range(8):
        p.disc((k + 0.5) * p.wide / 8, 77.5, 3.8, blend_light(c.metal, 0.35))


def _stocking(p: Patch, c: Colours) -> None:
    """Opaque velvet stockings: the leg's roundness, a lace top with a ribbon, a garland down the sides."""
    t = p.y / p.high
    deep = _velvet(c)
    p.fill(ramp((blend(deep, c.second, 0.25), deep, deep, blend(deep, c.accent, 0.45)), t))
    # A woven lattice, a dot where its threads cross.
    for slope in (1.0, -1.0):
        thread = np.abs(((p.x + slope * 0.62 * p.y) / 21.1) % 1 - 0.5) * 21.1
        p.over(blend_light(c.second, 0.30), 0.20 * p.inside(thread - 0.7) * smooth((t - 0.13) / 0.05))
    side = np.abs(p.x / p.wide - 0.5) * 2
    p.darken(0.62 * smooth((side - 0.30) / 0.6))
    p.over(c.second, 0.55 * np.exp(-(((p.x / p.wide - 0.46) / 0.055) ** 2)))
    # The knee cap stands out of two hollows; below it the shin's edge is lit and the calf falls into shade.
    front = np.exp(-(((p.x / p.wide - 0.5) / 0.11) ** 2))
    p.darken(0.30 * np.exp(-(((t - 0.435) / 0.012) ** 2)) * front)
    p.darken(0.34 * np.exp(-(((t - 0.352) / 0.020) ** 2)) * np.exp(-(((side - 0.24) / 0.14) ** 2)))
    p.darken(0.26 * np.exp(-(((t - 0.41) / 0.035) ** 2)) * np.exp(-(((side - 0.30) / 0.10) ** 2)))
    p.lighten(0.20 * np.exp(-(((t - 0.395) / 0.022) ** 2)) * np.exp(-(((p.x / p.wide - 0.49) / 0.05) ** 2)))
    p.darken(0.30 * np.exp(-(((t - 0.62) / 0.10) ** 2)) * np.exp(-(((side - 0.62) / 0.22) ** 2)))
    p.cord(np.where(t > 0.14, np.minimum(p.x, p.wide - p.x) - 1.5, 99.0), c.metal, 2.6)
    for place in (0.26, 0.74):
        x = (p.x / p.wide - place) * p.wide
        vine = x - 5 * np.sin(p.y / 17)
        p.over(c.metal, 0.9 * p.inside(np.abs(vine) - 0.9) * smooth((t - 0.16) / 0.03))
        for k in range(12):
            flip = 1 if k % 2 else -1
            # Deep: where the leg turns away, light ones would be a dashed line along it.
            inks = (blend(deep, c.second, 0.3), blend(deep, ramp((c.main, c.second, c.accent), np.array(k / 11)), 0.5))
            p.feather(place * p.wide + flip * 9, 92 + 34 * k, 27, 13, inks, c.metal)
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
    for k, ink in enumerate((c.main, c.second, c.accent)):
        p.feather(44 + 16 * k, 66 + 7 * k, 40, 19, (c.light, ink), c.metal)
    p.darken(0.5 * smooth((t - 0.72) / 0.28))
    p.cord(p.y - 4, c.metal, 5.0)
    p.over(c.second, p.inside(band(p.y, 36, 50)) * (x < 0.75))
    for y in (36, 50):
        p.cord(p.y - y, c.metal, 2.0)
    p.disc(118, 43, 8, c.accent, gem=True)
    p.disc(60, 43, 4, c.metal)
