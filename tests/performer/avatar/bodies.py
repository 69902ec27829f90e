"""Bodies to fit a dance onto: VRM files with their mesh, and the mannequin stretched into a chibi or a giant."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from motion.rig.bones import BONE_INDEX, BONE_PARENT, BONES
from motion.rig.glb import decode_glb
from motion.rig.skeleton import Skeleton
from performer.avatar.geometry import Flesh, rest_flesh
from performer.avatar.hull import measure_hull
from performer.avatar.presets import avatar_path
from performer.avatar.vrm import read_vrm

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Body:
    """flesh: vertices in the rest pose with the soles on y = 0."""

    skeleton: Skeleton
    flesh: Flesh

    def carried(self, bone: str) -> Floats:
        """(n, 3) vertices that hang on a bone, from its joint."""
        at = BONE_INDEX[bone]
        return self.flesh.points[self.flesh.bone == at] - self.skeleton.rest[at]

    def sole(self, side: int) -> tuple[Floats, Floats]:
        """What the foot and the toes bone carry, from their joints: the mesh, or without one, what is guessed."""
        name = ("left", "right")[side]
        foot, toes = self.carried(name + "Foot"), self.carried(name + "Toes")
        if not len(foot) and not len(toes) and self.skeleton.hull:
            return self.skeleton.hull.foot[side], self.skeleton.hull.toes[side]
        return foot, toes


def file_body(path: Path) -> Body:
    vrm = read_vrm(path)
    glb = decode_glb(path.read_bytes())
    new = vrm.version == "1.0"
    humanoid = json.loads(bytes(glb.document.extensions["VRMC_vrm" if new else "VRM"]))["humanoid"]["humanBones"]
    if new:
        nodes = {name: bone["node"] for name, bone in humanoid.items() if name in BONE_INDEX}
    else:
        nodes = {bone["bone"]: bone["node"] for bone in humanoid if bone["bone"] in BONE_INDEX}
    flesh = rest_flesh(glb, nodes, half_turn=not new, warnings=[])
    return Body(vrm.skeleton, replace(flesh, points=flesh.points - np.array([0.0, vrm.floor, 0.0])))


def stretched(*, legs: float, feet: float, arms: float, head: float, trunk: float) -> Body:
    """The mannequin with each part scaled by its factor, joints and mesh alike."""
    body = file_body(avatar_path("mannequin"))
    parts = {
        "Leg": legs,
        "Foot": feet,
        "Toes": feet,
        "Arm": arms,
        "Hand": arms,
        "Thumb": arms,
        "Index": arms,
        "Middle": arms,
        "Ring": arms,
        "Little": arms,
        "head": head,
        "Eye": head,
        "jaw": head,
    }
    scale = np.array([next((s for part, s in parts.items() if part in bone.name), trunk) for bone in BONES])
    # The offset of a joint is the length of its parent; heads, arms and legs begin where the trunk ends.
    parents = np.array(BONE_PARENT)
    rest = np.zeros_like(body.skeleton.rest)
    for bone in range(1, len(BONES)):
        of = scale[parents[bone]]
        rest[bone] = rest[parents[bone]] + of * (body.skeleton.rest[bone] - body.skeleton.rest[parents[bone]])
    carrier = np.maximum(body.flesh.bone, 0)
    points = (body.flesh.points - body.skeleton.rest[carrier]) * scale[carrier][:, None] + rest[carrier]
    feet_bones = [BONE_INDEX[s + b] for s in ("left", "right") for b in ("Foot", "Toes")]
    floor = points[np.isin(carrier, feet_bones), 1].min()
    rest[:, 1] -= floor
    points = points - np.array([0.0, floor, 0.0])
    head_points = points[carrier == BONE_INDEX["head"], 1]
    skeleton = Skeleton(rest, body.skeleton.present, float(head_points.max()))
    flesh = replace(body.flesh, points=points)
    return Body(replace(skeleton, hull=measure_hull(flesh, 0.0, skeleton)), flesh)


def chibi() -> Body:
    """Half of her is head; short legs on big feet."""
    return stretched(legs=0.3, feet=1.0, arms=0.5, head=1.7, trunk=0.6)


def long_legs() -> Body:
    """Legs up to here, small feet."""
    return stretched(legs=1.5, feet=0.7, arms=1.2, head=0.8, trunk=0.9)
