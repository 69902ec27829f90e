"""What a microphone's block holds, frame by frame: bands, pitch, how loud. Streaming, 33.5 ms behind the newest sample.

Sound comes in at 48 kHz. A frame is known when the content network could hear it (half a window of 12.5 ms and its
20 ms of look-ahead), and the pitch tracker's 20 ms fit into that.
"""

from bisect import bisect_left, insort
from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from performer.voice.bands import BANDS, CONTENT_RATE, BandStream
from performer.voice.convert.network import StreamingNetwork
from performer.voice.pitch import PitchTracker

__all__ = [
    "CONTENT_SIZE",
    "EAR_DELAY",
    "EAR_RATE",
    "LEVEL_SPREAD",
    "LOOK_AHEAD",
    "PHONE_COUNT",
    "Decimator",
    "Ear",
    "HeardFrames",
    "LoudLevel",
]

# What the content network was built with (performer.voice.train.networks).
CONTENT_SIZE, PHONE_COUNT, LOOK_AHEAD = 64, 40, 2
# Chance of voicing, and how periodic a frame must be, for the tracker's guess to be taken.
_SURELY_VOICED, _LEAST_CLEAR = 0.6, 0.3
# Natural log units of power in one unit of what it is given.
LEVEL_SPREAD = 3.0

EAR_RATE = 48_000
_FACTOR = EAR_RATE // CONTENT_RATE
# Odd and symmetric: its delay is a whole number of samples. It holds 7 kHz and is down by 40 dB at 8.6 kHz.
_TAPS = 97
_EDGE_HERTZ = 7_600
# Samples at 48 kHz by which the 16 kHz sound lags, and with it everything that is heard.
EAR_DELAY = _TAPS // 2
# The level counts frames that are this much (natural log of power) above nothing and under the loudest seen of late.
_SILENCE_LOG, _LOUD_RANGE = -6.0, 9.0
_MEMORY_FRAMES = 600
_QUANTILE = 0.85
# What recordings at -23 dBFS come to, with the weight of a quarter second: a first breath is not taken for a shout.
_FIRST_LEVEL, _FIRST_FRAMES = 6.7, 25


class Decimator:
    """48 kHz to 16 kHz by a short symmetric filter."""

    def __init__(self) -> None:
        place = np.arange(_TAPS) - EAR_DELAY
        lobe = np.sinc(2 * _EDGE_HERTZ / EAR_RATE * place) * np.kaiser(_TAPS, 5.0)
        self._filter = lobe / lobe.sum()
        self._kept = np.zeros(_TAPS - 1, np.float64)

    def feed(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n,) at 48 kHz -> about n / 3 at 16 kHz; sample k is the sound at 3 k - EAR_DELAY."""
        whole = np.concatenate([self._kept, samples.astype(np.float64)])
        count = max(0, (len(whole) - _TAPS) // _FACTOR + 1)
        if not count:
            self._kept = whole
            return np.zeros(0, np.float32)
        # Two of three results are thrown away, which is still faster than to gather the windows of the third.
        found = np.correlate(whole[: (count - 1) * _FACTOR + _TAPS], self._filter)[::_FACTOR]
        self._kept = whole[count * _FACTOR :]
        return found.astype(np.float32)


class LoudLevel:
    """The log power that 85 % of a voice's last six seconds stay under; silence does not count."""

    def __init__(self) -> None:
        # The same values twice: as they came, and in order.
        self._recent = deque([_FIRST_LEVEL] * _FIRST_FRAMES)
        self._sorted = list(self._recent)

    def feed(self, loudness: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n,) log power of each frame -> (n,) the level at each."""
        out = np.empty(len(loudness), np.float32)
        for frame, value in enumerate(loudness.tolist()):
            if value > max(_SILENCE_LOG, self._sorted[-1] - _LOUD_RANGE):
                if len(self._recent) == _MEMORY_FRAMES:
                    del self._sorted[bisect_left(self._sorted, self._recent.popleft())]
                self._recent.append(value)
                insort(self._sorted, value)
            out[frame] = self._sorted[int(_QUANTILE * (len(self._sorted) - 1))]
        return out


@dataclass(frozen=True, slots=True)
class HeardFrames:
    """Of n frames. bands: (n, 80) log power. loudness, level: (n,) log power of each and of the voice's loud frames.
    hertz, clear: (n,) pitch (0 = unvoiced) and how periodic, 0..1. content: (n, 64) what is said. phones: (n, 40)
    chances. voiced: (n,) chance."""

    bands: NDArray[np.float32]
    loudness: NDArray[np.float32]
    level: NDArray[np.float32]
    hertz: NDArray[np.float32]
    clear: NDArray[np.float32]
    content: NDArray[np.float32]
    phones: NDArray[np.float32]
    voiced: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.hertz)


class _Queue:
    """Rows that wait for the rows of another kind."""

    def __init__(self, numbers: int) -> None:
        self._rows = np.zeros((0, numbers), np.float32)

    def put(self, *columns: NDArray[np.float32]) -> int:
        """Side by side; how many rows wait now."""
        if len(columns[0]):
            rows = np.concatenate([part.reshape(len(part), -1) for part in columns], axis=1)
            self._rows = np.concatenate([self._rows, rows]) if len(self._rows) else rows
        return len(self._rows)

    def take(self, count: int) -> NDArray[np.float32]:
        rows, self._rows = self._rows[:count], self._rows[count:]
        return rows


class Ear:
    """Blocks in, frames out, each as soon as all that belongs to it is known."""

    def __init__(self, content: StreamingNetwork) -> None:
        """content: a network of its own, since it remembers."""
        self._content = content
        content.reset()
        self._decimator = Decimator()
        self._bands = BandStream()
        self._pitch = PitchTracker()
        self._level = LoudLevel()
        self._early = LOOK_AHEAD
        self._seen, self._pitched = _Queue(BANDS + 2), _Queue(3)
        self._heard = _Queue(CONTENT_SIZE + PHONE_COUNT + 1)

    def feed(self, samples: NDArray[np.float32]) -> HeardFrames:
        """samples: (n,) at 48 kHz, any length. Frame i lies at sample 480 i - EAR_DELAY."""
        sound = self._decimator.feed(samples)
        pitched = self._pitch.feed(sound)
        bands = self._bands.feed(sound)
        loudness = _sums(bands)
        level = self._level.feed(loudness)
        count = min(
            self._seen.put(bands, loudness, level),
            self._pitched.put(pitched.hertz, pitched.clear, pitched.guess),
            self._heard.put(*self._hear(bands, level)),
        )
        seen, tones, heard = (queue.take(count) for queue in (self._seen, self._pitched, self._heard))
        # A creaking or breathy vowel is unclear to the tracker, but the network knows a vowel when it hears one.
        vowel = (heard[:, -1] > _SURELY_VOICED) & (tones[:, 1] > _LEAST_CLEAR)
        return HeardFrames(
            bands=seen[:, :BANDS],
            loudness=seen[:, BANDS],
            level=seen[:, BANDS + 1],
            hertz=np.where(vowel, tones[:, 2], tones[:, 0]),
            clear=tones[:, 1],
            content=heard[:, :CONTENT_SIZE],
            phones=heard[:, CONTENT_SIZE:-1],
            voiced=heard[:, -1],
        )

    def _hear(self, bands: NDArray[np.float32], level: NDArray[np.float32]) -> tuple[NDArray[np.float32], ...]:
        """Content, chances of phones and of voicing; the first two answers belong to frames before the first."""
        levelled = np.minimum(np.maximum((bands - level[:, None]) / np.float32(LEVEL_SPREAD), -4), 4)
        heard = self._content.feed(bands=levelled)
        early = min(self._early, len(bands))
        self._early -= early
        chances = np.exp(heard["phones"] - heard["phones"].max(axis=1, keepdims=True))
        chances /= chances.sum(axis=1, keepdims=True)
        voiced = np.asarray(1 / (1 + np.exp(-heard["voiced"])), np.float32)
        return heard["content"][early:], chances[early:], voiced[early:]


def _sums(bands: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, bands) logs -> (n,) log of the sum."""
    # Bands lie between the logarithms of 1e-7 and of a full scale's power: nothing overflows.
    return np.log(np.exp(bands).sum(axis=1))
