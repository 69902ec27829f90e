"""Presses on the desk: each does its own, media time runs on the grid, nonsense is a sentence."""

from dataclasses import replace

import numpy as np
import pytest

from performer.avatar.presets import avatar_path
from performer.avatar.vrm import read_vrm
from stage.server.presses import on_grid, press
from stage.show.desk import Desk, DeskError
from stage.show.moods import palette_names
from stage.show.performance import Performer
from stage.show.show import Show
from stage.wire.frame import CUES
from stage.wire.messages import (
    Ack,
    ClientMessage,
    Express,
    Fire,
    Intensity,
    Next,
    PaletteChoice,
    Panic,
    Pause,
    Ping,
    Play,
    Seek,
    Select,
    ShotChoice,
    Stop,
    Wink,
)
from tests.stage.server.conftest import made_performance


@pytest.fixture
def desk() -> Desk:
    vrm = read_vrm(avatar_path("mannequin"))
    desk = Desk()
    desk.load(Show(replace(made_performance(), performers=(Performer.of(vrm),))), 0, 0.0)
    return desk


def test_transport_is_news_for_every_page(desk: Desk) -> None:
    assert press(desk, Play(), 1.0) == "play"
    assert desk.media(3.0) == pytest.approx(2.0)
    assert press(desk, Pause(), 3.0) == "pause"
    assert press(desk, Seek(media_time=7.0), 4.0) == "seek"
    assert desk.media(9.0) == pytest.approx(7.0)
    assert press(desk, Panic(on=True), 9.0) == "panic"
    assert desk.state(9.5).panic
    assert press(desk, Stop(), 10.0) == "stop"
    assert desk.media(11.0) == 0.0


def test_cues_and_colours_are_fired_and_held(desk: Desk) -> None:
    assert press(desk, Fire(kind="confetti"), 1.0) is None
    assert press(desk, PaletteChoice(name="gold"), 1.0) is None
    light = desk.frame(1.5).light
    assert CUES[light.cues[0].kind] == "confetti"
    assert palette_names()[light.palette] == "gold"
    assert desk.state(1.5).palette == "gold"
    with pytest.raises(DeskError, match="there is no cue fireworks; there are confetti"):
        press(desk, Fire(kind="fireworks"), 2.0)


def test_pads_are_the_desks_own_business(desk: Desk) -> None:
    assert press(desk, ShotChoice(name=""), 1.0) is None
    assert press(desk, Express(name="happy", weight=1.0), 1.0) is None
    assert press(desk, Wink(side="Right"), 1.0) is None
    assert press(desk, Intensity(value=0.5), 1.0) is None
    state = desk.state(1.1)
    assert state.intensity == 0.5
    assert dict(state.pads)["happy"] == 1.0


def test_after_a_seek_every_frame_is_a_planned_one(desk: Desk) -> None:
    """Poses of the 60 Hz grid come as they are: no blend of two neighbours, which costs and rounds."""
    press(desk, Play(), 60 / 60)
    press(desk, Seek(media_time=3.1234), 90 / 60)
    show = desk.show
    assert show is not None
    for tick in range(150, 160):
        frame = desk.frame(tick / 60)
        k = round(frame.media_time * 60)
        assert frame.media_time == pytest.approx(k / 60, abs=1e-9)
        np.testing.assert_array_equal(frame.performers[0].hips, show.store.pose(0, k / 60).hips)


@pytest.mark.parametrize("t", [float("nan"), float("inf")])
def test_nowhere_is_no_place_to_seek(desk: Desk, t: float) -> None:
    with pytest.raises(DeskError, match="cannot seek to"):
        press(desk, Seek(media_time=t), 1.0)


@pytest.mark.parametrize("message", [Ping(client_time=0.0), Ack(sequence=1), Next(), Select(id="a")])
def test_what_is_no_press_is_said(desk: Desk, message: ClientMessage) -> None:
    with pytest.raises(DeskError, match="not a press"):
        press(desk, message, 1.0)


def test_the_grid_is_sixty_a_second() -> None:
    assert on_grid(1.0) == 1.0
    assert on_grid(0.024) == pytest.approx(1 / 60)
