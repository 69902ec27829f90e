"""Hair: locks drawn in a table, swept over the scalp as closed bodies, painted, and hung on springs."""

from performer.avatar.build.hair.dress import build_hair

__all__ = ["build_hair"]
