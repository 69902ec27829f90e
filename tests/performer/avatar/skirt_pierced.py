"""Where legs come through a skirt, over all moves: python -m tests.performer.avatar.skirt_pierced PRESET.

Counts edges of the legs' skin, from a hand below the hip down, that cross the skirt's outer cloth. Springs and
colliders are alive, as on the stage (`--still`: at rest, so only what the drives carry).
"""

import argparse
from collections.abc import Mapping, Sequence

import numpy as np

from motion.dance.library import Library, load_library
from motion.dance.plan import Plan, Step
from motion.dance.player import Dance
from motion.dance.sheet import metronome_song
from motion.rig import quat
from motion.rig.bones import BONES
from motion.rig.pose import Motion
from motion.rig.quat import Array
from motion.rig.skeleton import Skeleton
from performer.avatar.build.body import build_body
from performer.avatar.build.core import assemble_avatar
from performer.avatar.build.outfit import OUTFITS, lift_of
from performer.avatar.build.part import Floats, Ints
from performer.avatar.build.spec import Level, Spec, read_spec
from performer.avatar.fit import fit
from performer.avatar.presets import avatar_path, preset_path
from performer.avatar.vrm import read_vrm
from tests.gallery.views import POSES
from tests.performer.avatar.posing import Figure, pose_quaternions
from tests.performer.avatar.swinging import Swinging
from tests.performer.avatar.twice import twice

__all__ = ["Piercing", "danced", "segments_through"]

_SIZE = 1024
_SHOWN = 0.86
# Moves whose springs are stepped at once: memory against the price of a step.
_TOGETHER = 24


class Piercing:
    """A dressed figure that tells how many edges of its legs cross its skirt in a pose."""

    def __init__(self, spec: Spec, level: Level) -> None:
        assembly = assemble_avatar(spec, level)
        body = build_body(spec, level, lift_of(spec))
        self._figure = Figure(assembly, ("hips", "spine", "UpperLeg", "LowerLeg", "Foot", "Toes", "skirt"))
        shift = assembly.joints["hips"].place - assembly.scale * body.joints["hips"]
        legs = np.isin(body.region, ["leftLeg", "rightLeg"])
        used, quads = np.unique(body.quads[legs], return_inverse=True)
        quads = quads.reshape(-1, 4)
        self._skin = assembly.scale * body.points[used] + shift
        self._weights = {name: share[used] for name, share in body.weights.items() if share[used].any()}
        ends = np.concatenate([quads[:, [k, (k + 1) % 4]] for k in range(4)])
        edges = np.unique(np.sort(ends, axis=1), axis=0)
        # Higher up is what no outfit shows: the body's own crease below hips that are left out under a skirt.
        hip = assembly.joints["leftUpperLeg"].place[1]
        self._swinging = Swinging(assembly)
        self._edges = edges[(self._skin[edges][..., 1] < _SHOWN * hip).all(axis=1)]
        self._cloth, self._shares, self._triangles = _skirt(assembly.parts, spec)

    def edges(self, local: Mapping[str, Floats]) -> int:
        """How many edges cross cloth in this pose (joint -> local quaternion), springs at rest."""
        return self._crossing(self._figure.pose(local))

    def dance(self, moves: Sequence[Motion], step: int, *, springs: bool = True) -> list[list[int]]:
        """The same for every `step`th frame of moves that are danced from their beginning on."""
        most = 2 * max(len(move) for move in moves)
        turns = np.stack([twice(move.rotations, most, turns=True) for move in moves], axis=1)
        root = np.stack([twice(move.root, most) for move in moves], axis=1)
        hips = np.stack([twice(move.hips, most) for move in moves], axis=1)
        yaw = quat.from_yaw(root[..., 2])
        local = {bone.name: np.asarray(turns[:, :, b], np.float64) for b, bone in enumerate(BONES)}
        local["hips"] = np.asarray(quat.mul(yaw, local["hips"]), np.float64)
        place = quat.rotate(yaw, hips) + root[..., [0, 3, 1]]
        placed = self._figure.pose(local, np.asarray(place - self._figure.joints["hips"].place, np.float64))
        if springs:
            placed |= self._swinging.swing(placed, local)
        needed = {name: placed[name] for name in {*self._weights, *self._shares}}
        return [
            [
                self._crossing({name: (p[2 * k, m], q[2 * k, m]) for name, (p, q) in needed.items()})
                for k in range(0, len(move), step)
            ]
            for m, move in enumerate(moves)
        ]

    def _crossing(self, placed: Mapping[str, tuple[Array, Array]]) -> int:
        skin = self._figure.skin(self._skin, self._weights, placed)
        cloth = self._figure.skin(self._cloth, self._shares, placed)
        return segments_through(skin[self._edges[:, 0]], skin[self._edges[:, 1]], cloth[self._triangles])


def _skirt(parts: object, spec: Spec) -> tuple[Floats, dict[str, Floats], Ints]:
    """Points, weights and triangles of what is painted by the tile "skirt"."""
    left, top, wide, high = (value / _SIZE for value in OUTFITS[spec.outfit.kind].layout["skirt"])
    (part,) = [p for p in parts if p.mesh == "Outfit"]  # type: ignore[attr-defined]
    inside = np.all((part.uv >= (left, top)) & (part.uv <= (left + wide, top + high)), axis=1)
    triangles = part.triangles[inside[part.triangles].all(axis=1)]
    used, index = np.unique(triangles, return_inverse=True)
    shares = {name: share[used] for name, share in part.weights.items() if share[used].any()}
    return part.points[used], shares, index.reshape(triangles.shape)


def segments_through(start: Floats, end: Floats, corners: Floats) -> int:
    """How many of the segments (n, 3) to (n, 3) pass through any of the triangles (m, 3, 3)."""
    a, one, two = corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    normal = np.cross(one, two)
    way = end - start
    low, high = corners.min(axis=1), corners.max(axis=1)
    near = np.ones((len(start), len(corners)), np.bool_)
    for k in range(3):
        near &= np.minimum(start, end)[:, k, None] <= high[None, :, k]
        near &= np.maximum(start, end)[:, k, None] >= low[None, :, k]
    i, j = np.nonzero(near)
    det = -np.sum(way[i] * normal[j], axis=1)
    det = np.where(np.abs(det) < 1e-15, np.inf, det)
    from_a = start[i] - a[j]
    turn = np.cross(from_a, way[i])
    u, v = np.sum(two[j] * turn, axis=1) / det, -np.sum(one[j] * turn, axis=1) / det
    t = np.sum(from_a * normal[j], axis=1) / det
    met = (t >= 0.0) & (t <= 1.0) & (u >= 0.0) & (v >= 0.0) & (u + v <= 1.0)
    return len(np.unique(i[met]))


def danced(library: Library, names: Sequence[str], skeleton: Skeleton) -> list[Motion]:
    """These moves, fitted to her."""
    found: list[Motion] = []
    for name in names:
        bars = max(1, library[name].counts // 4)
        song = metronome_song(118.0, bars + 2)
        dance = Dance(Plan(steps=[Step(bar=1, bars=bars, move=name)]), song, library)
        frames = dance.frames(0, round(song.duration * 60.0))
        found.append(fit(frames.motion, frames.contacts, skeleton))
    return found


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("preset")
    parser.add_argument("--step", type=int, default=12, help="every how many frames of 60 a second")
    parser.add_argument("--still", action="store_true", help="springs at rest")
    options = parser.parse_args()
    figure = Piercing(read_spec(preset_path(options.preset)), "lite")
    for name, pose in POSES.items():
        print(f"{name:12s} {figure.edges(pose_quaternions(pose['bones'])):4d}")
    skeleton = read_vrm(avatar_path(options.preset)).skeleton
    library = load_library(own_moves_only=True)
    names = [name for name, entry in library.entries.items() if entry.clip is None]
    moves: dict[str, list[int]] = {}
    for k in range(0, len(names), _TOGETHER):
        some = names[k : k + _TOGETHER]
        counted = figure.dance(danced(library, some, skeleton), options.step, springs=not options.still)
        moves |= dict(zip(some, counted, strict=True))
    counts = np.concatenate([np.array(found) for found in moves.values()])
    share, total = np.mean(counts > 0), counts.sum()
    print(f"{len(counts)} frames of {len(moves)} moves: pierced in {share:.1%}, {total} edges in all")
    for name, found in sorted(moves.items(), key=lambda item: -sum(item[1]))[:8]:
        print(f"  {name:24s} {np.mean(np.array(found) > 0):6.1%} of its frames, at most {max(found)} edges")


if __name__ == "__main__":
    _main()
