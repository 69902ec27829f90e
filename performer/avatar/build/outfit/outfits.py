"""The outfits by name, and how one becomes a dressing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from performer.avatar.build.dressing import Dressing
from performer.avatar.build.material import Material
from performer.avatar.build.outfit import hanfu, hanfu_paint, idol, idol_paint, street, street_paint, suit, suit_paint
from performer.avatar.build.outfit.cloth_paint import Canvas
from performer.avatar.build.outfit.kit import Kit
from performer.avatar.build.outfit.props_paint import paint_props
from performer.avatar.build.outfit.shoes import shoe_of
from performer.avatar.build.spec import Colours, Level, Spec
from performer.avatar.model import AvatarError

if TYPE_CHECKING:
    from performer.avatar.build.body import Body

__all__ = ["OUTFITS", "Outfit", "build_outfit", "lift_of"]


@dataclass(frozen=True, slots=True)
class Outfit:
    """One outfit: where its tiles lie, how they are painted, how its pieces are sewn, the shoes that belong to it."""

    layout: Mapping[str, tuple[int, int, int, int]]
    paint: Callable[[Canvas, Colours, int], None]
    sew: Callable[[Kit], None]
    shoes: str


OUTFITS: dict[str, Outfit] = {
    "idol": Outfit(idol_paint.LAYOUT, idol_paint.paint, idol.sew, idol.SHOES),
    "street": Outfit(street_paint.LAYOUT, street_paint.paint, street.sew, street.SHOES),
    "hanfu": Outfit(hanfu_paint.LAYOUT, hanfu_paint.paint, hanfu.sew, hanfu.SHOES),
    "suit": Outfit(suit_paint.LAYOUT, suit_paint.paint, suit.sew, suit.SHOES),
}
"""By the name that a preset's `outfit.kind` gives."""


def outfit_of(spec: Spec) -> Outfit:
    """The outfit that the preset names.

    Raises:
        AvatarError: there is none of that name.
    """
    try:
        return OUTFITS[spec.outfit.kind]
    except KeyError:
        raise AvatarError(
            f"{spec.name}: there is no outfit {spec.outfit.kind!r}; write one of {', '.join(OUTFITS)}"
        ) from None


def lift_of(spec: Spec) -> float:
    """Degrees by which the shoes of a preset tilt the foot, for `build_body`."""
    return shoe_of(spec.outfit.shoes or outfit_of(spec).shoes).lift_deg


def build_outfit(spec: Spec, level: Level, body: "Body") -> Dressing:
    """Clothes and shoes of a preset, with their texture, springs and the skin that they hide."""
    outfit = outfit_of(spec)
    canvas = Canvas(outfit.layout)
    outfit.paint(canvas, spec.colours, spec.seed)
    paint_props(canvas, spec.colours)
    kit = Kit(spec, level, body, canvas)
    outfit.sew(kit)
    material = Material(
        "outfit",
        canvas.picture(),
        shade="#b9a3d8",
        shift=-0.05,
        toony=0.9,
        outline_mm=1.0,
        outline="#3b2a5c",
        rim="#fff0ff",
        rim_share=0.12,
        gi=0.85,
    )
    return Dressing(kit.parts, {"outfit": material}, kit.chains, kit.colliders, kit.follows, kit.covered)
