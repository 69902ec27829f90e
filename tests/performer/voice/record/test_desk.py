"""The course of a recording with made takes: one key leads through, a bad take stays, nothing depends on blocks."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from performer.voice.record.desk import PRESSES, Desk, Effect
from performer.voice.record.guide import hertz_of
from performer.voice.record.session import RATE, RecordError, Session
from tests.performer.voice.record.made import LINES, Sound, buzz, made_session, pieces, room, take

ROOM, FIRST, SECOND, HELD, SONG = LINES


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    return made_session(tmp_path, monkeypatch)


def feed(desk: Desk, sound: Sound, block: int = 1024) -> None:
    for first in range(0, len(sound), block):
        desk.feed(sound[first : first + block])


def said(desk: Desk) -> tuple[str, str]:
    assert desk.verdict is not None
    assert desk.judged is not None
    return desk.judged.id, desk.verdict.grade


def record(desk: Desk, sound: Sound) -> None:
    desk.press("go")
    desk.guide_done()
    feed(desk, sound)
    if desk.phase == "taking":
        desk.press("go")


def held(hertz: float) -> Sound:
    sound = room(3.4)
    sound[RATE : RATE + 2 * RATE] += buzz(2.0, hertz=hertz)
    return sound


def test_one_key_leads_through_the_whole_script(session: Session) -> None:
    desk = Desk(session, RATE)
    for line, sound in ((ROOM, room(3.0)), (FIRST, take()), (SECOND, take()), (HELD, held(440.0)), (SONG, take())):
        assert desk.line is line
        assert not desk.finished
        record(desk, sound)
        assert said(desk) == (line.id, "good")
    assert desk.finished
    assert session.done == len(LINES)
    assert desk.line is SONG


def test_a_line_ends_by_itself_when_there_is_a_hush(session: Session) -> None:
    desk = Desk(session, RATE, start=2)
    desk.press("go")
    feed(desk, take(after=0.9))
    assert desk.phase == "taking"
    feed(desk, room(1.0))
    assert desk.phase == "ready"
    assert said(desk) == (FIRST.id, "good")
    still = Desk(session, RATE, hush=False, start=3)
    still.press("go")
    feed(still, take(after=3.0))
    assert still.phase == "taking"


def test_what_is_kept_is_trimmed_to_voice_with_breath(session: Session) -> None:
    desk = Desk(session, RATE, start=2)
    record(desk, take(before=2.0, after=2.0))
    kept, rate = soundfile.read(session.path(FIRST), dtype="float32")
    assert len(kept) / rate == pytest.approx(0.6 + 2.0 + 0.5, abs=0.1)
    note = session.note(FIRST)
    assert note is not None
    assert note.seconds == pytest.approx(len(kept) / rate, abs=0.01)


def test_a_bad_take_stays_and_a_good_one_is_not_lost_to_it(session: Session) -> None:
    desk = Desk(session, RATE, start=2)
    record(desk, take(before=0.0))
    assert said(desk) == (FIRST.id, "again")
    assert desk.line is FIRST
    assert session.path(FIRST).is_file()
    assert not session.is_done(FIRST)
    record(desk, take())
    assert session.is_done(FIRST)
    assert desk.line is SECOND
    before = session.path(FIRST).read_bytes()
    desk.press("again")
    assert desk.line is FIRST
    feed(desk, room(1.0))
    desk.press("go")
    assert said(desk) == (FIRST.id, "again")
    assert "the earlier take is kept" in (desk.verdict.sentence if desk.verdict else "")
    assert session.is_done(FIRST)
    assert session.path(FIRST).read_bytes() == before


def test_play_speaks_of_the_take_that_was_judged(session: Session) -> None:
    desk = Desk(session, RATE, start=2)
    assert desk.press("play") is None
    record(desk, take())
    assert desk.line is SECOND
    assert desk.press("play") == Effect("take", FIRST)
    desk.press("back")
    assert desk.line is FIRST
    assert desk.press("play") == Effect("take", FIRST)
    desk.press("skip")
    assert desk.press("play") is None


def test_sung_lines_begin_with_their_guide(session: Session) -> None:
    desk = Desk(session, RATE, start=4)
    assert desk.press("go") == Effect("guide", HELD)
    assert desk.phase == "guide"
    feed(desk, take())
    assert desk.seconds == 0.0
    desk.guide_done()
    assert desk.phase == "taking"
    desk.press("stop")
    assert desk.phase == "ready"
    assert desk.press("guide") == Effect("guide", HELD)
    assert desk.press("lower") == Effect("guide", HELD)
    assert session.transpose == -1
    desk.guide_done()
    assert desk.phase == "ready"
    spoken = Desk(session, RATE, start=2)
    assert spoken.press("guide") is None
    assert spoken.press("go") is None
    assert spoken.phase == "taking"


def test_a_wrong_note_is_told_an_octave_is_not(session: Session) -> None:
    desk = Desk(session, RATE, start=4)
    record(desk, held(hertz_of(69 - 24)))
    assert said(desk) == (HELD.id, "good")
    desk.press("back")
    record(desk, held(hertz_of(69 + 2)))
    assert said(desk) == (HELD.id, "fair")
    assert desk.verdict is not None
    assert "2.0 semitones above" in desk.verdict.sentence


def test_recording_goes_on_where_it_was(session: Session) -> None:
    record(Desk(session, RATE, start=2), take())
    assert Desk(session, RATE).line is ROOM
    record(Desk(session, RATE), room(3.0))
    assert Desk(session, RATE).line is SECOND
    assert Desk(session, RATE, start=999).line is SONG
    assert Desk(session, RATE, start=0).line is ROOM


def test_the_room_makes_later_takes_stricter(session: Session) -> None:
    desk = Desk(session, RATE)
    record(desk, room(3.0, -40.0))
    assert said(desk) == (ROOM.id, "again")
    record(desk, room(0.5))
    assert said(desk) == (ROOM.id, "again")
    record(desk, room(3.0, -50.0))
    assert said(desk) == (ROOM.id, "fair")
    assert session.room_lufs == pytest.approx(-48.0, abs=2.0)


def test_a_forgotten_take_ends(session: Session) -> None:
    desk = Desk(session, RATE, start=5)
    desk.press("go")
    desk.guide_done()
    feed(desk, buzz(61.0), 48_000)
    assert desk.phase == "ready"


def test_a_full_disk_is_told_and_the_line_stays(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(session, RATE, start=2)

    def full(*_: object) -> None:
        raise RecordError("no room left; free some")

    monkeypatch.setattr(session, "keep", full)
    record(desk, take())
    assert said(desk) == (FIRST.id, "again")
    assert desk.verdict is not None
    assert desk.verdict.sentence == "no room left; free some"
    assert desk.line is FIRST


def test_broken_samples_are_silence(session: Session) -> None:
    desk = Desk(session, RATE, start=2)
    desk.press("go")
    sound = take()
    sound[60_000:60_010] = np.nan
    feed(desk, sound)
    desk.press("go")
    kept, _ = soundfile.read(session.path(FIRST))
    assert np.isfinite(kept).all()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 200_000), max_size=10))
def test_whole_is_any_split(session: Session, cuts: list[int]) -> None:
    """Without the hush, whose end falls on a block's end, a take does not depend on how it came in."""
    sound = take()
    kept: list[bytes] = []
    for blocks in ([sound], pieces(sound, cuts)):
        desk = Desk(session, RATE, hush=False, start=2)
        desk.press("go")
        for block in blocks:
            desk.feed(block)
        desk.press("go")
        assert said(desk) == (FIRST.id, "good")
        kept.append(session.path(FIRST).read_bytes())
    assert kept[0] == kept[1]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([*PRESSES, "sound", "silence", "done"]), max_size=25))
def test_any_keys_in_any_order(session: Session, keys: list[str]) -> None:
    desk = Desk(session, RATE)
    for key in keys:
        if key in ("sound", "silence"):
            feed(desk, take(0.5, before=0.2, after=0.2) if key == "sound" else room(0.6), 9_600)
        elif key == "done":
            desk.guide_done()
        else:
            effect = desk.press(key)  # type: ignore[arg-type]
            assert effect is None or effect.line in LINES
        assert desk.line in LINES
        assert desk.phase in ("ready", "guide", "taking")
        assert 0 <= session.done <= len(LINES)
