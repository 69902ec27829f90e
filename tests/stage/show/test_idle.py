"""The idle loop: alive, without a seam, with both feet where they stand."""

import numpy as np
import pytest

from motion.rig import quat
from motion.rig.bones import BONE_INDEX
from motion.rig.pose import joint_positions
from performer.face.track import EXPRESSION_INDEX
from stage.show.idle import LOOP_FRAMES, idle_face, idle_motion
from tests.stage.show.staging import scaled

FEET = [BONE_INDEX["leftFoot"], BONE_INDEX["rightFoot"]]


@pytest.mark.parametrize("height", [0.5, 1.6, 2.4])
def test_feet_stand_while_hips_and_head_move(height: float) -> None:
    skeleton = scaled(height)
    positions, _ = joint_positions(idle_motion(skeleton), skeleton)
    scale = height / 1.6
    spread = np.ptp(positions, axis=0)
    assert spread[FEET].max() < 0.006 * scale
    assert 0.03 * scale < spread[BONE_INDEX["hips"], 0] < 0.12 * scale
    assert 0.03 * scale < spread[BONE_INDEX["head"]].max() < 0.15 * scale


def test_no_second_of_it_is_frozen_and_none_is_hasty() -> None:
    motion = idle_motion(scaled(1.6))
    later = np.roll(motion.rotations, -60, axis=0)
    moved = quat.angle(motion.rotations, later).max(axis=-1)
    assert moved.min() > 0.008
    step = quat.angle(motion.rotations, np.roll(motion.rotations, -1, axis=0))
    # The seam from the last frame to the first is one of these steps.
    assert step.max() * 60 < 0.6


def test_the_face_blinks_and_keeps_a_slight_smile() -> None:
    face = idle_face()
    blink = face.weights[:, EXPRESSION_INDEX["blink"]]
    assert np.count_nonzero((blink[1:] >= 0.9) & (blink[:-1] < 0.9)) == 5
    assert blink[[0, LOOP_FRAMES - 1]].max() < 1e-6
    assert (face.weights[:, EXPRESSION_INDEX["relaxed"]] > 0.05).all()
    assert np.ptp(face.gaze, axis=0).min() > 0.01
