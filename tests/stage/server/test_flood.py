"""The flood gate with given times: what it lets in does not depend on how fast this machine is."""

from hypothesis import given
from hypothesis import strategies as st

from stage.server.flood import MAX_MESSAGES, WINDOW_SECONDS, FloodGate


def test_a_burst_up_to_the_limit_is_heard_and_no_more() -> None:
    gate = FloodGate()
    heard = [gate.lets_in(5.0) for _ in range(MAX_MESSAGES + 50)]
    assert heard == [True] * MAX_MESSAGES + [False] * 50


def test_a_page_at_its_own_pace_is_always_heard() -> None:
    gate = FloodGate()
    assert all(gate.lets_in(k / 60.0) for k in range(60 * 60))


def test_after_a_second_it_is_open_again() -> None:
    gate = FloodGate(limit=3, window=WINDOW_SECONDS)
    assert [gate.lets_in(t) for t in (0.0, 0.1, 0.2, 0.9, 1.0, 1.05, 1.1)] == [
        True,
        True,
        True,
        False,
        True,
        False,
        True,
    ]


@given(st.lists(st.floats(0.0, 10.0), max_size=60), st.integers(1, 8))
def test_no_window_ever_holds_more_than_the_limit(times: list[float], limit: int) -> None:
    gate = FloodGate(limit, 1.0)
    heard = [t for t in sorted(times) if gate.lets_in(t)]
    assert all(b - a >= 1.0 for a, b in zip(heard, heard[limit:], strict=False))
