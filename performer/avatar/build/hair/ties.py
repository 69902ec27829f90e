"""Where hair is tied, for ribbons and pins, and the scalp of a preset. No meshes."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from performer.avatar.build.hair.scalp import Scalp
from performer.avatar.build.hair.style import style_of
from performer.avatar.build.head import HeadSurface
from performer.avatar.build.part import Floats
from performer.avatar.build.spec import Spec

__all__ = ["Tie", "scalp_of", "ties_of"]


@dataclass(frozen=True, slots=True)
class Tie:
    """point and outward: (3,) head-local; side: 1 her left, -1 her right, 0 the middle."""

    point: Floats
    outward: Floats
    side: float


@lru_cache(maxsize=8)
def scalp_of(spec: Spec, *, snug: bool = False) -> Scalp:
    """The scalp under the hair of a preset, in the head's frame; kept, since locks, cap, shadow and pins all ask."""
    return Scalp(HeadSurface(spec), style_of(spec.hair)[0].lift / 1000, snug=snug)


def ties_of(spec: Spec) -> list[Tie]:
    """The roots of tails, each with the way a ribbon on it looks; none where nothing is tied."""
    found: list[Tie] = []
    for part in style_of(spec.hair)[2]:
        for bundle in part.bundles:
            if bundle.tie:
                for side in (1.0, -1.0) if bundle.mirror else (1.0,):
                    turn = np.array([side, 1.0, 1.0])
                    point, outward = np.array(bundle.tie[0]) / 1000 * turn, np.array(bundle.tie[1]) * turn
                    found.append(Tie(point, outward / np.linalg.norm(outward), side if bundle.mirror else 0.0))
    return found
