"""`nichang lipsync` from the outside: a face file, a picture, and one line for each wrong use."""

import json
from pathlib import Path

import numpy as np
import pytest

from motion.music.song_map import Curve, Section, SongMap, encode_song_map
from performer.face.phrases import mouth_opening
from performer.face.track_file import decode_face
from performer.voice.sound import Sound, write_wav
from stage.cli.main import main
from tests.bench.lips import vowel_train


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short vocal and its song map, so that nothing has to be listened to."""
    folder = tmp_path_factory.mktemp("lipsync")
    train = vowel_train(seed=2, count=10)
    write_wav(folder / "voice.wav", Sound(train.sound[:, None], train.rate))
    seconds = len(train.sound) / train.rate
    song = SongMap(
        duration=seconds,
        bpm=0.0,
        beats=[],
        downbeats=[],
        bars=[],
        sections=[Section(0.0, seconds, "verse", 0)],
        energy=Curve(1.0, [0.5]),
        vocal=Curve(1.0, [1.0]),
    )
    (folder / "song.json").write_bytes(encode_song_map(song))
    (folder / "words.lrc").write_text("[00:00.50]la la la la la la la la la la\n", encoding="utf-8")
    return folder


def run(*args: object) -> int:
    with pytest.raises(SystemExit) as end:
        main(["lipsync", *map(str, args)])
    return int(end.value.code or 0)


def test_a_voice_becomes_a_face_file_and_a_picture(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, picture = folder / "face.json", folder / "face.png"
    code = run(folder / "voice.wav", "--song-map", folder / "song.json", "--lyrics", folder / "words.lrc",
               "--vocal", folder / "voice.wav", "-o", out, "--plot", picture, "--json")  # fmt: skip
    assert code == 0
    found = json.loads(capsys.readouterr().out)
    face = decode_face(out.read_bytes())
    assert found["frames"] == len(face)
    assert found["lyric_lines"] == 1
    assert mouth_opening(face.weights).max() > 0.4
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_auto_takes_the_words_that_lie_beside_the_song(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "voice.lrc").write_text("[00:00.50]la la\n[00:03.00]la\n", encoding="utf-8")
    assert (
        run(
            folder / "voice.wav",
            "--song-map",
            folder / "song.json",
            "--lyrics",
            "auto",
            "-o",
            folder / "a.json",
            "--json",
        )
        == 0
    )
    assert json.loads(capsys.readouterr().out)["lyric_lines"] == 2


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["nothing.wav"], "no such file"),
        (["song.json"], "not a sound file"),
        (["voice.wav", "--song-map", "words.lrc"], "not a song map"),
        (["voice.wav", "--song-map", "song.json", "--lyrics", "nothing.lrc"], "cannot read lyrics"),
        (["voice.wav", "--song-map", "song.json", "--lyrics", "song.json"], "no line with a time"),
        (["voice.wav", "--song-map", "song.json", "-o", "nowhere/face.json"], "cannot write"),
    ],
)
def test_each_wrong_use_is_one_line(
    args: list[str], says: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    assert run(*args) == 1
    error = capsys.readouterr().err
    assert says in error
    assert error.count("\n") == 1
    assert not list(folder.glob(".*.part"))


def test_the_same_seed_writes_the_same_bytes(folder: Path) -> None:
    for name, seed in (("one.json", 4), ("two.json", 4), ("three.json", 5)):
        assert run(folder / "voice.wav", "--song-map", folder / "song.json", "--seed", seed, "-o", folder / name) == 0
    one, two, three = (
        np.frombuffer((folder / n).read_bytes(), np.uint8) for n in ("one.json", "two.json", "three.json")
    )
    assert np.array_equal(one, two)
    assert not np.array_equal(one, three)
