"""Content about the target's mean, and the room between the words."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from performer.voice.convert.centre import Centre
from performer.voice.convert.quiet import Quiet


def _said(count: int, shift: float, seed: int = 0) -> np.ndarray:
    draw = np.random.default_rng(seed)
    numbers = draw.standard_normal((count, 64)) + shift * np.sin(np.arange(64))
    return (numbers / np.sqrt(np.square(numbers).mean(1, keepdims=True))).astype(np.float32)


def test_the_mean_goes_to_the_targets_and_what_was_said_stays() -> None:
    target = (0.4 * np.cos(np.arange(64))).astype(np.float32)
    content = _said(3000, 1.0)
    out = Centre(target).feed(content, np.ones(3000, bool))
    before, after = content[1500:].mean(0) - target, out[1500:].mean(0) - target
    assert np.linalg.norm(after) < 0.15 * np.linalg.norm(before)
    assert np.square(out).mean(1) == pytest.approx(1.0, abs=0.01)
    # Two frames that differed still differ the same way.
    assert np.corrcoef(np.diff(content[1500:], axis=0).ravel(), np.diff(out[1500:], axis=0).ravel())[0, 1] > 0.95


def test_who_is_not_voiced_teaches_nothing() -> None:
    target = np.zeros(64, np.float32)
    content = _said(500, 2.0)
    out = Centre(target).feed(content, np.zeros(500, bool))
    assert out == pytest.approx(content, abs=0.01)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 200), max_size=3))
def test_however_it_is_split(cuts: list[int]) -> None:
    content, voiced = _said(200, 1.0), np.random.default_rng(1).random(200) < 0.6
    whole = Centre(np.ones(64, np.float32)).feed(content, voiced)
    centre = Centre(np.ones(64, np.float32))
    edges = [0, *sorted(cuts), 200]
    parts = [centre.feed(content[a:b], voiced[a:b]) for a, b in itertools.pairwise(edges)]
    assert np.array_equal(np.concatenate(parts), whole)
    centre.reset()
    assert np.array_equal(centre.feed(content, voiced), whole)


def test_the_room_is_found_and_a_breath_is_not_taken_for_it() -> None:
    draw = np.random.default_rng(2)
    quiet = Quiet()
    room = [-12 + 0.2 * draw.standard_normal() for _ in range(200)]
    assert [quiet.feed(frame, 1.0) for frame in room][-1] > 0.8
    # 13 dB above the room: heard as it is from its third frame on.
    breath = [quiet.feed(-9.0, 1.0) for _ in range(30)]
    assert breath[3] < 0.15
    assert breath[-1] < 0.01
    assert quiet.feed(-12.0, 0.0) < 0.01


def test_a_louder_room_is_learnt() -> None:
    quiet = Quiet()
    for _ in range(50):
        quiet.feed(-14.0, 1.0)
    assert quiet.feed(-11.0, 1.0) < 0.5
    assert [quiet.feed(-11.0, 1.0) for _ in range(3000)][-1] > 0.9
