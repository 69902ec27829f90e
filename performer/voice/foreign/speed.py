"""How fast a foreign model is on this machine, and the window that it can hold live. Takes a clock, has none."""

from collections.abc import Callable
from dataclasses import replace
from math import ceil

import numpy as np

from performer.voice.foreign.content import CONTENT_RATE
from performer.voice.foreign.kinds import ForeignError
from performer.voice.foreign.model import PITCH_HOP, ForeignModel
from performer.voice.foreign.window import GRID_SECONDS, LIVE, Window

__all__ = ["LONGEST_CHUNK", "MOST_LOAD", "live_window", "measure_speed"]

# Share of the time that the model may take: the rest is for what else a show does.
MOST_LOAD = 0.7
# A singer cannot wait longer than this for an answer; the show's delay has to bear it, too.
LONGEST_CHUNK = 2.0
_TRIES = 3


def measure_speed(model: ForeignModel, clock: Callable[[], float]) -> float:
    """Seconds of computing for one second of window, the best of three tries after a warm-up. clock: seconds."""
    rng = np.random.default_rng(0)
    sound = (0.1 * rng.standard_normal(CONTENT_RATE)).astype(np.float32)
    hertz = np.full(CONTENT_RATE // PITCH_HOP, 220.0, np.float32)
    model.render(sound, hertz)
    took: list[float] = []
    for _ in range(_TRIES):
        before = clock()
        model.render(sound, hertz)
        took.append(clock() - before)
    return min(took)


def live_window(speed: float) -> Window:
    """The window with the least delay that a model of this speed keeps up with at MOST_LOAD.

    Raises:
        ForeignError: none that a singer could bear.
    """
    around = LIVE.context + LIVE.tail
    # speed * (around + chunk) <= MOST_LOAD * chunk
    chunk = speed * around / (MOST_LOAD - speed) if speed < MOST_LOAD else float("inf")
    if not chunk <= LONGEST_CHUNK:
        raise ForeignError(
            f"this model takes {speed:.2f} s for a second of sound on this machine, too slow to sing live with; "
            "convert recordings with it, or take a smaller model or more --threads"
        )
    return replace(LIVE, chunk=max(LIVE.chunk, ceil(chunk / GRID_SECONDS - 1e-9) * GRID_SECONDS))
