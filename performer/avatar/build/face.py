"""A face out of its pieces: skin with ears, eyes, brows, mouth, all expressions as shapes, both textures.

Nothing of curves or paint here, and nothing of VRM: what an expression is made of is a record.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from performer.avatar.build.brow_shape import brow_shape
from performer.avatar.build.ears import ear
from performer.avatar.build.eye_mesh import brow_pieces, eye_ball, eye_pieces
from performer.avatar.build.eye_paint import paint_eyes
from performer.avatar.build.eye_shape import eye_shape
from performer.avatar.build.face_mesh import FLAT_RADIUS, FaceMesh, face_mesh
from performer.avatar.build.face_solve import FaceSolve
from performer.avatar.build.head import HeadPlace, HeadSurface
from performer.avatar.build.material import Material
from performer.avatar.build.mouth_mesh import mouth_pieces
from performer.avatar.build.mouth_shape import mouth_shape
from performer.avatar.build.part import Floats, Part, join, rigid
from performer.avatar.build.pose import BROW_PARAMETERS, EYE_PARAMETERS, Expression, Pose, expressions
from performer.avatar.build.ribbon import Piece, together
from performer.avatar.build.skin_chart import chart
from performer.avatar.build.skin_paint import BodyPainter, paint_skin
from performer.avatar.build.spec import Level, Spec

__all__ = ["FAR_SHAPE", "LOOK_DEGREES", "FaceResult", "build_face"]

LOOK_DEGREES = 11.0
"""How far an eye bone turns for a look of 30 degrees: farther, and the iris leaves the lids."""

FAR_SHAPE = "far"
"""A shape that is no expression: a program that knows it gives it a weight of a pixel's width over 5 mm."""

_SIGNIFICANT = 2e-6
"""Metres; a shape that moves nothing farther is none."""


@dataclass(frozen=True, slots=True)
class FaceResult:
    """What the core writes.

    parts: skin (with ears) and eyes (with brows and mouth), mesh "Face", model space; shapes by expression name.
    materials: "skin" and "eyes". expressions: name -> record (an expression's shape has its name; it may have none).
    eyes: "leftEye" and "rightEye" -> (3,) where the bones are. look_degrees: rangeMap's output for 30 degrees.
    """

    parts: Sequence[Part]
    materials: Mapping[str, Material]
    expressions: Mapping[str, Expression]
    eyes: Mapping[str, Floats]
    look_degrees: float = LOOK_DEGREES


def build_face(spec: Spec, level: Level, head: HeadPlace, body: BodyPainter | None = None) -> FaceResult:
    """The face of a preset.

    Args:
        level: the face is the same on both.
        head: where the head sits.
        body: paints the body's quarter of the skin's texture.
    """
    del level
    surface = HeadSurface(spec, head)
    eye, mouth, brows = eye_shape(spec), mouth_shape(spec), brow_shape(spec)
    mesh = face_mesh(surface, eye, mouth)
    solve = FaceSolve(surface, mesh, eye, mouth)

    balls = {side: eye_ball(surface, eye, side) for side in (1, -1)}
    known: dict[tuple[object, ...], list[Piece]] = {}

    def drawn(pose: Pose, skin: Floats) -> list[Piece]:
        pieces: list[Piece] = []
        for side in (1, -1):
            # Most expressions leave an eye or a brow as it is.
            looks = ("eye", side, *(pose.of(name, side) for name in EYE_PARAMETERS))
            frowns = ("brow", side, *(pose.of(name, side) for name in BROW_PARAMETERS))
            if looks not in known:
                known[looks] = eye_pieces(surface, eye, balls[side], pose, side)
            if frowns not in known:
                known[frowns] = brow_pieces(surface, brows, pose, side)
            pieces += known[looks] + known[frowns]
        return pieces + mouth_pieces(mouth, skin[mesh.mouth], pose)

    pieces = drawn(Pose(), solve.rest)
    points, triangles, uv = together(pieces)
    skin_shapes: dict[str, Floats] = {}
    eye_shapes: dict[str, Floats] = {}
    poses = {name: expression.pose for name, expression in expressions().items()}
    for name, pose in (poses | {FAR_SHAPE: Pose({"far": 1.0})}).items():
        skin = solve.points(pose)
        moved = np.concatenate([piece.points for piece in drawn(pose, skin)]) - points
        for shapes, shift in ((skin_shapes, skin - solve.rest), (eye_shapes, moved)):
            shift = np.where(np.abs(shift).max(axis=1, keepdims=True) > _SIGNIFICANT, shift, 0.0)
            if shift.any():
                shapes[name] = shift * head.scale
    weights = {
        joint: np.concatenate([np.full(len(p.points), float(p.joint == joint)) for p in pieces])
        for joint in ("head", "leftEye", "rightEye")
    }
    lines = Part(
        head.to_model(points),
        triangles,
        np.broadcast_to(np.array([0.0, 0.0995037, 0.9950372]), points.shape).copy(),
        uv,
        weights,
        "Face",
        "eyes",
        eye_shapes,
        0.0,
    )
    ears = [_ear_part(surface, side) for side in (1, -1)]
    skin_part = join([_skin_part(surface, mesh, solve, skin_shapes), *ears])
    eyes = {"leftEye": head.to_model(balls[1].centre), "rightEye": head.to_model(balls[-1].centre)}
    return FaceResult((skin_part, lines), _materials(spec, surface, body), expressions(), eyes)


def _skin_part(head: HeadSurface, mesh: FaceMesh, solve: FaceSolve, shapes: Mapping[str, Floats]) -> Part:
    rest = solve.rest
    theta = mesh.flat[:, 0] / FLAT_RADIUS
    front = np.abs(theta) < 1.22
    # Painted where the shut mouth lies, not where it was meshed.
    turned = np.where(front, head.theta(rest[:, 0], rest[:, 1]), theta)
    uv = chart(turned, rest[:, 1])
    return Part(
        head.place.to_model(rest),
        mesh.triangles,
        _clean_normals(head, theta, rest),
        uv,
        rigid(len(rest), "head"),
        "Face",
        "skin",
        shapes,
        _outline(head, mesh, rest),
    )


def _clean_normals(head: HeadSurface, theta: Floats, rest: Floats) -> Floats:
    """What toon light sees: the plain head with a breath of nose, mixed with a ball: one clean shape of shadow."""
    own = head.normal(theta, rest[:, 1], nose=0.16, features=0.30)
    ball = rest - np.array([0.0, 0.095, -0.020])
    ball /= np.linalg.norm(ball, axis=1, keepdims=True)
    # Under the chin its own, or the ink's hull would come through the front.
    own = np.where(rest[:, 1:2] < 0.0008, np.array([0.0, -0.995, 0.0995]), own)
    share = 0.45 * np.clip((rest[:, 1] - 0.003) / 0.022, 0.0, 1.0)[:, None]
    mixed = (1.0 - share) * own + share * ball
    return mixed / np.linalg.norm(mixed, axis=1, keepdims=True)


def _outline(head: HeadSurface, mesh: FaceMesh, rest: Floats) -> Floats:
    """No ink round eyes and mouth, less at the nose: it is drawn where the face turns away."""
    edges = rest[np.concatenate((mesh.eye_left, mesh.eye_right, mesh.mouth))]
    away = np.sqrt(((rest[:, None, :2] - edges[None, :, :2]) ** 2).sum(axis=-1)).min(axis=1)
    share = np.clip((away - 0.0025) / 0.006, 0.0, 1.0)
    # Nor round the lips' small forms, whose ink would come in dashes.
    share *= np.clip(np.hypot(rest[:, 0] / 0.024, (rest[:, 1] - 0.0255) / 0.0190) * 2.0 - 1.4, 0.0, 1.0)
    nose = np.exp(-((rest[:, 0] / 0.010) ** 2) - ((rest[:, 1] - head.nose.tip) / 0.012) ** 2)
    behind = np.abs(mesh.flat[:, 0] / FLAT_RADIUS) > 1.5
    # The pole under the chin: its slivers would prick through.
    pole = np.clip((rest[:, 1] - 0.0012) / 0.0045, 0.0, 1.0)
    return np.where(behind, 1.0, share) * (1.0 - 0.45 * nose) * pole


def _ear_part(head: HeadSurface, side: int) -> Part:
    leaf = ear(head, side)
    return Part(
        head.place.to_model(leaf.points),
        leaf.triangles,
        leaf.normals,
        leaf.uv,
        rigid(len(leaf.points), "head"),
        "Face",
        "skin",
        outline=0.8,
    )


def _materials(spec: Spec, head: HeadSurface, body: BodyPainter | None) -> dict[str, Material]:
    return {
        "skin": Material(
            "skin",
            paint_skin(spec, head, body),
            shade="#f1d0d8",
            shift=0.06,
            toony=0.90,
            outline_mm=0.85,
            outline="#8f4a45",
            rim="#ffe9e0",
            rim_share=0.10,
        ),
        "eyes": Material(
            "eyes",
            paint_eyes(spec),
            shade="#e4dcf0",
            shift=0.70,
            toony=0.80,
            outline_mm=0.0,
            rim_share=0.0,
            alpha="blend",
        ),
    }
