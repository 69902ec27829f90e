"""What the builders of hair, clothes, accessories and props hand to the core, all of it together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from performer.avatar.build.material import Material
from performer.avatar.build.part import Part
from performer.avatar.build.springs import Chain, Collider, Follow

__all__ = ["Dressing"]


@dataclass(frozen=True, slots=True)
class Dressing:
    """Pieces and what they need to swing.

    materials: the paint of a material that this builder owns, by its name in `part.MATERIALS`.
    covered: (quads,) of `Body.quads`, True where clothes hide the skin for good, so that it is left out; None: nowhere.
    """

    parts: Sequence[Part] = ()
    materials: Mapping[str, Material] = field(default_factory=dict[str, Material])
    chains: Sequence[Chain] = ()
    colliders: Sequence[Collider] = ()
    follows: Sequence[Follow] = ()
    covered: NDArray[np.bool_] | None = None
