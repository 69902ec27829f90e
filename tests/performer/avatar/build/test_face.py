"""The face: shapes complete, symmetric, one-sided where they say so; nothing shows that lids should hide."""

from collections.abc import Mapping
from functools import cache

import numpy as np
import pytest
from scipy.spatial import KDTree

from performer.avatar.build.eye_shape import EYE_SETS, eye_shape, lids
from performer.avatar.build.face import FAR_SHAPE, LOOK_DEGREES, FaceResult, build_face
from performer.avatar.build.head import HeadPlace, HeadSurface
from performer.avatar.build.mouth_mesh import mouth_pieces
from performer.avatar.build.mouth_shape import LIP_STEPS, lips, mouth_shape
from performer.avatar.build.part import Floats, Part
from performer.avatar.build.pose import Pose, expressions
from performer.avatar.build.skin_paint import paint_skin
from performer.avatar.build.spec import BodySpec, FaceSpec, Spec
from performer.avatar.model import AvatarError
from performer.face.track import ARKIT
from tests.performer.avatar.build.id_picture import id_picture

SETS = tuple(EYE_SETS)
VRM_PRESETS = {
    *("happy", "angry", "sad", "relaxed", "surprised", "neutral", "aa", "ih", "ou", "ee", "oh"),
    *("blink", "blinkLeft", "blinkRight", "lookUp", "lookDown", "lookLeft", "lookRight"),
}
SKIN, IRIS, WHITE_AND_LINES = 0, 1, 2


def spec_of(eyes: str) -> Spec:
    frame = "male" if eyes == "narrow" else "female"
    return Spec(name="x", title="x", body=BodySpec(frame=frame), face=FaceSpec(eyes=eyes))


@cache
def head_of(eyes: str) -> HeadSurface:
    return HeadSurface(spec_of(eyes))


@cache
def face_of(eyes: str) -> FaceResult:
    return build_face(spec_of(eyes), "lite", head_of(eyes).place)


def posed(part: Part, weights: Mapping[str, float]) -> Floats:
    shifts = [weight * part.shapes[name] for name, weight in weights.items() if name in part.shapes]
    return part.points + sum(shifts, np.zeros_like(part.points))


def looked(face: FaceResult, points: Floats, yaw: float, pitch: float) -> Floats:
    """The eyes' part with both eye bones turned, radians; yaw to her left, pitch down."""
    eyes = face.parts[1]
    turn_yaw = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    turn_pitch = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
    moved = points.copy()
    for joint, centre in face.eyes.items():
        own = eyes.weights[joint] > 0.5
        moved[own] = (points[own] - centre) @ (turn_yaw @ turn_pitch).T + centre
    return moved


def seen(eyes: str, weights: Mapping[str, float], view: float, look: tuple[float, float] = (0.0, 0.0)) -> np.ndarray:
    """What the left eye's surroundings show from a yaw in degrees: SKIN, IRIS or WHITE_AND_LINES."""
    face = face_of(eyes)
    skin, lines = face.parts
    points = np.concatenate((posed(skin, weights), looked(face, posed(lines, weights), *np.radians(look))))
    triangles = np.concatenate((skin.triangles, lines.triangles + len(skin.points)))
    iris = (lines.weights["leftEye"] + lines.weights["rightEye"])[lines.triangles[:, 0]] > 0.5
    ids = np.concatenate((np.full(len(skin.triangles), SKIN), np.where(iris, IRIS, WHITE_AND_LINES)))
    shape = eye_shape(spec_of(eyes))
    middle = head_of(eyes).place.to_model(np.array([shape.x, shape.y, 0.07]))
    return id_picture(points, triangles, ids, middle, np.radians(view), 0.075)


def test_every_expression_of_both_lists_is_there() -> None:
    known = expressions()
    assert {name for name, e in known.items() if e.preset} == VRM_PRESETS
    assert {name for name, e in known.items() if not e.preset} == set(ARKIT)
    face = face_of("round")
    moving = {name for part in face.parts for name in part.shapes}
    bones_only = {"neutral", "lookLeft", "lookRight"} | {n for n in ARKIT if n.startswith(("eyeLookIn", "eyeLookOut"))}
    assert moving == (set(known) - bones_only) | {FAR_SHAPE}


@pytest.mark.parametrize("eyes", SETS)
def test_the_face_is_the_same_on_both_sides(eyes: str) -> None:
    for part in face_of(eyes).parts:
        turn = np.array([-1.0, 1.0, 1.0])
        key = {tuple(row) for row in part.points.round(6) + 0.0}
        assert all(tuple(row) in key for row in (part.points * turn).round(6) + 0.0)


@pytest.mark.parametrize("shape", ["aa", "happy", "sad", "jawOpen"])
def test_a_shape_for_both_sides_moves_both_alike(shape: str) -> None:
    skin = face_of("round").parts[0]
    turn = np.array([-1.0, 1.0, 1.0])
    found = KDTree(skin.points).query(skin.points * turn, k=2)
    away, mate = np.asarray(found[0]), np.asarray(found[1])
    assert away[:, 0].max() < 1e-6
    # Where shut lips touch, two points share a place.
    alone = away[:, 1] > 1e-4
    moved = skin.shapes[shape]
    np.testing.assert_allclose(moved[mate[alone, 0]], moved[alone] * turn, atol=2e-5)


def test_left_shapes_leave_the_right_side_alone() -> None:
    for part in face_of("round").parts:
        for name, shift in part.shapes.items():
            for hand, sign in (("Left", 1.0), ("Right", -1.0)):
                if name.endswith(hand) and name not in ("mouthLeft", "mouthRight", "jawLeft", "jawRight"):
                    other = sign * part.points[:, 0] < -0.006
                    own = np.abs(shift[~other]).max(initial=0.0)
                    assert np.abs(shift[other]).max(initial=0.0) <= max(0.22 * own, 2e-4), name


@pytest.mark.parametrize("eyes", SETS)
@pytest.mark.parametrize("weights", [{"blink": 1.0}, {"happy": 1.0}, {"happy": 0.5, "blink": 0.5}], ids=str)
def test_shut_lids_show_no_iris_from_anywhere(eyes: str, weights: dict[str, float]) -> None:
    for view in (-60.0, 0.0, 35.0, 80.0):
        assert not (seen(eyes, weights, view) == IRIS).any(), view


@pytest.mark.parametrize("eyes", SETS)
def test_open_eyes_show_their_iris_and_it_stays_within_the_lids(eyes: str) -> None:
    shape, place = eye_shape(spec_of(eyes)), head_of(eyes).place
    pair = lids(shape, Pose(), 1)
    scale = 0.075 / 120.0
    for look in ((0.0, 0.0), (LOOK_DEGREES, 0.0), (-LOOK_DEGREES, 0.0), (0.0, LOOK_DEGREES), (0.0, -LOOK_DEGREES)):
        picture = seen(eyes, {}, 0.0, look)
        row, column = np.nonzero(picture == IRIS)
        assert len(row) > 300
        x = shape.x + (column + 0.5 - 60.0) * scale / place.scale
        y = shape.y + (row + 0.5 - 60.0) * scale / place.scale
        margin = 1.2 * scale
        assert (y < np.interp(x, pair.upper[:, 0], pair.upper[:, 1]) + margin).all()
        assert (y > np.interp(x, pair.lower[:, 0], pair.lower[:, 1]) - margin).all()


@pytest.mark.parametrize("eyes", SETS)
def test_a_blink_hides_the_iris_little_by_little(eyes: str) -> None:
    counts = [int((seen(eyes, {"blink": weight}, 0.0) == IRIS).sum()) for weight in (0.0, 0.3, 0.6, 0.9, 1.0)]
    assert counts == sorted(counts, reverse=True)
    assert counts[2] < 0.65 * counts[0]


@pytest.mark.parametrize("eyes", SETS)
def test_the_eye_is_no_dark_slit_from_the_side(eyes: str) -> None:
    picture = seen(eyes, {}, 80.0)
    assert (picture == IRIS).sum() > 60


@pytest.mark.parametrize(
    "names",
    [("happy", "aa"), ("angry", "ou"), ("sad", "ee"), ("surprised", "oh"), ("relaxed", "aa"), ("mouthSmileLeft", "oh")],
)
def test_pairs_of_expressions_turn_no_skin_over(names: tuple[str, ...]) -> None:
    for eyes in ("round", "narrow"):
        skin = face_of(eyes).parts[0]
        local = head_of(eyes).place.to_local(skin.points)
        shape = eye_shape(spec_of(eyes))
        corner = local[skin.triangles].mean(axis=1)
        # Beside the lids' corners slivers fold, under the lash.
        beside = np.abs(np.abs(corner[:, 0]) - shape.x) > 0.8 * shape.wide
        lid = beside & (np.abs(corner[:, 1] - shape.y) < 0.022)
        before = _fronts(skin, skin.points)
        after = _fronts(skin, posed(skin, dict.fromkeys(names, 1.0)))
        corners = skin.points[skin.triangles]
        normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        # What only turns away at the outline is no fold.
        facing = before > 0.4 * np.linalg.norm(normal, axis=1)
        assert not (facing & ~lid & (after < -1e-8)).any()


def _fronts(part: Part, points: Floats) -> Floats:
    corner = points[part.triangles]
    one, two = corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]
    return one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]


def test_mouth_close_takes_the_open_jaws_lips_back() -> None:
    skin, lines = face_of("round").parts
    for part in (skin, lines):
        opened = part.shapes["jawOpen"]
        both = opened + part.shapes["mouthClose"]
        local = head_of("round").place.to_local(part.points)
        lips = (np.abs(local[:, 0]) < 0.013) & (np.abs(local[:, 1] - 0.0318) < 0.0012) & (local[:, 2] > 0.06)
        assert np.abs(opened[lips, 1]).max() > 0.012
        assert np.abs(both[lips, 1]).max() < 0.0022
    chin = head_of("round").place.to_local(skin.points)[:, 1] < 0.012
    assert (skin.shapes["jawOpen"] + skin.shapes["mouthClose"])[chin, 1].min() < -0.006


def test_the_jaw_tears_no_notch_under_the_chin() -> None:
    skin = face_of("round").parts[0]
    moved = posed(skin, {"jawOpen": 1.0})
    local = head_of("round").place.to_local(skin.points)
    edge = np.concatenate([skin.triangles[:, [a, b]] for a, b in ((0, 1), (1, 2), (2, 0))])
    low = (local[edge][..., 1] < 0.026).all(axis=1) & (local[edge][..., 1] > 0.0005).all(axis=1)
    was, now = (np.linalg.norm(p[edge[low, 0]] - p[edge[low, 1]], axis=1) for p in (skin.points, moved))
    assert (np.abs(now - was) < 0.0045).all()


def test_shapes_stay_within_the_face() -> None:
    for part in face_of("round").parts:
        for name, shift in part.shapes.items():
            assert np.isfinite(shift).all()
            assert np.linalg.norm(shift, axis=1).max() < 0.036, name


@pytest.mark.parametrize("eyes", SETS)
def test_a_face_keeps_its_budget_and_its_seam(eyes: str) -> None:
    face = face_of(eyes)
    assert sum(len(part.triangles) for part in face.parts) <= 4750
    for part in face.parts:
        np.testing.assert_allclose(np.linalg.norm(part.normals, axis=1), 1.0, atol=1e-6)
        np.testing.assert_allclose(sum(part.weights.values()), 1.0)
        assert part.uv.min() >= 0.0
        assert part.uv.max() <= 1.0
    assert face.parts[0].uv[:, 0].max() <= 0.75
    assert face.materials["skin"].texture.shape == (1024, 1024, 3)
    assert face.materials["eyes"].texture.shape == (512, 512, 4)


def test_sets_and_sliders_make_different_faces() -> None:
    points = [face_of(eyes).parts[1].points for eyes in SETS]
    for k, one in enumerate(points):
        assert all(np.abs(one - other).max() > 0.001 for other in points[k + 1 :])
    plain = HeadSurface(spec_of("round"))
    strong = HeadSurface(Spec(name="x", title="x", face=FaceSpec(jaw=1.0, cheeks=0.5)))
    assert float(strong.half_width(0.012)) > 1.15 * float(plain.half_width(0.012))


def test_an_unknown_name_is_a_sentence() -> None:
    with pytest.raises(AvatarError, match="choose one of round"):
        build_face(Spec(name="x", title="x", face=FaceSpec(eyes="square")), "lite", HeadPlace())
    with pytest.raises(AvatarError, match="choose one of left"):
        paint_skin(Spec(name="x", title="x", face=FaceSpec(mole="chin")), head_of("round"))


def test_the_painted_mole_is_where_the_preset_says() -> None:
    plain = face_of("round").materials["skin"].texture.astype(int)
    marked = Spec(name="x", title="x", face=FaceSpec(mole="eye_left"))
    spotted = paint_skin(marked, HeadSurface(marked)).astype(int)
    row, column = np.nonzero(np.abs(spotted - plain).sum(axis=-1) > 60)
    assert 4 < len(row) < 400
    assert column.mean() > 768 / 2


@pytest.mark.parametrize("vowel", ["aa", "ih", "ee", "oh"])
def test_teeth_are_one_strip_with_an_even_edge_over_a_dark_mouth(vowel: str) -> None:
    shape, pose = mouth_shape(spec_of("round")), expressions()[vowel].pose
    open_lips = lips(shape, pose)
    ring = np.concatenate((open_lips.upper, open_lips.lower[-2:0:-1]))
    teeth = mouth_pieces(shape, np.column_stack((ring, np.zeros(len(ring)))), pose)[1].points
    bottom = teeth[: len(teeth) // 2]
    gap = float((open_lips.upper - open_lips.lower)[LIP_STEPS // 2, 1])
    middle = bottom[len(bottom) // 4 : -len(bottom) // 4, 1]
    assert middle.max() - middle.min() < 0.0018  # metres: at most the bow of a smile
    assert gap > 0.009
    assert open_lips.upper[LIP_STEPS // 2, 1] - middle.mean() < 0.45 * gap
