"""Skirts ride over the legs that lift them: hardly an edge of skin crosses cloth in the widest poses."""

import numpy as np
import pytest

from motion.dance.library import Library, load_library
from performer.avatar.build.spec import read_spec
from performer.avatar.presets import avatar_path, preset_path
from performer.avatar.vrm import read_vrm
from tests.gallery.views import POSES
from tests.performer.avatar.posing import pose_quaternions
from tests.performer.avatar.skirt_pierced import Piercing, danced, segments_through


@pytest.mark.parametrize(("name", "most"), [("qinghe", 90), ("yanhuo", 22), ("niyu", 8)])
def test_legs_stay_under_the_skirt_in_the_widest_poses(name: str, most: int) -> None:
    """With each chain shared by both legs, as it was, the long skirt had 169 such edges, street 57, idol 46."""
    figure = Piercing(read_spec(preset_path(name)), "lite")
    assert figure.edges({}) == 0
    found = {pose: figure.edges(pose_quaternions(POSES[pose]["bones"])) for pose in _WIDE}
    assert sum(found.values()) <= most, found


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library(own_moves_only=True)


def test_a_long_skirt_keeps_up_with_legs_that_turn_and_cross(library: Library) -> None:
    """With springs of a short skirt's stiffness it stayed behind: legs bare to above the knee."""
    names = ("silk_turn", "rainbow_skirt", "coat_turn", "feather_wings", "swan_back")
    figure = Piercing(read_spec(preset_path("qinghe")), "lite")
    moves = danced(library, names, read_vrm(avatar_path("qinghe")).skeleton)
    found = dict(zip(names, (sum(edges) for edges in figure.dance(moves, 30)), strict=True))
    assert sum(found.values()) <= 150, found


_WIDE = ("kick", "side-kick", "split", "crouch", "lunge", "bow", "dance")


def test_a_segment_counts_once_where_it_passes_through_triangles() -> None:
    corners = np.array([[[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 0, 0.1], [1, 0, 0.1], [0, 1, 0.1]]], np.float64)
    start = np.array([[0.2, 0.2, -1], [0.8, 0.8, -1], [0.2, 0.2, 0.5]], np.float64)
    end = start + np.array([0.0, 0.0, 2.0])
    assert segments_through(start, end, corners) == 1
