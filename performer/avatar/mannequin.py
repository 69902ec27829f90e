"""The built-in figure, made by code alone: a plain, friendly mannequin as a VRM 1.0 file.

Puts the parts of `figure`, `head` and `face_shapes` into one file: two meshes, two materials, two tiny textures.
"""

from typing import Any

import numpy as np

from motion.rig.bones import BONE_PARENT, BONES
from motion.rig.glb import encode_glb
from motion.rig.skeleton import CANONICAL
from performer.avatar.face_shapes import face_part
from performer.avatar.figure import body_parts
from performer.avatar.head import TAIL, hair_parts, head_part
from performer.avatar.palette import palette_png, swatch_uv
from performer.avatar.shapes import Part, join, smooth_normals
from performer.face.track import PRESETS

__all__ = ["build_mannequin"]

LICENCE = "https://vrm.dev/licenses/1.0/"


def build_mannequin() -> bytes:
    """The VRM file; the same bytes on every call."""
    pack = _Pack()
    nodes, tail = _skeleton_nodes()
    joints = list(range(len(nodes)))
    names: dict[str, int] = {str(node["name"]): i for i, node in enumerate(nodes)}
    bind = np.tile(np.eye(4), (len(nodes), 1, 1))
    bind[:, :3, 3] = -np.array([_world(nodes, i) for i in joints])
    skin = {
        "joints": joints,
        "skeleton": 0,
        "inverseBindMatrices": pack.add(bind.transpose(0, 2, 1).reshape(-1, 16).astype("<f4"), 5126, "MAT4"),
    }
    body = join([*body_parts(), head_part(), *hair_parts()])
    face = face_part()
    meshes = [_mesh(pack, "Body", body, names, 0), _mesh(pack, "Face", face, names, 1)]
    body_node, face_node = len(nodes), len(nodes) + 1
    nodes += [{"name": "Body", "mesh": 0, "skin": 0}, {"name": "Face", "mesh": 1, "skin": 0}]
    light, shade = pack.blob(palette_png(shade=False)), pack.blob(palette_png(shade=True))
    document: dict[str, Any] = {
        "asset": {"version": "2.0", "generator": "nichang mannequin"},
        "extensionsUsed": ["VRMC_vrm", "VRMC_springBone", "VRMC_materials_mtoon"],
        "scene": 0,
        "scenes": [{"nodes": [0, body_node, face_node]}],
        "nodes": nodes,
        "skins": [skin],
        "meshes": meshes,
        "materials": [_toon(), _ink()],
        "textures": [{"source": 0, "sampler": 0}, {"source": 1, "sampler": 0}],
        "samplers": [{"magFilter": 9728, "minFilter": 9728, "wrapS": 33071, "wrapT": 33071}],
        "images": [
            {"name": "light", "mimeType": "image/png", "bufferView": light},
            {"name": "shade", "mimeType": "image/png", "bufferView": shade},
        ],
        "accessors": pack.accessors,
        "bufferViews": pack.views,
        "buffers": [{"byteLength": len(pack.data)}],
        "extensions": {
            "VRMC_vrm": _vrm(names, face, body_node, face_node),
            "VRMC_springBone": _springs(names, tail),
        },
    }
    return encode_glb(document, bytes(pack.data))


def _skeleton_nodes() -> tuple[list[dict[str, Any]], list[str]]:
    offsets = CANONICAL.offsets
    nodes: list[dict[str, Any]] = [
        {"name": bone.name, "translation": [round(float(v), 6) for v in offsets[i]]} for i, bone in enumerate(BONES)
    ]
    for i in range(1, len(BONES)):
        nodes[BONE_PARENT[i]].setdefault("children", []).append(i)
    head = next(i for i, bone in enumerate(BONES) if bone.name == "head")
    last, at = head, CANONICAL.rest[head]
    tail: list[str] = []
    for number, (y, z) in enumerate(TAIL):
        here = np.array([0.0, y, z])
        nodes.append({"name": f"tail{number}", "translation": [round(float(v), 6) for v in here - at]})
        nodes[last].setdefault("children", []).append(len(nodes) - 1)
        last, at = len(nodes) - 1, here
        tail.append(f"tail{number}")
    return nodes, tail


def _world(nodes: list[dict[str, Any]], index: int) -> np.ndarray:
    parent = next((i for i, node in enumerate(nodes) if index in node.get("children", ())), None)
    own = np.array(nodes[index]["translation"])
    return own if parent is None else own + _world(nodes, parent)


def _mesh(pack: "_Pack", name: str, part: Part, joints: dict[str, int], material: int) -> dict[str, Any]:
    table = np.zeros((len(part.points), len(joints)))
    for joint, share in part.weights.items():
        table[:, joints[joint]] += np.maximum(share, 0.0)
    # Four strongest joints per vertex, sums of one; an unused place names joint 0, as the validator wants.
    order = np.argsort(-table, axis=1, kind="stable")[:, :4]
    weights = np.take_along_axis(table, order, axis=1)
    weights /= weights.sum(axis=1, keepdims=True)
    weights = np.where(weights < 1e-4, 0.0, weights).astype(np.float32)
    weights /= weights.sum(axis=1, keepdims=True)
    order = np.where(weights > 0.0, order, 0)
    normals = smooth_normals(part.points, part.triangles)
    primitive: dict[str, Any] = {
        "attributes": {
            "POSITION": pack.add(part.points.astype("<f4"), 5126, "VEC3", bounds=True, target=34962),
            "NORMAL": pack.add(normals.astype("<f4"), 5126, "VEC3", target=34962),
            "TEXCOORD_0": pack.add(swatch_uv(part.colour).astype("<f4"), 5126, "VEC2", target=34962),
            "JOINTS_0": pack.add(order.astype("<u1"), 5121, "VEC4", target=34962),
            "WEIGHTS_0": pack.add(weights.astype("<f4"), 5126, "VEC4", target=34962),
        },
        "indices": pack.add(part.triangles.reshape(-1, 1).astype("<u2"), 5123, "SCALAR", target=34963),
        "material": material,
    }
    mesh: dict[str, Any] = {"name": name, "primitives": [primitive]}
    if part.shapes:
        primitive["targets"] = [
            {"POSITION": pack.add(shape.astype("<f4"), 5126, "VEC3", bounds=True, target=34962)}
            for shape in part.shapes.values()
        ]
        mesh["extras"] = {"targetNames": list(part.shapes)}
    return mesh


def _toon() -> dict[str, Any]:
    return {
        "name": "toon",
        "doubleSided": True,
        "pbrMetallicRoughness": {"baseColorTexture": {"index": 0}, "metallicFactor": 0.0, "roughnessFactor": 0.9},
        "extensions": {
            "VRMC_materials_mtoon": {
                "specVersion": "1.0",
                "shadeColorFactor": [1.0, 1.0, 1.0],
                "shadeMultiplyTexture": {"index": 1},
                "shadingShiftFactor": -0.1,
                "shadingToonyFactor": 0.85,
                "giEqualizationFactor": 0.9,
                "parametricRimColorFactor": [0.12, 0.11, 0.16],
                "parametricRimFresnelPowerFactor": 4.0,
            }
        },
    }


def _ink() -> dict[str, Any]:
    """Drawn parts of the face: lit like paper, without shade."""
    return {
        "name": "ink",
        "doubleSided": True,
        "pbrMetallicRoughness": {"baseColorTexture": {"index": 0}, "metallicFactor": 0.0, "roughnessFactor": 1.0},
        "extensions": {
            "VRMC_materials_mtoon": {
                "specVersion": "1.0",
                "shadeColorFactor": [1.0, 1.0, 1.0],
                "shadeMultiplyTexture": {"index": 0},
                "shadingShiftFactor": 0.0,
                "shadingToonyFactor": 0.9,
                "giEqualizationFactor": 1.0,
            }
        },
    }


def _vrm(names: dict[str, int], face: Part, body_node: int, face_node: int) -> dict[str, Any]:
    def expression(index: int) -> dict[str, Any]:
        return {"morphTargetBinds": [{"node": face_node, "index": index, "weight": 1.0}], "isBinary": False}

    shapes = list(face.shapes)
    preset = {name: expression(i) for i, name in enumerate(shapes) if name in PRESETS}
    for name in ("happy", "relaxed"):
        # Their own half-closed lids and a blink on top would push the lids through each other.
        preset[name]["overrideBlink"] = "blend"
    for name in ("happy", "angry", "sad", "relaxed", "surprised"):
        preset[name].setdefault("overrideMouth", "none")
    # The drawn eyes move 5 mm at most; that is where a look of 30 degrees ends.
    reach = {"inputMaxValue": 30.0, "outputScale": 1.0}
    return {
        "specVersion": "1.0",
        "meta": {
            "name": "Mannequin",
            "version": "1",
            "authors": ["nichang"],
            "copyrightInformation": "Made by the nichang project's own code",
            "licenseUrl": LICENCE,
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
        },
        "humanoid": {"humanBones": {bone.name: {"node": names[bone.name]} for bone in BONES}},
        "firstPerson": {
            "meshAnnotations": [
                {"node": body_node, "type": "auto"},
                {"node": face_node, "type": "thirdPersonOnly"},
            ]
        },
        "lookAt": {
            "offsetFromHeadBone": [0.0, 0.088, 0.08],
            "type": "expression",
            "rangeMapHorizontalInner": reach,
            "rangeMapHorizontalOuter": reach,
            "rangeMapVerticalDown": reach,
            "rangeMapVerticalUp": reach,
        },
        "expressions": {
            "preset": preset,
            "custom": {name: expression(i) for i, name in enumerate(shapes) if name not in PRESETS},
        },
    }


def _springs(names: dict[str, int], tail: list[str]) -> dict[str, Any]:
    def sphere(bone: str, offset: tuple[float, float, float], radius: float) -> dict[str, Any]:
        return {"node": names[bone], "shape": {"sphere": {"offset": list(offset), "radius": radius}}}

    def capsule(bone: str, offset: tuple[float, float, float], end: tuple[float, float, float], radius: float) -> Any:
        shape = {"capsule": {"offset": list(offset), "tail": list(end), "radius": radius}}
        return {"node": names[bone], "shape": shape}

    joints = [
        {
            "node": names[name],
            "hitRadius": 0.025,
            "stiffness": 0.9 - 0.12 * number,
            "gravityPower": 0.25,
            "gravityDir": [0.0, -1.0, 0.0],
            "dragForce": 0.35,
        }
        for number, name in enumerate(tail)
    ]
    return {
        "specVersion": "1.0",
        "colliders": [
            sphere("head", (0.0, 0.115, -0.005), 0.095),
            capsule("neck", (0.0, 0.0, 0.0), (0.0, 0.06, 0.0), 0.045),
            capsule("upperChest", (-0.06, 0.06, -0.01), (0.06, 0.06, -0.01), 0.085),
        ],
        "colliderGroups": [{"name": "body", "colliders": [0, 1, 2]}],
        "springs": [{"name": "tail", "joints": joints, "colliderGroups": [0], "center": names["hips"]}],
    }


class _Pack:
    """Bytes, views and accessors while they are collected; every view begins on 4 bytes."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.views: list[dict[str, Any]] = []
        self.accessors: list[dict[str, Any]] = []

    def blob(self, data: bytes, target: int | None = None) -> int:
        self.data += b"\0" * (-len(self.data) % 4)
        view: dict[str, Any] = {"buffer": 0, "byteOffset": len(self.data), "byteLength": len(data)}
        if target is not None:
            view["target"] = target
        self.views.append(view)
        self.data += data
        return len(self.views) - 1

    def add(
        self, values: "np.ndarray", component: int, kind: str, *, bounds: bool = False, target: int | None = None
    ) -> int:
        accessor: dict[str, Any] = {
            "bufferView": self.blob(np.ascontiguousarray(values).tobytes(), target),
            "componentType": component,
            "count": len(values),
            "type": kind,
        }
        if bounds:
            accessor["min"] = [float(v) for v in values.min(axis=0)]
            accessor["max"] = [float(v) for v in values.max(axis=0)]
        self.accessors.append(accessor)
        return len(self.accessors) - 1
