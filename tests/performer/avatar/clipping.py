"""Where clothes, hair and hands sink into flesh in the widest poses, as a table: python -m
tests.performer.avatar.clipping PRESET [--level full]. Springs hang as in rest, so loose cloth is judged too hardly.
"""

import argparse
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motion.dance.library import Library, load_library
from motion.dance.plan import Plan, Step
from motion.dance.player import Dance
from motion.dance.sheet import metronome_song
from motion.rig.bones import BONES
from motion.rig.pose import joint_positions
from motion.rig.skeleton import Skeleton
from performer.avatar.build.body import build_body
from performer.avatar.build.core import assemble_avatar
from performer.avatar.build.nearest import Surface
from performer.avatar.build.outfit import lift_of
from performer.avatar.build.part import Floats, Part, corner_normals
from performer.avatar.build.spec import Level, Spec, read_spec
from performer.avatar.fit import fit
from performer.avatar.presets import avatar_path, preset_path
from performer.avatar.vrm import read_vrm
from tests.gallery.views import POSES
from tests.performer.avatar.posing import Figure, pose_quaternions

__all__ = ["Clip", "clips", "widest_frames"]

# Deeper than this in flesh is seen: outfit that was outside at rest.
_SEEN = 0.004
_SIDES = ("left", "right")


@dataclass(frozen=True)
class Clip:
    """outfit, hair, hands: share of their points that sank into flesh by more than 4 mm; deep: deepest, metres, and
    the joint that the deepest point of the outfit follows most."""

    pose: str
    outfit: float
    hair: float
    hands: float
    deep: float
    where: str


def clips(spec: Spec, level: Level, poses: dict[str, dict[str, Floats]]) -> list[Clip]:
    """One row per pose (joint -> local quaternion)."""
    assembly = assemble_avatar(spec, level)
    body = build_body(spec, level, lift_of(spec))
    figure = Figure(assembly)
    shift = assembly.joints["hips"].place - assembly.scale * body.joints["hips"]
    skin = assembly.scale * body.points + shift
    weights = {name: share for name, share in body.weights.items() if share.any()}
    hands = np.unique(body.quads[np.char.endswith(body.region, "Hand")])
    flesh = body.triangles[~np.isin(body.triangles, hands).any(axis=1)]
    arms = np.unique(body.quads[np.char.endswith(body.region, "Arm")])
    trunk = flesh[~np.isin(flesh, arms).any(axis=1)]
    parts = {name: [p for p in assembly.parts if p.mesh == name] for name in ("Outfit", "Hair")}
    free = {name: [_depth(skin, flesh, part.points) < 0.5 * _SEEN for part in own] for name, own in parts.items()}
    rows: list[Clip] = []
    for pose, local in poses.items():
        placed = figure.pose(local)
        posed = figure.skin(skin, weights, placed)
        found: dict[str, float] = {}
        deepest, where = 0.0, ""
        for name, own in parts.items():
            sunk = count = 0
            for part, outside in zip(own, free[name], strict=True):
                depth = np.where(outside, _depth(posed, flesh, figure.skin(part.points, part.weights, placed)), 0.0)
                sunk, count = sunk + int((depth > _SEEN).sum()), count + len(depth)
                if name == "Outfit" and depth.max(initial=0.0) > deepest:
                    deepest, where = float(depth.max()), _leader(part, int(depth.argmax()))
            found[name] = sunk / max(count, 1)
        into = _depth(posed, trunk, posed[hands]) > _SEEN
        rows.append(Clip(pose, found["Outfit"], found["Hair"], float(into.mean()), deepest, where))
    return rows


def widest_frames(library: Library, skeleton: Skeleton) -> dict[str, dict[str, Floats]]:
    """The frames of the own moves, fitted to her, in which legs, hands and trunk go farthest: local quaternions."""
    best: dict[str, tuple[float, str, Floats]] = {}
    for name in [name for name, entry in library.entries.items() if entry.clip is None]:
        counts = library[name].counts
        bars = max(1, counts // 4)
        song = metronome_song(118.0, bars + 2)
        dance = Dance(Plan(steps=[Step(bar=1, bars=bars, move=name)]), song, library)
        frames = dance.frames(0, round(song.duration * 60.0))
        motion = fit(frames.motion, frames.contacts, skeleton)
        placed, _ = joint_positions(motion, skeleton)
        at = {bone.name: placed[:, k] for k, bone in enumerate(BONES)}
        measures = {
            "knee up": np.maximum(*(at[s + "LowerLeg"][:, 1] - at[s + "UpperLeg"][:, 1] for s in _SIDES)),
            "foot up": np.maximum(*(at[s + "Foot"][:, 1] for s in _SIDES)),
            "feet apart": np.linalg.norm(at["leftFoot"] - at["rightFoot"], axis=-1),
            "low hips": -at["hips"][:, 1],
            "hands up": np.minimum(*(at[s + "Hand"][:, 1] for s in _SIDES)),
            "bow": at["hips"][:, 1] - at["head"][:, 1],
            "crossed": at["rightHand"][:, 0] - at["leftHand"][:, 0],
            "hand at head": -np.minimum(*(np.linalg.norm(at[s + "Hand"] - at["head"], axis=-1) for s in _SIDES)),
            "hand at hips": -np.minimum(*(np.linalg.norm(at[s + "Hand"] - at["hips"], axis=-1) for s in _SIDES)),
        }
        for what, values in measures.items():
            frame = int(values.argmax())
            if what not in best or values[frame] > best[what][0]:
                best[what] = (float(values[frame]), f"{what} ({name} {frame / 60.0:.2f} s)", motion.rotations[frame])
    return {
        label: {bone.name: turn[k].astype(np.float64) for k, bone in enumerate(BONES)}
        for _, label, turn in best.values()
    }


def _depth(points: Floats, triangles: NDArray[np.int64], at: Floats) -> Floats:
    """(n,) how deep points lie in flesh, 0 outside and where the flesh was cut off."""
    found = Surface(points, triangles).nearest(at)
    normals = corner_normals(points, triangles)
    normal = np.einsum("nc,ncd->nd", found.share, normals[found.corners])
    gap = at - found.place
    ends = np.sort(np.concatenate([triangles[:, [k, (k + 1) % 3]] for k in range(3)]), axis=1)
    edges, count = np.unique(ends, axis=0, return_counts=True)
    cut = np.isin(found.corners, edges[count == 1]).any(axis=1)
    return np.where((np.sum(gap * normal, axis=1) < 0.0) & ~cut, np.linalg.norm(gap, axis=1), 0.0)


def _leader(part: Part, point: int) -> str:
    return max(part.weights, key=lambda name: float(part.weights[name][point]))


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("preset")
    parser.add_argument("--level", choices=("lite", "full"), default="lite")
    options = parser.parse_args()
    poses = {name: pose_quaternions(pose["bones"]) for name, pose in POSES.items()}
    skeleton = read_vrm(avatar_path(options.preset)).skeleton
    poses |= widest_frames(load_library(own_moves_only=True), skeleton)
    print(f"{'pose':44s} outfit   hair  hands  deepest")
    for row in clips(read_spec(preset_path(options.preset)), options.level, poses):
        shares = f"{row.outfit:5.1%}  {row.hair:5.1%}  {row.hands:5.1%}"
        print(f"{row.pose:44s} {shares}  {1000 * row.deep:4.0f} mm {row.where}")


if __name__ == "__main__":
    _main()
