"""What a director would look for in a whole song: her face, the opening, the ending, and no picture again and again."""

import numpy as np
import pytest

from stage.show.camera import AUTHORED_HEIGHT
from stage.show.director import CUT_AHEAD, cut_at, plan_cuts
from stage.show.shots import FAR, house_shots
from stage.show.show import Show
from tests.stage.show.staging import make_show, make_song

# From chin to crown, of a body of AUTHORED_HEIGHT; the share of the picture's height at which a face is read.
HEAD = 0.235
READABLE = 0.12
SEEDS = range(12)


def _show(venue: str, aspect: float) -> Show:
    plain = make_show(duration=64.0)
    return Show(plain.performance, aspect=aspect, shots=house_shots(venue))


def _head_share(show: Show, t: float) -> float:
    camera = show.step(t).camera
    return HEAD * show.performance.performers[0].stature / AUTHORED_HEIGHT / (2 * np.tan(camera.fov / 2) * camera.focus)


@pytest.mark.parametrize(("venue", "aspect"), [("arena", 16 / 9), ("livehouse", 16 / 9), ("arena", 9 / 16)])
def test_her_face_can_be_read_by_the_sixth_second_and_in_half_of_any_minute(venue: str, aspect: float) -> None:
    show = _show(venue, aspect)
    shares = np.array([_head_share(show, float(t)) for t in range(64)])
    # The first picture shows where we are.
    assert shares[6] >= READABLE
    assert np.convolve(shares >= READABLE, np.ones(60) / 60, mode="valid").min() >= 0.5


def test_all_of_her_from_the_front_is_at_most_every_fourth_picture() -> None:
    for seed in SEEDS:
        cuts = plan_cuts(make_song(128.0), house_shots(), seed)
        full = [i for i, cut in enumerate(cuts) if cut.shot.size == "full"]
        assert full
        assert min(np.diff(full), default=9) >= 4


@pytest.mark.parametrize("bpm", [96.0, 128.0])
def test_pictures_from_afar_are_brief_but_for_the_first_and_the_last(bpm: float) -> None:
    song = make_song(128.0, bpm)
    for seed in SEEDS:
        for cut in plan_cuts(song, house_shots(), seed)[1:-2]:
            if cut.shot.size == "wide":
                assert cut.end - cut.start <= 3.0 + CUT_AHEAD


def test_a_song_opens_on_the_whole_stage_goes_to_her_beside_the_title_and_ends_on_her_face_and_then_the_hall() -> None:
    song = make_song(128.0)
    for seed in SEEDS:
        cuts = plan_cuts(song, house_shots(), seed)
        opening = cut_at(cuts, 0.0)
        assert opening.shot.size == "wide"
        assert opening.end <= 4.1
        # From the middle of the hall.
        assert {opening.shot.start.position[0], opening.shot.stop.position[0]} == {0.0}
        near = cut_at(cuts, 5.0)
        # The title stands at the left.
        assert (near.shot.side or 0.0) * (-1 if near.mirrored else 1) >= 0.0
        assert sum(cut.shot.roll != 0.0 for cut in cuts) <= 1
        assert cuts[-2].shot.size in ("close", "medium")
        assert cuts[-1].shot.size in (*FAR, "pull", "crowd")
    assert sum(plan_cuts(song, house_shots(), seed)[-2].shot.size == "close" for seed in SEEDS) >= 9


def test_hands_that_speak_are_never_cut_off_by_a_close_picture() -> None:
    song = make_song(128.0)
    told = [(40.0, 48.0), (80.0, 84.0)]
    for seed in SEEDS:
        for cut in plan_cuts(song, house_shots(), seed, gestures=told)[:-2]:
            shown = max(min(cut.end, stop) - max(cut.start, start) for start, stop in told)
            assert cut.shot.size != "close" or shown <= 0.5


def test_a_low_camera_never_looks_under_a_skirt() -> None:
    hem, back = 0.76, 0.2
    for shot in house_shots().shots:
        for end in (shot.start, shot.stop):
            x, y, z = end.position
            # The steepest line of sight that meets her hem from below; a skirt that flies shows more.
            rise = np.degrees(np.arctan2(hem - y, np.hypot(x, z) - back))
            assert z < 0.0 or rise < 2.5, shot.name
