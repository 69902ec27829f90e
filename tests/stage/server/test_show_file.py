"""Show files: a setlist comes back, anything odd is said in a sentence."""

from pathlib import Path

import pytest

from performer.voice.songs import SongNameError
from stage.server.errors import ShowFileError, SongError
from stage.server.show_file import read_show_file
from stage.server.songs import find_song
from stage.show.moods import MoodError, read_staging


def test_a_setlist_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.show.toml"
    path.write_text('title = "First"\nseed = 7\n[[songs]]\nfile = "a.wav"\n[[songs]]\nfile = "b.ogg"\nseed = 3\n')
    show = read_show_file(path)
    assert [song.file for song in show.songs] == ["a.wav", "b.ogg"]
    assert (show.seed, show.songs[1].seed, show.avatar) == (7, 3, "niyu")


def test_a_song_of_a_show_may_say_its_colours_cues_and_shots(tmp_path: Path) -> None:
    path = tmp_path / "a.show.toml"
    path.write_text(
        '[[songs]]\nfile = "firstlight"\n[songs.staging]\nmood = "jade"\npalettes = { chorus = "mint" }\n'
        'shots = ["wide", "close"]\n'
    )
    (song,) = read_show_file(path).songs
    staging = read_staging(song.staging, song.file)
    assert (staging.mood, staging.palettes, staging.shots) == ("jade", {"chorus": "mint"}, ["wide", "close"])
    assert find_song(song.file, staging=staging).staging == staging
    path.write_text('[[songs]]\nfile = "firstlight"\n[songs.staging]\nmood = "plaid"\n')
    with pytest.raises(MoodError, match="song 1: there is no mood plaid; there are ballad"):
        read_show_file(path)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("songs = ", "not a show in TOML"),
        ("", "missing required field"),
        ("songs = []", "names no song"),
        ("[[songs]]\nfile = 3", "Expected `str`"),
        ('colour = 1\n[[songs]]\nfile = "a"', "unknown field"),
    ],
)
def test_an_odd_file_is_said_in_a_sentence(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "a.show.toml"
    path.write_text(text)
    with pytest.raises(ShowFileError, match=why):
        read_show_file(path)


def test_a_missing_show_and_a_missing_song(tmp_path: Path) -> None:
    with pytest.raises(ShowFileError, match="cannot read"):
        read_show_file(tmp_path / "none.show.toml")
    with pytest.raises(SongNameError, match=r"there is no song none\.wav .*; name a sound file, or .*yuyi"):
        find_song("none.wav", base=tmp_path)
    (tmp_path / "folder").mkdir()
    with pytest.raises(SongError, match="no sound file"):
        find_song("folder", base=tmp_path)


def test_who_gives_a_song_as_a_show_is_told_how_songs_are_given(tmp_path: Path) -> None:
    song = tmp_path / "mine.mp3"
    song.write_bytes(b"ID3")
    with pytest.raises(ShowFileError, match=r"--song .*mine\.mp3"):
        read_show_file(song)
