"""DC and rumble away: second-order Butterworth high-pass, no delay."""

import numpy as np
from scipy.signal import butter, sosfilt

from performer.voice.front.settings import HighPassSettings
from performer.voice.front.stage import RATE, Samples, Stage

__all__ = ["HighPass"]

_GRID = 480


class HighPass(Stage):
    """Takes away what lies below any voice: DC of a cheap converter, steps, wind, half of a mains hum."""

    name = "highpass"

    def __init__(self, settings: HighPassSettings) -> None:
        self._sections = np.asarray(butter(2, settings.hertz, "highpass", fs=RATE, output="sos"))
        super().__init__(_GRID, on=settings.on)

    def _start(self) -> None:
        super()._start()
        self._state = np.zeros((len(self._sections), 2))
        self._before = self._after = 1e-12
        self._made = np.zeros(_GRID, np.float32)

    def _apply(self, part: Samples, at: int) -> Samples:
        out, self._state = sosfilt(self._sections, part.astype(np.float64), zi=self._state)
        self._made[at : at + len(part)] = out
        return self._made[at : at + len(part)]

    def _decide(self, heard: Samples) -> None:
        self._before += 0.1 * (float(np.dot(heard, heard)) / _GRID + 1e-12 - self._before)
        self._after += 0.1 * (float(np.dot(self._made, self._made)) / _GRID + 1e-12 - self._after)

    def _work(self) -> tuple[bool, float]:
        taken = max(0.0, 10 * float(np.log10(self._before / self._after)))
        return taken > 1.0 and self._before > 1e-9, taken
