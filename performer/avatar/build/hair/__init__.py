"""Hair: locks drawn in a table, swept over the scalp as closed bodies, painted, and hung on springs."""

from performer.avatar.build.hair.dress import build_hair
from performer.avatar.build.hair.shadow import fringe_shadow
from performer.avatar.build.hair.style import fringes, styles

__all__ = ["build_hair", "fringe_shadow", "fringes", "styles"]
