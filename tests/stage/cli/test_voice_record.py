"""`nichang voice record` without devices: made sound, made keys, what the terminal shows, and wrong uses."""

import io
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import typer
from numpy.typing import NDArray
from rich.console import Console, RenderableType
from typer.testing import CliRunner

from motion.errors import UserError
from performer.voice.record.session import Session, make_note, open_session
from performer.voice.record.verdict import Verdict
from stage.cli.voice_record import record
from stage.cli.voice_record_terminal import KEYS, TerminalRecorder, keys_of
from tests.performer.voice.record.made import LINES, RATE, Sound, made_session, room, take

ROOM, FIRST, SECOND, HELD, SONG = LINES
BLOCK = 4096


class MadeSource:
    """A microphone that hears what the test says, with keys pressed between its blocks."""

    rate = RATE

    def __init__(self, *parts: "str | Sound") -> None:
        self.parts = parts
        self.keys = ""
        self.closed = False

    def __iter__(self) -> Iterator[NDArray[np.float32]]:
        for part in self.parts:
            if isinstance(part, str):
                self.keys += part
                yield room(0.05)
            else:
                yield from (part[first : first + BLOCK] for first in range(0, len(part), BLOCK))

    def typed(self) -> str:
        keys, self.keys = self.keys, ""
        return keys

    def close(self) -> None:
        self.closed = True


class MadePlayer:
    def __init__(self, problem: str = "") -> None:
        self.played: list[tuple[int, int]] = []
        self.problem = problem
        # Plays on until the test lets it come to its end.
        self.may_end = threading.Event()

    def play(self, samples: NDArray[np.float32], rate: int) -> None:
        assert self.may_end.wait(60.0)
        self.may_end.clear()
        if self.problem:
            raise UserError(self.problem)
        self.played.append((len(samples), rate))


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    return made_session(tmp_path / "takes", monkeypatch)


def seen(picture: RenderableType) -> str:
    console = Console(file=io.StringIO(), width=100, height=30, color_system=None)
    console.print(picture)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def recorded(
    session: Session, *parts: "str | Sound", player: MadePlayer | None = None, start: int | None = None
) -> tuple[TerminalRecorder, list[str]]:
    """Runs a recording to the end of its sound; what was shown."""
    source = MadeSource(*parts)
    player = player or MadePlayer()
    recorder = TerminalRecorder(session, source, player, start=start)
    shown: list[str] = []

    def typed() -> str:
        # A tone that plays has its own thread: the next key waits for it, as a person would.
        playing = recorder._playing
        if playing is not None and not playing.over.is_set():
            player.may_end.set()
            assert playing.over.wait(60.0)
        return source.typed()

    recorder.run(lambda picture: shown.append(seen(picture)), typed)
    return recorder, shown


def test_keys_lead_through_lines_and_the_screen_says_what_happens(session: Session) -> None:
    recorder, shown = recorded(
        session, "\n", room(2.5), "\r", take(), "\r", " ", take(before=0.0), " ", "r", take(), "\n"
    )
    whole = "\n".join(shown)
    assert "the room is quiet" in shown[-1] or "the room is quiet" in whole
    assert "●" in whole
    assert "line 2: good" in whole
    assert "its beginning is cut off" in whole
    assert [session.is_done(line) for line in (ROOM, FIRST, SECOND)] == [True, True, True]
    assert "3 of 5 lines" in shown[-1]
    assert recorder.desk.line is HELD
    assert "A4" in shown[-1]


def test_q_ends_at_once_and_what_came_before_is_kept(session: Session) -> None:
    recorder, _ = recorded(session, "\r", take(), "\r", "q", "\r", take(), "\r", start=2)
    assert session.is_done(FIRST)
    assert not session.is_done(SECOND)
    assert recorder.desk.phase == "ready"


def test_a_tone_is_played_before_a_sung_line_and_a_take_on_p(session: Session) -> None:
    player = MadePlayer()
    _, shown = recorded(session, "\r", room(0.2), take(1.5), "\r", "b", "p", room(0.2), player=player, start=4)
    assert player.played[0] == (round(1.5 * 48_000), 48_000)
    assert len(player.played) == 2
    assert "listen, then it is your turn" in "\n".join(shown)
    assert session.note(HELD) is not None


def test_without_a_loudspeaker_the_reason_is_shown_and_the_line_can_be_sung(session: Session) -> None:
    recorder, shown = recorded(session, "\r", room(0.3), player=MadePlayer("no loudspeaker; plug one in"), start=4)
    assert recorder.desk.phase == "taking"
    assert "no loudspeaker; plug one in" in "\n".join(shown)


def test_a_take_that_was_removed_meanwhile_is_told(session: Session) -> None:
    session.keep(FIRST, take(), RATE, make_note(FIRST, 3.6, -22.0, -60.0, Verdict("good", "good")))
    session.path(FIRST).unlink()
    _, shown = recorded(session, "p", room(0.1), start=2)
    assert "no such file" in shown[-1].replace("\n", " ")


def test_every_language_fits_the_screen(tmp_path: Path) -> None:
    for language in ("zh", "ja", "en"):
        script = open_session(tmp_path / language, language)
        recorder = TerminalRecorder(script, MadeSource(), MadePlayer())
        for number in range(len(script.script.lines)):
            if number % 5 == 0:
                text = seen(recorder.picture())
                assert text.count("\n") <= 24, text
            recorder.desk.press("skip")


def test_keys_and_arrows() -> None:
    assert keys_of("rR\x1b[A\x1b[Bq\x1b") == ["r", "r", "\x1b[A", "\x1b[B", "q", "\x1b"]
    assert [KEYS[key] for key in ("\n", "r", "p", "b")] == ["go", "again", "play", "back"]


app = typer.Typer()
app.command()(record)


def run(*args: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(arg) for arg in args])
    return result.exit_code, result.output if not isinstance(result.exception, UserError) else str(result.exception)


def test_status_says_how_far_it_is(tmp_path: Path) -> None:
    code, said = run("--status", "-o", tmp_path / "none")
    assert code == 1
    assert "holds no recording" in said
    assert not (tmp_path / "none").exists()
    open_session(tmp_path / "here", "ja", -12)
    code, said = run("--status", "-o", tmp_path / "here")
    assert code == 0
    assert "0 of 359 lines" in said
    assert "日本語" in said


def test_low_voices_get_lower_tones_and_it_is_remembered(tmp_path: Path) -> None:
    open_session(tmp_path, "en")
    run("--status", "-o", tmp_path, "--low")
    assert open_session(tmp_path).transpose == -12
    run("--status", "-o", tmp_path)
    assert open_session(tmp_path).transpose == -12


def test_wrong_uses_are_told(tmp_path: Path) -> None:
    for args, why in (
        (("--lang", "fr"), "there is no script for 'fr'"),
        ((), "needs a terminal"),
        (("--from", "0"), "Invalid value"),
    ):
        code, said = run("-o", tmp_path / "new", *args)
        assert code != 0
        assert why in said
