"""Cameras keep what her hands say: the names that the show knows are those of the library."""

from motion.dance.library import load_library
from stage.show import show


def test_the_gestures_are_the_moves_with_these_tags() -> None:
    told = load_library(own_moves_only=True).with_tag("heart", "bow", "turn")
    assert {entry.name for entry in told} == show._SPOKEN
