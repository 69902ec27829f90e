"""The whole of hearing: maps are well formed for any sound, right for made songs, and the same every time."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motion.music.click import click_track
from motion.music.listen import Listener, listen
from motion.music.song_map import Curve, Section, SongMap, decode_song_map, encode_song_map
from motion.music.vocal import stem_activity
from tests.motion.music.made import RATE, band


def check(song: SongMap) -> None:
    """What every consumer of a map relies on."""
    assert decode_song_map(encode_song_map(song)).bpm == pytest.approx(song.bpm)
    assert song.sections[0].start == 0.0
    assert song.sections[-1].end == pytest.approx(song.duration)
    assert all(a.end == b.start for a, b in itertools.pairwise(song.sections))
    assert all(b > a for a, b in itertools.pairwise(song.beats))
    assert all(0.0 <= t < song.duration for t in song.beats)
    assert set(song.downbeats) <= set(song.beats)
    assert all(a.end == pytest.approx(b.start) for a, b in itertools.pairwise(song.bars))
    for curve in (song.energy, song.vocal):
        assert (len(curve.values) - 1) * curve.hop >= song.duration - curve.hop
        assert all(0.0 <= value <= 1.0 for value in curve.values)


@pytest.mark.parametrize("seconds", [0.5, 3.0, 12.0])
def test_silence_is_one_section_without_beats(seconds: float) -> None:
    song = listen(np.zeros(int(seconds * RATE), np.float32), RATE)
    check(song)
    assert (song.bpm, song.beats, song.bars, song.key) == (0.0, [], [], "")
    assert [section.label for section in song.sections] == ["silence"]


def test_noise_is_heard_without_beats() -> None:
    song = listen(np.random.default_rng(4).normal(0.0, 0.1, 20 * RATE).astype(np.float32), RATE)
    check(song)
    assert song.bpm == 0.0
    assert np.mean(song.vocal.values) < 0.05


@settings(max_examples=12, deadline=None)
@given(
    seconds=st.floats(0.5, 8.0),
    rate=st.sampled_from([8000, 22_050, 44_100, 48_000]),
    loud=st.sampled_from([0.0, 1e-6, 0.3, 30.0]),
    offset=st.sampled_from([0.0, 0.7]),
    seed=st.integers(0, 99),
)
def test_any_sound_gives_a_well_formed_map(seconds: float, rate: int, loud: float, offset: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    bursts = rng.random(int(seconds * rate)) < 0.001
    check(listen((offset + loud * bursts * rng.normal(0.0, 1.0, len(bursts))).astype(np.float32), rate))


def test_the_same_sound_gives_the_same_map() -> None:
    sound, _ = band(124.0, 10, 4)
    assert encode_song_map(listen(sound, RATE)) == encode_song_map(listen(sound.copy(), RATE))


@settings(max_examples=8, deadline=None)
@given(sizes=st.lists(st.integers(0, 200_000), max_size=8), rate=st.sampled_from([RATE, 44_100]))
def test_a_sound_in_pieces_gives_the_map_of_the_whole(sizes: list[int], rate: int) -> None:
    sound, _ = band(124.0, 6, 4)
    stereo = np.stack([sound, 0.9 * sound], axis=1)
    ears, at = Listener(rate), 0
    for size in sizes:
        ears.feed(stereo[at : at + size])
        at += size
    ears.feed(stereo[at:])
    whole = listen(stereo.mean(axis=1, dtype=np.float32), rate, stereo=stereo)
    assert encode_song_map(ears.finish()) == encode_song_map(whole)
    assert len(ears.mono) == pytest.approx(len(stereo) * RATE / rate, abs=2)


def test_key_and_loud_repeated_part() -> None:
    sound, downbeats = band(120.0, 32, 4)
    quiet = sound.copy()
    gain = np.full(len(sound), 0.12, np.float32)
    for first, stop in ((8, 16), (24, 32)):
        gain[round(downbeats[first] * RATE) : round((downbeats[first] + (stop - first) * 2.0) * RATE)] = 1.0
    song = listen(quiet * gain, RATE)
    check(song)
    assert song.key == "C major"
    loud = [s for s in song.sections if s.label == "chorus"]
    for start in (downbeats[8], downbeats[24]):
        assert min(abs(section.start - start) for section in loud) < 0.1
    assert len({section.group for section in loud}) == 1


def test_progress_rises_to_one() -> None:
    told: list[float] = []
    listen(np.zeros(RATE, np.float32), RATE, progress=lambda share, what: told.append(share))
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_a_stem_is_active_where_it_sounds() -> None:
    stem = np.zeros(6 * RATE, np.float32)
    stem[2 * RATE : 4 * RATE] = 0.3 * np.sin(np.arange(2 * RATE) * 0.1)
    curve = stem_activity(stem, RATE, 6.0)
    assert curve.at(1.0) == 0.0
    assert curve.at(3.0) == 1.0
    assert curve.at(5.0) == 0.0


def test_click_starts_exactly_on_the_beat() -> None:
    sound, _ = band(120.0, 8, 4)
    song = listen(sound, RATE)
    track = click_track(song, 48_000, int(song.duration * 48_000))
    first = round(song.beats[3] * 48_000)
    assert not np.any(track[first - 400 : first])
    assert np.max(np.abs(track[first : first + 200])) > 0.5


@given(sizes=st.lists(st.integers(0, 30_000), max_size=12), first=st.integers(0, 5000))
def test_clicks_in_pieces_are_the_clicks_of_the_whole(sizes: list[int], first: int) -> None:
    song = SongMap(
        duration=4.0, bpm=120.0, beats=[0.0, 0.5, 1.0, 1.5, 3.99], downbeats=[0.0, 1.5], bars=[],
        sections=[Section(0.0, 4.0, "verse", 0)], energy=Curve(1.0, [0.0]), vocal=Curve(1.0, [0.0]),
    )  # fmt: skip
    whole = click_track(song, 8000, 32_000)
    edges = [min(first + edge, 32_000) for edge in np.cumsum([0, *sizes]).tolist()]
    for start, stop in itertools.pairwise(edges):
        assert np.array_equal(click_track(song, 8000, stop - start, start), whole[start:stop])
    assert np.count_nonzero(whole) > 1000
