"""Carry motion of the canonical body onto an avatar: its proportions, its rest pose, its floor, its hands.

Every frame is worked out from itself alone, elementwise, so any window of frames gives the same bits.

1. Limits; then world rotations are copied, corrected by the difference of the two rest poses.
2. The pelvis moves scaled by leg length; the feet go where the canonical feet go, scaled, soles on the floor.
3. Legs reach their feet, arms reach each other where the canonical hands are near each other (two-bone IK).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from motion.rig import quat
from motion.rig.bones import BONE_INDEX, BONE_PARENT, BONES
from motion.rig.ik import two_bone
from motion.rig.limits import limit_rotations
from motion.rig.pose import Motion
from motion.rig.quat import Array
from motion.rig.skeleton import CANONICAL, Skeleton

__all__ = ["fit"]

_UP = np.array([0.0, 1.0, 0.0])
_FORWARD = np.array([0.0, 0.0, 1.0])
# Hands nearer than NEAR metres (canonical body) are held together fully, beyond FAR not at all.
_NEAR, _FAR = 0.16, 0.34
# Distance of the hands' middle from the middle of the head: nearer than the first, they belong to the head.
_AT_HEAD, _OFF_HEAD = 0.22, 0.42
# Palm: from the wrist towards the fingers, metres on the canonical body.
_PALM = 0.075
_I = BONE_INDEX
_SIDES = ("left", "right")
# Bones whose direction in the rest pose is brought to the canonical one: bone -> the joint it points to.
_ALIGNED = {
    side + bone: side + to
    for side in _SIDES
    for bone, to in (
        ("UpperArm", "LowerArm"),
        ("LowerArm", "Hand"),
        ("UpperLeg", "LowerLeg"),
        ("LowerLeg", "Foot"),
        ("Hand", "MiddleProximal"),
    )
}


@dataclass(frozen=True, slots=True)
class _Plan:
    """Everything about one avatar that does not change over time."""

    ratio: float
    arm_ratio: float
    head_ratio: float
    source: NDArray[np.intp]
    align: Array
    aligned: bool
    offsets: Array
    present: NDArray[np.bool_]
    pelvis: Array
    head: Array
    shift: Array
    toe: Array
    sole: Array
    tip: Array
    palm: Array
    reach: Array


@dataclass(frozen=True, slots=True)
class _Key:
    """A skeleton as a dictionary key: by content."""

    rest: bytes
    present: bytes
    height: float


def fit(motion: Motion, contacts: NDArray[np.floating], skeleton: Skeleton) -> Motion:
    """Canonical `motion` on `skeleton`.

    Args:
        contacts: (frames, 2) 0..1, how firmly the left and right foot are planted; a planted sole is put on the floor.
        skeleton: of the avatar, as `read_vrm` gives it.

    Returns:
        Motion of the avatar: rotations of absent bones are the identity, hips and root in metres of the avatar.
    """
    rest = np.ascontiguousarray(skeleton.rest, np.float64)
    plan = _plan(_Key(rest.tobytes(), np.ascontiguousarray(skeleton.present).tobytes(), float(skeleton.height)))
    frames = len(motion)
    if not frames:
        return motion
    planted = np.clip(np.nan_to_num(np.asarray(contacts, np.float64)), 0.0, 1.0)
    turned_c, placed_c = _canonical(motion)
    turned = quat.mul(turned_c[:, plan.source], plan.align) if plan.aligned else turned_c[:, plan.source].copy()
    for bone in np.flatnonzero(~plan.present):
        turned[:, bone] = turned[:, BONE_PARENT[bone]]

    feet, ankles = _feet(plan, turned_c, placed_c, planted)
    pelvis_c = 0.5 * (placed_c[:, _I["leftUpperLeg"]] + placed_c[:, _I["rightUpperLeg"]])
    rest_c = 0.5 * (CANONICAL.rest[_I["leftUpperLeg"]] + CANONICAL.rest[_I["rightUpperLeg"]])
    hips_rest = plan.offsets[0]
    pelvis = plan.pelvis + plan.ratio * (pelvis_c - rest_c)
    hips = pelvis - quat.rotate(turned[:, 0], plan.pelvis - hips_rest)
    hips[:, 1] -= _drop(plan, turned, hips, ankles, planted)

    placed = _place(plan, turned, hips)
    for side, name in enumerate(_SIDES):
        u, low, foot = (_I[name + b] for b in ("UpperLeg", "LowerLeg", "Foot"))
        pole = quat.rotate(turned_c[:, u], _FORWARD)
        leg = two_bone(placed[:, u], placed[:, low], placed[:, foot], ankles[side], pole=pole, soft=0.004)
        turned[:, u] = quat.mul(leg.upper, turned[:, u])
        turned[:, low] = quat.mul(leg.lower, turned[:, low])
        turned[:, foot] = feet[side]
    _join_hands(plan, turned_c, placed_c, turned, placed)

    local = np.empty_like(turned)
    local[:, 0] = turned[:, 0]
    local[:, 1:] = quat.mul(quat.conj(turned[:, list(BONE_PARENT[1:])]), turned[:, 1:])
    local[:, ~plan.present] = quat.IDENTITY
    root = np.array(motion.root, np.float64)
    root[:, [0, 1, 3]] *= plan.ratio
    return Motion(
        quat.normalize(local).astype(np.float32), hips.astype(np.float32), root.astype(np.float32), motion.rate
    )


def _canonical(motion: Motion) -> tuple[Array, Array]:
    """World rotations and positions of the canonical body, limits held, relative to its root."""
    local = limit_rotations(motion.rotations)
    turned = np.empty_like(local)
    placed = np.empty((*local.shape[:2], 3))
    turned[:, 0] = local[:, 0]
    placed[:, 0] = motion.hips
    offsets = CANONICAL.offsets
    for level in _LEVELS:
        parents = [BONE_PARENT[bone] for bone in level]
        turned[:, level] = quat.mul(turned[:, parents], local[:, level])
        placed[:, level] = placed[:, parents] + quat.rotate(turned[:, parents], offsets[level])
    return turned, placed


def _place(plan: _Plan, turned: Array, hips: Array) -> Array:
    """Positions of the avatar's joints from their world rotations."""
    placed = np.empty((*turned.shape[:2], 3))
    placed[:, 0] = hips
    for level in _LEVELS:
        parents = [BONE_PARENT[bone] for bone in level]
        placed[:, level] = placed[:, parents] + quat.rotate(turned[:, parents], plan.offsets[level])
    return placed


# The shift of the stance is whole while she faces within acos(1 / 1.6) = 51 degrees of front or back.
_FACING = 1.6


def _feet(plan: _Plan, turned_c: Array, placed_c: Array, planted: Array) -> tuple[list[Array], list[Array]]:
    """World rotation of each foot and where its ankle goes.

    The ball of the foot, not the ankle, follows the scaled canonical one: a foot that stands on its ball then stands
    still whatever the length of the foot.
    """
    turns: list[Array] = []
    ankles: list[Array] = []
    ahead_of_pelvis = _flat(quat.rotate(turned_c[:, 0], _FORWARD))
    for side, name in enumerate(_SIDES):
        foot, toes = _I[name + "Foot"], _I[name + "Toes"]
        turn = turned_c[:, foot]
        # The stance is as wide as the model's own hips. The difference stands still on the stage, so that it drags no
        # planted foot along, and changes sides only while she turns her back.
        way = np.clip(_FACING * ahead_of_pelvis[:, 2], -1.0, 1.0)
        ball = plan.ratio * placed_c[:, toes]
        ball[:, 0] += way * plan.shift[side, 0]
        ball[:, 2] += way * plan.shift[side, 2]
        ball[:, 1] += plan.shift[side, 1]
        toe_turn = turned_c[:, toes] if plan.present[toes] else turn
        low = np.min(
            np.concatenate(
                (
                    quat.rotate(turn[:, None], plan.sole[side])[..., 1],
                    quat.rotate(toe_turn, plan.tip[side])[:, 1:2],
                ),
                axis=1,
            ),
            axis=1,
        )
        low = low + ball[:, 1]
        ball[:, 1] -= np.where(low < 0.0, low, planted[:, side] * low)
        turns.append(turn)
        ankles.append(ball - quat.rotate(turn, plan.toe[side]))
    return turns, ankles


def _drop(
    plan: _Plan,
    turned: Array,
    hips: Array,
    ankles: list[Array],
    planted: Array,
) -> Array:
    """How far the hips must sink so that planted feet are within reach, metres (frames,)."""
    drop = np.zeros(len(hips))
    for side, name in enumerate(_SIDES):
        joint = hips + quat.rotate(turned[:, 0], plan.offsets[_I[name + "UpperLeg"]])
        gap = joint - ankles[side]
        tall = np.sqrt(np.maximum(plan.reach[side] ** 2 - gap[:, 0] ** 2 - gap[:, 2] ** 2, 0.0))
        drop = np.maximum(drop, planted[:, side] * np.maximum(gap[:, 1] - tall, 0.0))
    return np.minimum(drop, 0.5 * plan.reach.mean())


def _join_hands(
    plan: _Plan,
    turned_c: Array,
    placed_c: Array,
    turned: Array,
    placed: Array,
) -> None:
    """Bring the avatar's palms together where the canonical ones are near each other; changes `turned`."""
    hands = [_I["leftHand"], _I["rightHand"]]
    palms_c = placed_c[:, hands] + quat.rotate(turned_c[:, hands], np.array([[_PALM, 0, 0], [-_PALM, 0, 0]]))
    apart = palms_c[:, 0] - palms_c[:, 1]
    near = _smooth(np.sqrt(np.sum(apart * apart, axis=-1)), _FAR, _NEAR)[:, None]
    busy = np.flatnonzero(near[:, 0] > 0.0)
    if not len(busy):
        return
    turned_c, placed_c, palms_c, apart, near = (a[busy] for a in (turned_c, placed_c, palms_c, apart, near))
    middle_c = 0.5 * (palms_c[:, 0] + palms_c[:, 1])
    shoulders = [_I["leftUpperArm"], _I["rightUpperArm"]]
    from_chest = placed[busy][:, shoulders].mean(axis=1) + plan.arm_ratio * (
        middle_c - placed_c[:, shoulders].mean(axis=1)
    )
    head = _I["head"]
    centre_c = placed_c[:, head] + quat.rotate(turned_c[:, head], _HEAD_CENTRE)
    centre = placed[busy, head] + quat.rotate(turned[busy, head], plan.head)
    from_head = centre + plan.head_ratio * (middle_c - centre_c)
    off = middle_c - centre_c
    at_head = _smooth(np.sqrt(np.sum(off * off, axis=-1)), _OFF_HEAD, _AT_HEAD)[:, None]
    middle = from_chest + at_head * (from_head - from_chest)
    for side, name in enumerate(_SIDES):
        u, low, hand = (_I[name + b] for b in ("UpperArm", "LowerArm", "Hand"))
        sign = 0.5 if side == 0 else -0.5
        wrist = middle + sign * plan.arm_ratio * apart - quat.rotate(turned[busy, hand], plan.palm[side])
        now = placed[busy, hand]
        arm = two_bone(placed[busy, u], placed[busy, low], now, now + near * (wrist - now), soft=0.01)
        turned[busy, u] = quat.mul(arm.upper, turned[busy, u])
        turned[busy, low] = quat.mul(arm.lower, turned[busy, low])


def _smooth(x: Array, zero: float, one: float) -> Array:
    t = np.clip((x - zero) / (one - zero), 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


def _flat(v: Array) -> Array:
    """The horizontal direction of (frames, 3)."""
    flat = v * np.array([1.0, 0.0, 1.0])
    return flat / np.maximum(np.sqrt(np.sum(flat * flat, axis=-1, keepdims=True)), 1e-9)


def _levels() -> tuple[list[int], ...]:
    depth = [0] * len(BONES)
    for bone in range(1, len(BONES)):
        depth[bone] = depth[BONE_PARENT[bone]] + 1
    return tuple([b for b in range(len(BONES)) if depth[b] == d] for d in range(1, max(depth) + 1))


_LEVELS = _levels()
_HEAD_CENTRE = np.array([0.0, 0.5 * (CANONICAL.height - CANONICAL.rest[_I["head"], 1]), 0.01])


@lru_cache(maxsize=16)
def _plan(key: _Key) -> _Plan:
    rest = np.frombuffer(key.rest).reshape(len(BONES), 3)
    present = np.frombuffer(key.present, np.bool_)
    skeleton = Skeleton(rest, present, key.height)
    ratio = skeleton.leg_length / CANONICAL.leg_length
    # A torso joint that the model lacks is danced by the one below it, so that everything above arrives right.
    source = np.arange(len(BONES))
    for bone, above in (("upperChest", ()), ("chest", ("upperChest",)), ("spine", ("chest", "upperChest"))):
        for name in above:
            if present[_I[name]]:
                break
            source[_I[bone]] = _I[name]
    shift, toe, sole, tip = (np.zeros((2, *shape)) for shape in ((3,), (3,), (2, 3), (3,)))
    palm = np.zeros((2, 3))
    reach = np.zeros(2)
    for side, name in enumerate(_SIDES):
        ankle = rest[_I[name + "Foot"]]
        if present[_I[name + "Toes"]]:
            ball = rest[_I[name + "Toes"]]
        else:
            canonical = CANONICAL.rest[_I[name + "Toes"]] - CANONICAL.rest[_I[name + "Foot"]]
            ball = ankle + ratio * canonical
            ball[1] = min(ball[1], 0.5 * ankle[1])
        shift[side] = ball - ratio * CANONICAL.rest[_I[name + "Toes"]]
        toe[side] = ball - ankle
        length = float(np.hypot(toe[side, 0], toe[side, 2]))
        # Points of the sole, from the ball: under the ball, under the heel; and the tip of the toes.
        sole[side] = (0.0, -ball[1], 0.0), (ankle[0] - ball[0], -ball[1], ankle[2] - ball[2] - 0.35 * length)
        tip[side] = (0.0, -ball[1], 0.55 * length)
        hand = rest[_I[name + "Hand"]]
        fingers = rest[_I[name + "MiddleProximal"]] - hand
        arm_ratio = skeleton.arm_length / CANONICAL.arm_length
        along = hand - rest[_I[name + "LowerArm"]]
        along = along / np.linalg.norm(along)
        knuckles = float(np.linalg.norm(fingers))
        palm[side] = fingers * 0.88 if knuckles > 1e-4 else along * _PALM * arm_ratio
        legs = rest[[_I[name + b] for b in ("UpperLeg", "LowerLeg", "Foot")]]
        reach[side] = 0.995 * np.linalg.norm(np.diff(legs, axis=0), axis=-1).sum()
    align = _alignment(rest, present)
    head = np.array([0.0, 0.5 * (key.height - rest[_I["head"], 1]), 0.01 * ratio])
    return _Plan(
        ratio=ratio,
        arm_ratio=skeleton.arm_length / CANONICAL.arm_length,
        head_ratio=float(head[1] / _HEAD_CENTRE[1]),
        source=source,
        align=align,
        aligned=bool(np.abs(align - quat.IDENTITY).max() > 1e-9),
        offsets=skeleton.offsets,
        present=present,
        pelvis=0.5 * (rest[_I["leftUpperLeg"]] + rest[_I["rightUpperLeg"]]),
        head=head,
        shift=shift,
        toe=toe,
        sole=sole,
        tip=tip,
        palm=palm,
        reach=reach,
    )


def _alignment(rest: Array, present: NDArray[np.bool_]) -> Array:
    """(55, 4): turn of each bone's own rest direction onto the canonical one; fingers go with their hand."""
    align = np.tile(quat.IDENTITY, (len(BONES), 1))
    for bone, to in _ALIGNED.items():
        b, t = _I[bone], _I[to]
        own, canonical = rest[t] - rest[b], CANONICAL.rest[t] - CANONICAL.rest[b]
        if present[b] and present[t] and np.linalg.norm(own) > 1e-4:
            align[b] = quat.between(own, canonical)
    for side in _SIDES:
        hand = _I[side + "Hand"]
        if not present[_I[side + "MiddleProximal"]]:
            align[hand] = align[_I[side + "LowerArm"]]
        for bone in BONES:
            if bone.name.startswith(side) and any(
                f in bone.name for f in ("Thumb", "Index", "Middle", "Ring", "Little")
            ):
                align[_I[bone.name]] = align[hand]
    return align
