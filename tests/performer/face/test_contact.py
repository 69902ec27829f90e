"""Eyes on the camera: signs, limits, and giving up softly where the face has turned away."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from performer.face.contact import gaze_at
from performer.face.gaze import MAX_PITCH, MAX_YAW

AHEAD = np.zeros(2, np.float32)


def test_a_camera_to_the_left_and_below_turns_the_eyes_left_and_down() -> None:
    yaw, pitch = gaze_at(AHEAD, np.array([0.2, -0.1, 1.0]))
    assert yaw == pytest.approx(np.arctan2(0.2, 1.0), abs=1e-6)
    assert pitch == pytest.approx(np.arctan2(0.1, np.hypot(0.2, 1.0)), abs=1e-6)


def test_a_planned_glance_is_meant_from_the_camera() -> None:
    planned = np.array([-0.2, 0.05], np.float32)
    np.testing.assert_allclose(gaze_at(planned, np.array([0.0, 0.0, 3.0])), planned, atol=1e-7)
    aside = gaze_at(planned, np.array([0.3, 0.0, 3.0])) - planned
    np.testing.assert_allclose(aside, [np.arctan2(0.1, 1.0), 0.0], atol=1e-6)


def test_a_camera_behind_leaves_the_plan_and_a_live_face_its_own_gaze() -> None:
    planned = np.array([0.1, -0.1], np.float32)
    np.testing.assert_array_equal(gaze_at(planned, np.array([0.1, 0.0, -2.0])), planned)
    np.testing.assert_array_equal(gaze_at(planned, np.array([0.3, 0.1, 2.0]), share=0.0), planned)
    np.testing.assert_array_equal(gaze_at(planned, np.zeros(3)), planned)


def test_turning_away_never_makes_the_eyes_jump() -> None:
    turns = np.linspace(-np.pi, np.pi, 2000)
    path = np.stack([gaze_at(AHEAD, np.array([np.sin(a), 0.1, np.cos(a)])) for a in turns])
    assert np.abs(np.diff(path, axis=0)).max() < 0.01
    assert np.abs(path[:, 0]).max() == pytest.approx(MAX_YAW, abs=1e-6)


@given(st.lists(st.floats(-50.0, 50.0), min_size=3, max_size=3), st.floats(-0.6, 0.6), st.floats(-0.4, 0.4))
def test_the_eyes_stay_in_their_limits(point: list[float], yaw: float, pitch: float) -> None:
    planned = np.array([yaw, pitch], np.float32)
    found = gaze_at(planned, np.array(point))
    assert np.isfinite(found).all()
    assert (np.abs(found) <= np.maximum((MAX_YAW, MAX_PITCH), np.abs(planned)) + 1e-6).all()
