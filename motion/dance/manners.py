"""How a performer dances: a table of manners, read from presets/moves/manners.toml, that steers planner and score.

Records and their check only; the file is opened by the library.
"""

import tomllib
from collections.abc import Mapping
from typing import Annotated

import msgspec

from motion.dance.moves import STYLES
from motion.errors import UserError

__all__ = ["Manner", "MannerError", "decode_manners"]

# Two manners with the same seed of the plan are so far apart: a prime, so that neighbouring seeds do not meet either.
_APART = 7919
_Gain = Annotated[float, msgspec.Meta(ge=0.0, le=10.0)]


class MannerError(UserError):
    """A manner of dancing cannot be used; the message names it and what there is."""


class Manner(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What each field means stands in presets/moves/manners.toml. sink: % of the leg. thigh, bend: degrees. spread: leg
    lengths. The others are factors."""

    seed: Annotated[int, msgspec.Meta(ge=0, le=999)]
    signs: str
    styles: dict[str, _Gain]
    elsewhere: _Gain = 0.005
    tags: dict[str, _Gain] = {}
    energy: Annotated[float, msgspec.Meta(ge=0.5, le=1.4)] = 1.0
    stance: Annotated[float, msgspec.Meta(ge=0.4, le=1.5)] = 1.0
    sink: Annotated[float, msgspec.Meta(ge=0.0, le=12.0)] = 0.0
    bounce: Annotated[float, msgspec.Meta(ge=0.0, le=2.0)] = 1.0
    snap: Annotated[float, msgspec.Meta(ge=0.5, le=2.0)] = 1.0
    lift: Annotated[float, msgspec.Meta(ge=0.2, le=1.5)] = 1.0
    thigh: Annotated[float, msgspec.Meta(ge=0.0, le=180.0)] = 180.0
    spread: Annotated[float, msgspec.Meta(ge=0.0, le=2.0)] = 2.0
    bend: Annotated[float, msgspec.Meta(ge=0.0, le=180.0)] = 180.0

    def seeded(self, seed: int) -> int:
        """The seed of everything chosen by chance for a plan with this one: two manners never meet the same chance."""
        return seed + _APART * self.seed


def decode_manners(text: str) -> Mapping[str, Manner]:
    """Parse and check a table of manners.

    Raises:
        MannerError: not TOML, an unknown field or style, a value out of range.
    """
    try:
        found = msgspec.convert(tomllib.loads(text), dict[str, Manner])
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise MannerError(f"not a table of manners: {error}") from error
    for name, manner in found.items():
        for style in (manner.signs, *manner.styles):
            if style not in STYLES:
                raise MannerError(f"manner {name}: style '{style}' is unknown; allowed are {', '.join(STYLES)}")
    return found
