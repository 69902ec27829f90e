"""Beats and bars against sounds whose beats are known."""

import numpy as np
import pytest
from numpy.typing import NDArray

from motion.music.bars import find_bars
from motion.music.beats import BeatTrack, track_beats
from motion.music.onsets import find_onsets
from motion.music.spectrum import analyse
from tests.motion.music.made import RATE, band, clicks


def hear(sound: NDArray[np.float32]) -> BeatTrack:
    spectrum = analyse(sound, RATE)
    return track_beats(find_onsets(spectrum), spectrum.duration)


def distances(found: NDArray[np.float64], truth: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.array([np.min(np.abs(found - t)) for t in truth])


@pytest.mark.parametrize("bpm", [80.0, 97.3, 110.0, 128.0, 150.0, 170.0])
def test_clicks_give_their_tempo_and_every_beat_sits_on_its_attack(bpm: float) -> None:
    sound, truth = clicks(bpm, 20.0)
    track = hear(sound)
    assert track.bpm == pytest.approx(bpm, rel=0.005)
    # One frame is 11.6 ms; sub-frame interpolation and smoothing bring the error below it.
    assert np.max(distances(track.times, truth)) < 0.012
    assert abs(len(track.times) - len(truth)) <= 2


def test_a_slowly_changing_tempo_is_followed() -> None:
    lengths = 60.0 / np.linspace(110.0, 130.0, 50)
    times = 0.3 + np.concatenate([[0.0], np.cumsum(lengths)])
    t = np.arange(1100) / RATE
    sound = np.zeros(int((times[-1] + 0.5) * RATE), np.float32)
    for time in times:
        first = round(time * RATE)
        sound[first : first + 1100] += (np.sin(2.0 * np.pi * 900.0 * t) * np.exp(-t * 80.0)).astype(np.float32)
    assert np.mean(distances(hear(sound).times, times) < 0.03) > 0.95


@pytest.mark.parametrize(("bpm", "metre"), [(120.0, 4), (96.0, 4), (150.0, 4), (110.0, 3), (140.0, 3)])
def test_metre_and_downbeats_of_a_band(bpm: float, metre: int) -> None:
    sound, downbeats = band(bpm, 16, metre)
    spectrum = analyse(sound, RATE)
    onsets = find_onsets(spectrum)
    track = track_beats(onsets, spectrum.duration)
    found = find_bars(track.times, spectrum, onsets)
    assert found.beats == metre
    assert np.mean(distances(found.downbeats, downbeats) < 0.05) > 0.9
    assert all(bar.beats == metre for bar in found.bars)


def drums(bpm: float, off_beat: float, seconds: float = 30.0) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Kick on 1 and 3, snare on 2 and 4, a hat on every beat and at `off_beat` of it; and the times of the beats."""
    rng = np.random.default_rng(8)
    times = np.asarray(np.arange(0.4, seconds - 1.0, 60.0 / bpm), np.float64)
    t = np.arange(int(0.2 * RATE)) / RATE
    kick = 0.7 * np.sin(2.0 * np.pi * (50.0 * t + 3.0 * (1.0 - np.exp(-t * 40.0)))) * np.exp(-t * 16.0)
    snare = rng.normal(0.0, 0.3, len(t)) * np.exp(-t * 30.0)
    hiss = rng.normal(0.0, 0.12, len(t))
    hat = np.diff(hiss, prepend=0.0) * np.exp(-t * 90.0)
    out = np.zeros(int(seconds * RATE))
    for number, time in enumerate(times):
        for at, hit in ((time, snare if number % 2 else kick), (time, hat), (time + off_beat * 60.0 / bpm, hat)):
            first = round(at * RATE)
            out[first : first + len(hit)] += hit
    return out.astype(np.float32), times


@pytest.mark.parametrize(
    ("bpm", "off_beat"),
    [(62.0, 0.5), (68.0, 0.5), (74.0, 0.5), (100.0, 0.5), (120.0, 2 / 3), (160.0, 2 / 3), (180.0, 0.5)],
)
def test_slow_songs_are_not_heard_at_double_speed_nor_fast_ones_at_half(bpm: float, off_beat: float) -> None:
    sound, truth = drums(bpm, off_beat)
    track = hear(sound)
    assert track.bpm == pytest.approx(bpm, rel=0.01)
    assert np.max(distances(track.times, truth)) < 0.05


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_noise_has_no_pulse(seed: int) -> None:
    noise = np.random.default_rng(seed).normal(0.0, 0.1, 25 * RATE).astype(np.float32)
    assert len(hear(noise).times) == 0


@pytest.mark.parametrize("seconds", [0.5, 1.0, 10.0])
def test_silence_has_no_beats(seconds: float) -> None:
    assert len(hear(np.zeros(int(seconds * RATE), np.float32)).times) == 0
