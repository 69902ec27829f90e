"""Hair: closed locks that look outwards, within their budgets, outside the head, on chains that start in the clear."""

from functools import cache

import numpy as np
import pytest

from performer.avatar.build.dressing import Dressing
from performer.avatar.build.hair import build_hair, fringe_shadow, fringes, styles
from performer.avatar.build.hair.dress import Locks, build_locks
from performer.avatar.build.hair.lock import Lock, body_of, guide_of, texture_rows
from performer.avatar.build.hair.paint import hair_textures
from performer.avatar.build.hair.scalp import Scalp
from performer.avatar.build.hair.strand import Sweep, sweep, taper
from performer.avatar.build.hair.swing import shares
from performer.avatar.build.head import HeadSurface
from performer.avatar.build.part import Floats, Ints
from performer.avatar.build.spec import BodySpec, HairSpec, Level, Spec
from performer.avatar.build.springs import Chain
from performer.avatar.model import AvatarError

_LEVELS: tuple[Level, ...] = ("lite", "full")
_MOST = {"lite": (5500, 30), "full": (14000, 60)}
"""Triangles and spring joints."""


def _spec(style: str, fringe: str = "", *, male: bool = False) -> Spec:
    return Spec(
        name="test",
        title="Test",
        body=BodySpec(frame="male" if male else "female"),
        hair=HairSpec(style=style, fringe=fringe),
    )


@cache
def _hair(style: str, level: Level, male: bool = False) -> Dressing:
    spec = _spec(style, male=male)
    return build_hair(spec, level, HeadSurface(spec))


@cache
def _locks(style: str, level: Level, male: bool = False) -> Locks:
    spec = _spec(style, male=male)
    return build_locks(spec, level, HeadSurface(spec))


def _triangles(dressing: Dressing) -> int:
    return sum(len(part.triangles) for part in dressing.parts)


def _closed(triangles: Ints) -> bool:
    """Every edge is walked once in each direction."""
    one, two = triangles.ravel(), np.roll(triangles, -1, axis=1).ravel()
    size = int(triangles.max()) + 1
    there, back = np.unique(one * size + two), np.unique(two * size + one)
    return len(there) == len(one) and bool((there == back).all())


def _off_skin(head: HeadSurface, points: Floats) -> Floats:
    """(n,) how far points stand off the skin, measured level: metres, + outside."""
    theta = np.linspace(-np.pi, np.pi, 181)
    skin = head.point(theta[None], points[:, 1:2], nose=0.0)
    way = np.arctan2(skin[..., 0], skin[..., 2])
    flat = np.hypot(skin[..., 0], skin[..., 2])
    here = np.arctan2(points[:, 0], points[:, 2])
    ring = np.array([np.interp(h, w, f) for h, w, f in zip(here, way, flat, strict=True)])
    return np.hypot(points[:, 0], points[:, 2]) - ring


def _volume(points: Floats, triangles: Ints) -> float:
    corner = points[triangles] - points.mean(axis=0)
    return float(np.einsum("ij,ij->", corner[:, 0], np.cross(corner[:, 1], corner[:, 2]))) / 6.0


def _straight(level: str) -> Sweep:
    guide = np.stack([np.zeros(9), np.linspace(0, -0.2, 9), np.zeros(9)], axis=-1)
    s = np.linspace(0, 1, 9)
    out = np.tile([0.0, 0.0, 1.0], (9, 1))
    return sweep(guide, out, 0.02 * taper(s, 0.5, 0.3, 0.6), np.full(9, 0.005), level)


@pytest.mark.parametrize("level", _LEVELS)
def test_a_lock_is_closed_looks_outwards_and_ends_in_one_point(level: Level) -> None:
    body = _straight(level)
    assert _closed(body.triangles)
    assert _volume(body.points, body.triangles) > 0.0
    np.testing.assert_allclose(np.linalg.norm(body.normals, axis=1), 1.0, atol=1e-9)
    # The bulge looks where it was told to.
    assert body.normals[body.across == 0.5][:, 2].min() > 0.9
    np.testing.assert_allclose(body.points[-1], [0.0, -0.2, 0.0], atol=1e-12)


def test_a_lock_opens_and_is_pointed() -> None:
    width = taper(np.linspace(0, 1, 101), 0.4, 0.3, 0.6)
    assert width[0] == pytest.approx(0.4)
    assert width[40] == pytest.approx(1.0)
    assert width[-1] == pytest.approx(0.0)
    assert (np.diff(width[60:]) <= 1e-12).all()


@pytest.mark.parametrize("level", _LEVELS)
@pytest.mark.parametrize("style", styles())
def test_a_style_keeps_its_budget_and_its_locks_are_closed(style: str, level: Level) -> None:
    dressing = _hair(style, level)
    triangles, joints = _MOST[level]
    assert _triangles(dressing) <= triangles
    assert sum(len(chain.joints) - 1 for chain in dressing.chains) <= joints
    for part in _locks(style, level).parts:
        assert _closed(part.triangles)
        assert _volume(part.points, part.triangles) > 0.0


@pytest.mark.parametrize("style", styles())
def test_lite_costs_less_and_stands_as_high_and_hangs_as_low(style: str) -> None:
    lite, full = (_hair(style, level) for level in _LEVELS)
    assert _triangles(lite) < 0.6 * _triangles(full)
    for low in (True, False):
        reach = [
            (np.min if low else np.max)(np.concatenate([p.points[:, 1] for p in made.parts])) for made in (lite, full)
        ]
        assert abs(reach[0] - reach[1]) < 0.045


@pytest.mark.parametrize("male", [False, True])
@pytest.mark.parametrize("style", styles())
def test_no_lock_runs_inside_the_head(style: str, male: bool) -> None:
    """Their outer side, where they are seen: the flat inner side may touch the skin, and roots start in it."""
    spec = _spec(style, male=male)
    head = HeadSurface(spec)
    for guide in _locks(style, "lite", male).guides:
        near = (guide[:, 1] > 0.03) & (guide[:, 1] < 0.21)
        assert _off_skin(head, guide[near]).min(initial=1.0) > -0.001


@pytest.mark.parametrize("style", styles())
def test_chains_rest_outside_the_head_and_carry_their_locks(style: str) -> None:
    dressing = _hair(style, "full")
    bone = np.array([0.0, 1.355, 0.0])
    balls = [c for c in dressing.colliders if c.group == "head"]
    assert balls
    for chain in dressing.chains:
        for place in np.array(chain.positions)[1:]:
            for ball in balls:
                assert np.linalg.norm(place - bone - np.array(ball.offset)) > ball.radius
    carried = {name for part in dressing.parts for name, share in part.weights.items() if share.max() > 0.5}
    for chain in dressing.chains:
        assert set(chain.joints[:-1]) <= carried, "a joint that moves nothing is paid for nothing"
        assert chain.joints[-1] not in carried


@pytest.mark.parametrize("style", styles())
def test_weights_are_shares(style: str) -> None:
    for part in _hair(style, "lite").parts:
        total = sum(part.weights.values())
        np.testing.assert_allclose(total, 1.0, atol=1e-6)


def test_tails_are_mirrored() -> None:
    dressing = _hair("twintails", "full")
    tails = {chain.name: np.array(chain.positions) for chain in dressing.chains if "tail" in chain.name}
    left, right = (tails[name] for name in sorted(tails))
    np.testing.assert_allclose(left, right * np.array([-1.0, 1.0, 1.0]), atol=1e-9)


def test_styles_are_told_apart_by_their_outline() -> None:
    """Width of the hair at five heights, seen from in front and from the side: no two alike."""
    rows: list[Floats] = []
    for style in styles():
        points = np.concatenate([part.points for part in _hair(style, "lite").parts])
        reach: list[float] = []
        for height in (1.62, 1.56, 1.40, 1.25, 1.10, 1.00, 0.95):
            near = points[np.abs(points[:, 1] - height) < 0.03]
            reach += [np.abs(near[:, 0]).max(initial=0.0), -near[:, 2].min(initial=0.0)]
        rows.append(np.array(reach))
    for i, one in enumerate(rows):
        for other in rows[i + 1 :]:
            assert np.abs(one - other).max() > 0.015


def test_every_fringe_goes_with_every_frame_and_ends_above_the_eyes() -> None:
    for fringe in fringes():
        for male in (False, True):
            spec = _spec("short", fringe, male=male)
            head = HeadSurface(spec)
            parts = [p for p in build_locks(spec, "lite", head).parts if p.material == "fringe"]
            points = np.concatenate([p.points for p in parts])
            middle = points[np.abs(points[:, 0]) < 0.02]
            assert middle[:, 1].min() > 0.080, "a lock hangs over the nose"


def test_the_scalp_is_a_smooth_skull_that_may_be_asked_both_ways() -> None:
    head = HeadSurface(_spec("long"))
    scalp = Scalp(head, 0.0)
    bearing = np.radians([0.0, 60.0, 120.0, 180.0])
    for height in (0.19, 0.16, 0.13):
        falls = np.array([scalp.fall_at(float(b), height) for b in bearing])
        base, normal = scalp.base(bearing, falls)
        np.testing.assert_allclose(base[:, 1], height, atol=5e-4)
        assert np.abs(_off_skin(head, base)).max() < 0.004
        assert (np.einsum("ij,ij->i", normal, base - np.array([0.0, 0.11, 0.0])) > 0).all()


def test_a_longer_preset_hangs_lower_and_a_fuller_one_stands_out() -> None:
    head = HeadSurface(_spec("long"))

    def reach(length: float = 1.0, volume: float = 1.0) -> tuple[float, float]:
        spec = Spec(name="t", title="t", hair=HairSpec(style="long", fringe="", length=length, volume=volume))
        points = np.concatenate([part.points for part in build_locks(spec, "lite", head).parts])
        crown = points[points[:, 1] > 0.144]
        return float(points[:, 1].min()), float(np.abs(crown[:, 0]).max())

    low, wide = reach()
    assert reach(length=1.3)[0] < low - 0.08
    assert reach(volume=1.3)[1] > wide + 0.002


def test_the_ring_of_light_lies_at_one_height_whatever_the_lock() -> None:
    height = np.array([0.20, 0.175, 0.16])
    short = texture_rows(height, np.array([0.2, 0.6, 0.9]), 0.4)
    long = texture_rows(height, np.array([0.02, 0.05, 0.1]), 1.0)
    np.testing.assert_allclose(short, long)
    assert (np.diff(short) > 0).all()


def test_a_drawn_lock_starts_and_ends_where_it_was_drawn() -> None:
    head = HeadSurface(_spec("long"))
    scalp = Scalp(head)
    lock = Lock(root=(20, 30), tip=(30, 100), out=(8, 20, 12), width=30)
    points = guide_of(lock, scalp, 15).points
    assert points[-1, 1] == pytest.approx(0.100, abs=0.004)
    assert np.degrees(np.arctan2(points[-1, 0], points[-1, 2] + 0.006)) == pytest.approx(30, abs=3)
    assert _closed(body_of(lock, guide_of(lock, scalp, 15), "full").triangles)


def test_shares_follow_the_joint_above_half_a_joint_late() -> None:
    chain = Chain("c", "head", ["c0", "c1", "c2"], [(0.0, 1.0, 0.0), (0.0, 0.9, 0.0), (0.0, 0.8, 0.0)])
    weights = shares([(chain, 1.0)], np.array([-2.0, 0.0, 0.5, 1.0, 1.5, 2.0]))
    np.testing.assert_allclose(weights["head"], [1, 0.5, 0, 0, 0, 0])
    np.testing.assert_allclose(weights["c0"], [0, 0.5, 1, 0.5, 0, 0])
    np.testing.assert_allclose(weights["c1"], [0, 0, 0, 0.5, 1, 1])
    assert "c2" not in weights


def test_the_fringe_darkens_the_forehead_and_not_the_cheek() -> None:
    spec = _spec("twintails", "wispy")
    shadow = fringe_shadow(spec, HeadSurface(spec))
    assert shadow(np.array([0.0]), np.array([0.15]))[0] > 0.95
    assert shadow(np.array([0.03]), np.array([0.05]))[0] == 0.0
    x, y = np.meshgrid(np.linspace(-0.06, 0.06, 80), np.linspace(0.09, 0.12, 30))
    drawn = shadow(x, y)
    assert drawn.shape == x.shape
    assert 0.05 < drawn.mean() < 0.95, "its edge is drawn, no straight line"


def test_textures_have_tips_of_another_hue_and_fringes_let_the_eyes_through() -> None:
    whole, fringe = hair_textures("#f3a6c8", "#8fd8e8", 3)
    picture = whole.astype(float)
    assert picture.shape == (512, 512, 3)
    top, tip = picture[230:260, :380].mean((0, 1)), picture[490:, :380].mean((0, 1))
    assert top[0] > top[2]
    assert tip[2] > tip[0]
    assert fringe[:200, :, 3].min() == 255
    assert 100 < fringe[-1, :, 3].max() < 180


def test_a_wrong_name_is_answered_with_the_right_ones() -> None:
    with pytest.raises(AvatarError, match="no hair style 'mohawk': take one of long"):
        build_hair(_spec("mohawk"), "lite", HeadSurface(_spec("long")))
    with pytest.raises(AvatarError, match="no fringe 'none'"):
        build_hair(_spec("long", "none"), "lite", HeadSurface(_spec("long")))
