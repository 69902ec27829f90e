"""The tables of a figure (presets/avatars/bodies/NAME.toml) with a preset's sliders laid on."""

import tomllib
from importlib import resources
from math import exp
from pathlib import Path

import msgspec
import numpy as np

from motion.rig.bones import BONES
from performer.avatar.build.cage import other_side
from performer.avatar.build.part import Floats
from performer.avatar.build.spec import BodySpec

__all__ = ["Finger", "Foot", "Frame", "Hand", "Hill", "Limb", "Torso", "TWISTS", "load_frame"]

Row = tuple[float, ...]

TWISTS = {"leftUpperArmTwist": "leftUpperArm", "leftLowerArmTwist": "leftLowerArm"}
"""Joints that share out the roll of an arm, and the bone at which (upper) or below which (lower) they sit."""


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file."""


class Hill(_Table, frozen=True):
    """A soft hill on the skin. reach: inward, outward, down, up, metres to 1/e."""

    side: str
    x: float
    y: float
    height: float
    reach: tuple[float, float, float, float]
    name: str = ""


class Torso(_Table, frozen=True):
    """rings: height, half-width, front, back, squareness; from the leg line up."""

    rings: tuple[Row, ...]
    hills: tuple[Hill, ...]


class Limb(_Table, frozen=True):
    """rings: along the limb, two coordinates of the middle, four radii; see the file."""

    rings: tuple[Row, ...]


class Finger(_Table, frozen=True):
    """root: from the wrist joint. bones: three lengths. spread_deg: to the thumb's side. bend_deg: at each joint."""

    name: str
    root: tuple[float, float, float]
    bones: tuple[float, float, float]
    radius: float
    spread_deg: float
    bend_deg: tuple[float, float, float]


class Hand(_Table, frozen=True):
    """palm and knuckles: x (one or five), half-thickness, five z from the little finger's side to the thumb's."""

    palm: tuple[float, float, tuple[float, ...]]
    knuckles: tuple[tuple[float, ...], float, tuple[float, ...]]
    fingers: tuple[Finger, Finger, Finger, Finger]
    thumb: tuple[tuple[float, float, float], ...]
    thumb_radius: tuple[float, ...]


class Foot(_Table, frozen=True):
    """rings: y, z, tilt in degrees, half-width, radius up, radius down."""

    rings: tuple[Row, ...]


class Frame(_Table, frozen=True):
    """A figure. joints: the middle's and the left's, as the file gives them; `places` has all."""

    height: float
    joints: dict[str, tuple[float, float, float]]
    torso: Torso
    arm: Limb
    hand: Hand
    leg: Limb
    foot: Foot

    def places(self) -> dict[str, Floats]:
        """Bone or twist joint -> (3,) metres: 55 bones, parents first, then the twist joints."""
        left = {name: np.array(at) for name, at in self.joints.items()}
        left.update(self._finger_joints(left["leftHand"]))
        left["leftUpperArmTwist"] = left["leftUpperArm"].copy()
        left["leftLowerArmTwist"] = 0.5 * (left["leftLowerArm"] + left["leftHand"])
        turn = np.array([-1.0, 1.0, 1.0])
        every = {**left, **{other_side(name): at * turn for name, at in left.items() if name.startswith("left")}}
        names = [bone.name for bone in BONES] + [*TWISTS, *map(other_side, TWISTS)]
        return {name: every[name] for name in names}

    def _finger_joints(self, wrist: Floats) -> dict[str, Floats]:
        joints: dict[str, Floats] = {}
        for finger in self.hand.fingers:
            for bone, at in zip(("Proximal", "Intermediate", "Distal"), finger_line(finger), strict=False):
                joints[f"left{finger.name}{bone}"] = wrist + at
        for bone, at in zip(("Metacarpal", "Proximal", "Distal"), self.hand.thumb, strict=False):
            joints[f"leftThumb{bone}"] = wrist + np.array(at)
        return joints


def finger_line(finger: Finger) -> Floats:
    """(4, 3): root, two joints and tip of a left finger, from the wrist joint; fingers hang a little in rest."""
    points = [np.array(finger.root)]
    bend, side = 0.0, np.radians(finger.spread_deg)
    for length, more in zip(finger.bones, np.radians(finger.bend_deg), strict=True):
        bend += more
        way = np.array([np.cos(bend) * np.cos(side), -np.sin(bend), np.cos(bend) * np.sin(side)])
        points.append(points[-1] + length * way)
    return np.array(points)


def load_frame(body: BodySpec) -> Frame:
    """The tables of `body.frame` with its sliders."""
    path = Path(str(resources.files("presets"))) / "avatars" / "bodies" / f"{body.frame}.toml"
    frame = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Frame)
    wider = (body.shoulders - 1.0) * frame.joints["leftUpperArm"][0]
    joints = dict(frame.joints)
    for name in ("leftUpperArm", "leftLowerArm", "leftHand"):
        x, y, z = joints[name]
        joints[name] = (x + wider, y, z)
    return msgspec.structs.replace(
        frame,
        joints=joints,
        torso=_torso(frame.torso, body),
        arm=Limb(tuple((row[0] + wider, *row[1:]) for row in frame.arm.rings)),
        leg=Limb(tuple(_leg_ring(row, body) for row in frame.leg.rings)),
    )


def _torso(torso: Torso, body: BodySpec) -> Torso:
    rings: list[Row] = []
    for y, wide, front, back, square in torso.rings:
        hips, waist = _around(y, 0.86, 0.07), _around(y, 1.0, 0.06)
        shoulders = 1.0 / (1.0 + exp(-(y - 1.14) / 0.02)) / (1.0 + exp((y - 1.275) / 0.008))
        girth = 1.0 + (body.hips - 1.0) * hips + (body.waist - 1.0) * waist
        rings.append((y, wide * (girth + (body.shoulders - 1.0) * shoulders), front * girth, back * girth, square))
    hills = tuple(
        msgspec.structs.replace(hill, height=hill.height * (body.bust if hill.name == "bust" else 1.0))
        for hill in torso.hills
    )
    return Torso(tuple(rings), hills)


def _leg_ring(row: Row, body: BodySpec) -> Row:
    girth = body.legs + (body.hips - 1.0) * _around(row[0], 0.80, 0.08)
    # The inner side may not cross the middle.
    return (*row[:3], row[3] * girth, min(row[4] * girth, row[1] - 0.004), row[5] * girth, row[6] * girth)


def _around(y: float, middle: float, reach: float) -> float:
    return exp(-(((y - middle) / reach) ** 2))
