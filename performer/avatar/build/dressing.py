"""What the builders of face, hair, clothes, accessories and props hand to the core, all of it together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from performer.avatar.build.material import Material
from performer.avatar.build.part import Floats, Part
from performer.avatar.build.springs import Chain, Collider, Follow

__all__ = ["Binding", "Dressing", "FaceResult", "Override"]

Override = Literal["none", "blend", "block"]


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


@dataclass(frozen=True, slots=True)
class Binding:
    """What an expression of the file does: shapes of the mesh "Face" with their weights, and what it overrides."""

    shapes: Sequence[tuple[str, float]] = ()
    blink: Override = "none"
    mouth: Override = "none"
    look: Override = "none"


@dataclass(frozen=True, slots=True)
class FaceResult:
    """A head without hair.

    expressions: VRM preset or ARKit name -> what it does; an empty binding is written too.
    materials: "skin" (the whole picture, body's strip included) and "eyes".
    eyes: (2, 3) joints of the left and the right eye, metres, model space.
    """

    parts: Sequence[Part]
    expressions: Mapping[str, Binding]
    materials: Mapping[str, Material]
    eyes: Floats
