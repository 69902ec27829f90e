"""`nichang separate`: two files that add up to the song, or one sentence and no file."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner

from motion.music.separate import Parted
from performer.voice.sound import SoundError, open_sound, read_sound
from stage.cli.separate import BACKING, VOICE, SeparateError, app, write_parted


@pytest.fixture
def song(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    soundfile.write(tmp_path / "song.wav", rng.uniform(-0.4, 0.4, (44_100 * 2, 2)), 44_100, subtype="PCM_16")
    return tmp_path / "song.wav"


def test_both_files_are_as_long_as_the_song_and_add_up_to_it(song: Path, tmp_path: Path) -> None:
    told = CliRunner().invoke(app, [str(song), "-o", str(tmp_path / "stems"), "--json"])
    assert told.exit_code == 0, told.output
    said = json.loads(told.stdout)
    voice, backing = read_sound(Path(said["voice"])), read_sound(Path(said["backing"]))
    whole = read_sound(song)
    assert voice.rate == backing.rate == said["rate"] == 44_100
    assert np.abs(voice.samples + backing.samples - whole.samples).max() < 3 / 32_768


def test_mono_stays_mono(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "one.wav", np.zeros(48_000), 48_000)
    assert CliRunner().invoke(app, [str(tmp_path / "one.wav"), "-o", str(tmp_path)]).exit_code == 0
    assert read_sound(tmp_path / VOICE).samples.shape == (48_000, 1)


def test_a_song_is_not_overwritten_by_its_own_voice(song: Path, tmp_path: Path) -> None:
    own = song.rename(tmp_path / VOICE)
    told = CliRunner().invoke(app, [str(own), "-o", str(tmp_path)])
    assert isinstance(told.exception, SeparateError)
    assert own.exists()


def test_a_file_in_the_folders_place_is_said(song: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("x")
    told = CliRunner().invoke(app, [str(song), "-o", str(tmp_path / "taken")])
    assert isinstance(told.exception, SeparateError)


def test_nothing_is_left_when_the_song_breaks_off(song: Path, tmp_path: Path) -> None:
    block = np.zeros((100, 2), np.float32)

    def broken() -> Iterator[Parted]:
        yield Parted(block, block)
        raise SoundError("the rest cannot be read")

    with pytest.raises(SoundError, match="the rest"):
        write_parted(open_sound(song), broken(), tmp_path)
    assert not (tmp_path / VOICE).exists()
    assert not (tmp_path / BACKING).exists()


def test_a_second_file_that_cannot_be_written_stops_the_first(song: Path, tmp_path: Path) -> None:
    block = np.zeros((100, 2), np.float32)
    # A folder of that name is in the way.
    (tmp_path / BACKING).mkdir()
    (tmp_path / BACKING / "x").touch()
    with pytest.raises(SoundError):
        write_parted(open_sound(song), iter([Parted(block, block)] * 50), tmp_path)
    assert not (tmp_path / VOICE).exists()
