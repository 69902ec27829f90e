"""The songs that are shipped: made from the scores beside them, loud as broadcast, in time with their words."""

import itertools
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from motion.music.song_map import decode_song_map
from performer.face.lyrics import parse_lyrics
from performer.voice.songs import song_folder
from performer.voice.sound import read_sound
from presets.songs.studio.effects import loudness_lufs
from presets.songs.studio.score import Score, ScoreNote, read_score
from presets.songs.studio.sheet import lyrics_lrc

SONGS = ("yuyi", "jieyue", "yuhou")
SUNG = ("yuyi", "jieyue")
LOWEST, HIGHEST = 57, 76  # A3 to E5
MEGABYTE = 1_000_000


def _folder(name: str) -> Path:
    return song_folder(name).path.parent


def _score(name: str) -> Score:
    return read_score(_folder(name) / "score.toml")


def _sung(score: Score) -> list[ScoreNote]:
    return [note for section in score.sections for line in section.lines for note in line.notes]


@pytest.mark.parametrize("name", SONGS)
def test_map_and_words_are_those_of_the_score(name: str) -> None:
    score, folder = _score(name), _folder(name)
    song = decode_song_map((folder / "song.json").read_bytes())
    bars = sum(section.bars for section in score.sections)
    assert song.beats == pytest.approx([score.seconds(beat) for beat in range(bars * score.beats)], abs=1e-3)
    assert [(s.label, s.start) for s in song.sections] == [
        (s.label, pytest.approx(score.seconds(s.first_bar * score.beats), abs=1e-3)) for s in score.sections
    ]
    assert [chord.name for chord in song.chords] == [c.name for s in score.sections for _, c in s.chords]
    assert song.duration == pytest.approx(read_sound(folder / "song.opus").seconds, abs=0.02)
    if name in SUNG:
        written = (folder / "lyrics.lrc").read_text(encoding="utf-8")
        assert written == lyrics_lrc(score, artist=song.artist, seconds=song.duration)
        lyrics = parse_lyrics(written.encode(), duration=song.duration)
        assert len(lyrics.lines) == sum(len(section.lines) for section in score.sections)


@pytest.mark.parametrize("name", SONGS)
def test_every_file_is_small_and_the_mix_is_at_broadcast_level(name: str) -> None:
    folder = _folder(name)
    files = list(folder.glob("*.opus"))
    assert {path.stem for path in files} >= {"song", "drums", "bass", "music"}
    assert all(path.stat().st_size < 2 * MEGABYTE for path in files)
    assert sum(path.stat().st_size for path in folder.parent.rglob("*.opus")) < 12 * MEGABYTE
    mix = read_sound(folder / "song.opus")
    assert loudness_lufs(np.asarray(mix.samples, np.float64)) == pytest.approx(-14.0, abs=0.5)


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="needs ffmpeg")
@pytest.mark.parametrize("name", SONGS)
def test_the_true_peak_stays_below_minus_one(name: str) -> None:
    told = subprocess.run(
        ["ffmpeg", "-nostats", "-i", _folder(name) / "song.opus", "-af", "ebur128=peak=true", "-f", "null", "-"],
        capture_output=True, text=True, check=True,
    ).stderr  # fmt: skip
    assert float(told.rsplit("Peak:", 1)[1].split()[0]) <= -1.0


def test_the_chorus_is_louder_than_the_verse() -> None:
    mix = read_sound(_folder("yuyi") / "song.opus")
    level: dict[str, list[float]] = {}
    for section in decode_song_map((_folder("yuyi") / "song.json").read_bytes()).sections:
        part = mix.samples[int(section.start * mix.rate) : int(section.end * mix.rate)]
        level.setdefault(section.label, []).append(loudness_lufs(np.asarray(part, np.float64)))
    assert 2.0 <= level["chorus"][0] - level["verse"][0] <= 5.0
    assert level["chorus"][1] > level["chorus"][0]


@pytest.mark.parametrize("name", SUNG)
def test_the_stem_sounds_at_the_times_of_the_words(name: str) -> None:
    score, stem = _score(name), read_sound(_folder(name) / "vocal.opus")
    times = [score.seconds(note.start) for note in _sung(score)]
    level = [np.sqrt(np.mean(stem.mono[int(t * stem.rate) :][: stem.rate // 8] ** 2)) for t in times]
    assert np.min(level) > 0.01


@pytest.mark.parametrize("name", SUNG)
def test_the_melody_can_be_sung(name: str) -> None:
    score = _score(name)
    notes = _sung(score)
    assert min(n.pitch for n in notes) >= LOWEST
    assert max(n.pitch for n in notes) <= HIGHEST
    # A breath: nobody sings longer than nine seconds without a quarter second of rest.
    since = score.seconds(notes[0].start)
    for before, after in itertools.pairwise(notes):
        end, begin = score.seconds(before.start + before.length), score.seconds(after.start)
        if begin - end >= 0.23:
            since = begin
        assert score.seconds(after.start + after.length) - since < 9.0


@pytest.mark.parametrize("name", SUNG)
def test_no_long_sung_note_rubs_against_its_chord(name: str) -> None:
    score = _score(name)
    for note in _sung(score):
        chord = score.chord_at(note.start + 1e-3)
        if note.length >= 1.0 and note.pitch % 12 not in chord.classes:
            rubs = [c for c in chord.classes if (note.pitch - c) % 12 in (1, 11)]
            assert not rubs, f"{note.syllable} over {chord.name} at beat {note.start}"


def test_the_hook_comes_back() -> None:
    score = _score("yuyi")
    hooks = [line for section in score.sections for line in section.lines if line.text.startswith("霓裳 霓裳")]
    assert len(hooks) >= 5
    shapes = {tuple(n.pitch - line.notes[0].pitch for n in line.notes[:4]) for line in hooks}
    assert shapes == {(0, 3, -2, 3)}
