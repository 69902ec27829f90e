"""Newest wins: how many frames may be owed, what an acknowledgement settles, who has gone."""

from hypothesis import given
from hypothesis import strategies as st

from stage.wire.session import CONTROL_LIMIT, MAX_UNACKED, QUIET_SECONDS, Session


def test_a_client_that_acknowledges_gets_every_frame() -> None:
    session = Session(0.0)
    for k in range(1000):
        assert session.offer(k, k / 60)
        session.ack(k, k / 60 + 0.005)
    assert session.counts.skipped == 0
    assert abs(session.counts.delay - 0.005) < 1e-9


def test_a_client_that_never_answers_gets_six_and_is_gone_after_ten_seconds() -> None:
    session = Session(0.0)
    sent = [session.offer(k, k / 60) for k in range(700)]
    assert sum(sent) == MAX_UNACKED
    assert not session.gone(QUIET_SECONDS - 0.1)
    assert session.gone(QUIET_SECONDS + 0.1)


def test_nothing_is_owed_in_silence() -> None:
    session = Session(0.0)
    assert not session.gone(1e6)
    session.offer(1, 1e6)
    assert not session.gone(1e6 + 1)


@given(st.lists(st.tuples(st.booleans(), st.integers(-2, 60)), max_size=200))
def test_never_more_than_six_are_owed(moves: list[tuple[bool, int]]) -> None:
    session, owed, sequence = Session(0.0), [], 0
    for k, (offers, number) in enumerate(moves):
        if offers:
            sequence += 1
            if session.offer(sequence, float(k)):
                owed.append(sequence)
        else:
            session.ack(number, float(k))
            if number in owed:
                owed = [s for s in owed if s > number]
        assert len(owed) <= MAX_UNACKED
    counts = session.counts
    assert counts.sent - counts.acked == len(owed)
    assert counts.sent + counts.skipped == sequence


def test_control_is_bounded() -> None:
    session = Session(0.0)
    assert all(session.control_queued() for _ in range(CONTROL_LIMIT))
    assert not session.control_queued()
