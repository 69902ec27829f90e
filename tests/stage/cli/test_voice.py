"""`nichang voice`: what list, check and clone say, and what they refuse in one line."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from performer.voice.check.report import FileReport, Finding, Report, Severity, Span
from performer.voice.convert.voice_file import Card, PitchRange, VoiceFile, write_voice_file
from stage.cli.main import main
from stage.cli.voice_check import print_report

CONSENT = """
person = "Ann"
recordings = "her own"
uses = ["train"]
from = 2026-01-01
until = {until}
contact = "ann@example.org"
signature = "Ann"
signed = 2026-01-01
"""


def _run(argv: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(argv)
    said = capsys.readouterr()
    return int(ended.value.code or 0), said.out, said.err


def _voice(path: Path, kind: str = "cloned", consent: str = "") -> Path:
    card = Card("Anna", kind, "CC0-1.0", PitchRange(150.0, 210.0, 420.0), languages=("en",))  # type: ignore[arg-type]
    write_voice_file(path, VoiceFile(card, {"decoder.onnx": b"x"}, consent=consent))
    return path


def test_list_tells_range_licence_and_consent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = _voice(tmp_path / "anna.voice", consent=CONSENT.format(until="2099-01-01"))
    code, out, _ = _run(["voice", "list", str(path), "--json"], capsys)
    assert code == 0
    row = json.loads(out)[-1]
    assert row["name"] == "Anna"
    assert row["range_hertz"] == [150.0, 210.0, 420.0]
    assert row["licence"] == "CC0-1.0"
    # She allows training, not live use: that is what a list is asked for.
    assert "not live" in row["consent"]


def test_list_goes_on_after_a_damaged_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "broken.voice"
    broken.write_bytes(b"PK nothing")
    good = _voice(tmp_path / "anna.voice", "designed")
    code, out, told = _run(["voice", "list", str(broken), str(good)], capsys)
    # Whoever calls it from a script is told too.
    assert code == 1
    assert "damaged" in told
    assert "belongs to nobody" in out


@pytest.mark.parametrize(("consent", "says"), [(None, "nichang voice consent"), ("2026-02-01", "ended")])
def test_no_clone_without_consent(
    consent: str | None, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "consent.toml"
    if consent:
        path.write_text(CONSENT.format(until=consent))
    given = ["voice", "clone", str(tmp_path), "--name", "Anna", "--consent", str(path), "-o", str(tmp_path / "a.voice")]
    code, _, err = _run(given, capsys)
    assert code != 0
    assert says in err
    assert not (tmp_path / "a.voice").exists()


def test_a_note_on_every_file_is_one_line() -> None:
    note = Finding("band", Severity.NOTE, "its sound ends at 7 kHz")
    bad = Finding("clipping", Severity.WARN, "it is clipped", (Span(1.0, 2.0),))
    files = [FileReport(Path(f"take-{k}.wav"), None, (note,)) for k in range(30)]
    files.append(FileReport(Path("loud.wav"), None, (bad,)))
    out = io.StringIO()
    print_report(Report(tuple(files), ()), Console(file=out, width=120))
    said = out.getvalue()
    assert said.count("7 kHz") == 1
    assert "30 of 31" in said
    assert "loud.wav" in said
    assert "take-3.wav" not in said


def test_a_narrow_terminal_still_names_the_file_and_says_what_to_do() -> None:
    name = "de_rhasspy-recording-of-monday-0015.opus"
    two = Finding("voices", Severity.REFUSE, "two voices sound at once; give recordings of one person alone")
    band = [Finding("band", Severity.NOTE, f"its sound ends at {k} kHz") for k in (7, 9)]
    files = (FileReport(Path(name), None, (band[0], two)), FileReport(Path("[b]fine.wav"), None, (band[1],)))
    out = io.StringIO()
    print_report(Report(files, ()), Console(file=out, width=60))
    said = out.getvalue()
    assert f"not used {name}" in said
    # Not more than two lines for the sentence: no column of a few letters.
    assert "two voices sound at once; give recordings of" in said
    assert "note on 2 of 2 files: for example, its sound ends at 7 kHz" in said
    out = io.StringIO()
    print_report(Report(files, ()), Console(file=out, width=60), every=True)
    assert "[b]fine.wav" in out.getvalue()
    assert "note on" not in out.getvalue()
