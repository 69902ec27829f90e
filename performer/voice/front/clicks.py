"""Key clicks: what springs out of the sound and is gone within milliseconds is turned down to what was there before.

Sound is split at 2 kHz into two bands that add up to itself; each has its own gain, so that a click over a vowel costs
the vowel none of its low harmonics. The stage looks 2 ms ahead: a click has fallen by then, most consonants' bursts
have not. The first pulse of a voice rises as sharply, but below 2 kHz; a key rings above.
"""

from collections import deque
from math import log10, sqrt

import numpy as np
from scipy.signal import butter, lfilter

from performer.voice.front.settings import ClickSettings
from performer.voice.front.stage import RATE, Samples, Stage

__all__ = ["Clicks"]

# Everything is decided in steps of a quarter of a millisecond. A step is let go eight steps after it came in.
_STEP = 12
_GRID = 480
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
        section = np.asarray(butter(2, _SPLIT_HERTZ, "highpass", fs=RATE, output="sos"))[0]
        self._top, self._bottom = section[:3].copy(), section[3:].copy()
        super().__init__(_GRID, on=settings.on)

    def _start(self) -> None:
        super()._start()
        self._state = np.zeros(2)
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
        bands = self._bands[:, at:end]
        bands[0], self._state = lfilter(self._top, self._bottom, part, zi=self._state)
        np.subtract(part, bands[0], out=bands[1])
        line = np.concatenate([self._line, bands], axis=1)
        self._line = line[:, len(part) :]
        first, last = at // _STEP, end // _STEP
        powers = np.square(self._bands[:, first * _STEP : last * _STEP]).reshape(2, -1, _STEP).sum(axis=2)
        steps = (powers / np.float32(_STEP)).tolist()
        if self._rests(steps[0]):
            self._pass(steps)
            return line[0, : len(part)] + line[1, : len(part)]
        corners = [(self._ramp[0][0], self._ramp[1][0]), (self._ramp[0][1], self._ramp[1][1])]
        for high_power, low_power in zip(*steps, strict=True):
            self._judge(high_power, low_power)
            corners.append((self._ramp[0][1], self._ramp[1][1]))
        if all(corner == (1.0, 1.0) for corner in corners):
            return line[0, : len(part)] + line[1, : len(part)]
        place = np.arange(at, end) / _STEP - first
        grid = np.arange(len(corners))
        gain = [np.interp(place, grid, [corner[band] for corner in corners]) for band in range(2)]
        return (line[0, : len(part)] * gain[0] + line[1, : len(part)] * gain[1]).astype(np.float32)

    def _rests(self, high: list[float]) -> bool:
        """Is nothing turned down, and can no step that is judged next be a click, whatever else is found of it?"""
        if self._left or self._asked != [1.0, 1.0] or self._ramp != [[1.0, 1.0], [1.0, 1.0]]:
            return False
        judged = max(*self._high, *high[:-_AHEAD])
        # What lies before a step only grows by what follows, but for the oldest that is forgotten on the way.
        forgotten = (self._counted + len(high) + 7) // 8 - (self._counted + 7) // 8
        before = max([_FLOOR, *list(self._before[0])[forgotten:]])
        return judged < max(_LEAST, self._rise * before)

    def _pass(self, steps: list[list[float]]) -> None:
        """What `_judge` does to each of these steps where nothing is turned down. steps: power above and below."""
        count = len(steps[0])
        for queue, powers, before in zip((self._high, self._low), steps, self._before, strict=True):
            judged = [*queue, *powers][1 : 1 + count]
            queue.extend(powers)
            counted, at = self._counted, 0
            while at < count:
                if counted == 0:
                    before.append(_FLOOR)
                stop = min(at + 8 - counted, count)
                before[-1] = max(before[-1], *judged[at:stop])
                counted, at = (counted + stop - at) % 8, stop
        self._counted = (self._counted + count) % 8
        self._taken *= 0.998**count

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
        self._taken = max(self._taken * 0.998, -20 * log10(asked[0]) if asked[0] < 1 else 0.0)

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
