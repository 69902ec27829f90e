"""What swings: chains of joints, the shapes they may not enter, and joints that follow a bone in part."""

from collections.abc import Sequence
from dataclasses import dataclass, field

__all__ = ["Chain", "Collider", "Follow"]

Point = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Chain:
    """Spring joints from root to tip; the last is the tip and carries no skin.

    joints: names; positions: metres, model space, T-pose; parent: a bone or a `Follow` joint.
    stiffness, gravity, drag, hit_radius: VRMC_springBone's, gravity straight down.
    against: names of groups of colliders.
    """

    name: str
    parent: str
    joints: Sequence[str]
    positions: Sequence[Point]
    stiffness: float = 1.0
    gravity: float = 0.1
    drag: float = 0.4
    hit_radius: float = 0.02
    against: Sequence[str] = ("head", "body")


@dataclass(frozen=True, slots=True)
class Collider:
    """A sphere, or a capsule where `tail` is given; offset and tail in metres from the bone, model axes."""

    group: str
    bone: str
    offset: Point
    radius: float
    tail: Point | None = None


@dataclass(frozen=True, slots=True)
class Follow:
    """A joint that turns with part of another bone's rotation (VRMC_node_constraint, rotation, roll or aim).

    weight: [0, 1]. axis: None for the whole rotation, "X", "Y" or "Z" for the roll about it, "+X" or "-X" to point
        that axis at the source without rolling.
    """

    name: str
    parent: str
    position: Point
    source: str
    weight: float
    axis: str | None = None
    notes: str = field(default="", compare=False)
