"""The body: closed, weighted, mirrored, on the floor; clothes can ask it, be pushed out of it and be cut from it."""

from collections import Counter

import msgspec
import numpy as np
import pytest
from scipy.spatial import KDTree

from motion.rig.bones import BONES
from performer.avatar.build.body import Body, build_body
from performer.avatar.build.spec import BodySpec, Level, Spec

FRAMES = ("female", "male")


def body_of(table: BodySpec | None = None, level: Level = "full", lift: float = 0.0) -> Body:
    return build_body(Spec(name="x", title="X", body=table or BodySpec()), level, lift)


@pytest.fixture(scope="module", params=FRAMES)
def body(request: pytest.FixtureRequest) -> Body:
    return body_of(BodySpec(frame=request.param))


def edges(faces: np.ndarray) -> Counter[tuple[int, int]]:
    width = faces.shape[1]
    return Counter((int(f[k]), int(f[(k + 1) % width])) for f in faces for k in range(width))


def test_the_skin_is_closed_and_faces_outward(body: Body) -> None:
    found = edges(body.quads)
    assert max(found.values()) == 1
    assert all((b, a) in found for a, b in found)
    corner = body.points[body.triangles]
    volume = np.einsum("ij,ij->", corner[:, 0], np.cross(corner[:, 1], corner[:, 2])) / 6.0
    assert 0.02 < volume < 0.06  # a slim person of 1.58 m without a head, cubic metres


def test_every_bone_and_twist_joint_is_there_and_weights_add_up(body: Body) -> None:
    assert [*body.joints][:55] == [bone.name for bone in BONES]
    twists = {f"{side}{part}ArmTwist" for side in ("left", "right") for part in ("Upper", "Lower")}
    assert set(body.joints) - {bone.name for bone in BONES} == twists
    total = np.sum([*body.weights.values()], axis=0)
    np.testing.assert_allclose(total, 1.0, atol=1e-9)
    carried = {name for name, share in body.weights.items() if share.any()}
    # Eyes and jaw are the face's, the rest of the body must move with every bone it has.
    assert {bone.name for bone in BONES} - carried == {"leftEye", "rightEye", "jaw"}


def test_left_and_right_are_mirror_images(body: Body) -> None:
    far, _ = KDTree(body.points).query(body.points * [-1.0, 1.0, 1.0])
    assert far.max() < 1e-9


@pytest.mark.parametrize("lift", [0.0, 14.0, 27.0])
def test_it_stands_on_the_floor_however_high_the_heel(lift: float) -> None:
    flat, lifted = body_of(), body_of(lift=lift)
    assert lifted.points[:, 1].min() == pytest.approx(0.0, abs=1e-9)
    raised = lifted.joints["leftFoot"] - flat.joints["leftFoot"]
    assert raised[1] == pytest.approx(lifted.rise - flat.rise)
    # The leg stays straight under the hip: only the foot turns.
    assert raised[[0, 2]] == pytest.approx(0.0)
    if lift:
        assert raised[1] > 0.010
    ball = lifted.joints["leftToes"]
    assert 0.0 < ball[1] < 0.03


def test_points_are_pushed_out_and_only_as_far_as_asked(body: Body) -> None:
    # Not between fingers: there is no room for 3 mm.
    skin = np.unique(body.quads[~np.char.endswith(body.region, "Hand")])[::7]
    inside = body.points[skin] - 0.004 * body.normals[skin]
    moved = body.pushed_out(inside, 0.003)
    found = body.near(moved).distance
    assert np.percentile(found, 1.0) > 0.0028
    assert found.min() > 0.001  # in the folds of groin and armpit
    shin = np.unique(body.quads[(body.region == "leftLeg") & (body.row == 9)])
    away = body.points[shin] + 0.01 * body.normals[shin]
    np.testing.assert_array_equal(body.pushed_out(away, 0.0), away)


def test_near_tells_distance_and_weights(body: Body) -> None:
    # Skin of the shin, where nothing else is near.
    shin = np.unique(body.quads[(body.region == "leftLeg") & (body.row == 9)])
    near = body.near(body.points[shin] + 0.01 * body.normals[shin])
    np.testing.assert_allclose(near.distance, 0.01, atol=4e-4)
    assert near.weights["leftLowerLeg"].min() > 0.9


@pytest.mark.parametrize("coarse", [False, True])
def test_a_shell_keeps_off_the_skin_and_folds_its_border(body: Body, coarse: bool) -> None:
    shell = body.shell(lambda region, row: region == "leftLeg" and row >= 6, 0.003, coarse=coarse)
    assert set(body.region[shell.covered]) == {"leftLeg"}
    assert shell.rim.any()
    outer = np.linalg.norm(shell.points - body.points[shell.skin], axis=1)
    np.testing.assert_allclose(outer[~shell.rim], 0.003, atol=1e-9)
    assert max(edges(shell.triangles).values()) == 1
    total = np.sum([*shell.weights.values()], axis=0)
    np.testing.assert_allclose(total, 1.0, atol=1e-9)


def test_coarse_skin_has_no_cracks_where_it_meets_the_fine_hand() -> None:
    body = body_of(level="lite")
    part = body.skin_part()
    assert len(part.triangles) < 4_400
    _, place = np.unique(part.points.round(7), axis=0, return_inverse=True)
    found = edges(place.ravel()[part.triangles])
    assert all((b, a) in found for a, b in found)


def test_covered_skin_is_left_out_and_places_lie_on_the_strip() -> None:
    body = body_of()
    covered = body.selected(lambda region, row: region == "torso")
    part = body.skin_part(covered)
    assert len(part.triangles) == 2 * int((~covered).sum())
    assert part.uv[:, 0].min() >= 0.75
    assert part.uv.max() <= 1.0
    assert part.uv.min() >= 0.0


@pytest.mark.parametrize("slider", ["shoulders", "bust", "waist", "hips", "legs"])
def test_sliders_make_wider_and_narrower(slider: str) -> None:
    def volume(value: float) -> float:
        body = body_of(msgspec.structs.replace(BodySpec(), **{slider: value}))
        corner = body.points[body.triangles]
        return float(np.einsum("ij,ij->", corner[:, 0], np.cross(corner[:, 1], corner[:, 2])))

    assert volume(0.9) < volume(1.0) < volume(1.1)
