"""The face file: reads back, stays readable, refuses what makes no sense."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from performer.face.track import EXPRESSION_INDEX, FaceTrack, rest_face
from performer.face.track_file import FaceFileError, decode_face, encode_face


def test_a_face_reads_back_within_its_rounding() -> None:
    rng = np.random.default_rng(0)
    face = rest_face(100)
    for name in ("aa", "blink", "browInnerUp"):
        face.weights[:, EXPRESSION_INDEX[name]] = rng.random(100)
    face.gaze[:] = rng.uniform(-0.4, 0.4, (100, 2))
    again = decode_face(encode_face(face))
    np.testing.assert_allclose(again.weights, face.weights, atol=5.1e-4)
    np.testing.assert_allclose(again.gaze, face.gaze, atol=5.1e-5)
    assert again.rate == face.rate


def test_only_columns_that_move_are_written_and_by_name() -> None:
    face = rest_face(3)
    face.weights[1, EXPRESSION_INDEX["happy"]] = 0.25
    found = json.loads(encode_face(face))
    assert found["version"] == 1
    assert found["weights"] == {"happy": [0, 0.25, 0]}


def test_an_empty_face_reads_back() -> None:
    assert len(decode_face(encode_face(rest_face(0)))) == 0


def edited(**changes: object) -> bytes:
    found = json.loads(encode_face(rest_face(2))) | changes
    return json.dumps(found).encode()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not a face file"),
        (b"[]", "no version"),
        (b"[" * 100_000, "not a face file"),
        (edited(version=2), "newer"),
        (edited(frames=-1), "frames"),
        (edited(frames=True), "frames"),
        (edited(rate=0), "rate"),
        (edited(weights=[]), "weights"),
        (edited(weights={"smirk": [0, 0]}), "no expression 'smirk'"),
        (edited(weights={"aa": [0]}), "list of 2 numbers"),
        (edited(weights={"aa": [0, 1.5]}), r"0\.\.1"),
        (edited(weights={"aa": [0, "x"]}), "not a number"),
        (edited(weights={"aa": [0, 10**400]}), "too large"),
        (edited(weights={"aa": [0, float("nan")]}), r"0\.\.1"),
        (edited(gaze_yaw=[0, 7]), "must lie in"),
    ],
)
def test_nonsense_is_refused_in_a_sentence(data: bytes, says: str) -> None:
    with pytest.raises(FaceFileError, match=says):
        decode_face(data)


def accepted(data: bytes) -> FaceTrack | None:
    """The face, None where it is refused by our error; anything else fails the test."""
    try:
        return decode_face(data)
    except FaceFileError:
        return None


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=100), st.integers(0, 200))
def test_a_damaged_file_is_accepted_or_refused_with_our_error(noise: bytes, at: int) -> None:
    whole = encode_face(rest_face(5))
    face = accepted(whole[:at] + noise + whole[at + len(noise) :])
    assert face is None or (np.isfinite(face.weights).all() and face.weights.shape == (len(face), 70))
