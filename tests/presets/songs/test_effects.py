"""The desk's effects do what a meter says they do."""

import numpy as np
import pytest

from presets.songs.studio.effects import (
    compressed,
    deessed,
    duck_curve,
    limited,
    loudness_lufs,
    low_mono,
    peaking,
    room,
    shelf,
    true_peak,
)
from presets.songs.studio.electronic import DRUMS, RATE, SYNTHS, filtered, hertz
from presets.songs.studio.transitions import TRANSITIONS


def _tone(hz: float, seconds: float = 1.0, level: float = 1.0) -> np.ndarray:
    tone = level * np.sin(2.0 * np.pi * hz * np.arange(int(seconds * RATE)) / RATE)
    return np.stack([tone, tone], axis=1)


def _level_db(sound: np.ndarray) -> float:
    return float(20.0 * np.log10(np.sqrt(np.mean(sound[RATE // 4 :] ** 2)) + 1e-12))


def test_loudness_is_that_of_the_standard() -> None:
    # ITU-R BS.1770: a full-scale 997 Hz sine on one channel reads -3.01 LUFS, on both 0.0.
    assert loudness_lufs(_tone(997.0, 3.0)) == pytest.approx(0.0, abs=0.05)
    assert loudness_lufs(np.zeros((RATE, 2))) == -70.0
    # Pauses do not count.
    held = np.concatenate([_tone(997.0, 3.0, 0.1), np.zeros((3 * RATE, 2))])
    assert loudness_lufs(held) == pytest.approx(-20.0, abs=0.7)


def test_the_limiter_holds_the_true_peak() -> None:
    rng = np.random.default_rng(5)
    sound = rng.normal(0.0, 0.4, (RATE, 2)) * np.linspace(0.2, 2.0, RATE)[:, None]
    out = limited(sound, 0.8)
    assert true_peak(out) < 0.8 * 1.06
    quiet = 0.02 * sound
    np.testing.assert_allclose(limited(quiet, 0.8), quiet)


def test_bells_and_shelves_reach_their_gain() -> None:
    for gain in (-6.0, 4.0):
        assert _level_db(peaking(_tone(1000.0), 1000.0, gain, 1.0)) - _level_db(_tone(1000.0)) == pytest.approx(
            gain, abs=0.1
        )
        assert _level_db(shelf(_tone(16_000.0), 4000.0, gain)) - _level_db(_tone(16_000.0)) == pytest.approx(
            gain, abs=0.4
        )
        assert _level_db(shelf(_tone(100.0), 4000.0, gain)) == pytest.approx(_level_db(_tone(100.0)), abs=0.1)


def test_the_compressor_leaves_soft_sounds_and_bends_loud_ones() -> None:
    assert _level_db(compressed(_tone(500.0, level=0.01), -20.0, 4.0)) == pytest.approx(
        _level_db(_tone(500.0, level=0.01)), abs=0.01
    )
    loud = compressed(_tone(500.0, level=1.0), -20.0, 4.0)
    assert _level_db(_tone(500.0)) - _level_db(loud) == pytest.approx(15.0, abs=1.0)


def test_hiss_is_held_beside_the_voice_and_the_voice_is_left_alone() -> None:
    voice, rng = _tone(300.0, 2.0, 0.3), np.random.default_rng(1)
    assert np.abs(deessed(voice, 5200.0) - voice).max() < 0.01
    hiss = np.zeros_like(voice)
    hiss[RATE : RATE + RATE // 10] = filtered(rng.normal(0.0, 0.4, (RATE // 10, voice.shape[1])), "high", 6000.0)
    here = slice(RATE, RATE + RATE // 10)
    kept = deessed(voice + hiss, 5200.0)[here] - voice[here]
    assert kept.std() < 0.7 * hiss[here].std()


def test_ducking_begins_at_the_kick_and_is_gone_in_time() -> None:
    curve = duck_curve(RATE, [0.5], 0.3)
    assert curve[: RATE // 2].max() == 0.0
    assert curve[int(0.505 * RATE)] > 0.95
    assert curve[int(0.81 * RATE) :].max() == 0.0


def test_low_notes_are_in_the_middle() -> None:
    left = _tone(45.0) * np.array([1.0, 0.0])
    out = low_mono(left, 150.0)
    assert abs(_level_db(out[:, :1]) - _level_db(out[:, 1:])) < 2.0
    high = _tone(2000.0) * np.array([1.0, 0.0])
    assert _level_db(low_mono(high, 150.0)[:, 1:]) < -25.0


def test_a_room_comes_after_its_sound_and_dies() -> None:
    click = np.zeros((2 * RATE, 2))
    click[0] = 1.0
    wet = room(click, 1.0, 0.02, np.random.default_rng(1))
    assert np.abs(wet[: int(0.02 * RATE)]).max() < 1e-9
    energy = [float(np.sum(wet[int(t * RATE) : int((t + 0.2) * RATE)] ** 2)) for t in (0.02, 0.3, 0.8)]
    assert energy[0] > 10 * energy[1] > 100 * energy[2]


@pytest.mark.parametrize("name", sorted(SYNTHS))
def test_a_synthesizer_is_in_tune(name: str) -> None:
    pitch = 57 if name not in ("bass", "sub") else 45
    sound = SYNTHS[name](pitch, 0.8, 0.8, np.random.default_rng(3)).mean(axis=1)
    assert 0.05 < np.abs(sound).max() < 3.0
    part = sound[int(0.1 * RATE) : int(0.5 * RATE)]
    spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part)), 8 * len(part)))
    near = np.arange(len(spectrum)) * RATE / (8 * len(part))
    expected = hertz(pitch)
    window = (near > expected * 0.94) & (near < expected * 1.06)
    found = near[window][np.argmax(spectrum[window])]
    assert abs(1200.0 * np.log2(found / expected)) < 15.0
    assert spectrum[window].max() > 0.1 * spectrum.max()


@pytest.mark.parametrize("name", sorted(DRUMS))
def test_a_drum_follows_the_force_and_ends(name: str) -> None:
    soft, loud = (DRUMS[name](force, np.random.default_rng(3)) for force in (0.3, 0.9))
    assert np.sqrt(np.mean(loud**2)) > 1.5 * np.sqrt(np.mean(soft**2)) > 0.0
    assert np.abs(loud[-20:]).max() < 0.02 * np.abs(loud).max()


@pytest.mark.parametrize("name", sorted(TRANSITIONS))
def test_a_transition_fills_its_time(name: str) -> None:
    sound = TRANSITIONS[name](1.5, np.random.default_rng(3))
    assert sound.shape == (int(1.5 * RATE), 2)
    halves = [float(np.sum(half**2)) for half in np.array_split(sound, 2)]
    assert (halves[1] > 2 * halves[0]) == (name != "fall")
