"""The root of every error that a user may cause. Each folder derives its own small tree from it.

The message is one sentence for the person at the keyboard: what was given, what is allowed, what to do.
"""

__all__ = ["UserError"]


class UserError(Exception):
    """Something given from outside cannot be used. The command prints the message and ends with `exit_code`."""

    exit_code = 1
