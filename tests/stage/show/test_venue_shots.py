"""Cameras in the venues: never in anything, never behind a wall, nothing solid before her face."""

import functools
import itertools
import tomllib
from importlib import resources
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from stage.show.camera import Subject, aim
from stage.show.shots import house_shots

VENUES = ("livehouse", "arena")
# A camera with its operator's hand around it.
AROUND = 0.12
# Where she may be on the deck, and how tall.
PLACES = ((0.0, 0.0), (1.0, 0.5), (-1.0, -0.6))
HEIGHTS = (1.45, 1.6, 1.85)


@functools.cache
def _table(venue: str) -> dict[str, Any]:
    return tomllib.loads(resources.files("presets").joinpath(f"venues/{venue}/{venue}.toml").read_text("utf-8"))


@functools.cache
def _solids(venue: str) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Lowest and highest corner of everything solid; what is turned a little is taken a little larger."""
    table = _table(venue)
    found: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []

    def add(low: NDArray[np.float64], high: NDArray[np.float64], mirror: bool) -> None:
        found.append((low, high))
        if mirror:
            flip = np.array([-1.0, 1.0, 1.0])
            found.append((np.minimum(low * flip, high * flip), np.maximum(low * flip, high * flip)))

    for row in table["boxes"]:
        at, half = np.array(row["at"]), np.array(row["size"]) / 2
        add(at - half, at + half, row.get("mirror", False))
    for row in table["speakers"]:
        # They stand on their place.
        at, size = np.array(row["at"]), np.array(row["size"])
        half = np.array([size[0] / 2 + 0.1, 0.0, size[2] / 2 + 0.1])
        add(at - half, at + half + np.array([0.0, size[1], 0.0]), row.get("mirror", False))
    for row in table["trusses"]:
        a, b, half = np.array(row["from"]), np.array(row["to"]), row["side"] / 2
        add(np.minimum(a, b) - half, np.maximum(a, b) + half, row.get("mirror", False))
    return found


@functools.cache
def _cases(venue: str) -> list[tuple[str, Subject, Any]]:
    cases: list[tuple[str, Subject, Any]] = []
    for shot, height, place in itertools.product(house_shots(venue).shots, HEIGHTS, PLACES):
        head = (place[0], 0.92 * height, place[1])
        subject = Subject(place, head, 0.16, 0.16, height)
        for u, mirrored, aspect in itertools.product((0.0, 0.33, 0.67, 1.0), (False, True), (16 / 9, 9 / 16)):
            cases.append((f"{shot.name} {height}", subject, aim(shot, u, mirrored, subject, 3.0, aspect)))
    return cases


@pytest.mark.parametrize("venue", VENUES)
def test_no_camera_is_inside_anything_or_behind_a_wall(venue: str) -> None:
    walls = _table(venue)["walls"]
    back = min(row["at"][2] for row in walls if abs(row["turn"]) > 3.0)
    side = min((row["at"][0] for row in walls if 1.5 < abs(row["turn"]) < 1.6), default=np.inf)
    wall_of_light = _table(venue)["wall"]["z"]
    for name, _, camera in _cases(venue):
        at = np.array(camera.position)
        assert wall_of_light + 0.3 < at[2] < back - 0.3, name
        assert abs(at[0]) < side - 0.3, name
        for low, high in _solids(venue):
            assert not np.all((at > low - AROUND) & (at < high + AROUND)), (name, low, high)


@pytest.mark.parametrize("venue", VENUES)
def test_nothing_solid_stands_before_her_face(venue: str) -> None:
    solids = _solids(venue)
    for name, subject, camera in _cases(venue):
        eye, head = np.array(camera.position), np.array(subject.head)
        for low, high in solids:
            # Where the line of sight enters and leaves the box, as shares of the way.
            with np.errstate(divide="ignore"):
                a, b = (low - eye) / (head - eye), (high - eye) / (head - eye)
            enters, leaves = np.minimum(a, b).max(), np.maximum(a, b).min()
            assert not (enters < leaves and leaves > 0.0 and enters < 0.95), (name, low, high)


def test_a_wall_behind_the_camera_costs_the_lens_not_the_feet() -> None:
    tall = Subject((0.0, 0.0), (0.0, 1.9, 0.0), 0.18, 0.18, 2.1)
    wide = house_shots("livehouse").named("wide")
    free = house_shots().named("wide")
    assert wide is not None
    assert free is not None
    kept, far = aim(wide, 0.0, False, tall, 0.0, 16 / 9), aim(free, 0.0, False, tall, 0.0, 16 / 9)
    assert kept.position[2] < 17.0 < far.position[2]
    assert kept.fov > far.fov
