"""Accessories: what is worn at ears and eyes and in the hair, small closed solids in one painted material."""

from performer.avatar.build.accessories.wear import KINDS, build_accessories

__all__ = ["KINDS", "build_accessories"]
