"""A voice taken out of its song: what is left holds little of it, and both together are the mix."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import lfilter

from performer.voice.mix import take_out as module
from performer.voice.mix.take_out import take_out
from tests.performer.voice.convert.made import sung

RATE = 22_050
SECONDS = 4.0


def power(sound: NDArray[np.float32]) -> float:
    return float(10 * np.log10(np.square(sound).mean() + 1e-15))


@pytest.fixture(scope="module")
def parts() -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """The dry stem, the stem as it lies in the mix (darker, a little late, right of the middle, swelling), the band."""
    rng = np.random.default_rng(3)
    stem = sung(SECONDS, 196.0, RATE)
    t = np.arange(len(stem)) / RATE
    stem = (stem * (np.sin(2 * np.pi * 1.3 * t) > -0.5)).astype(np.float32)
    late = lfilter([0.0] * 40 + [0.5, 0.3, 0.1], 1, stem) * (1 + 0.3 * np.sin(2 * np.pi * 0.2 * t))
    image = np.stack([0.6 * late, late], axis=1).astype(np.float32)
    band = (0.03 * lfilter([1], [1, -0.9], rng.standard_normal((len(stem), 2)), axis=0)).astype(np.float32)
    return stem, image, band


def test_little_of_the_voice_is_left_and_little_of_the_band_goes(
    parts: tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]],
) -> None:
    stem, image, band = parts
    taken = take_out(image + band, stem, RATE)
    np.testing.assert_allclose(taken.voice + taken.backing, image + band, atol=1e-6)
    # The edges, where the window knows half of it, apart.
    inner = slice(RATE // 2, -RATE // 2)
    assert power((taken.backing - band)[inner]) < power(image[inner]) - 14
    assert power((taken.backing - band)[inner]) < power(band[inner]) - 6


def test_where_nobody_sings_nothing_is_taken(
    parts: tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]],
) -> None:
    _, _, band = parts
    taken = take_out(band, np.zeros(len(band), np.float32), RATE)
    assert np.array_equal(taken.backing, band)
    assert not taken.voice.any()


def test_pieces_join(
    parts: tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]], monkeypatch: pytest.MonkeyPatch
) -> None:
    stem, image, band = parts
    whole = take_out(image + band, stem, RATE)
    monkeypatch.setattr(module, "_PIECE_SECONDS", 1.1)
    pieces = take_out(image + band, stem, RATE)
    assert not np.array_equal(pieces.voice, whole.voice)
    assert power(pieces.voice - whole.voice) < power(whole.voice) - 40


def test_a_sound_shorter_than_a_window_is_no_trouble() -> None:
    short = sung(0.02, 196.0, RATE)
    taken = take_out(np.stack([short, short], axis=1), short, RATE)
    assert taken.voice.shape == (len(short), 2)
    assert np.isfinite(taken.voice).all()
