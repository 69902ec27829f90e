"""A planned dance on avatars: the same in any window, planted feet hold, soles on the floor, joints the right way.

Bounds have room for other dances; what they were before the fit knew soles, knees and heads is written beside them.
"""

import numpy as np
import pytest

from motion.dance.library import load_library
from motion.dance.planner import plan_dance
from motion.dance.player import Dance, DanceMotion
from motion.dance.sheet import metronome_song
from motion.rig import quat
from motion.rig.bones import BONE_INDEX
from motion.rig.pose import Motion, joint_positions, rest_motion
from motion.rig.skeleton import CANONICAL, Skeleton
from performer.avatar.fit import fit
from performer.avatar.hull import guess_hull
from performer.avatar.presets import avatar_path
from performer.avatar.proportions import proportions
from tests.performer.avatar.bodies import Body, chibi, file_body, long_legs
from tests.performer.avatar.measures import SHARED, measure_fit

# Greatest slide of planted feet, cm a second.
BODIES = {
    "mannequin": 3.0,
    "chibi": 2.0,
    "long legs": 5.0,
    "v0_godette.vrm": 3.0,
    "v0_catbot_furitto.vrm": 2.0,
    "v0_cryptovoxels.vrm": 3.0,
    "v0_sphere_fmscat.vrm": 3.0,
    "v1_debug_robot.vrm": 5.0,
    "v1_conformance_spring.vrm": 4.0,
}
# Feet as flat as boards hung on a leg may reach the floor where the leg ends: its boxes are 47 cm long.
SUNK = {"v1_debug_robot.vrm": 4.0}
# The sphere is half a metre wide and begins at the shoulders, where no arm is long enough to go round it.
IN_HEAD = {"v0_sphere_fmscat.vrm": 0.12}


def body_of(name: str) -> Body:
    made = {"mannequin": lambda: file_body(avatar_path("mannequin")), "chibi": chibi, "long legs": long_legs}
    if name in made:
        return made[name]()
    if not (SHARED / name).is_file():
        pytest.skip("the shared avatars are not here")
    return file_body(SHARED / name)


@pytest.fixture(scope="module")
def dance() -> DanceMotion:
    song = metronome_song(120.0, 16)
    library = load_library()
    return Dance(plan_dance(song, library, seed=1), song, library).frames(0, int(song.duration * 60))


@pytest.mark.parametrize("name", BODIES)
def test_a_dance_on_a_body(name: str, dance: DanceMotion) -> None:
    body = body_of(name)
    found = measure_fit(body, dance)
    assert found.knee > -0.5, "knees bend backwards only (before: to 180 degrees forwards)"
    assert found.jump < 60.0, "no limb flips between two pictures (before: up to 150)"
    assert found.slide < BODIES[name]
    assert found.sunk < SUNK.get(name, 1.0), "heels and toe tips stay above the floor (before: 2 to 8 cm, robot 34)"
    assert found.floats < 0.5, "planted soles lie on the floor (before: robot 8 cm)"
    assert found.in_head < IN_HEAD.get(name, 0.02), "hands stay out of the head (before: chibi 21 %)"


@pytest.mark.parametrize("name", ["mannequin", "chibi"])
def test_any_window_gives_the_same_bits(name: str, dance: DanceMotion) -> None:
    skeleton = body_of(name).skeleton
    whole = fit(dance.motion, dance.contacts, skeleton)
    for start, stop in ((301, 377), (500, 501), (0, 30)):
        part = fit(dance.motion.window(start, stop), dance.contacts[start:stop], skeleton)
        assert np.array_equal(whole.rotations[start:stop], part.rotations)
        assert np.array_equal(whole.hips[start:stop], part.hips)
        assert np.array_equal(whole.root[start:stop], part.root)


def still(frames: int = 1) -> Motion:
    return rest_motion(CANONICAL, frames)


def turned_bone(name: str, turns: quat.Array) -> Motion:
    motion = still(len(turns))
    rotations = motion.rotations.copy()
    rotations[:, BONE_INDEX[name]] = turns
    return Motion(rotations, motion.hips, motion.root)


def test_a_foot_on_its_heel_and_on_its_toes_stands_on_the_floor() -> None:
    body = body_of("mannequin")
    motion = turned_bone("leftFoot", quat.from_euler_yxz(0.0, np.radians([-25.0, 0.0, 25.0]), 0.0))
    found = measure_fit(body, DanceMotion(motion, np.ones((3, 2), np.float32)))
    assert found.sunk < 0.05
    assert found.floats < 0.05


def test_a_foot_and_a_knee_wound_backwards_are_led_back_without_a_jump() -> None:
    """A thigh that the motion winds about itself by more than a half circle: the knee stays in front all the way."""
    motion = turned_bone("leftUpperLeg", quat.from_yaw(np.linspace(0.0, 2.0 * np.pi, 240)))
    hips = motion.hips.copy()
    hips[:, 1] -= 0.15
    motion = Motion(motion.rotations, hips, motion.root)
    for name in ("mannequin", "chibi"):
        skeleton = body_of(name).skeleton
        fitted = fit(motion, np.ones((240, 2)), skeleton)
        placed, turned = joint_positions(fitted, skeleton)
        ahead = quat.rotate(turned[:, BONE_INDEX["leftFoot"]], np.array([0.0, 0.0, 1.0]))
        assert ahead[:, 2].min() > -0.1
        knee = placed[:, BONE_INDEX["leftLowerLeg"]]
        middle = 0.5 * (placed[:, BONE_INDEX["leftUpperLeg"]] + placed[:, BONE_INDEX["leftFoot"]])
        assert (knee - middle)[:, 2].min() > 0.0
        step = np.degrees(quat.angle(fitted.rotations[1:].astype(float), fitted.rotations[:-1].astype(float)))
        assert step.max() < 8.0


def test_a_hand_in_a_big_head_comes_out_where_it_went_in() -> None:
    """A straight arm swings up and across where a chibi's head is."""
    swing = quat.mul(quat.from_yaw(np.full(120, -0.15)), quat.from_euler_yxz(0.0, 0.0, np.linspace(-1.2, 2.0, 120)))
    motion = turned_bone("leftUpperArm", swing)
    body = body_of("chibi")
    dance = DanceMotion(motion, np.ones((120, 2), np.float32))
    assert measure_fit(body, dance).in_head == 0.0
    assert measure_fit(body, dance).jump < 35.0


def test_palms_that_meet_meet_on_every_body(dance: DanceMotion) -> None:
    def apart(motion: Motion, skeleton: Skeleton, palms: quat.Array) -> np.ndarray:
        placed, turned = joint_positions(motion, skeleton)
        hands = [BONE_INDEX["leftHand"], BONE_INDEX["rightHand"]]
        at = placed[:, hands] + quat.rotate(turned[:, hands], palms)
        return np.linalg.norm(at[:, 0] - at[:, 1], axis=-1)

    canonical = apart(dance.motion, CANONICAL, np.array([[0.075, 0.0, 0.0], [-0.075, 0.0, 0.0]]))
    meet = canonical < 0.08
    if not meet.any():
        pytest.skip("this plan has no move with hands that meet")
    for name in ("mannequin", "chibi"):
        body = proportions(body_of(name).skeleton)
        found = apart(fit(dance.motion, dance.contacts, body_of(name).skeleton), body_of(name).skeleton, body.palm)
        assert np.mean(np.abs(found - body.arm_ratio * canonical)[meet]) < 0.02


def test_wild_poses_stay_finite() -> None:
    rng = np.random.default_rng(0)
    rest = still(60)
    turns = quat.from_rotation_vector(rng.normal(0, 1.0, (60, 55, 3))).astype(np.float32)
    for name in ("mannequin", "chibi"):
        motion = fit(Motion(turns, rest.hips, rest.root), np.zeros((60, 2)), body_of(name).skeleton)
        assert np.isfinite(motion.rotations).all()
        assert np.allclose(np.linalg.norm(motion.rotations, axis=-1), 1.0, atol=1e-5)


def test_no_frames_are_no_frames() -> None:
    assert len(fit(still(0), np.zeros((0, 2)), CANONICAL)) == 0


def test_the_canonical_body_at_rest_stays_at_rest() -> None:
    motion = fit(still(), np.ones((1, 2)), CANONICAL)
    assert np.degrees(quat.angle(motion.rotations.astype(float), still().rotations.astype(float)).max()) < 9.0
    assert abs(float(motion.hips[0, 1]) - CANONICAL.hips_height) < 0.01


def test_the_hull_of_the_mannequin_is_its_mesh() -> None:
    body = body_of("mannequin")
    hull, rest = body.skeleton.hull, body.skeleton.rest
    assert hull is not None
    for side, name in enumerate(("left", "right")):
        soles = (hull.foot[side] + rest[BONE_INDEX[name + "Foot"]], hull.toes[side] + rest[BONE_INDEX[name + "Toes"]])
        assert abs(min(s[:, 1].min() for s in soles)) < 1e-6
    top = rest[BONE_INDEX["head"], 1] + hull.head.centre[1] + hull.head.radii[1]
    assert abs(top - body.skeleton.height) < 1e-6
    guess = guess_hull(body.skeleton)
    assert np.allclose(guess.head.radii, hull.head.radii, rtol=0.3)
    assert np.allclose(guess.trunk.radii, hull.trunk.radii, rtol=0.4)
