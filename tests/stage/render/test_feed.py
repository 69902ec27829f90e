"""Frames ahead of the page."""

from fractions import Fraction

import numpy as np
import pytest

from motion.errors import UserError
from stage.render.feed import Feed
from stage.show.show import Inputs
from stage.wire.codec import decode_frame, encode_frame
from stage.wire.frame import Frame, PerformerFrame
from tests.stage.show.staging import make_show


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


def _pose(performer: PerformerFrame) -> bytes:
    # Not the gaze: it answers the camera, and a live camera's hand-held sway goes by the show's own time.
    arrays = (performer.root, performer.hips, performer.rotations, performer.weights)
    return b"".join(np.ascontiguousarray(array, "<f4").tobytes() for array in arrays)


def test_a_render_a_sped_up_show_and_a_replay_of_the_wire_give_the_same_poses_to_the_bit() -> None:
    drawn: dict[int, Frame] = {}
    feed = Feed(make_show(duration=10.0).step, encode_frame, total=600, fps=Fraction(60), watch=drawn.__setitem__)
    recorded = feed.take(0, 600)
    feed.close()
    live = make_show(duration=10.0)
    # A show at seven times the speed, begun at some time of the day, that starts in the middle and goes round.
    for k in [*range(303, 600, 7), *range(0, 303, 7)]:
        shown = live.step(k / 60, Inputs(show_time=8123.4 + k / 420))
        assert _pose(shown.performers[0]) == _pose(drawn[k].performers[0]), k
        counts = {shown.performers[0].avatar: len(shown.performers[0].weights)}
        replayed, sent = (decode_frame(data, counts) for data in (recorded[k], encode_frame(shown)))
        assert _pose(replayed.performers[0]) == _pose(sent.performers[0]), k
