"""The camera: cuts on downbeats, no wide after wide, and never without the head."""

import functools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from motion.music.song_map import Section
from motion.rig.bones import BONE_INDEX
from motion.rig.pose import Motion, joint_positions
from stage.show.choice import LEAST_TURN_DEG, side_deg
from stage.show.director import CUT_AHEAD, SHORTEST_CUT, plan_cuts
from stage.show.light import LABELS, LOOKS, plan_light
from stage.show.shots import FAR, ShotError, decode_shots, house_shots
from stage.show.show import Inputs, ShotChoice, Show
from stage.wire.frame import Camera, Frame
from tests.stage.show.staging import make_show, make_song


def _head(show: Show, frame: Frame) -> tuple[NDArray[np.float64], float]:
    """Middle of the head on the stage, and its radius: from the joints of the whole body."""
    skeleton = show.performance.performers[0].skeleton
    p = frame.performers[0]
    positions, rotations = joint_positions(Motion(p.rotations[None], p.hips[None], p.root[None]), skeleton)
    head = BONE_INDEX["head"]
    half = (skeleton.height - skeleton.rest[head, 1]) / 2
    x, y, z, w = rotations[0, head]
    up = np.array([2 * (x * y - w * z), 1 - 2 * (x * x + z * z), 2 * (y * z + w * x)])
    return positions[0, head] + half * up, half


def _on_picture(camera: Camera, point: NDArray[np.float64], aspect: float) -> tuple[float, float, float]:
    """x, y in -1..1 inside the picture, and metres per unit of y at that depth."""
    eye = np.array(camera.position)
    forward = np.array(camera.target) - eye
    forward /= np.linalg.norm(forward)
    right = np.cross(forward, [0.0, 1.0, 0.0])
    right /= np.linalg.norm(right)
    up = np.cross(right, forward)
    cos, sin = math.cos(camera.roll), math.sin(camera.roll)
    right, up = cos * right + sin * up, cos * up - sin * right
    away = point - eye
    depth = float(away @ forward)
    assert depth > 0.5
    size = depth * math.tan(camera.fov / 2)
    return float(away @ right) / size / aspect, float(away @ up) / size, size


@pytest.mark.parametrize(
    ("aspect", "height", "seed"), [(16 / 9, 1.6, 0), (16 / 9, 1.2, 7), (9 / 16, 1.9, 5), (1, 1.6, 3)]
)
def test_the_automatic_camera_never_loses_the_head(aspect: float, height: float, seed: int) -> None:
    show = make_show(duration=40.0, height=height, aspect=aspect, seed=seed)
    for k in range(0, show.frames, 23):
        frame = show.step(k / 60)
        middle, radius = _head(show, frame)
        x, y, size = _on_picture(frame.camera, middle, aspect)
        assert abs(x) + radius / size / aspect < 1.0, (k / 60, show.cuts, x)
        assert abs(y) + radius / size < 1.0, (k / 60, y)


@functools.cache
def _quick_show(aspect: float) -> Show:
    return make_show(duration=24.0, aspect=aspect, speed=1.5)


@pytest.mark.parametrize("shot", [shot.name for shot in house_shots().shots])
@pytest.mark.parametrize("aspect", [16 / 9, 9 / 16])
def test_a_held_shot_never_loses_the_head(shot: str, aspect: float) -> None:
    show = _quick_show(aspect)
    for k in range(0, show.frames, 47):
        frame = show.step(k / 60, Inputs(shot=ShotChoice(shot, 0.0)))
        middle, radius = _head(show, frame)
        x, y, size = _on_picture(frame.camera, middle, aspect)
        assert max(abs(x) + radius / size / aspect, abs(y) + radius / size) < 1.0


def test_the_camera_moves_without_a_jump_between_cuts() -> None:
    show = make_show(duration=24.0)
    cuts = [cut.start for cut in show.cuts]
    last = show.step(0.0).camera
    for k in range(1, show.frames):
        t = k / 60
        camera = show.step(t).camera
        if not any(t - 1 / 60 < cut <= t for cut in cuts):
            # 6 cm a frame is 3.6 m/s, quicker than a crane.
            assert np.linalg.norm(np.subtract(camera.position, last.position)) < 0.06
            assert abs(camera.fov - last.fov) < math.radians(0.5)
        last = camera


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**31), st.sampled_from((60.0, 92.0, 120.0, 174.0)))
def test_cuts_fall_on_downbeats_and_change_size_or_side(seed: int, bpm: float) -> None:
    song = make_song(80.0, bpm)
    cuts = plan_cuts(song, house_shots(), seed)
    assert cuts[0].start == 0.0
    assert cuts[-1].end >= song.duration
    for a, b in zip(cuts, cuts[1:], strict=False):  # noqa: RUF007 (both ends of a pair are named)
        assert a.end == b.start
        # A picture ahead of the downbeat, never behind it.
        assert min(abs(b.start + CUT_AHEAD - beat) for beat in song.downbeats) < 1e-9
        assert b.start - a.start >= SHORTEST_CUT - CUT_AHEAD
        turn = abs(side_deg(b.shot, b.mirrored) - side_deg(a.shot, a.mirrored))
        assert a.shot.size != b.shot.size or min(turn, 360.0 - turn) >= LEAST_TURN_DEG
        assert not (a.shot.size in FAR and b.shot.size in FAR)
    assert cuts == plan_cuts(song, house_shots(), seed)


def test_choruses_are_cut_faster_than_ballads_and_seeds_differ() -> None:
    song = make_song(128.0)
    cuts = plan_cuts(song, house_shots(), 1)
    lengths = {
        label: [c.end - c.start for c in cuts if song.section_at(c.start + 0.3).label == label]
        for label in ("chorus", "bridge")
    }
    assert np.mean(lengths["chorus"]) < np.mean(lengths["bridge"])
    assert [c.shot.name for c in cuts] != [c.shot.name for c in plan_cuts(song, house_shots(), 2)]


def test_a_second_chorus_is_not_filmed_as_the_first() -> None:
    song = make_song(128.0)
    choruses = [s for s in song.sections if s.label == "chorus"]
    assert len(choruses) >= 2
    same = told = 0
    for seed in range(12):
        cuts = plan_cuts(song, house_shots(), seed)
        rows = [[c.shot.name for c in cuts if s.start - 0.3 <= c.start < s.end - 0.3] for s in choruses[:2]]
        told += min(map(len, rows))
        same += sum(a == b for a, b in zip(*rows, strict=False))
    assert same < 0.08 * told


def test_a_song_without_beats_is_filmed_too() -> None:
    song = make_song(30.0)
    quiet = type(song)(
        duration=30.0, bpm=0.0, beats=[], downbeats=[], bars=[],
        sections=[Section(0.0, 30.0, "silence", 0)], energy=song.energy, vocal=song.vocal,
    )  # fmt: skip
    assert len(plan_cuts(quiet, house_shots(), 0)) >= 1
    block = plan_light(quiet).at(5.0)
    assert (block.beat_phase, block.bar_phase) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("fov = 18.5", "fov = 90.0"), "shot wide: fov is 90"),
        (('name = "low"', 'name = "full"'), "shot full stands twice"),
        (("version = 2", "version = 9"), "newer"),
        (("follow = 0.3", 'follow = "much"'), "not a table of shots"),
        (("[phrases]", "[phrases"), "not a table of shots"),
    ],
)
def test_a_broken_table_of_shots_is_refused_in_a_sentence(change: tuple[str, str], says: str) -> None:
    from importlib import resources

    text = resources.files("presets").joinpath("shows/shots.toml").read_text(encoding="utf-8")
    with pytest.raises(ShotError, match=says):
        decode_shots(text.replace(*change, 1))


@pytest.mark.parametrize("venue", ["livehouse", "arena"])
def test_names_of_looks_are_those_of_the_venues(venue: str) -> None:
    import tomllib
    from importlib import resources

    file = resources.files("presets").joinpath(f"venues/{venue}/{venue}.toml")
    looks = tomllib.loads(file.read_text(encoding="utf-8"))["looks"]
    assert tuple(look["name"] for look in looks) == LOOKS


@pytest.mark.parametrize("bpm", [70.0, 128.0, 174.0, 200.0])
def test_light_never_flashes_more_than_three_times_a_second(bpm: float) -> None:
    song = make_song(64.0, bpm)
    plan = plan_light(song)
    times = np.arange(0.0, 64.0, 1 / 60)
    blocks = [plan.at(float(t)) for t in times]
    level = np.array([block.intensity for block in blocks])
    assert np.abs(np.diff(level)).max() < 0.1
    # The page pulses where the beat phase starts anew.
    pulses = times[1:][np.diff([block.beat_phase for block in blocks]) < -0.5]
    for t in pulses:
        assert np.count_nonzero((pulses >= t) & (pulses < t + 1.0)) <= 3
    assert {LABELS[block.section] for block in blocks} == {section.label for section in song.sections}


def test_the_intensity_gain_stays_inside_the_wire_range() -> None:
    show = make_show()
    for intensity in (0.0, 0.7, 1.5):
        block = show.light(30.0, replace(Inputs(), intensity=intensity))
        assert 0.0 <= block.intensity <= 1.0
