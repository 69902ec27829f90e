"""The whole way from the microphone to the voice: high-pass, howl, clicks, noise, gate, with an ear beside them."""

from collections.abc import Sequence

import numpy as np

from performer.voice.front.clicks import Clicks
from performer.voice.front.ear import Ear
from performer.voice.front.gate import Gate
from performer.voice.front.highpass import HighPass
from performer.voice.front.howl import Howl
from performer.voice.front.noise import Noise
from performer.voice.front.settings import FrontError, FrontSettings, default_settings
from performer.voice.front.stage import RATE, Meter, Samples, Stage

__all__ = ["Front"]

# The grid on which the ear and the stages agree on what is known: a part of the ear's own.
_GRID = 480
# A broken driver's numbers do not reach a filter's memory.
_HIGHEST = 4.0


class Front:
    """Microphone in, clean voice out: blocks at 48 kHz of any length, as many samples back, `latency` seconds later."""

    rate = RATE

    def __init__(self, settings: FrontSettings | None = None) -> None:
        settings = settings or default_settings()
        self.ear = Ear()
        self._gate = Gate(settings.gate, self.ear)
        self._howl = Howl(settings.howl)
        self._before: Sequence[Stage] = (HighPass(settings.highpass), self._howl)
        self._after: Sequence[Stage] = (Clicks(settings.clicks), Noise(settings.noise, self.ear), self._gate)
        self._filled = 0

    @property
    def stages(self) -> tuple[Stage, ...]:
        return (*self._before, *self._after)

    @property
    def latency(self) -> float:
        """Seconds."""
        return sum(stage.delay for stage in self.stages) / RATE

    @property
    def music(self) -> float:
        """0..1: how sure it is that music is heard."""
        return self.ear.music

    @property
    def meters(self) -> tuple[Meter, ...]:
        """One a stage, in the order in which sound passes them."""
        return tuple(stage.meter for stage in self.stages)

    def switch(self, name: str, on: bool) -> None:
        """Turn a stage on or off while it runs, without a click.

        Raises:
            FrontError: there is no stage of that name.
        """
        for stage in self.stages:
            if stage.name == name:
                stage.on = on
                return
        raise FrontError(f"there is no stage '{name}'; there are: {', '.join(stage.name for stage in self.stages)}")

    def reset(self) -> None:
        """Forget all that was heard."""
        self.ear.reset()
        for stage in self.stages:
            stage.reset()
        self._filled = 0

    def feed(self, block: Samples) -> Samples:
        """block: (n,) -> (n,)"""
        # Not a number compares as false.
        if not np.abs(block).max(initial=0.0) <= _HIGHEST:
            block = np.nan_to_num(block, nan=0.0, posinf=0.0, neginf=0.0)
            block = np.minimum(np.maximum(block, -_HIGHEST), _HIGHEST)
        block = np.asarray(block, np.float32)
        if 0 < len(block) <= _GRID - self._filled:
            return self._piece(block)
        out = np.empty(len(block), np.float32)
        at = 0
        while at < len(block):
            count = min(_GRID - self._filled, len(block) - at)
            out[at : at + count] = self._piece(block[at : at + count])
            at += count
        return out

    def _piece(self, sound: Samples) -> Samples:
        self._filled = (self._filled + len(sound)) % _GRID
        for stage in self._before:
            sound = stage.feed(sound)
        made = sound
        self._gate.hear(made)
        for stage in self._after:
            sound = stage.feed(sound)
        # Last: what the ear finds at the end of a piece is not known within it, however the piece was cut.
        self.ear.hear(made, self._howl.power)
        return sound
