"""What moves quickly in a singer's spectrum, freed of the harmonics."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from performer.voice.bands import BANDS, band_centres, log_bands
from performer.voice.convert.movement import Movement, without_harmonics


def _vowel(hertz: float, formant: float) -> np.ndarray:
    """(80,) log bands, loudness 0, of one formant at that pitch."""
    t = np.arange(16_000) / 16_000
    partials = np.arange(hertz, 7000, hertz)
    sizes = np.exp(-(((partials - formant) / 500) ** 2)) + 0.01
    sound = (sizes[:, None] * np.cos(2 * np.pi * partials[:, None] * t + np.arange(len(partials))[:, None] ** 2)).sum(0)
    bands = log_bands((0.1 * sound).astype(np.float32))[50]
    return (bands - np.logaddexp.reduce(bands)).astype(np.float32)


@pytest.mark.parametrize("hertz", [110.0, 220.0, 330.0])
def test_harmonics_go_and_the_formant_stays(hertz: float) -> None:
    rough = _vowel(hertz, 1200.0)
    smooth = without_harmonics(rough, hertz)
    low = (band_centres(BANDS) > 300) & (band_centres(BANDS) < 4000)
    assert np.abs(np.diff(smooth[low], 2)).mean() < 0.5 * np.abs(np.diff(rough[low], 2)).mean()
    assert abs(band_centres(BANDS)[int(np.argmax(smooth))] - 1200) < 300
    assert np.logaddexp.reduce(smooth) == pytest.approx(0, abs=1e-4)


def test_a_colour_that_stands_is_not_taken_and_one_that_moves_is() -> None:
    movement, said = Movement(), _vowel(200, 900)
    stands = [movement.feed(_vowel(200, 1500), said, 200.0) for _ in range(60)]
    assert np.abs(stands[-1]).max() < 0.01
    moved = movement.feed(_vowel(200, 2200), said, 200.0)
    wanted = without_harmonics(_vowel(200, 2200), 200) - without_harmonics(_vowel(200, 1500), 200)
    heard = (band_centres(BANDS) > 900) & (band_centres(BANDS) < 4000)
    assert np.corrcoef(moved[heard], wanted[heard])[0, 1] > 0.99
    assert np.abs(moved).max() > 1.0
    assert np.abs(moved[band_centres(BANDS) < 200]).max() < 0.05


@settings(max_examples=20, deadline=None)
@given(st.floats(1.0, 5000.0))
def test_any_pitch_has_a_smoother(hertz: float) -> None:
    assert np.isfinite(without_harmonics(np.full(BANDS, -4.4, np.float32), hertz)).all()
