"""The ruler of the goldens: what it must see, and what it must not."""

import numpy as np
from PIL import Image, ImageChops

from tests.gallery.alike import distance


def _figure(colour: tuple[int, int, int] = (240, 120, 160), x: int = 60) -> Image.Image:
    picture = np.full((180, 160, 3), 40, np.uint8)
    picture[40:150, x : x + 40] = colour
    picture[50:60, x + 10 : x + 15] = 255
    return Image.fromarray(picture)


def test_the_same_picture_is_no_way_apart() -> None:
    assert distance(_figure(), _figure()) == (0.0, 0.0)


def test_edges_and_noise_of_another_driver_do_not_count() -> None:
    noise = np.random.default_rng(1).integers(-6, 7, (180, 160, 3))
    other = Image.fromarray(
        np.clip(np.asarray(ImageChops.offset(_figure(), 1, 0), int) + noise, 0, 255).astype(np.uint8)
    )
    mean, worst = distance(_figure(), other)
    assert mean < 1.5
    assert worst < 12.0


def test_a_colour_a_missing_part_or_another_place_counts() -> None:
    for other in (_figure((120, 160, 240)), _figure(x=80), _figure((40, 40, 40))):
        mean, worst = distance(_figure(), other)
        assert mean > 3.0
        assert worst > 25.0
