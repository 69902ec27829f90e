"""A foreign model as a `VoiceStream`: a window slides over the microphone, chunk by chunk.

These models are not causal and heavy: the delay is a chunk and what a window holds behind it (0.315 s), beside 0.0475 s
of our own voices. Chunks begin at multiples of their length after the start, whatever the blocks, so the output is the
same however the input is split. Silence is not sent through the model and stays silence.
"""

import numpy as np
from numpy.typing import NDArray

from performer.voice.foreign.content import CONTENT_RATE
from performer.voice.foreign.kinds import ForeignError
from performer.voice.foreign.model import PITCH_HOP, ForeignModel
from performer.voice.foreign.window import GRID_SECONDS, LIVE, Seam, Window
from performer.voice.pitch import PITCH_LOOK_AHEAD, PitchTracker
from performer.voice.sound import resample
from performer.voice.stream import PitchPoint, VoiceBlock

__all__ = ["RATES", "ForeignVoice", "check_rate", "fitted", "is_silent"]

# Whole samples in GRID_SECONDS are needed, too.
RATES = (8_000, 192_000)
# -80 dBFS: a model hums and breathes when it is given nothing.
_SILENCE = 1e-4
# The end of a window resampled on its own is a little wrong; the tracker waits for the next one.
_EDGE = round(0.010 * CONTENT_RATE)
_AHEAD = round(PITCH_LOOK_AHEAD * CONTENT_RATE)


def check_rate(rate: int) -> int:
    """The rate itself.

    Raises:
        ForeignError: outside of RATES, or without whole samples in 40 ms.
    """
    if not RATES[0] <= rate <= RATES[1] or (rate * GRID_SECONDS) % 1 > 1e-6:
        raise ForeignError(f"foreign voices run at {RATES[0]} to {RATES[1]} Hz in steps of 25, not at {rate}")
    return rate


def is_silent(sound: NDArray[np.float32]) -> bool:
    return not len(sound) or float(np.abs(sound).max()) < _SILENCE


def fitted(samples: NDArray[np.float32], length: int) -> NDArray[np.float32]:
    """Cut, or with zeros behind: resampling rounds by a sample."""
    return np.pad(samples, (0, max(0, length - len(samples))))[:length]


class ForeignVoice:
    """The model on a microphone; `semitones` moves its pitch and may be changed while it runs."""

    def __init__(
        self, model: ForeignModel, *, rate: int = 48_000, semitones: float = 0.0, window: Window = LIVE
    ) -> None:
        """rate: samples a second in and out, whatever the model's own.

        Raises:
            ForeignError: a rate outside of RATES.
        """
        self._model = model
        self._rate = check_rate(rate)
        self._window = window
        self.semitones = semitones
        self._chunk = round(window.chunk * rate)
        self._length = round((window.context + window.chunk + window.tail) * rate)
        self.reset()

    @property
    def rate(self) -> int:
        return self._rate

    @property
    def latency(self) -> float:
        return self._window.latency

    def reset(self) -> None:
        self._heard = np.zeros(self._length, np.float32)
        self._waiting = np.zeros(0, np.float32)
        self._ready = np.zeros(self._chunk, np.float32)
        self._seam = Seam(self._window, self._rate)
        self._tracker = PitchTracker()
        self._chunks = 0
        self._fed = 0
        # Hertz of all frames of the window and those that the tracker has not told yet, which hold its last word.
        self._hertz = np.zeros(self._length * 100 // self._rate, np.float32)

    def feed(self, block: NDArray[np.float32], t: float) -> VoiceBlock:
        """block: (n,) any length, its first sample at media time `t`; what sounds is `latency` older.

        The block in which a chunk ends takes as long as the model does.
        """
        start = t - self._fed / self._rate
        self._fed += len(block)
        self._waiting = np.concatenate([self._waiting, np.nan_to_num(block, posinf=0.0, neginf=0.0).astype(np.float32)])
        pitch: list[PitchPoint] = []
        while len(self._waiting) >= self._chunk:
            fresh, self._waiting = self._waiting[: self._chunk], self._waiting[self._chunk :]
            pitch += self._step(fresh, start)
        audio, self._ready = self._ready[: len(block)], self._ready[len(block) :]
        return VoiceBlock(audio, (), tuple(pitch), self.latency)

    def _step(self, fresh: NDArray[np.float32], start: float) -> list[PitchPoint]:
        """One more chunk: `_ready` grows by as many samples. start: media time of the first sample ever fed."""
        self._heard = np.concatenate([self._heard[self._chunk :], fresh])
        self._chunks += 1
        sound = resample(self._heard, self._rate, CONTENT_RATE)
        length = round(self._length / self._rate * CONTENT_RATE)
        sound = fitted(sound, length)
        end = round(self._chunks * self._window.chunk * CONTENT_RATE)
        told = self._follow(sound, length, end)
        if is_silent(sound):
            rendered = np.zeros(self._length, np.float32)
        else:
            hertz = self._hertz * np.float32(2 ** (self.semitones / 12))
            audio = self._model.render(sound, hertz, end - length)
            rendered = fitted(resample(audio, self._model.rate, self._rate), self._length)
        self._ready = np.concatenate([self._ready, self._seam.join(rendered)])
        # A frame sounds `latency` after it was sung.
        return [
            PitchPoint(
                start + frame * PITCH_HOP / CONTENT_RATE + self.latency, float(hertz) * 2 ** (self.semitones / 12)
            )
            for frame, hertz in told
        ]

    def _follow(self, sound: NDArray[np.float32], length: int, end: int) -> list[tuple[int, float]]:
        """Feed the tracker what is new; the window's pitch moves along. Gives (frame, hertz) of what it told.

        The tracker is `_EDGE` behind the sound and `_AHEAD` behind that; before the first chunk it was fed nothing.
        """
        chunk = round(self._window.chunk * CONTENT_RATE)
        first = max(0, end - chunk - _EDGE)
        found = self._tracker.feed(sound[length - (end - first) : length - _EDGE]).hertz
        # Frames that the tracker could know before: those whose look-ahead ended by `first`.
        known = max(0, (first - _AHEAD) // PITCH_HOP + 1)
        steps = chunk // PITCH_HOP
        hertz = np.concatenate([self._hertz[steps:], np.zeros(steps, np.float32)])
        begin = (end - length) // PITCH_HOP
        place = known - begin
        hertz[place : place + len(found)] = found
        hertz[place + len(found) :] = found[-1] if len(found) else 0.0
        self._hertz = hertz
        return [(known + k, float(value)) for k, value in enumerate(found)]
