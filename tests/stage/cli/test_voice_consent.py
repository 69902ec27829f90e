"""`nichang voice consent`: by options, by questions, and every wrong use in a sentence with nothing written."""

import builtins
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from motion.errors import UserError
from performer.voice.consent import read_consent
from stage.cli.voice_consent import consent

app = typer.Typer()
app.command()(consent)
FULL = (
    "--person",
    "Lin Yu",
    "--recordings",
    "tapes",
    "--use",
    "live",
    "--use",
    "train",
    "--contact",
    "l@x",
    "--signature",
    "Lin",
)


def run(*args: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(arg) for arg in args])
    if isinstance(result.exception, UserError):
        return result.exception.exit_code, str(result.exception)
    return result.exit_code, result.output


def test_by_options(tmp_path: Path) -> None:
    out = tmp_path / "c.toml"
    code, said = run(
        "-o", out, *FULL, "--from", "2026-01-01", "--until", "2026-12-31", "--signed", "2025-12-01", "--pass-on"
    )
    assert code == 0
    assert "Lin Yu allows train, live, from 2026-01-01 until 2026-12-31" in said
    given = read_consent(out)
    assert given.uses == ("train", "live")
    assert given.pass_on
    assert not given.deceased
    assert given.allows("live", date(2026, 6, 1)) is None


def test_what_allows_nothing_as_it_stands_is_said_at_once(tmp_path: Path) -> None:
    code, said = run("-o", tmp_path / "c.toml", *FULL, "--deceased")
    assert code == 0
    assert "today it allows nothing: Lin Yu has died" in said
    assert "deceased-estate" in said
    _, said = run("-o", tmp_path / "d.toml", *FULL, "--deceased", "--use", "deceased-estate")
    assert "today it allows" not in said


def test_without_days_it_begins_today_and_has_no_end(tmp_path: Path) -> None:
    assert run("-o", tmp_path / "c.toml", *FULL)[0] == 0
    given = read_consent(tmp_path / "c.toml")
    assert given.allows("train", date.today()) is None
    assert given.until is None


def test_revoking_keeps_the_rest(tmp_path: Path) -> None:
    out = tmp_path / "c.toml"
    run("-o", out, *FULL, "--from", "2026-01-01")
    before = read_consent(out)
    code, said = run("-o", out, "--revoke", "2026-07-01")
    assert (code, "ends on 2026-07-01" in said) == (0, True)
    after = read_consent(out)
    assert after.allows("live", date(2026, 6, 30)) is None
    assert after.allows("live", date(2026, 7, 1)) is not None
    assert (after.person, after.uses) == (before.person, before.uses)
    assert "there is no consent" in run("-o", tmp_path / "none.toml", "--revoke", "2026-07-01")[1]


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (("--person", "Lin"), "--recordings, --use, --contact, --signature missing"),
        ((*FULL, "--use", "karaoke"), "no use 'karaoke'"),
        ((*FULL, "--until", "soon"), "'soon' is no day"),
        ((*FULL, "--from", "2026-02-02", "--until", "2026-02-01"), "before it begins"),
        ((*FULL[:-1], "  "), "`signature` is empty"),
        ((), "without a terminal"),
    ],
)
def test_wrong_uses_write_nothing(tmp_path: Path, args: tuple[str, ...], why: str) -> None:
    code, said = run("-o", tmp_path / "c.toml", *args)
    assert code != 0
    assert why in " ".join(said.replace("│", " ").split())
    assert not list(tmp_path.iterdir())


def test_a_consent_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    out = tmp_path / "c.toml"
    run("-o", out, *FULL)
    before = out.read_bytes()
    code, said = run("-o", out, *FULL, "--pass-on")
    assert (code, "is there already" in said) == (1, True)
    assert out.read_bytes() == before
    assert run("-o", out, *FULL, "--pass-on", "--force")[0] == 0
    assert read_consent(out).pass_on
    assert "no folder" in run("-o", tmp_path / "x" / "c.toml", *FULL)[1]


def asked(monkeypatch: pytest.MonkeyPatch, answers: list[str]) -> Iterator[str]:
    left = iter(answers)
    monkeypatch.setattr(builtins, "input", lambda prompt: next(left))
    monkeypatch.setattr(sys, "stdin", type("Terminal", (), {"isatty": staticmethod(lambda: True)})())
    return left


def test_the_questions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    answers = ["", "Lin Yu", "n", "tapes", "what?", "y", "", "n", "n", "y"]
    answers += ["tomorrow", "2026-01-01", "2025-01-01", "2027-01-01", "", "mail@x", "", "2025-12-31"]
    left = asked(monkeypatch, answers)
    consent(out=tmp_path / "c.toml", use=None, **OPTIONS)
    assert not list(left)
    given = read_consent(tmp_path / "c.toml")
    assert (given.person, given.uses, given.pass_on) == ("Lin Yu", ("train", "live"), True)
    assert (given.from_, given.until, given.signed) == (date(2026, 1, 1), date(2027, 1, 1), date(2025, 12, 31))
    assert (given.contact, given.signature) == ("mail@x", "Lin Yu")
    said = capsys.readouterr().out
    assert said.count("Please answer;") == 2
    assert "Please write a day" in said
    assert "before the first day" in said


def test_an_heir_signs_with_a_name_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [
        "Lin Yu",
        "yes",
        "tapes",
        "n",
        "n",
        "n",
        "n",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "heir@x",
        "",
        "Lin Mei",
        "",
    ]
    left = asked(monkeypatch, answers)
    consent(out=tmp_path / "c.toml", use=None, **OPTIONS)
    assert not list(left)
    given = read_consent(tmp_path / "c.toml")
    assert given.deceased
    assert given.uses == ("train", "live", "deceased-estate")
    assert given.signature == "Lin Mei"
    assert given.allows("live", date.today()) is None


OPTIONS = {
    **dict.fromkeys(("person", "recordings", "first", "until", "contact", "signature", "signed", "revoke"), ""),
    **dict.fromkeys(("pass_on", "deceased", "force"), False),
}
