"""The venues that the stage page can be: their names. What they look like is the page's business (presets/venues)."""

from importlib import resources

from motion.errors import UserError

__all__ = ["DEFAULT_VENUE", "VenueError", "find_venue", "venue_names"]

DEFAULT_VENUE = "arena"
# What the live house was called at first; old show files say so.
_OLD_NAMES = {"house": "livehouse"}


class VenueError(UserError):
    """There is no such venue; the message names those that there are."""


def venue_names() -> tuple[str, ...]:
    """Names of the shipped venues, the default first."""
    folder = resources.files("presets").joinpath("venues")
    names = sorted(entry.name for entry in folder.iterdir() if entry.joinpath(f"{entry.name}.toml").is_file())
    return (DEFAULT_VENUE, *(name for name in names if name != DEFAULT_VENUE))


def find_venue(name: str) -> str:
    """The venue of this name; "" is the default.

    Raises:
        VenueError: there is none.
    """
    wanted = _OLD_NAMES.get(name, name) or DEFAULT_VENUE
    if wanted not in venue_names():
        raise VenueError(f"there is no venue {name!r}; choose one of: {', '.join(venue_names())}")
    return wanted
