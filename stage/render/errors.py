"""What can go wrong in a render, as one sentence each."""

from motion.errors import UserError

__all__ = ["BrowserCrashed", "BrowserError", "RenderError"]


class RenderError(UserError):
    """A video cannot be made; the message says why and what to do."""


class BrowserError(RenderError):
    """No browser, or one that cannot draw or encode."""


class BrowserCrashed(BrowserError):
    """The browser or its page went away in the middle; the job may go on from its last key frame."""
