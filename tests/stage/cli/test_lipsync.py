"""`nichang lipsync` from the outside: a face file, a picture, and one line for each wrong use."""

import errno
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from motion.music.song_map import Curve, Section, SongMap, encode_song_map
from performer.face import picture
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


def sounds(folder: Path) -> None:
    """Sounds that nobody wishes for, each under its name."""
    rate = 8000
    t = np.arange(6 * rate) / rate
    tone = (0.2 * np.sin(2 * np.pi * 220 * t)).astype(np.float32)
    write_wav(folder / "blip.wav", Sound(tone[: rate // 5, None], rate))
    write_wav(folder / "silence.wav", Sound(np.zeros((6 * rate, 1), np.float32), rate))
    soundfile.write(folder / "eight.wav", tone, rate, subtype="PCM_U8")
    soundfile.write(folder / "six.wav", np.stack([tone] * 6, axis=1), 48_000)
    holes = tone.copy()
    holes[1000:3000] = np.nan
    soundfile.write(folder / "holes.wav", holes, rate, subtype="FLOAT")
    (folder / "empty.wav").touch()
    (folder / "noise.mp3").write_bytes(np.random.default_rng(0).bytes(5000))


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["nothing.wav"], "no such file"),
        (["."], "folder"),
        (["song.json"], "not a sound file"),
        (["noise.mp3"], "not a sound file"),
        (["empty.wav"], "empty"),
        (["blip.wav"], "at least"),
        (["voice.wav", "--song-map", "words.lrc"], "not a song map"),
        (["voice.wav", "--song-map", "nothing.json"], "cannot read song map"),
        (["silence.wav", "--song-map", "song.json"], "nichang listen"),
        (["voice.wav", "--song-map", "song.json", "--vocal", "long.wav"], "start and end together"),
        (["voice.wav", "--song-map", "song.json", "--lyrics", "nothing.lrc"], "cannot read the lyrics nothing.lrc"),
        (["voice.wav", "--song-map", "song.json", "--lyrics", "song.json"], "song.json: no line with a time"),
        (["voice.wav", "--song-map", "song.json", "--lyrics", "late.lrc"], "are they of this song"),
        (["voice.wav", "-o", "nowhere/face.json"], "cannot write"),
        (["voice.wav", "-o", "."], "folder"),
        (["voice.wav", "-o", "face.json", "--plot", "nowhere/face.png"], "cannot write"),
    ],
)
def test_each_wrong_use_is_one_line(
    args: list[str], says: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    sounds(folder)
    (folder / "late.lrc").write_text("[30:00.00]la\n", encoding="utf-8")
    write_wav(folder / "long.wav", Sound(np.full((20 * 8000, 1), 0.1, np.float32), 8000))
    before = set(folder.iterdir())
    assert run(*args) == 1
    error = capfd.readouterr().err
    assert says in error
    assert error.count("\n") == 1
    assert set(folder.iterdir()) == before, "nothing is left behind"


@pytest.mark.parametrize("name", ["silence.wav", "eight.wav", "six.wav", "holes.wav"])
def test_odd_sounds_have_a_face_too(name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sounds(folder)
    out = folder / "odd.json"
    assert run(folder / name, "-o", out, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    face = decode_face(out.read_bytes())
    assert len(face) == found["frames"] > 50
    if name == "silence.wav":
        assert found["mouth_open_share"] == 0.0
        assert face.weights.max() > 0.5, "she blinks all the same"


def test_a_full_disk_is_said_and_leaves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(self: Path, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    out = folder / "full.json"
    assert run(folder / "voice.wav", "--song-map", folder / "song.json", "-o", out) == 1
    assert "No space left" in capsys.readouterr().err
    assert not list(folder.glob("*full.json*"))


def test_a_picture_that_cannot_be_drawn_is_said_before_the_work(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing() -> None:
        raise picture.PictureError("a picture needs matplotlib: make setup EXTRAS=plot")

    monkeypatch.setattr(picture, "need_picture", missing)
    out = folder / "unmade.json"
    assert run(folder / "voice.wav", "-o", out, "--plot", folder / "unmade.png") == 1
    assert "EXTRAS=plot" in capsys.readouterr().err
    assert not out.exists()


def test_the_same_seed_writes_the_same_bytes(folder: Path) -> None:
    for name, seed in (("one.json", 4), ("two.json", 4), ("three.json", 5)):
        assert run(folder / "voice.wav", "--song-map", folder / "song.json", "--seed", seed, "-o", folder / name) == 0
    one, two, three = (
        np.frombuffer((folder / n).read_bytes(), np.uint8) for n in ("one.json", "two.json", "three.json")
    )
    assert np.array_equal(one, two)
    assert not np.array_equal(one, three)
