"""`nichang voice convert` with a made voice: what is written, what is told, what is refused before any work."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from msgspec.structs import replace

from performer.voice.convert.voice_file import VoiceFile, write_voice_file
from performer.voice.mark.files import read_label
from performer.voice.pitch import track
from performer.voice.sound import read_sound, resample
from stage.cli.main import main
from tests.performer.voice.convert.made import made_voice, sung

SECONDS, HERTZ = 1.2, 200.0


def run(capsys: pytest.CaptureFixture[str], *args: object) -> tuple[int, str, str]:
    code = 0
    try:
        main(["voice", "convert", *map(str, args)])
    except SystemExit as ended:
        code = int(ended.code or 0)
    said = capsys.readouterr()
    return code, said.out, said.err


def pitch(path: Path) -> float:
    sound = read_sound(path)
    hertz = track(resample(sound.mono, sound.rate, 16_000)).hertz
    return float(np.median(hertz[hertz > 0]))


@pytest.fixture
def vocal(tmp_path: Path) -> Path:
    path = tmp_path / "in.wav"
    soundfile.write(path, sung(SECONDS, HERTZ), 48_000, subtype="PCM_16")
    return path


@pytest.fixture
def voice(tmp_path: Path) -> Path:
    path = tmp_path / "nobody.voice"
    write_voice_file(path, made_voice())
    return path


def test_a_recording_in_another_voice(
    vocal: Path, voice: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.flac"
    code, said, _ = run(capsys, vocal, "--voice", voice, "-o", out, "--transpose", 7, "--json")
    assert code == 0
    row = json.loads(said)
    assert row == {
        "in": str(vocal), "out": str(out), "voice": "Nobody", "seconds": SECONDS, "semitones": 7.0, "scale": "",
        "parts": ["lead"],
    }  # fmt: skip
    assert read_sound(out).seconds == pytest.approx(SECONDS, abs=0.001)
    assert pitch(out) == pytest.approx(HERTZ * 2 ** (7 / 12), rel=0.01)
    label = read_label(out)
    assert label is not None
    assert "AI-generated voice" in label.comment
    assert "Nobody" in label.comment
    # The recording is as it was.
    assert read_label(vocal) is None


def test_one_s_own_voice_with_takes_by_a_style_and_an_option_that_wins(
    vocal: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    style = tmp_path / "style.toml"
    style.write_text('transpose = 5\ntune = "chromatic"\ndouble = 1\n')
    out = tmp_path / "out.wav"
    code, said, _ = run(capsys, vocal, "--voice", "none", "-o", out, "--style", style, "--transpose", "-5")
    assert code == 0
    assert said.startswith(f"{out}: 1.2 s, -5 semitones, key chromatic, lead, ")
    assert read_sound(out).samples.shape[1] == 2
    # G3, five semitones lower.
    assert pitch(out) == pytest.approx(196.0 * 2 ** (-5 / 12), rel=0.01)


def test_an_option_wins_over_the_style_also_where_it_is_what_it_would_be_without(
    vocal: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    style = tmp_path / "style.toml"
    style.write_text('transpose = 5\ntune = "chromatic"\n')
    options = ("--style", style, "--transpose", "0", "--tune", "")
    code, said, _ = run(capsys, vocal, "--voice", "none", "-o", tmp_path / "out.wav", *options)
    assert code == 0
    assert said.strip() == f"{tmp_path / 'out.wav'}: 1.2 s"


def test_stems_are_laid_back_over_the_accompaniment(
    vocal: Path, voice: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    t = np.arange(round(SECONDS * 44_100)) / 44_100
    band = np.stack([0.2 * np.sin(2 * np.pi * 1000 * t), 0.1 * np.sin(2 * np.pi * 3000 * t)], axis=1)
    soundfile.write(tmp_path / "band.wav", band, 44_100)
    out = tmp_path / "out.wav"
    args = (tmp_path / "band.wav", "--song", "--stems", vocal, tmp_path / "band.wav", "--voice", voice, "-o", out)
    assert run(capsys, *args)[0] == 0
    whole = read_sound(out)
    spectrum = np.abs(np.fft.rfft(whole.samples[: whole.rate], axis=0)) / (whole.rate / 2)
    # The band is where it was, left and right; the voice is in the middle.
    assert spectrum[999:1002, 0].max() == pytest.approx(0.2, rel=0.1)
    assert spectrum[2999:3002, 1].max() == pytest.approx(0.1, rel=0.1)
    assert spectrum[190:210].max(axis=0).min() > 0.003


def test_a_folder_becomes_a_folder(vocal: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "takes"
    folder.mkdir()
    for name in ("one.wav", "two.wav"):
        (folder / name).write_bytes(vocal.read_bytes())
    (folder / "notes.txt").write_text("no sound")
    code, said, _ = run(capsys, folder, "--voice", "none", "-o", tmp_path / "new", "--json")
    assert code == 0
    assert [Path(row["out"]).name for row in json.loads(said)] == ["one.flac", "two.flac"]
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["one.flac", "two.flac"]


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (("in.wav", "--voice", "none", "-o", "out.txt"), "must end in one of"),
        (("in.wav", "--voice", "none", "-o", "in.wav"), "in.wav is read here"),
        (("in.wav", "--voice", "nobdy.voice", "-o", "out.wav"), "there is no voice 'nobdy.voice'"),
        (("in.wav", "--voice", "none", "-o", "out.wav", "--transpose", "up"), "no number of semitones and not auto"),
        (("in.wav", "--voice", "none", "-o", "out.wav", "--formant", "9"), "formant"),
        (("in.wav", "--voice", "none", "-o", "out.wav", "--tune", "H sharp"), "is no key or scale"),
        (("in.wav", "--voice", "none", "-o", "out.wav", "--harmony", "tenth"), "there is no harmony 'tenth'"),
        (("in.wav", "--voice", "none", "-o", "out.wav", "--style", "none.toml"), "cannot read none.toml"),
        (("in.wav", "--voice", "none", "-o", "out.wav", "--separator", "magic"), "there is no separator 'magic'"),
        (("in.wav", "--voice", "none", "-o", "out.wav", "--stems", "in.wav", "in.wav"), "--stems goes with --song"),
        (("none.wav", "--voice", "none", "-o", "out.wav"), "none.wav: no such file"),
        (("empty", "--voice", "none", "-o", "new"), "no sound file in empty"),
    ],
)
def test_what_cannot_be_is_one_line_and_writes_nothing(
    vocal: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    args: tuple[str, ...],
    why: str,
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    before = vocal.read_bytes()
    code, _, err = run(capsys, *args)
    assert code != 0
    assert why in err.replace("\n", " ")
    assert vocal.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "in.wav"]


def test_somebody_s_voice_needs_their_consent(vocal: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = made_voice()
    theirs = VoiceFile(replace(made.card, kind="cloned"), made.members, made.statistics, made.codebook)
    write_voice_file(tmp_path / "theirs.voice", theirs)
    code, _, err = run(capsys, vocal, "--voice", tmp_path / "theirs.voice", "-o", tmp_path / "out.wav")
    assert code != 0
    assert "carries no consent" in err
    assert not (tmp_path / "out.wav").exists()
