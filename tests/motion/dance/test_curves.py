"""Keyed tracks arrive on their keys; the filters keep what they promise."""

import subprocess
import sys

import numpy as np
import pytest

from motion.dance.counts import count_song
from motion.dance.curves import make_track, noise, smooth, spring
from motion.dance.sheet import metronome_song
from motion.rig.pose import GRID_HZ


@pytest.mark.parametrize("ease", ["settle", "hit", "flow"])
def test_the_time_of_a_key_is_the_arrival(ease) -> None:
    times, values = [0.0, 1.0, 2.5, 3.0, 7.0], [0.0, 1.0, -1.0, 2.0, 0.5]
    track = make_track(times, [ease] * 5, values)
    assert np.allclose(track.at(np.array(times))[:, 0], values, atol=1e-9)
    assert np.allclose(track.at(np.array([-3.0, 99.0]))[:, 0], [0.0, 0.5])


def test_a_hit_waits_and_then_goes() -> None:
    track = make_track([0.0, 2.0], ["hit", "hit"], [0.0, 1.0])
    half = track.at(np.array([1.0, 1.4]))[:, 0]
    assert np.all(half < 0.05)
    assert track.at(np.array([1.9]))[0, 0] > 0.6


def test_keys_that_nearly_meet_give_way_to_the_later_one() -> None:
    track = make_track([0.0, 1.0, 1.01], ["settle"] * 3, [0.0, 5.0, 1.0])
    assert track.at(np.array([1.5]))[0, 0] == 1.0


def test_a_spring_comes_to_rest_where_it_is_led() -> None:
    x = np.concatenate((np.zeros((60, 1)), np.ones((300, 1))))
    y = spring(x, 3.0, 0.6)
    assert np.abs(y[:60]).max() < 1e-9
    assert y[60:].max() > 1.02
    assert abs(y[-1, 0] - 1.0) < 1e-3


def test_smoothing_keeps_a_constant_and_the_mean() -> None:
    assert np.allclose(smooth(np.full(50, 3.0), 4.0), 3.0)
    x = np.zeros(101)
    x[50] = 1.0
    assert smooth(x, 3.0).sum() == pytest.approx(1.0, abs=1e-6)


def test_noise_is_a_function_of_time_alone() -> None:
    t = np.arange(4000) / GRID_HZ
    whole = noise(t, 0.5, 2, np.random.default_rng(3))
    part = noise(t[1000:1200], 0.5, 2, np.random.default_rng(3))
    assert np.array_equal(whole[1000:1200], part)
    assert 0.7 < whole.std() < 1.3


@pytest.mark.parametrize("bpm", [60.0, 118.0, 180.0])
def test_count_and_time_are_each_other_s_inverse(bpm: float) -> None:
    counts = count_song(metronome_song(bpm, 6))
    at = np.arange(-4.0, len(counts.times) + 4.0, 0.5)
    back = counts.at(np.array([counts.time(float(c)) for c in at]))
    assert np.allclose(back, at, atol=1e-6)


@pytest.mark.parametrize(("frequency", "damping"), [(4.5, 0.75), (2.5, 0.6), (9.0, 0.3)])
def test_a_spring_is_the_filter_that_scipy_knows(frequency: float, damping: float) -> None:
    signal = pytest.importorskip("scipy.signal")
    x = np.random.default_rng(1).normal(size=(560, 6)).cumsum(axis=0)
    w, k = 2.0 * np.pi * frequency, 2.0 * GRID_HZ
    b = np.array([1.0, 2.0, 1.0]) * w * w
    a = np.array([k * k + 2.0 * damping * w * k + w * w, 2.0 * (w * w - k * k), k * k - 2.0 * damping * w * k + w * w])
    state = signal.lfilter_zi(b, a)[:, None] * x[:1]
    assert np.abs(signal.lfilter(b, a, x, axis=0, zi=state)[0] - spring(x, frequency, damping)).max() < 1e-9


def test_a_dance_is_not_kept_waiting_by_what_it_does_not_need() -> None:
    """scipy.signal was a second of every start."""
    code = "import sys, motion.dance.player, motion.dance.planner; sys.exit('scipy.signal' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
