"""Readings become singing: within a voice's range, held longer, different each time, and sound comes of it."""

import numpy as np
import pytest

from performer.voice.train.corpus import Features
from performer.voice.train.separation.singing import imposed, sing


def _reading(seconds: float = 3.0) -> Features:
    """Two syllables of a flat voice, noise before, between and behind."""
    frames = round(seconds * 100)
    hertz = np.zeros(frames, np.float32)
    hertz[40:110] = hertz[170:260] = 120.0
    envelope = np.tile(np.linspace(-4, -10, 513), (frames, 1))
    envelope[hertz == 0] -= 4.0
    noise = np.where(hertz[:, None] > 0, 0.1, 1.0) * np.ones((1, 8))
    return Features(
        np.zeros((frames, 80), np.float16), envelope.astype(np.float16), hertz, noise.astype(np.float16)
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(8))
def test_melodies_stay_in_a_voices_range_and_consonants_keep_no_pitch(seed: int) -> None:
    score = imposed(_reading(), np.random.default_rng(seed))
    assert score.density.shape == (len(score.hertz), 104)
    assert score.noise.shape == (len(score.hertz), 8)
    sung = score.hertz[score.hertz > 0]
    assert sung.min() >= 75.0
    assert sung.max() <= 1050.0
    assert len(sung) >= 160  # nothing of the vowels is lost
    assert (score.hertz == 0).any()
    assert np.isfinite(score.density).all()
    assert score.noise.min() >= 0
    assert score.noise.max() <= 1


def test_a_melody_moves_where_the_reading_was_flat_and_no_two_are_alike() -> None:
    one, two = (imposed(_reading(), np.random.default_rng(seed)) for seed in (1, 2))
    for score in (one, two):
        sung = score.hertz[score.hertz > 0]
        assert sung.max() / sung.min() > 2 ** (1 / 12)
    assert len(one.hertz) != len(two.hertz)


def test_what_is_sung_sounds_and_has_the_pitch_it_was_given() -> None:
    made = sing(_reading(), np.random.default_rng(3))
    score = imposed(_reading(), np.random.default_rng(3))
    assert np.abs(made).max() <= 1.0
    assert np.sqrt(np.mean(np.square(made))) == pytest.approx(0.1, rel=0.1)
    frames = np.flatnonzero(score.hertz > 0)
    middle = frames[len(frames) // 4]
    piece = made[middle * 480 - 2400 : middle * 480 + 2400] * np.hanning(4800)
    spectrum = np.abs(np.fft.rfft(piece, 1 << 16))
    hertz = np.fft.rfftfreq(1 << 16, 1 / 48_000)
    near = spectrum[np.abs(hertz - score.hertz[middle]) < 20].max()
    between = spectrum[np.abs(hertz - 1.5 * score.hertz[middle]) < 8].max()
    assert near > 3 * between


def test_a_lifted_voice_sings_the_same_higher() -> None:
    low = imposed(_reading(), np.random.default_rng(5))
    high = imposed(_reading(), np.random.default_rng(5), lift=0.75)
    sung = (low.hertz > 80) & (high.hertz < 1000)
    assert sung.sum() > 100
    assert high.hertz[sung] / low.hertz[sung] == pytest.approx(np.full(sung.sum(), 2**0.75), rel=0.01)
