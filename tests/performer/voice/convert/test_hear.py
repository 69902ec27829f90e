"""What is heard of a block: in time, the same however the blocks fall, levels that forget slowly."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from performer.voice.convert.hear import EAR_DELAY, Decimator, Ear, HeardFrames, LoudLevel
from performer.voice.convert.network import StreamingNetwork
from tests.performer.voice.convert.made import content_model, sung

RATE = 48_000
SIZES = st.lists(st.integers(0, 3000), min_size=1, max_size=12)


@pytest.mark.parametrize(("hertz", "least", "most"), [(100, -0.05, 0.05), (5000, -0.1, 0.1), (9000, -200, -38)])
def test_the_decimator_keeps_what_16_khz_can_hold_and_nothing_else(hertz: float, least: float, most: float) -> None:
    tone = np.sin(2 * np.pi * hertz * np.arange(RATE // 2) / RATE).astype(np.float32)
    out = Decimator().feed(tone)[200:]
    assert least < 10 * np.log10(2 * np.mean(np.square(out))) < most


def test_the_decimator_lags_by_what_it_says() -> None:
    click = np.zeros(3000, np.float32)
    click[1500] = 1.0
    out = Decimator().feed(click)
    assert 3 * int(np.argmax(out)) - EAR_DELAY == 1500


@settings(deadline=None, max_examples=40)
@given(SIZES)
def test_any_split_is_decimated_alike(sizes: list[int]) -> None:
    sound = np.random.default_rng(0).standard_normal(sum(sizes)).astype(np.float32)
    edges = np.cumsum([0, *sizes])
    decimator = Decimator()
    parts = [decimator.feed(sound[a:b]) for a, b in pairwise(edges)]
    assert np.array_equal(np.concatenate(parts), Decimator().feed(sound))


@settings(deadline=None, max_examples=10)
@given(SIZES)
def test_any_split_is_heard_alike(sizes: list[int]) -> None:
    sound = sung(sum(sizes) / RATE + 0.001)[: sum(sizes)]
    edges = np.cumsum([0, *sizes])
    whole = Ear(StreamingNetwork(content_model())).feed(sound)
    ear = Ear(StreamingNetwork(content_model()))
    parts = [ear.feed(sound[a:b]) for a, b in pairwise(edges)]
    for name in HeardFrames.__dataclass_fields__:
        assert np.array_equal(np.concatenate([getattr(part, name) for part in parts]), getattr(whole, name)), name


def test_a_frame_is_heard_when_its_look_ahead_is_there_and_no_later() -> None:
    ear = Ear(StreamingNetwork(content_model()))
    # Frame 0 lies at -EAR_DELAY; it needs 12.5 ms and 20 ms behind it at 16 kHz, and the filter's other half.
    assert len(ear.feed(np.zeros(1550, np.float32))) == 0
    assert len(ear.feed(np.zeros(60, np.float32))) == 1
    heard = ear.feed(np.zeros(480, np.float32))
    assert len(heard) == 1
    assert heard.bands.shape == (1, 80)
    assert heard.content.shape == (1, 64)
    assert heard.phones.shape == (1, 40)


def test_pitch_and_bands_of_a_frame_belong_together() -> None:
    # A tone that begins at a known sample: energy and pitch appear at its frame, within a window.
    sound = np.concatenate([np.zeros(RATE // 2, np.float32), sung(0.5)])
    heard = Ear(StreamingNetwork(content_model())).feed(sound)
    begins = (RATE // 2 + EAR_DELAY) / 480
    assert abs(np.flatnonzero(heard.loudness > -2)[0] - begins) < 2.5
    assert -2 < np.flatnonzero(heard.hertz)[0] - begins < 5
    assert np.allclose(heard.phones.sum(axis=1), 1, atol=1e-5)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.floats(-12, 12, width=32), min_size=1, max_size=900))
def test_the_level_is_the_85th_percentile_of_the_loud_frames_of_six_seconds(values: list[float]) -> None:
    loudness = np.array(values, np.float32)
    recent = [6.7] * 25
    for value, found in zip(loudness.tolist(), LoudLevel().feed(loudness), strict=True):
        if value > max(-6.0, max(recent[-600:]) - 9.0):
            recent.append(value)
        kept = sorted(recent[-600:])
        assert found == np.float32(kept[int(0.85 * (len(kept) - 1))])


def test_silence_does_not_lower_the_level() -> None:
    level = LoudLevel()
    loud = level.feed(np.full(600, 4.0, np.float32))[-1]
    assert level.feed(np.full(6000, -11.0, np.float32))[-1] == loud == 4.0
