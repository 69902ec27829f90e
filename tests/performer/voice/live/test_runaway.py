"""A loop of loudspeaker and microphone is taken down and said; loud singing is left alone."""

import numpy as np
import pytest

from performer.voice.live.ceiling import rounded
from performer.voice.live.runaway import Runaway
from tests.performer.voice.front.sounds import Samples

RATE, BLOCK = 48_000, 480


def sung(seconds: float, level: float) -> Samples:
    """Harmonics of 220 Hz, the first second only, then nothing but a room's noise."""
    t = np.arange(round(seconds * RATE)) / RATE
    tone = sum(np.sin(2 * np.pi * 220 * k * t) / k for k in range(1, 12)) * (t < 1.0)
    return (level * tone + 1e-4 * np.random.default_rng(0).standard_normal(len(t))).astype(np.float32)


def room(seconds: float, guard: Runaway | None, gain: float, delay: int = 6) -> np.ndarray:
    """(blocks,) dB of what is played, when it comes back `delay` blocks later, `gain` times."""
    source = sung(seconds, 0.03)
    air = [np.zeros(BLOCK, np.float32)] * delay
    levels: list[float] = []
    for first in range(0, len(source), BLOCK):
        heard = np.clip(source[first : first + BLOCK] + gain * air.pop(0), -1, 1).astype(np.float32)
        played = rounded(heard)
        if guard:
            played = guard.feed(heard, played)
        air.append(played)
        levels.append(10 * np.log10(float(np.square(played).mean()) + 1e-12))
    return np.array(levels)


@pytest.mark.parametrize("delay", [2, 6, 30, 55])
@pytest.mark.parametrize("gain", [1.3, 2.0, 3.0])
def test_a_loop_runs_away_without_and_is_taken_down_with_a_sentence(gain: float, delay: int) -> None:
    assert room(15.0, None, gain, delay)[-100:].min() > -8
    guard = Runaway()
    levels = room(15.0, guard, gain, delay)
    first = int(np.flatnonzero(levels > -8)[0])
    assert guard.caught >= 1
    # Not a second long at full scale, and quiet while it is held.
    assert (levels > -8).sum() < 100
    assert levels[first + 200 : first + 450].max() < -40
    assert Runaway().trouble == ""


def test_it_is_said_while_it_matters() -> None:
    guard = Runaway()
    room(5.0, guard, 2.0)
    assert "use headphones" in guard.trouble
    quiet = np.zeros(BLOCK, np.float32)
    for _ in range(1001):
        guard.feed(quiet, quiet)
    assert guard.trouble == ""


def test_somebody_who_is_very_loud_is_tried_once_in_ten_seconds_and_left_as_loud() -> None:
    guard = Runaway()
    loud = np.clip(3 * sung(1.0, 0.5), -1, 1)
    played = [guard.feed(part, part) for part in np.split(np.tile(loud, 9), 900)]
    levels = np.array([float(np.square(part).mean()) for part in played])
    assert guard.caught == 0
    assert guard.trouble == ""
    assert 70 <= int((levels < 1e-6).sum()) <= 90
    assert np.array_equal(played[-1], loud[-BLOCK:])


def test_what_is_sung_as_usual_passes_to_the_bit() -> None:
    guard = Runaway()
    for part in np.split(sung(3.0, 0.2), 300):
        assert guard.feed(part, part) is part


def test_it_comes_back_slowly_when_the_loop_is_gone_and_without_a_step() -> None:
    guard = Runaway()
    room(3.0, guard, 2.0)
    assert guard.caught >= 1
    tone = (0.1 * np.sin(2 * np.pi * 440 * np.arange(40 * RATE) / RATE)).astype(np.float32)
    back = np.concatenate([guard.feed(part, part) for part in np.split(tone, 4000)])
    assert np.abs(back[:48_000]).max() < 0.03
    assert np.array_equal(back[-RATE:], tone[-RATE:])
    assert np.abs(np.diff(back)).max() <= 1.01 * np.abs(np.diff(tone)).max()


def test_somebody_who_stays_very_loud_is_tried_less_and_less() -> None:
    guard = Runaway()
    loud = np.clip(3 * sung(1.0, 0.5), -1, 1)[:BLOCK]
    silent = [float(np.square(guard.feed(loud, loud)).mean()) < 1e-6 for _ in range(12_000)]
    holes = int(np.diff(np.concatenate([[0], np.array(silent, np.int8)]) == 1).sum() + 1) // 2
    assert guard.caught == 0
    # At 0.5 s, then after 10, 20 and 40 s more.
    assert holes == 4
