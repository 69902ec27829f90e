"""Read a VRM file, 0.x or 1.0, into one record in the 1.0 frame.

This is the shell of the folder that opens files. Anything that is wrong with the file ends as AvatarError or as a
warning in the record, never as another exception. What a model lacks is told by `check`.
"""

import hashlib
import math
import tomllib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from motion.rig.bones import BONE_INDEX, BONE_PARENT, BONES, REQUIRED_BONES
from motion.rig.glb import Glb, GlbError, decode_glb
from motion.rig.skeleton import Skeleton
from performer.avatar.geometry import Flesh, rest_flesh
from performer.avatar.head_extent import head_extent
from performer.avatar.hull import crown_height, measure_hull, sole_height
from performer.avatar.model import AvatarError, ModelExpression, Vrm
from performer.avatar.permissions import meta0, meta1
from performer.avatar.schema import Expression1, Group0, SpringBone1, Vrm0, Vrm1
from performer.avatar.weight import weigh
from performer.face.track import PRESETS

__all__ = ["decode_vrm", "read_vrm"]

_T = TypeVar("_T")

LICENCE_1 = "https://vrm.dev/licenses/1.0/"
HEAVY_TEXTURES = 100e6
HEAVY_TRIANGLES = 70_000

_PRESETS_0 = {
    **{"a": "aa", "i": "ih", "u": "ou", "e": "ee", "o": "oh"},
    **{"blink": "blink", "blink_l": "blinkLeft", "blink_r": "blinkRight"},
    **{"joy": "happy", "angry": "angry", "sorrow": "sad", "fun": "relaxed", "neutral": "neutral"},
    **{"lookup": "lookUp", "lookdown": "lookDown", "lookleft": "lookLeft", "lookright": "lookRight"},
}
# VRM 1.0 counts the thumb from the metacarpal: every name of 0.x moves one joint towards the wrist.
_BONES_0 = {
    f"{side}Thumb{old}": f"{side}Thumb{new}"
    for side in ("left", "right")
    for old, new in (("Proximal", "Metacarpal"), ("Intermediate", "Proximal"), ("Distal", "Distal"))
}


def read_vrm(path: str | Path) -> Vrm:
    """Read the file at `path`.

    Raises:
        AvatarError: missing, not a VRM, broken, or a bone that every avatar needs is absent.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise AvatarError(f"cannot read the avatar {path}: {error.strerror or error}") from error
    return replace(decode_vrm(data, path), dance=_manner_beside(path))


def _manner_beside(path: Path) -> str:
    """What the card beside an avatar says of its dancing; a card that is not ours, or none, says nothing."""
    try:
        told = tomllib.loads((path.parent / "card.toml").read_text(encoding="utf-8")).get("dance", "")
    except (OSError, ValueError):
        return ""
    return told if isinstance(told, str) else ""


def decode_vrm(data: bytes, path: Path = Path("avatar.vrm")) -> Vrm:
    """Like `read_vrm`, from bytes; `path` names them in messages."""
    try:
        return _read(data, path)
    except (GlbError, AvatarError) as error:
        raise AvatarError(f"{path.name} cannot be used as an avatar: {error}") from error
    except (ValueError, OverflowError, MemoryError) as error:
        # Numbers that pass every check alone and still cannot be computed together.
        raise AvatarError(f"{path.name} cannot be used as an avatar: its numbers make no model ({error})") from error


def _read(data: bytes, path: Path) -> Vrm:
    glb = decode_glb(data)
    _check_textures(glb)
    raw = glb.document.extensions
    warnings: list[str] = []
    if "VRMC_vrm" in raw:
        version = "1.0"
        one = _parse(raw["VRMC_vrm"], Vrm1, "VRMC_vrm")
        # required bones first: of several faults it is the one that a person can see and mend
        nodes = _bone_nodes(glb, ((n, b.node) for n, b in one.humanoid.human_bones.items() if b), warnings)
        licence = one.meta.get("licenseUrl")
        if licence != LICENCE_1:
            raise AvatarError(f"its licenseUrl is {licence!r}; a VRM 1.0 must say {LICENCE_1}, so export it again")
        if not one.spec_version.startswith("1.0"):
            warnings.append(f"says it is VRM {one.spec_version or 'of no version'}; read as 1.0")
        expressions = _expressions_1(glb, one, warnings)
        look_at = one.look_at.type if one.look_at else ""
        meta = meta1(one.meta)
        springs = _springs_1(glb)
    elif "VRM" in raw:
        version = "0.x"
        old = _parse(raw["VRM"], Vrm0, "VRM")
        pairs = ((_BONES_0.get(b.bone, b.bone), b.node) for b in old.humanoid.human_bones)
        nodes = _bone_nodes(glb, pairs, warnings)
        groups = (old.blend_shape_master and old.blend_shape_master.blend_shape_groups) or []
        expressions = _expressions_0(glb, groups, warnings)
        kind = (old.first_person and old.first_person.look_at_type_name) or ""
        look_at = {"bone": "bone", "blendshape": "expression"}.get(kind.lower(), "")
        meta = meta0(old.meta or {})
        bone_groups = (old.secondary_animation and old.secondary_animation.bone_groups) or []
        springs = _chain_length(glb, (root for group in bone_groups for root in group.bones or []))
    else:
        raise AvatarError("it is a GLB without VRM data; add bones and expressions in VRoid, Unity or Blender first")
    if look_at == "bone" and not ("leftEye" in nodes or "rightEye" in nodes):
        look_at = ""
    flesh = rest_flesh(glb, nodes, half_turn=version == "0.x", warnings=warnings)
    skeleton, floor = _skeleton(glb, nodes, version == "0.x", flesh, warnings)
    weight = weigh(glb, len(data), springs)
    if weight.texture_bytes > HEAVY_TEXTURES:
        warnings.append(
            f"its textures take {weight.texture_bytes / 1e6:.0f} MB on the GPU: slow to load, and heavy for a machine "
            "without a graphics card; 1024 x 1024 pixels each are enough"
        )
    if weight.triangles > HEAVY_TRIANGLES:
        warnings.append(f"{weight.triangles} triangles are heavy without a graphics card; 20 000 draw smoothly")
    if not weight.triangles:
        warnings.append("it has no mesh: it will dance unseen")
    return Vrm(
        path=path,
        sha256=hashlib.sha256(data).hexdigest(),
        title=meta.title or path.stem,
        version=version,
        skeleton=skeleton,
        floor=floor,
        expressions=expressions,
        look_at=look_at,
        warnings=tuple(warnings),
        meta=meta,
        weight=weight,
        head=head_extent(flesh, floor, skeleton),
    )


def _parse(raw: msgspec.Raw, kind: type[_T], name: str) -> _T:
    try:
        return msgspec.json.decode(raw, type=kind, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise AvatarError(f"its {name} data are broken: {error}") from error


def _bone_nodes(glb: Glb, pairs: Iterable[tuple[str, int]], warnings: list[str]) -> dict[str, int]:
    nodes: dict[str, int] = {}
    for name, node in pairs:
        if name not in BONE_INDEX:
            warnings.append(f"bone '{name}' is not one of the 55 humanoid bones and stays still")
        elif not 0 <= node < len(glb.document.nodes):
            warnings.append(f"bone '{name}' points at node {node}, which does not exist, and is left out")
        elif name in nodes:
            warnings.append(f"bone '{name}' is given twice; the first one counts")
        else:
            nodes[name] = node
    missing = [name for name in REQUIRED_BONES if name not in nodes]
    if missing:
        raise AvatarError(
            f"it lacks required bone{'s' if len(missing) > 1 else ''} {', '.join(missing)}; "
            "assign them in the humanoid settings of the program that exports it"
        )
    return nodes


def _skeleton(
    glb: Glb, nodes: dict[str, int], half_turn: bool, flesh: Flesh, warnings: list[str]
) -> tuple[Skeleton, float]:
    """Rest positions in the 1.0 frame with the soles on y = 0; and how far the file's model stood off the floor."""
    rest: NDArray[np.float64] = np.zeros((len(BONES), 3))
    present = np.zeros(len(BONES), np.bool_)
    world = glb.world
    for index, bone in enumerate(BONES):
        node = nodes.get(bone.name)
        if node is None:
            rest[index] = rest[BONE_PARENT[index]]
        else:
            rest[index] = world[node][:3, 3]
            present[index] = True
    if half_turn:
        # 0.x models face -z; a half turn about y makes them face +z and puts their left side at +x.
        rest *= np.array([-1.0, 1.0, -1.0])
    ankles = rest[[BONE_INDEX["leftFoot"], BONE_INDEX["rightFoot"]], 1]
    sole = sole_height(flesh)
    floor = sole if sole is not None else float(min(ankles.min(), 0.0))
    rest[:, 1] -= floor
    head = float(rest[BONE_INDEX["head"], 1])
    if head < 0.01:
        raise AvatarError(f"its rest pose does not stand upright (its head is {head:.2f} m above its feet)")
    for side in ("left", "right"):
        for names in (("UpperLeg", "LowerLeg", "Foot"), ("UpperArm", "LowerArm", "Hand")):
            limb = rest[[BONE_INDEX[side + name] for name in names]]
            if float(np.linalg.norm(np.diff(limb, axis=0), axis=-1).min()) < 1e-4 * head:
                raise AvatarError(f"its {side}{names[0]} or {side}{names[1]} has no length")
    if rest[0, 1] < 0.1 * head:
        warnings.append("its hips bone lies at the feet instead of the pelvis, so its moves will look stiff")
    crown = crown_height(flesh, head)
    top = crown - floor if crown is not None else head * 1.13
    height = float(np.clip(top, head * 1.02, head * 2.5))
    rest.setflags(write=False)
    present.setflags(write=False)
    body = Skeleton(rest=rest, present=present, height=height)
    return replace(body, hull=measure_hull(flesh, floor, body)), floor


def _check_textures(glb: Glb) -> None:
    images = len(glb.document.images)
    for number, texture in enumerate(glb.document.textures):
        if texture.source is not None and not 0 <= texture.source < images:
            raise AvatarError(f"texture {number} uses picture {texture.source}, but it has {images}")
    textures = len(glb.document.textures)
    for material in glb.document.materials:
        for info in material.textures():
            if not 0 <= info < textures:
                raise AvatarError(f"material '{material.name}' uses texture {info}, but it has {textures}")


def _shapes_of(glb: Glb, mesh: int | None) -> int:
    """How many shapes every primitive of a mesh has."""
    if mesh is None or not 0 <= mesh < len(glb.document.meshes):
        return 0
    return min((len(p.targets) for p in glb.document.meshes[mesh].primitives), default=0)


def _expressions_1(glb: Glb, vrm: Vrm1, warnings: list[str]) -> tuple[ModelExpression, ...]:
    if vrm.expressions is None:
        return ()
    named = [(name, e) for name, e in vrm.expressions.preset.items() if e is not None and name in PRESETS]
    named += [(name, e) for name, e in vrm.expressions.custom.items() if e is not None and name not in PRESETS]
    nodes = glb.document.nodes
    found: list[ModelExpression] = []
    for name, e in named:
        shapes = 0
        for bind in e.morph_target_binds or ():
            mesh = nodes[bind.node].mesh if 0 <= bind.node < len(nodes) else None
            if 0 <= bind.index < _shapes_of(glb, mesh):
                shapes += 1
            else:
                warnings.append(
                    f"expression '{name}' uses shape {bind.index} of node {bind.node}, which does not exist"
                )
        bound = bool(shapes or e.material_color_binds or e.texture_transform_binds)
        found.append(ModelExpression(name, bound, e.is_binary, *_overrides(e)))
    return tuple(found)


def _overrides(e: Expression1) -> tuple[str, str, str]:
    kinds = ("none", "block", "blend")
    blink, look, mouth = (
        kind if kind in kinds else "none" for kind in (e.override_blink, e.override_look_at, e.override_mouth)
    )
    return blink, look, mouth


def _expressions_0(glb: Glb, groups: list[Group0], warnings: list[str]) -> tuple[ModelExpression, ...]:
    found: dict[str, ModelExpression] = {}
    for group in groups:
        # As three-vrm does it: a known preset takes its 1.0 name, everything else keeps the author's.
        name = _PRESETS_0.get((group.preset_name or "").lower()) or group.name or ""
        if not name or name in found:
            continue
        shapes = 0
        for bind in group.binds or ():
            if 0 <= bind.index < _shapes_of(glb, bind.mesh) and math.isfinite(bind.weight):
                shapes += 1
            else:
                warnings.append(
                    f"expression '{name}' uses shape {bind.index} of mesh {bind.mesh}, which does not exist"
                )
        found[name] = ModelExpression(name, bool(shapes or group.material_values), bool(group.is_binary))
    return tuple(found.values())


def _springs_1(glb: Glb) -> int:
    raw = glb.document.extensions.get("VRMC_springBone")
    if raw is None:
        return 0
    springs = _parse(raw, SpringBone1, "VRMC_springBone")
    nodes = len(glb.document.nodes)
    for number, collider in enumerate(springs.colliders):
        # three-vrm stops at such a file, so the stage page could not show it.
        if not collider.shape:
            raise AvatarError(
                f"its spring collider {number} has no shape (sphere or capsule); export it again without it"
            )
        if not 0 <= collider.node < nodes:
            raise AvatarError(f"its spring collider {number} hangs on node {collider.node}, which does not exist")
    for group in springs.collider_groups:
        if any(not 0 <= c < len(springs.colliders) for c in group.colliders):
            raise AvatarError("a spring collider group names a collider that does not exist")
    for spring in springs.springs:
        if any(not 0 <= g < len(springs.collider_groups) for g in spring.collider_groups):
            raise AvatarError("a spring names a collider group that does not exist")
        if any(not 0 <= joint.node < nodes for joint in spring.joints):
            raise AvatarError("a spring names a node that does not exist")
    return sum(max(len(spring.joints) - 1, 0) for spring in springs.springs)


def _chain_length(glb: Glb, roots: Iterable[int]) -> int:
    nodes = glb.document.nodes
    seen: set[int] = set()
    todo = [root for root in roots if 0 <= root < len(nodes)]
    while todo:
        node = todo.pop()
        if node not in seen:
            seen.add(node)
            todo += [child for child in nodes[node].children if 0 <= child < len(nodes)]
    return len(seen)
