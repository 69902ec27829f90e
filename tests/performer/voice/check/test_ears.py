"""Hearing: the same however the sound is split, whatever its rate; sides are mixed so that nothing is lost."""

from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from performer.voice.check.ears import Ears, Heard, mix
from performer.voice.check.speech import levels
from tests.performer.voice.check.made import voice


def heard(samples: NDArray[np.float32], rate: int = 16_000, cuts: tuple[int, ...] = ()) -> Heard:
    ears = Ears(rate)
    for part in np.split(samples if samples.ndim == 2 else samples[:, None], sorted(cuts)):
        ears.feed(part)
    return ears.finish()


def arrays(of: Any) -> list[NDArray[Any]]:
    if is_dataclass(of):
        return [array for field in fields(of) for array in arrays(getattr(of, field.name))]
    return [np.asarray(of)]


@settings(max_examples=5, deadline=None)
@given(st.lists(st.integers(0, 24 * 22_050), max_size=6))
def test_any_split_is_heard_alike(cuts: list[int]) -> None:
    samples = voice(24.0, 22_050, seed=1)
    for one, two in zip(arrays(heard(samples, 22_050)), arrays(heard(samples, 22_050, tuple(cuts))), strict=True):
        np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_100, 48_000, 96_000, 192_000])
def test_every_rate_hears_the_same_voice(rate: int) -> None:
    found = heard(voice(12.0, rate, hertz=180.0, seed=2), rate)
    sure = (found.coarse.clear > 0.7) & (found.coarse.hertz > 0)
    assert np.median(found.coarse.hertz[sure]) == pytest.approx(180.0, rel=0.08)
    loud = levels(found.fine, found.coarse)
    assert 4.0 < loud.active.sum() * 0.01 < 11.0
    assert loud.snr_db is not None
    assert 30.0 < loud.snr_db < 60.0


def test_pitch_of_every_register_is_right() -> None:
    # These made vowels are harsher than voices: real readers differ from the live tracker by an octave in 1 to 2 %.
    for hertz in (75.0, 95.0, 150.0, 220.0, 440.0, 880.0):
        found = heard(voice(6.0, hertz=hertz, seed=3))
        sure = (found.coarse.clear > 0.75) & (found.coarse.hertz > 0)
        octaves = np.log2(found.coarse.hertz[sure] / hertz)
        assert np.mean(np.abs(octaves) < 0.3) > 0.9


@pytest.mark.parametrize(("left", "right"), [(1.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, -1.0), (1.0, 0.5)])
def test_no_mixing_of_sides_loses_the_voice(left: float, right: float) -> None:
    mono = voice(5.0, seed=4)
    found = heard(np.stack([left * mono, right * mono], axis=1).astype(np.float32))
    mixed = mix(np.stack([left * mono, right * mono], axis=1).astype(np.float32), found.sides.weights)
    assert np.square(mixed).mean() > 0.5 * np.square(mono).mean()
    assert found.sides.dead == (0.0 in (left, right))
    assert found.sides.opposed == (right < 0)


def test_noise_is_measured_within_two_decibels() -> None:
    rng = np.random.default_rng(5)
    clean = voice(20.0, seed=5, noise=1e-6)
    speech = levels(heard(clean).fine, heard(clean).coarse).speech
    for snr in (10.0, 20.0, 30.0):
        # The meter hears 125 Hz to 7.5 kHz of white noise that reaches to 8 kHz.
        noise = rng.standard_normal(len(clean)) * np.sqrt(speech / 10 ** (snr / 10) / 0.92)
        found = heard((clean + noise).astype(np.float32))
        measured = levels(found.fine, found.coarse).snr_db
        assert measured is not None
        assert measured == pytest.approx(snr, abs=2.0)


def test_silence_and_a_single_sample_are_heard_without_trouble() -> None:
    for samples in (np.zeros(16_000, np.float32), np.zeros(1, np.float32), np.ones(300, np.float32)):
        found = heard(samples)
        assert not (found.coarse.clear > 0.7).any() or samples.any()
        assert all(np.isfinite(array.astype(np.float64)).all() for array in arrays(found.fine) + arrays(found.coarse))
