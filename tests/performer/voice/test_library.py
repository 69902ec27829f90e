"""A name or a path becomes a voice: read once while its file stays, asked for its consent every time."""

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from motion.errors import UserError
from performer.voice import library
from performer.voice.consent import ConsentError
from performer.voice.convert.voice_file import VoiceFile, read_voice_file, write_voice_file
from performer.voice.library import open_voice
from tests.performer.voice.convert.made import made_voice


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that are read."""
    met: list[str] = []

    def read(path: Path) -> VoiceFile:
        met.append(path.name)
        return read_voice_file(path)

    monkeypatch.setattr(library, "read_voice_file", read)
    monkeypatch.setattr(library, "_last", [])
    return met


def test_a_voice_is_read_once_however_it_is_named_and_again_when_its_file_is_another(
    tmp_path: Path, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "made.voice"
    write_voice_file(path, made_voice())
    monkeypatch.chdir(tmp_path)
    assert open_voice(path, "live") is open_voice("made.voice", "commercial") is open_voice(str(path))
    assert reads == ["made.voice"]
    voice = made_voice()
    write_voice_file(path, replace(voice, card=msgspec.structs.replace(voice.card, name="Another")))
    assert open_voice(path).card.name == "Another"
    assert reads == ["made.voice"] * 2
    path.unlink()
    with pytest.raises(UserError, match="there is no voice"):
        open_voice(path)


def test_consent_is_asked_for_each_use_of_a_voice_that_was_read(tmp_path: Path, reads: list[str]) -> None:
    path = tmp_path / "made.voice"
    voice = made_voice()
    write_voice_file(path, replace(voice, card=msgspec.structs.replace(voice.card, kind="cloned")))
    open_voice(path)
    for _ in range(2):
        with pytest.raises(ConsentError, match="carries no consent"):
            open_voice(path, "live")
    assert reads == ["made.voice"]


def test_what_is_larger_than_a_voice_of_ours_is_not_held(
    tmp_path: Path, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "made.voice"
    write_voice_file(path, made_voice())
    monkeypatch.setattr(library, "_LARGEST_KEPT", path.stat().st_size - 1)
    open_voice(path)
    open_voice(path)
    assert reads == ["made.voice"] * 2
