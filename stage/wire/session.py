"""One client's side of the line, without the line: who gets the next frame, and who has gone quiet.

Newest wins: the kernel would buffer seconds of frames for a page that does not read, so a frame only goes out while few
are unacknowledged. Control messages are never left out; a client that piles them up is cut off.
"""

from collections import deque
from dataclasses import dataclass

__all__ = ["CONTROL_LIMIT", "MAX_UNACKED", "QUIET_SECONDS", "Session", "SessionCounts"]

MAX_UNACKED = 6
QUIET_SECONDS = 10.0
CONTROL_LIMIT = 512
# Weight of the newest delay in the running mean.
_DELAY_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class SessionCounts:
    """sent, skipped, acked: frames. delay: seconds, running mean from sent to acknowledged."""

    sent: int
    skipped: int
    acked: int
    delay: float


class Session:
    """State of one client. Times are seconds on any one clock that never goes back."""

    def __init__(self, now: float) -> None:
        self._unacked: deque[tuple[int, float]] = deque()
        self._heard = now
        self._sent = 0
        self._skipped = 0
        self._acked = 0
        self._delay = 0.0
        self._control = 0

    def offer(self, sequence: int, now: float) -> bool:
        """A new frame is there: may it be sent to this client? If so it counts as sent."""
        if len(self._unacked) >= MAX_UNACKED:
            self._skipped += 1
            return False
        if not self._unacked:
            # Quiet is only counted while something is owed.
            self._heard = now
        self._unacked.append((sequence, now))
        self._sent += 1
        return True

    def ack(self, sequence: int, now: float) -> None:
        """The client has `sequence` and all before it. A number that was never sent changes nothing."""
        if not any(sent == sequence for sent, _ in self._unacked):
            return
        self._heard = now
        while self._unacked:
            sent, when = self._unacked.popleft()
            self._acked += 1
            if sent == sequence:
                delay = now - when
                self._delay = delay if self._acked == 1 else self._delay + _DELAY_SHARE * (delay - self._delay)
                return

    def control_queued(self) -> bool:
        """A control message waits for this client. False: too many do, cut it off."""
        self._control += 1
        return self._control <= CONTROL_LIMIT

    def control_sent(self) -> None:
        self._control -= 1

    def gone(self, now: float) -> bool:
        """Has it owed an acknowledgement for too long?"""
        return bool(self._unacked) and now - self._heard > QUIET_SECONDS

    @property
    def counts(self) -> SessionCounts:
        return SessionCounts(self._sent, self._skipped, self._acked, self._delay)
