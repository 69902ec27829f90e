"""BVH, GLB and VRMA: there and back; broken ones end in the folder's own error and no other."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motion.rig import bvh, quat
from motion.rig.bvh_text import BvhError
from motion.rig.glb import GlbError, decode_glb, encode_glb
from motion.rig.pose import Motion, joint_positions, rest_motion
from motion.rig.skeleton import CANONICAL
from motion.rig.vrma import FaceTracks, VrmaError, decode_vrma, encode_vrma

ROOT = Path(__file__).resolve().parents[3]
QUICK = settings(max_examples=60, deadline=None)


def wild(frames: int, seed: int = 0) -> Motion:
    rng = np.random.default_rng(seed)
    rest = rest_motion(CANONICAL, frames)
    turns = quat.from_rotation_vector(rng.normal(0, 0.5, (frames, 55, 3))).astype(np.float32)
    return Motion(turns, rest.hips, rng.normal(0, 0.3, (frames, 4)).astype(np.float32))


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 1000), st.integers(1, 5))
def test_bvh_there_and_back(seed: int, frames: int) -> None:
    motion = wild(frames, seed)
    again, skeleton = bvh.decode_bvh(bvh.encode_bvh(motion, CANONICAL))
    assert np.allclose(joint_positions(motion, CANONICAL)[0], joint_positions(again, skeleton)[0], atol=1e-4)


BVH = bvh.encode_bvh(wild(2), CANONICAL)


@QUICK
@given(st.integers(0, len(BVH)), st.text(max_size=6), st.integers(0, 40))
def test_broken_bvh_is_one_error(at: int, put: str, cut: int) -> None:
    try:
        motion, _ = bvh.decode_bvh(BVH[:at] + put + BVH[at + cut :])
    except BvhError as error:
        assert "\n" not in str(error).strip()
    else:
        assert np.isfinite(motion.rotations).all()


@pytest.mark.parametrize("text", ["", "MOTION", "HIERARCHY", "HIERARCHY\nROOT hips\n{", BVH[:3000], BVH[:-20]])
def test_malformed_bvh_is_refused(text: str) -> None:
    with pytest.raises(BvhError):
        bvh.decode_bvh(text)


VRMA = encode_vrma(wild(4), CANONICAL, FaceTracks({"aa": np.linspace(0, 1, 4)}, np.full((4, 2), 0.1)))


def test_vrma_there_and_back() -> None:
    motion = wild(30, 3)
    again, skeleton = decode_vrma(encode_vrma(motion, CANONICAL))
    before, after = joint_positions(motion, CANONICAL)[0], joint_positions(again, skeleton)[0]
    eyes = [6, 7]
    assert np.allclose(np.delete(before, eyes, 1), np.delete(after, eyes, 1), atol=1e-4)


@QUICK
@given(st.lists(st.tuples(st.integers(0, len(VRMA) - 1), st.integers(0, 255)), max_size=6), st.integers(0, len(VRMA)))
def test_mutated_vrma_and_glb_is_accepted_or_refused(changes: list[tuple[int, int]], length: int) -> None:
    data = bytearray(VRMA)
    for at, value in changes:
        data[at] = value
    for broken in (bytes(data), bytes(data[:length])):
        try:
            glb = decode_glb(broken)
            assert glb.world.shape[1:] == (4, 4)
            for number in range(len(glb.document.accessors)):
                glb.accessor(number)
        except GlbError as error:
            assert str(error)
        try:
            decode_vrma(broken)
        except VrmaError as error:
            assert str(error)


def test_glb_there_and_back() -> None:
    glb = decode_glb(encode_glb({"asset": {"version": "2.0"}, "nodes": [{"translation": [1, 2, 3]}]}, b"abcd"))
    assert glb.binary == b"abcd"
    assert glb.world[0, :3, 3].tolist() == [1.0, 2.0, 3.0]


def test_vrma_loads_in_three_vrm_animation(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None or not (ROOT / "stage/web/node_modules/@pixiv/three-vrm-animation").is_dir():
        pytest.skip("node or stage/web/node_modules is absent")
    path = tmp_path / "dance.vrma"
    path.write_bytes(VRMA)
    script = Path(__file__).with_name("load_vrma.mjs")
    done = subprocess.run([node, script, path], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert {"hips", "leftUpperArm", "rightLowerArm"} <= set(found["rotations"])
    assert found["hips"]
    assert found["expressions"] == ["aa"]
