"""What the page paints itself and what GL draws are one picture: nobody may change the shaders of `lean` alone."""

import numpy as np
import pytest
from numpy.typing import NDArray

from motion.errors import UserError
from performer.avatar.presets import avatar_names
from stage.render.browser import find_browser
from stage.render.session import pages_folder
from stage.show.show import Inputs, ShotChoice
from tests.gallery.sheet import Still, draw_stills, prepared

MOMENT = 34.0
SHOTS = ("close", "medium", "full")
# In steps of 255, mean and the shares of the picture that differ by more than so many. Four idols: at most 0.14, 0.6 %
# and 0.04 %. Niyu with a shader whose edge of shade is straight: 0.18, 1.1 %, 0.03 %; a rim a sixth weaker, one that
# leaves more of the surface, one of another shape: 0.43 to 0.46, 2.7 to 3.2 %, 0.19 to 0.27 %.
MEAN, FEW, MANY = 0.25, (3, 0.008), (24, 0.0010)


def _why_not() -> str:
    try:
        find_browser()
        pages_folder()
    except UserError as error:
        return str(error)
    return ""


WHY_NOT = _why_not()
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)]


def _apart(one: NDArray[np.uint8], two: NDArray[np.uint8]) -> tuple[float, float, float]:
    """Mean difference, and the shares of pixels that are beyond both limits."""
    steps = np.abs(one.astype(np.int16) - two.astype(np.int16)).max(axis=-1)
    return float(steps.mean()), float((steps > FEW[0]).mean()), float((steps > MANY[0]).mean())


@pytest.mark.parametrize("name", [name for name in avatar_names() if name != "mannequin"])
def test_the_painter_agrees_with_the_shaders(name: str) -> None:
    song = prepared("yuyi", "niyu")
    stills = [Still(MOMENT, Inputs(shot=ShotChoice(shot, MOMENT - 6.0, False))) for shot in SHOTS]
    drawn, painted = (draw_stills(song, name, stills, venue="arena", paint=paint) for paint in (False, True))
    # Two ways were taken, or this compares nothing.
    assert any(not np.array_equal(a, b) for a, b in zip(drawn, painted, strict=True))
    for shot, a, b in zip(SHOTS, drawn, painted, strict=True):
        mean, few, many = _apart(a, b)
        assert mean < MEAN, (shot, mean)
        assert few < FEW[1], (shot, few)
        assert many < MANY[1], (shot, many)
