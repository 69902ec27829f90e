"""No arm crosses the face of any body while the project's songs are danced, and none jumps to get round it."""

import numpy as np
import pytest

from motion.dance.library import load_library
from motion.dance.plan import Plan, Step
from motion.dance.player import Dance
from motion.dance.sheet import metronome_song
from motion.rig import quat
from motion.rig.bones import BONE_INDEX
from motion.rig.cover import face_cover
from motion.rig.pose import GRID_HZ, Motion, joint_positions
from motion.rig.skeleton import CANONICAL
from performer.avatar.face_clear import clear_face
from performer.avatar.fit import fit
from performer.avatar.presets import avatar_path
from performer.avatar.proportions import proportions
from performer.avatar.vrm import read_vrm

_I = BONE_INDEX
NIYU = read_vrm(avatar_path("niyu")).skeleton


def swept(frames: int = 240) -> tuple[quat.Array, quat.Array]:
    """World rotations and joints of a standing body whose left forearm sweeps up past chin, mouth and eyes."""
    from motion.rig.pose import rest_motion

    motion = rest_motion(NIYU, frames)
    turns = motion.rotations.astype(np.float64)
    # The upper arm to the front and down, the elbow bent: the hand goes from the belly to above the brow.
    turns[:, _I["leftUpperArm"]] = quat.mul(
        quat.from_yaw(np.radians(-85.0)), quat.from_axis_angle(np.array([0.0, 0.0, 1.0]), np.radians(-15.0))
    )
    up = np.radians(np.linspace(-20.0, 115.0, frames))
    turns[:, _I["leftLowerArm"]] = quat.mul(
        quat.from_yaw(np.radians(np.full(frames, -65.0))), quat.from_axis_angle(np.array([0.0, 0.0, 1.0]), up)
    )
    placed, turned = joint_positions(Motion(turns.astype(np.float32), motion.hips, motion.root), NIYU)
    return placed, turned


def test_a_forearm_that_sweeps_over_the_face_goes_round_it_without_a_jump() -> None:
    body = proportions(NIYU)
    placed, turned = swept()
    before = face_cover(placed, turned, body.skull, body.palm)
    hand = placed[:, _I["leftHand"]].copy()
    clear_face(body, turned, placed)
    after = face_cover(placed, turned, body.skull, body.palm)
    assert before.share > 0.2
    assert after.share < 0.25 * before.share
    pushed = placed[:, _I["leftHand"]] - hand
    step = np.linalg.norm(np.diff(pushed, axis=0), axis=1)
    # It takes many frames to swing out and back, not one.
    assert step.max() < 0.12 * np.linalg.norm(pushed, axis=1).max()
    lengths = np.linalg.norm(placed[:, _I["leftHand"]] - placed[:, _I["leftLowerArm"]], axis=1)
    assert np.ptp(lengths) < 1e-6


def test_arms_that_are_nowhere_near_stay_as_they_are() -> None:
    body = proportions(NIYU)
    motion = Motion(
        np.tile(quat.IDENTITY.astype(np.float32), (5, 55, 1)),
        np.tile(CANONICAL.rest[0].astype(np.float32), (5, 1)),
        np.zeros((5, 4), np.float32),
    )
    placed, turned = joint_positions(motion, NIYU)
    kept = turned.copy()
    clear_face(body, turned, placed)
    assert (turned == kept).all()


@pytest.mark.parametrize("avatar", ["niyu", "moheng"])
def test_moves_that_are_danced_leave_the_face_free(avatar: str) -> None:
    skeleton = read_vrm(avatar_path(avatar)).skeleton
    body = proportions(skeleton)
    library = load_library()
    names = (
        "heart_big",
        "clap_up",
        "salute",
        "look_far",
        "sparkle",
        "peace_side",
        "peace_eye",
        "hook_star",
        "arm_circle",
    )
    song = metronome_song(120.0, len(names) + 2)
    plan = Plan(steps=[Step(bar=bar + 1, bars=1, move=name, energy=1.2) for bar, name in enumerate(names)])
    dance = Dance(plan, song, library).frames(0, round(song.duration * GRID_HZ))
    placed, turned = joint_positions(fit(dance.motion, dance.contacts, skeleton), skeleton)
    found = face_cover(placed, turned, body.skull, body.palm)
    assert not found.inside.any()
    assert found.share < 0.02
