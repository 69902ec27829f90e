"""Clothes and shoes of an avatar: the outfit that its preset names, sewn on its body."""

from performer.avatar.build.outfit.outfits import OUTFITS, build_outfit, lift_of

__all__ = ["OUTFITS", "build_outfit", "lift_of"]
