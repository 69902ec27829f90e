"""What a song is called: by its tags, else by the name of its file."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from performer.voice.titles import song_title


@pytest.mark.parametrize(
    ("name", "title", "artist"),
    [
        ("my_song.wav", "my song", ""),
        ("03 - The Band - A Song (Live).wav", "A Song (Live)", "The Band"),
        ("1-07. 霓裳.flac", "霓裳", ""),
        ("01_Opening.wav", "Opening", ""),
        ("99 Luftballons.wav", "99 Luftballons", ""),
        ("7_rings.wav", "7 rings", ""),
        ("1999.wav", "1999", ""),
        ("a - .wav", "a -", ""),
        ("7.wav", "7", ""),
    ],
)
def test_a_name_is_read(name: str, title: str, artist: str, tmp_path: Path) -> None:
    soundfile.write(tmp_path / name, np.zeros(800, np.float32), 8000)
    assert song_title(tmp_path / name) == (title, artist)


def test_tags_go_before_the_name(tmp_path: Path) -> None:
    path = tmp_path / "track01.flac"
    with soundfile.SoundFile(path, "w", 8000, 1) as file:
        file.title, file.artist = "霓裳羽衣", "Someone"
        file.write(np.zeros(800, np.float32))
    assert song_title(path) == ("霓裳羽衣", "Someone")


def test_a_file_that_cannot_be_read_is_called_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "noise.mp3").write_bytes(b"no sound")
    assert song_title(tmp_path / "noise.mp3") == ("noise", "")
    assert song_title(tmp_path / "gone.wav") == ("gone", "")
