"""A whole avatar: valid, complete, light, on the floor, the same every time; the shipped file is the built one."""

import json
import shutil
import subprocess
from pathlib import Path

import msgspec
import numpy as np
import pytest

from motion.rig.bones import BONES
from motion.rig.glb import Glb, decode_glb
from performer.avatar.build.assembly import Assembly, assemble
from performer.avatar.build.body import build_body
from performer.avatar.build.core import assemble_avatar
from performer.avatar.build.dressing import Dressing
from performer.avatar.build.face import build_face
from performer.avatar.build.head import HeadPlace
from performer.avatar.build.part import MATERIALS, MESHES, Part
from performer.avatar.build.spec import read_spec
from performer.avatar.build.write import write_vrm
from performer.avatar.presets import avatar_names, avatar_path, preset_names, preset_path
from performer.avatar.vrm import read_vrm
from performer.face.track import ARKIT, PRESETS
from tests.performer.avatar.posing import Figure, pose_quaternions
from tests.performer.avatar.test_mannequin import SCRIPT, WEB

BUILT = sorted(set(avatar_names()) & set(preset_names()))


@pytest.fixture(scope="module")
def assembly() -> Assembly:
    return assemble_avatar(read_spec(preset_path("niyu")), "lite")


@pytest.fixture(scope="module")
def written(assembly: Assembly) -> bytes:
    return write_vrm(assembly, "霓羽", "1")


@pytest.fixture(scope="module")
def glb(written: bytes) -> Glb:
    return decode_glb(written)


def test_the_same_bytes_for_the_same_assembly(assembly: Assembly, written: bytes) -> None:
    assert write_vrm(assembly, "霓羽", "1") == written


def test_few_draws_and_materials(assembly: Assembly) -> None:
    kinds = [(part.mesh, part.material) for part in assembly.parts]
    assert len(kinds) == len(set(kinds))
    assert {mesh for mesh, _ in kinds} <= set(MESHES)
    assert {material for _, material in kinds} <= set(MATERIALS)
    assert sum(len(part.triangles) for part in assembly.parts) <= 18_000


def test_the_lowest_point_stands_on_the_floor(assembly: Assembly) -> None:
    assert min(float(part.points[:, 1].min()) for part in assembly.parts) == pytest.approx(0.0, abs=1e-9)


def test_all_expressions_are_written(glb: Glb) -> None:
    vrm = msgspec.json.decode(glb.document.extensions["VRMC_vrm"])
    assert set(vrm["expressions"]["preset"]) == set(PRESETS)
    assert set(vrm["expressions"]["custom"]) == set(ARKIT)
    assert set(vrm["humanoid"]["humanBones"]) == {bone.name for bone in BONES}


def test_weights_add_up_exactly_and_joints_exist(glb: Glb) -> None:
    joints = len(glb.document.skins[0].joints)
    for mesh in glb.document.meshes:
        for primitive in mesh.primitives:
            weights = glb.accessor(primitive.attributes["WEIGHTS_0"])
            np.testing.assert_array_equal((weights * 65535).round().sum(axis=1), 65535)
            assert glb.accessor(primitive.attributes["JOINTS_0"]).max() < joints


def test_a_point_that_nothing_carries_goes_with_the_skin_below() -> None:
    spec = read_spec(preset_path("niyu"))
    body = build_body(spec, "lite")
    points = body.points[:1] + 0.01 * body.normals[:1]
    up = np.array([[0.0, 0.0, 1.0]])
    lost = Part(points, np.zeros((1, 3), np.int64), up, up[:, :2], {"head": np.zeros(1)}, "Outfit", "outfit")
    face = build_face(spec, "lite", HeadPlace.on(body.joints["head"], 1.07))
    made = assemble(body, face, [Dressing([lost])], 1.58)
    outfit = next(part for part in made.parts if part.mesh == "Outfit")
    assert sum(float(share[0]) for share in outfit.weights.values()) == pytest.approx(1.0)


def test_names_of_nodes_are_one_of_a_kind(glb: Glb) -> None:
    names = [node.name for node in glb.document.nodes]
    assert len(names) == len(set(names))


def test_the_forearm_shares_the_roll_of_the_hand(assembly: Assembly) -> None:
    figure = Figure(assembly)
    placed = figure.pose(pose_quaternions({"leftHand": (80.0, 0.0, 0.0)}))
    np.testing.assert_allclose(2.0 * np.degrees(np.arcsin(placed["leftLowerArmTwist"][1][0])), 40.0, atol=1e-6)


def test_the_shoulder_does_not_roll_with_the_upper_arm(assembly: Assembly) -> None:
    figure = Figure(assembly)
    for roll in (0.0, 70.0):
        placed = figure.pose(pose_quaternions({"leftUpperArm": (roll, 0.0, 0.0)}))
        np.testing.assert_allclose(placed["leftUpperArmTwist"][1][:3], 0.0, atol=1e-6)
    lowered = figure.pose(pose_quaternions({"leftUpperArm": (0.0, 0.0, -60.0)}))
    np.testing.assert_allclose(lowered["leftUpperArmTwist"][1], lowered["leftUpperArm"][1], atol=1e-6)


def test_an_elbow_keeps_its_volume(assembly: Assembly) -> None:
    """At a right angle the skin of the elbow's inside may fold, but the arm does not collapse."""
    figure = Figure(assembly)
    skin = next(part for part in assembly.parts if (part.mesh, part.material) == ("Body", "skin"))
    hand = skin.weights["leftHand"] > 0.9
    rest = np.ptp(skin.points[hand], axis=0)
    moved = figure.skin(skin.points, skin.weights, figure.pose(pose_quaternions({"leftLowerArm": (0.0, -90.0, 0.0)})))
    # Turned by a right angle about y: x and z change places, nothing is squeezed.
    np.testing.assert_allclose(np.ptp(moved[hand], axis=0), rest[[2, 1, 0]], rtol=0.12)


@pytest.mark.parametrize("name", BUILT)
def test_shipped_avatars_are_read_without_warnings(name: str) -> None:
    vrm = read_vrm(avatar_path(name))
    assert vrm.version == "1.0"
    assert vrm.warnings == ()
    assert vrm.look_at == "bone"
    assert vrm.weight.triangles <= 18_000
    assert vrm.weight.materials <= 6
    assert vrm.weight.file_bytes <= 8_000_000


@pytest.mark.parametrize("name", BUILT)
def test_shipped_avatars_are_the_built_ones(name: str, glb: Glb) -> None:
    """Shapes and skeleton; packed pictures may differ by the version of the library that packs them."""
    built = (
        glb if name == "niyu" else decode_glb(write_vrm(assemble_avatar(read_spec(preset_path(name)), "lite"), "", ""))
    )
    hint = f"run: nichang avatar build {name} -o presets/avatars/{name}/{name}.vrm"
    shipped = decode_glb(avatar_path(name).read_bytes())
    assert [node.name for node in shipped.document.nodes] == [node.name for node in built.document.nodes], hint
    for ours, theirs in zip(built.document.meshes, shipped.document.meshes, strict=True):
        for one, other in zip(ours.primitives, theirs.primitives, strict=True):
            mine, its = (g.accessor(p.attributes["POSITION"]) for g, p in ((built, one), (shipped, other)))
            assert mine.shape == its.shape, hint
            np.testing.assert_allclose(mine, its, atol=1e-5, err_msg=hint)


@pytest.mark.parametrize("name", ["niyu", "qinghe"])
def test_the_rich_level_stays_within_its_triangles(name: str) -> None:
    """Of these two: the one with most ornaments, and the one with most cloth."""
    rich = assemble_avatar(read_spec(preset_path(name)), "full")
    assert 20_000 < sum(len(part.triangles) for part in rich.parts) <= 45_000


@pytest.mark.parametrize("name", BUILT)
def test_the_validator_finds_nothing(name: str) -> None:
    node = shutil.which("node")
    if node is None or not (WEB / "node_modules" / "gltf-validator").is_dir():
        pytest.skip("node or gltf-validator is not installed (run npm ci in stage/web)")
    command = [node, "-e", SCRIPT, str(WEB / "package.json"), str(Path(avatar_path(name)))]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    issues = json.loads(answer.stdout)
    assert (issues["numErrors"], issues["numWarnings"]) == (0, 0), issues["messages"]
