"""Accessories: closed, within the budget, on their side, on top of the hair, off the skin; the wrong name answered."""

from functools import cache

import numpy as np
import pytest

from performer.avatar.build.accessories import KINDS, build_accessories
from performer.avatar.build.accessories.extra_paint import CELLS, SWATCH, cell, extra_material
from performer.avatar.build.accessories.solids import ball, bow, leaf, tube
from performer.avatar.build.body import Body, build_body
from performer.avatar.build.dressing import Dressing
from performer.avatar.build.hair import build_hair, styles
from performer.avatar.build.hair.ties import ties_of
from performer.avatar.build.head import HeadSurface
from performer.avatar.build.part import Floats, Ints
from performer.avatar.build.spec import Accessory, HairSpec, Level, Spec
from performer.avatar.model import AvatarError


def _spec(*kinds: str, side: str = "right", style: str = "twintails") -> Spec:
    items = tuple(Accessory(kind=kind, side="left" if side == "left" else "right") for kind in kinds)
    return Spec(name="test", title="Test", hair=HairSpec(style=style, fringe=""), accessories=items)


@cache
def _body() -> Body:
    return build_body(_spec(), "lite")


@cache
def _hair(style: str) -> Dressing:
    return build_hair(_spec(style=style), "lite", HeadSurface(_spec(style=style)))


def _worn(spec: Spec, level: Level = "lite") -> Dressing:
    return build_accessories(spec, level, _body(), HeadSurface(spec), _hair(spec.hair.style))


def _closed(triangles: Ints) -> bool:
    one, two = triangles.ravel(), np.roll(triangles, -1, axis=1).ravel()
    size = int(triangles.max()) + 1
    there, back = np.unique(one * size + two), np.unique(two * size + one)
    return len(there) == len(one) and bool((there == back).all())


def _volume(points: Floats, triangles: Ints) -> float:
    corner = points[triangles] - points.mean(axis=0)
    return float(np.einsum("ij,ij->", corner[:, 0], np.cross(corner[:, 1], corner[:, 2])))


def test_solids_are_closed_and_look_outwards() -> None:
    line = np.stack([np.linspace(0, 0.1, 6), np.zeros(6), np.linspace(0, 0.02, 6) ** 2], axis=-1)
    solids = [
        tube(line, 0.002, 5, "dark"),
        ball(np.zeros(3), (0.01, 0.02, 0.01), 8, "gem"),
        leaf(line, np.tile([0.0, 0.0, 1.0], (6, 1)), np.full(6, 0.01), np.full(6, 0.002), "petal", "full"),
        *bow(0.05, "lite"),
    ]
    for solid in solids:
        assert _closed(solid.triangles)
        assert _volume(solid.points, solid.triangles) > 0.0
        np.testing.assert_allclose(np.linalg.norm(solid.normals, axis=1), 1.0, atol=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_closed_and_full_is_richer(kind: str) -> None:
    lite, full = (_worn(_spec(kind), level) for level in ("lite", "full"))
    count = [sum(len(part.triangles) for part in made.parts) for made in (lite, full)]
    assert 0 < count[0] <= 400
    assert count[0] < count[1] <= 1000
    for part in (*lite.parts, *full.parts):
        assert part.material == "extra"
        assert _closed(part.triangles)
        np.testing.assert_allclose(sum(part.weights.values()), 1.0, atol=1e-9)


def test_what_the_idol_wears_fits_the_budget() -> None:
    items = (Accessory(kind="headset"), Accessory(kind="ribbon", side="both"), Accessory(kind="feather", side="left"))
    spec = Spec(name="test", title="Test", hair=HairSpec(style="twintails"), accessories=items)
    assert sum(len(part.triangles) for part in _worn(spec).parts) <= 800


@pytest.mark.parametrize("kind", ["headset", "feather", "buyao", "hairpin"])
def test_a_side_is_her_side_and_both_sides_mirror_each_other(kind: str) -> None:
    left, right = (_worn(_spec(kind, side=side)).parts[0] for side in ("left", "right"))
    assert left.points[:, 0].mean() > 0.01
    np.testing.assert_allclose(
        np.sort(left.points[:, 0]), np.sort(-right.points[:, 0]), atol=0.02 if kind != "headset" else 1e-9
    )


@pytest.mark.parametrize("style", styles())
def test_what_is_worn_in_the_hair_is_seen_over_it(style: str) -> None:
    spec = _spec("hairpin", "feather", style=style)
    head = HeadSurface(spec)
    piece = head.place.to_local(_worn(spec).parts[0].points)
    hair = head.place.to_local(np.concatenate([part.points for part in _hair(style).parts]))
    middle = np.array([0.0, 0.11, -0.006])
    for centre in (piece[piece[:, 1] < 0.155].mean(axis=0),):
        way = (centre - middle) / np.linalg.norm(centre - middle)
        off = (hair - middle) @ way
        near = np.linalg.norm(hair - middle - off[:, None] * way, axis=1) < 0.008
        assert (centre - middle) @ way > off[near & (off < 0.135)].max(initial=0.0) - 0.004


def test_glasses_and_boom_keep_off_the_skin() -> None:
    for kind in ("glasses", "headset"):
        spec = _spec(kind)
        head = HeadSurface(spec)
        points = head.place.to_local(_worn(spec).parts[0].points)
        front = (points[:, 2] > 0.045) & (np.abs(points[:, 0]) < 0.055)
        assert front.any()
        gap = points[front, 2] - head.z(points[front, 0], points[front, 1])
        assert gap.min() > 0.002


def test_a_ribbon_sits_at_each_knot() -> None:
    spec = Spec(
        name="t", title="t", hair=HairSpec(style="twintails"), accessories=(Accessory(kind="ribbon", side="both"),)
    )
    head = HeadSurface(spec)
    ties = ties_of(spec)
    assert sorted(tie.side for tie in ties) == [-1.0, 1.0]
    points = head.place.to_local(_worn(spec).parts[0].points)
    for tie in ties:
        assert np.linalg.norm(points - tie.point, axis=1).min() < 0.012


def test_the_tassel_hangs_on_a_chain_that_carries_it() -> None:
    worn = _worn(_spec("buyao", side="left"))
    (chain,) = worn.chains
    places = np.array(chain.positions)
    assert (np.diff(places[:, 1]) < 0).all()
    carried = {name for part in worn.parts for name, share in part.weights.items() if share.max() > 0.5}
    assert set(chain.joints[:-1]) <= carried


def test_cells_lie_in_the_left_half_and_apart() -> None:
    names = [name for row in CELLS for name in row]
    assert len({SWATCH[name] for name in names}) == len(names)
    for name in names:
        place = cell(name, np.array([0.0, 1.0]), np.array([0.0, 1.0]))
        assert place.min() >= 0.0
        assert place[:, 0].max() < 0.5


def test_a_colour_of_an_accessory_is_painted() -> None:
    plain = Spec(name="t", title="t", accessories=(Accessory(kind="ribbon"),))
    green = Spec(name="t", title="t", accessories=(Accessory(kind="ribbon", colour="#20c040"),))
    u, v = SWATCH["bow"]
    at = (int(v * 512) - 20, int(u * 512))
    one, other = (extra_material(spec).texture[at].astype(int) for spec in (plain, green))
    assert other[1] > other[0] + 40
    assert one[0] > one[1]


def test_a_wrong_kind_is_answered_with_the_right_ones() -> None:
    with pytest.raises(AvatarError, match="no accessory 'crown': take one of headset"):
        _worn(_spec("crown"))
