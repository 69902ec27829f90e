"""The show is a function of time."""

import random
from dataclasses import replace

import numpy as np
import pytest

from motion.rig import quat
from performer.avatar.fit import fit
from stage.show.performance import Performance
from stage.show.show import NO_INPUTS, Inputs, pose_hash
from stage.wire.frame import Frame
from tests.stage.show.staging import make_show


def _same(a: Frame, b: Frame) -> bool:
    if (a.camera, a.light, a.media_time) != (b.camera, b.light, b.media_time):
        return False
    return all(
        np.array_equal(getattr(p, name), getattr(q, name))
        for p, q in zip(a.performers, b.performers, strict=True)
        for name in ("root", "hips", "rotations", "gaze", "weights")
    )


def test_any_order_of_times_gives_the_same_frames() -> None:
    times = [k / 47.0 for k in range(0, 47 * 63, 31)]
    forward, shuffled = make_show(), make_show()
    in_order = {t: forward.step(t) for t in times}
    random.Random(1).shuffle(times)
    for t in times:
        assert _same(in_order[t], shuffled.step(t)), t


def test_pose_hash_is_the_same_for_a_show_that_was_warmed_skipped_and_repeated() -> None:
    plain = pose_hash(make_show(duration=10.0))
    other = make_show(duration=10.0)
    other.warm(7.3)
    other.step(9.99)
    other.bake()
    assert pose_hash(other) == plain
    assert pose_hash(other) == plain
    assert pose_hash(make_show(duration=10.0, speed=1.01)) != plain


def test_operator_state_at_rest_changes_no_bit_of_the_planned_pose() -> None:
    show = make_show(duration=10.0)
    for k in (0, 17, 300):
        planned = show.step(k / 60)
        live = show.step(k / 60, Inputs(show_time=123.4 + k / 60, expressions=(("happy", 0.0),)))
        assert np.array_equal(planned.performers[0].rotations, live.performers[0].rotations)
        assert np.array_equal(planned.performers[0].weights, live.performers[0].weights)


def test_grid_times_give_grid_poses_and_times_between_lie_between() -> None:
    show = make_show(duration=10.0)
    dance = show.performance.dance.frames(100, 101)
    fitted = fit(dance.motion, dance.contacts, show.performance.performers[0].skeleton)
    at = show.step(100 / 60).performers[0]
    assert np.array_equal(at.rotations, fitted.rotations[0])
    assert np.array_equal(at.hips, fitted.hips[0])
    a, b = (show.step(k / 60).performers[0].rotations for k in (100, 101))
    middle = show.step(100.5 / 60).performers[0].rotations
    assert quat.angle(a, middle).max() < quat.angle(a, b).max()


@pytest.mark.parametrize("t", [-5.0, 0.0, 64.0, 1e6])
def test_times_outside_the_song_hold_its_ends(t: float) -> None:
    frame = make_show().step(t)
    assert np.isfinite(frame.performers[0].rotations).all()
    assert np.isfinite(frame.camera.position).all()


def test_lyrics_follow_the_words_and_vanish_between_lines() -> None:
    show = make_show()
    assert show.step(7.1).light.lyric_line == 65535
    assert show.step(13.0).light.lyric_line == 65535
    # One can read ahead a little, and what was sung stays a little.
    for t, progress in ((7.3, 0.0), (12.5, 1.0)):
        assert (show.step(t).light.lyric_line, show.step(t).light.lyric_progress) == (0, progress)
    during = show.step(9.5).light
    assert during.lyric_line == 0
    assert during.lyric_progress == pytest.approx(4 / 7)  # "one " is sung, "two" is not
    assert show.step(15.0).light.lyric_progress == pytest.approx(0.5)


def test_intensity_moves_the_arms_and_leaves_hips_and_feet() -> None:
    show = make_show()
    full, small = show.step(5.0), show.step(5.0, Inputs(intensity=0.0))
    moved = quat.angle(full.performers[0].rotations, small.performers[0].rotations)
    assert moved.max() > 0.2
    assert np.array_equal(full.performers[0].hips, small.performers[0].hips)
    assert small.light.intensity < full.light.intensity


def test_an_emotion_on_a_pad_replaces_planned_emotions_and_leaves_the_mouth() -> None:
    show = make_show()
    names = show.performance.performers[0].expressions
    plain, sad = (show.step(3.0, i).performers[0].weights for i in (NO_INPUTS, Inputs(expressions=(("sad", 1.0),))))
    assert sad[names.index("sad")] == 1.0
    assert sad[names.index("happy")] == 0.0 < plain[names.index("happy")]
    assert sad[names.index("aa")] == plain[names.index("aa")]


def test_the_title_card_names_who_stands_there_and_who_only_lends_the_voice() -> None:
    show = make_show(duration=4.0)
    said = replace(show.performance, artist="霓羽", credits=("霓羽 · AI 演唱 AI-sung", "词曲 Words & music · nichang"))

    def on_stage(name: str) -> Performance:
        return replace(said, performers=(replace(said.performers[0], name=name),))

    assert on_stage("霓羽 Níyǔ").title_credits == ("霓羽 Níyǔ · AI 演唱 AI-sung", said.credits[1])
    assert on_stage("清荷 Qīnghé").title_credits == (
        "清荷 Qīnghé",
        "歌声 Voice · 霓羽 · AI 演唱 AI-sung",
        "词曲 Words & music · nichang",
    )
    # A person's song says nothing of a voice.
    assert replace(on_stage("清荷 Qīnghé"), credits=()).title_credits == ()
