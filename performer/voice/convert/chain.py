"""The cloned voice as a `VoiceStream`: blocks of a microphone at 48 kHz in, as many samples of the voice out.

Algorithmic delay: half an analysis window and the look-ahead of 20 ms, the resampler's half filter, and one hop, since
what lies between two frames is made when the second is known.
"""

from collections import deque
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from performer.voice.bands import HOP_SECONDS
from performer.voice.convert.frames import Frames
from performer.voice.convert.hear import EAR_DELAY, EAR_RATE, LOOK_AHEAD, Ear, HeardFrames
from performer.voice.convert.open_network import open_content
from performer.voice.convert.speaker import Blend, Speaker
from performer.voice.convert.voice_file import VoiceFile
from performer.voice.phones import IPA_OF, PHONES
from performer.voice.stream import Phone, PitchPoint, VoiceBlock
from performer.voice.synth import Synthesiser

__all__ = ["CHAIN_DELAY", "Converter"]

_HOP = round(EAR_RATE * HOP_SECONDS)
_HALF_WINDOW = round(EAR_RATE * 0.0125)
# Samples at 48 kHz.
CHAIN_DELAY = EAR_DELAY + _HALF_WINDOW + LOOK_AHEAD * _HOP + _HOP - 1
# Full scale is 1. Sound that is farther above it than any file is broken, and its square would overflow.
_LOUDEST = 100.0


class Converter:
    """A voice on the microphone. `restyle`, where given, changes the frames before they sound (as many out as in)."""

    def __init__(
        self,
        voice: VoiceFile,
        *,
        semitones: float = 0.0,
        blend: Blend | None = None,
        restyle: Callable[[Frames], Frames] | None = None,
    ) -> None:
        self.semitones = semitones
        self._voice = voice
        self._speaker = Speaker(voice, blend)
        self._restyle = restyle
        self.reset()

    @property
    def rate(self) -> int:
        return EAR_RATE

    @property
    def latency(self) -> float:
        return CHAIN_DELAY / EAR_RATE

    def reset(self) -> None:
        self._ear = Ear(open_content(self._voice))
        self._speaker.reset()
        self._synthesiser = Synthesiser(EAR_RATE)
        self._fed = 0
        self._ready: deque[NDArray[np.float32]] = deque([np.zeros(CHAIN_DELAY, np.float32)])
        # The hop that ends at frame 0 lies before the sound; frame i lies EAR_DELAY before sample 480 i.
        self._skip = _HOP + EAR_DELAY
        self._frame = 0

    def feed(self, block: NDArray[np.float32], t: float) -> VoiceBlock:
        """block: (n,) any length, its first sample at media time `t`; what sounds is `latency` older."""
        heard = self._ear.feed(_whole(block))
        frames = self._speaker.feed(heard, 2 ** (self.semitones / 12))
        if self._restyle is not None:
            frames = self._restyle(frames)
        sound = self._synthesiser.feed(frames.hertz, frames.density, frames.noise)
        drop = min(self._skip, len(sound))
        self._skip -= drop
        self._ready.append(sound[drop:])
        start = t - self._fed / EAR_RATE
        self._fed += len(block)
        first = self._frame * _HOP - EAR_DELAY + CHAIN_DELAY
        times = [start + (first + frame * _HOP) / EAR_RATE for frame in range(len(heard))]
        self._frame += len(heard)
        phones = tuple(_spelled(heard, times))
        pitch = tuple(PitchPoint(at, hertz) for at, hertz in zip(times, frames.hertz.tolist(), strict=True))
        return VoiceBlock(self._next(len(block)), phones, pitch, self.latency)

    def _next(self, count: int) -> NDArray[np.float32]:
        whole = np.concatenate(list(self._ready))
        self._ready = deque([whole[count:]])
        return whole[:count]


def _whole(block: NDArray[np.float32]) -> NDArray[np.float32]:
    """What is no number becomes silence, what is far too loud as loud as may be."""
    # Not a number compares as false; such a block is rare, and mending costs more than looking.
    if not np.abs(block).max(initial=0.0) <= _LOUDEST:
        block = np.nan_to_num(block, nan=0.0, posinf=0.0, neginf=0.0)
        block = np.minimum(np.maximum(block, -_LOUDEST), _LOUDEST)
    return np.asarray(block, np.float32)


def _spelled(heard: HeardFrames, times: list[float]) -> Iterator[Phone]:
    """Each frame's likeliest phone at the time when it sounds; neighbours of one name become one. Silence is none."""
    best, first = heard.phones.argmax(axis=1).tolist(), 0
    for stop in range(1, len(best) + 1):
        if stop < len(best) and best[stop] == best[first]:
            continue
        if name := IPA_OF[PHONES[best[first]]]:
            sure = float(heard.phones[first:stop, best[first]].mean())
            yield Phone(times[first], times[stop - 1] + HOP_SECONDS, name, sure)
        first = stop
