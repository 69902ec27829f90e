"""What `aim` promises for any body, any place on the stage and any shape of picture."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from motion.rig import quat
from motion.rig.bones import BONE_INDEX
from motion.rig.pose import Motion, joint_positions
from performer.avatar.model import HeadExtent
from performer.avatar.presets import avatar_path
from performer.avatar.vrm import read_vrm
from stage.show.camera import AUTHORED_HEIGHT, Subject, aim
from stage.show.performance import HeadBall, Performer
from stage.show.shots import house_shots
from stage.show.show import Inputs, ShotChoice
from stage.wire.frame import Camera
from tests.stage.show.staging import make_show, make_song

SHOTS = house_shots().shots
# The deck and the wall behind it, metres (stage/web/src/stage/set/shared.ts); the nearest row of the audience.
WALL_Z = -6.0
ASPECTS = (9 / 16, 3 / 4, 1.0, 4 / 3, 16 / 9, 21 / 9)


def _axes(camera: Camera) -> NDArray[np.float64]:
    """(3, 3): right, up and forward of the picture, roll included."""
    forward = np.subtract(camera.target, camera.position)
    forward /= np.linalg.norm(forward)
    right = np.cross(forward, [0.0, 1.0, 0.0])
    right /= np.linalg.norm(right)
    up = np.cross(right, forward)
    cos, sin = math.cos(camera.roll), math.sin(camera.roll)
    return np.stack((cos * right + sin * up, cos * up - sin * right, forward))


def _edges(camera: Camera, centre: NDArray[np.float64], radius: float, aspect: float) -> tuple[float, float]:
    """How far a ball reaches from the picture's middle, as shares of its half width and half height; exact."""
    x, y, z = _axes(camera) @ (centre - np.asarray(camera.position))
    half = math.tan(camera.fov / 2.0)
    reach = [
        math.tan(abs(math.atan2(side, z)) + math.asin(min(radius / math.hypot(side, z), 0.999))) if z > 0 else math.inf
        for side in (x, y)
    ]
    return reach[0] / half / aspect, reach[1] / half


@st.composite
def _subjects(draw: st.DrawFn) -> Subject:
    """From a doll to a giant, from a small head to one that is two fifths of the body, somewhere on the deck."""
    height = draw(st.floats(0.4, 3.2))
    scale = height / AUTHORED_HEIGHT
    radius = height * draw(st.floats(0.07, 0.2))
    place = (draw(st.floats(-2.0, 2.0)) * scale, draw(st.floats(-1.2, 1.2)) * scale)
    # She leans, bends, jumps, and the low-passed head is behind by a hand.
    head = (
        place[0] + draw(st.floats(-0.45, 0.45)) * scale,
        max(height - radius + draw(st.floats(-0.5, 0.4)) * scale, radius),
        place[1] + draw(st.floats(-0.45, 0.45)) * scale,
    )
    return Subject(place, head, radius, radius * draw(st.floats(0.6, 1.0)), height)


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(SHOTS),
    st.floats(0.0, 1.0),
    st.booleans(),
    _subjects(),
    st.floats(0.0, 600.0),
    st.sampled_from(ASPECTS),
)
def test_any_shot_of_any_body_holds_the_whole_head_from_above_the_floor(
    shot: object, u: float, mirrored: bool, subject: Subject, now: float, aspect: float
) -> None:
    camera = aim(shot, u, mirrored, subject, now, aspect)  # type: ignore[arg-type]
    middle = np.array(subject.head)
    assert _edges(camera, middle, subject.half_width, aspect)[0] <= 1.0
    assert _edges(camera, middle, subject.half_height, aspect)[1] <= 1.0
    assert camera.position[1] > 0.03
    assert camera.position[2] > WALL_Z + 0.5
    assert math.radians(5.0) < camera.fov < math.radians(60.0)


FEET = [BONE_INDEX[name] for name in ("leftFoot", "rightFoot")]


@pytest.mark.parametrize("aspect", [16 / 9, 9 / 16])
@pytest.mark.parametrize(("height", "head"), [(0.45, HeadBall(0.1, 0.13, 0.13)), (1.6, None), (2.6, None)])
def test_shots_that_show_all_of_her_show_both_feet(height: float, head: HeadBall | None, aspect: float) -> None:
    show = make_show(duration=20.0, height=height, aspect=aspect, head=head)
    performer = show.performance.performers[0]
    whole = [shot.name for shot in SHOTS if shot.size in ("wide", "crane", "full")]
    assert len(whole) >= 4
    for i, k in enumerate(range(0, show.frames, 61)):
        name = whole[i % len(whole)]
        frame = show.step(k / 60, Inputs(shot=ShotChoice(name, 0.0)))
        p = frame.performers[0]
        positions, _ = joint_positions(Motion(p.rotations[None], p.hips[None], p.root[None]), performer.skeleton)
        for foot in positions[0, FEET]:
            sole = np.array([foot[0], 0.0, foot[2]])
            assert max(_edges(frame.camera, sole, 0.0, aspect)) < 0.98, (name, k / 60)


def test_the_wide_upright_picture_keeps_her_feet_above_the_lyrics() -> None:
    show = make_show(duration=8.0, aspect=9 / 16)
    wide = next(shot.name for shot in SHOTS if shot.size == "wide")
    camera = show.step(4.0, Inputs(shot=ShotChoice(wide, 4.0))).camera
    _, up, forward = _axes(camera) @ -np.asarray(camera.position)
    assert -0.7 < up / forward / math.tan(camera.fov / 2.0) < 0.0


@pytest.mark.parametrize("bpm", [50.0, 75.0, 120.0, 190.0])
def test_no_picture_stands_too_long_or_too_briefly_at_any_tempo(bpm: float) -> None:
    from stage.show.director import LONGEST_CUT, SHORTEST_CUT, plan_cuts

    song = make_song(160.0, bpm)
    bar = 4 * 60.0 / bpm
    for seed in range(6):
        cuts = plan_cuts(song, house_shots(), seed)
        lengths = [min(cut.end, song.duration) - cut.start for cut in cuts]
        assert min(lengths) >= SHORTEST_CUT - 1e-9
        assert max(lengths) <= LONGEST_CUT + bar
        assert 10 <= len(cuts) <= 72


def test_ears_and_hats_of_the_mesh_are_the_cameras_business() -> None:
    vrm = read_vrm(avatar_path("mannequin"))
    joint = float(vrm.skeleton.rest[BONE_INDEX["head"], 1])
    eared = replace(vrm, head=HeadExtent(joint + 0.6, 0.5))
    plain, tall = Performer.of(replace(vrm, head=None)), Performer.of(eared)
    assert plain.head_ball == HeadBall.of(vrm.skeleton)
    assert plain.stature == vrm.skeleton.height
    assert tall.stature == pytest.approx(joint + 0.6)
    assert tall.head_ball.rise == pytest.approx(0.3)
    assert tall.head_ball.half_width == pytest.approx(0.375)
    assert 0.3 < tall.head_ball.half_height < 0.32


BODIES = {
    "cat robot": (0.6, HeadBall(0.17, 0.25, 0.25)),
    "chibi": (1.0, HeadBall(0.2, 0.24, 0.24)),
    "giant": (3.0, None),
}


@pytest.mark.parametrize(
    ("body", "aspect", "seed"),
    [("cat robot", 9 / 16, 1), ("cat robot", 16 / 9, 2), ("chibi", 9 / 16, 3), ("giant", 16 / 9, 4)],
)
def test_a_whole_song_of_the_automatic_camera_never_loses_a_head_of_any_size(
    body: str, aspect: float, seed: int
) -> None:
    height, head = BODIES[body]
    show = make_show(duration=24.0, height=height, aspect=aspect, seed=seed, speed=1.3, head=head)
    performer = show.performance.performers[0]
    ball = performer.head_ball
    frames = [show.step(k / 60) for k in range(0, show.frames, 13)]
    for frame in frames:
        p = frame.performers[0]
        positions, rotations = joint_positions(
            Motion(p.rotations[None], p.hips[None], p.root[None]), performer.skeleton
        )
        bone = BONE_INDEX["head"]
        middle = positions[0, bone] + quat.rotate(rotations[0, bone], np.array([0.0, ball.rise, 0.0]))
        assert max(_edges(frame.camera, middle, ball.half_width, aspect)) < 1.0, frame.media_time
        assert frame.camera.position[1] > 0.03
    assert len({cut.shot.size for cut in show.cuts}) >= 3
