"""Where the eyes look on the stage: at the camera, from whatever pose the head is in."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from motion.rig import quat
from motion.rig.pose import Motion
from motion.rig.skeleton import CANONICAL
from stage.show.body import Pose, toward
from stage.show.pose_store import head_path
from tests.stage.show.staging import make_show


def random_pose(seed: int) -> Pose:
    rng = np.random.default_rng(seed)
    rotations = quat.normalize(rng.normal(size=(55, 4)) * 0.3 + [0.0, 0.0, 0.0, 1.0]).astype(np.float32)
    return Pose(rotations, rng.normal(0.0, 0.3, 3).astype(np.float32), rng.normal(0.0, 1.0, 4).astype(np.float32))


@given(st.integers(0, 10_000))
def test_the_chain_of_numbers_is_the_forward_kinematics_of_arrays(seed: int) -> None:
    pose, body = random_pose(seed), CANONICAL
    head = head_path(Motion(pose.rotations[None], pose.hips[None], pose.root[None]), body, 0.0)[0]
    away = np.array([0.3, 0.2, 4.0])
    apart = np.subtract(toward(pose, body, tuple(head + away)), toward(pose, body, tuple(head)))
    np.testing.assert_allclose(np.linalg.norm(apart), np.linalg.norm(away), atol=1e-5)
    to_joint = np.asarray(toward(pose, body, tuple(head)))
    assert abs(to_joint[0]) < 1e-5, "the joint lies under and behind the point between the eyes"
    assert to_joint[1] < 0.0
    assert to_joint[2] < 0.0


def test_a_body_that_turns_sees_a_point_wander_to_its_other_side() -> None:
    body = CANONICAL
    rotations = np.zeros((55, 4), np.float32)
    rotations[:, 3] = 1.0
    hips = np.array([0.0, body.hips_height, 0.0], np.float32)
    for yaw in (-0.5, 0.0, 0.5):
        pose = Pose(rotations, hips, np.array([0.0, 0.0, yaw, 0.0], np.float32))
        x, _, z = toward(pose, body, (0.0, 1.5, 100.0))
        assert abs(np.arctan2(x, z) + yaw) < 0.01


def test_the_eyes_of_a_frame_look_at_its_camera_when_the_plan_does() -> None:
    show = make_show()
    off: list[float] = []
    for t in np.arange(0.0, 60.0, 0.05):
        frame = show.step(float(t))
        who = frame.performers[0]
        x, y, z = toward(Pose(who.rotations, who.hips, who.root), CANONICAL, frame.camera.position)
        planned = show.performance.face.gaze[round(float(t) * 60)]
        yaw, pitch = np.arctan2(x, z), np.arctan2(-y, np.hypot(x, z))
        if np.hypot(yaw, pitch) < 0.2:
            off.append(float(np.abs(who.gaze - planned - (yaw, pitch)).max()))
    assert len(off) > 10
    assert np.median(off) < 0.02
