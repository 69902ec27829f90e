"""Pitches that nobody sings."""

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from performer.voice.convert.leaps import Leaps


def _sung(*parts: tuple[float, int]) -> np.ndarray:
    return np.concatenate([np.full(count, hertz, np.float32) for hertz, count in parts])


def _believed(hertz: np.ndarray) -> np.ndarray:
    return Leaps().feed(hertz, np.ones(len(hertz), np.float32))


def test_a_hum_before_the_voice_is_not_its_middle() -> None:
    hertz, voiced = _sung((60, 400), (210, 100)), np.repeat(np.float32([0.01, 0.95]), [400, 100])
    assert np.array_equal(Leaps().feed(hertz, voiced), hertz)


def test_a_slip_is_not_believed() -> None:
    hertz = _sung((160, 80), (57, 6), (1050, 5), (150, 20))
    out = _believed(hertz)
    assert (out[80:91] == 0).all()
    assert np.array_equal(out[:80], hertz[:80])
    assert np.array_equal(out[91:], hertz[91:])


def test_who_leaps_and_stays_is_believed_from_an_eighth_of_a_second_on() -> None:
    hertz = _sung((160, 80), (640, 300), (160, 50))
    out = _believed(hertz)
    assert (out[80:92] == 0).all()
    assert (out[92:380] == 640).all()
    # By then the middle has moved: coming down is a leap again, and lasts.
    assert (out[-30:] == 160).all()


def test_an_octave_and_a_fall_to_nothing_are_as_they_were() -> None:
    hertz = _sung((220, 60), (440, 40), (0, 30), (180, 20), (0, 5), (230, 60))
    assert np.array_equal(_believed(hertz), hertz)


def test_nothing_is_doubted_before_the_voice_is_known() -> None:
    hertz = _sung((100, 10), (900, 10))
    assert np.array_equal(_believed(hertz), hertz)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 300), max_size=4), st.integers(0, 9))
def test_however_it_is_split(cuts: list[int], seed: int) -> None:
    draw = np.random.default_rng(seed)
    hertz = np.where(draw.random(300) < 0.2, 0, 200 * 2.0 ** (draw.integers(-2, 3, 300) * (draw.random(300) < 0.2)))
    hertz = hertz.astype(np.float32)
    leaps, sure = Leaps(), draw.random(300).astype(np.float32)
    parts = [leaps.feed(hertz[a:b], sure[a:b]) for a, b in pairwise([0, *sorted(cuts), 300])]
    assert np.array_equal(np.concatenate(parts), Leaps().feed(hertz, sure))
