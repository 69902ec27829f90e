"""Vowels that stay: a held note with vibrato keeps one, quick syllables still turn, silence forgets."""

import numpy as np
import pytest

from performer.face.steady import steady_vowels

HOP = 0.01


def logits_of(kinds: np.ndarray, size: float = 4.0) -> np.ndarray:
    return size * np.eye(5)[kinds]


def test_a_vibrato_that_says_two_vowels_in_turn_stays_on_one() -> None:
    swing = np.sin(2 * np.pi * 5.5 * np.arange(200) * HOP)
    heard = logits_of(np.where(swing > -0.3, 1, 3), 3.0)
    assert 0.3 < np.argmax(heard, axis=1).mean() / 3 < 0.9, "each moment by itself flips"
    kinds = np.argmax(steady_vowels(heard, np.ones(200), HOP), axis=1)
    assert (kinds[15:-15] == 1).all()


def test_quick_syllables_turn_where_the_sound_turns() -> None:
    truth = np.repeat([0, 1, 2, 3, 4, 0, 1], 12)
    found = np.argmax(steady_vowels(logits_of(truth, 8.0), np.ones(len(truth)), HOP), axis=1)
    assert (found == truth).mean() > 0.9


def test_whatever_the_numbers_the_rows_are_probabilities() -> None:
    rng = np.random.default_rng(0)
    out = steady_vowels(rng.normal(0.0, 300.0, (500, 5)), rng.uniform(0.0, 1.0, 500), HOP)
    np.testing.assert_allclose(out.sum(axis=1), 1.0)
    assert out.min() >= 0.0
    assert steady_vowels(np.zeros((0, 5)), np.zeros(0), HOP).shape == (0, 5)


def test_a_shut_mouth_forgets_the_vowel_before() -> None:
    level = np.r_[np.ones(50), np.zeros(100), np.zeros(50)]
    out = steady_vowels(logits_of(np.zeros(200, int)), level, HOP)
    assert out[25, 0] > 0.95
    assert out[-1] == pytest.approx(np.full(5, 0.2), abs=0.02)
