"""Quaternions over arrays, in one convention for the whole project.

x, y, z, w; unit length; right-handed; y up; local to the parent; `mul(a, b)` turns by b first, then by a.
All functions take and return arrays of shape (..., 4) or (..., 3) and broadcast their leading axes.
Nothing about bones or time belongs here.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "Array",
    "IDENTITY",
    "mul",
    "conj",
    "cross",
    "rotate",
    "normalize",
    "from_axis_angle",
    "from_rotation_vector",
    "to_rotation_vector",
    "from_yaw",
    "from_euler_yxz",
    "to_euler_yxz",
    "from_matrix",
    "to_matrix",
    "between",
    "slerp",
    "nlerp",
    "angle",
    "unroll",
    "swing_twist",
    "mirror_x",
]

Array = NDArray[np.floating]

IDENTITY: NDArray[np.float64] = np.array([0.0, 0.0, 0.0, 1.0])
IDENTITY.setflags(write=False)
_TINY = 1e-12


def mul(a: ArrayLike, b: ArrayLike) -> Array:
    """Hamilton product: the rotation that applies `b`, then `a`."""
    a, b = np.asarray(a), np.asarray(b)
    ax, ay, az, aw = a[..., 0], a[..., 1], a[..., 2], a[..., 3]
    bx, by, bz, bw = b[..., 0], b[..., 1], b[..., 2], b[..., 3]
    return np.stack(
        (
            aw * bx + ax * bw + ay * bz - az * by,
            aw * by - ax * bz + ay * bw + az * bx,
            aw * bz + ax * by - ay * bx + az * bw,
            aw * bw - ax * bx - ay * by - az * bz,
        ),
        axis=-1,
    )


def conj(q: ArrayLike) -> Array:
    """Inverse of a unit quaternion."""
    return np.asarray(q) * np.array([-1.0, -1.0, -1.0, 1.0], dtype=np.asarray(q).dtype)


def cross(a: ArrayLike, b: ArrayLike) -> Array:
    """Cross product of (..., 3); for small arrays several times as quick as numpy's own, to the same bits."""
    a, b = np.asarray(a), np.asarray(b)
    ax, ay, az = a[..., 0], a[..., 1], a[..., 2]
    bx, by, bz = b[..., 0], b[..., 1], b[..., 2]
    return np.stack((ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx), axis=-1)


def rotate(q: ArrayLike, v: ArrayLike) -> Array:
    """Turn vectors `v` (..., 3) by `q` (..., 4)."""
    q, v = np.asarray(q), np.asarray(v)
    u, w = q[..., :3], q[..., 3:]
    t = 2.0 * cross(u, v)
    return v + w * t + cross(u, t)


def normalize(q: ArrayLike) -> Array:
    """Scale to unit length; a zero quaternion becomes the identity."""
    q = np.asarray(q, dtype=np.float64)
    n = np.linalg.norm(q, axis=-1, keepdims=True)
    return np.where(n > _TINY, q / np.maximum(n, _TINY), IDENTITY)


def from_axis_angle(axis: ArrayLike, radians: ArrayLike) -> Array:
    """Rotation by `radians` (...) about unit `axis` (..., 3)."""
    half = np.asarray(radians, dtype=np.float64)[..., None] * 0.5
    axis = np.asarray(axis, dtype=np.float64)
    xyz = axis * np.sin(half)
    return np.concatenate((xyz, np.broadcast_to(np.cos(half), (*xyz.shape[:-1], 1))), axis=-1)


def from_rotation_vector(v: ArrayLike) -> Array:
    """Exponential map: axis times angle in radians (..., 3) to quaternion."""
    v = np.asarray(v, dtype=np.float64)
    theta = np.linalg.norm(v, axis=-1, keepdims=True)
    # sinc keeps the zero vector exact: np.sinc(x) = sin(pi x) / (pi x).
    return np.concatenate((0.5 * np.sinc(theta / (2.0 * np.pi)) * v, np.cos(theta * 0.5)), axis=-1)


def to_rotation_vector(q: ArrayLike) -> Array:
    """Logarithm: quaternion to axis times angle, angle in 0..pi."""
    q = np.asarray(q, dtype=np.float64)
    q = np.where(q[..., 3:] < 0.0, -q, q)
    n = np.linalg.norm(q[..., :3], axis=-1, keepdims=True)
    theta = 2.0 * np.arctan2(n, q[..., 3:])
    return np.where(n > _TINY, q[..., :3] * (theta / np.maximum(n, _TINY)), 2.0 * q[..., :3])


def from_yaw(radians: ArrayLike) -> Array:
    """Turn about +y; positive yaw turns the face towards the avatar's left (+x)."""
    return from_axis_angle(np.array([0.0, 1.0, 0.0]), radians)


def from_euler_yxz(yaw: ArrayLike, pitch: ArrayLike, roll: ArrayLike) -> Array:
    """Ry(yaw) Rx(pitch) Rz(roll), radians. Positive: to the left, forward (nod), towards the right side."""
    y, x, z = np.broadcast_arrays(np.asarray(yaw, float), np.asarray(pitch, float), np.asarray(roll, float))
    # +z by the right-hand rule carries +y towards -x, which is the avatar's right.
    return mul(
        from_axis_angle(np.array([0.0, 1.0, 0.0]), y),
        mul(from_axis_angle(np.array([1.0, 0.0, 0.0]), x), from_axis_angle(np.array([0.0, 0.0, 1.0]), z)),
    )


def to_euler_yxz(q: ArrayLike) -> Array:
    """Inverse of `from_euler_yxz`: (..., 3) = yaw, pitch, roll in radians."""
    x, y, z, w = np.moveaxis(np.asarray(q, dtype=np.float64), -1, 0)
    pitch = np.arcsin(np.clip(2.0 * (w * x - y * z), -1.0, 1.0))
    yaw = np.arctan2(2.0 * (x * z + w * y), 1.0 - 2.0 * (x * x + y * y))
    roll = np.arctan2(2.0 * (x * y + w * z), 1.0 - 2.0 * (x * x + z * z))
    return np.stack((yaw, pitch, roll), axis=-1)


def to_matrix(q: ArrayLike) -> Array:
    """(..., 4) to rotation matrices (..., 3, 3), columns are the turned axes."""
    x, y, z, w = np.moveaxis(np.asarray(q), -1, 0)
    rows = (
        np.stack((1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)), axis=-1),
        np.stack((2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)), axis=-1),
        np.stack((2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)), axis=-1),
    )
    return np.stack(rows, axis=-2)


def from_matrix(m: ArrayLike) -> Array:
    """Rotation matrices (..., 3, 3) to quaternions, w >= 0 (Shepperd's method, all cases at once)."""
    m = np.asarray(m, dtype=np.float64)
    m00, m11, m22 = m[..., 0, 0], m[..., 1, 1], m[..., 2, 2]
    a = m[..., 2, 1] - m[..., 1, 2]
    b = m[..., 0, 2] - m[..., 2, 0]
    c = m[..., 1, 0] - m[..., 0, 1]
    d = m[..., 0, 1] + m[..., 1, 0]
    e = m[..., 0, 2] + m[..., 2, 0]
    f = m[..., 1, 2] + m[..., 2, 1]
    candidates = np.stack(
        (
            np.stack((1 + m00 - m11 - m22, d, e, a), axis=-1),
            np.stack((d, 1 - m00 + m11 - m22, f, b), axis=-1),
            np.stack((e, f, 1 - m00 - m11 + m22, c), axis=-1),
            np.stack((a, b, c, 1 + m00 + m11 + m22), axis=-1),
        ),
        axis=-2,
    )
    best = np.argmax(np.stack((m00 - m11 - m22, m11 - m00 - m22, m22 - m00 - m11, m00 + m11 + m22), axis=-1), axis=-1)
    q = normalize(np.take_along_axis(candidates, best[..., None, None], axis=-2)[..., 0, :])
    return np.where(q[..., 3:] < 0.0, -q, q)


def between(a: ArrayLike, b: ArrayLike) -> Array:
    """Shortest rotation that turns direction `a` onto direction `b` (..., 3); lengths do not matter."""
    a, b = np.broadcast_arrays(np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64))
    na = a / np.maximum(np.linalg.norm(a, axis=-1, keepdims=True), _TINY)
    nb = b / np.maximum(np.linalg.norm(b, axis=-1, keepdims=True), _TINY)
    w = 1.0 + np.sum(na * nb, axis=-1, keepdims=True)
    q = np.concatenate((cross(na, nb), w), axis=-1)
    # Opposite directions: any axis across `a` will do; take the one least along it.
    helper = np.where(np.abs(na[..., :1]) < 0.9, np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0]))
    across = cross(na, helper)
    across /= np.maximum(np.linalg.norm(across, axis=-1, keepdims=True), _TINY)
    half_turn = np.concatenate((across, np.zeros_like(w)), axis=-1)
    return normalize(np.where(w < 1e-9, half_turn, q))


def nlerp(a: ArrayLike, b: ArrayLike, t: ArrayLike) -> Array:
    """Normalised linear blend along the shorter arc; cheap, fine for small angles."""
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    s = np.where(np.sum(a * b, axis=-1, keepdims=True) < 0.0, -1.0, 1.0)
    t = np.asarray(t)[..., None]
    return normalize(a * (1.0 - t) + b * (s * t))


def slerp(a: ArrayLike, b: ArrayLike, t: ArrayLike) -> Array:
    """Blend at constant angular speed along the shorter arc; `t` (...) in 0..1."""
    d = to_rotation_vector(mul(b, conj(a)))
    return mul(from_rotation_vector(d * np.asarray(t)[..., None]), np.asarray(a, dtype=np.float64))


def angle(a: ArrayLike, b: ArrayLike) -> Array:
    """Angle between two rotations in radians, 0..pi; q and -q are one rotation."""
    d = mul(conj(a), b)
    return 2.0 * np.arctan2(np.linalg.norm(d[..., :3], axis=-1), np.abs(d[..., 3]))


def unroll(q: ArrayLike, axis: int = 0) -> Array:
    """Choose signs along time `axis` so that neighbours lie in the same half of the sphere."""
    q = np.moveaxis(np.array(q, dtype=np.float64), axis, 0)
    if len(q) > 1:
        flips = np.where(np.sum(q[1:] * q[:-1], axis=-1) < 0.0, -1.0, 1.0)
        q[1:] *= np.cumprod(flips, axis=0)[..., None]
    return np.moveaxis(q, 0, axis)


def swing_twist(q: ArrayLike, axis: ArrayLike) -> tuple[Array, Array]:
    """Split q = swing * twist, with twist about unit `axis`. Returns (swing, twist)."""
    q, axis = np.asarray(q, dtype=np.float64), np.asarray(axis, dtype=np.float64)
    along = np.sum(q[..., :3] * axis, axis=-1, keepdims=True) * axis
    twist = normalize(np.concatenate((along, q[..., 3:]), axis=-1))
    return mul(q, conj(twist)), twist


def mirror_x(q: ArrayLike) -> Array:
    """The rotation seen in a mirror at x = 0."""
    return np.asarray(q) * np.array([1.0, -1.0, -1.0, 1.0])
