"""A voice that feeds its own microphone through the loudspeaker runs away; it is taken down before ears are hurt.

A changed voice is no howl of one frequency, which the clean-up's notches would catch: it sings what it sang, again and
louder, with all its harmonics. So the loop is tried: what stays at full scale, as hardly any singing does, is silenced
for a moment. Where the microphone falls silent with it, it heard the loudspeaker: the voice goes on 12 dB softer, and
comes back slowly. Where it does not, somebody is very loud, and nothing is changed.
"""

from collections import deque

import numpy as np

from performer.voice.front.stage import Samples

__all__ = ["Runaway"]

# In blocks of the loop, 10 ms each.
_WATCHED, _SILENCED, _HEARD = 50, 80, 8
_HOLD, _LONGEST_HOLD, _PATIENCE, _LONGEST_PATIENCE, _SAID = 500, 12_000, 1000, 60_000, 1000
# Blocks at the full level after which a loop is forgotten.
_FORGOTTEN = 6000
# Mean power of half a second from which it is tried; singing lies 10 dB and more below full scale.
_FULL = 10 ** (-8 / 10)
# By how much the microphone falls when it heard the loudspeaker; what is taken off then, and comes back a block.
_FALLS = 10 ** (-10 / 10)
_SOFTER = 10 ** (-12 / 20)
_BACK = 10 ** (0.01 / 20)
_TROUBLE = "the microphone hears the loudspeaker, so the voice was turned down; use headphones, or turn it down"


class Runaway:
    """Goes over what is played, block by block. caught: how often a loop was found. trouble: what to say, or ""."""

    def __init__(self) -> None:
        self.caught = 0
        self.trouble = ""
        self._gain = self._last = 1.0
        # Powers of the last half second: of the microphone and of what was played.
        self._came: deque[float] = deque(maxlen=_WATCHED)
        self._went: deque[float] = deque(maxlen=_WATCHED)
        self._silent = 0
        self._before = 0.0
        self._wait = self._said = self._spare = 0
        self._hold, self._patience = _HOLD, _PATIENCE
        self._free = 0

    def feed(self, heard: Samples, played: Samples) -> Samples:
        """heard: what the microphone gave. played: (n,) what is to be played -> (n,) what is."""
        self._came.append(_power(heard))
        self._said, self._spare = max(0, self._said - 1), max(0, self._spare - 1)
        if not self._said:
            self.trouble = ""
        if self._silent:
            self._silent -= 1
            if not self._silent:
                self._judge()
        elif self._wait:
            self._wait -= 1
        elif self._gain < 1.0:
            self._gain = min(1.0, self._gain * _BACK)
            self._free = 0
        elif self._hold > _HOLD:
            self._free += 1
            if self._free >= _FORGOTTEN:
                self._hold = _HOLD
        out = self._faded(played, 0.0 if self._silent else self._gain)
        self._went.append(_power(out))
        full = len(self._went) == _WATCHED and sum(self._went) / _WATCHED > _FULL
        if full and not self._silent and not self._spare:
            self._before = sum(self._came) / _WATCHED
            self._silent = _SILENCED
            self._went.clear()
        return out

    def _judge(self) -> None:
        """The end of a silence: was it the loudspeaker that the microphone heard?"""
        now = sum(list(self._came)[-_HEARD:]) / _HEARD
        if now > _FALLS * self._before:
            # Not tried again for a while, and then a longer one: a hole in what is sung is worth few tries.
            self._spare = self._patience
            self._patience = min(2 * self._patience, _LONGEST_PATIENCE)
            return
        self.caught += 1
        self.trouble, self._said = _TROUBLE, _SAID
        self._gain *= _SOFTER
        self._wait = self._hold
        self._hold = min(2 * self._hold, _LONGEST_HOLD)

    def _faded(self, played: Samples, gain: float) -> Samples:
        """Going over from the last block's gain, so that nothing clicks."""
        before, self._last = self._last, gain
        if before == gain == 1.0:
            return played
        return (played * np.linspace(before, gain, len(played) + 1, dtype=np.float32)[1:]).astype(np.float32)


def _power(block: Samples) -> float:
    return float(np.dot(block, block)) / max(1, len(block))
