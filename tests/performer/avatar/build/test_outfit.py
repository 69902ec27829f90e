"""Clothes: they fit within the budget, face outwards, stand on the floor, swing on chains that the thighs drive."""

import tomllib
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from performer.avatar.build import outfit as package
from performer.avatar.build.body import Body, build_body
from performer.avatar.build.dressing import Dressing
from performer.avatar.build.outfit import OUTFITS, build_outfit, lift_of
from performer.avatar.build.outfit.hanfu import LONG
from performer.avatar.build.outfit.hanging import DRIVE, Drive
from performer.avatar.build.outfit.shoes import SHOES, shoe_of
from performer.avatar.build.outfit.street import DRIVE_LOW
from performer.avatar.build.props import PROPS, build_props, grip
from performer.avatar.build.spec import Accessory, BodySpec, Colours, Level, OutfitSpec, Spec
from performer.avatar.model import AvatarError

BUDGET = {"lite": 5_100, "full": 16_000}
KINDS = sorted(OUTFITS)
_made: dict[tuple[str, str, str], tuple[Spec, Body, Dressing]] = {}


def dressed(kind: str, level: Level = "lite", frame: str = "") -> tuple[Spec, Body, Dressing]:
    """A kind on the frame that wears it by default; made once."""
    frame = frame or ("male" if kind == "suit" else "female")
    key = (kind, level, frame)
    if key not in _made:
        body_spec = BodySpec(frame="male" if frame == "male" else "female")
        spec = Spec(name="test", title="test", body=body_spec, outfit=OutfitSpec(kind=kind))
        body = build_body(spec, level, lift_of(spec))
        _made[key] = (spec, body, build_outfit(spec, level, body))
    return _made[key]


@pytest.mark.parametrize("level", ["lite", "full"])
@pytest.mark.parametrize("kind", KINDS)
def test_an_outfit_keeps_to_its_triangles_and_its_joints_exist(kind: str, level: Level) -> None:
    _, body, made = dressed(kind, level)
    assert 1500 < sum(len(part.triangles) for part in made.parts) <= BUDGET[level]
    joints = set(body.joints) | {name for chain in made.chains for name in chain.joints}
    joints |= {follow.name for follow in made.follows}
    tips = {chain.joints[-1] for chain in made.chains}
    for part in made.parts:
        assert set(part.weights) <= joints
        assert not set(part.weights) & tips, "the last joint of a chain turns nothing"
        total = sum(part.weights.values())
        np.testing.assert_allclose(total, 1.0, atol=1e-6)
        assert np.isfinite(part.points).all()
        assert (part.uv >= 0).all()
        assert (part.uv <= 1).all()
        np.testing.assert_allclose(np.linalg.norm(part.normals, axis=1), 1.0, atol=1e-6)
    names = [name for chain in made.chains for name in chain.joints] + [follow.name for follow in made.follows]
    assert len(names) == len(set(names))
    parents = {follow.parent for follow in made.follows} | {chain.parent for chain in made.chains}
    assert parents <= set(body.joints) | set(names)


@pytest.mark.parametrize("kind", KINDS)
def test_triangles_face_the_way_their_normals_say(kind: str) -> None:
    for part in dressed(kind)[2].parts:
        a, b, c = (part.points[part.triangles[:, k]] for k in range(3))
        face = np.cross(b - a, c - a)
        agree = (face * part.normals[part.triangles].mean(axis=1)).sum(axis=1)
        # A piece that is inside out has none; folds and roots tucked under a belt are the rest.
        assert (agree > 0).mean() > 0.82


@pytest.mark.parametrize("kind", KINDS)
def test_what_hugs_the_body_faces_away_from_it(kind: str) -> None:
    _, body, made = dressed(kind)
    for part in made.parts:
        middle = part.points[part.triangles].mean(axis=1)
        near = body.near(middle)
        close = np.abs(near.distance) < 0.014
        if float(np.max(part.outline)) > 0 and close.mean() > 0.9 and len(middle) > 90:
            a, b, c = (part.points[part.triangles[:, k]] for k in range(3))
            face = np.cross(b - a, c - a)
            area = np.linalg.norm(face, axis=1)
            out = (face * near.normal).sum(axis=1)
            assert out[close].sum() / area[close].sum() > 0.5


@pytest.mark.parametrize("frame", ["female", "male"])
@pytest.mark.parametrize("kind", KINDS)
def test_soles_are_flat_on_one_floor(kind: str, frame: str) -> None:
    spec, _, made = dressed(kind, "lite", frame)
    shoe = shoe_of(spec.outfit.shoes or OUTFITS[kind].shoes)
    lowest = [float(part.points[:, 1].min()) for part in made.parts]
    assert min(lowest) == pytest.approx(-shoe.sole, abs=1e-9)
    for side in (1, -1):
        points = np.concatenate([part.points for part in made.parts])
        ground = points[(points[:, 1] < -shoe.sole + 1e-6) & (points[:, 0] * side > 0)]
        assert len(ground) >= 4
        # The ball's ground is long and wide enough to stand on.
        assert np.ptp(ground[:, 2]) > 0.03
        assert np.ptp(ground[:, 0]) > 0.03


@pytest.mark.parametrize("kind", SHOES)
def test_every_shoe_goes_with_an_outfit(kind: str) -> None:
    spec = Spec(name="test", title="test", outfit=OutfitSpec(kind="street", shoes=kind))
    body = build_body(spec, "lite", lift_of(spec))
    made = build_outfit(spec, "lite", body)
    assert lift_of(spec) == SHOES[kind].lift_deg
    assert min(float(part.points[:, 1].min()) for part in made.parts) == pytest.approx(-SHOES[kind].sole, abs=1e-9)


@pytest.mark.parametrize("drive", [DRIVE, DRIVE_LOW, LONG.drive])
def test_a_skirts_chains_are_driven_alike_on_both_sides(drive: tuple[Drive, ...]) -> None:
    by_angle = {row.angle_deg: row for row in drive}
    for angle, row in by_angle.items():
        other = by_angle[(360 - angle) % 360]
        assert (row.left, row.left_shin) == (other.right, other.right_shin)
        assert 0 < row.left + row.right <= 1.2


@pytest.mark.parametrize("kind", ["idol", "street"])
@pytest.mark.parametrize("side", ["left", "right"])
def test_a_kick_of_115_degrees_carries_the_skirt_over_the_thigh(kind: str, side: str) -> None:
    """The chain over the kicking leg, turned by its joints alone, lies above the thigh's upper skin."""
    _, body, made = dressed(kind)
    sign = 1 if side == "left" else -1
    chain = min(
        made.chains, key=lambda c: abs(np.degrees(np.arctan2(c.positions[0][0], c.positions[0][2])) - 45 * sign)
    )
    places = np.array(chain.positions)
    share = next(f.weight for f in made.follows if f.name == f"{chain.name}_{side}Drive")
    assert len([f for f in made.follows if f.name.startswith(f"{chain.name}_")]) >= 2
    kick = np.radians(-115)
    turned = places[0] + Rotation.from_euler("x", kick * share).apply(places - places[0])
    hip = body.joints[f"{side}UpperLeg"]
    thigh = Rotation.from_euler("x", kick).apply([0, -1, 0])
    up = Rotation.from_euler("x", kick).apply([0, 0, 1])
    for place in turned[1:]:
        along = (place - hip) @ thigh
        if 0 < along < 0.30:
            assert (place - hip) @ up > 0.060, "inside the thigh"
    assert turned[-1][1] > places[-1][1] + 0.15
    # Without the drive it would hang where the thigh now is.
    assert (places[-1] - hip) @ up < 0.060


@pytest.mark.parametrize("kind", KINDS)
def test_skin_under_cloth_is_left_out_on_both_sides_alike(kind: str) -> None:
    _, body, made = dressed(kind)
    assert made.covered is not None
    assert 0.2 < made.covered.mean() < 0.95
    hands = np.char.endswith(body.region, "Hand") | (body.region == "neck")
    assert not made.covered[hands].any()
    left, right = (made.covered[np.char.startswith(body.region, side)].sum() for side in ("left", "right"))
    assert left == right


@pytest.mark.parametrize("kind", KINDS)
def test_paint_fills_tiles_that_do_not_overlap(kind: str) -> None:
    layout = OUTFITS[kind].layout
    used = np.zeros((1024, 1024), dtype=int)
    for left, top, wide, high in layout.values():
        used[top : top + high, left : left + wide] += 1
    # Small tiles may share a corner that is painted last; nothing else may.
    assert (used > 1).mean() < 0.001
    picture = dressed(kind)[2].materials["outfit"].texture
    assert picture.shape == (1024, 1024, 3)
    assert picture.dtype == np.uint8
    for name in ("skirt", "sleeve", "sleeve_front", "top_front", "bodice", "robe_front", "leg_front"):
        if name in layout:
            left, top, wide, high = layout[name]
            assert picture[top : top + high, left : left + wide].std(axis=(0, 1)).max() > 5, f"{name} is plain"


def test_every_theme_of_the_table_paints_another_picture() -> None:
    table = tomllib.loads((Path(package.__file__).parent / "themes.toml").read_text(encoding="utf-8"))
    assert sorted(table) == KINDS
    for kind, themes in table.items():
        assert len(themes) >= 4
        colours = [Colours(**{k: v for k, v in theme.items() if k != "title"}) for theme in themes.values()]
        for one, other in pairwise(colours):
            assert (one.main, one.second, one.accent) != (other.main, other.second, other.accent), kind


def test_the_same_preset_gives_the_same_clothes() -> None:
    spec, body, made = dressed("hanfu")
    again = build_outfit(spec, "lite", body)
    assert (again.materials["outfit"].texture == made.materials["outfit"].texture).all()
    for one, other in zip(made.parts, again.parts, strict=True):
        assert (one.points == other.points).all()


def test_an_unknown_outfit_is_named_with_those_that_exist() -> None:
    spec = Spec(name="x", title="x", outfit=OutfitSpec(kind="armour"))
    with pytest.raises(AvatarError, match=r"armour.*idol"):
        lift_of(spec)


@pytest.mark.parametrize("kind", PROPS)
def test_a_prop_lies_in_the_hand_that_is_named(kind: str) -> None:
    spec = Spec(name="x", title="x", accessories=(Accessory(kind=kind, side="right"),))
    body = build_body(spec, "lite", 0.0)
    made = build_props(spec, "lite", body)
    assert sum(len(part.triangles) for part in made.parts) <= 500
    (part,) = made.parts
    assert set(part.weights) == {"rightHand"}
    middle, way = grip(body)
    mirror = np.array([-1.0, 1.0, 1.0])
    for name in ("Index", "Middle", "Ring", "Little"):
        # Curled fingers close round it: the handle's line passes below the knuckles at a finger's breadth.
        joint = body.joints[f"left{name}Proximal"] - middle
        off = np.linalg.norm(joint - way * (joint @ way))
        assert 0.015 < off < 0.055
    near = part.points * mirror - middle
    along = near @ way
    radius = np.linalg.norm(near - along[:, None] * way, axis=1)
    assert radius[np.abs(along) < 0.04].max() < 0.016
