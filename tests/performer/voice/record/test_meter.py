"""The take meter: true loudness, whole = any split, and each fault of a recording found where it was made."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from performer.voice.record.meter import SILENCE_LUFS, Measured, TakeMeter
from tests.performer.voice.record.made import RATE, Sound, buzz, db, pieces, room, take


def measured(sound: Sound, room_lufs: float = SILENCE_LUFS, rate: int = RATE) -> Measured:
    meter = TakeMeter(rate, room_lufs)
    meter.feed(sound)
    return meter.measure()


@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000, 96_000])
def test_a_sine_of_997_hz_measures_what_the_standard_says(rate: int) -> None:
    """BS.1770-4: a full-scale sine of 997 Hz in one channel is -3.01 LUFS."""
    tone = np.sin(2 * np.pi * 997.0 * np.arange(2 * rate) / rate).astype(np.float32)
    assert measured(0.1 * tone, rate=rate).lufs == pytest.approx(-23.01, abs=0.1)


def test_rumble_counts_for_little() -> None:
    rumble = np.sin(2 * np.pi * 20.0 * np.arange(2 * RATE) / RATE).astype(np.float32)
    assert measured(0.1 * rumble).lufs < -35.0


faults = st.sampled_from(["none", "clip", "flat", "hole"])


def spoilt(fault: str) -> Sound:
    sound = take()
    if fault == "clip":
        sound = np.clip(sound * 8.0, -1.0, 1.0)
    elif fault == "flat":
        sound = np.clip(sound * 4.0, -0.5, 0.5)
    elif fault == "hole":
        sound[70_000:70_900] = 0.0
    return sound.astype(np.float32)


@settings(max_examples=40, deadline=None)
@given(faults, st.lists(st.integers(0, 180_000), max_size=12))
def test_whole_is_any_split(fault: str, cuts: list[int]) -> None:
    sound = spoilt(fault)
    whole, split = TakeMeter(RATE, -60.0), TakeMeter(RATE, -60.0)
    whole.feed(sound)
    for block in pieces(sound, cuts):
        split.feed(block)
    assert split.measure() == whole.measure()
    assert split.quiet_for() == whole.quiet_for()


def test_sample_by_sample_at_the_faults() -> None:
    """A run that clips, or a hole, is one event however finely it is cut."""
    for fault in ("flat", "hole"):
        sound = spoilt(fault)[69_000:72_000]
        whole, split = TakeMeter(RATE), TakeMeter(RATE)
        whole.feed(sound)
        for sample in sound:
            split.feed(np.array([sample], np.float32))
        assert split.measure() == whole.measure()


def test_reset_forgets_everything() -> None:
    meter, fresh = TakeMeter(RATE), TakeMeter(RATE)
    meter.feed(spoilt("clip"))
    used = meter.measure()
    meter.reset()
    for one in (meter, fresh):
        one.feed(take())
    assert meter.measure() == fresh.measure()
    assert meter.measure() != used


def test_a_good_take_has_no_fault_and_its_edges_are_found() -> None:
    found = measured(take(), -63.0)
    assert (found.clips, found.holes) == (0, 0)
    assert found.begins == pytest.approx(0.8, abs=0.05)
    assert found.ends == pytest.approx(2.8, abs=0.05)
    assert found.voiced_seconds == pytest.approx(2.0, abs=0.1)
    assert found.seconds == pytest.approx(3.6)
    assert found.has_pauses


def test_clipping_is_counted_at_and_below_full_scale() -> None:
    assert measured(spoilt("clip")).clips > 50
    assert measured(spoilt("flat")).clips > 50
    assert measured(take()).clips == 0
    # A clean loud sine touches full scale without being cut off there.
    tone = np.sin(2 * np.pi * 997.0 * np.arange(RATE) / RATE).astype(np.float32)
    assert measured(0.98 * tone).clips == 0


def test_a_hole_counts_within_the_voice_only() -> None:
    assert measured(spoilt("hole")).holes == 1
    sound = take()
    sound[:20_000] = 0.0
    sound[-20_000:] = 0.0
    assert measured(sound).holes == 0


def test_a_click_is_no_voice() -> None:
    sound = room(2.0)
    sound[48_000:48_700] += 0.5
    assert measured(sound, -63.0).voiced_seconds == 0.0
    assert measured(room(2.0), -63.0).lufs == SILENCE_LUFS


def test_without_the_rooms_own_take_pauses_tell_its_noise() -> None:
    found = measured(take(noise_db=-45.0))
    assert found.begins == pytest.approx(0.8, abs=0.05)
    assert found.ends == pytest.approx(2.8, abs=0.05)


def test_a_note_that_fills_the_take_is_voice_all_through() -> None:
    found = measured(buzz(3.0))
    assert found.voiced_seconds == pytest.approx(3.0, abs=0.05)
    assert not found.has_pauses


def test_level_of_a_block_is_that_of_its_moment() -> None:
    meter = TakeMeter(RATE)
    quiet = meter.feed(room(1.0, -70.0))
    loud = meter.feed(buzz(1.0, -20.0))
    assert quiet.lufs < -60.0
    assert loud.lufs > -25.0
    assert loud.peak > db(-20.0)
    assert not loud.clipped
    assert meter.feed(np.ones(400, np.float32)).clipped
    assert meter.feed(np.zeros(0, np.float32)).peak == 0.0


def test_nothing_and_silence_measure_without_a_warning() -> None:
    assert TakeMeter(RATE).measure().lufs == SILENCE_LUFS
    assert TakeMeter(RATE).quiet_for() == 0.0
    found = measured(np.zeros(RATE, np.float32))
    assert found.floor_lufs == SILENCE_LUFS
    assert found.voiced_seconds == 0.0
