"""`nichang voice list`: the built-in voices and given files, with a sample that can be played."""

import errno
import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from performer.voice.convert.voice_file import write_voice_file
from performer.voice.library import voice_names
from performer.voice.sound import read_sound
from stage.cli.voice import app
from tests.performer.voice.convert.made import made_voice


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NICHANG_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_built_in_ones_by_the_name_that_options_take(home: Path) -> None:
    said = CliRunner().invoke(app, ["list", "--json"])
    assert said.exit_code == 0, said.output
    rows = json.loads(said.stdout)
    assert [row["id"] for row in rows] == list(voice_names())
    for row in rows:
        assert Path(row["file"]).is_file()
        assert home in Path(row["sample"]).parents
        assert read_sound(Path(row["sample"])).seconds > 3
        assert row["licence"]
        assert row["range_hertz"] == sorted(row["range_hertz"])
    consents = {row["kind"]: row["consent"] for row in rows}
    assert consents["designed"] == "belongs to nobody"
    assert "Cubialpha" in consents["cloned"]


def test_a_file_of_one_s_own_and_one_that_is_none(tmp_path: Path) -> None:
    write_voice_file(tmp_path / "mine.voice", replace(made_voice(), sample=b"OggS"))
    (tmp_path / "none.voice").write_bytes(b"nothing")
    said = CliRunner().invoke(app, ["list", str(tmp_path / "mine.voice"), str(tmp_path / "none.voice")])
    assert said.exit_code == 1, said.output
    assert "qingling: 轻灵 Qīnglíng (designed), 165 to 587 Hz" in said.output
    assert "Nobody (designed), 110 to 400 Hz" in said.output
    assert "none.voice is damaged" in said.output
    again = CliRunner().invoke(app, ["list", str(tmp_path / "none.voice"), "--json"])
    assert again.exit_code == 1
    assert "damaged" in json.loads(again.stdout)[-1]["error"]


@pytest.mark.parametrize("full", [False, True])
def test_where_no_sample_can_be_kept_the_list_is_there_without(
    home: Path, full: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if full:

        def no_room(path: Path, _: bytes) -> int:
            path.touch()
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(Path, "write_bytes", no_room)
    else:
        home.touch()
    said = CliRunner().invoke(app, ["list", "--json"])
    assert said.exit_code == 0, said.output
    assert [(row["id"], row["sample"]) for row in json.loads(said.stdout)] == [(name, "") for name in voice_names()]
    assert not list(home.rglob("*.part"))
    plain = CliRunner().invoke(app, ["list"])
    assert plain.exit_code == 0, plain.output
    assert "qingling" in plain.output
    assert "sample:" not in plain.output
