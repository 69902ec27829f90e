"""`nichang voice live` from a file and on a made machine: no sound device is opened here."""

import json
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from msgspec.structs import replace

from performer.voice import device
from performer.voice.convert.voice_file import VoiceFile, write_voice_file
from performer.voice.front.stage import Samples
from performer.voice.pitch import track
from performer.voice.sound import read_sound, resample
from stage.cli.main import main
from tests.performer.voice.convert.made import made_voice, sung
from tests.performer.voice.live.machine import MadeSounds

SECONDS, HERTZ = 1.5, 180.0


def run(capsys: pytest.CaptureFixture[str], *args: object) -> tuple[int, str, str]:
    code = 0
    try:
        main(["voice", "live", *map(str, args)])
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


class Machine(MadeSounds):
    """A machine whose microphone hears a vowel for as long as somebody listens, in real time."""

    def __init__(self) -> None:
        super().__init__()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._hears, daemon=True)
        self.closed = False

    def _hears(self) -> None:
        vowel = sung(1.0, HERTZ)
        at = 0
        while not self._over.wait(0.01):
            self.comes(np.take(vowel, range(at, at + 480), mode="wrap"))
            self.plays(480)
            at += 480

    def open_output(self, device: Any, frames: int, give: Any) -> Any:
        opened = super().open_output(device, frames, give)
        if not self._thread.is_alive():
            self._thread.start()
        return opened

    def close(self) -> None:
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()
        self.closed = True

    @property
    def sound(self) -> Samples:
        return np.concatenate(self.played)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    made = Machine()
    monkeypatch.setattr(device, "PyAudioSounds", lambda: made)
    return made


def test_a_file_goes_through_the_voice(
    vocal: Path, voice: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.wav"
    code, said, _ = run(capsys, "--voice", voice, "--file", vocal, "--out", out, "--transpose", 12, "--json")
    assert code == 0
    row = json.loads(said)
    assert row["seconds"] == pytest.approx(SECONDS, abs=0.02)
    assert row["file"] == str(out)
    # The voice's and the clean-up's delay, as both declare.
    assert 0.040 < row["algorithm"] < 0.050
    assert read_sound(out).seconds == pytest.approx(SECONDS, abs=0.02)
    assert pitch(out) == pytest.approx(2 * HERTZ, rel=0.01)


def test_without_voice_and_clean_up_a_file_passes_as_it_is(
    vocal: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.wav"
    code, said, _ = run(capsys, "--file", vocal, "--out", out, "--no-front", "--seconds", 1)
    assert code == 0
    assert said.startswith("1.0 s in ")
    before, after = read_sound(vocal).mono, read_sound(out).mono
    assert len(after) == 48_000
    assert np.abs(after - before[:48_000]).max() < 1e-4


def test_a_microphone_sings_through_the_voice(
    machine: Machine, voice: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said, _ = run(capsys, "--voice", voice, "--transpose", 12, "--seconds", 3, "--json", "--no-front")
    assert code == 0
    row = json.loads(said)
    assert (row["microphone"], row["loudspeaker"]) == ("Made microphone", "Made loudspeaker")
    assert machine.closed
    hertz = track(resample(machine.sound, 48_000, 16_000)).hertz
    assert np.median(hertz[hertz > 0]) == pytest.approx(2 * HERTZ, rel=0.02)


def test_devices_are_listed(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    _, said, _ = run(capsys, "--devices")
    assert "Microphones (--in):\n *  0  Made microphone  (Made, 1 channels, 48000 Hz)" in said
    assert "Loudspeakers (--out):\n *  1  Made loudspeaker  (Made, 2 channels, 48000 Hz)" in said
    assert machine.closed


def test_devices_as_json_and_a_machine_without_any(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    machine.plugged["out"] = False
    _, said, _ = run(capsys, "--devices", "--json")
    assert [(row["name"], row["inputs"], row["outputs"]) for row in json.loads(said)] == [("Made microphone", 1, 0)]
    code, _, err = run(capsys, "--seconds", 1)
    assert code != 0
    assert "no loudspeaker is connected" in err


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (("--file", "in.wav"), "--file needs --out"),
        (("--file", "none.wav", "--out", "out.wav"), "none.wav: no such file"),
        (("--file", "in.wav", "--out", "none/out.wav"), "cannot write none/out.wav"),
        (("--voice", "nobdy", "--file", "in.wav", "--out", "out.wav"), "there is no voice 'nobdy'"),
        (("--front", "none.toml", "--file", "in.wav", "--out", "out.wav"), "cannot read none.toml"),
        (("--transpose", "30"), "less than or equal to 24"),
        (("--in", "gramophone", "--seconds", "1"), "there is no microphone 'gramophone'; there are: 0 Made microphone"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_written(
    machine: Machine,
    vocal: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    args: tuple[str, ...],
    why: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = run(capsys, *args)
    assert code != 0
    assert why in " ".join(err.replace("│", " ").split())
    assert [path.name for path in tmp_path.iterdir()] == ["in.wav"]


def test_live_use_is_asked_of_whose_voice_it_is(
    vocal: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = made_voice()
    consent = (
        'person = "Ann"\nrecordings = "hers"\nuses = ["train"]\nfrom = 2020-01-01\ncontact = "a"\n'
        'signature = "Ann"\nsigned = 2020-01-01\n'
    )
    card = replace(made.card, kind="cloned")
    theirs = VoiceFile(card, made.members, made.statistics, made.codebook, consent=consent)
    write_voice_file(tmp_path / "ann.voice", theirs)
    given = ("--voice", tmp_path / "ann.voice", "--file", vocal, "--out", tmp_path / "out.wav")
    code, _, err = run(capsys, *given)
    assert code != 0
    assert "Ann allows train, not live" in err
    assert not (tmp_path / "out.wav").exists()
