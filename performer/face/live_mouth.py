"""The mouth of a live voice: a `VoiceStream`'s phones and sound in, the five vowel weights of any moment out.

Causal: a weight at time t depends on blocks up to the one that holds t, and is what the smoothing makes of them:
`LAG` behind the sound. Who knows the sound before it is heard takes that off again.
"""

import tomllib
from collections import deque
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from performer.face.track import MOUTH
from performer.voice.stream import VoiceBlock

__all__ = ["HOP", "LAG", "LiveMouth"]

HOP = 0.010
# Where it opens; where it shuts it is more. (Measured in a show: a mouth that is told this much early opens with the
# sound, within 15 ms at 90 of 100 onsets.)
LAG = 0.020
# What is remembered of the past; whoever asks for an older moment gets the oldest.
_KEPT = 200
# After the last block the mouth holds so long, then it shuts over as long again.
_HOLDS, _SHUTS = 0.10, 0.12
# Seconds over which the loudest note is forgotten, and how loud a voice is taken to be at first (power, full scale 1).
_FORGETS = 8.0
_FIRST_LOUD_DB = -26.0
_SILENCE_DB = -60.0


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("live_mouth.toml").read_text(encoding="utf-8"))


@cache
def _shapes() -> dict[str, NDArray[np.float64]]:
    table = _table()
    return {name: np.array(shape) for name, shape in (table["vowels"] | table["consonants"]).items()}


class LiveMouth:
    """Feed it blocks; ask for any moment of the output's clock."""

    def __init__(self) -> None:
        motion = _table()["motion"]
        self._opens, self._closes = (1 - np.exp(-HOP / float(motion[name])) for name in ("opens", "closes"))
        self._shut, self._full = float(motion["shut"]), float(motion["full"])
        self._unknown = np.array(_table()["unknown"]["mouth"])
        self.reset()

    def reset(self) -> None:
        """Shut, nothing known."""
        self._now = np.zeros(len(MOUTH))
        self._loud = _FIRST_LOUD_DB
        self._waiting = np.zeros(0, np.float32)
        self._named: deque[tuple[float, float, str]] = deque()
        self._last_named = -np.inf
        self._times: deque[float] = deque(maxlen=_KEPT)
        self._mouths: deque[NDArray[np.float64]] = deque(maxlen=_KEPT)

    def feed(self, block: VoiceBlock, t: float, rate: int) -> None:
        """block: what the voice gave for the block whose first sample is at `t`; its phones are on the same clock."""
        for phone in block.phones:
            self._named.append((phone.start, phone.end, phone.name))
            self._last_named = max(self._last_named, phone.end)
        hop = round(rate * HOP)
        start = t - len(self._waiting) / rate
        sound = np.concatenate([self._waiting, block.audio])
        count = len(sound) // hop
        for frame in range(count):
            part = sound[frame * hop : (frame + 1) * hop].astype(np.float64)
            self._step(start + (frame + 0.5) * HOP, float(np.square(part).mean()))
        self._waiting = sound[count * hop :]

    def _step(self, t: float, power: float) -> None:
        level = 10 * np.log10(power + 1e-12)
        self._loud = max(level, self._loud - (self._loud - _FIRST_LOUD_DB) * HOP / _FORGETS)
        wide = float(np.clip((level - self._loud - self._shut) / (self._full - self._shut), 0.0, 1.0))
        aim = self._shape(t) * (wide if level > _SILENCE_DB else 0.0)
        opening = aim.sum() > self._now.sum()
        self._now = self._now + (self._opens if opening else self._closes) * (aim - self._now)
        self._times.append(t)
        self._mouths.append(self._now)

    def _shape(self, t: float) -> NDArray[np.float64]:
        while self._named and self._named[0][1] <= t:
            self._named.popleft()
        if self._named and self._named[0][0] <= t + HOP:
            return _shapes().get(self._named[0][2], self._unknown)
        # Where the voice tells phones, one without a name is silence.
        return np.zeros(len(MOUTH)) if t - self._last_named < 5.0 else self._unknown

    def at(self, t: float) -> NDArray[np.float32]:
        """(5,) weights of MOUTH at time `t`; their sum is at most 1."""
        if not self._times:
            return np.zeros(len(MOUTH), np.float32)
        over = t - self._times[-1]
        if over > _HOLDS:
            left = max(0.0, 1 - (over - _HOLDS) / _SHUTS)
            return (self._mouths[-1] * left).astype(np.float32)
        times = np.array(self._times)
        place = int(np.clip(np.searchsorted(times, t), 1, len(times) - 1)) if len(times) > 1 else 0
        if place == 0:
            return self._mouths[0].astype(np.float32)
        share = np.clip((t - times[place - 1]) / max(times[place] - times[place - 1], 1e-6), 0.0, 1.0)
        before, after = self._mouths[place - 1], self._mouths[place]
        return (before + (after - before) * share).astype(np.float32)
