"""VRM animation files (VRMC_vrm_animation 1.0): a GLB with a humanoid rest pose and tracks.

Writes rotations of present bones, hips translation, expression weights and gaze; reads rotations and hips of any VRMA.
Source: VRMC_vrm_animation-1.0 specification; loads in @pixiv/three-vrm-animation.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from motion.errors import UserError
from motion.rig import quat
from motion.rig.bones import BONE_INDEX, BONE_PARENT, BONES
from motion.rig.glb import Glb, GlbError, decode_glb, encode_glb
from motion.rig.pose import GRID_HZ, Motion
from motion.rig.skeleton import Skeleton

__all__ = ["FaceTracks", "VrmaError", "decode_vrma", "encode_vrma"]

_MOODS = ("happy", "angry", "sad", "relaxed", "surprised", "neutral")
_PRESETS = frozenset((*_MOODS, "aa", "ih", "ou", "ee", "oh", "blink", "blinkLeft", "blinkRight"))
_LOOK = frozenset(["lookUp", "lookDown", "lookLeft", "lookRight"])


class VrmaError(UserError):
    """The file is not a usable VRM animation."""


@dataclass(frozen=True, slots=True)
class FaceTracks:
    """weights: name -> (frames,) 0..1. gaze: (frames, 2) yaw and pitch in radians, or None."""

    weights: Mapping[str, NDArray[np.floating]]
    gaze: NDArray[np.floating] | None = None


class _Bone(msgspec.Struct, frozen=True):
    node: int


class _Humanoid(msgspec.Struct, frozen=True, rename="camel"):
    human_bones: dict[str, _Bone | None] = {}


class _Vrma(msgspec.Struct, frozen=True, rename="camel"):
    humanoid: _Humanoid = _Humanoid()


def encode_vrma(motion: Motion, skeleton: Skeleton, face: FaceTracks | None = None) -> bytes:
    """Motion, and face if given, as a .vrma file; the root's travel and turn are put into the hips.

    Expressions that stand still at 0 are left out; look* shapes are replaced by the gaze track, as the format wants.
    """
    if not len(motion):
        raise VrmaError("a motion of no frames cannot be written as VRMA")
    pack = _Pack()
    offsets = skeleton.offsets
    bones = [b for b in range(len(BONES)) if skeleton.present[b]]
    node_of = {bone: i for i, bone in enumerate(bones)}
    nodes: list[dict[str, Any]] = [{"name": BONES[b].name, "translation": _floats(offsets[b])} for b in bones]
    for b in bones[1:]:
        parent = BONE_PARENT[b]
        while parent not in node_of:
            parent = BONE_PARENT[parent]
        nodes[node_of[b]]["translation"] = _floats(skeleton.rest[b] - skeleton.rest[parent])
        nodes[node_of[parent]].setdefault("children", []).append(node_of[b])
    # Eyes have no track of their own: the gaze stands for them.
    moving = [b for b in bones if BONES[b].name not in ("leftEye", "rightEye")]
    times = pack.add((np.arange(len(motion)) / motion.rate)[:, None].astype(np.float32), "SCALAR", bounds=True)
    turn = quat.from_yaw(motion.root[:, 2])
    ground = np.stack((motion.root[:, 0], motion.root[:, 3], motion.root[:, 1]), axis=-1).astype(np.float64)
    hips = ground + quat.rotate(turn, motion.hips.astype(np.float64))
    rotations = motion.rotations.astype(np.float64)
    rotations[:, 0] = quat.mul(turn, rotations[:, 0])
    rotations = quat.unroll(quat.normalize(rotations))
    pack.channel(times, hips.astype(np.float32), "VEC3", 0, "translation")
    for b in moving:
        pack.channel(times, rotations[:, b].astype(np.float32), "VEC4", node_of[b], "rotation")
    extension: dict[str, Any] = {
        "specVersion": "1.0",
        "humanoid": {"humanBones": {BONES[b].name: {"node": node_of[b]} for b in moving}},
    }
    roots = [0]
    if face is not None:
        _add_face(pack, times, face, nodes, roots, extension, len(motion))
    document: dict[str, Any] = {
        "asset": {"version": "2.0", "generator": "nichang"},
        "extensionsUsed": ["VRMC_vrm_animation"],
        "extensions": {"VRMC_vrm_animation": extension},
        "scene": 0,
        "scenes": [{"nodes": roots}],
        "nodes": nodes,
        "animations": [{"name": "dance", "channels": pack.channels, "samplers": pack.samplers}],
        "accessors": pack.accessors,
        "bufferViews": pack.views,
        "buffers": [{"byteLength": len(pack.data)}],
    }
    return encode_glb(document, bytes(pack.data))


def _add_face(
    pack: "_Pack",
    times: int,
    face: FaceTracks,
    nodes: list[dict[str, Any]],
    roots: list[int],
    extension: dict[str, Any],
    frames: int,
) -> None:
    preset: dict[str, Any] = {}
    custom: dict[str, Any] = {}
    for name, weights in face.weights.items():
        if name in _LOOK or len(weights) != frames or not np.any(weights):
            continue
        node = len(nodes)
        nodes.append({"name": f"expression {name}", "translation": [0.0, 0.0, 0.0]})
        roots.append(node)
        (preset if name in _PRESETS else custom)[name] = {"node": node}
        values = np.zeros((frames, 3), np.float32)
        values[:, 0] = np.clip(weights, 0.0, 1.0)
        pack.channel(times, values, "VEC3", node, "translation")
    if preset or custom:
        extension["expressions"] = {k: v for k, v in (("preset", preset), ("custom", custom)) if v}
    if face.gaze is not None and len(face.gaze) == frames:
        node = len(nodes)
        nodes.append({"name": "lookAt", "translation": [0.0, 0.0, 0.0]})
        roots.append(node)
        extension["lookAt"] = {"node": node, "offsetFromHeadBone": [0.0, 0.06, 0.0]}
        gaze = quat.from_euler_yxz(face.gaze[:, 0], face.gaze[:, 1], 0.0)
        pack.channel(times, quat.unroll(gaze).astype(np.float32), "VEC4", node, "rotation")


class _Pack:
    """Accessors, samplers and channels while they are collected."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.views: list[dict[str, Any]] = []
        self.accessors: list[dict[str, Any]] = []
        self.samplers: list[dict[str, Any]] = []
        self.channels: list[dict[str, Any]] = []

    def add(self, values: NDArray[np.float32], kind: str, *, bounds: bool = False) -> int:
        self.views.append({"buffer": 0, "byteOffset": len(self.data), "byteLength": values.nbytes})
        self.data += np.ascontiguousarray(values, "<f4").tobytes()
        accessor: dict[str, Any] = {
            "bufferView": len(self.views) - 1,
            "componentType": 5126,
            "count": len(values),
            "type": kind,
        }
        if bounds:
            accessor["min"], accessor["max"] = _floats(values.min(axis=0)), _floats(values.max(axis=0))
        self.accessors.append(accessor)
        return len(self.accessors) - 1

    def channel(self, times: int, values: NDArray[np.float32], kind: str, node: int, path: str) -> None:
        output = self.add(values, kind)
        self.samplers.append({"input": times, "output": output, "interpolation": "LINEAR"})
        self.channels.append({"sampler": len(self.samplers) - 1, "target": {"node": node, "path": path}})


def _floats(values: NDArray[np.floating]) -> list[float]:
    return [float(v) for v in values]


def decode_vrma(data: bytes, *, rate: float = GRID_HZ) -> tuple[Motion, Skeleton]:
    """Read a VRMA, resampled onto `rate`; bones without a track keep their rest pose.

    Raises:
        VrmaError: not a VRMA, or its tracks are broken.
    """
    try:
        return _decode(decode_glb(data), rate)
    except GlbError as error:
        raise VrmaError(f"the animation cannot be read: {error}") from error


def _decode(glb: Glb, rate: float) -> tuple[Motion, Skeleton]:
    raw = glb.document.extensions.get("VRMC_vrm_animation")
    if raw is None:
        raise VrmaError("it is a GLB without VRM animation data (VRMC_vrm_animation)")
    try:
        vrma = msgspec.json.decode(raw, type=_Vrma, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise VrmaError(f"its VRM animation data are broken: {error}") from error
    count = len(glb.document.nodes)
    nodes = {n: b.node for n, b in vrma.humanoid.human_bones.items() if b and n in BONE_INDEX and 0 <= b.node < count}
    if "hips" not in nodes:
        raise VrmaError("the animation has no hips bone")
    channels = glb.document.animations[0].channels if glb.document.animations else []
    samplers = glb.document.animations[0].samplers if glb.document.animations else []
    tracks: dict[tuple[int, str], tuple[NDArray[np.float64], NDArray[np.float64]]] = {}
    for channel in channels:
        node, path = channel.target.get("node"), channel.target.get("path")
        if isinstance(node, int) and isinstance(path, str) and path in ("rotation", "translation"):
            if not 0 <= channel.sampler < len(samplers):
                raise VrmaError(f"a track uses sampler {channel.sampler}, which does not exist")
            sampler = samplers[channel.sampler]
            tracks[node, path] = _track(glb, sampler.input, sampler.output, sampler.interpolation)
    last = max((float(times[-1]) for times, _ in tracks.values()), default=0.0)
    if last * rate > 10_000_000:
        raise VrmaError(f"the animation lasts {last:.0f} s, which is too long")
    grid = np.arange(round(last * rate) + 1) / rate
    rest: NDArray[np.float64] = np.zeros((len(BONES), 3))
    present = np.zeros(len(BONES), np.bool_)
    rotations = np.tile(quat.IDENTITY, (len(grid), len(BONES), 1))
    world_turn = {n: quat.from_matrix(_unscaled(glb.world[node])) for n, node in nodes.items()}
    for bone, entry in enumerate(BONES):
        node = nodes.get(entry.name)
        if node is None:
            rest[bone] = rest[BONE_PARENT[bone]] if bone else 0.0
            continue
        present[bone] = True
        rest[bone] = glb.world[node][:3, 3]
        found = tracks.get((node, "rotation"))
        if found is not None:
            # From the node's own frame into normalised space: parent's rest turn, track, inverse of own rest turn.
            parent = glb.parents[node]
            parent_turn = quat.from_matrix(_unscaled(glb.world[parent])) if parent >= 0 else quat.IDENTITY
            track = _sample(found, grid, 4)
            rotations[:, bone] = quat.mul(quat.mul(parent_turn, track), quat.conj(world_turn[entry.name]))
    hips = np.tile(rest[0], (len(grid), 1))
    moved = tracks.get((nodes["hips"], "translation"))
    if moved is not None:
        parent = glb.parents[nodes["hips"]]
        frame = glb.world[parent] if parent >= 0 else np.eye(4)
        hips = _sample(moved, grid, 3) @ frame[:3, :3].T + frame[:3, 3]
    head = rest[BONE_INDEX["head"], 1] if present[BONE_INDEX["head"]] else float(rest[:, 1].max())
    skeleton = Skeleton(rest, present, float(max(head * 1.13, 1e-3)))
    root = np.zeros((len(grid), 4), np.float32)
    return Motion(quat.normalize(rotations).astype(np.float32), hips.astype(np.float32), root, rate), skeleton


def _track(glb: Glb, times: int, values: int, kind: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    t = glb.accessor(times).astype(np.float64)[:, 0]
    v = glb.accessor(values).astype(np.float64)
    if kind == "CUBICSPLINE":
        # Tangents are dropped: baked tracks are dense, so straight lines between the keys are close.
        v = v[1::3]
    if not len(t) or len(t) != len(v) or not np.isfinite(t).all() or not np.isfinite(v).all() or np.any(np.diff(t) < 0):
        raise VrmaError("a track has no keys, keys out of order, or values that are not finite")
    return t, v


def _sample(
    track: tuple[NDArray[np.float64], NDArray[np.float64]], grid: NDArray[np.float64], width: int
) -> quat.Array:
    times, values = track
    if values.shape[1] != width:
        raise VrmaError(f"a track has {values.shape[1]} numbers a key where {width} belong")
    right = np.clip(np.searchsorted(times, grid, side="right"), 1, max(len(times) - 1, 1))
    left = right - 1
    right = np.minimum(right, len(times) - 1)
    span = np.maximum(times[right] - times[left], 1e-9)
    share = np.clip((grid - times[left]) / span, 0.0, 1.0)
    if width == 4:
        return quat.slerp(quat.normalize(values[left]), quat.normalize(values[right]), share)
    return values[left] + (values[right] - values[left]) * share[:, None]


def _unscaled(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    turn = matrix[:3, :3]
    return turn / np.maximum(np.linalg.norm(turn, axis=0, keepdims=True), 1e-9)
