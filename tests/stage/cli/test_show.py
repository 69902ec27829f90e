"""`nichang show`: who sings, a cover or a microphone; what is asked for without a microphone is refused."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from performer.voice.convert.voice_file import write_voice_file
from performer.voice.sound import Sound, write_wav
from stage.cli.main import main
from stage.server import run
from stage.server.live_voice import VoiceSource
from tests.performer.voice.convert.made import made_voice


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[Any, dict[str, Any]]]:
    """The songs and the options of every show that would have begun."""
    monkeypatch.chdir(tmp_path)
    write_voice_file(tmp_path / "made.voice", made_voice())
    write_wav(tmp_path / "hum.wav", Sound(np.full((48_000, 1), 0.1, np.float32), 48_000))
    (tmp_path / "words.txt").write_text("no sound", encoding="utf-8")
    shows: list[tuple[Any, dict[str, Any]]] = []
    monkeypatch.setattr(run, "serve", lambda sources, avatar, **options: shows.append((sources, options)))
    return shows


def show(*args: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["show", "--avatar", "mannequin", "--json", *args])
    return int(ended.value.code or 0)


def test_without_a_microphone_the_songs_are_covers_and_nobody_sings_over_them(served: list[Any]) -> None:
    assert show("--voice", "made.voice") == 0
    ((song,), options) = served[0]
    assert song.voice == "made.voice"
    assert "歌声 Voice · Nobody" in song.credits
    # What is dropped later is a cover, too.
    assert (options["voice"], options["cover"]) == (None, "made.voice")


@pytest.mark.parametrize("voice", ["made.voice", "none"])
def test_with_a_microphone_the_songs_keep_their_singer(served: list[Any], voice: str) -> None:
    assert show("--voice", voice, "--microphone", "default", "--loudspeaker", "hdmi", "--transpose", "-2") == 0
    ((song,), options) = served[0]
    assert song.voice == options["cover"] == ""
    assert options["voice"] == VoiceSource(voice, "default", "hdmi", -2.0)


def test_a_file_sings_in_place_of_a_microphone(served: list[Any]) -> None:
    assert show("--voice", "made.voice", "--microphone-file", "hum.wav") == 0
    ((song,), options) = served[0]
    assert song.voice == options["cover"] == ""
    assert options["voice"] == VoiceSource("made.voice", file="hum.wav")


def test_without_a_voice_everything_is_as_it_is(served: list[Any]) -> None:
    assert show() == 0
    ((song,), options) = served[0]
    assert (song.voice, options["voice"], options["cover"]) == ("", None, "")


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("--voice", "made.voice", "--transpose", "3"), "add --voice NAME --microphone default"),
        (("--voice", "made.voice", "--loudspeaker", "hdmi"), "add --voice NAME --microphone default"),
        (("--transpose", "3"), "add --voice NAME --microphone default"),
        (("--voice", "none"), "add --microphone default"),
        (("--microphone", "default"), "need --voice NAME"),
        (("--microphone-file", "hum.wav"), "need --voice NAME"),
        (("--voice", "none", "--microphone-file", "away.wav"), "--microphone-file: away.wav: no such file"),
        (("--voice", "made.voice", "--microphone-file", "words.txt"), "--microphone-file: words.txt"),
        (("--voice", "made.voice", "--microphone-file", "."), "--microphone-file: . is a folder"),
        (("--voice", "none", "--microphone-file", "hum.wav", "--microphone", "default"), "give one of them"),
        (("--voice", "qinglin"), "Did you mean qingling?"),
        (("--voice", "qinglin", "--microphone", "default"), "Did you mean qingling?"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence(
    served: list[Any], args: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert show(*args) == 1
    said = capsys.readouterr().err
    assert says in said
    assert said.count("\n") == 1
    assert not served
