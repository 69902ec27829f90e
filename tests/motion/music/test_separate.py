"""Voice and accompaniment: nothing is lost, nothing depends on how the sound was cut, a voice is told from chords."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from motion.errors import UserError
from motion.music.separate import CONTEXT, CORE, Separator, parted_blocks, separate
from motion.music.separate_grid import (
    BINS,
    CELL_BINS,
    CELLS,
    bins_of,
    cells_of,
    hop_of,
    levels,
    window_of,
)

Array = NDArray[np.float32]
RATES = (8_000, 11_025, 22_050, 44_100, 48_000, 96_000, 192_000)


def _all(heard: Array) -> Array:
    return np.ones_like(heard)


def _by_level(heard: Array) -> Array:
    """Any network: what is loud goes to the voice."""
    return (1 / (1 + np.exp(-3 * heard))).astype(np.float32)


def _noise(count: int, channels: int = 2, seed: int = 0) -> Array:
    return (np.random.default_rng(seed).standard_normal((count, channels)) * 0.1).astype(np.float32)


def _cut(sound: Array, cuts: list[int], rate: int) -> Array:
    separator, parts, at = Separator(_by_level, rate, sound.shape[1]), list[Array](), 0
    for count in [*cuts, len(sound)]:
        parts.append(separator.feed(sound[at : at + count]).voice)
        at += count
    return np.concatenate([*parts, separator.finish().voice])


@pytest.mark.parametrize("rate", RATES)
def test_windows_of_any_rate_are_as_long_and_their_bins_as_wide(rate: int) -> None:
    assert hop_of(rate) / rate == pytest.approx(0.016, rel=0.016)
    window = window_of(rate)
    hop = hop_of(rate)
    whole = np.square(window).reshape(4, hop).sum(0)
    assert whole == pytest.approx(np.full(hop, 2.0), abs=1e-5)


def test_cells_cover_the_bins_once() -> None:
    assert CELL_BINS.sum() == BINS == 1024
    assert len(CELL_BINS) == CELLS
    bins = np.arange(BINS, dtype=np.float32)
    assert cells_of(bins).sum() == bins.sum()
    assert np.array_equal(cells_of(bins_of(np.arange(CELLS, dtype=np.float32))), np.arange(CELLS) * CELL_BINS)


def test_levels_do_not_depend_on_loudness() -> None:
    power = np.square(np.random.default_rng(1).standard_normal((40, 2, CELLS))).astype(np.float32) * CELL_BINS
    assert levels(power.astype(np.float32)) == pytest.approx(levels((power * 1e-4).astype(np.float32)), abs=1e-3)
    assert np.isfinite(levels(np.zeros((3, 2, CELLS), np.float32))).all()


@pytest.mark.parametrize(("rate", "channels"), [(44_100, 2), (48_000, 2), (48_000, 1), (8_000, 2), (96_000, 1)])
def test_a_share_of_one_gives_the_mix_back(rate: int, channels: int) -> None:
    mix = _noise(rate * 9 + 77, channels)
    parted = separate(mix, _all, rate)
    assert parted.voice.shape == parted.backing.shape == mix.shape
    assert np.abs(parted.voice - mix).max() < 1e-5


@pytest.mark.parametrize("seconds", [0.0, 0.001, 0.5, 8.4, 17.0])
def test_both_parts_add_up_to_the_mix(seconds: float) -> None:
    mix = _noise(round(44_100 * seconds))
    parted = separate(mix, _by_level, 44_100)
    assert parted.voice.shape == mix.shape
    assert np.abs(parted.voice + parted.backing - mix).max(initial=0.0) < 1e-6
    if seconds > 1:
        assert np.abs(parted.voice).max() > 0.01
        assert np.abs(parted.backing).max() > 0.01


@settings(max_examples=8, deadline=None)
@given(cuts=st.lists(st.integers(0, 60_000), max_size=8), seed=st.integers(0, 99))
def test_whole_is_any_split_into_blocks(cuts: list[int], seed: int) -> None:
    mix = _noise(8_000 * 21, seed=seed)
    whole = separate(mix, _by_level, 8_000).voice
    assert np.array_equal(_cut(mix, cuts, 8_000), whole)


def test_a_second_song_knows_nothing_of_the_first() -> None:
    separator = Separator(_by_level, 8_000)
    song = _noise(8_000 * 12, seed=3)
    separator.feed(_noise(8_000 * 15, seed=4))
    separator.reset()
    first = separator.feed(song).voice
    again = np.concatenate([first, separator.finish().voice])
    assert np.array_equal(again, separate(song, _by_level, 8_000).voice)
    # finish, too, leaves nothing behind.
    third = np.concatenate([separator.feed(song).voice, separator.finish().voice])
    assert np.array_equal(third, again)


def test_sound_waits_no_longer_than_the_latency_says() -> None:
    separator, rate, given_samples, late = Separator(_all, 8_000), 8_000, 0, 0
    out = 0
    for block in np.split(_noise(rate * 30), 300):
        given_samples += len(block)
        out += len(separator.feed(block).voice)
        late = max(late, given_samples - out)
    assert late / rate <= separator.latency + 0.1
    assert late / rate > separator.latency - 0.2


def test_there_is_no_step_where_pieces_meet() -> None:
    """A network whose opinion of everything changes from piece to piece is faded over, not switched."""
    said: list[float] = []

    def fickle(heard: Array) -> Array:
        said.append(float(len(said) % 2))
        return np.full_like(heard, said[-1])

    rate = 8_000
    tone = np.sin(2 * np.pi * 220 * np.arange(rate * 30) / rate).astype(np.float32)[:, None]
    voice = separate(tone, fickle, rate).voice[:, 0]
    assert {0.0, 1.0} <= set(said)
    # A tone of 220 Hz alone moves by 0.172 a sample.
    assert np.abs(np.diff(voice)).max() < 0.175


def test_memory_does_not_grow_with_the_song() -> None:
    separator = Separator(_all, 8_000)
    held: list[int] = []
    for _ in range(60):
        separator.feed(_noise(8_000))
        held.append(separator._there)  # pyright: ignore[reportPrivateUsage]
    assert max(held[30:]) <= max(held[:30])
    assert max(held) <= (2 * CONTEXT + CORE + 3) * hop_of(8_000) + 8_000


def test_broken_samples_become_silence() -> None:
    mix = _noise(8_000 * 10)
    mix[4000, 0], mix[5000, 1] = np.nan, np.inf
    parts = list(parted_blocks([mix], _by_level, 8_000, 2))
    assert all(np.isfinite(part.voice).all() and np.isfinite(part.backing).all() for part in parts)


@pytest.mark.parametrize(("rate", "channels"), [(4_000, 2), (384_000, 2), (48_000, 3), (48_000, 0)])
def test_what_cannot_be_parted_is_said_in_a_sentence(rate: int, channels: int) -> None:
    with pytest.raises(UserError, match="give one or two channels at 8000 to 192000 Hz"):
        Separator(_all, rate, channels)


def test_blocks_of_another_shape_are_refused() -> None:
    separator = Separator(_all, 48_000)
    with pytest.raises(UserError, match=r"not of \(samples, 2\)"):
        separator.feed(np.zeros((10, 1), np.float32))
    with pytest.raises(UserError, match=r"not of \(samples, 2\)"):
        separator.feed(np.zeros(10, np.float32))
