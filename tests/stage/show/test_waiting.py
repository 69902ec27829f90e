"""The stage before its first song: somebody is there, and nothing jumps when the song comes."""

import numpy as np
import pytest

from motion.rig import quat
from performer.avatar.expressions import expression_table
from performer.avatar.presets import avatar_path
from performer.avatar.vrm import read_vrm
from stage.show.desk import NO_SONG, Desk, DeskError
from stage.show.moods import Staging, palette_names
from stage.show.shots import house_shots
from stage.show.show import FRAME_IDLE, FRAME_PLAYING, Show
from stage.show.waiting import waiting_performance
from stage.wire.codec import decode_frame, encode_frame
from tests.stage.show.staging import make_show

AVATAR = read_vrm(avatar_path("mannequin"))
WAITING = Show(waiting_performance((AVATAR,)), shots=house_shots("arena"))


def _desk() -> Desk:
    desk = Desk()
    desk.wait(WAITING, 1.0)
    return desk


def test_she_lives_and_the_room_moves_before_there_is_a_song() -> None:
    desk = _desk()
    a, b = desk.frame(2.0), desk.frame(3.5)
    assert a.flags & FRAME_IDLE
    assert not a.flags & FRAME_PLAYING
    assert quat.angle(a.performers[0].rotations, b.performers[0].rotations).max() > 0.003
    assert b.media_time - a.media_time == pytest.approx(1.5)
    assert a.camera.position != b.camera.position
    assert a.light.intensity > 0.3


def test_nobody_takes_it_for_a_song() -> None:
    desk = _desk()
    counts = {0: len(expression_table(AVATAR))}
    assert decode_frame(encode_frame(desk.frame(2.0)), counts).song == NO_SONG
    state = desk.state(2.0)
    assert (state.song, state.duration, state.playing) == (0, 0.0, False)
    with pytest.raises(DeskError, match="no song is loaded"):
        desk.play(2.0)


def test_it_goes_on_for_as_long_as_it_takes() -> None:
    desk = _desk()
    for now in np.arange(0.0, 3.0 * WAITING.duration, 37.0):
        frame = desk.frame(float(now))
        assert 0.0 <= frame.media_time < WAITING.duration
        assert np.isfinite(frame.performers[0].rotations).all()


def test_every_picture_shows_her_from_the_front() -> None:
    assert {cut.shot.name for cut in WAITING.cuts} <= {"wide", "full", "medium-orbit"}


def test_the_room_wears_the_colours_of_the_song_that_comes() -> None:
    show = Show(waiting_performance((AVATAR,), Staging(palettes={"intro": "crimson"})))
    assert show.step(1.0).light.palette == palette_names().index("crimson")
    assert WAITING.step(1.0).light.palette != show.step(1.0).light.palette


def test_the_song_takes_over_without_a_jump() -> None:
    desk = _desk()
    last = desk.frame(5.0)
    desk.load(make_show(duration=12.0), 3, 5.0)
    desk.play(5.0)
    for now in np.arange(5.0, 6.0, 1 / 60):
        frame = desk.frame(float(now))
        turn = quat.angle(frame.performers[0].rotations, last.performers[0].rotations).max()
        assert turn < 18.0 / 60
        assert abs(frame.light.intensity - last.light.intensity) < 0.1
        last = frame
    assert last.song == 3
    assert last.media_time == pytest.approx(1.0, abs=0.05)
