"""The word of the mark: what was written is read, also through as many wrong signs as the code can mend."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from performer.voice.mark.codeword import BITS, LENGTH, read_word, word_of

payloads = st.integers(0, 2**BITS - 1)


@given(payloads, st.sets(st.integers(0, LENGTH - 1), max_size=3))
@settings(max_examples=60, deadline=None)
def test_three_wrong_signs_are_mended(payload: int, wrong: set[int]) -> None:
    values = word_of(payload).astype(np.float64)
    values[list(wrong)] *= -1.0
    reading = read_word(values)
    assert reading.payload == payload
    assert reading.fit == LENGTH - 2 * len(wrong)


@given(payloads, st.integers(0, 2**31))
@settings(max_examples=40, deadline=None)
def test_the_word_read_is_the_likeliest_of_all(payload: int, seed: int) -> None:
    values = np.random.default_rng(seed).normal(0.0, 1.0, LENGTH)
    reading = read_word(values)
    assert reading.fit == pytest.approx(float(values @ word_of(reading.payload)))
    assert reading.fit >= float(values @ word_of(payload)) - 1e-9


def test_any_two_words_differ_in_eight_signs() -> None:
    # The code is linear: distances between words are distances from word 0.
    draw = np.random.default_rng(1).integers(1, 2**BITS, 3000)
    assert min(int((word_of(int(p)) != word_of(0)).sum()) for p in draw) == 8


@pytest.mark.parametrize("payload", [-1, 2**BITS])
def test_other_numbers_are_refused(payload: int) -> None:
    with pytest.raises(ValueError, match="16 bits"):
        word_of(payload)
