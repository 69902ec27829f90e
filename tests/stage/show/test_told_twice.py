"""What show and page must know alike, though neither reads it from the other."""

import re
import tomllib
from pathlib import Path

import pytest

from stage.show.choice import TITLE
from stage.show.shots import house_shots

ROOT = Path(__file__).resolve().parents[3]


def test_the_camera_waits_for_the_title_as_long_as_the_page_shows_it() -> None:
    card = (ROOT / "stage/web/src/stage/title_card.ts").read_text()
    (end,) = re.findall(r"^const END = ([\d.]+);", card, re.MULTILINE)
    assert float(end) == TITLE


@pytest.mark.parametrize("venue", ["arena", "livehouse"])
def test_a_room_for_cameras_has_its_wall_where_the_venue_has_it(venue: str) -> None:
    built = tomllib.loads((ROOT / f"presets/venues/{venue}/{venue}.toml").read_text())
    rooms = {shot.room.wall for shot in house_shots(venue).shots if shot.room is not None}
    assert rooms == {built["wall"]["z"]}
