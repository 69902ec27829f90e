"""`nichang listen` from the outside: a song map, clicks, a picture, JSON, and one line for each wrong use."""

import importlib.util
import json
import resource
from importlib.machinery import ModuleSpec
from pathlib import Path

import numpy as np
import pytest
import soundfile

from motion.music.song_map import decode_song_map
from performer.voice.sound import Sound, read_sound, resample, write_wav
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


def told_in_one_line(captured: str) -> str:
    """The message, once it is sure that there is nothing else."""
    lines = [line for line in captured.splitlines() if line.strip()]
    assert len(lines) == 1, captured
    assert "Traceback" not in captured
    return lines[0]


def bad_file(folder: Path, kind: str) -> Path:
    path = folder / f"{kind}.wav"
    if kind == "words":
        path.write_text("no sound at all " * 400, encoding="utf-8")
    elif kind == "mp3":
        path = folder / "words.mp3"
        path.write_text("no sound at all " * 400, encoding="utf-8")
    elif kind == "empty":
        path.write_bytes(b"")
    elif kind == "short":
        write_wav(path, Sound(np.full((RATE // 5, 1), 0.1, np.float32), RATE))
    elif kind == "header":
        path.write_bytes(b"RIFF\x24\x00\x00\x00WAVEfmt ")
    elif kind == "folder":
        path.mkdir()
    return path


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("missing", "no such file"),
        ("words", "not a sound file"),
        ("mp3", "not a sound file"),
        ("empty", "empty"),
        ("short", "at least 0.5 s"),
        ("header", "not a sound file"),
        ("folder", "folder"),
    ],
)
def test_what_cannot_be_heard_is_told_in_one_line(
    kind: str, says: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path, out = bad_file(tmp_path, kind), tmp_path / "map.json"
    assert run(path, "-o", out) == 1
    line = told_in_one_line(capfd.readouterr().err)
    assert says in line
    assert path.name in line
    assert not out.exists()


@pytest.mark.parametrize("kind", ["silence", "8 bit", "six channels", "no numbers"])
def test_odd_sound_is_heard_nevertheless(kind: str, song: Path, tmp_path: Path) -> None:
    path, out = tmp_path / "odd.wav", tmp_path / "map.json"
    samples = read_sound(song).samples
    if kind == "silence":
        soundfile.write(path, np.zeros((3 * RATE, 2)), RATE)
    elif kind == "8 bit":
        soundfile.write(path, resample(samples, RATE, 8000), 8000, subtype="PCM_U8")
    elif kind == "six channels":
        soundfile.write(path, np.repeat(0.5 * samples, 6, axis=1), RATE)
    else:
        holed = np.repeat(samples, 2, axis=1)
        holed[5 * RATE : 5 * RATE + 300] = np.nan
        holed[7 * RATE, 0] = np.inf
        soundfile.write(path, holed, RATE, subtype="FLOAT")
    assert run(path, "-o", out) == 0
    heard = decode_song_map(out.read_bytes())
    if kind == "silence":
        assert (heard.bpm, [section.label for section in heard.sections]) == (0.0, ["silence"])
    else:
        assert heard.bpm == pytest.approx(120.0, abs=1.0)
        assert heard.duration == pytest.approx(read_sound(song).seconds, abs=0.01)


@pytest.mark.parametrize("option", ["-o", "--click", "--plot"])
def test_a_result_never_takes_the_place_of_the_song_or_a_device(
    option: str, song: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "song.wav"
    own.write_bytes(song.read_bytes())
    (tmp_path / "link").symlink_to("/dev/null")
    for target, says in ((own, "is read here"), (tmp_path / "link", "no regular file"), (tmp_path, "is a folder")):
        assert run(own, "-o", tmp_path / "map.json", option, target) == 1
        assert says in told_in_one_line(capfd.readouterr().err)
    assert own.read_bytes() == song.read_bytes()
    assert (tmp_path / "link").is_symlink()
    assert not (tmp_path / "map.json").exists()


@pytest.mark.parametrize("option", ["-o", "--click"])
def test_no_room_is_told_and_nothing_is_left(
    option: str, song: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A limit on the size of a file stands for a full disk: the system refuses in the middle of writing."""
    out = tmp_path / "out"
    out.mkdir()
    arguments = (
        [song, "-o", out / "map.json"] if option == "-o" else [song, "-o", out / "map.json", "--click", out / "c"]
    )
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000 if option == "-o" else 100_000, hard))
    try:
        code = run(*arguments)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert code == 1
    assert "cannot write" in told_in_one_line(capfd.readouterr().err)
    assert [path.name for path in out.iterdir()] == ([] if option == "-o" else ["map.json"])


def test_a_stem_makes_the_vocal_curve_exact(song: Path, tmp_path: Path) -> None:
    stem = np.zeros((int(8 * RATE), 1), np.float32)
    stem[2 * RATE : 4 * RATE] = 0.3 * np.sin(np.arange(2 * RATE) * 0.1)[:, None]
    write_wav(tmp_path / "voice.wav", Sound(stem, RATE))
    assert run(song, "-o", tmp_path / "map.json", "--vocal", tmp_path / "voice.wav") == 0
    vocal = decode_song_map((tmp_path / "map.json").read_bytes()).vocal
    assert [vocal.at(t) for t in (1.0, 3.0, 5.0, 12.0)] == [0.0, 1.0, 0.0, 0.0]


def test_result_in_no_folder_is_told_before_listening(
    song: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(song, "-o", tmp_path / "none" / "map.json") != 0
    assert "no folder" in capsys.readouterr().err
