"""The fitted dance of every performer in blocks of the 60 Hz grid, baked when first asked for and kept.

A frame's value never depends on which block was baked first: dance and fit give the same frame in any window, and
what the camera needs of the neighbourhood (low-passed way, ball of the head) is taken from neighbour blocks.
"""

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motion.rig import quat
from motion.rig.bones import BONE_INDEX
from motion.rig.pose import GRID_HZ, Motion
from motion.rig.skeleton import Skeleton
from performer.avatar.fit import fit
from stage.show.body import Pose
from stage.show.performance import Performance, Performer

__all__ = ["BLOCK", "Framing", "PoseStore", "head_path"]

# Half a second: short enough that baking one between two live frames is not seen.
BLOCK = 30
# Ten minutes of one performer at 27 kB a block; older ones are baked again when they come back.
_KEPT = 1200
_SPREAD = 30  # frames to each side over which the camera's subject is smoothed
_CHAIN = tuple(BONE_INDEX[name] for name in ("hips", "spine", "chest", "upperChest", "neck", "head"))


@dataclass(frozen=True, slots=True)
class Framing:
    """place: (frames, 2) low-passed x, z. head: (frames, 3) low-passed centre of the head. radius: (frames,) of a ball
    about it that holds the head's centre a quarter of a second to both sides."""

    place: NDArray[np.float64]
    head: NDArray[np.float64]
    radius: NDArray[np.float64]


def head_path(motion: Motion, skeleton: Skeleton, rise: float) -> NDArray[np.float64]:
    """(frames, 3) the middle of the head, `rise` metres above its joint: forward kinematics of the trunk alone."""
    offsets = skeleton.offsets
    turn = quat.from_yaw(motion.root[:, 2])
    ground = np.stack((motion.root[:, 0], motion.root[:, 3], motion.root[:, 1]), axis=-1).astype(np.float64)
    at = ground + quat.rotate(turn, motion.hips.astype(np.float64))
    rotation = quat.mul(turn, motion.rotations[:, 0])
    for bone in _CHAIN[1:]:
        at = at + quat.rotate(rotation, offsets[bone])
        rotation = quat.mul(rotation, motion.rotations[:, bone])
    return at + quat.rotate(rotation, np.array([0.0, rise, 0.0]))


def _hann(values: NDArray[np.float64], half: int) -> NDArray[np.float64]:
    """Weighted mean over ±half frames along axis 0; the result is shorter by 2 * half."""
    window = np.hanning(2 * half + 3)[1:-1]
    view = np.lib.stride_tricks.sliding_window_view(values, 2 * half + 1, axis=0)
    return view @ (window / window.sum())


class PoseStore:
    """Baked blocks of one performance. Safe to ask from several threads: a block baked twice is the same block."""

    def __init__(self, performance: Performance) -> None:
        self._performance = performance
        self.frames = performance.frames
        self._motions: list[OrderedDict[int, Motion]] = [OrderedDict() for _ in performance.performers]
        self._framings: OrderedDict[int, Framing] = OrderedDict()
        self._ways: OrderedDict[int, tuple[NDArray[np.float64], NDArray[np.float64]]] = OrderedDict()

    @property
    def blocks(self) -> int:
        return -(-self.frames // BLOCK)

    def warm(self, block: int) -> bool:
        """Bake a block and all that a step in it needs; False if that was done before."""
        block = min(max(block, 0), self.blocks - 1)
        if block in self._framings and all(block in kept for kept in self._motions):
            return False
        for who in range(len(self._motions)):
            self._motion(who, block)
        self._framing(block)
        return True

    def pose(self, who: int, t: float) -> Pose:
        """The planned pose at media time `t`: at k/60 s exactly pose k, between two a blend of both."""
        x = min(max(t * GRID_HZ, 0.0), self.frames - 1.0)
        k = round(x)
        if abs(x - k) < 1e-6:
            return self._grid(who, int(k))
        k = int(x)
        a, b, w = self._grid(who, k), self._grid(who, k + 1), x - k
        root = a.root + (b.root - a.root) * np.float32(w)
        turn = (float(b.root[2]) - float(a.root[2]) + np.pi) % (2.0 * np.pi) - np.pi
        root[2] = a.root[2] + turn * w
        rotations = quat.nlerp(a.rotations, b.rotations, w).astype(np.float32)
        hips = (a.hips + (b.hips - a.hips) * np.float32(w)).astype(np.float32)
        return Pose(rotations, hips, root.astype(np.float32))

    def framing(self, t: float) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
        """place (2,), head (3,) and radius of the first performer at media time `t`."""
        x = min(max(t * GRID_HZ, 0.0), self.frames - 1.0)
        k = min(int(x), max(self.frames - 2, 0))
        w = x - k
        a, b = self._framing_at(k), self._framing_at(min(k + 1, self.frames - 1))
        return a[0] + (b[0] - a[0]) * w, a[1] + (b[1] - a[1]) * w, a[2] + (b[2] - a[2]) * w

    def _framing_at(self, k: int) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
        framing, i = self._framing(k // BLOCK), k % BLOCK
        return framing.place[i], framing.head[i], float(framing.radius[i])

    def _grid(self, who: int, k: int) -> Pose:
        k = min(k, self.frames - 1)
        motion, i = self._motion(who, k // BLOCK), k % BLOCK
        return Pose(motion.rotations[i], motion.hips[i], motion.root[i])

    def _motion(self, who: int, block: int) -> Motion:
        kept = self._motions[who]
        motion = kept.get(block)
        if motion is None:
            motion = _read_only(self._fit(self._performance.performers[who], block))
            kept[block] = motion
            if len(kept) > _KEPT:
                kept.popitem(last=False)
        return motion

    def _fit(self, performer: Performer, block: int) -> Motion:
        start, stop = block * BLOCK, min((block + 1) * BLOCK, self.frames)
        dance = self._performance.dance.frames(start, stop)
        fitted = fit(dance.motion, dance.contacts, performer.skeleton)
        root = fitted.root + np.array([performer.start[0], performer.start[1], 0.0, 0.0], np.float32)
        return Motion(fitted.rotations, fitted.hips, root, fitted.rate)

    def _framing(self, block: int) -> Framing:
        framing = self._framings.get(block)
        if framing is None:
            framing = self._frame_block(block)
            self._framings[block] = framing
            if len(self._framings) > _KEPT:
                self._framings.popitem(last=False)
        return framing

    def _way(self, block: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(frames, 3) middle of the head and (frames, 2) hips on the floor, of the first performer."""
        way = self._ways.get(block)
        if way is None:
            motion = self._motion(0, block)
            hips = quat.rotate(quat.from_yaw(motion.root[:, 2]), motion.hips.astype(np.float64))
            filmed = self._performance.performers[0]
            way = (
                head_path(motion, filmed.skeleton, filmed.head_ball.rise),
                motion.root[:, :2] + hips[:, [0, 2]],
            )
            self._ways[block] = way
            if len(self._ways) > _KEPT:
                self._ways.popitem(last=False)
        return way

    def _frame_block(self, block: int) -> Framing:
        start, stop = block * BLOCK, min((block + 1) * BLOCK, self.frames)
        # Three blurs of ±_SPREAD/2 in a row reach this far; the song's ends are held.
        pad = 2 * _SPREAD
        wanted = np.clip(np.arange(start - pad, stop + pad), 0, self.frames - 1)
        ways = [self._way(b) for b in range(int(wanted[0]) // BLOCK, int(wanted[-1]) // BLOCK + 1)]
        first = int(wanted[0]) // BLOCK * BLOCK
        head = np.concatenate([way[0] for way in ways])[wanted - first]
        place = np.concatenate([way[1] for way in ways])[wanted - first]
        centre = _hann(head, _SPREAD)  # shorter by _SPREAD at both ends
        off = np.linalg.norm(head[_SPREAD:-_SPREAD] - centre, axis=-1)
        half = _SPREAD // 2
        # A mean over ±half of the maximum over ±half is nowhere below the value itself.
        top = np.lib.stride_tricks.sliding_window_view(off, 2 * half + 1).max(axis=-1)
        return Framing(_hann(place, _SPREAD)[_SPREAD:-_SPREAD], centre[_SPREAD:-_SPREAD], _hann(top, half))


def _read_only(motion: Motion) -> Motion:
    for array in (motion.rotations, motion.hips, motion.root):
        array.setflags(write=False)
    return motion
