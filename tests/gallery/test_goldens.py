"""Every preset, venue and shot looks as it looked when somebody last looked at it.

Goldens lie in goldens/; write them anew with NICHANG_GOLDENS=write and look at each before it is committed.
"""

import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from performer.avatar.presets import avatar_names, avatar_path
from stage.render.browser import find_browser
from stage.render.errors import RenderError
from stage.show.shots import house_shots
from stage.show.show import Inputs, ShotChoice
from tests.gallery.alike import distance
from tests.gallery.look import look
from tests.gallery.sheet import Still, draw_stills, prepared
from tests.gallery.views import views

GOLDENS = Path(__file__).parent / "goldens"
WRITE = os.environ.get("NICHANG_GOLDENS") == "write"
# Mean and 99th percentile of the colour difference: ten times what two runs of one driver are apart, a fifth of what
# two shots are.
MEAN, WORST = 2.5, 20.0
MOMENT = 34.0

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module", autouse=True)
def _browser() -> None:
    try:
        find_browser()
    except RenderError as error:
        pytest.skip(str(error))


def _compare(found: Iterable[tuple[str, Image.Image]]) -> None:
    wrong: list[str] = []
    for name, picture in found:
        path = GOLDENS / f"{name}.jpg"
        if WRITE:
            GOLDENS.mkdir(exist_ok=True)
            picture.save(path, quality=85)
            continue
        if not path.is_file():
            wrong.append(f"{name}: no golden")
            continue
        mean, worst = distance(picture, Image.open(path))
        if mean > MEAN or worst > WORST:
            wrong.append(f"{name}: mean {mean:.1f}, worst {worst:.1f}")
    assert not wrong, "; ".join(wrong)


@pytest.mark.parametrize("name", avatar_names())
def test_performer(name: str) -> None:
    """From the side of the front, the face, and with arms up."""
    wanted = [views(["turn"])[1], views(["face"])[0], next(v for v in views(["poses"]) if v["name"] == "arms-up")]
    pictures, said = look(avatar_path(name), wanted, size=(240, 320))
    assert said["said"] == [], "three-vrm warns"
    _compare((f"{name}-{i}", picture) for i, picture in enumerate(pictures))


@pytest.fixture(scope="module")
def performance():
    return prepared("yuyi", "niyu")


@pytest.mark.parametrize("venue", ["livehouse", "arena"])
def test_every_shot(performance, venue: str) -> None:
    names = [shot.name for shot in house_shots(venue).shots]
    stills = [Still(MOMENT, Inputs(shot=ShotChoice(name, MOMENT - 4.0, False))) for name in names]
    pictures = draw_stills(performance, "niyu", stills, size=(256, 144), venue=venue)
    _compare((f"{venue}-{name}", Image.fromarray(p)) for name, p in zip(names, pictures, strict=True))


@pytest.mark.parametrize("venue", ["livehouse", "arena"])
def test_full_looks_like_lite_at_a_glance(performance, venue: str) -> None:
    stills = [Still(MOMENT, Inputs(shot=ShotChoice(name, MOMENT - 4.0, False))) for name in ("wide", "medium")]
    lite = draw_stills(performance, "niyu", stills, size=(256, 144), venue=venue)
    full = draw_stills(performance, "niyu", stills, size=(256, 144), venue=venue, quality="full")
    _compare((f"{venue}-full-{i}", Image.fromarray(p)) for i, p in enumerate(full))
    for one, other in zip(lite, full, strict=True):
        mean, _ = distance(Image.fromarray(one), Image.fromarray(other))
        assert mean < 14.0


def test_goldens_are_told_apart() -> None:
    """A golden that another shot would pass for guards nothing."""
    shots = sorted(GOLDENS.glob("arena-*.jpg"))
    assert len(shots) > 10
    pictures = [Image.open(path) for path in shots]
    apart = [distance(a, b)[0] for i, a in enumerate(pictures) for b in pictures[i + 1 :]]
    assert np.percentile(apart, 5) > MEAN
