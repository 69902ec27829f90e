"""The coarse cage of a body while it is put together: vertices with skin weights, polygons with a name and a row."""

from collections.abc import Mapping, Sequence

import numpy as np

from performer.avatar.build.part import Floats

__all__ = ["Cage", "Share", "other_side"]

Share = Mapping[str, float]
"""Joint -> share of one vertex; sums are made 1."""


def other_side(name: str) -> str:
    """The name of a left joint or region on the right."""
    return name.replace("left", "right", 1) if name.startswith("left") else name


class Cage:
    """Grows vertex by vertex; the right half of limbs is mirrored from the left."""

    def __init__(self) -> None:
        self.points: list[Floats] = []
        self.shares: list[dict[str, float]] = []
        self.faces: list[tuple[int, ...]] = []
        self.regions: list[str] = []
        self.rows: list[int] = []

    def vertex(self, point: Sequence[float] | Floats, share: Share) -> int:
        """Add a vertex; returns its number."""
        total = sum(share.values())
        self.points.append(np.asarray(point, np.float64))
        self.shares.append({joint: value / total for joint, value in share.items() if value > 0.0})
        return len(self.points) - 1

    def face(self, corners: Sequence[int], region: str, row: int) -> None:
        """Add a polygon, counter-clockwise seen from outside."""
        self.faces.append(tuple(corners))
        self.regions.append(region)
        self.rows.append(row)

    def tube(self, one: Sequence[int], two: Sequence[int], region: str, row: int, *, inward: bool = False) -> None:
        """Join two rings of the same size by quads."""
        count = len(one)
        for k in range(count):
            quad = (one[k], one[(k + 1) % count], two[(k + 1) % count], two[k])
            self.face(quad[::-1] if inward else quad, region, row)

    def mirror(self, first_vertex: int, first_face: int, twins: Mapping[int, int]) -> None:
        """Repeat on the right what was added since; `twins` says which older vertex stands for which."""
        twin = dict(twins)
        for number in range(first_vertex, len(self.points)):
            share = {other_side(joint): value for joint, value in self.shares[number].items()}
            twin[number] = self.vertex(self.points[number] * np.array([-1.0, 1.0, 1.0]), share)
        for number in range(first_face, len(self.faces)):
            corners = [twin.get(v, v) for v in reversed(self.faces[number])]
            self.face(corners, other_side(self.regions[number]), self.rows[number])

    def table(self, joints: Sequence[str]) -> Floats:
        """(vertices, 3 + joints): places and weights, as they are to be smoothed together."""
        column = {joint: 3 + k for k, joint in enumerate(joints)}
        table = np.zeros((len(self.points), 3 + len(joints)))
        for row, (point, share) in enumerate(zip(self.points, self.shares, strict=True)):
            table[row, :3] = point
            for joint, value in share.items():
                table[row, column[joint]] = value
        return table
