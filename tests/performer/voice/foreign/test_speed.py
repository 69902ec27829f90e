"""Slow models get longer windows, too slow ones a sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from performer.voice.foreign.kinds import ForeignError
from performer.voice.foreign.model import ForeignModel
from performer.voice.foreign.speed import LONGEST_CHUNK, MOST_LOAD, live_window, measure_speed
from performer.voice.foreign.window import LIVE
from tests.performer.voice.foreign import graphs


@given(st.floats(0.0, 2.0))
def test_a_window_keeps_up_or_is_refused(speed: float) -> None:
    try:
        window = live_window(speed)
    except ForeignError as error:
        assert speed > 0.4
        assert "too slow" in str(error)
        return
    assert speed * (window.context + window.chunk + window.tail) <= MOST_LOAD * window.chunk + 1e-6
    assert LIVE.chunk <= window.chunk < LONGEST_CHUNK + 0.041
    assert window.chunk / 0.04 == pytest.approx(round(window.chunk / 0.04))


def test_a_quick_model_has_the_shortest_window() -> None:
    assert live_window(0.05) == LIVE
    assert live_window(0.4).latency > LIVE.latency


def test_speed_is_the_best_of_what_the_clock_says() -> None:
    model = ForeignModel(graphs.okada(), graphs.content(), threads=1)
    times = iter([0.0, 0.9, 1.0, 1.3, 2.0, 2.8])
    assert measure_speed(model, lambda: next(times)) == pytest.approx(0.3)
