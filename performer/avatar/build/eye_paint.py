"""The texture of material `eyes`: iris, white, and the colours of lashes, brows, lips, mouth, teeth and tongue.

One picture of 512 x 512; TILES says what lies where. Strips run along a tile's width, their inner edge on top; they
fade out (alpha) above and below, and so does the iris at its rim: an edge of triangles has steps, of paint has none.
"""

from dataclasses import dataclass

import numpy as np

from performer.avatar.build.material import Picture
from performer.avatar.build.part import Floats
from performer.avatar.build.ribbon import INK
from performer.avatar.build.spec import Spec

__all__ = ["IRIS_EDGE", "SIDE", "TILES", "Tile", "paint_eyes"]

SIDE = 512


@dataclass(frozen=True, slots=True)
class Tile:
    """A rectangle of the texture in pixels; `uv` keeps a margin, so that neighbours do not bleed in."""

    left: int
    top: int
    width: int
    height: int

    def uv(self, across: Floats, down: Floats) -> Floats:
        """(n, 2) texture places of shares [0, 1] of the tile."""
        margin = 3.0
        u = self.left + margin + np.clip(across, 0.0, 1.0) * (self.width - 2.0 * margin)
        v = self.top + margin + np.clip(down, 0.0, 1.0) * (self.height - 2.0 * margin)
        return np.stack(np.broadcast_arrays(u, v), axis=-1) / SIDE


TILES = {
    "iris": Tile(0, 0, 256, 256),
    "mouth": Tile(0, 264, 256, 76),
    "teeth": Tile(0, 344, 128, 48),
    "tongue": Tile(128, 344, 128, 48),
    "white": Tile(0, 400, 256, 80),
    "socket": Tile(0, 484, 256, 24),
    # What fades out lies among its like, so that small copies of the picture mix nothing into it.
    "lash": Tile(272, 0, 240, 136),
    "lower_lash": Tile(272, 136, 240, 80),
    "crease": Tile(272, 216, 240, 56),
    "brow": Tile(272, 272, 240, 120),
    "lip": Tile(272, 392, 240, 120),
}
IRIS_EDGE = 0.90
"""Share of the iris' tile that it fills; beyond, it fades out."""
_STRIPS = ("lash", "lower_lash", "crease", "brow", "lip")
_INK = "#241622"
_WARM = "#8a4038"


def paint_eyes(spec: Spec) -> Picture:
    """The whole texture for a preset's colours."""
    canvas = np.zeros((SIDE, SIDE, 4))
    hair, iris, skin = (_rgb(c) for c in (spec.colours.hair, spec.colours.iris, spec.colours.skin))
    ink = _mix(_rgb(_INK), hair, 0.16)
    for name, tile in TILES.items():
        across, down = np.meshgrid(_steps(tile.width), _steps(tile.height))
        paint = {
            "iris": lambda a, d: _iris(a, d, iris),
            "white": lambda a, d: _white(a, d),
            "lash": lambda a, d: _lash(a, d, ink, spec.body.frame == "male"),
            "brow": lambda a, d: _brow(a, d, hair, skin),
            "crease": lambda a, d: _ends(a, _mix(skin, _rgb("#b8766a"), 0.72), _mix(skin, _rgb("#d99a88"), 0.5), 0.30),
            "lip": lambda a, d: _lip(a, d),
            "lower_lash": lambda a, d: _over(_flat(a, "#5c2f33"), ink, _edge(0.45, 0.95, a)),
            "socket": lambda a, d: _over(_flat(a, "#dcc4d2"), _rgb("#b39fc2"), _edge(0.1, 0.9, d)),
            "mouth": lambda a, d: _over(_flat(a, "#a3303f"), _rgb("#561426"), _edge(0.02, 0.50, d)),
            "teeth": lambda a, d: _over(_flat(a, "#fffaf6"), _rgb("#d9c3cf"), 0.60 * _edge(0.40, 0.0, d)),
            "tongue": lambda a, d: _tongue(a, d),
        }[name]
        there = canvas[tile.top : tile.top + tile.height, tile.left : tile.left + tile.width]
        there[..., :3], there[..., 3] = paint(across, down), 1.0
        if name == "iris":
            r = np.hypot(across - 0.5, down - 0.5) * 2.0
            there[..., 3] = _edge(0.99, IRIS_EDGE - 0.02, r)
        elif name in _STRIPS:
            ends = _edge(0.0, 0.05, across) * _edge(1.0, 0.95, across)
            there[..., 3] = ends * _edge(0.13, INK[0] - 0.06, down) * _edge(0.87, INK[1] + 0.06, down)
            if name == "lower_lash":
                there[..., 3] *= 0.25 + 0.75 * _edge(0.10, 0.45, across)
    return (np.clip(canvas, 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8)


def _iris(across: Floats, down: Floats, base: Floats) -> Floats:
    """Dark above, bright below: ring, depth, rays, pupil, bounce light, three highlights (light from upper left)."""
    x, y = (across - 0.5) * 2.0 / IRIS_EDGE, (down - 0.5) * 2.0 / IRIS_EDGE
    r, angle = np.hypot(x, y), np.arctan2(y, x)
    deep, dark = _shade(base, 0.50, -0.05), _shade(base, 0.24, -0.07)
    bright, glow = _tint(_vivid(base), 0.26, 0.02), _tint(_vivid(base), 0.62, 0.05)
    colour = np.broadcast_to(base, (*x.shape, 3))
    colour = _over(colour, deep, _edge(0.28, -0.62, y))
    colour = _over(colour, bright, 0.95 * _edge(-0.05, 0.62, y))
    colour = _over(colour, glow, 0.85 * _edge(0.28, 0.92, y) * _edge(0.95, 0.55, r))
    # Rays from the pupil, of two counts, so that they look drawn and not printed.
    rays = 0.5 + 0.5 * np.sin(angle * 23.0 + 1.7 * np.sin(angle * 5.0))
    fine = 0.5 + 0.5 * np.sin(angle * 61.0 + 2.3 * np.sin(angle * 9.0))
    field = _edge(0.34, 0.52, r) * _edge(0.90, 0.70, r)
    colour = _over(colour, glow, 0.34 * rays * field * _edge(-0.35, 0.45, y))
    colour = _over(colour, deep, 0.30 * fine * field * _edge(0.75, -0.2, y))
    # An inner ring, brighter below.
    colour = _over(colour, glow, 0.55 * np.exp(-(((r - 0.60) / 0.055) ** 2)) * _edge(-0.30, 0.55, y))
    pupil = np.hypot(x / 0.31, (y + 0.03) / 0.40)
    colour = _over(colour, deep, 0.75 * _edge(1.42, 0.95, pupil))
    colour = _over(colour, dark, _edge(1.03, 0.94, pupil))
    colour = _over(colour, base, 0.55 * np.exp(-((x / 0.17) ** 2) - (((y - 0.20) / 0.11) ** 2)))
    colour = _over(colour, dark, 0.96 * _edge(0.87, 0.965, r))
    colour = _over(colour, deep, 0.55 * _edge(0.70, 0.90, r))
    # The upper lid's shadow, its edge curved.
    colour = _over(colour, dark, 0.50 * _edge(-0.22, -0.70, y + 0.22 * x * x))
    # Bounce light at the lower rim: a crescent inside the ring.
    crescent = _edge(0.64, 0.74, r) * _edge(0.885, 0.80, r) * _edge(0.25, 0.75, y)
    colour = _over(colour, _tint(base, 0.88, 0.08), 0.62 * crescent)
    white = np.ones(3)
    main = np.hypot((x + 0.30) / 0.250, (y + 0.34) / 0.295)
    colour = _over(colour, white, _edge(1.04, 0.93, main))
    second = np.hypot((x - 0.34) / 0.120, (y - 0.36) / 0.105)
    colour = _over(colour, white, 0.94 * _edge(1.10, 0.86, second))
    third = np.hypot((x + 0.06) / 0.062, (y + 0.60) / 0.062)
    return _over(colour, white, 0.80 * _edge(1.15, 0.80, third))


def _white(across: Floats, down: Floats) -> Floats:
    """Warm white; the upper lid's lavender shadow; a little blood in the corners."""
    x = (across - 0.5) * 2.0
    colour = _flat(across, "#f8f3f5")
    colour = _over(colour, _rgb("#e9dcec"), _edge(0.75, 0.40, down - 0.10 * x * x))
    colour = _over(colour, _rgb("#cbbcdc"), 0.85 * _edge(0.42, 0.24, down - 0.10 * x * x))
    colour = _over(colour, _rgb("#a592c0"), 0.60 * _edge(0.30, 0.12, down - 0.10 * x * x))
    return _over(colour, _rgb("#eeb9b4"), 0.55 * _edge(0.70, 1.0, np.abs(x)))


def _lash(across: Floats, down: Floats, ink: Floats, male: bool) -> Floats:
    """Warm at the root and towards the inner corner, ink outside."""
    colour = np.broadcast_to(ink, (*across.shape, 3))
    down = (down - INK[0]) / (INK[1] - INK[0])
    warm = (0.35 if male else 0.60) * _edge(0.30, 0.02, down) * _edge(0.98, 0.55, across)
    colour = _over(colour, _rgb(_WARM), warm)
    return _over(colour, _rgb("#6b3338"), 0.55 * _edge(0.30, 0.0, across))


def _brow(across: Floats, down: Floats, hair: Floats, skin: Floats) -> Floats:
    colour = np.broadcast_to(_shade(_vivid(hair), 0.58, 0.02), (*across.shape, 3))
    return _over(colour, _mix(skin, hair, 0.45), 0.60 * _edge(0.16, 0.0, across) + 0.35 * _edge(0.90, 1.0, across))


def _lip(across: Floats, down: Floats) -> Floats:
    colour = _flat(across, "#97404a")
    return _over(colour, _rgb("#7c2f3a"), _edge(0.30, 0.46, np.abs(across - 0.5)))


def _tongue(across: Floats, down: Floats) -> Floats:
    x = (across - 0.5) * 2.0
    colour = _over(_flat(across, "#d9606e"), _rgb("#b8475a"), _edge(0.35, 1.0, np.abs(x)))
    colour = _over(colour, _rgb("#ee8a8e"), 0.6 * np.exp(-((x / 0.5) ** 2) - (((down - 0.3) / 0.18) ** 2)))
    return _over(colour, _rgb("#c85164"), 0.5 * np.exp(-((x / 0.06) ** 2)))


def _ends(across: Floats, middle: Floats, end: Floats, share: float) -> Floats:
    colour = np.broadcast_to(middle, (*across.shape, 3))
    return _over(colour, end, _edge(share, 0.0, np.minimum(across, 1.0 - across)))


def _rgb(code: str) -> Floats:
    return np.array([int(code[k : k + 2], 16) / 255.0 for k in (1, 3, 5)])


def _flat(like: Floats, code: str) -> Floats:
    return np.broadcast_to(_rgb(code), (*like.shape, 3))


def _mix(one: Floats, two: Floats, share: float) -> Floats:
    return one * (1.0 - share) + two * share


def _shade(colour: Floats, value: float, violet: float) -> Floats:
    """Darker without going grey: towards violet (violet < 0 keeps blue longer)."""
    return np.clip(colour * value + np.array([0.0, -0.02, -violet]) * (1.0 - value), 0.0, 1.0)


def _tint(colour: Floats, share: float, warm: float) -> Floats:
    return np.clip(colour + (1.0 - colour) * share + np.array([warm, 0.0, 0.0]), 0.0, 1.0)


def _vivid(colour: Floats) -> Floats:
    """More of its own hue."""
    grey = colour.mean()
    return np.clip(grey + (colour - grey) * 1.25, 0.0, 1.0)


def _over(under: Floats, colour: Floats, share: Floats) -> Floats:
    share = np.clip(share, 0.0, 1.0)[..., None]
    return under * (1.0 - share) + colour * share


def _edge(start: float, end: float, value: Floats) -> Floats:
    """0 at `start`, 1 at `end` (which may be smaller), smooth between."""
    t = np.clip((value - start) / (end - start), 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


def _steps(count: int) -> Floats:
    return (np.arange(count) + 0.5) / count
