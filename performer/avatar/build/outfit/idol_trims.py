"""The paint of the feather robe's small things: heels, bow, belt, collar, frills, lining, gem."""

import numpy as np

from performer.avatar.build.outfit.cloth_paint import Canvas, blend, blend_light, ramp, shaded, smooth
from performer.avatar.build.spec import Colours

__all__ = ["paint_trims"]


def paint_trims(canvas: Canvas, c: Colours, seed: int) -> None:
    """Their tiles: sole to knot."""
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
    for k in range(6):
        tail.scroll(35, 296 - 36 * k, 11, blend_light(c.metal, 0.2), width=1.4)
    edge = np.minimum(tail.x, tail.wide - tail.x)
    tail.cord(edge - 5, c.metal, 2.6)
    belt = canvas.patch("belt", 620, 60)
    belt.fill(ramp((c.second, c.main), belt.y / belt.high))
    for k in range(22):
        belt.scroll((k + 0.5) * belt.wide / 22, 30, 11, blend_light(c.metal, 0.25), width=2.0, up=k % 2 == 0)
    for y in (8, 52):
        belt.cord(belt.y - y, c.metal, 6)
    collar = canvas.patch("collar", 250, 44)
    collar.fill(c.light)
    collar.over(c.main, smooth((collar.y - 12) / 30))
    collar.cord(collar.y - 9, c.metal, 5)
    collar.cord(collar.y - 34, c.metal, 3)
    frill = canvas.patch("frill", 220, 110)
    frill.fill(ramp((blend_light(c.second, 0.45), blend_light(c.main, 0.6), c.light), frill.y / frill.high))
    frill.darken(0.30 * np.exp(-((((frill.x / frill.wide * 4) % 1) / 0.12) ** 2)) + 0.25 * smooth(1 - frill.y / 60))
    frill.scallops(frill.y - 84, c.light, pitch=13.75, depth=22)
    lining = canvas.patch("lining", 100, 60)
    # Light as the frills before it: what is deep inside is only a tone darker.
    soft = blend_light(c.main, 0.55)
    lining.fill(ramp((shaded(blend_light(c.second, 0.35), 0.45), soft, blend_light(soft, 0.5)), lining.y / lining.high))
    crease = (lining.x / lining.wide * 8) % 1 - 0.5
    lining.darken(0.30 * np.exp(-((crease / 0.14) ** 2)) * smooth(1.15 - lining.y / lining.high))
    lining.scallops(lining.y - 47, c.light, pitch=12.5, depth=11)
    wing = canvas.patch("wing_lining", 200, 60)
    # Deep colour: a light hand comes out of it, and is lost before anything pale.
    t = wing.y / wing.high
    wing.fill(ramp((shaded(c.dark, 0.9), blend(c.dark, c.second, 0.25), blend(c.dark, c.second, 0.62)), t))
    crease = (wing.x / wing.wide * 14) % 1 - 0.5
    wing.darken(0.35 * np.exp(-((crease / 0.16) ** 2)) * smooth(1.2 - t))
    wing.cord(wing.y - 54, c.metal, 3.5)
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
