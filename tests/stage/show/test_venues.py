"""Names of venues."""

import pytest

from stage.show.venues import DEFAULT_VENUE, VenueError, find_venue, venue_names


def test_the_default_is_a_venue_and_comes_first() -> None:
    assert venue_names()[0] == DEFAULT_VENUE
    assert {"arena", "livehouse"} <= set(venue_names())
    assert find_venue("") == DEFAULT_VENUE


def test_an_old_name_still_means_its_venue() -> None:
    assert find_venue("house") == "livehouse"


def test_an_unknown_venue_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(VenueError, match=r"no venue 'opera'.*arena.*livehouse"):
        find_venue("opera")
