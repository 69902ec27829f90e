"""All pieces of an avatar on one skeleton, stood on the floor and brought to size; still nothing of glTF."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from motion.rig.bones import BONES
from performer.avatar.build.body import Body
from performer.avatar.build.colliders import body_colliders
from performer.avatar.build.dressing import Dressing
from performer.avatar.build.face import FaceResult
from performer.avatar.build.material import Material
from performer.avatar.build.part import MATERIALS, MESHES, Floats, Part, join
from performer.avatar.build.pose import Expression
from performer.avatar.build.springs import Chain, Collider, Follow

__all__ = ["Assembly", "Joint", "assemble"]

_PLAIN = "#d9d4e4"


@dataclass(frozen=True, slots=True)
class Joint:
    """place: (3,) metres, model space. parent: a name, "" for the root."""

    place: Floats
    parent: str


@dataclass(frozen=True, slots=True)
class Assembly:
    """What is written.

    joints: parents before children. parts: one per mesh and material, in the order of both.
    expressions: each has the shape of its own name, if it has any.
    look_degrees: how far an eye turns for a gaze of 30 degrees. scale: from the tables' figure to her own height.
    """

    joints: Mapping[str, Joint]
    parts: Sequence[Part]
    materials: Mapping[str, Material]
    expressions: Mapping[str, Expression]
    chains: Sequence[Chain]
    colliders: Sequence[Collider]
    follows: Sequence[Follow]
    look_degrees: float
    scale: float


def assemble(body: Body, face: FaceResult, dressings: Sequence[Dressing], height: float) -> Assembly:
    """Put the pieces together.

    Args:
        height: of the finished figure without shoes, metres.
    """
    covered = np.zeros(len(body.quads), np.bool_)
    for dressing in dressings:
        if dressing.covered is not None:
            covered |= dressing.covered
    pieces = [body.skin_part(covered), *face.parts]
    pieces += [_carried(part, body) for dressing in dressings for part in dressing.parts]
    follows = [*_twists(body), *(follow for dressing in dressings for follow in dressing.follows)]
    chains = [chain for dressing in dressings for chain in dressing.chains]
    colliders = [*body_colliders(body), *(c for dressing in dressings for c in dressing.colliders)]
    places = {**body.joints, **face.eyes}
    materials: dict[str, Material] = dict(face.materials)
    for dressing in dressings:
        materials.update(dressing.materials)
    merged = [
        join(same)
        for mesh in MESHES
        for material in MATERIALS
        if (same := [part for part in pieces if (part.mesh, part.material) == (mesh, material)])
    ]
    for name in dict.fromkeys(part.material for part in merged):
        materials.setdefault(name, _plain(name))
    # Whatever touches the floor first, a sole or a heel, stands on it; 1.58 m of the tables become her own height.
    scale = height / body.frame.height
    down = np.array([0.0, min(float(part.points[:, 1].min()) for part in merged), 0.0])
    return Assembly(
        {name: Joint(scale * (joint.place - down), joint.parent) for name, joint in _joints(places, follows, chains)},
        [
            replace(
                part,
                points=scale * (part.points - down),
                shapes={name: scale * shift for name, shift in part.shapes.items()},
            )
            for part in merged
        ],
        materials,
        face.expressions,
        [replace(chain, hit_radius=scale * chain.hit_radius) for chain in chains],
        [_scaled(collider, scale) for collider in colliders],
        follows,
        face.look_degrees,
        scale,
    )


def _carried(part: Part, body: Body) -> Part:
    """Points that follow no joint, such as a collar's tip that a ray found no skin under, go with the skin nearest."""
    loose = sum((np.asarray(share) for share in part.weights.values()), np.zeros(len(part.points))) < 1e-6
    if not loose.any():
        return part
    near = body.near(part.points[loose]).weights
    weights = {name: np.array(share, np.float64) for name, share in part.weights.items()}
    for name, share in near.items():
        weights.setdefault(name, np.zeros(len(part.points)))[loose] = share
    return replace(part, weights=weights)


def _twists(body: Body) -> list[Follow]:
    """Joints that share out the roll of an arm: at the shoulder none of it, half of the hand's in the forearm."""
    follows: list[Follow] = []
    for side, axis in (("left", "+X"), ("right", "-X")):
        upper, lower = f"{side}UpperArmTwist", f"{side}LowerArmTwist"
        at = {name: _triple(body.joints[name]) for name in (upper, lower)}
        follows.append(Follow(upper, f"{side}Shoulder", at[upper], f"{side}LowerArm", 1.0, axis))
        follows.append(Follow(lower, f"{side}LowerArm", at[lower], f"{side}Hand", 0.5, "X"))
    return follows


def _joints(
    places: Mapping[str, Floats], follows: Sequence[Follow], chains: Sequence[Chain]
) -> list[tuple[str, Joint]]:
    joints = {bone.name: Joint(places[bone.name], bone.parent) for bone in BONES}
    waiting = {follow.name: Joint(np.array(follow.position), follow.parent) for follow in follows}
    for chain in chains:
        parent = chain.parent
        for name, at in zip(chain.joints, chain.positions, strict=True):
            assert name not in {*joints, *waiting}, f"two joints are called {name}"
            waiting[name] = Joint(np.array(at), parent)
            parent = name
    while waiting:
        ready = [name for name, joint in waiting.items() if joint.parent in joints]
        assert ready, f"joints without a parent: {', '.join(waiting)}"
        for name in ready:
            joints[name] = waiting.pop(name)
    return list(joints.items())


def _scaled(collider: Collider, scale: float) -> Collider:
    tail = None if collider.tail is None else _triple(scale * np.array(collider.tail))
    return replace(
        collider, offset=_triple(scale * np.array(collider.offset)), tail=tail, radius=scale * collider.radius
    )


def _triple(values: Floats) -> tuple[float, float, float]:
    x, y, z = (float(v) for v in values)
    return x, y, z


def _plain(name: str) -> Material:
    """One colour, for a piece that nobody painted."""
    colour = [int(_PLAIN[k : k + 2], 16) for k in (1, 3, 5)]
    return Material(name, np.full((8, 8, 3), colour, np.uint8))
