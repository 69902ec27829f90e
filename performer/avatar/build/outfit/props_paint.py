"""The paint of what is held in the hand; every outfit's texture keeps the same corner for it."""

import numpy as np

from performer.avatar.build.outfit.cloth_paint import Canvas, blend_light, circle, ramp, smooth
from performer.avatar.build.outfit.sheet import Tile
from performer.avatar.build.spec import Colours

__all__ = ["LAYOUT", "PROPS_TILE", "paint_props"]

LAYOUT = {"hand_mic": (928, 608, 48, 352), "light_stick": (976, 608, 48, 352)}
"""Pixels of the texture of 1024, inside the rectangle that outfits leave free as "props"."""
PROPS_TILE = {name: Tile(*(value / 1024 for value in box)) for name, box in LAYOUT.items()}


def paint_props(canvas: Canvas, c: Colours) -> None:
    """Microphone: mesh head, a coloured ring, lacquered handle. Light stick: a glowing tube above a white grip."""
    tiles = Canvas(LAYOUT, canvas.size)
    mic = tiles.patch("hand_mic", 60, 240)
    t = mic.y / mic.high
    mic.fill(ramp((blend_light(c.light, 0.2), c.light, c.main, c.second), np.clip((t - 0.42) / 0.56, 0, 1)))
    head = mic.inside((t - 0.40) * mic.high)
    mic.over("#c9ccd6", head)
    weave = np.minimum(np.abs(((mic.x + mic.y) / 4) % 1 - 0.5), np.abs(((mic.x - mic.y) / 4) % 1 - 0.5))
    mic.over("#5d6073", head * smooth((0.20 - weave) / 0.1))
    mic.lighten(0.6 * head * np.exp(-(((mic.x / mic.wide - 0.4) / 0.10) ** 2)))
    for at, width in ((88.0, 5.0), (98.0, 4.0), (226.0, 4.0)):
        mic.cord(mic.y - at, c.metal, width)
    mic.over(c.accent, mic.inside(np.abs(mic.y - 93) - 3))
    for k in range(4):
        mic.scroll(7.5 + 15 * k, 132, 5.5, c.metal, width=1.0)
    mic.over("#2b2f42", mic.inside(np.maximum(np.abs(mic.x - 30) - 4, np.abs(mic.y - 152) - 9)))
    mic.over(c.accent, mic.inside(circle(mic.x, mic.y, 30, 148, 2.2)))
    stick = tiles.patch("light_stick", 60, 310)
    t = stick.y / stick.high
    stick.fill(c.light)
    glow = stick.inside((t - 0.505) * stick.high)
    inks = (blend_light(c.accent, 0.75), blend_light(c.accent, 0.35), c.accent, blend_light(c.second, 0.2))
    stick.over(ramp(inks, np.clip(t / 0.5, 0, 1)), glow)
    stick.lighten(0.8 * glow * np.exp(-(((stick.x / stick.wide - 0.5) / 0.16) ** 2)))
    stick.darken(0.25 * (t > 0.58) * smooth(0.5 + 0.5 * np.sin(2 * np.pi * stick.y / 7)))
    for at in (160.0, 178.0, 296.0):
        stick.cord(stick.y - at, c.metal, 4.0)
    for left, top, width, height in LAYOUT.values():
        box = np.s_[top : top + height, left : left + width]
        canvas.values[box] = tiles.values[box]
