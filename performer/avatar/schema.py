"""The JSON of the VRM extensions, 0.x and 1.0, as far as the engine reads it. Records only.

Sources: VRMC_vrm-1.0, VRMC_springBone-1.0 and VRM 0.x specifications; vrm-c/vrm-specification.
"""

from typing import Any

import msgspec

__all__ = ["Expression1", "Group0", "SpringBone1", "Vrm0", "Vrm1"]


class _Camel(msgspec.Struct, frozen=True, rename="camel"):
    """Names as VRM writes them."""


class HumanBone1(_Camel, frozen=True):
    """Which node a bone is."""

    node: int


class Humanoid1(_Camel, frozen=True):
    """Bones by name."""

    human_bones: dict[str, HumanBone1 | None]


class MorphBind1(_Camel, frozen=True):
    """A shape of the mesh at a node."""

    node: int
    index: int
    weight: float = 1.0


class Expression1(_Camel, frozen=True):
    """An expression and what it drives."""

    is_binary: bool = False
    override_blink: str = "none"
    override_look_at: str = "none"
    override_mouth: str = "none"
    morph_target_binds: list[MorphBind1] | None = None
    material_color_binds: list[dict[str, Any]] | None = None
    texture_transform_binds: list[dict[str, Any]] | None = None


class Expressions1(_Camel, frozen=True):
    """Presets of the specification and the author's own."""

    preset: dict[str, Expression1 | None] = {}
    custom: dict[str, Expression1 | None] = {}


class LookAt1(_Camel, frozen=True):
    """How the eyes follow: "bone" or "expression"."""

    type: str = ""


class Vrm1(_Camel, frozen=True):
    """VRMC_vrm."""

    humanoid: Humanoid1
    spec_version: str = ""
    meta: dict[str, Any] = {}
    expressions: Expressions1 | None = None
    look_at: LookAt1 | None = None


class Collider1(_Camel, frozen=True):
    """A collider; a standard file always gives a shape."""

    node: int
    shape: dict[str, Any] | None = None


class ColliderGroup1(_Camel, frozen=True):
    """Colliders that springs refer to together."""

    colliders: list[int] = []


class SpringJoint1(_Camel, frozen=True):
    """One swinging node."""

    node: int


class Spring1(_Camel, frozen=True):
    """A chain of joints."""

    joints: list[SpringJoint1] = []
    collider_groups: list[int] = []


class SpringBone1(_Camel, frozen=True):
    """VRMC_springBone."""

    colliders: list[Collider1] = []
    collider_groups: list[ColliderGroup1] = []
    springs: list[Spring1] = []


class HumanBone0(_Camel, frozen=True):
    """Bone and node, one entry each."""

    bone: str
    node: int


class Humanoid0(_Camel, frozen=True):
    """A list, so a bone may stand in it twice."""

    human_bones: list[HumanBone0]


class Bind0(_Camel, frozen=True):
    """A shape of a mesh; weight 0..100."""

    mesh: int
    index: int
    weight: float = 100.0


class Group0(_Camel, frozen=True):
    """An expression ("blend shape group")."""

    name: str | None = ""
    preset_name: str | None = ""
    binds: list[Bind0] | None = None
    material_values: list[dict[str, Any]] | None = None
    is_binary: bool | None = False


class Master0(_Camel, frozen=True):
    """All expressions."""

    blend_shape_groups: list[Group0] | None = None


class FirstPerson0(_Camel, frozen=True):
    """Holds how the eyes follow: "Bone" or "BlendShape"."""

    look_at_type_name: str | None = ""


class SpringGroup0(_Camel, frozen=True):
    """Roots of swinging chains."""

    bones: list[int] | None = None


class Secondary0(_Camel, frozen=True):
    """Springs and colliders."""

    bone_groups: list[SpringGroup0] | None = None


class Vrm0(_Camel, frozen=True):
    """VRM."""

    humanoid: Humanoid0
    meta: dict[str, Any] | None = None
    blend_shape_master: Master0 | None = None
    first_person: FirstPerson0 | None = None
    secondary_animation: Secondary0 | None = None
