"""Key clicks: what springs out of the sound and is gone within milliseconds is turned down to what was there before.

Sound is split at 2 kHz into two bands that add up to itself; each has its own gain, so that a click over a vowel costs
the vowel none of its low harmonics. The stage looks 2 ms ahead: a click has fallen by then, most consonants' bursts
have not. The first pulse of a voice rises as sharply, but below 2 kHz; a key rings above.
"""

from collections import deque
from math import sqrt

import numpy as np
from scipy.signal import butter, sosfilt

from performer.voice.front.settings import ClickSettings
from performer.voice.front.stage import RATE, Samples, Stage

__all__ = ["Clicks"]

# Everything is decided in steps of a quarter of a millisecond. A step is let go eight steps after it came in.
_STEP = 12
_GRID = 240
_DELAY_STEPS = 8
# The step being judged, and how many after it are known then.
_AHEAD = 6
_SPLIT_HERTZ = 2000.0
# The sound before is the loudest of this many times eight steps (20 ms, a period of 50 Hz).
_BEFORE = 10
_FLOOR = 1e-9
# Power that a click reaches above 2 kHz (mean of a step, full scale 1).
_LEAST = 3e-7
# How far a click has fallen within the look-ahead, as power.
_FALLS = 10 ** (-8 / 10)
# A click has at least this share of its power above 2 kHz, against below.
_BRIGHT = 0.4
# In steps: the longest ringing (25 ms); from when on as much again is a voice or a consonant (3 ms); quiet that ends.
_LONGEST, _REPEATS_AFTER, _QUIET = 100, 12, 10
_REPEATS = 0.25
# The gain lets go by at most so much a step.
_LET_GO = 1.12


class Clicks(Stage):
    """Turns short clicks down; 2 ms behind. `count`: how many since the start."""

    name = "clicks"
    delay = _DELAY_STEPS * _STEP

    def __init__(self, settings: ClickSettings) -> None:
        self._rise = 10 ** (settings.rise_db / 10)
        self._least = 10 ** (-settings.depth_db / 20)
        self._sections = np.asarray(butter(2, _SPLIT_HERTZ, "highpass", fs=RATE, output="sos"))
        super().__init__(_GRID, on=settings.on)

    def _start(self) -> None:
        super()._start()
        self._state = np.zeros((len(self._sections), 2))
        # Bands, high and low: of this stretch of the grid, and what is not let go yet.
        self._bands = np.zeros((2, _GRID), np.float32)
        self._line = np.zeros((2, self.delay), np.float32)
        # Powers of the step being judged and those after it.
        self._high = deque([0.0] * (_AHEAD + 1), _AHEAD + 1)
        self._low = deque([0.0] * (_AHEAD + 1), _AHEAD + 1)
        self._before = [deque([_FLOOR] * _BEFORE, _BEFORE) for _ in range(2)]
        self._counted = 0
        # Gain at both ends of the step that is let go: (from, to) by band; and what the last step asked for.
        self._ramp = [[1.0, 1.0], [1.0, 1.0]]
        self._asked = [1.0, 1.0]
        self._left = self._since = self._quiet = 0
        self._was = [_FLOOR, _FLOOR]
        self._peak = 0.0
        self._taken = 0.0
        self.count = 0

    def _apply(self, part: Samples, at: int) -> Samples:
        end = at + len(part)
        high, self._state = sosfilt(self._sections, part.astype(np.float64), zi=self._state)
        self._bands[0, at:end] = high
        self._bands[1, at:end] = part - self._bands[0, at:end]
        line = np.concatenate([self._line, self._bands[:, at:end]], axis=1)
        self._line = line[:, len(part) :]
        first, last = at // _STEP, end // _STEP
        powers = np.square(self._bands[:, first * _STEP : last * _STEP]).reshape(2, -1, _STEP).mean(axis=2)
        corners = [(self._ramp[0][0], self._ramp[1][0]), (self._ramp[0][1], self._ramp[1][1])]
        for high_power, low_power in powers.T.tolist():
            self._judge(high_power, low_power)
            corners.append((self._ramp[0][1], self._ramp[1][1]))
        if all(corner == (1.0, 1.0) for corner in corners):
            return line[:, : len(part)].sum(axis=0)
        place = np.arange(at, end) / _STEP - first
        grid = np.arange(len(corners))
        gain = [np.interp(place, grid, [corner[band] for corner in corners]) for band in range(2)]
        return (line[0, : len(part)] * gain[0] + line[1, : len(part)] * gain[1]).astype(np.float32)

    def _judge(self, high: float, low: float) -> None:
        """A step more is known: decide the gain at the end of the step that is let go next."""
        self._high.append(high)
        self._low.append(low)
        here = (self._high[0], self._low[0])
        if self._left == 0 and self._is_click():
            self.count += 1
            self._left, self._since, self._quiet = _LONGEST, 0, 0
            self._was = [max(before) for before in self._before]
            self._peak = max(self._high)
        asked = [1.0, 1.0]
        if self._left:
            asked = self._hold_down(here)
        for band in range(2):
            asked[band] = max(self._least, min(asked[band], self._asked[band] * _LET_GO, 1.0))
            self._ramp[band] = [self._ramp[band][1], min(asked[band], self._asked[band])]
            self._remember(band, here[band] * asked[band] ** 2)
        self._counted = (self._counted + 1) % 8
        self._asked = asked
        self._taken = max(self._taken * 0.998, -20 * float(np.log10(asked[0])) if asked[0] < 1 else 0.0)

    def _is_click(self) -> bool:
        here = self._high[0]
        if here < _LEAST or here < self._rise * max(self._before[0]):
            return False
        loudest = max(self._high)
        fallen = 0.5 * (self._high[_AHEAD] + self._high[_AHEAD - 1]) < _FALLS * loudest
        return fallen and loudest > _BRIGHT * (max(self._low) - max(self._before[1]))

    def _hold_down(self, here: tuple[float, float]) -> list[float]:
        """Gains of this step while a click rings."""
        self._left -= 1
        self._since += 1
        quiet = here[0] < 2 * self._was[0]
        self._quiet = self._quiet + 1 if quiet else 0
        again = self._since > _REPEATS_AFTER and self._high[_AHEAD] > _REPEATS * self._peak
        if self._quiet >= _QUIET or again:
            self._left = 0
            return [1.0, 1.0]
        return [sqrt(min(1.0, was / max(power, _FLOOR))) for was, power in zip(self._was, here, strict=True)]

    def _remember(self, band: int, power: float) -> None:
        if self._counted == 0:
            self._before[band].append(_FLOOR)
        if power > self._before[band][-1]:
            self._before[band][-1] = power

    def _work(self) -> tuple[bool, float]:
        return self._left > 0, self._taken

    def _say(self) -> str:
        return f"{self.count} clicks" if self.count else ""
