"""The voice slot: sound goes in block by block, the idol's voice comes out with phones and pitch.

What any voice must keep: outputs joined are the same however the input was split, `latency` is how many seconds the
output lags behind the input, and `reset` forgets everything. No clock and no device here.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["FileVoice", "Phone", "PitchPoint", "VoiceBlock", "VoiceStream"]


@dataclass(frozen=True, slots=True)
class Phone:
    """A sound of speech: media time of its start and end, its name (IPA), how sure (0..1)."""

    start: float
    end: float
    name: str
    sure: float = 1.0


@dataclass(frozen=True, slots=True)
class PitchPoint:
    """Fundamental frequency at media time `t`; hertz 0 where there is none."""

    t: float
    hertz: float


@dataclass(frozen=True, slots=True)
class VoiceBlock:
    """audio: (frames,) float32 as many as went in. phones, pitch: those that became known. latency: seconds."""

    audio: NDArray[np.float32]
    phones: tuple[Phone, ...] = ()
    pitch: tuple[PitchPoint, ...] = ()
    latency: float = 0.0


class VoiceStream(Protocol):
    """Anything that can be the idol's voice."""

    @property
    def rate(self) -> int:
        """Samples per second, in and out."""
        ...

    @property
    def latency(self) -> float:
        """Seconds by which the output lags behind the input."""
        ...

    def feed(self, block: NDArray[np.float32], t: float) -> VoiceBlock:
        """Take (frames,) input whose first sample is at media time `t`; give as many samples of voice."""
        ...

    def reset(self) -> None:
        """Forget all input, as before a seek."""
        ...


class FileVoice:
    """A stem that is already sung: plays what lies at the block's time and ignores what comes in.

    Its phones and pitch, where known (from lyrics, from a tracker), are given at construction and handed out once,
    when their time is reached. Outside the file there is silence.
    """

    def __init__(
        self,
        samples: NDArray[np.float32],
        rate: int,
        *,
        phones: tuple[Phone, ...] = (),
        pitch: tuple[PitchPoint, ...] = (),
    ) -> None:
        """samples: (frames,) float32. phones, pitch: in order of time."""
        self._samples = samples
        self._rate = rate
        self._phones = phones
        self._pitch = pitch
        self._told_until = -np.inf

    @property
    def rate(self) -> int:
        return self._rate

    @property
    def latency(self) -> float:
        return 0.0

    def reset(self) -> None:
        self._told_until = -np.inf

    def feed(self, block: NDArray[np.float32], t: float) -> VoiceBlock:
        first = round(t * self._rate)
        stop = first + len(block)
        audio = np.zeros(len(block), np.float32)
        low, high = min(max(first, 0), len(self._samples)), min(max(stop, 0), len(self._samples))
        if high > low:
            audio[low - first : high - first] = self._samples[low:high]
        # Edges in whole samples, so that neighbouring blocks neither repeat a phone nor lose one.
        since, until = max(self._told_until, first), stop
        self._told_until = max(self._told_until, stop)
        phones = tuple(phone for phone in self._phones if since <= round(phone.start * self._rate) < until)
        pitch = tuple(point for point in self._pitch if since <= round(point.t * self._rate) < until)
        return VoiceBlock(audio, phones, pitch, self.latency)
