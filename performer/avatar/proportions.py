"""What the fit needs to know of one avatar and what does not change over time: ratios, rest poses, soles, skull."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from motion.rig import quat
from motion.rig.bones import BONE_INDEX, BONE_PARENT, BONES
from motion.rig.hull import Ball, Hull
from motion.rig.quat import Array
from motion.rig.skeleton import CANONICAL, Skeleton
from performer.avatar.hull import ball_of_foot, guess_hull

__all__ = ["LEVELS", "SIDES", "Proportions", "proportions"]

_I = BONE_INDEX
SIDES: tuple[str, str] = ("left", "right")
# Bones whose direction in the rest pose is brought to the canonical one: bone -> the joint it points to.
_ALIGNED = {
    side + bone: side + to
    for side in SIDES
    for bone, to in (
        ("UpperArm", "LowerArm"),
        ("LowerArm", "Hand"),
        ("UpperLeg", "LowerLeg"),
        ("LowerLeg", "Foot"),
        ("Hand", "MiddleProximal"),
    )
}
# Palm and finger tips: from the wrist, metres on the canonical body.
_PALM = 0.075
_KNUCKLES = float(np.linalg.norm(CANONICAL.rest[_I["leftMiddleProximal"]] - CANONICAL.rest[_I["leftHand"]]))
# Feet longer than this many times the canonical ones, measured in legs, are pitched less, by as much.
_LONG_FOOT = 1.5


@dataclass(frozen=True, slots=True)
class Proportions:
    """Lengths in metres of the avatar; left and right in this order.

    ratio, arm_ratio, head_ratio: legs, arms and head against the canonical body.
    source: (55,) canonical bone that each bone copies. align: (55, 4) turn of its own rest direction onto the
    canonical one; aligned: whether any of these is not the identity.
    offsets: (55, 3) rest position from the parent. present: (55,).
    pelvis: (3,) middle of the hip joints. shift: (2, 3) of the ball of the foot against the scaled canonical one.
    toe: (2, 3) ball of the foot from the ankle. foot, toes: (2, points, 3) sole, from the ankle and the toes joint.
    tilt: 0..1 share of a foot's pitch that a foot as long as this can follow.
    palm: (2, 3) from the wrist. reach: (2,) length of each leg, hardly bent. arms: (2,) length of each arm.
    skull, trunk: on the head and the chest bone; canonical_skull for comparison.
    """

    ratio: float
    arm_ratio: float
    head_ratio: float
    source: NDArray[np.intp]
    align: Array
    aligned: bool
    offsets: Array
    present: NDArray[np.bool_]
    pelvis: Array
    shift: Array
    toe: Array
    foot: Array
    toes: Array
    tilt: float
    palm: Array
    reach: Array
    arms: Array
    skull: Ball
    trunk: Ball


@dataclass(frozen=True, slots=True)
class _Key:
    """A skeleton as a dictionary key: by content."""

    rest: bytes
    present: bytes
    height: float
    hull: bytes | None


def proportions(skeleton: Skeleton) -> Proportions:
    """Work out, or remember, the proportions of a skeleton."""
    return _kept(
        _Key(
            np.ascontiguousarray(skeleton.rest, np.float64).tobytes(),
            np.ascontiguousarray(skeleton.present).tobytes(),
            float(skeleton.height),
            skeleton.hull.key() if skeleton.hull else None,
        )
    )


def _levels() -> tuple[tuple[list[int], list[int]], ...]:
    depth = [0] * len(BONES)
    for bone in range(1, len(BONES)):
        depth[bone] = depth[BONE_PARENT[bone]] + 1
    levels = [[b for b in range(len(BONES)) if depth[b] == d] for d in range(1, max(depth) + 1)]
    return tuple((level, [BONE_PARENT[bone] for bone in level]) for level in levels)


# Bones of equal depth and their parents, from the hips outward: forward kinematics in so many steps.
LEVELS: tuple[tuple[list[int], list[int]], ...] = _levels()
_CANONICAL_HULL = guess_hull(CANONICAL)


@lru_cache(maxsize=16)
def _kept(key: _Key) -> Proportions:
    rest = np.frombuffer(key.rest).reshape(len(BONES), 3)
    present = np.frombuffer(key.present, np.bool_)
    bare = Skeleton(rest, present, key.height)
    hull = Hull.from_key(key.hull) if key.hull is not None else guess_hull(bare)
    ratio, arm_ratio = bare.leg_length / CANONICAL.leg_length, bare.arm_length / CANONICAL.arm_length
    shift, toe, palm = np.zeros((2, 3)), np.zeros((2, 3)), np.zeros((2, 3))
    reach, arms = np.zeros(2), np.zeros(2)
    for side, name in enumerate(SIDES):
        ball = ball_of_foot(bare, name)
        shift[side] = ball - ratio * CANONICAL.rest[_I[name + "Toes"]]
        toe[side] = ball - rest[_I[name + "Foot"]]
        hand = rest[_I[name + "Hand"]]
        fingers = rest[_I[name + "MiddleProximal"]] - hand
        along = hand - rest[_I[name + "LowerArm"]]
        along = along / np.linalg.norm(along)
        seen = float(np.linalg.norm(fingers)) > 1e-4
        palm[side] = fingers * (_PALM / _KNUCKLES) if seen else along * _PALM * arm_ratio
        reach[side] = 0.995 * _length(rest, *(name + b for b in ("UpperLeg", "LowerLeg", "Foot")))
        arms[side] = _length(rest, *(name + b for b in ("UpperArm", "LowerArm", "Hand")))
    align = _alignment(rest, present)
    own_foot, canonical_foot = _foot_length(hull, bare), _foot_length(_CANONICAL_HULL, CANONICAL)
    return Proportions(
        ratio=ratio,
        arm_ratio=arm_ratio,
        head_ratio=float(hull.head.radii[1] / _CANONICAL_HULL.head.radii[1]),
        source=_sources(present),
        align=align,
        aligned=bool(np.abs(align - quat.IDENTITY).max() > 1e-9),
        offsets=bare.offsets,
        present=present,
        pelvis=0.5 * (rest[_I["leftUpperLeg"]] + rest[_I["rightUpperLeg"]]),
        shift=shift,
        toe=toe,
        foot=hull.foot,
        toes=hull.toes,
        tilt=min(1.0, _LONG_FOOT * ratio * canonical_foot / max(own_foot, 1e-6)),
        palm=palm,
        reach=reach,
        arms=arms,
        skull=hull.head,
        trunk=hull.trunk,
    )


def _sources(present: NDArray[np.bool_]) -> NDArray[np.intp]:
    """A torso joint that the model lacks is danced by the one below it, so that everything above arrives right."""
    source = np.arange(len(BONES))
    for bone, above in (("chest", ("upperChest",)), ("spine", ("chest", "upperChest"))):
        for name in above:
            if present[_I[name]]:
                break
            source[_I[bone]] = _I[name]
    return source


def _length(rest: Array, *joints: str) -> float:
    points = rest[[_I[joint] for joint in joints]]
    return float(np.linalg.norm(np.diff(points, axis=0), axis=-1).sum())


def _foot_length(hull: Hull, skeleton: Skeleton) -> float:
    """From heel to toe tip, metres, the longer of the two feet."""
    lengths: list[float] = []
    for side, name in enumerate(SIDES):
        ahead = np.concatenate(
            (
                hull.foot[side, :, 2] + skeleton.rest[_I[name + "Foot"], 2],
                hull.toes[side, :, 2] + skeleton.rest[_I[name + "Toes"], 2],
            )
        )
        lengths.append(float(np.ptp(ahead)))
    return max(lengths)


def _alignment(rest: Array, present: NDArray[np.bool_]) -> Array:
    """(55, 4): turn of each bone's own rest direction onto the canonical one; fingers go with their hand."""
    align = np.tile(quat.IDENTITY, (len(BONES), 1))
    for bone, to in _ALIGNED.items():
        b, t = _I[bone], _I[to]
        own, canonical = rest[t] - rest[b], CANONICAL.rest[t] - CANONICAL.rest[b]
        if present[b] and present[t] and np.linalg.norm(own) > 1e-4:
            align[b] = quat.between(own, canonical)
    for side in SIDES:
        hand = _I[side + "Hand"]
        if not present[_I[side + "MiddleProximal"]]:
            align[hand] = align[_I[side + "LowerArm"]]
        for bone in BONES:
            if bone.name.startswith(side) and any(
                f in bone.name for f in ("Thumb", "Index", "Middle", "Ring", "Little")
            ):
                align[_I[bone.name]] = align[hand]
    return align
