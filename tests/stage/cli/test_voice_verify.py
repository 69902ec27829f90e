"""`nichang voice verify` from the outside: a sentence or JSON, exit code 0 or 1, one line for what is no sound."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
import typer
from typer.testing import CliRunner

from motion.errors import UserError
from performer.voice.mark.files import write_sound
from performer.voice.mark.label import SoundLabel, payload_of
from stage.cli.voice_verify import verify
from tests.performer.voice.mark.made import RATE, voice

app = typer.Typer()
app.command()(verify)
ID = f"{payload_of('V'):04x}"


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("verify") / "song.wav"
    write_sound(path, voice(16.0), RATE, SoundLabel("V", "9"))
    return path


def test_label_and_mark_are_told_in_one_sentence(marked: Path) -> None:
    result = CliRunner().invoke(app, [str(marked)])
    assert result.exit_code == 0
    assert len(result.stdout.strip().splitlines()) == 1
    assert "AI label in the metadata" in result.stdout
    assert f"mark {ID} in 3 of 3 windows of 10 s" in result.stdout


def test_json_is_one_object(marked: Path) -> None:
    said = json.loads(CliRunner().invoke(app, [str(marked), "--json"]).stdout)
    assert said["label"]["aigc"]["ProduceID"] == "9"
    assert said["mark"]["id"] == ID
    assert said["mark"]["windows"] == said["mark"]["windows_with_mark"] == len(said["mark"]["where"]) == 3
    assert said["mark"]["sure"] > 0.999999
    assert said["seconds"] == pytest.approx(16.0)


def test_a_cut_without_its_label_is_still_known(marked: Path, tmp_path: Path) -> None:
    sound, rate = soundfile.read(marked, dtype="float32")
    soundfile.write(tmp_path / "cut.wav", sound[rate : 11 * rate], rate)
    result = CliRunner().invoke(app, [str(tmp_path / "cut.wav")])
    assert result.exit_code == 0
    assert "no AI label" in result.stdout
    assert f"mark {ID} in its one window" in result.stdout


def test_nothing_found_is_exit_code_one(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "plain.wav", voice(16.0), RATE)
    result = CliRunner().invoke(app, [str(tmp_path / "plain.wav")])
    assert result.exit_code == 1
    assert "no AI label in the metadata; no mark in 3 windows of 10 s" in result.stdout
    soundfile.write(tmp_path / "short.wav", np.zeros(6000), 8000)
    result = CliRunner().invoke(app, [str(tmp_path / "short.wav")])
    assert result.exit_code == 1
    assert "too short to look for a mark (0.8 s)" in result.stdout


def test_what_is_no_sound_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"words")
    for path in (tmp_path / "a.wav", tmp_path / "none.wav", tmp_path):
        result = CliRunner().invoke(app, [str(path)])
        assert isinstance(result.exception, UserError)
        assert "\n" not in str(result.exception)
    soundfile.write(tmp_path / "slow.wav", np.zeros(6000), 4000)
    assert "samples a second" in str(CliRunner().invoke(app, [str(tmp_path / "slow.wav")]).exception)
