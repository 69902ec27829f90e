import numpy as np

from motion.rig import bvh, quat
from motion.rig.pose import Motion, joint_positions, rest_motion
from motion.rig.skeleton import CANONICAL
from performer.avatar.fit import fit
from performer.avatar.mannequin import build_mannequin
from performer.avatar.vrm import decode_vrm


def _wild(frames: int) -> Motion:
    rng = np.random.default_rng(0)
    rest = rest_motion(CANONICAL, frames)
    turns = quat.from_rotation_vector(rng.normal(0, 0.3, (frames, 55, 3))).astype(np.float32)
    return Motion(turns, rest.hips, rest.root)


def test_any_window_gives_the_same_bits() -> None:
    skeleton = decode_vrm(build_mannequin()).skeleton
    motion, planted = _wild(60), np.zeros((60, 2))
    whole = fit(motion, planted, skeleton)
    part = fit(motion.window(13, 41), planted[13:41], skeleton)
    assert np.array_equal(whole.rotations[13:41], part.rotations)
    assert np.array_equal(whole.hips[13:41], part.hips)


def test_bvh_round_trip_keeps_joints() -> None:
    motion = _wild(10)
    again, skeleton = bvh.decode_bvh(bvh.encode_bvh(motion, CANONICAL))
    assert np.allclose(joint_positions(motion, CANONICAL)[0], joint_positions(again, skeleton)[0], atol=1e-5)
