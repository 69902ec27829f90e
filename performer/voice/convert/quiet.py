"""The room between the words, softer: an expander for frames in which nothing but the room's own noise is heard."""

__all__ = ["Quiet"]

# The floor follows what is softer at once, what is louder by 0.9 dB a second; natural log of power.
_DOWN, _UP = 0.3, 0.002
# Nothing but the floor up to so much above it (3 dB), something else from so much on (9 dB).
_FLOOR, _SOUND = 0.7, 2.1
# Share of the way that a frame goes: in at once, so that no breath is cut, out slowly.
_OPENING, _CLOSING = 0.5, 0.15


class Quiet:
    """How far frames lie in the room's noise; `reset` forgets the room."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self._floor: float | None = None
        self._share = 0.0

    def feed(self, loudness: float, pause: float) -> float:
        """loudness: natural log of the frame's power. pause: 0..1, whether nobody sings. -> 0..1, smoothed."""
        floor = loudness if self._floor is None else self._floor
        self._floor = floor + (_DOWN * (loudness - floor) if loudness < floor else _UP)
        above = (loudness - self._floor - _FLOOR) / (_SOUND - _FLOOR)
        wanted = pause * min(max(1.0 - above, 0.0), 1.0)
        step = _OPENING if wanted < self._share else _CLOSING
        self._share += step * (wanted - self._share)
        return self._share
