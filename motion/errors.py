"""The root of every error that a user may cause. Each folder derives its own small tree from it.

The message is one sentence for the person at the keyboard: what was given, what is allowed, what to do.
"""

import difflib
from collections.abc import Iterable

__all__ = ["UserError", "names_and_nearest"]


class UserError(Exception):
    """Something given from outside cannot be used. The command prints the message and ends with `exit_code`."""

    exit_code = 1


def names_and_nearest(name: str, names: Iterable[str]) -> str:
    """The end of a sentence on a name that is not there: all that are, and which one may have been meant."""
    there = tuple(names)
    close = difflib.get_close_matches(name, there, 1)
    return f"({', '.join(there) or 'none'})." + (f" Did you mean {close[0]}?" if close else "")
