"""What a director would look for in a whole song: her face, the opening, the ending, and no picture again and again."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from motion.music.song_map import SongMap
from stage.show.camera import AUTHORED_HEIGHT
from stage.show.choice import Cut
from stage.show.director import CUT_AHEAD, cut_at, plan_cuts
from stage.show.shots import FAR, WHOLE, house_shots
from stage.show.show import Inputs, ShotChoice, Show
from stage.show.sight import Sight, backs
from stage.wire.frame import Camera
from tests.stage.show.staging import make_song, shared_show

# From chin to crown, of a body of AUTHORED_HEIGHT; the share of the picture's height at which a face is read: 68 pixels
# of a picture of 720, which is what a picture of all of her that fills its height has.
HEAD = 0.235
READABLE = 0.095
# The same pixels of an upright one, which has room for arms beside her only.
READABLE_UPRIGHT = 0.07
SEEDS = range(12)


def _show(venue: str, aspect: float) -> Show:
    plain = shared_show()
    return Show(plain.performance, aspect=aspect, shots=house_shots(venue))


def _head_share(show: Show, t: float) -> float:
    camera = show.step(t).camera
    return HEAD * show.performance.performers[0].stature / AUTHORED_HEIGHT / (2 * np.tan(camera.fov / 2) * camera.focus)


@pytest.mark.parametrize(("venue", "aspect"), [("arena", 16 / 9), ("livehouse", 16 / 9), ("arena", 9 / 16)])
def test_her_face_can_be_read_by_the_sixth_second_and_in_half_of_any_minute(venue: str, aspect: float) -> None:
    show = _show(venue, aspect)
    shares = np.array([_head_share(show, float(t)) for t in range(64)])
    least = READABLE if aspect > 1.0 else READABLE_UPRIGHT
    # The first picture shows where we are.
    assert shares[6] >= least
    assert np.convolve(shares >= least, np.ones(60) / 60, mode="valid").min() >= 0.5


def _shares(cuts: tuple[Cut, ...], song: SongMap, label: str) -> float:
    """Share of the time of sections of one kind in which one sees her from head to heels."""
    inside = [cut for cut in cuts if song.section_at(cut.start + 0.3).label == label]
    lengths = [min(cut.end, song.duration) - cut.start for cut in inside]
    whole = [length for cut, length in zip(inside, lengths, strict=True) if cut.shot.size in WHOLE]
    return sum(whole) / sum(lengths)


def test_half_of_a_chorus_shows_the_whole_dance_and_a_verse_a_quarter() -> None:
    song = make_song(128.0)
    table = house_shots("arena")
    plans = [plan_cuts(song, table, seed) for seed in SEEDS]
    choruses = [_shares(cuts, song, "chorus") for cuts in plans]
    assert min(choruses) >= 0.35
    assert np.mean(choruses) >= 0.5
    assert all(0.2 <= _shares(cuts, song, "verse") <= 0.6 for cuts in plans)


def test_pictures_of_all_of_her_show_heels_over_the_words_and_fill_the_height() -> None:
    show = _show("arena", 16 / 9)
    for name in (shot.name for shot in show.shots.shots if shot.size == "full"):
        for t in (5.0, 17.0, 29.0):
            camera = show.step(t, Inputs(shot=ShotChoice(name, t - 6.0))).camera
            place, head, _ = show.store.framing(t)
            heels, crown = _high(camera, (place[0], 0.0, place[1])), _high(camera, (head[0], head[1] + 0.1, head[2]))
            assert -0.72 < heels < -0.45, (name, t)
            assert 1.05 < crown - heels < 1.5, (name, t)


def _high(camera: Camera, point: tuple[float, float, float]) -> float:
    """How high a point stands in a picture without roll, 1 its upper edge."""
    forward = np.subtract(camera.target, camera.position)
    forward /= np.linalg.norm(forward)
    right = np.cross(forward, [0.0, 1.0, 0.0])
    up = np.cross(right / np.linalg.norm(right), forward)
    away = np.subtract(point, camera.position)
    return float(away @ up / (away @ forward) / np.tan(camera.fov / 2))


def test_no_shot_comes_again_within_four_pictures() -> None:
    song = make_song(128.0)
    for seed in SEEDS:
        names = [cut.shot.name for cut in plan_cuts(song, house_shots("arena"), seed)]
        assert all(name not in names[max(i - 4, 0) : i] for i, name in enumerate(names))


@pytest.mark.parametrize("stiff", [False, True])
def test_choruses_look_over_the_crowd_but_never_at_a_back_with_arms_stretched_out(stiff: bool) -> None:
    song = make_song(128.0)
    n = int(song.duration * 10) + 1
    sight = _standing(n, level=np.zeros(n) if stiff else np.full(n, -0.9))
    for seed in SEEDS:
        cuts = plan_cuts(song, house_shots("arena"), seed, sight=sight)
        backs = [c for c in cuts if c.shot.size == "reverse" and song.section_at(c.start + 0.3).label == "chorus"]
        assert len(backs) == (0 if stiff else 2)


def test_a_cut_lands_on_a_bowed_head_only_from_afar() -> None:
    song = make_song(128.0)
    n = int(song.duration * 10) + 1
    # Bowed for four seconds of each eight.
    low = np.where(np.arange(n) % 80 < 40, -0.6, 0.1)
    still = _standing(n, level=np.full(n, -0.9), low=low)

    def bowed_near(sight: Sight | None) -> int:
        """Pictures from near that begin on a bowed head and stay on it for half a second."""
        return sum(
            low[still.rows(cut.start, cut.start + 0.5, 3)].max() < 0.0 and cut.shot.size not in WHOLE | {"reverse"}
            for seed in SEEDS
            for cut in plan_cuts(song, house_shots("arena"), seed, sight=sight)[2:-2]
        )

    assert bowed_near(still) <= 0.36 * bowed_near(None)


@pytest.mark.parametrize("venue", ["arena", "livehouse"])
def test_no_near_picture_looks_at_a_back(venue: str) -> None:
    """She turned round in a medium picture of a chorus, and strangers saw her back."""
    song = make_song(128.0)
    n = int(song.duration * 10) + 1
    # Turned away for two seconds of each sixteen.
    away = np.arange(n) % 160 // 20 == 5
    still = _standing(n, level=np.full(n, -0.9))
    back = np.where(away, -1.0, 1.0)[:, None]
    sight = replace(still, face=still.face * back, shoulders=still.shoulders * np.where(away, -1.0, 1.0)[:, None, None])
    sight.shoulders[..., 1] = 1.32
    looked = [cut for seed in SEEDS for cut in plan_cuts(song, house_shots(venue), seed, sight=sight)[1:-3]]
    near = [cut for cut in looked if cut.shot.size not in WHOLE | {"reverse", "pull"}]
    seen = [cut for cut in near if backs(sight, cut.shot, cut.mirrored, cut.start, cut.end) > 0.3]
    assert len(near) > 0.3 * len(looked)
    assert not seen, [(cut.shot.name, cut.start) for cut in seen]


def test_a_wide_picture_of_a_chorus_comes_in_on_her() -> None:
    """At a third of the picture's height she was lost in it; it ends with her at two fifths or more."""
    for venue in ("", "arena", "livehouse"):
        for shot in house_shots(venue).shots:
            if shot.size in FAR and shot.on.get("chorus"):
                eye = shot.stop.position
                far = np.hypot(np.hypot(eye[0], eye[2]), eye[1] - AUTHORED_HEIGHT / 2)
                assert AUTHORED_HEIGHT / (2 * far * np.tan(np.radians(shot.fov) / 2)) >= 0.4, (venue, shot.name)
                assert shot.bars <= 2


def _standing(n: int, level: NDArray[np.float64], low: NDArray[np.float64] | None = None) -> Sight:
    """Somebody who stands there for n samples. level: sine of the height of her straight arms; low: of her look."""
    low = np.zeros(n) if low is None else low
    shoulders = np.tile([[0.18, 1.32, 0.0], [-0.18, 1.32, 0.0]], (n, 1, 1))
    along = np.zeros((n, 2, 3))
    along[:, 0, 0], along[:, 1, 0] = np.sqrt(1.0 - level**2), -np.sqrt(1.0 - level**2)
    along[:, :, 1] = level[:, None]
    face = np.stack((np.zeros(n), low, np.sqrt(1.0 - low**2)), axis=-1)
    feet = np.tile([[0.1, 0.0, 0.0], [-0.1, 0.0, 0.0]], (n, 1, 1))
    head = np.tile([0.0, 1.48, 0.0], (n, 1))
    return Sight(np.zeros((n, 2)), head, face, shoulders + 0.5 * along, shoulders, shoulders + 0.26 * along, feet)


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
    assert sum(plan_cuts(song, house_shots(), seed)[-2].shot.axis for seed in SEEDS) >= 9


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
