"""A body: smooth skin over 55 bones, to be dressed. Clothes ask it what is near, get pushed out of it, or are cut
from its skin."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from performer.avatar.build.body_chart import body_chart
from performer.avatar.build.cage import Cage
from performer.avatar.build.frame import Frame, Hill, load_frame
from performer.avatar.build.hands import build_hand
from performer.avatar.build.limbs import build_arm, build_leg, lifted
from performer.avatar.build.nearest import Surface
from performer.avatar.build.part import Floats, Ints, Part, corner_normals
from performer.avatar.build.spec import Level, Spec
from performer.avatar.build.subdivide import catmull_clark
from performer.avatar.build.trunk import build_trunk

__all__ = ["Body", "Near", "Select", "Shell", "build_body"]

Mask = NDArray[np.bool_]
Select = Callable[[str, int], bool] | Mask
"""Which skin: by region and row, or a (quads,) mask."""


@dataclass(frozen=True, slots=True)
class Near:
    """For n points. distance: (n,) metres, + outside; normal: (n, 3) out of the skin; weights: joint -> (n,)."""

    distance: Floats
    normal: Floats
    weights: dict[str, Floats]


@dataclass(frozen=True, slots=True)
class Shell:
    """A layer that hugs the skin.

    points, normals (n, 3), triangles (m, 3), weights: as of `Part`.
    skin: (n,) the vertex of the body below. rim: (n,) True where the border is folded inward.
    covered: (quads,) True where it lies on the skin.
    """

    points: Floats
    triangles: Ints
    normals: Floats
    weights: dict[str, Floats]
    skin: Ints
    rim: Mask
    covered: Mask


@dataclass(frozen=True)
class Body:
    """The skin in T-pose, metres, feet of a bare body on y = 0. Not slotted: its surface is made when first asked for.

    joints: the 55 bones, parents first, then "leftUpperArmTwist", "leftLowerArmTwist" and the right ones.
    points, normals: (n, 3). quads: (k, 4). weights: joint -> (n,).
    region: (k,) "torso", "neck", "leftArm", "leftHand", "leftLeg", "leftFoot" and the right ones.
    row: (k,) torso 0 (leg line) to 11 (shoulder top), neck 12 to 16, arm 0 (shoulder) to 11 (wrist; elbow 5), leg 0
        (hip) to 12 (ankle; knee 5), foot 0 (ankle) to 6 (toes), hand 0 palm, 1 thumb, 2 to 5 little to index finger.
    rise: by how much the lifted heel raised everything above the feet. lift: its tilt, radians.
    """

    level: Level
    frame: Frame
    joints: Mapping[str, Floats]
    points: Floats
    normals: Floats
    quads: Ints
    weights: Mapping[str, Floats]
    region: NDArray[np.str_]
    row: Ints
    face: Ints
    rise: float
    lift: float

    @property
    def triangles(self) -> Ints:
        """(2k, 3)."""
        return _triangles(self.quads)

    @cached_property
    def _surface(self) -> Surface:
        return Surface(self.points, self.triangles)

    def near(self, points: Floats) -> Near:
        """How (n, 3) points lie to the skin."""
        found = self._surface.nearest(points)
        normal = np.einsum("nc,ncd->nd", found.share, self.normals[found.corners])
        normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)
        gap = points - found.place
        distance = np.linalg.norm(gap, axis=1) * np.where(np.sum(gap * normal, axis=1) < 0.0, -1.0, 1.0)
        weights = {name: np.sum(found.share * of[found.corners], axis=1) for name, of in self.weights.items()}
        return Near(distance, normal, {name: share for name, share in weights.items() if share.any()})

    def pushed_out(self, points: Floats, gap: float | Floats) -> Floats:
        """Points moved so that none is nearer to the skin than `gap`; those farther out stay."""
        moved = points.copy()
        for _ in range(3):
            near = self.near(moved)
            moved += np.maximum(gap - near.distance, 0.0)[:, None] * near.normal
        return moved

    def selected(self, select: Select) -> Mask:
        """(quads,) mask of what `select` means."""
        if not callable(select):
            return select
        return np.array([select(str(region), int(row)) for region, row in zip(self.region, self.row, strict=True)])

    def shell(
        self, select: Select, gap: float | Floats, thickness: float = 0.0012, *, coarse: bool = False, rim: bool = True
    ) -> Shell:
        """A layer over part of the skin, its border folded inward so that it shows a thickness.

        Args:
            select: the skin to be covered.
            gap: metres off the skin, one number or one per vertex of the body.
            thickness: how far below the skin the folded border ends.
            coarse: as few triangles as the cage has, where whole faces of it are covered.
            rim: fold the border.
        """
        mask = self.selected(select)
        polygons = self._coarse(mask)[0] if coarse else self.quads[mask].tolist()
        triangles = _fans(polygons)
        used, index = np.unique(triangles, return_inverse=True)
        index = index.reshape(triangles.shape)
        off = np.broadcast_to(np.asarray(gap, np.float64), len(self.points))[used][:, None]
        out, skin = self.points[used] + off * self.normals[used], used
        at_rim = np.zeros(len(used), np.bool_)
        if rim:
            border = _border(index)
            ends, place = np.unique(border, return_inverse=True)
            inner = place.reshape(border.shape) + len(used)
            fold = self.points[used[ends]] - thickness * self.normals[used[ends]]
            out, skin = np.concatenate((out, fold)), np.concatenate((skin, used[ends]))
            at_rim = np.concatenate((at_rim, np.ones(len(ends), np.bool_)))
            one, two = border[:, 0], border[:, 1]
            strip = np.stack((two, one, inner[:, 0], two, inner[:, 0], inner[:, 1]), axis=1).reshape(-1, 3)
            index = np.concatenate((index, strip))
        weights = {name: share[skin] for name, share in self.weights.items() if share[skin].any()}
        return Shell(out, index, self.normals[skin], weights, skin, at_rim, mask)

    def skin_part(self, covered: Mask | None = None) -> Part:
        """The visible skin as a piece of the file: coarser on limbs and trunk for "lite", hands as they are."""
        keep = np.ones(len(self.quads), np.bool_) if covered is None else ~covered
        if self.level == "lite":
            fine = np.char.endswith(self.region, "Hand") & keep
            polygons, owner = self._coarse(keep & ~fine, fine)
        else:
            polygons, owner = [], []
            fine = keep
        polygons += self.quads[fine].tolist()
        return body_chart(self, polygons, np.concatenate((owner, np.flatnonzero(fine))).astype(np.int64))

    def _coarse(self, mask: Mask, beside: Mask | None = None) -> tuple[list[list[int]], list[int]]:
        """Polygons of the cage where all of a face is in `mask`, quads where only part of it is; a quad of each.

        beside: quads that stay fine; where they touch, the middle of the edge is kept, so that no crack opens.
        """
        whole = np.bincount(self.face, mask) == np.bincount(self.face)
        coarse = mask & whole[self.face]
        kept = set(self.quads[(mask & ~coarse)].ravel().tolist())
        if beside is not None:
            kept |= set(self.quads[beside].ravel().tolist())
        polygons: list[list[int]] = self.quads[mask & ~coarse].tolist()
        owner: list[int] = np.flatnonzero(mask & ~coarse).tolist()
        for group in _runs(self.face, coarse):
            polygon: list[int] = []
            for corner, middle, _, _ in self.quads[group].tolist():
                polygon.append(corner)
                if middle in kept:
                    polygon.append(middle)
            polygons.append(polygon)
            owner.append(int(group[0]))
        return polygons, owner


def build_body(spec: Spec, level: Level, lift: float = 0.0) -> Body:
    """The body of a preset.

    Args:
        lift: degrees by which the foot stands on its ball, 0 for flat shoes, about 25 for high heels.
    """
    frame = load_frame(spec.body)
    tilt = np.radians(lift)
    cage = Cage()
    trunk = build_trunk(cage, frame)
    vertices, faces = len(cage.points), len(cage.faces)
    build_hand(cage, frame, build_arm(cage, frame, trunk.arm))
    build_leg(cage, frame, trunk.leg, tilt)
    cage.mirror(vertices, faces, trunk.twins)
    joints = frame.places()
    table = cage.table(list(joints))
    finer = catmull_clark(table, cage.faces)
    points, shares = finer.values[:, :3].copy(), finer.values[:, 3:]
    _raise_hills(points, corner_normals(points, _triangles(finer.quads)), frame.torso.hills)
    ball, ankle = joints["leftToes"], joints["leftFoot"]
    moved = lifted(ball, ball, ankle, tilt, 0.0) - ball
    for side in ("left", "right"):
        joints[f"{side}Toes"] = joints[f"{side}Toes"] + moved
    rise = -float(points[:, 1].min())
    up = np.array([0.0, rise, 0.0])
    shares = shares / shares.sum(axis=1, keepdims=True)
    points += up
    return Body(
        level=level,
        frame=frame,
        joints={name: at + up for name, at in joints.items()},
        points=points,
        normals=corner_normals(points, _triangles(finer.quads)),
        quads=finer.quads,
        weights={name: shares[:, k] for k, name in enumerate(joints)},
        region=np.array(cage.regions)[finer.face],
        row=np.array(cage.rows)[finer.face],
        face=finer.face,
        rise=rise,
        lift=float(tilt),
    )


def _raise_hills(points: Floats, normals: Floats, hills: Sequence[Hill]) -> None:
    """Lay soft hills on trunk and thighs, along the way the skin faces; changes `points`."""
    trunk = np.abs(points[:, 0]) < 0.16
    total = np.zeros(len(points))
    for hill in hills:
        facing = normals[:, 2] * (1.0 if hill.side == "front" else -1.0)
        dx = np.abs(points[:, 0]) - hill.x
        dy = points[:, 1] - hill.y
        inward, outward, down, up = hill.reach
        far = (dx / np.where(dx < 0.0, inward, outward)) ** 2 + (dy / np.where(dy < 0.0, down, up)) ** 2
        total += np.where(trunk & (facing > 0.0), hill.height * np.exp(-far) * np.sqrt(np.maximum(facing, 0.0)), 0.0)
    points += total[:, None] * np.array([0.0, 0.0, 1.0]) * np.sign(normals[:, 2])[:, None]


def _triangles(quads: Ints) -> Ints:
    return np.concatenate((quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]))


def _fans(polygons: Sequence[Sequence[int]]) -> Ints:
    """Triangles of convex polygons, each from its first corner."""
    return np.array([(p[0], p[k], p[k + 1]) for p in polygons for k in range(1, len(p) - 1)], np.int64).reshape(-1, 3)


def _border(triangles: Ints) -> Ints:
    """(b, 2) edges that only one triangle has, in its direction."""
    edges = np.concatenate([triangles[:, [k, (k + 1) % 3]] for k in range(3)])
    there = {(int(a), int(b)) for a, b in edges}
    return np.array([(a, b) for a, b in edges.tolist() if (b, a) not in there], np.int64).reshape(-1, 2)


def _runs(face: Ints, mask: Mask) -> list[Ints]:
    """Numbers of the quads of each face of the cage that `mask` has, in their order."""
    chosen = np.flatnonzero(mask)
    if not len(chosen):
        return []
    return np.split(chosen, np.flatnonzero(np.diff(face[chosen])) + 1)
