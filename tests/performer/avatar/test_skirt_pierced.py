"""Skirts ride over the legs that lift them: hardly an edge of skin crosses cloth in the widest poses."""

import numpy as np
import pytest

from performer.avatar.build.spec import read_spec
from performer.avatar.presets import preset_path
from tests.gallery.views import POSES
from tests.performer.avatar.posing import pose_quaternions
from tests.performer.avatar.skirt_pierced import Piercing, segments_through


@pytest.mark.parametrize(("name", "most"), [("qinghe", 100), ("yanhuo", 22), ("niyu", 8)])
def test_legs_stay_under_the_skirt_in_the_widest_poses(name: str, most: int) -> None:
    """With each chain shared by both legs, as it was, the long skirt had 169 such edges, street 57, idol 46."""
    figure = Piercing(read_spec(preset_path(name)), "lite")
    assert figure.edges({}) == 0
    found = {pose: figure.edges(pose_quaternions(POSES[pose]["bones"])) for pose in _WIDE}
    assert sum(found.values()) <= most, found


_WIDE = ("kick", "side-kick", "split", "crouch", "lunge", "bow", "dance")


def test_a_segment_counts_once_where_it_passes_through_triangles() -> None:
    corners = np.array([[[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 0, 0.1], [1, 0, 0.1], [0, 1, 0.1]]], np.float64)
    start = np.array([[0.2, 0.2, -1], [0.8, 0.8, -1], [0.2, 0.2, 0.5]], np.float64)
    end = start + np.array([0.0, 0.0, 2.0])
    assert segments_through(start, end, corners) == 1
