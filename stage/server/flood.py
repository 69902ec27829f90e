"""How many messages one page may send: a window that slides over the last second. No clock in here."""

from collections import deque

__all__ = ["MAX_MESSAGES", "WINDOW_SECONDS", "FloodGate"]

# A page acknowledges about 40 times a second; five times that is a fault or worse.
MAX_MESSAGES = 200
WINDOW_SECONDS = 1.0


class FloodGate:
    """At most `limit` messages in any `window` seconds."""

    def __init__(self, limit: int = MAX_MESSAGES, window: float = WINDOW_SECONDS) -> None:
        self._window = window
        self._recent: deque[float] = deque(maxlen=limit)

    def lets_in(self, now: float) -> bool:
        """May a message that came at `now` (seconds, never going back) be heard? One that may not is not counted."""
        if len(self._recent) == self._recent.maxlen and now - self._recent[0] < self._window:
            return False
        self._recent.append(now)
        return True
