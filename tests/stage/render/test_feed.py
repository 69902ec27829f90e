"""Frames ahead of the page."""

from fractions import Fraction

import pytest

from motion.errors import UserError
from stage.render.feed import Feed
from stage.wire.frame import Frame


def _frame(t: float) -> Frame:
    return Frame(sequence=0, show_time=t, media_time=t)


def _bytes(frame: Frame) -> bytes:
    return f"{frame.media_time:.6f}".encode()


def test_any_split_gives_the_frames_of_the_whole_and_a_second_reader_the_same() -> None:
    seen: list[int] = []
    feed = Feed(_frame, _bytes, total=700, fps=Fraction(30), watch=lambda index, frame: seen.append(index))
    whole = [f"{k / 30:.6f}".encode() for k in range(700)]
    taken: list[bytes] = []
    for count in (1, 60, 0, 399, 999):
        taken += feed.take(len(taken), count)
    assert taken == whole
    assert feed.take(0, 700) == whole
    assert seen == list(range(700))
    feed.close()


def test_what_the_show_raises_reaches_whoever_asks() -> None:
    def broken(t: float) -> Frame:
        if t > 0.1:
            raise UserError("the plan cannot be danced")
        return _frame(t)

    feed = Feed(broken, _bytes, total=30, fps=Fraction(30))
    assert len(feed.take(0, 3)) == 3
    with pytest.raises(UserError, match="cannot be danced"):
        feed.take(3, 27)
    feed.close()


def test_it_does_not_run_away_from_its_reader_and_ends_when_closed() -> None:
    seen: list[int] = []
    feed = Feed(_frame, _bytes, total=100_000, fps=Fraction(30), watch=lambda index, frame: seen.append(index))
    feed.take(0, 10)
    feed.close()
    assert 10 <= len(seen) <= 1_000
