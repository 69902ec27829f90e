"""Errors that a person at the score can mend."""

from motion.errors import UserError

__all__ = ["ScoreError", "StudioError"]


class ScoreError(UserError):
    """A score cannot be read; the message names the place."""


class StudioError(UserError):
    """Something that making songs needs is not installed."""
