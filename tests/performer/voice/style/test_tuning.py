"""Tuning: centres come to the scale, vibrato and glides stay, nothing jumps; whole = any split."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from performer.voice.style.notes import OFFLINE_LOOK_AHEAD
from performer.voice.style.scale import CHROMATIC, Scale, parse_scale
from performer.voice.style.tuning import Tuned, Tuner
from tests.performer.voice.style.frames_made import melody, random_frames, semitones_of

C_MAJOR = parse_scale("C major")


def tuned(hertz: NDArray[np.float64], scale: Scale = C_MAJOR, **options: float) -> Tuned:
    look_ahead = int(options.pop("look_ahead", OFFLINE_LOOK_AHEAD))
    tuner = Tuner(scale, **options, look_ahead=look_ahead)
    first, last = tuner.feed(hertz.astype(np.float32)), tuner.flush()
    return Tuned(np.concatenate([first.hertz, last.hertz]), np.concatenate([first.note, last.note]))


@pytest.mark.parametrize(("look_ahead", "most"), [(OFFLINE_LOOK_AHEAD, 0.06), (0, 0.10)])
def test_notes_come_within_ten_cents_and_keep_their_vibrato(look_ahead: int, most: float) -> None:
    wrong = [60.35, 63.7, 66.6, 65.3, 61.75]
    hertz = melody(wrong, 120, vibrato=0.5, gap=8)
    found = tuned(hertz, look_ahead=look_ahead)
    for place, right in enumerate([60, 64, 67, 65, 62]):
        part = semitones_of(found.hertz[place * 128 + 45 : place * 128 + 118])
        # Whole periods of the vibrato (four of 18.2 frames).
        assert np.abs(part.mean() - right) < most
        assert part.std() == pytest.approx(0.5 / np.sqrt(2), rel=0.12)
        assert (found.note[place * 128 + 45 : place * 128 + 118] == right).all()


def test_half_strength_corrects_half() -> None:
    part = semitones_of(tuned(melody([60.4], 150), strength=0.5).hertz[60:140])
    assert np.abs(part - 60.2).max() < 0.02


@pytest.mark.parametrize("look_ahead", [OFFLINE_LOOK_AHEAD, 0])
def test_no_strength_changes_nothing_and_unvoiced_stays_so(look_ahead: int) -> None:
    hertz = random_frames(400, 3).hertz.astype(np.float64)
    found = tuned(hertz, strength=0.0, look_ahead=look_ahead).hertz
    assert np.allclose(found, hertz, rtol=1e-5)
    assert ((tuned(hertz, look_ahead=look_ahead).hertz > 0) == (hertz > 0)).all()


@pytest.mark.parametrize("look_ahead", [OFFLINE_LOOK_AHEAD, 0])
@pytest.mark.parametrize("speed", [0.02, 0.1])
def test_a_glide_stays_a_glide(speed: float, look_ahead: int) -> None:
    hertz = 440 * np.exp2((55 + np.arange(150) * 0.12 - 69) / 12)
    steps = np.diff(semitones_of(tuned(hertz, speed=speed, look_ahead=look_ahead).hertz))
    # No step of the result is more than the glide's own and a tenth of a semitone, none stands still.
    assert steps.max() < 0.12 + 0.1
    assert steps.min() > 0.0


@pytest.mark.parametrize("look_ahead", [OFFLINE_LOOK_AHEAD, 0])
def test_notes_that_follow_without_a_pause_do_not_jump_more_than_they_are_sung(look_ahead: int) -> None:
    pitch = np.repeat([60.4, 61.7, 64.4, 62.4], 60)
    smooth = np.convolve(np.pad(pitch, 5, mode="edge"), np.full(11, 1 / 11), mode="valid")
    found = semitones_of(tuned(440 * np.exp2((smooth - 69) / 12), speed=0.08, look_ahead=look_ahead).hertz)
    assert (np.abs(np.diff(found)) <= np.abs(np.diff(smooth)) + 0.15).all()
    if look_ahead:
        for place, right in enumerate([60, 62, 64, 62]):
            assert np.abs(found[place * 60 + 30 : place * 60 + 50].mean() - right) < 0.1


def test_strength_one_at_speed_zero_is_the_effect_and_any_slower_is_not() -> None:
    hertz = melody([60.3, 62.2], 100, vibrato=0.4)
    assert np.allclose(semitones_of(tuned(hertz, speed=0.0).hertz)[20:90], 60.0, atol=1e-3)
    assert semitones_of(tuned(hertz, speed=0.0, strength=0.99).hertz)[20:90].std() > 0.2


def test_vibrato_of_a_note_that_is_right_changes_no_note() -> None:
    assert (tuned(melody([62.0], 200, vibrato=0.7), CHROMATIC).note == 62).all()


def test_a_slip_of_two_frames_is_no_note() -> None:
    hertz = melody([62.0], 100)
    hertz[50:52] *= 2
    assert (tuned(hertz).note == 62).all()
    assert (tuned(hertz, look_ahead=0).note == 62).all()


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.integers(0, 40), min_size=1, max_size=8),
    st.integers(0, 2**31),
    st.sampled_from([0, 5, OFFLINE_LOOK_AHEAD]),
    st.sampled_from([0.0, 0.05]),
)
def test_any_split_is_tuned_the_same_and_reset_forgets(
    sizes: list[int], seed: int, look_ahead: int, speed: float
) -> None:
    hertz = random_frames(sum(sizes), seed).hertz
    tuner = Tuner(C_MAJOR, 1.0, speed, look_ahead)
    whole = [tuner.feed(hertz), tuner.flush()]
    edges = np.cumsum([0, *sizes])
    parts = [tuner.feed(hertz[a:b]) for a, b in pairwise(edges)] + [tuner.flush()]
    for name in ("hertz", "note"):
        one, other = (np.concatenate([getattr(p, name) for p in given]) for given in (whole, parts))
        assert len(one) == len(hertz)
        assert np.array_equal(one, other)
    tuner.feed(hertz)
    tuner.reset()
    again = np.concatenate([tuner.feed(hertz).hertz, tuner.flush().hertz])
    assert np.array_equal(again, np.concatenate([p.hertz for p in whole]))
