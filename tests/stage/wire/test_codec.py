"""The frame's bytes: what goes in comes out, within the stated error; anything else is a FrameError."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from motion.rig import quat
from stage.wire.codec import FrameError, decode_frame, encode_frame, pack_rotations, unpack_rotations
from stage.wire.frame import Camera, Frame, LightBlock, PerformerFrame

GOLDEN = Path(__file__).parent / "golden" / "frames.json"


def random_frame(seed: int, performers: int = 1, weights: int = 7) -> Frame:
    rng = np.random.default_rng(seed)
    return Frame(
        sequence=int(rng.integers(2**32)),
        show_time=float(rng.uniform(0, 1e5)),
        media_time=float(rng.uniform(0, 1e4)),
        song=int(rng.integers(100)),
        flags=int(rng.integers(8)),
        camera=Camera(tuple(rng.normal(size=3)), tuple(rng.normal(size=3)), 0.5, 0.1, 3.0),
        light=LightBlock(1, 2, 0.5, 0, 0.25, 0.75, 1.0, 4, 3, 0.5),
        performers=tuple(
            PerformerFrame(
                id=i,
                flags=1,
                avatar=i,
                root=rng.normal(size=4).astype(np.float32),
                hips=rng.normal(size=3).astype(np.float32),
                rotations=quat.normalize(rng.normal(size=(55, 4))).astype(np.float32),
                gaze=rng.uniform(-1.5, 1.5, size=2).astype(np.float32),
                weights=rng.uniform(size=weights).astype(np.float32),
            )
            for i in range(performers)
        ),
    )


@given(st.integers(0, 2**31), st.integers(0, 4), st.integers(0, 80))
def test_what_goes_in_comes_out(seed: int, performers: int, weights: int) -> None:
    frame = random_frame(seed, performers, weights)
    data = encode_frame(frame)
    assert len(data) == 84 + performers * (366 + weights)
    back = decode_frame(data, dict.fromkeys(range(performers), weights))
    assert (back.sequence, back.show_time, back.media_time) == (frame.sequence, frame.show_time, frame.media_time)
    assert (back.song, back.flags) == (frame.song, frame.flags)
    np.testing.assert_allclose(back.camera.position, frame.camera.position, rtol=1e-6)
    assert back.light.beat_phase == frame.light.beat_phase
    assert back.light.lyric_line == frame.light.lyric_line
    for a, b in zip(frame.performers, back.performers, strict=True):
        np.testing.assert_array_equal(a.root, b.root)
        np.testing.assert_array_equal(a.hips, b.hips)
        assert np.degrees(quat.angle(a.rotations, b.rotations)).max() <= 0.007
        np.testing.assert_allclose(a.gaze, b.gaze, atol=5e-5)
        np.testing.assert_allclose(a.weights, b.weights, atol=0.5 / 255 + 1e-6)


def test_rest_pose_travels_exactly() -> None:
    rest = np.tile(np.array([0, 0, 0, 1], np.float32), (55, 1))
    np.testing.assert_array_equal(unpack_rotations(pack_rotations(rest)), rest)


def test_the_error_holds_where_all_four_components_are_alike() -> None:
    """The worst place of the smallest-three coding: rounding each component alone gives 0.0085 degrees there."""
    corners = 0.5 * np.array(np.meshgrid(*[[1.0, -1.0]] * 4)).reshape(4, -1).T
    q = quat.normalize(corners + np.random.default_rng(0).normal(scale=2e-4, size=(2000, 16, 4))).reshape(-1, 4)
    error = np.degrees(quat.angle(q, unpack_rotations(pack_rotations(q)).astype(np.float64)))
    assert error.max() <= 0.007


def test_a_rotation_and_its_negative_are_the_same_bytes() -> None:
    q = quat.normalize(np.random.default_rng(0).normal(size=(200, 4)))
    assert pack_rotations(q) == pack_rotations(-q)


@given(st.binary(max_size=600))
def test_garbage_is_a_frame_error(data: bytes) -> None:
    with pytest.raises(FrameError):
        decode_frame(data, {0: 5})


@given(st.integers(0, 900), st.integers(0, 255))
def test_a_changed_byte_is_read_or_refused(at: int, value: int) -> None:
    data = bytearray(encode_frame(random_frame(1, 2)))
    data[at % len(data)] = value
    try:
        frame = decode_frame(bytes(data), {0: 7, 1: 7})
    except FrameError:
        return
    assert all(np.isfinite(p.rotations).all() for p in frame.performers)


@pytest.mark.parametrize("cut", [0, 31, 83, 84, 200, 456])
def test_a_cut_frame_is_refused(cut: int) -> None:
    with pytest.raises(FrameError):
        decode_frame(encode_frame(random_frame(2, 1))[:cut], {0: 7})


def test_an_unknown_avatar_table_is_named() -> None:
    with pytest.raises(FrameError, match="avatar table 0 is not known"):
        decode_frame(encode_frame(random_frame(3, 1)), {})


def test_golden_vectors_still_hold() -> None:
    """The same file is read by vitest: both sides decode the same bytes to the same numbers."""
    for case in json.loads(GOLDEN.read_text()):
        counts = {int(k): v for k, v in case["weights"].items()}
        frame = decode_frame(bytes.fromhex(case["hex"]), counts)
        assert frame.sequence == case["sequence"]
        assert frame.media_time == case["mediaTime"]
        for performer, expected in zip(frame.performers, case["performers"], strict=True):
            np.testing.assert_allclose(performer.rotations.ravel(), expected["rotations"], atol=1e-6)
            np.testing.assert_allclose(performer.weights, expected["expressionWeights"], atol=1e-6)
            np.testing.assert_allclose(performer.gaze, expected["gaze"], atol=1e-6)
