"""`nichang listen` from the outside: a song map, clicks, a picture, JSON, and one line for each wrong use."""

import importlib.util
import json
from importlib.machinery import ModuleSpec
from pathlib import Path

import numpy as np
import pytest

from motion.music.song_map import decode_song_map
from performer.voice.sound import Sound, read_sound, write_wav
from stage.cli.main import main
from tests.motion.music.made import RATE, band


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixteen seconds of drums and chords."""
    path = tmp_path_factory.mktemp("listen") / "song.wav"
    sound, _ = band(120.0, 8, 4)
    write_wav(path, Sound(sound[:, None], RATE))
    return path


def run(*args: object) -> int:
    with pytest.raises(SystemExit) as end:
        main(["listen", *map(str, args)])
    return int(end.value.code or 0)


def test_json_says_what_the_written_map_says(song: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "map.json"
    assert run(song, "-o", out, "--json") == 0
    said = json.loads(capsys.readouterr().out)
    written = decode_song_map(out.read_bytes())
    assert said["file"] == str(out)
    assert (said["bpm"], said["key"], said["beats"]) == (written.bpm, written.key, len(written.beats))
    assert said["bpm"] == pytest.approx(120.0, abs=1.0)
    assert said["sections"] == [section.label for section in written.sections]
    assert written.title == "song"


def test_without_json_one_line_says_it(song: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(song, "-o", tmp_path / "map.json") == 0
    lines = capsys.readouterr().out.strip().splitlines()
    assert len(lines) == 1
    assert "bpm" in lines[0]
    assert "key" in lines[0]


def test_click_track_lasts_as_long_as_the_song_and_clicks_on_its_beats(song: Path, tmp_path: Path) -> None:
    out, click = tmp_path / "map.json", tmp_path / "click.wav"
    assert run(song, "-o", out, "--click", click) == 0
    heard, before, after = decode_song_map(out.read_bytes()), read_sound(song), read_sound(click)
    assert after.samples.shape == before.samples.shape
    added = np.abs(after.mono - 0.7 * before.mono)
    on = [added[int(t * RATE) : int((t + 0.02) * RATE)].max() for t in heard.beats]
    off = [added[int((t + 0.15) * RATE) : int((t + 0.2) * RATE)].max() for t in heard.beats[:-1]]
    assert min(on) > 0.1
    assert max(off) < 0.05


def test_plot_is_drawn(song: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    picture = tmp_path / "map.png"
    assert run(song, "-o", tmp_path / "map.json", "--plot", picture) == 0
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_plot_without_matplotlib_is_told_before_listening(
    song: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    find = importlib.util.find_spec

    def no_matplotlib(name: str, package: str | None = None) -> ModuleSpec | None:
        return None if name.split(".")[0] == "matplotlib" else find(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", no_matplotlib)
    out = tmp_path / "map.json"
    assert run(song, "-o", out, "--plot", tmp_path / "map.png") != 0
    assert "matplotlib" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize(("name", "word"), [("missing.wav", "missing.wav"), ("words.wav", "words.wav")])
def test_what_cannot_be_heard_is_told(name: str, word: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "words.wav").write_text("no sound at all", encoding="utf-8")
    assert run(tmp_path / name, "-o", tmp_path / "map.json") != 0
    told = capsys.readouterr().err
    assert word in told
    assert "Traceback" not in told


def test_result_in_no_folder_is_told_before_listening(
    song: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(song, "-o", tmp_path / "none" / "map.json") != 0
    assert "no folder" in capsys.readouterr().err
