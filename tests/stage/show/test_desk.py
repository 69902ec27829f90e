"""The operator's desk: nothing that is pressed makes the body jump."""

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from motion.rig import quat
from stage.show.desk import Desk, DeskError
from stage.show.show import Show
from stage.wire.frame import PerformerFrame
from tests.stage.show.staging import make_show

SHOW = make_show(duration=20.0)
OTHER = make_show(duration=12.0, seed=5, speed=0.7)
STEP = 1 / 60
# A bridge over half a turn in half a second peaks at 9.4 rad/s; the dance itself adds 4, the fader 3.
FASTEST = 18.0

PRESSES: dict[str, Callable[[Desk, float], None]] = {
    "play": lambda desk, now: desk.play(now),
    "pause": lambda desk, now: desk.pause(now),
    "stop": lambda desk, now: desk.stop(now),
    "seek": lambda desk, now: desk.seek(7.7, now),
    "seek to the end": lambda desk, now: desk.seek(19.9, now),
    "next": lambda desk, now: desk.load(OTHER, 1, now),
    "panic": lambda desk, now: desk.panic(True, now),
    "calm": lambda desk, now: desk.panic(False, now),
    "small": lambda desk, now: desk.set_intensity(0.0, now),
    "big": lambda desk, now: desk.set_intensity(1.5, now),
    "sad": lambda desk, now: desk.express("sad", 1.0, now),
    "not sad": lambda desk, now: desk.express("sad", 0.0, now),
    "wink": lambda desk, now: desk.wink(now),
}


def _desk(show: Show = SHOW) -> Desk:
    desk = Desk()
    desk.load(show, 0, 0.0)
    return desk


def _speed(a: PerformerFrame, b: PerformerFrame) -> float:
    joints = float(quat.angle(a.rotations, b.rotations).max())
    turn = abs((float(b.root[2]) - float(a.root[2]) + np.pi) % (2 * np.pi) - np.pi)
    return max(joints, turn) / STEP


@settings(max_examples=25, deadline=None)
@example([(0.5, "next"), (0.5, "play"), (0.5, "seek to the end")])  # past the end of the other, shorter song
@given(st.lists(st.tuples(st.floats(0.02, 0.8), st.sampled_from(sorted(PRESSES))), min_size=1, max_size=8))
def test_no_sequence_of_presses_makes_a_jump(presses: list[tuple[float, str]]) -> None:
    desk, now = _desk(), 1.0
    desk.play(0.3)
    last = desk.frame(now)
    for wait, name in [*presses, (1.2, "stop")]:
        for _ in range(max(1, round(wait / STEP))):
            now += STEP
            frame = desk.frame(now)
            a, b = last.performers[0], frame.performers[0]
            assert _speed(a, b) < FASTEST, name
            assert np.abs(b.hips - a.hips).max() / STEP < 3.0
            assert np.abs(b.root[[0, 1, 3]] - a.root[[0, 1, 3]]).max() / STEP < 6.0
            # A lid may shut in a tenth of a second, nothing else is quicker.
            assert np.abs(b.weights - a.weights).max() < 0.35
            assert abs(frame.light.intensity - last.light.intensity) < 0.12
            last = frame
        PRESSES[name](desk, now)


def test_frames_do_not_depend_on_how_often_they_are_asked_for() -> None:
    def run(ask: int) -> PerformerFrame:
        desk = _desk()
        for i in range(0, 600, ask):
            now = i * STEP
            if i == 60:
                desk.play(now)
            if i == 240:
                desk.seek(12.0, now)
            if i == 360:
                desk.panic(True, now)
            if i == 372:
                desk.panic(False, now)
            desk.frame(now)
        return desk.frame(379 * STEP + 3.0).performers[0]

    often, seldom = run(1), run(12)
    assert np.array_equal(often.rotations, seldom.rotations)
    assert np.array_equal(often.root, seldom.root)


def test_media_time_runs_only_while_playing() -> None:
    desk = _desk()
    assert desk.media(5.0) == 0.0
    desk.play(5.0)
    assert desk.media(7.5) == pytest.approx(2.5)
    desk.pause(8.0)
    assert desk.media(60.0) == pytest.approx(3.0)
    desk.play(60.0)
    desk.seek(10.0, 61.0)
    assert desk.media(62.0) == pytest.approx(11.0)
    desk.stop(62.0)
    assert desk.media(63.0) == 0.0


def test_a_song_ends_by_itself_and_starts_again_from_the_front() -> None:
    desk = _desk()
    desk.play(0.0)
    assert not desk.ended(19.9)
    assert desk.ended(25.0)
    assert not desk.state(25.0).playing
    assert desk.media(25.0) == pytest.approx(20.0)
    desk.play(30.0)
    assert desk.media(31.0) == pytest.approx(1.0)


def test_panic_is_calm_within_a_second_and_the_song_runs_on() -> None:
    desk, calm = _desk(), _desk()
    desk.play(0.0)
    desk.panic(True, 3.3)
    assert np.array_equal(desk.frame(4.31).performers[0].rotations, calm.frame(4.31).performers[0].rotations)
    assert desk.media(4.0) == pytest.approx(4.0)
    desk.panic(False, 5.0)
    planned = SHOW.step(6.5).performers[0].rotations
    assert quat.angle(desk.frame(6.5).performers[0].rotations, planned).max() < 1e-3


def test_the_idle_body_breathes() -> None:
    desk = _desk()
    poses = [desk.frame(t).performers[0].rotations for t in (0.0, 1.0, 2.0)]
    assert all(quat.angle(a, b).max() > 0.003 for a, b in itertools.pairwise(poses))


def test_a_wink_shuts_one_eye_and_opens_it_again() -> None:
    desk = _desk()
    names = SHOW.performance.performers[0].expressions
    desk.wink(0.0)
    lid = [desk.frame(t).performers[0].weights[names.index("blinkLeft")] for t in (0.0, 0.35, 1.2)]
    assert lid[0] == 0.0
    assert lid[1] == 1.0
    assert lid[2] == 0.0


@pytest.mark.parametrize(
    ("press", "says"),
    [
        (lambda desk: Desk().play(0.0), "no song is loaded"),
        (lambda desk: desk.express("grin", 1.0, 0.0), "no expression pad grin"),
        (lambda desk: desk.express("happy", 2.0, 0.0), "0 to 1"),
        (lambda desk: desk.choose_shot("drone", 0.0), "no shot drone"),
        (lambda desk: desk.set_intensity(9.0, 0.0), "0 to 1.5"),
        (lambda desk: desk.seek(float("nan"), 0.0), "cannot seek"),
        (lambda desk: desk.wink(0.0, "Middle"), "Left and Right"),
    ],
)
def test_presses_that_cannot_be_followed_say_why(press: Callable[[Desk], None], says: str) -> None:
    with pytest.raises(DeskError, match=says):
        press(_desk())
