"""What a face shows, as a few numbers: the parameters that every curve of eyes, brows and mouth is drawn from.

expressions.toml gives these numbers for each expression. No geometry here.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["BROW_PARAMETERS", "EYE_PARAMETERS", "PARAMETERS", "Expression", "Pose", "expressions"]

PARAMETERS = {
    # eyes, each also with _left or _right
    "close": "lids shut, 1 = quite; the line sags",
    "arc": "the shut line bows up instead, as in a laugh [0, 1]",
    "wide": "upper lid up",
    "squint": "upper lid down",
    "lower": "lower lid up",
    "inner": "inner half of the upper lid down",
    "outer": "outer half of the upper lid down",
    "droop": "outer half of both lids down, so that a blink still meets",
    "iris": "the iris shrinks by this share (no side)",
    # brows, each also with _left or _right
    "brow": "the whole brow up, - down",
    "brow_in": "its inner end up",
    "brow_out": "its outer end up",
    "knit": "brows towards each other",
    # mouth
    "wide_mouth": "half-width times 1 + this",
    "up": "upper lip up, cm (also with a side)",
    "down": "lower lip down, cm (also with a side)",
    "corner": "corners up (also with a side)",
    "pull": "corner outwards (also with a side)",
    "square": "the opening's form: 0 round, 1 square",
    "rise": "the whole mouth up, cm",
    "shift": "the whole mouth to her left, cm",
    "jaw": "chin down, 1 = wide open",
    "jaw_side": "chin to her left",
    "jaw_out": "chin forward",
    "pout": "lips forward",
    "puff": "cheeks out (also with a side)",
    "roll_upper": "upper lip rolled in",
    "roll_lower": "lower lip rolled in",
    "sneer": "side of the nose up (also with a side)",
    "tongue": "tongue out",
    # seen from afar, no expression
    "far": "lines wider and softer, eyes larger: a pixel is as wide as a lash",
}
"""Name -> meaning. Unknown names in the table are refused."""

EYE_PARAMETERS = ("close", "arc", "wide", "squint", "lower", "inner", "outer", "droop", "iris", "far")
BROW_PARAMETERS = ("brow", "brow_in", "brow_out", "knit", "far")

_SIDES = {1: "_left", -1: "_right", 0: ""}
_TABLE = Path(__file__).with_name("expressions.toml")


@dataclass(frozen=True, slots=True)
class Pose:
    """Values of some parameters; the rest is 0."""

    values: Mapping[str, float] = field(default_factory=dict[str, float])

    def of(self, name: str, side: int = 0) -> float:
        """A parameter's value on a side (1 her left, -1 her right): what holds for both plus what holds for one."""
        both = self.values.get(name, 0.0)
        return both + self.values.get(name + _SIDES[side], 0.0) if side else both


@dataclass(frozen=True, slots=True)
class Expression:
    """A pose under a name, and how it shares the face: VRM's overrides, "none", "block" or "blend"."""

    name: str
    pose: Pose
    preset: bool
    blink: str = "none"
    look: str = "none"
    mouth: str = "none"


@cache
def expressions() -> Mapping[str, Expression]:
    """Every expression of the table, VRM's presets first, then ARKit's 52."""
    table: dict[str, dict[str, Any]] = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    found: dict[str, Expression] = {}
    for group in ("preset", "arkit"):
        for name, row in table[group].items():
            values = {key: value for key, value in row.items() if not isinstance(value, str)}
            for key in values:
                stem = key.removesuffix("_left").removesuffix("_right")
                assert stem in PARAMETERS, f"{name}: unknown parameter {key}"
            rules = {key: str(value) for key, value in row.items() if isinstance(value, str)}
            found[name] = Expression(name, Pose({k: float(v) for k, v in values.items()}), group == "preset", **rules)
    return found
