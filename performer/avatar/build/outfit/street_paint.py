"""The paint of the street outfit: sweat cloth with sequins and a print, rib knit, a woven check, sneakers."""

import numpy as np

from performer.avatar.build.outfit.cloth_paint import (
    Canvas,
    Patch,
    band,
    blend,
    blend_light,
    circle,
    line,
    ramp,
    shaded,
    smooth,
)
from performer.avatar.build.outfit.glitter import sequins, sparks
from performer.avatar.build.part import Floats
from performer.avatar.build.spec import Colours

__all__ = ["LAYOUT", "paint"]

LAYOUT = {
    "top_front": (0, 0, 352, 432),
    "top_back": (352, 0, 320, 432),
    "sleeve_front": (0, 432, 416, 184),
    "sleeve_back": (0, 616, 416, 184),
    "skirt": (672, 0, 352, 288),
    "hood": (672, 288, 352, 144),
    "shoe": (416, 432, 416, 240),
    "sole": (416, 672, 320, 56),
    "sock": (416, 728, 256, 144),
    "garter": (672, 728, 256, 48),
    "waistband": (672, 776, 256, 48),
    "props": (928, 608, 96, 352),
    "lining": (832, 432, 96, 96),
    "shorts": (832, 528, 96, 96),
    "cord": (832, 624, 32, 104),
    "heel": (864, 624, 32, 32),
    "gem": (864, 656, 32, 32),
    "flame": (0, 800, 192, 224),
    "flame_back": (192, 800, 96, 224),
}


def paint(canvas: Canvas, c: Colours, seed: int) -> None:
    """Every tile. main: hoodie; second: yoke and check; accent: print and stripes; dark: ribs, skirt."""
    front, back = canvas.patch("top_front", 350, 400), canvas.patch("top_back", 350, 400)
    for p in (front, back):
        _trunk(p, c, seed)
    _pocket(front, c)
    _print(front, c, 175, 172, 1.06)
    _back_print(back, c)
    for name in ("sleeve_front", "sleeve_back"):
        _sleeve(canvas.patch(name, 420, 180), c, seed + (name == "sleeve_back"))
    _check(canvas.patch("skirt", 180, 265), c)
    _hood(canvas.patch("hood", 500, 260), c, seed)
    _shoe(canvas.patch("shoe", 270, 140), c)
    _flame(canvas.patch("flame", 105, 260), c, seed)
    _small(canvas, c)


def _flame(p: Patch, c: Colours, seed: int) -> None:
    """A tongue of sequins: night at the waist, embers, gold at its tip; a bright edge."""
    t = p.y / p.high
    p.fill(ramp((c.second, c.dark, blend(c.main, c.dark, 0.45), c.main, c.accent, blend_light(c.accent, 0.5)), t))
    sequins(p, blend_light(c.accent, 0.6), 0.25 + 0.75 * smooth((t - 0.15) / 0.5), pitch=5.5, seed=seed)
    edge = np.minimum(p.x, p.wide - p.x)
    p.cord(edge - 4, c.accent, 4.0)


def _trunk(p: Patch, c: Colours, seed: int) -> None:
    """Middle at x = 175; neck above, ribbed hem below."""
    t, across = p.y / p.high, np.abs(p.x - 175)
    p.fill(c.main)
    # A yoke of the second colour over the shoulders with a stripe along its edge.
    edge = p.y - 92 - 0.10 * across
    p.over(c.second, p.inside(edge))
    p.over(c.accent, p.inside(np.abs(edge - 7) - 4))
    p.over(c.light, p.inside(np.abs(edge - 15) - 1.6))
    # The yoke glitters, and embers rise from the hem.
    sequins(p, blend_light(c.accent, 0.45), p.inside(edge + 3), pitch=5.0, seed=seed)
    p.over(c.second, 0.85 * smooth((p.y - 236) / 110))
    sparks(p, blend_light(c.accent, 0.4), 46, smooth((p.y - 205) / 60), size=9.0, seed=seed)
    p.seam(edge)
    # Folds: cloth sags from the armpits and bags above the ribbing.
    rng = np.random.default_rng(seed)
    for k in range(8):
        side = -1 if k % 2 else 1
        x0, y0 = 175 + side * (136 - 4 * k), 128 + 22 * k + rng.uniform(-6, 6)
        p.crease(x0, y0, x0 - side * (70 + 7 * k), y0 + 60 + 10 * k, 8 + 0.6 * k, 0.55)
    for k in range(10):
        x0 = 34 + 31 * k + rng.uniform(-8, 8)
        p.crease(x0, 333, x0 + rng.uniform(-22, 22), 333 - 60 - 30 * rng.uniform(), 6, 0.6)
    p.darken(0.35 * smooth((across - 105) / 60))
    p.darken(0.30 * smooth((p.y - 290) / 40) * (p.y < 336))
    rib = p.crop(0, 334, 350, 400)
    rib.fill(c.dark)
    rib.darken(0.55 * smooth(0.5 + 0.5 * np.sin(2 * np.pi * rib.x / 6.0)))
    rib.over(c.accent, rib.inside(np.abs(rib.y - 352) - 4))
    rib.seam(rib.y - 335)
    p.darken(0.35 * smooth((28 - p.y) / 22) * smooth((70 - across) / 20) + 0 * t)


def _pocket(p: Patch, c: Colours) -> None:
    """The kangaroo pocket of the front."""
    across = np.abs(p.x - 175)
    slope = np.maximum(band(p.y, 232, 326), across - np.clip(60 + (p.y - 232) * 0.42, 0, 92))
    cover = p.inside(slope)
    p.darken(0.35 * p.inside(np.abs(slope) - 2.5))
    p.over(blend_light(c.main, 0.06), cover)
    p.seam(slope)
    p.stitches(slope + 4.5, p.y + p.x, blend_light(c.main, 0.5), pitch=6)


def _print(p: Patch, c: Colours, x: float, y: float, size: float) -> None:
    """A firework in the night: rays that swell outwards, sparks at their ends, a bright heart; the chest's print."""
    q = p.crop(x - 62 * size, y - 62 * size, x + 62 * size, y + 62 * size)
    sky = circle(q.x, q.y, x, y, 58 * size)
    q.over(c.light, q.inside(sky))
    q.over(ramp((c.dark, c.second), np.clip((q.y - y) / (116 * size) + 0.5, 0, 1)), q.inside(sky + 3.0 * size))
    for ring, (count, start, end, turn) in enumerate(((10, 15, 47, 0.0), (10, 24, 35, 0.5), (5, 0, 8, 0.25))):
        inks = ((c.accent, c.main), (c.light, c.accent), (c.light, c.light))[ring]
        for k in range(count):
            way = 2 * np.pi * (k + turn) / count
            dx, dy = size * np.sin(way), -size * np.cos(way)
            far = np.hypot(q.x - x, q.y - y) / size
            ray = line(q.x, q.y, x + start * dx, y + start * dy, x + end * dx, y + end * dy)
            q.over(ramp(inks, (far - start) / (end - start)), q.inside(ray - size * (0.8 + 2.6 * far / 47)))
            if ring < 2:
                spark = circle(q.x, q.y, x + (end + 4.5) * dx, y + (end + 5.5) * dy, 3.0 * size)
                q.over(inks[0], q.inside(spark))


def _back_print(p: Patch, c: Colours) -> None:
    """The same, large, on the back, over a line of stitched clouds."""
    _print(p, c, 175, 196, 1.42)
    for k in range(5):
        p.scroll(115 + 30 * k, 290, 10, c.light, width=2.0, up=k % 2 == 0)


def _sleeve(p: Patch, c: Colours, seed: int) -> None:
    """x from the shoulder to the wrist."""
    p.fill(c.main)
    s = p.x / p.wide
    rng = np.random.default_rng(seed + 5)
    p.over(c.second, p.inside(p.x - 16 - 0.12 * p.y) * (p.y < 100))
    for start, width, ink in ((176, 26, c.second), (186, 6, c.accent), (214, 4, c.light)):
        p.over(ink, p.inside(band(p.x, start, start + width)))
    # From the stripes on the sleeve falls into night, full of sparks.
    p.over(c.second, 0.9 * smooth((p.x - 236) / 90))
    sparks(p, blend_light(c.accent, 0.4), 40, smooth((p.x - 226) / 40), size=9.0, seed=seed)
    for k in range(11):
        x0 = 150 + 18 * k + rng.uniform(-8, 8)
        lean = rng.uniform(-34, 34)
        p.crease(x0, rng.uniform(20, 70), x0 + lean, rng.uniform(105, 165), 7, 0.55)
    p.darken(0.40 * smooth((p.y - 112) / 50))
    p.lighten(0.10 * np.exp(-(((p.y - 62) / 20) ** 2)))
    cuff = p.crop(352, 0, 420, 180)
    cuff.fill(c.dark)
    cuff.darken(0.5 * smooth(0.5 + 0.5 * np.sin(2 * np.pi * cuff.y / 7.0)))
    cuff.over(c.accent, cuff.inside(np.abs(cuff.x - 366) - 3.5))
    p.darken(0.5 * np.exp(-(((p.x - 348) / 9) ** 2)) + 0 * s)


def _check(p: Patch, c: Colours) -> None:
    """A woven check, four pleats wide, dark at the waist, trim at the hem."""
    p.fill(c.dark)
    t = p.y / p.high

    def threads(at: Floats, pitch: float) -> None:
        phase = at % pitch
        p.over(blend_light(c.second, 0.16), 0.62 * p.inside(np.abs(phase - pitch / 2) - 8))
        p.over(c.main, p.inside(np.abs(phase - pitch / 2) - 1.7))
        p.over(c.accent, 0.9 * p.inside(np.abs(phase - pitch / 2 + 15) - 0.9))

    threads(p.y, 88.0)
    threads(p.x, 45.0)
    pleat = (p.x / p.wide * 4) % 1
    p.darken(0.60 * np.exp(-((pleat / 0.075) ** 2)) + 0.60 * np.exp(-(((1 - pleat) / 0.10) ** 2)))
    p.darken(0.26 * smooth((pleat - 0.45) / 0.55))
    p.lighten(0.20 * np.exp(-(((pleat - 0.20) / 0.07) ** 2)))
    p.darken(0.55 * smooth(1 - t / 0.30))
    p.over(c.main, p.inside(236 - p.y))
    sequins(p, blend_light(c.accent, 0.55), p.inside(210 - p.y), pitch=5.0)
    p.over(c.light, p.inside(np.abs(p.y - 232) - 2.4))
    p.darken(0.5 * (np.exp(-((pleat / 0.075) ** 2)) + np.exp(-(((1 - pleat) / 0.10) ** 2))) * (p.y > 229))


def _hood(p: Patch, c: Colours, seed: int) -> None:
    """u along the roll, v round it: 0 outside, a quarter on top."""
    p.fill(c.main)
    rng = np.random.default_rng(seed + 9)
    around = p.y / p.high
    p.over(c.second, p.inside(np.abs(around - 0.42) * 260 - 48))
    p.seam(np.abs(around - 0.42) * 260 - 48)
    for _ in range(14):
        x0 = rng.uniform(30, 470)
        p.crease(x0, rng.uniform(0, 90), x0 + rng.uniform(-30, 30), rng.uniform(130, 260), 9, 0.4)
    p.darken(0.45 * smooth((np.abs(around - 0.75) < 0.16) * (0.16 - np.abs(around - 0.75)) / 0.1))


def _shoe(p: Patch, c: Colours) -> None:
    """Side view, heel at the left, toe at the right: panels, a swoosh of a feather, laces, a padded collar."""
    p.fill(c.light)
    t = p.y / p.high
    p.over(c.main, p.inside(p.x - 84 + 20 * np.sin(2.6 * t)))
    p.seam(p.x - 84 + 20 * np.sin(2.6 * t))
    toe = 214 - p.x + 12 * np.cos(3 * t)
    p.over(c.main, p.inside(toe))
    p.seam(toe)
    p.over(c.light, p.inside(242 - p.x + 8 * np.cos(3 * t)))
    p.over(c.second, p.inside(band(p.x, 96, 128) + 0.0 * t) * p.inside(44 - p.y))
    p.seam(np.where(p.y > 44, np.minimum(np.abs(p.x - 96), np.abs(p.x - 128)), 99.0), depth=0.4)
    for k in range(8):
        p.darken(0.5 * p.inside(circle(p.x, p.y, 226 + 7 * (k % 4), 86 + 9 * (k // 4), 1.3)))
    swoosh = line(p.x, p.y, 70, 62, 190, 104) + 0.10 * np.abs(p.x - 130) - 11
    p.over(c.accent, p.inside(swoosh))
    p.seam(swoosh)
    for k in range(6):
        x = 132 + 13 * k
        p.over(c.second, p.inside(line(p.x, p.y, x, 20 + 7.5 * k, x + 9, 60 + 5 * k) - 2.6))
        p.disc(x + 9, 62 + 5 * k, 3.0, c.metal)
    p.over(c.dark, p.inside(p.y - 15))
    p.darken(0.4 * smooth(0.5 + 0.5 * np.sin(2 * np.pi * p.x / 7)) * (p.y < 15))
    p.over(c.accent, p.inside(band(p.x, 30, 48)) * p.inside(band(p.y, 20, 64)))
    p.darken(0.5 * smooth((t - 0.70) / 0.25))


def _small(canvas: Canvas, c: Colours) -> None:
    sole = canvas.patch("sole", 270, 40)
    sole.fill(c.light)
    sole.over(c.accent, sole.inside(band(sole.y, 14, 19)))
    sole.darken(0.35 * smooth((0.14 - np.abs((sole.x / 9) % 1 - 0.5)) / 0.05) * (sole.y > 21))
    sole.darken(0.35 * smooth((sole.y - 20) / 20))
    sole.over(c.main, sole.inside(31 - sole.y))
    sock = canvas.patch("sock", 260, 150)
    sock.fill(c.light)
    sock.darken(0.28 * smooth(0.5 + 0.5 * np.sin(2 * np.pi * sock.x / 6.5)))
    for y, ink in ((22, c.main), (34, c.second)):
        sock.over(ink, sock.inside(np.abs(sock.y - y) - 4))
    for y in (58, 86, 114, 136):
        sock.darken(0.30 * np.exp(-(((sock.y - y) / 5) ** 2)))
    garter = canvas.patch("garter", 380, 26)
    garter.fill(c.dark)
    garter.stitches(garter.y - 4, garter.x, c.accent)
    garter.stitches(garter.y - 22, garter.x, c.accent)
    for x in (130, 250):
        garter.over(c.metal, garter.inside(np.maximum(np.abs(garter.x - x) - 14, np.abs(garter.y - 13) - 11)))
        garter.over(c.dark, garter.inside(np.maximum(np.abs(garter.x - x) - 8, np.abs(garter.y - 13) - 6)))
    waist = canvas.patch("waistband", 620, 50)
    waist.fill(c.dark)
    for k in range(20):
        waist.over(c.metal, waist.inside(circle(waist.x, waist.y, 15 + 31 * k, 24, 5)))
    waist.seam(waist.y - 6)
    waist.darken(0.5 * smooth((12 - waist.y) / 12))
    lining = canvas.patch("lining", 60, 60)
    lining.fill(ramp((shaded(c.main, 0.9), shaded(c.main, 0.35)), lining.y / lining.high))
    lining.darken(0.35 * np.exp(-(((((lining.x / lining.wide * 6) % 1) - 0.5) / 0.13) ** 2)))
    back = canvas.patch("flame_back", 60, 160)
    back.fill(ramp((c.dark, shaded(c.main, 1.3), shaded(c.accent, 0.8)), back.y / back.high))
    shorts = canvas.patch("shorts", 60, 60)
    shorts.fill(blend_light(c.dark, 0.12))
    shorts.seam(shorts.y - 50)
    cord = canvas.patch("cord", 10, 110)
    cord.fill(c.light)
    cord.darken(0.3 * smooth((0.18 - np.abs(((cord.y + cord.x) / 5) % 1 - 0.5)) / 0.06))
    cord.over(c.metal, cord.inside(96 - cord.y))
    for name in ("heel", "gem"):
        canvas.patch(name, 10, 10).fill(c.metal)
