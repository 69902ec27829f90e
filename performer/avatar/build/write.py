"""An assembled avatar as the bytes of a VRM 1.0 file; the same bytes for the same assembly.

Sources: glTF 2.0, VRMC_vrm, VRMC_springBone, VRMC_node_constraint and VRMC_materials_mtoon 1.0.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from motion.rig.bones import BONES
from motion.rig.glb import encode_glb
from performer.avatar.build.assembly import Assembly, Joint
from performer.avatar.build.material import Picture
from performer.avatar.build.pack import ARRAY, INDEX, Pack
from performer.avatar.build.part import MESHES, Part, join
from performer.avatar.build.springs import Chain, Collider, Follow
from performer.avatar.build.toon import outline_mask, picture_bytes, toon_material
from performer.face.track import PRESETS

__all__ = ["write_vrm"]

_LICENCE = "https://vrm.dev/licenses/1.0/"
# Degrees of a gaze at which the eyes have turned as far as painted irises can; up and down they have less room.
_GAZE, _UPRIGHT = 30.0, 0.8


def write_vrm(assembly: Assembly, title: str, version: str) -> bytes:
    """The VRM file."""
    pack = Pack()
    number = {name: k for k, name in enumerate(assembly.joints)}
    nodes = _nodes(assembly.joints, assembly.follows, number)
    bind = np.tile(np.eye(4, dtype=np.float32), (len(number), 1, 1))
    bind[:, 3, :3] = [-joint.place for joint in assembly.joints.values()]
    skin = {
        "joints": list(range(len(number))),
        "skeleton": 0,
        "inverseBindMatrices": pack.add(bind.reshape(-1, 16).astype("<f4")),
    }
    images: list[dict[str, Any]] = []
    materials, place = _materials(assembly, pack, images)
    meshes: list[dict[str, Any]] = []
    shown: dict[str, int] = {}
    shapes = list(dict.fromkeys(name for part in assembly.parts for name in part.shapes))
    for name in MESHES:
        parts = [part for part in assembly.parts if part.mesh == name]
        if not parts:
            continue
        named = shapes if name == "Face" else []
        meshes.append({"name": name, "primitives": [_primitive(pack, p, number, place, named) for p in parts]})
        if named:
            meshes[-1]["extras"] = {"targetNames": named}
        shown[name] = len(nodes)
        nodes.append({"name": name, "mesh": len(meshes) - 1, "skin": 0})
    springs = _springs(assembly.chains, assembly.colliders, number)
    extensions = {
        "VRMC_vrm": {
            "specVersion": "1.0",
            "meta": _meta(title, version),
            "humanoid": {"humanBones": {bone.name: {"node": number[bone.name]} for bone in BONES}},
            "firstPerson": {"meshAnnotations": [_seen_by(name, node) for name, node in shown.items()]},
            "lookAt": _look_at(assembly.joints, assembly.look_degrees),
            "expressions": _expressions(assembly, shapes, shown.get("Face", 0)),
        },
        "VRMC_springBone": springs,
    }
    document: dict[str, Any] = {
        "asset": {"version": "2.0", "generator": "nichang avatar builder"},
        "extensionsUsed": [*extensions, "VRMC_node_constraint", "VRMC_materials_mtoon"],
        "scene": 0,
        "scenes": [{"nodes": [0, *shown.values()]}],
        "nodes": nodes,
        "skins": [skin],
        "meshes": meshes,
        "materials": materials,
        "textures": [{"source": k, "sampler": 0} for k in range(len(images))],
        "samplers": [{"magFilter": 9729, "minFilter": 9987, "wrapS": 10497, "wrapT": 10497}],
        "images": images,
        "accessors": pack.accessors,
        "bufferViews": pack.views,
        "buffers": [{"byteLength": len(pack.data)}],
        "extensions": extensions,
    }
    return encode_glb(document, bytes(pack.data))


def _nodes(joints: Mapping[str, Joint], follows: Sequence[Follow], number: Mapping[str, int]) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = []
    for name, joint in joints.items():
        away = joint.place - joints[joint.parent].place if joint.parent else joint.place
        nodes.append({"name": name, "translation": [round(float(v), 6) for v in away]})
        if joint.parent:
            nodes[number[joint.parent]].setdefault("children", []).append(number[name])
    for follow in follows:
        rule: dict[str, Any] = {"source": number[follow.source], "weight": follow.weight}
        kind = "rotation"
        if follow.axis is not None and follow.axis[0] in "+-":
            kind = "aim"
            rule["aimAxis"] = ("Positive" if follow.axis[0] == "+" else "Negative") + follow.axis[1]
        elif follow.axis is not None:
            kind = "roll"
            rule["rollAxis"] = follow.axis
        constraint = {"specVersion": "1.0", "constraint": {kind: rule}}
        nodes[number[follow.name]]["extensions"] = {"VRMC_node_constraint": constraint}
    return nodes


def _materials(
    assembly: Assembly, pack: Pack, images: list[dict[str, Any]]
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """The glTF materials, and the number of each by name; pictures are added to `images`."""

    def image(name: str, picture: Picture) -> int:
        kind, data = picture_bytes(picture)
        images.append({"name": name, "mimeType": kind, "bufferView": pack.blob(data)})
        return len(images) - 1

    made: list[dict[str, Any]] = []
    place: dict[str, int] = {}
    for name in dict.fromkeys(part.material for part in assembly.parts):
        material = assembly.materials[name]
        mask = outline_mask([p for p in assembly.parts if p.material == name]) if material.outline_mm > 0.0 else None
        texture = image(name, material.texture)
        place[name] = len(made)
        made.append(
            toon_material(material, texture, None if mask is None else image(f"{name} outline", mask), assembly.scale)
        )
    return made, place


def _primitive(
    pack: Pack, part: Part, number: Mapping[str, int], place: Mapping[str, int], shapes: Sequence[str]
) -> dict[str, Any]:
    part = join([part])
    joints, weights = _skinning(part, number)
    small = "<u2" if len(part.points) <= 65535 else "<u4"
    primitive: dict[str, Any] = {
        "attributes": {
            "POSITION": pack.add(part.points.astype("<f4"), target=ARRAY, bounds=True),
            "NORMAL": pack.add(_unit(part.normals).astype("<f4"), target=ARRAY),
            "TEXCOORD_0": pack.add(part.uv.astype("<f4"), target=ARRAY),
            "JOINTS_0": pack.add(joints, target=ARRAY),
            "WEIGHTS_0": pack.add(weights, target=ARRAY, normalised=True),
        },
        "indices": pack.add(part.triangles.reshape(-1, 1).astype(small), target=INDEX),
        "material": place[part.material],
    }
    if shapes:
        none = np.zeros_like(part.points)
        # Less than a hundredth of a millimetre is nobody's smile.
        shifts = (part.shapes.get(name, none) for name in shapes)
        primitive["targets"] = [
            {"POSITION": pack.sparse(np.where(np.abs(s).max(axis=1, keepdims=True) < 1e-5, 0.0, s).astype("<f4"))}
            for s in shifts
        ]
    return primitive


def _skinning(part: Part, number: Mapping[str, int]) -> tuple[np.ndarray, np.ndarray]:
    """(n, 4) joints and their shares as u16 that add up exactly; the four strongest of each vertex."""
    table = np.zeros((len(part.points), len(number)))
    for joint, share in part.weights.items():
        table[:, number[joint]] += np.maximum(share, 0.0)
    order = np.argsort(-table, axis=1, kind="stable")[:, :4]
    weights = np.take_along_axis(table, order, axis=1)
    weights /= np.maximum(weights.sum(axis=1, keepdims=True), 1e-12)
    weights = np.where(weights < 2e-3, 0.0, weights)
    weights /= np.maximum(weights.sum(axis=1, keepdims=True), 1e-12)
    whole = np.floor(weights * 65535.0).astype(np.int64)
    whole[:, 0] += 65535 - whole.sum(axis=1)
    order = np.where(whole > 0, order, 0)
    return order.astype("<u1" if len(number) <= 256 else "<u2"), whole.astype("<u2")


def _unit(normals: np.ndarray) -> np.ndarray:
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    return np.where(length > 1e-9, normals / np.maximum(length, 1e-9), np.array([0.0, 0.0, 1.0]))


def _springs(chains: Sequence[Chain], colliders: Sequence[Collider], number: Mapping[str, int]) -> dict[str, Any]:
    groups = list(dict.fromkeys(collider.group for collider in colliders))
    shapes: list[dict[str, Any]] = []
    for collider in colliders:
        body: dict[str, Any] = {"offset": _rounded(collider.offset), "radius": round(collider.radius, 5)}
        kind = "sphere"
        if collider.tail is not None:
            kind = "capsule"
            body["tail"] = _rounded(collider.tail)
        shapes.append({"node": number[collider.bone], "shape": {kind: body}})
    springs: list[dict[str, Any]] = []
    for chain in chains:
        joint = {
            "hitRadius": round(chain.hit_radius, 5),
            "stiffness": chain.stiffness,
            "gravityPower": chain.gravity,
            "gravityDir": [0.0, -1.0, 0.0],
            "dragForce": chain.drag,
        }
        spring: dict[str, Any] = {
            "name": chain.name,
            "joints": [{"node": number[name], **joint} for name in chain.joints],
        }
        against = [groups.index(group) for group in chain.against if group in groups]
        if against:
            spring["colliderGroups"] = against
        springs.append(spring)
    found: dict[str, Any] = {
        "specVersion": "1.0",
        "colliders": shapes,
        "colliderGroups": [
            {"name": group, "colliders": [k for k, c in enumerate(colliders) if c.group == group]} for group in groups
        ],
    }
    if springs:
        found["springs"] = springs
    return found


def _rounded(values: Iterable[float]) -> list[float]:
    return [round(float(v), 5) for v in values]


def _expressions(assembly: Assembly, shapes: Sequence[str], node: int) -> dict[str, Any]:
    index = {name: k for k, name in enumerate(shapes)}
    preset: dict[str, Any] = {}
    custom: dict[str, Any] = {}
    for name, expression in assembly.expressions.items():
        made: dict[str, Any] = {"isBinary": False}
        if name in index:
            made["morphTargetBinds"] = [{"node": node, "index": index[name], "weight": 1.0}]
        for key, value in (
            ("overrideBlink", expression.blink),
            ("overrideMouth", expression.mouth),
            ("overrideLookAt", expression.look),
        ):
            if value != "none":
                made[key] = value
        (preset if name in PRESETS else custom)[name] = made
    return {"preset": preset, "custom": custom}


def _look_at(joints: Mapping[str, Joint], degrees: float) -> dict[str, Any]:
    between = 0.5 * (joints["leftEye"].place + joints["rightEye"].place)
    across = {"inputMaxValue": _GAZE, "outputScale": degrees}
    upright = {"inputMaxValue": _GAZE, "outputScale": _UPRIGHT * degrees}
    return {
        "offsetFromHeadBone": _rounded((between - joints["head"].place).tolist()),
        "type": "bone",
        "rangeMapHorizontalInner": across,
        "rangeMapHorizontalOuter": across,
        "rangeMapVerticalDown": upright,
        "rangeMapVerticalUp": upright,
    }


def _seen_by(mesh: str, node: int) -> dict[str, Any]:
    return {"node": node, "type": "thirdPersonOnly" if mesh in ("Face", "Hair") else "auto"}


def _meta(title: str, version: str) -> dict[str, Any]:
    return {
        "name": title,
        "version": version,
        "authors": ["nichang project"],
        "copyrightInformation": "Made by the nichang project's own code",
        "licenseUrl": _LICENCE,
        "otherLicenseUrl": "https://www.apache.org/licenses/LICENSE-2.0",
        "avatarPermission": "everyone",
        "allowExcessivelyViolentUsage": False,
        "allowExcessivelySexualUsage": False,
        "commercialUsage": "corporation",
        "allowPoliticalOrReligiousUsage": False,
        "allowAntisocialOrHateUsage": False,
        "creditNotation": "unnecessary",
        "allowRedistribution": True,
        "modification": "allowModificationRedistribution",
    }
