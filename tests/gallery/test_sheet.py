"""The contact sheet's own arithmetic; what the page draws is looked at, not asserted."""

import numpy as np
import pytest

from tests.gallery.sheet import i420_to_rgb, lay_out


@pytest.mark.parametrize(
    ("yuv", "rgb"),
    [((16, 128, 128), (0, 0, 0)), ((235, 128, 128), (255, 255, 255)), ((63, 102, 240), (255, 0, 0))],
)
def test_limited_range_bt709_becomes_full_range_rgb(yuv: tuple[int, int, int], rgb: tuple[int, int, int]) -> None:
    planes = [np.full(count, value, np.uint8) for count, value in zip((8, 2, 2), yuv, strict=True)]
    picture = i420_to_rgb(np.concatenate(planes), 4, 2)
    assert picture.shape == (2, 4, 3)
    assert np.abs(picture.astype(int) - rgb).max() <= 2


def test_pictures_stand_in_rows_in_their_order() -> None:
    shades = [np.full((10, 20, 3), value, np.uint8) for value in (40, 120, 200)]
    sheet = np.asarray(lay_out(shades, ["", "", ""], columns=2))
    assert sheet.shape == (28, 48, 3)
    assert [sheet[5, 10, 0], sheet[5, 34, 0], sheet[19, 10, 0]] == [40, 120, 200]
