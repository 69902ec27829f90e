"""DC and rumble away: second-order Butterworth high-pass, no delay."""

import numpy as np
from scipy.signal import butter, lfilter

from performer.voice.front.settings import HighPassSettings
from performer.voice.front.stage import RATE, Samples, Stage

__all__ = ["HighPass"]

_GRID = 480


class HighPass(Stage):
    """Takes away what lies below any voice: DC of a cheap converter, steps, wind, half of a mains hum."""

    name = "highpass"

    def __init__(self, settings: HighPassSettings) -> None:
        # One section: lfilter costs a third of sosfilt for so few samples.
        section = np.asarray(butter(2, settings.hertz, "highpass", fs=RATE, output="sos"))[0]
        self._top, self._low = section[:3].copy(), section[3:].copy()
        super().__init__(_GRID, on=settings.on)

    def _start(self) -> None:
        super()._start()
        self._state = np.zeros(2)
        self._before = self._after = 1e-12
        self._made = np.zeros(_GRID, np.float32)

    def _apply(self, part: Samples, at: int) -> Samples:
        passed, self._state = lfilter(self._top, self._low, part, zi=self._state)
        out = passed.astype(np.float32)
        self._made[at : at + len(part)] = out
        return out

    def _decide(self, heard: Samples) -> None:
        self._before += 0.1 * (float(np.dot(heard, heard)) / _GRID + 1e-12 - self._before)
        self._after += 0.1 * (float(np.dot(self._made, self._made)) / _GRID + 1e-12 - self._after)

    def _work(self) -> tuple[bool, float]:
        taken = max(0.0, 10 * float(np.log10(self._before / self._after)))
        return taken > 1.0 and self._before > 1e-9, taken
