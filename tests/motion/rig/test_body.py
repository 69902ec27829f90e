"""Springs, inverse kinematics, limits and measures against truth made by hand."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from motion.rig import contacts, quat
from motion.rig.bones import BONE_INDEX
from motion.rig.ik import two_bone
from motion.rig.limits import limit_rotations
from motion.rig.pose import joint_positions, rest_motion
from motion.rig.skeleton import CANONICAL
from motion.rig.spring import approach, capture_offset, capture_turn, decay, decay_turn, ease, spring

QUICK = settings(max_examples=50, deadline=None)
NUMBER = st.floats(-5.0, 5.0)


@QUICK
@given(NUMBER, NUMBER, st.floats(0.02, 1.0), st.integers(1, 40))
def test_spring_is_the_same_at_every_frame_rate(value: float, goal: float, half_life: float, parts: int) -> None:
    whole = spring(value, 1.0, goal, 0.7, half_life)
    x, v = np.asarray(value), np.asarray(1.0)
    y = np.asarray(value)
    for _ in range(parts):
        step = spring(x, v, goal, 0.7 / parts, half_life)
        x, v = step.value, step.speed
        y = approach(y, goal, 0.7 / parts, half_life)
    assert np.allclose((x, v), (whole.value, whole.speed), atol=1e-8)
    assert np.allclose(y, approach(value, goal, 0.7, half_life), atol=1e-8)


def test_a_switch_starts_without_a_jump_and_ends_at_zero() -> None:
    offset = capture_offset(1.0, 2.0, -0.5, 0.5)
    now, later, gone = decay(offset, 0.0, 0.1), decay(offset, 1e-5, 0.1), decay(offset, 5.0, 0.1)
    assert now.value == 1.5
    assert abs((later.value - now.value) / 1e-5 - 1.5) < 1e-2
    assert abs(gone.value) < 1e-9
    assert decay(capture_offset(1.0, 0.0, 1.0, 0.0), 0.3, 0.1).value == 0.0
    old, new = quat.from_yaw(1.0), quat.from_yaw(0.2)
    turn = capture_turn(old, quat.from_yaw(0.99), new, new, 0.01)
    assert float(quat.angle(decay_turn(new, turn, 0.0, 0.1), old)) < 1e-6
    assert float(quat.angle(decay_turn(new, turn, 5.0, 0.1), new)) < 1e-6
    assert (ease(0.0, 1.0), ease(0.5, 1.0), ease(2.0, 1.0)) == (0.0, 0.5, 1.0)


POINT = st.tuples(*[st.floats(-0.5, 0.5)] * 3).map(np.array)


@QUICK
@given(POINT)
def test_a_leg_reaches_keeps_its_length_and_bends_forward(target: quat.Array) -> None:
    start, mid, end = np.array([0, 0.9, 0.0]), np.array([0, 0.5, 0.02]), np.array([0, 0.1, 0.0])
    target = start + target * np.array([0.6, 0.5, 0.6]) + np.array([0, -0.4, 0])
    upper, lower = float(np.linalg.norm(mid - start)), float(np.linalg.norm(end - mid))
    leg = two_bone(start, mid, end, target, pole=np.array([0, 0, 1.0]))
    distance = float(np.linalg.norm(target - start))
    if abs(upper - lower) + 1e-3 < distance < upper + lower - 1e-3:
        assert np.allclose(leg.end, target, atol=1e-5)
    assert np.isclose(np.linalg.norm(leg.mid - start), upper)
    assert np.isclose(np.linalg.norm(leg.end - leg.mid), lower, atol=1e-5)
    assert np.allclose(start + quat.rotate(leg.upper, mid - start), leg.mid, atol=1e-5)
    assert np.allclose(leg.mid + quat.rotate(leg.lower, end - mid), leg.end, atol=1e-5)
    line = (leg.end - start) / np.linalg.norm(leg.end - start)
    out = leg.mid - start - np.dot(leg.mid - start, line) * line
    if np.linalg.norm(out) > 1e-2 and abs(line[2]) < 0.8:
        assert out[2] > 0.0, "the knee points forward"


def test_limits_hold_once_and_leave_what_is_inside() -> None:
    rng = np.random.default_rng(1)
    wild = quat.from_rotation_vector(rng.normal(0, 1.2, (40, 55, 3)))
    held = limit_rotations(wild)
    assert float(quat.angle(wild, held).max()) > 0.5
    assert float(quat.angle(limit_rotations(held), held).max()) < 1e-6
    calm = quat.from_rotation_vector(rng.normal(0, 0.005, (40, 55, 3)))
    assert np.array_equal(limit_rotations(calm), calm)


def test_measures_know_a_still_foot_a_sliding_foot_and_a_speed() -> None:
    still = joint_positions(rest_motion(CANONICAL, 120), CANONICAL)[0]
    assert contacts.skate(still, 60.0) == 0.0
    assert contacts.foot_contacts(still, 60.0).min() == 1.0
    assert contacts.mean_speed(still, 60.0) == 0.0
    moving = still.copy()
    moving[..., 0] += (np.arange(120) / 60.0)[:, None]
    assert contacts.skate(moving, 60.0) == 1.0
    assert contacts.foot_contacts(moving, 60.0).max() == 0.0
    assert np.isclose(contacts.mean_speed(moving, 60.0), 1.0)
    one = still.copy()
    one[:, BONE_INDEX["leftToes"], 0] += np.arange(120) / 60.0
    assert contacts.skate(one, 60.0) == 0.5
