"""How a material is painted and lit: a texture and the MToon values around it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Material", "Picture"]

Picture = NDArray[np.uint8]
"""(height, width, 3 or 4), display values (sRGB), row 0 on top; sides are powers of two, at most 1024."""


@dataclass(frozen=True, slots=True)
class Material:
    """One of `part.MATERIALS` for one avatar. Colours are display values as #rrggbb.

    shade: multiplied with the texture where light does not reach.
    shift, toony: MToon's shadingShiftFactor [-1, 1] and shadingToonyFactor [0, 1].
    outline_mm: width at full size, 0 = none. rim_share: how much of the rim's colour is added. [0, 1]
    alpha: "opaque", "mask" or "blend" (blend writes depth, MToon's transparentWithZWrite).
    gi: MToon's giEqualizationFactor. [0, 1] queue: among what blends, higher is drawn later. [0, 9]
    """

    name: str
    texture: Picture
    shade: str = "#d8c0d0"
    shift: float = 0.0
    toony: float = 0.9
    outline_mm: float = 1.0
    outline: str = "#3a2040"
    rim: str = "#ffffff"
    rim_share: float = 0.1
    alpha: str = "opaque"
    double_sided: bool = False
    gi: float = 0.9
    queue: int = 0
