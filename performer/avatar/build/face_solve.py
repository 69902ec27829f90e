"""How the skin follows lids and lips: a biharmonic solve in the front view, depth read again from the head's surface.

So lids slide over the ball and cheeks over the head. The jaw is a smooth field that reaches under the chin; the solve
only adds what the lips do beyond it.
"""

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

from performer.avatar.build.eye_shape import EyeShape, Lids, lids
from performer.avatar.build.face_mesh import FLAT_RADIUS, FaceMesh
from performer.avatar.build.head import HeadSurface
from performer.avatar.build.mouth_shape import Lips, MouthShape, lips
from performer.avatar.build.part import Floats
from performer.avatar.build.pose import Pose

__all__ = ["JAW_DROP", "FaceSolve"]

JAW_DROP = 0.0105
"""How far the chin goes down at jaw 1."""
_SIDE_LIMIT = 1.22
"""Beyond this angle (radians) the skin stays."""
_TOP_LIMIT = 0.116
"""Above this height too; paint with edges belongs there."""
_TENSION = 0.08


class FaceSolve:
    """The skin of one face in any pose, head-local metres."""

    def __init__(self, head: HeadSurface, mesh: FaceMesh, eye: EyeShape, mouth: MouthShape) -> None:
        self.head, self.mesh, self.eye, self.mouth = head, mesh, eye, mouth
        theta = mesh.flat[:, 0] / FLAT_RADIUS
        self._meshed = head.point(theta, mesh.flat[:, 1])
        edges = np.concatenate((mesh.eye_left, mesh.eye_right, mesh.mouth))
        hard = np.zeros(len(theta), dtype=bool)
        hard[edges] = True
        still = (np.abs(theta) > _SIDE_LIMIT) | (mesh.flat[:, 1] > _TOP_LIMIT) | (mesh.flat[:, 1] < 0.0100)
        self._edges = edges
        known = hard | still
        self._known, self._free = np.flatnonzero(known), np.flatnonzero(~known)
        self._front = np.abs(theta) < 1.3
        self.jaw = _smooth((0.0400 - mesh.flat[:, 1]) / 0.030) * _smooth((self._meshed[:, 2] + 0.020) / 0.065)
        squared = _squared_laplacian(self._meshed, mesh)
        self._solver = splu(squared[self._free][:, self._free].tocsc())
        self._pull = squared[self._free][:, self._known].tocsr()
        self.rest = self.points(Pose())

    def points(self, pose: Pose) -> Floats:
        """(n, 3) the skin in a pose."""
        start = self._meshed
        drop = JAW_DROP * pose.of("jaw")
        jaw = np.stack((0.0075 * pose.of("jaw_side") * self.jaw, -drop * self.jaw), axis=-1)
        shift = np.zeros((len(start), 2))
        goal = np.concatenate((*(_ring(lids(self.eye, pose, side)) for side in (1, -1)), _ring(lips(self.mouth, pose))))
        shift[self._edges] = goal - start[self._edges, :2] - jaw[self._edges]
        shift[self._free] = self._solver.solve(-(self._pull @ shift[self._known]))
        place = start[:, :2] + shift
        deeper = self.head.z(place[:, 0], place[:, 1]) - self.head.z(start[:, 0], start[:, 1])
        points = start.copy()
        points[:, :2] = place + jaw
        points[:, 2] += np.where(self._front, deeper, 0.0) - 0.25 * drop * self.jaw
        points[:, 2] += 0.0070 * pose.of("jaw_out") * self.jaw
        points += self._swellings(pose)
        return points

    def _swellings(self, pose: Pose) -> Floats:
        """What moves skin out of its surface: pouting, puffed cheeks, sneers."""
        x, y, _ = self._meshed.T
        moved = np.zeros((len(x), 3))
        front = np.where(self._front, 1.0, 0.0)
        lip = _bell(x, 0.013) * _bell(y - self.mouth.y, 0.010) * front
        moved[:, 2] += 0.0042 * pose.of("pout") * lip
        upper = np.where(y > self.mouth.y, 1.0, 0.0)
        moved[:, 2] -= 0.0012 * lip * (pose.of("roll_upper") * upper + pose.of("roll_lower") * (1.0 - upper))
        for side in (1, -1):
            own = front * np.where(side * x > 0.0, 1.0, 0.0)
            puff = pose.of("puff", side) * own * _bell(side * x - 0.040, 0.017) * _bell(y - 0.036, 0.016)
            moved += puff[:, None] * np.array([side * 0.0052, 0.0, 0.0042])
            sneer = pose.of("sneer", side) * own * _bell(side * x - 0.010, 0.009) * _bell(y - 0.054, 0.011)
            moved += sneer[:, None] * np.array([0.0, 0.0038, 0.0014])
        return moved


def _ring(pair: Lids | Lips) -> Floats:
    return np.concatenate((pair.upper, pair.lower[-2:0:-1]))


def _squared_laplacian(points: Floats, mesh: FaceMesh) -> sparse.csr_matrix:
    """L^T L of the mesh's graph, edges weighted by one over their length, rows normalised."""
    n, tri = len(points), mesh.triangles
    edge = np.concatenate((tri[:, [0, 1]], tri[:, [1, 2]], tri[:, [2, 0]]))
    length = np.linalg.norm(points[edge[:, 0]] - points[edge[:, 1]], axis=1)
    near = sparse.coo_matrix((1.0 / np.maximum(length, 3e-4), (edge[:, 0], edge[:, 1])), shape=(n, n)).tocsr()
    near = near + near.T
    total = np.asarray(near.sum(axis=1)).ravel()
    laplacian = sparse.diags(1.0 / np.maximum(total, 1e-9)) @ (sparse.diags(total) - near)
    # Some tension keeps a biharmonic sheet from swinging over beside the lids' corners; the nose is held a little.
    tension = sparse.diags(1.0 / np.sqrt(total)) @ (sparse.diags(total) - near) @ sparse.diags(1.0 / np.sqrt(total))
    held = 0.010 * _bell(points[:, 0], 0.012) * _bell(points[:, 1] - 0.060, 0.016)
    return (laplacian.T @ laplacian + _TENSION * tension + sparse.diags(held + 1e-7)).tocsr()


def _smooth(value: Floats) -> Floats:
    value = np.clip(value, 0.0, 1.0)
    return value * value * (3.0 - 2.0 * value)


def _bell(distance: Floats, wide: float) -> Floats:
    return np.exp(-((distance / wide) ** 2))
