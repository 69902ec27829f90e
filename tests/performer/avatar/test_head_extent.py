"""How far a head reaches, for the camera."""

import numpy as np
import pytest
from numpy.typing import NDArray

from motion.rig.bones import BONE_INDEX
from motion.rig.skeleton import CANONICAL
from performer.avatar.geometry import Flesh
from performer.avatar.head_extent import head_extent
from performer.avatar.presets import avatar_path
from performer.avatar.vrm import read_vrm

HEAD = CANONICAL.rest[BONE_INDEX["head"]]


def _flesh(points: NDArray[np.float64], *, floor: float = 0.0, bone: str = "head") -> Flesh:
    count = len(points)
    return Flesh(points + np.array([0.0, floor, 0.0]), np.full(count, BONE_INDEX[bone]), np.ones(count, np.bool_))


def _box(half: float, low: float, high: float) -> NDArray[np.float64]:
    """A thousand points in a box about the head's axis; heights above the head's joint."""
    chance = np.random.default_rng(1)
    size = np.array([2 * half, high - low, 2 * half])
    return chance.random((1000, 3)) * size + HEAD + np.array([-half, low, -half])


@pytest.mark.parametrize("floor", [0.0, -0.4])
def test_a_box_is_measured_wherever_the_file_puts_its_floor(floor: float) -> None:
    extent = head_extent(_flesh(_box(0.3, 0.0, 0.5), floor=floor), floor, CANONICAL)
    assert extent is not None
    assert extent.top == pytest.approx(HEAD[1] + 0.5, abs=0.02)
    assert extent.wide == pytest.approx(0.3, abs=0.02)


def test_plaits_below_and_single_spikes_do_not_count() -> None:
    plain = _box(0.1, 0.0, 0.25)
    plait = _box(0.6, -0.8, -0.1)
    spike = HEAD + np.array([[0.9, 3.0, 0.0]])
    extent = head_extent(_flesh(np.concatenate((plain, plait, spike))), 0.0, CANONICAL)
    assert extent is not None
    assert extent.top < HEAD[1] + 0.26
    assert extent.wide < 0.12


@pytest.mark.parametrize(("rises", "counts"), [(1.4, 1.4), (4.0, 1.5)])
def test_ears_may_be_higher_than_the_body_but_not_without_end(rises: float, counts: float) -> None:
    body = float(HEAD[1])
    extent = head_extent(_flesh(_box(0.3, 0.0, rises * body)), 0.0, CANONICAL)
    assert extent is not None
    assert extent.top == pytest.approx((1.0 + counts) * body, rel=0.02)


def test_a_model_whose_head_carries_no_mesh_has_none() -> None:
    assert head_extent(_flesh(_box(0.3, 0.0, 0.5), bone="hips"), 0.0, CANONICAL) is None


def test_the_mannequin_says_how_high_its_hair_is() -> None:
    vrm = read_vrm(avatar_path("mannequin"))
    assert vrm.head is not None
    assert vrm.skeleton.height - 0.02 < vrm.head.top < vrm.skeleton.height + 0.1
    assert 0.06 < vrm.head.wide < 0.2
