"""Clipping, gaps, torn ends and the end of the band, on voices that were damaged by known amounts."""

import numpy as np
import pytest
from numpy.typing import NDArray

from performer.voice.check import damage
from performer.voice.check.defects import Clipping, band_end, clipping, dropouts, torn_ends
from performer.voice.check.recordings import thresholds
from performer.voice.check.tape import Tape, TapeMeter
from performer.voice.sound import resample
from tests.performer.voice.check.made import voice

RATE = 16_000


def taped(samples: NDArray[np.float32], rate: int = RATE) -> Tape:
    meter = TapeMeter(rate)
    for first in range(0, len(samples), 10 * rate):
        meter.feed(samples[first : first + 10 * rate])
    return meter.finish()


def hardest(samples: NDArray[np.float32], rate: int = RATE) -> float:
    piles: tuple[Clipping, ...] = clipping(taped(samples, rate))
    return max((pile.hard for pile in piles), default=0.0)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("gain", [1.0, 0.1])
def test_clipping_is_seen_at_any_gain_and_not_in_what_is_whole(seed: int, gain: float) -> None:
    limit = thresholds()["clipping"]["hard"]
    clean = voice(15.0, 44_100, seed=seed, hertz=110.0 * (seed + 1))
    assert hardest(clean, 44_100) < limit
    for depth in (6.0, 10.0, 15.0):
        assert hardest(gain * damage.clipped(clean, depth), 44_100) > limit


def test_deeper_clipping_takes_a_larger_share() -> None:
    clean = voice(15.0, seed=7)
    shares = [
        max(clipping(taped(damage.clipped(clean, depth))), key=lambda pile: pile.hard).share
        for depth in (4.0, 8.0, 14.0)
    ]
    assert shares == sorted(shares)
    assert shares[-1] > 1.3 * shares[0]


@pytest.mark.parametrize("milliseconds", [4, 20, 100, 400])
def test_gaps_are_found_where_they_are_and_nowhere_else(milliseconds: int) -> None:
    clean = voice(20.0, seed=3)
    assert dropouts(taped(clean)) == ()
    torn, places = damage.dropped(clean, RATE, milliseconds / 1000, 4, np.random.default_rng(1))
    found = dropouts(taped(torn))
    assert len(found) == len(places) > 0
    for span, place in zip(found, places, strict=True):
        assert span.start == pytest.approx(place, abs=0.004)
        assert span.stop - span.start == pytest.approx(milliseconds / 1000, abs=0.006)


def test_a_gate_between_phrases_is_no_dropout() -> None:
    gated = voice(20.0, seed=4, noise=1e-6)
    hop = RATE // 100
    quiet = np.square(gated[: len(gated) // hop * hop]).reshape(-1, hop).mean(axis=1) < 1e-7
    gated[: len(quiet) * hop][np.repeat(quiet, hop)] = 0.0
    assert dropouts(taped(gated)) == ()


def test_ends_in_the_middle_of_a_word_are_seen() -> None:
    clean = voice(12.0, seed=5)
    assert torn_ends(taped(clean)) == (False, False)
    loud = np.flatnonzero(np.abs(clean) > 0.5 * np.abs(clean).max())
    assert torn_ends(taped(clean[loud[0] :]))[0]
    assert torn_ends(taped(clean[: loud[-1] + 1]))[1]


@pytest.mark.parametrize(("low", "expected"), [(8_000, 4_000), (16_000, 8_000), (24_000, 12_000)])
def test_the_band_ends_where_it_was_cut_not_where_the_file_could_go(low: int, expected: float) -> None:
    rng = np.random.default_rng(6)
    bright = voice(15.0, 48_000, seed=6, noise=1e-6)
    spectrum = np.fft.rfft(rng.standard_normal(len(bright)))
    envelope = np.abs(bright) / np.abs(bright).max()
    bright = (bright + 0.05 * envelope * np.fft.irfft(spectrum, len(bright))).astype(np.float32)
    found = band_end(taped(resample(resample(bright, 48_000, low), low, 48_000), 48_000))
    assert found == pytest.approx(expected, rel=0.08)


def test_pieces_that_are_shorter_than_a_frame_are_taken() -> None:
    for size in (1, 7, 159, 160, 161, 1599, 1601):
        tape = taped(np.full(size, 0.25, np.float32))
        assert tape.peaks[:, 0].max() == 0.25
        assert dropouts(tape) == ()
        assert clipping(tape) == () or size > 160
        assert band_end(tape) is None
