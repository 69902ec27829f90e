"""Bands, envelope, noise share and synthesis: what is taken from a voice gives the same voice again."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from performer.voice.bands import BANDS, FLOOR, band_centres, filters, log_areas, log_bands
from performer.voice.envelope import aperiodicity, spectral_envelope
from performer.voice.synth import Synthesiser, synthesise

RATE = 16_000
FRAMES = 100


def density(formant: float = 900.0) -> NDArray[np.float32]:
    """(80,) one broad formant over a fall of 20 dB to 8 kHz."""
    centres = band_centres()
    return (-6.0 + 4.0 * np.exp(-(((centres - formant) / 500) ** 2)) - 4.6 * centres / 8000).astype(np.float32)


def voice(hertz: float, noise: float = 0.0, formant: float = 900.0) -> NDArray[np.float32]:
    """A held sound of FRAMES frames at 16 kHz."""
    curve = np.full(FRAMES, hertz, np.float32)
    share = np.full((FRAMES, 8), noise, np.float32)
    return synthesise(curve, np.tile(density(formant), (FRAMES, 1)), share, RATE)


def on_bands(envelope: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.log(np.exp(envelope) @ filters(RATE, envelope.shape[1]) + FLOOR) - log_areas()


def test_no_band_is_empty_and_their_centres_rise() -> None:
    assert filters(RATE, 513).sum(0).min() > 0
    assert (np.diff(band_centres(104)) > 0).all()
    assert band_centres(104)[79] == pytest.approx(band_centres()[79])


def test_a_tone_is_loudest_in_its_own_band() -> None:
    tone = np.sin(2 * np.pi * 1000 * np.arange(RATE) / RATE).astype(np.float32)
    bands = log_bands(tone)
    assert bands.shape == (100, BANDS)
    assert np.abs(band_centres()[bands[50].argmax()] - 1000) < 60


def test_bands_of_48_kilohertz_are_those_of_16() -> None:
    tones = [np.sin(2 * np.pi * f * np.arange(r) / r) * 0.1 for r in (RATE, 3 * RATE) for f in (220.0, 1800.0, 5000.0)]
    low, high = log_bands(sum(tones[:3]).astype(np.float32)), log_bands(sum(tones[3:]).astype(np.float32), 3 * RATE)
    loud = low[50] > -5
    assert loud.sum() >= 3
    assert np.abs(low[10:90] - high[10:90])[:, loud].max() < 0.05


@pytest.mark.parametrize("hertz", [80.0, 130.0, 240.0, 420.0])
@pytest.mark.parametrize("noise", [0.0, 0.4])
def test_the_envelope_of_a_made_voice_is_the_one_it_was_made_with(hertz: float, noise: float) -> None:
    found = on_bands(spectral_envelope(voice(hertz, noise), np.full(FRAMES - 1, hertz, np.float32), RATE))[10:-10]
    inside = (band_centres() > hertz) & (band_centres() < 7500)
    off = 4.34 * (found.mean(0) - density())[inside]
    assert np.abs(off.mean()) < 1.0
    assert np.abs(off).max() < 4.0


@pytest.mark.parametrize("hertz", [100.0, 300.0, 800.0])
def test_loudness_does_not_hang_on_pitch(hertz: float) -> None:
    level = 10 * np.log10(np.mean(np.square(voice(hertz)[2000:-2000])))
    white = 10 * np.log10(np.mean(np.square(voice(200.0)[2000:-2000])))
    assert abs(level - white) < 2.5


def test_noise_share_is_found_again() -> None:
    hertz = np.full(FRAMES - 1, 180.0, np.float32)
    clean, breathy = (aperiodicity(voice(180.0, noise), hertz, RATE)[10:-10, :6].mean() for noise in (0.0, 0.5))
    assert clean < 0.1
    assert 0.3 < breathy < 0.6
    assert (aperiodicity(voice(180.0), np.zeros(FRAMES - 1, np.float32), RATE) == 1).all()


def test_an_unvoiced_frame_is_noise_of_the_given_density() -> None:
    sound = synthesise(
        np.zeros(400, np.float32), np.full((400, BANDS), -4.0, np.float32), np.ones((400, 8), np.float32), RATE
    )
    assert np.log(np.var(sound)) == pytest.approx(-4.0, abs=0.15)


def test_silence_stays_silent() -> None:
    frames = np.full((20, BANDS), -40.0, np.float32)
    for pitch in (0.0, 200.0):
        sound = synthesise(np.full(20, pitch, np.float32), frames, np.ones((20, 8), np.float32))
        assert np.abs(sound).max() < 1e-4


@settings(deadline=None, max_examples=15)
@given(st.lists(st.integers(1, 7), min_size=1, max_size=6), st.integers(0, 2**31))
def test_any_split_sounds_the_same(sizes: list[int], seed: int) -> None:
    draw = np.random.default_rng(seed)
    count = sum(sizes)
    hertz = np.where(draw.random(count) < 0.7, draw.uniform(80, 900, count), 0.0).astype(np.float32)
    frames = draw.normal(-5, 2, (count, BANDS)).astype(np.float32)
    noise = draw.random((count, 8)).astype(np.float32)
    whole = Synthesiser(seed=1).feed(hertz, frames, noise)
    maker = Synthesiser(seed=1)
    edges = np.cumsum([0, *sizes])
    parts = [maker.feed(hertz[a:b], frames[a:b], noise[a:b]) for a, b in pairwise(edges)]
    assert np.array_equal(np.concatenate(parts), whole)


def test_a_steady_tone_has_no_click_at_the_edges_of_frames() -> None:
    sound = voice(210.0)[1600:-1600].astype(np.float64)
    jumps = np.abs(np.diff(sound, 3))
    at_edges = jumps[::160][: len(jumps) // 160]
    assert np.median(at_edges) < 2 * np.median(jumps)
