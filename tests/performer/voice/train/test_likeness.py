"""Figures of nearness: nothing apart from itself, loudness does not count, colour, flatness and pitch do."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from swift_f0 import SwiftF0

from performer.voice.sound import resample
from performer.voice.synth import synthesise
from performer.voice.train.likeness import (
    Likeness,
    Sight,
    average_spectrum,
    likeness,
    mean_likeness,
    sight_of,
    spectra_apart_db,
)


def _sight(*, tilt: float = 0.06, movement: float = 2.0, ratio: float = 1.0, gain: float = 0.2) -> Sight:
    t = np.arange(201) / 100
    hertz = np.where((t % 0.5) < 0.4, ratio * (200 + 40 * np.sin(5 * t)), 0).astype(np.float32)
    band = np.arange(80)[None]
    density = -9 - band * tilt + movement * np.cos(band * 0.2 + 3 * np.sin(6 * t)[:, None])
    sound = synthesise(hertz, density.astype(np.float32), np.full((len(t), 8), 0.05, np.float32))
    whole: NDArray[np.float32] = (gain * sound / np.abs(sound).max()).astype(np.float32)
    return sight_of(resample(whole, 48_000, 16_000), SwiftF0(threads=1, spin=False))


@pytest.fixture(scope="module")
def own() -> Sight:
    return _sight()


def test_the_same_is_nothing_apart(own: Sight) -> None:
    found = likeness(own, own)
    assert found.apart_db == 0.0
    assert found.movement == pytest.approx(1.0, abs=1e-3)
    assert found.pitch_r == pytest.approx(1.0)
    assert found.cents == 0.0


def test_loudness_does_not_count_and_colour_does(own: Sight) -> None:
    quieter, brighter = likeness(own, _sight(gain=0.1)), likeness(own, _sight(tilt=0.02))
    assert quieter.apart_db < 0.3
    assert brighter.apart_db > 3.0
    assert spectra_apart_db(average_spectrum([own]), average_spectrum([_sight(tilt=0.02)])) > 3.0
    assert spectra_apart_db(average_spectrum([own]), average_spectrum([_sight(gain=0.1)])) < 0.3


def test_a_flat_voice_moves_less(own: Sight) -> None:
    assert likeness(own, _sight(movement=0.7)).movement < 0.75


def test_a_semitone_is_a_hundred_cents(own: Sight) -> None:
    assert likeness(own, _sight(ratio=2 ** (1 / 12))).cents == pytest.approx(100, abs=8)


def test_what_is_never_voiced_has_no_pitch_to_compare(own: Sight) -> None:
    whispered = Sight(own.bands, np.zeros_like(own.hertz))
    found = likeness(own, whispered)
    assert found.apart_db == 0.0
    assert math.isnan(found.pitch_r)
    both = mean_likeness([found, Likeness(2.0, 0.5, 0.9, 10.0)])
    assert both == Likeness(1.0, 0.5, 0.9, 10.0)
