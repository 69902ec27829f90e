"""Log-mel bands against a transform and triangles written out by hand; a stream is the whole."""

from itertools import pairwise
from math import cos, log10, pi

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from performer.voice.bands import (
    BANDS,
    CONTENT_RATE,
    FLOOR,
    HIGH_BANDS,
    BandStream,
    band_centres,
    filters,
    log_areas,
    log_bands,
)

HOP, WIDTH, SIZE = 160, 400, 1024


def noise(count: int, seed: int = 0) -> NDArray[np.float32]:
    return (0.1 * np.random.default_rng(seed).standard_normal(count)).astype(np.float32)


def tone(hertz: float, rate: int, seconds: float = 0.5) -> NDArray[np.float32]:
    return (0.1 * np.sin(2 * np.pi * hertz * np.arange(round(rate * seconds)) / rate)).astype(np.float32)


def by_hand(samples: NDArray[np.float32], frame: int) -> NDArray[np.float64]:
    """(80,) of the frame that is centred at frame * 160, from the definitions alone."""
    heard = np.zeros(WIDTH)
    for place in range(WIDTH):
        at = frame * HOP - WIDTH // 2 + place
        if 0 <= at < len(samples):
            heard[place] = samples[at] * (0.5 - 0.5 * cos(2 * pi * place / WIDTH))
    turns = np.outer(np.arange(SIZE // 2 + 1), np.arange(WIDTH)) / SIZE
    power = np.square(np.cos(2 * pi * turns) @ heard) + np.square(np.sin(2 * pi * turns) @ heard)
    highest = 2595.0 * log10(1.0 + 8000.0 / 700.0)
    corners = [700.0 * (10 ** (highest * k / (BANDS + 1) / 2595.0) - 1.0) for k in range(BANDS + 2)]
    out = np.zeros(BANDS)
    for band, (low, centre, high) in enumerate(zip(corners, corners[1:], corners[2:], strict=False)):
        for place, one in enumerate(power):
            hertz = place * CONTENT_RATE / SIZE
            if low < hertz <= centre:
                out[band] += one * (hertz - low) / (centre - low)
            elif centre < hertz < high:
                out[band] += one * (high - hertz) / (high - centre)
    return np.log(out + FLOOR)


@pytest.mark.parametrize("frame", [0, 1, 7, 11])
def test_a_frame_is_its_definition(frame: int) -> None:
    # The last frame reaches beyond the end, the first one before the beginning.
    sound = noise(12 * HOP)
    assert log_bands(sound)[frame] == pytest.approx(by_hand(sound, frame), abs=1e-3)


def test_silence_is_the_floor_and_nothing_is_nothing() -> None:
    assert log_bands(np.zeros(3 * HOP, np.float32)) == pytest.approx(np.log(FLOOR))
    assert log_bands(np.zeros(HOP - 1, np.float32)).shape == (0, BANDS)
    assert BandStream().feed(np.zeros(0, np.float32)).shape == (0, BANDS)


@pytest.mark.parametrize("band", [5, 30, 60, 79])
def test_a_tone_is_loudest_in_the_band_that_has_its_frequency(band: int) -> None:
    found = log_bands(tone(float(band_centres()[band]), CONTENT_RATE))
    assert (found[5:-5].argmax(axis=1) == band).all()


def test_a_sound_has_the_same_bands_at_48_kHz() -> None:
    for hertz in (200.0, 1234.0, 5000.0):
        low, high = log_bands(tone(hertz, CONTENT_RATE)), log_bands(tone(hertz, 48_000), 48_000)
        heard = low[10] > low[10].max() - 8
        assert np.abs(low[10:40] - high[10:40])[:, heard].max() < 0.05


def test_areas_turn_bands_into_density() -> None:
    variance = 0.01
    found = np.exp(log_bands(noise(30 * CONTENT_RATE))).mean(axis=0) / np.exp(log_areas())
    # A window's own power is 150: the sum of a squared Hann window of 400.
    assert found[10:] == pytest.approx(variance * 150.0, rel=0.05)
    assert found[:10] == pytest.approx(variance * 150.0, rel=0.15)


def test_the_highs_go_on_where_the_lower_bands_end() -> None:
    centres = band_centres(BANDS + HIGH_BANDS)
    assert centres[:BANDS] == pytest.approx(band_centres())
    mels = 2595.0 * np.log10(1.0 + centres / 700.0)
    assert np.diff(mels) == pytest.approx(np.full(BANDS + HIGH_BANDS - 1, mels[1] - mels[0]))
    assert 16_000 < centres[-1] < 18_000
    assert (filters(48_000, 1537, BANDS + HIGH_BANDS).sum(axis=0) > 0.5).all()


@settings(deadline=None)
@given(st.lists(st.integers(0, 700), min_size=1, max_size=8), st.integers(0, 2**16))
def test_a_stream_is_the_whole_to_the_bit_however_it_is_split(sizes: list[int], seed: int) -> None:
    sound = noise(sum(sizes), seed)
    whole = BandStream().feed(sound)
    stream, edges = BandStream(), np.cumsum([0, *sizes])
    parts = [stream.feed(sound[a:b]) for a, b in pairwise(edges)]
    assert np.array_equal(np.concatenate(parts), whole)
    # A frame is known 12.5 ms after its time, never earlier or later.
    assert len(whole) == max(0, (len(sound) - WIDTH // 2) // HOP + 1)
    assert whole == pytest.approx(log_bands(np.pad(sound, (0, WIDTH)))[: len(whole)], abs=1e-3)
