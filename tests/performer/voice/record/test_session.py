"""The folder of a recording: nothing is lost by a kill, nothing half-written, wrong folders are told in a sentence."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from motion.errors import UserError
from performer.voice.record import session as session_module
from performer.voice.record.meter import SILENCE_LUFS
from performer.voice.record.session import RATE, STATE_NAME, RecordError, TakeNote, open_session
from tests.performer.voice.record.made import LINES, made_session, room, take

ROOM, FIRST, SECOND = LINES[:3]
NOTE = TakeNote(FIRST.text, 3.6, -22.0, -65.0, "good", "good")


def test_a_take_is_24_bit_48_khz_and_is_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = made_session(tmp_path / "new" / "folder", monkeypatch)
    sound = take()
    session.keep(FIRST, sound, RATE, NOTE)
    info = soundfile.info(session.path(FIRST))
    assert (info.samplerate, info.channels, info.subtype) == (48_000, 1, "PCM_24")
    again = made_session(session.folder, monkeypatch)
    assert again.note(FIRST) == NOTE
    assert (again.done, again.is_done(FIRST), again.is_done(SECOND)) == (1, True, False)
    assert again.seconds == NOTE.seconds
    kept, _ = soundfile.read(again.path(FIRST), dtype="float32")
    assert np.abs(kept - sound).max() < 2.0**-22


def test_other_rates_become_48_khz(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = made_session(tmp_path, monkeypatch)
    session.keep(FIRST, room(1.0, rate=44_100), 44_100, NOTE)
    assert soundfile.info(session.path(FIRST)).frames == 48_000


def test_killed_between_sound_and_note_the_take_is_measured_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = made_session(tmp_path, monkeypatch)
    before = (tmp_path / STATE_NAME).read_bytes()
    session.keep(ROOM, room(2.0), RATE, NOTE)
    session.keep(FIRST, take(), RATE, NOTE)
    session.keep(SECOND, take(0.3), RATE, NOTE)
    (tmp_path / STATE_NAME).write_bytes(before)
    (tmp_path / ".en-002.wav.part").write_bytes(b"RIFF half of it")
    again = made_session(tmp_path, monkeypatch)
    first, second = again.note(FIRST), again.note(SECOND)
    assert first is not None
    assert second is not None
    assert (first.grade, first.text, first.seconds) == ("good", FIRST.text, 3.6)
    assert second.grade == "again"
    assert again.room_lufs == pytest.approx(-63.0, abs=2.0)


def test_a_note_without_its_sound_is_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = made_session(tmp_path, monkeypatch)
    session.keep(FIRST, take(), RATE, NOTE)
    session.path(FIRST).unlink()
    assert made_session(tmp_path, monkeypatch).note(FIRST) is None
    session.path(FIRST).write_bytes(b"no sound at all")
    assert made_session(tmp_path, monkeypatch).note(FIRST) is None
    assert session.path(FIRST).read_bytes() == b"no sound at all"


def test_a_full_disk_leaves_the_earlier_take(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = made_session(tmp_path, monkeypatch)
    session.keep(FIRST, take(), RATE, NOTE)
    before = session.path(FIRST).read_bytes()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(session_module.soundfile, "write", full)
    with pytest.raises(RecordError, match="No space left"):
        session.keep(FIRST, room(1.0), RATE, NOTE)
    assert session.path(FIRST).read_bytes() == before
    assert not list(tmp_path.glob(".*"))


def test_guide_tones_stay_where_a_voice_can_sing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = made_session(tmp_path, monkeypatch)
    session.set_transpose(-12)
    assert made_session(tmp_path, monkeypatch).transpose == -12
    session.set_transpose(100)
    assert session.transpose == 12
    assert session.room_lufs == SILENCE_LUFS


def test_wrong_folders_are_told(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(RecordError, match="is a file; name a folder"):
        open_session(file)
    with pytest.raises(RecordError, match="cannot"):
        open_session(file / "below", "en")
    open_session(tmp_path / "zh", "zh")
    assert open_session(tmp_path / "zh").script.language == "zh"
    with pytest.raises(RecordError, match="holds a recording in 'zh'"):
        open_session(tmp_path / "zh", "en")
    with pytest.raises(UserError, match="there is no script"):
        open_session(tmp_path / "new", "xx")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (b"", "damaged"),
        (b"[]", "damaged"),
        (b'{"version": 1', "damaged"),
        (b'{"version": "1", "language": "en"}', "damaged"),
        (b"\xff\xfe", "damaged"),
        (b'{"version": 9, "language": "en"}', "newer nichang"),
        (b'{"version": 1, "language": "xx"}', "there is no script"),
    ],
)
def test_a_damaged_state_is_told_and_left(tmp_path: Path, state: bytes, said: str) -> None:
    (tmp_path / STATE_NAME).write_bytes(state)
    with pytest.raises(UserError, match=said):
        open_session(tmp_path)
    assert (tmp_path / STATE_NAME).read_bytes() == state


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=200)
    | st.dictionaries(st.text(), st.integers() | st.text()).map(lambda d: json.dumps(d).encode())
)
def test_any_state_is_read_or_our_error(tmp_path: Path, state: bytes) -> None:
    (tmp_path / STATE_NAME).write_bytes(state)
    try:
        open_session(tmp_path)
    except UserError as error:
        assert "\n" not in str(error)
