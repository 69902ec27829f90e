"""Clothes and shoes of an avatar: the outfit that its preset names, sewn on its body."""

from performer.avatar.build.outfit.outfits import OUTFITS, build_outfit, lift_of
from performer.avatar.build.outfit.props_paint import PROPS_TILE

__all__ = ["OUTFITS", "PROPS_TILE", "build_outfit", "lift_of"]
