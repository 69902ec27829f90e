"""The built-in song is whole: files, card, words in time with the stem, size and level."""

import re
from pathlib import Path

import numpy as np
import pytest

from performer.voice.songs import SongNameError, song_folder, song_names, song_or_file
from performer.voice.sound import read_sound


def test_every_built_in_song_has_sound_stem_words_and_card() -> None:
    assert "firstlight" in song_names()
    for name in song_names():
        song = song_folder(name)
        assert song.title
        assert song.path.stat().st_size < 1_500_000
        mix = read_sound(song.path)
        assert np.max(np.abs(mix.samples)) < 1.0
        if song.vocal is not None:
            assert read_sound(song.vocal).seconds == pytest.approx(mix.seconds, abs=0.05)


def test_the_stem_sounds_at_the_times_of_the_words() -> None:
    song = song_folder("firstlight")
    assert song.vocal is not None
    assert song.lyrics is not None
    stem = read_sound(song.vocal)
    stamps = re.findall(r"<(\d+):([\d.]+)>.", song.lyrics.read_text(encoding="utf-8"))
    times = [60.0 * int(minutes) + float(seconds) for minutes, seconds in stamps]
    assert len(times) > 60
    level = [np.sqrt(np.mean(stem.mono[int(t * stem.rate) :][: stem.rate // 10] ** 2)) for t in times]
    assert np.min(level) > 0.01


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(SongNameError, match="firstlight"):
        song_folder("nothing")


def test_a_name_is_a_file_or_a_built_in_song(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert song_or_file("firstlight") == song_folder("firstlight").path
    with pytest.raises(SongNameError, match=r"mine\.wav \(no such file\); name a sound file, or .*firstlight"):
        song_or_file("mine.wav")
    # A file of that name goes first.
    Path("firstlight").write_bytes(b"")
    assert song_or_file(Path("firstlight")) == Path("firstlight")


def test_the_title_card_says_who_sings_and_that_no_person_does() -> None:
    singer, author = song_folder("firstlight").credits
    assert "nichang" in singer
    assert "AI-sung" in singer
    for name in song_names():
        files = song_folder(name)
        assert any("AI-sung" in line for line in files.credits) == (files.vocal is not None), name
    assert "霓裳 nichang" in author
