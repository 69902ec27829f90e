"""The live pitch tracker: right on tones of every voice, an octave never off, the same however the sound is split."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from performer.voice.pitch import HIGHEST_HERTZ, PITCH_LOOK_AHEAD, PitchTracker, track

RATE = 16_000


def sung(hertz: NDArray[np.float64], formant: float = 700.0) -> NDArray[np.float32]:
    """Harmonics of a curve (one value a sample) with one formant and a fall of 6 dB an octave, a little breath."""
    phase = 2 * np.pi * np.cumsum(hertz) / RATE
    out = np.zeros(len(hertz))
    for harmonic in range(1, 120):
        at = harmonic * hertz
        gain = (1 / harmonic) * (0.2 + np.exp(-(((at - formant) / 250) ** 2) * 1.0)) * (at < 7500)
        out += gain * np.sin(harmonic * phase)
    out += 0.002 * np.random.default_rng(3).standard_normal(len(hertz))
    return (0.1 * out / np.sqrt(np.mean(out**2))).astype(np.float32)


def vibrato(hertz: float, seconds: float = 1.0, semitones: float = 0.5) -> NDArray[np.float64]:
    t = np.arange(round(RATE * seconds)) / RATE
    return hertz * 2 ** (semitones * np.sin(2 * np.pi * 5.5 * t) / 12)


@pytest.mark.parametrize("hertz", [62.0, 90.0, 130.0, 180.0, 260.0, 440.0, 700.0, 1050.0])
@pytest.mark.parametrize("formant", [450.0, 800.0, 1400.0])
def test_notes_with_vibrato_are_heard_within_a_fifth_of_a_semitone(hertz: float, formant: float) -> None:
    curve = vibrato(hertz)
    found = track(sung(curve, formant)).hertz
    true = curve[::160][: len(found)]
    inside = slice(6, len(found) - 6)
    assert (found[inside] > 0).mean() > 0.95
    cents = 1200 * np.log2(found[inside][found[inside] > 0] / true[inside][found[inside] > 0])
    assert np.median(np.abs(cents)) < 15
    assert np.abs(cents).max() < 300


def test_a_glide_over_three_octaves_never_jumps() -> None:
    curve = 75.0 * 2 ** (np.arange(4 * RATE) / RATE * 3 / 4)
    found = track(sung(curve)).hertz[8:-8]
    assert (found > 0).mean() > 0.95
    steps = np.abs(np.diff(np.log2(found[found > 0])))
    assert steps.max() < 0.3


def test_silence_and_noise_have_no_pitch() -> None:
    assert not track(np.zeros(RATE, np.float32)).hertz.any()
    noise = np.random.default_rng(0).standard_normal(RATE).astype(np.float32) * 0.1
    assert (track(noise).hertz > 0).mean() < 0.1


def test_a_frame_waits_for_its_look_ahead_and_no_longer() -> None:
    tracker = PitchTracker()
    ahead = round(PITCH_LOOK_AHEAD * RATE)
    assert len(tracker.feed(np.zeros(ahead - 1, np.float32)).hertz) == 0
    assert len(tracker.feed(np.zeros(1, np.float32)).hertz) == 1


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(1, 4000), min_size=1, max_size=12))
def test_any_split_hears_the_same(sizes: list[int]) -> None:
    sound = sung(vibrato(230.0, sum(sizes) / RATE + 0.001))[: sum(sizes)]
    whole = PitchTracker().feed(sound)
    tracker = PitchTracker()
    edges = np.cumsum([0, *sizes])
    parts = [tracker.feed(sound[a:b]) for a, b in pairwise(edges)]
    assert np.array_equal(np.concatenate([part.hertz for part in parts]), whole.hertz)
    assert np.array_equal(np.concatenate([part.clear for part in parts]), whole.clear)


def test_bounds_are_kept() -> None:
    high = track(sung(vibrato(2000.0))).hertz
    assert high.max() <= HIGHEST_HERTZ
