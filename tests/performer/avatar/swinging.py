"""Springs of a skirt or of tails over time in numpy, by the formulas of VRMC_springBone 1.0, many moves at once.

All arrays begin with (times, moves); the chains hang side by side, joint for joint alike.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from motion.rig import quat
from motion.rig.quat import Array
from performer.avatar.build.assembly import Assembly
from performer.avatar.build.part import Floats
from performer.avatar.build.springs import Collider
from tests.performer.avatar.posing import share_of

__all__ = ["Swinging"]

Placed = dict[str, tuple[Array, Array]]


class Swinging:
    """Spring joints of an assembly."""

    def __init__(self, assembly: Assembly, rows: Sequence[Sequence[str]] = (), rate: float = 120.0) -> None:
        """rows: joints side by side, from the roots down and without the tips; none: the skirt's skirt0_0, ..."""
        self._joints, self._dt = assembly.joints, 1.0 / rate
        self._follows = {follow.name: follow for follow in assembly.follows}
        settings = {
            name: (chain, below)
            for chain in assembly.chains
            for name, below in zip(chain.joints, chain.joints[1:], strict=False)
        }
        self._rows = [list(row) for row in rows] or _skirt_rows(list(settings))
        settings = {name: settings[name] for row in self._rows for name in row}
        self._bones = [
            np.array([self._place(settings[name][1]) - self._place(name) for name in row]) for row in self._rows
        ]
        self._kind = [
            np.array([[settings[n][0].stiffness, settings[n][0].gravity, settings[n][0].drag] for n in row])
            for row in self._rows
        ]
        self._chains = [[settings[name][0] for name in row] for row in self._rows]
        groups = {group for chain, _ in settings.values() for group in chain.against}
        self._colliders = [c for c in assembly.colliders if c.group in groups]

    def swing(self, placed: Placed, local: Mapping[str, Floats]) -> Placed:
        """Places and world rotations of the spring joints; `placed` is the figure with springs at rest."""
        shape = next(turn.shape[:2] for _, turn in placed.values() if turn.ndim == 3)
        fixed = [np.stack([self._fixed(name, local, shape) for name in row], axis=2) for row in self._rows]
        tops = [self._joints[name].parent for name in self._rows[0]]
        base = np.stack([np.broadcast_to(placed[top][1], (*shape, 4)) for top in tops], axis=2)
        roots = np.stack([np.broadcast_to(placed[name][0], (*shape, 3)) for name in self._rows[0]], axis=2)
        shapes = [_capsule(collider, placed) for collider in self._colliders]
        rows, columns = len(self._rows), len(tops)
        places, turns = np.zeros((rows, *shape, columns, 3)), np.zeros((rows, *shape, columns, 4))
        tails: list[Array] = [np.zeros(0)] * rows
        before: list[Array] = [np.zeros(0)] * rows
        down = np.array([0.0, -1.0, 0.0])
        for t in range(shape[0]):
            place, parent = roots[t], base[t]
            for k in range(rows):
                if k:
                    place = place + quat.rotate(parent, self._offset(k))
                    parent = quat.mul(parent, fixed[k][t])
                bone, (stiff, pull, drag) = self._bones[k], self._kind[k].T[..., None]
                length = np.linalg.norm(bone, axis=-1, keepdims=True)
                way = quat.rotate(parent, bone / length)
                if t == 0:
                    tails[k] = before[k] = place + length * way
                tail = tails[k] + (tails[k] - before[k]) * (1.0 - drag) + (stiff * way + pull * down) * self._dt
                tail = place + length * _unit(tail - place)
                for collider, (start, along) in zip(self._colliders, shapes, strict=True):
                    tail = self._pushed(k, tail, place, length, collider, start[t], along[t])
                before[k], tails[k] = tails[k], tail
                parent = quat.mul(parent, quat.between(bone, quat.rotate(quat.conj(parent), tail - place)))
                places[k, t], turns[k, t] = place, parent
        return {
            name: (places[k][:, :, c], turns[k][:, :, c])
            for k, row in enumerate(self._rows)
            for c, name in enumerate(row)
        }

    def _place(self, name: str) -> Floats:
        return self._joints[name].place

    def _offset(self, k: int) -> Floats:
        above, row = self._rows[k - 1], self._rows[k]
        return np.array([self._place(b) - self._place(a) for a, b in zip(above, row, strict=True)])

    def _fixed(self, name: str, local: Mapping[str, Floats], shape: tuple[int, int]) -> Array:
        """The turns of all joints between this one and the next spring above it, which follow bones."""
        whole = np.broadcast_to(quat.IDENTITY, (*shape, 4))
        above = self._joints[name].parent
        while above in self._follows:
            follow = self._follows[above]
            whole = quat.mul(share_of(local[follow.source], follow.weight, follow.axis), whole)
            above = self._joints[above].parent
        return whole

    def _pushed(
        self, k: int, tail: Array, place: Array, length: Array, collider: Collider, start: Array, along: Array
    ) -> Array:
        radius = np.array(
            [[c.hit_radius + collider.radius if collider.group in c.against else 0.0] for c in self._chains[k]]
        )
        from_start = tail - start[:, None]
        share = np.sum(from_start * along[:, None], axis=-1, keepdims=True)
        share = np.clip(share / np.maximum(np.sum(along**2, axis=-1)[:, None, None], 1e-12), 0.0, 1.0)
        away = from_start - share * along[:, None]
        far = np.linalg.norm(away, axis=-1, keepdims=True)
        inside = far < radius
        if not inside.any():
            return tail
        out = place + length * _unit(tail + away / np.maximum(far, 1e-12) * (radius - far) - place)
        return np.where(inside, out, tail)


def _skirt_rows(names: Sequence[str]) -> list[list[str]]:
    skirt = [name for name in names if name.startswith("skirt")]
    columns = len({name.partition("_")[0] for name in skirt})
    depth = 1 + max(int(name.rpartition("_")[2]) for name in skirt)
    return [[f"skirt{c}_{k}" for c in range(columns)] for k in range(depth)]


def _capsule(collider: Collider, placed: Placed) -> tuple[Array, Array]:
    place, turn = placed[collider.bone]
    offset = np.array(collider.offset)
    along = np.zeros(3) if collider.tail is None else np.array(collider.tail) - offset
    return place + quat.rotate(turn, offset), quat.rotate(turn, along)


def _unit(way: Array) -> Array:
    return way / np.maximum(np.linalg.norm(way, axis=-1, keepdims=True), 1e-12)
