"""A draughtsman's tools for cloth: soft edges, folds, seams, lace, feathers, cloud scrolls. No garments."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from performer.avatar.build.material import Picture
from performer.avatar.build.outfit.sheet import Tile
from performer.avatar.build.part import Floats

__all__ = [
    "Canvas",
    "Ink",
    "Patch",
    "band",
    "blend",
    "blend_light",
    "circle",
    "colour",
    "line",
    "ramp",
    "ruyi",
    "shaded",
    "smooth",
]

Ink = str | Floats
"""A colour: #rrggbb, (3,) or (h, w, 3) display values in [0, 1]."""


def colour(ink: Ink) -> Floats:
    """Display values in [0, 1] of #rrggbb."""
    if isinstance(ink, str):
        return np.array([int(ink[k : k + 2], 16) / 255 for k in (1, 3, 5)])
    return ink


def blend(one: Ink, two: Ink, share: Floats | float) -> Floats:
    """From the first colour to the second; a field of shares gives a field of colours."""
    at = np.asarray(share, dtype=np.float64)[..., None]
    return colour(one) * (1 - at) + colour(two) * at


def ramp(inks: tuple[Ink, ...], share: Floats) -> Floats:
    """(h, w, 3): a gradient through several colours, evenly spaced along share in [0, 1]."""
    table = np.stack([colour(ink) for ink in inks])
    at = np.linspace(0, 1, len(inks))
    return np.stack([np.interp(share, at, table[:, k]) for k in range(3)], axis=-1)


def shaded(ink: Ink, amount: Floats | float = 1.0) -> Floats:
    """The colour where less light reaches: darker and turned towards violet, never towards grey."""
    base = colour(ink)
    dark = base * (np.array([0.70, 0.62, 0.82]) + np.array([0.05, 0.0, 0.09]) * base.mean(axis=-1, keepdims=True))
    at = np.asarray(amount, dtype=np.float64)
    return base + (dark - base) * (at[..., None] if at.ndim else at)


def smooth(x: Floats | float) -> Floats:
    """Smoothstep of [0, 1]."""
    t = np.clip(x, 0, 1)
    return t * t * (3 - 2 * t)


@dataclass(frozen=True, slots=True)
class Patch:
    """One garment's rectangle of the texture, painted in millimetres of cloth: x from its left, y from its top.

    pixels: (h, w, 3), a view into the canvas. wide, high: what it covers, millimetres.
    """

    pixels: Floats
    wide: float
    high: float
    left: float = 0.0
    top: float = 0.0
    x: Floats = field(init=False)
    y: Floats = field(init=False)

    def __post_init__(self) -> None:
        h, w, _ = self.pixels.shape
        x = self.left + (np.arange(w) + 0.5) / w * self.wide
        y = self.top + (np.arange(h) + 0.5) / h * self.high
        object.__setattr__(self, "x", np.broadcast_to(x[None], (h, w)))
        object.__setattr__(self, "y", np.broadcast_to(y[:, None], (h, w)))

    @property
    def pixel(self) -> float:
        """The coarser side of a pixel, millimetres: the width of a clean edge."""
        h, w, _ = self.pixels.shape
        return max(self.wide / w, self.high / h)

    def crop(self, left: float, top: float, right: float, bottom: float) -> "Patch":
        """The part between these millimetres (at least a pixel), in the same millimetres: small things paint fast."""
        h, w, _ = self.pixels.shape
        across, down = self.wide / w, self.high / h
        i, k = (int(np.clip((left - self.left) // across, 0, w - 1)), int(np.clip((top - self.top) // down, 0, h - 1)))
        j = int(np.clip((right - self.left) // across + 1, i + 1, w))
        m = int(np.clip((bottom - self.top) // down + 1, k + 1, h))
        return Patch(
            self.pixels[k:m, i:j], (j - i) * across, (m - k) * down, self.left + i * across, self.top + k * down
        )

    def inside(self, distance: Floats) -> Floats:
        """Coverage [0, 1] of where a signed distance in millimetres is below 0, with an edge one pixel wide."""
        return smooth(0.5 - distance / (1.4 * self.pixel))

    def fill(self, ink: Ink) -> None:
        """All of it."""
        self.pixels[...] = colour(ink)

    def over(self, ink: Ink, cover: Floats) -> None:
        """Lay paint over, cover (h, w) in [0, 1]."""
        self.pixels[...] = self.pixels * (1 - cover[..., None]) + colour(ink) * cover[..., None]

    def darken(self, cover: Floats) -> None:
        """Shade what is painted, by a share in [0, 1]."""
        self.pixels[...] = shaded(self.pixels, np.clip(cover, 0, 1))

    def lighten(self, cover: Floats, ink: Ink = "#ffffff") -> None:
        """Add light of a colour, by a share in [0, 1] (screen)."""
        at = np.clip(cover, 0, 1)[..., None]
        self.pixels[...] = 1 - (1 - self.pixels) * (1 - colour(ink) * at)

    def seam(self, distance: Floats, *, depth: float = 0.55, light: float = 0.25) -> None:
        """A sewn seam along distance = 0: a thin dark line, a lit ridge beside it."""
        p = max(self.pixel, 0.7)
        self.darken(depth * np.exp(-((distance / (0.9 * p)) ** 2)))
        self.lighten(light * np.exp(-(((distance - 2.2 * p) / (1.2 * p)) ** 2)))

    def stitches(self, distance: Floats, along: Floats, ink: Ink, *, pitch: float = 5.0) -> None:
        """Dashes of thread along distance = 0."""
        dash = smooth((np.abs((along / pitch) % 1 - 0.5) - 0.14) / 0.08)
        self.over(ink, 0.8 * dash * self.inside(np.abs(distance) - 0.55 * max(self.pixel, 0.8)))

    def cord(self, distance: Floats, ink: Ink, width: float = 3.0) -> None:
        """A raised cord or metal braid along distance = 0: dark edges, a lit middle."""
        half = width / 2
        self.darken(0.6 * self.inside(np.abs(distance - 0.8) - half - 1.2))
        cover = self.inside(np.abs(distance) - half)
        round_ = np.clip(1 - (distance / half) ** 2, 0, 1)
        tone = blend(shaded(ink, 0.9), ink, smooth(round_ * 1.4))
        tone = blend_light(tone, 0.55 * smooth((round_ - 0.55) / 0.45) * (distance < 0))
        self.over(tone, cover)

    def folds(self, across: Floats, depth: Floats | float, seed: int, waves: tuple[float, ...] = (2, 3, 5)) -> None:
        """Soft folds running down; `across` in [0, 1] round the piece (periodic), depth a share of shade."""
        rng = np.random.default_rng(seed)
        wave = np.zeros_like(across)
        for count in waves:
            wave = wave + np.sin(2 * np.pi * (count * across + rng.uniform())) / count**0.5
        wave = wave / (2 * sum(1 / count for count in waves)) ** 0.5
        self.darken(np.clip(wave, 0, 1) * depth)
        self.lighten(np.clip(-wave - 0.35, 0, 1) * 0.35 * np.asarray(depth))

    def crease(self, ax: float, ay: float, bx: float, by: float, width: float, depth: float) -> None:
        """One fold of cloth from a to b: widest in its middle, gone at its ends, a soft light along its upper side."""
        reach_ = 4 * width
        p = self.crop(min(ax, bx) - reach_, min(ay, by) - reach_, max(ax, bx) + reach_, max(ay, by) + reach_)
        dx, dy = bx - ax, by - ay
        size = max(float(np.hypot(dx, dy)), 1e-6)
        along = ((p.x - ax) * dx + (p.y - ay) * dy) / size**2
        # A slight bow, so that no fold is a ruled line.
        across = ((p.x - ax) * dy - (p.y - ay) * dx) / size - 0.10 * size * along * (1 - along)
        across = across if dx > 0 else -across
        swell = np.clip(np.sin(np.pi * np.clip(along, 0, 1)), 0, 1) ** 0.8
        wide = width * (0.35 + 0.65 * swell)
        p.darken(
            depth * swell * np.where(across < 0, np.exp(-((across / wide) ** 2)), np.exp(-((across / wide * 2.4) ** 2)))
        )
        p.lighten(
            0.32 * depth * swell * np.exp(-(((across - 0.75 * wide) / (0.45 * wide)) ** 2)) * p.pixels.mean(axis=-1)
        )

    def scallops(
        self, edge: Floats, ink: Ink, *, pitch: float = 14.0, depth: float = 9.0, along: Floats | None = None
    ) -> None:
        """Lace: scallops hanging below `edge` (signed distance downwards, mm) with holes and a picot line."""
        s = self.x if along is None else along
        phase = (s / pitch) % 1 - 0.5
        rim = depth * (0.45 + 0.55 * np.sqrt(np.clip(1 - (2 * phase) ** 2, 0, 1)))
        body = self.inside(edge - rim) * self.inside(-edge)
        self.darken(0.35 * self.inside(edge - rim - 2.2) * self.inside(-edge))
        self.over(ink, body)
        for ring, radius, height in ((phase, 0.13, 0.42), ((s / pitch + 0.5) % 1 - 0.5, 0.08, 0.24)):
            hole = np.hypot(ring * pitch, edge - height * depth) - radius * pitch
            self.darken(0.75 * body * self.inside(hole))
        self.darken(0.5 * body * self.inside(np.abs(edge - rim + 1.1) - 0.4))
        self.darken(0.5 * body * np.exp(-((edge / 1.5) ** 2)))

    def feather(
        self, centre: float, top: float, length: float, width: float, inks: tuple[Ink, ...], shaft: Ink
    ) -> None:
        """A feather hanging down from `top`: soft barbs, notches, a shaft, its colours from root to tip."""
        p = self.crop(centre - width, top - 1, centre + width, top + length + 3)
        t = (p.y - top) / length
        x = p.x - centre
        inner = np.clip(t, 0, 1)
        half = 0.5 * width * inner**0.35 * np.sqrt(np.clip(1 - inner**5, 0, 1))
        barb = (t * length * 0.9 - np.abs(x) * 1.1) / max(length / 34, 2.2 * p.pixel)
        notch = 0.10 * width * smooth((np.sin(2 * np.pi * barb * 0.18) - 0.86) / 0.14)
        there = (t > 0) * (t < 1)
        cover = p.inside(np.abs(x) - half + notch) * there
        p.darken(0.55 * p.inside(np.abs(x - 1.2) - half - 2.0) * there)
        p.over(ramp(inks, inner), cover)
        lit = 0.5 + 0.5 * np.sin(2 * np.pi * barb)
        p.darken(cover * (0.30 * lit + 0.30 * smooth((np.abs(x) - 0.72 * half) / (0.3 * half + 0.1))))
        p.lighten(cover * 0.16 * (1 - lit) * (x < 0))
        p.over(shaft, cover * p.inside(np.abs(x) - np.maximum(1.6 * (1 - t), 0.7)))

    def scroll(self, cx: float, cy: float, radius: float, ink: Ink, *, width: float = 1.0, up: bool = True) -> None:
        """A ruyi cloud head in outline, its lobe upwards or downwards, a dot in its middle."""
        p = self.crop(cx - 1.4 * radius, cy - 1.7 * radius, cx + 1.4 * radius, cy + 1.7 * radius)
        head = ruyi(p.x - cx, (cy - p.y) if up else (p.y - cy), radius)
        p.darken(0.25 * p.inside(np.abs(head) - width))
        p.over(ink, 0.95 * p.inside(np.abs(head) - 0.55 * width))
        p.over(ink, 0.9 * p.inside(circle(p.x, p.y, cx, cy, 0.16 * radius)))

    def disc(self, x: float, y: float, radius: float, ink: Ink, *, gem: bool = False) -> None:
        """A button, a pearl, or (`gem`) a cut stone with a dark crown and a bright foot."""
        p = self.crop(x - 1.4 * radius - 2, y - 1.4 * radius - 2, x + 1.4 * radius + 3, y + 1.4 * radius + 4)
        d = circle(p.x, p.y, x, y, radius)
        p.darken(0.55 * p.inside(circle(p.x, p.y, x + 0.8, y + 1.6, radius + 0.8)))
        cover = p.inside(d)
        fall = smooth(0.5 + ((p.y - y) * 0.8 + (p.x - x) * 0.35) / (2 * radius))
        if gem:
            tone = blend(shaded(ink, 1.2), blend_light(ink, 0.45), fall)
        else:
            tone = blend(blend_light(ink, 0.3), shaded(ink, 0.8), fall)
        p.over(tone, cover)
        p.darken(0.5 * cover * p.inside(-d - 0.16 * radius))
        p.over("#ffffff", 0.95 * p.inside(circle(p.x, p.y, x - 0.32 * radius, y - 0.36 * radius, 0.24 * radius)))

    def knit(self, pitch: float, depth: float = 0.3) -> None:
        """Vertical ribs."""
        self.darken(depth * smooth(0.5 + 0.5 * np.sin(2 * np.pi * self.x / pitch)))


@dataclass(frozen=True, slots=True)
class Canvas:
    """The texture of an outfit: named rectangles, painted one after the other.

    layout: name -> (left, top, width, height) in pixels of a square of `size`.
    """

    layout: Mapping[str, tuple[int, int, int, int]]
    size: int = 1024
    values: Floats = field(init=False)

    def __post_init__(self) -> None:
        for name, (left, top, width, height) in self.layout.items():
            assert min(left, top) >= 0, name
            assert max(left + width, top + height) <= self.size, name
        object.__setattr__(self, "values", np.full((self.size, self.size, 3), 0.5))

    def patch(self, name: str, wide: float, high: float) -> Patch:
        """The rectangle of that name, to be painted in millimetres."""
        left, top, width, height = self.layout[name]
        return Patch(self.values[top : top + height, left : left + width], wide, high)

    def tile(self, name: str) -> Tile:
        """Where a sheet of cloth finds its paint."""
        left, top, width, height = self.layout[name]
        n = self.size
        return Tile(left / n, top / n, width / n, height / n)

    def picture(self) -> Picture:
        """(size, size, 3) display values."""
        painted: NDArray[np.float64] = np.clip(self.values, 0, 1) * 255
        return painted.round().astype(np.uint8)


def blend_light(ink: Ink, share: Floats | float) -> Floats:
    """Towards white."""
    return blend(ink, "#ffffff", share)


def band(y: Floats, start: float, end: float) -> Floats:
    """Signed distance of a stripe from start to end, below 0 inside."""
    return np.maximum(start - y, y - end)


def line(x: Floats, y: Floats, ax: float, ay: float, bx: float, by: float) -> Floats:
    """Distance to a segment."""
    dx, dy = bx - ax, by - ay
    t = np.clip(((x - ax) * dx + (y - ay) * dy) / max(dx * dx + dy * dy, 1e-9), 0, 1)
    return np.hypot(x - ax - t * dx, y - ay - t * dy)


def circle(x: Floats, y: Floats, cx: float, cy: float, radius: float) -> Floats:
    """Signed distance to a circle."""
    return np.hypot(x - cx, y - cy) - radius


def ruyi(x: Floats, y: Floats, radius: float) -> Floats:
    """Signed distance to a ruyi cloud head, its lobe towards +y: two side curls, a pointed middle, a short neck."""
    lobe = circle(np.abs(x), y, 0.52 * radius, -0.02 * radius, 0.50 * radius)
    point = circle(x, y, 0.0, 0.42 * radius, 0.50 * radius)
    tip = (np.abs(x) * 0.80 + (y - 1.05 * radius) * 0.60) + 0.0 * radius
    neck = np.maximum(np.abs(x) - 0.34 * radius, np.abs(y + 0.4 * radius) - 0.5 * radius)
    return np.minimum(np.minimum(lobe, neck), np.minimum(point, np.maximum(tip, 0.25 * radius - y)))
