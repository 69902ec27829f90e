"""Sounds about the target's means, and the room between the words."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from performer.voice.convert.centre import Centre, at_unit
from performer.voice.convert.quiet import Quiet

_PHONES, _NUMBERS = 40, 64


def _target() -> np.ndarray:
    """(40, 64) every phone has a place of its own."""
    return np.random.default_rng(7).standard_normal((_PHONES, _NUMBERS)).astype(np.float32)


def _said(spoken: np.ndarray, shift: float, seed: int = 0) -> np.ndarray:
    """spoken: (n,) phones -> (n, 64): the target's sounds by somebody whose every sound lies `shift` beside."""
    draw = np.random.default_rng(seed)
    rows = _target()[spoken] + 0.1 * draw.standard_normal((len(spoken), _NUMBERS)) + shift * np.sin(np.arange(_NUMBERS))
    return rows.astype(np.float32)


def _sure(spoken: np.ndarray) -> np.ndarray:
    return np.eye(_PHONES, dtype=np.float32)[spoken]


def test_who_speaks_is_taken_off_and_what_was_said_stays() -> None:
    spoken = np.random.default_rng(3).integers(0, _PHONES, 3000)
    rows = _said(spoken, 1.0)
    out = Centre(_target()).feed(rows, _sure(spoken), np.ones(3000, bool))
    before, after = (np.abs((part[1500:] - _target()[spoken[1500:]]).mean(0)).max() for part in (rows, out))
    assert after < 0.15 * before
    # Two frames that differed still differ the same way.
    assert np.corrcoef(np.diff(rows[1500:], axis=0).ravel(), np.diff(out[1500:], axis=0).ravel())[0, 1] > 0.99


def test_a_vowel_that_is_held_is_not_taken_for_the_person() -> None:
    spoken = np.full(600, 5)
    rows = _said(spoken, 0.0)
    out = Centre(_target()).feed(rows, _sure(spoken), np.ones(600, bool))
    assert out == pytest.approx(rows, abs=0.05)


def test_who_is_not_voiced_teaches_nothing() -> None:
    spoken = np.zeros(500, int)
    rows = _said(spoken, 2.0)
    assert np.array_equal(Centre(_target()).feed(rows, _sure(spoken), np.zeros(500, bool)), rows)


def test_content_is_brought_to_unit_size() -> None:
    assert np.square(at_unit(_said(np.arange(40), 3.0))).mean(1) == pytest.approx(1.0, abs=0.01)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 200), max_size=3))
def test_however_it_is_split(cuts: list[int]) -> None:
    draw = np.random.default_rng(1)
    spoken, voiced = draw.integers(0, _PHONES, 200), draw.random(200) < 0.6
    rows, chances = _said(spoken, 1.0), _sure(spoken)
    whole = Centre(_target()).feed(rows, chances, voiced)
    centre = Centre(_target())
    edges = [0, *sorted(cuts), 200]
    parts = [centre.feed(rows[a:b], chances[a:b], voiced[a:b]) for a, b in itertools.pairwise(edges)]
    assert np.array_equal(np.concatenate(parts), whole)
    centre.reset()
    assert np.array_equal(centre.feed(rows, chances, voiced), whole)


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
