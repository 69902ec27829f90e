"""The gate: quiet where nobody sings. It listens ahead of what it lets through, by what the chain before it delays.

Two thresholds (hysteresis), both above the room's own noise; a fade of 2 ms when it opens, which the look-ahead covers,
so that an onset is whole; a hold and a slow fade when it closes. Closed is quieter, not silent: a hole is heard.
"""

from math import inf, log10

import numpy as np

from performer.voice.front.ear import Ear
from performer.voice.front.settings import GateSettings
from performer.voice.front.stage import RATE, Samples, Stage

__all__ = ["Gate"]

# Steps of a millisecond.
_STEP = 48
_GRID = 480
_STEP_SECONDS = _STEP / RATE
_OPENS_SECONDS = 0.002
_QUICK_SECONDS, _SLOW_SECONDS = 0.003, 0.030
# The room's noise: the least slow level within two to four seconds.
_ROOM_STEPS = 2000
_MUSIC = 0.5


class Gate(Stage):
    """Opens and closes. `hear` takes the sound ahead of `feed`, as many samples; without it, what is fed is heard."""

    name = "gate"

    def __init__(self, settings: GateSettings, ear: Ear | None = None) -> None:
        self._settings = settings
        self._ear = ear
        self._least = 10 ** (-settings.depth_db / 20)
        self._closes = self._least ** (_STEP_SECONDS / settings.fade_s)
        self._open, self._close = 10 ** (settings.open_db / 10), 10 ** (settings.close_db / 10)
        self._above = 10 ** (settings.above_noise_db / 10)
        self._between = self._close / self._open
        super().__init__(_GRID, on=settings.on)

    def _start(self) -> None:
        super()._start()
        # Gain at both ends of the step that is let go, and what was decided last.
        self._from = self._to = self._gain = 1.0
        self._left = self._settings.hold_s
        self._opened = True
        self._quick = self._slow = 0.0
        self._rooms = [inf, inf]
        self._steps = 0
        self._ahead = np.zeros(0, np.float32)
        self._let = np.zeros(_GRID, np.float32)

    def hear(self, part: Samples) -> None:
        """part: what will be fed later by the delay of the stages between; call before each `feed` of its length."""
        self._ahead = np.concatenate([self._ahead, part])

    def _apply(self, part: Samples, at: int) -> Samples:
        end = at + len(part)
        self._let[at:end] = part
        first, last = at // _STEP, end // _STEP
        count = (last - first) * _STEP
        heard = self._let[first * _STEP : last * _STEP]
        if len(self._ahead) >= count:
            heard, self._ahead = self._ahead[:count], self._ahead[count:]
        corners = [self._from, self._to]
        for energy in np.square(heard.reshape(-1, _STEP)).sum(axis=1).tolist():
            corners.append(self._decided(energy / _STEP))
        self._from, self._to = corners[-2:]
        if min(corners) == 1.0:
            return part
        place = np.arange(at + 1, end + 1) / _STEP - first
        return (part * np.interp(place, np.arange(len(corners)), corners)).astype(np.float32)

    def _decided(self, power: float) -> float:
        """power: of a step more that is heard -> the gain at the end of the next one."""
        self._quick += _STEP_SECONDS / _QUICK_SECONDS * (power - self._quick)
        self._slow += _STEP_SECONDS / _SLOW_SECONDS * (power - self._slow)
        opens = self._opens_at()
        if self._quick > opens:
            self._opened, self._left = True, self._settings.hold_s
        elif self._slow < opens * self._between and not self._held():
            self._left -= _STEP_SECONDS
            self._opened = self._left > 0
        elif self._opened:
            self._left = self._settings.hold_s
        if self._opened:
            self._gain = min(1.0, self._gain + _STEP_SECONDS / _OPENS_SECONDS)
        else:
            self._gain = max(self._least, self._gain * self._closes)
        return self._gain

    def _opens_at(self) -> float:
        """The threshold, as power. Noise above the gate's own thresholds must not hold it open."""
        self._steps += 1
        if self._steps > 100:
            self._rooms[1] = min(self._rooms[1], self._slow)
        if self._steps % _ROOM_STEPS == 0:
            self._rooms = [self._rooms[1], inf]
        room = min(self._rooms)
        # A voice that never pauses, or music, is no room.
        room = 0.0 if room == inf or (self._ear is not None and self._ear.tonal > 0.15) else room
        return max(self._open, self._above * min(room, self._open))

    def _held(self) -> bool:
        return self._ear is not None and self._ear.music > _MUSIC and self._slow > 0.1 * self._close

    def _work(self) -> tuple[bool, float]:
        return not self._opened, -20 * log10(self._to)

    def _say(self) -> str:
        return "open" if self._opened else "closed"
