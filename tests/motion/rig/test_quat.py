"""Quaternions: axioms of the group, round trips, and what each helper promises."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from motion.rig import quat

_VALUES = st.floats(-3.0, 3.0, allow_nan=False)
TURNS = st.tuples(_VALUES, _VALUES, _VALUES).map(lambda v: quat.from_rotation_vector(np.array(v)))
VECTORS = st.tuples(_VALUES, _VALUES, _VALUES).map(np.array)
QUICK = settings(max_examples=60, deadline=None)


def same(a: quat.Array, b: quat.Array, tolerance: float = 1e-6) -> bool:
    return float(quat.angle(a, b)) < tolerance


@QUICK
@given(TURNS, TURNS, TURNS, VECTORS)
def test_group_axioms(a: quat.Array, b: quat.Array, c: quat.Array, v: quat.Array) -> None:
    assert np.allclose(quat.mul(quat.mul(a, b), c), quat.mul(a, quat.mul(b, c)))
    assert np.allclose(quat.mul(a, quat.IDENTITY), a)
    assert np.allclose(quat.mul(a, quat.conj(a)), quat.IDENTITY)
    assert np.allclose(quat.rotate(quat.mul(a, b), v), quat.rotate(a, quat.rotate(b, v)))


@QUICK
@given(TURNS)
def test_round_trips(q: quat.Array) -> None:
    assert same(quat.from_matrix(quat.to_matrix(q)), q)
    assert same(quat.from_rotation_vector(quat.to_rotation_vector(q)), q)
    assert same(quat.from_euler_yxz(*quat.to_euler_yxz(q)), q, 1e-4)
    assert np.allclose(quat.mirror_x(quat.mirror_x(q)), q)


@QUICK
@given(TURNS, TURNS)
def test_slerp_ends(a: quat.Array, b: quat.Array) -> None:
    assert same(quat.slerp(a, b, 0.0), a)
    assert same(quat.slerp(a, b, 1.0), b)


@QUICK
@given(TURNS, st.sampled_from(range(3)))
def test_swing_and_twist_make_the_turn(q: quat.Array, column: int) -> None:
    axis = np.eye(3)[column]
    swing, twist = quat.swing_twist(q, axis)
    assert same(quat.mul(swing, twist), q)
    assert np.allclose(np.cross(twist[:3], axis), 0.0)


@QUICK
@given(VECTORS.filter(lambda v: np.linalg.norm(v) > 1e-2), VECTORS.filter(lambda v: np.linalg.norm(v) > 1e-2))
def test_between_turns_one_onto_the_other(a: quat.Array, b: quat.Array) -> None:
    turned = quat.rotate(quat.between(a, b), a / np.linalg.norm(a))
    assert np.allclose(turned, b / np.linalg.norm(b), atol=1e-4)
    assert np.allclose(quat.rotate(quat.between(a, -a), a), -a, atol=1e-6)


def test_unroll_makes_neighbours_near() -> None:
    q = quat.from_yaw(np.linspace(0, 20, 200)) * np.where(np.arange(200) % 3 == 0, -1.0, 1.0)[:, None]
    smooth = quat.unroll(q)
    assert (np.sum(smooth[1:] * smooth[:-1], axis=-1) > 0).all()
    assert float(quat.angle(smooth, q).max()) < 1e-6
