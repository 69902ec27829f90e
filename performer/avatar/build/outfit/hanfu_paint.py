"""The paint of the hanfu: brocade bands, a skirt that deepens to its hem with embroidered blossom, cloud sleeves."""

import numpy as np

from performer.avatar.build.outfit.cloth_paint import (
    Canvas,
    Patch,
    blend,
    blend_light,
    circle,
    line,
    ramp,
    shaded,
    smooth,
)
from performer.avatar.build.spec import Colours

__all__ = ["LAYOUT", "paint"]

LAYOUT = {
    "skirt": (0, 0, 320, 640),
    "robe_front": (320, 0, 320, 288),
    "robe_back": (640, 0, 320, 288),
    "sleeve": (320, 288, 448, 352),
    "sleeve_lining": (768, 288, 96, 176),
    "under": (768, 464, 160, 144),
    "collar": (0, 640, 64, 256),
    "collar_inner": (64, 640, 64, 256),
    "ribbon": (128, 640, 64, 288),
    "collar_back": (192, 640, 256, 48),
    "chest_band": (192, 688, 512, 80),
    "shoe": (192, 768, 320, 160),
    "sole": (512, 768, 192, 40),
    "bow": (512, 808, 160, 128),
    "knot": (672, 808, 48, 48),
    "gem": (720, 808, 64, 64),
    "tassel": (784, 808, 48, 96),
    "trousers": (192, 928, 320, 96),
    "cord": (832, 808, 24, 96),
    "lining": (864, 808, 64, 96),
    "shorts": (704, 688, 96, 96),
    "heel": (800, 688, 32, 32),
    "props": (928, 608, 96, 352),
}


def paint(canvas: Canvas, c: Colours, seed: int) -> None:
    """Every tile. main: robe; second: bands and hem; accent: blossom and ribbons; dark: outlines of brocade."""
    _skirt(canvas.patch("skirt", 220, 990), c, seed)
    for name in ("robe_front", "robe_back"):
        _robe(canvas.patch(name, 400, 340), c, seed, name == "robe_back")
    _sleeve(canvas.patch("sleeve", 620, 440), c, seed)
    for name, inks in (
        ("collar", (c.second, c.dark)),
        ("collar_inner", (c.accent, c.second)),
        ("ribbon", (c.accent, c.second)),
    ):
        _band(canvas.patch(name, 36, 250), c, inks)
    _small(canvas, c, seed)


def blossom(p: Patch, x: float, y: float, size: float, c: Colours, turn: float = 0.0) -> None:
    """A five-petalled flower in stitches, a metal heart."""
    q = p.crop(x - 1.3 * size, y - 1.3 * size, x + 1.3 * size, y + 1.3 * size)
    for k in range(5):
        a = turn + 2 * np.pi * k / 5
        petal = circle(q.x, q.y, x + 0.55 * size * np.sin(a), y - 0.55 * size * np.cos(a), 0.46 * size)
        q.over(shaded(c.accent, 0.6), q.inside(petal - 0.9))
        fall = np.hypot(q.x - x, q.y - y) / size
        q.over(ramp((c.accent, blend_light(c.accent, 0.5), blend_light(c.accent, 0.75)), fall), q.inside(petal))
    q.over(c.metal, q.inside(circle(q.x, q.y, x, y, 0.20 * size)))
    for k in range(5):
        a = turn + 2 * np.pi * (k + 0.5) / 5
        q.over(
            c.metal, q.inside(circle(q.x, q.y, x + 0.42 * size * np.sin(a), y - 0.42 * size * np.cos(a), 0.07 * size))
        )


def branch(p: Patch, x: float, y: float, rise: float, lean: float, c: Colours, size: float) -> None:
    """A bough that climbs from (x, y) with blossom and buds."""
    knots = [(x + lean * s + 0.10 * rise * np.sin(5 * s), y - rise * s) for s in np.linspace(0, 1, 7)]
    for (ax, ay), (bx, by), thick in zip(knots, knots[1:], np.linspace(2.6, 0.9, 6), strict=False):
        p.over(c.dark, 0.9 * p.inside(line(p.x, p.y, ax, ay, bx, by) - thick))
    for k, (bx, by) in enumerate(knots[1:]):
        side = 1 if k % 2 else -1
        blossom(p, bx + side * size * 0.8, by, size * (1.0 - 0.09 * k), c, turn=0.7 * k)
        p.disc(bx - side * size * 0.9, by - size * 0.5, size * 0.26, c.accent)


def _skirt(p: Patch, c: Colours, seed: int) -> None:
    """Four pleats from the chest to the ankle: pale above, dyed below, boughs of blossom rising from the hem."""
    t = p.y / p.high
    p.fill(ramp((c.light, c.main, c.main, blend(c.main, c.second, 0.35), blend(c.second, c.main, 0.15), c.second), t))
    branch(p, 64, 906, 330, 34, c, 17)
    branch(p, 168, 900, 210, -24, c, 14)
    rng = np.random.default_rng(seed)
    for _ in range(16):
        x, y = rng.uniform(8, 212), rng.uniform(330, 800)
        p.over(blend_light(c.accent, 0.3), 0.9 * p.inside(np.hypot((p.x - x) * 1.5, p.y - y) - 3.2))
    p.over(c.dark, p.inside(912 - p.y))
    for k in range(6):
        p.scroll(18.5 + 36.7 * k, 944, 15, c.metal, width=2.0)
    p.cord(p.y - 912, c.metal, 6)
    p.cord(p.y - 976, c.metal, 6)
    pleat = (p.x / p.wide * 4) % 1
    p.darken(0.60 * np.exp(-((pleat / 0.08) ** 2)) + 0.60 * np.exp(-(((1 - pleat) / 0.10) ** 2)))
    p.darken(0.26 * smooth((pleat - 0.5) / 0.5))
    p.lighten(0.22 * np.exp(-(((pleat - 0.32) / 0.10) ** 2)))
    p.darken(0.45 * smooth(1 - t / 0.10))


def _robe(p: Patch, c: Colours, seed: int, back: bool) -> None:
    p.fill(c.main)
    across = np.abs(p.x - 200)
    # Damask: the ground's own colour, a little darker, in staggered clouds.
    for row in range(8):
        for column in range(9):
            p.scroll(10 + 48 * column + 24 * (row % 2), 20 + 42 * row, 14, shaded(c.main, 0.32), width=1.6)
    p.darken(0.40 * smooth((across - 96) / 60))
    p.darken(0.35 * smooth((p.y - 190) / 50))
    for k in range(6):
        side = -1 if k % 2 else 1
        p.crease(200 + side * 120, 95 + 14 * k, 200 + side * (36 + 8 * k), 190 + 8 * k, 7, 0.4)
    if not back:
        # What the crossed bands leave open shows the white under-robe, in their shade.
        vee = across - 52 * np.clip((172 - p.y) / 135, 0, 1.4)
        p.over(c.light, p.inside(vee) * (p.y < 172))
        p.darken(0.50 * p.inside(vee) * (p.y < 172) * smooth((vee + 22) / 22))
    if back:
        p.seam(p.x - 200, depth=0.4)
        p.scroll(200, 110, 34, c.metal, width=2.4)
        p.scroll(200, 110, 20, c.second, width=2.4)
    del seed


def _sleeve(p: Patch, c: Colours, seed: int) -> None:
    """u round the arm with its upper edge in the middle, v to the opening; the pocket's bottom is at both sides."""
    t = p.y / p.high
    low = np.abs(p.x / p.wide - 0.5) * 2
    p.fill(ramp((c.main, c.main, c.main, blend(c.main, c.second, 0.25), blend(c.main, c.second, 0.75)), t))
    for row in range(8):
        for column in range(11):
            if row < 6:
                p.scroll(30 + 56 * column + 28 * (row % 2), 30 + 46 * row, 15, shaded(c.main, 0.30), width=1.6)
    for side in (-1, 1):
        branch(p, p.wide / 2 + side * 190, 372, 190, -side * 70, c, 17)
        branch(p, p.wide / 2 + side * 70, 372, 120, side * 30, c, 14)
    p.folds(p.x / p.wide, 0.34 * smooth((t - 0.06) / 0.25), seed + 1, (4, 7, 9))
    p.darken(0.30 * smooth((low - 0.72) / 0.28))
    p.darken(0.40 * np.exp(-(((t - 0.47) / 0.035) ** 2)) * smooth((low - 0.3) / 0.3))
    p.over(c.second, p.inside(376 - p.y))
    for k in range(14):
        p.scroll(22 + 44.3 * k, 408, 18, c.metal, width=2.2)
    p.cord(p.y - 377, c.metal, 6)
    p.cord(p.y - 434, c.metal, 7)
    p.seam(p.y - 30)
    p.darken(0.25 * smooth(1 - p.y / 40))


def _band(p: Patch, c: Colours, inks: tuple[str, str]) -> None:
    """A collar or a ribbon, across its width: edges of metal thread, a chain of clouds."""
    p.fill(ramp((blend_light(inks[0], 0.08), inks[0], blend(inks[0], inks[1], 0.7)), p.y / p.high))
    for k in range(9):
        p.scroll(18, 16 + 28 * k, 9.5, blend_light(c.metal, 0.2), width=1.5, up=k % 2 == 0)
    edge = np.minimum(p.x, p.wide - p.x)
    p.cord(edge - 3, c.metal, 3.2)
    p.over(c.light, p.inside(edge - 1.4))


def _small(canvas: Canvas, c: Colours, seed: int) -> None:
    back = canvas.patch("collar_back", 220, 40)
    back.fill(c.second)
    back.cord(back.y - 6, c.metal, 3.4)
    back.cord(back.y - 35, c.metal, 3.4)
    back.over(c.light, back.inside(back.y - 3))
    chest = canvas.patch("chest_band", 620, 70)
    chest.fill(ramp((c.second, c.second, c.dark), chest.y / chest.high))
    for k in range(13):
        blossom(chest, 24 + 47.7 * k, 34, 14, c, turn=0.4 * k)
        chest.scroll(48 + 47.7 * k, 34, 9, c.metal, width=1.6, up=k % 2 == 0)
    for y in (9, 60):
        chest.cord(chest.y - y, c.metal, 5)
    shoe = canvas.patch("shoe", 270, 100)
    shoe.fill(ramp((c.second, c.dark), shoe.y / shoe.high))
    branch(shoe, 196, 84, 40, -70, c, 10)
    shoe.scroll(226, 56, 16, c.metal, width=2.0)
    shoe.cord(shoe.y - 6, c.metal, 4)
    shoe.cord(shoe.y - 84, c.metal, 3)
    sole = canvas.patch("sole", 250, 30)
    # Layers of cloth at its edge, stitched rows below, where a kick shows it.
    sole.fill(ramp((c.light, c.light, blend_light(c.metal, 0.5), shaded(c.second, 0.5)), sole.y / sole.high))
    sole.over(shaded(c.second, 1.2), sole.inside(20 - sole.y))
    sole.over(c.metal, sole.inside(np.abs(sole.y - 14) - 1.2))
    stitch = np.abs((sole.x / 7.0) % 1 - 0.5) * 7.0 - 1.6
    sole.over(blend_light(c.second, 0.35), sole.inside(stitch) * sole.inside(np.abs(sole.y - 25) - 0.9))
    legs = canvas.patch("trousers", 320, 560)
    fall = legs.y / legs.high
    legs.fill(ramp((blend(c.light, c.main, 0.5), c.main, blend(c.main, c.second, 0.45), c.second), fall))
    legs.folds(legs.x / legs.wide, 0.42 * smooth(fall / 0.3), seed + 5, (3, 5, 8))
    for k in range(8):
        legs.scroll(20 + 40 * k, 490, 15, blend_light(c.metal, 0.15), width=2.4, up=k % 2 == 0)
    legs.over(c.dark, legs.inside(np.abs(legs.y - 526) - 12))
    legs.cord(legs.y - 512, c.metal, 6)
    loop = canvas.patch("bow", 60, 60)
    s = loop.x / loop.wide
    loop.fill(ramp((c.second, c.accent, blend_light(c.accent, 0.35)), s))
    for k in (0.25, 0.5, 0.75):
        loop.darken(0.55 * np.exp(-(((loop.y / loop.high - k) / (0.03 + 0.1 * s)) ** 2)) * (1 - smooth(s * 1.2)))
    for at in (3.0, 57.0):
        loop.cord(loop.y - at, c.metal, 1.8)
    knot = canvas.patch("knot", 20, 20)
    knot.fill(ramp((c.accent, c.second), knot.y / knot.high))
    gem = canvas.patch("gem", 40, 40)
    gem.fill(ramp((blend_light("#8fd0a8", 0.5), "#8fd0a8", "#4f9f7c"), gem.y / gem.high))
    tassel = canvas.patch("tassel", 40, 80)
    tassel.fill(ramp((c.metal, c.second, c.second, c.accent), tassel.y / tassel.high))
    tassel.darken(0.5 * smooth(0.5 + 0.5 * np.sin(2 * np.pi * tassel.x / 3.2)) * (tassel.y > 14))
    cord = canvas.patch("cord", 8, 90)
    cord.fill(c.metal)
    lining = canvas.patch("lining", 40, 60)
    # The skirt's own dye one shade deeper, for whoever looks under the hem: no tent's dark, and no paper.
    inside = tuple(blend(ink, c.dark, 0.30) for ink in (c.main, blend(c.main, c.second, 0.4), c.second))
    lining.fill(ramp(inside, lining.y / 60))
    lining.cord(lining.y - 57, c.metal, 2.5)
    lining.darken(0.22 * np.exp(-(((((lining.x / lining.wide * 4) % 1) - 0.5) / 0.13) ** 2)))
    for name in ("sleeve_lining", "shorts"):
        p = canvas.patch(name, 60, 60)
        # Pale: a dark room leaves a third of its light in the shade, and dyed cloth would be a black hole there.
        p.fill(
            ramp(
                (blend(c.second, c.main, 0.5), blend(c.second, c.main, 0.6), blend(c.second, c.main, 0.7)), p.y / p.high
            )
        )
        if name == "shorts":
            p.fill(c.light)
            p.darken(0.25 * (p.y / p.high))
    under = canvas.patch("under", 400, 170)
    under.fill(c.light)
    for k in range(8):
        under.crease(40 + 44 * k, 30, 70 + 44 * k, 140, 6, 0.3)
    canvas.patch("heel", 10, 10).fill(c.metal)
    del seed
