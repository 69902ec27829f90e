"""`nichang doctor`: what programs may rely on, and what it says of machines that lack something."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from stage.cli.doctor_checks import EXTRAS, LATER, examine, extras_here, ffmpeg_here
from stage.cli.main import main

ROOT = Path(__file__).resolve().parents[3]


def test_findings_have_names_states_and_a_way_to_mend(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["doctor", "--quick", "--json"])
    told = json.loads(capsys.readouterr().out)
    findings = told["findings"]
    assert {"python", "ffmpeg", "pages"} <= {finding["name"] for finding in findings}
    for finding in findings:
        assert set(finding) == {"name", "state", "found", "mend"}
        assert finding["state"] in ("ok", "note", "missing")
        assert finding["mend"] or finding["state"] != "missing"
    missing = any(finding["state"] == "missing" for finding in findings)
    assert told["ok"] is not missing
    assert int(end.value.code or 0) == int(missing)


def test_a_missing_browser_is_named_with_its_mend(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NICHANG_BROWSER", "/nonexistent")
    with pytest.raises(SystemExit) as end:
        main(["doctor", "--quick", "--json"])
    findings = {finding["name"]: finding for finding in json.loads(capsys.readouterr().out)["findings"]}
    assert findings["browser"]["state"] == "missing"
    assert findings["browser"]["mend"]
    assert end.value.code == 1


@pytest.mark.parametrize(
    ("encoders", "state", "says"),
    [
        (None, "missing", "not found"),
        ("libx264 libvpx-vp9 libopus", "missing", "without AAC"),
        ("aac libopus", "note", "without libx264, libvpx-vp9"),
        ("aac libx264 libvpx-vp9 libopus", "ok", "7.1"),
    ],
)
def test_ffmpeg_is_judged_by_what_it_can_write(
    encoders: str | None, state: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if encoders is not None:
        program = tmp_path / "ffmpeg"
        answer = f'case "$*" in *-encoders*) echo "{encoders}";; *) echo "ffmpeg version 7.1 made here";; esac'
        program.write_text(f"#!/bin/sh\n{answer}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    (finding,) = ffmpeg_here()
    assert (finding.name, finding.state) == ("ffmpeg", state)
    assert says in finding.found
    assert bool(finding.mend) is (state != "ok")


def test_a_bare_machine_gets_an_answer_to_every_question(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No program on the path, no browser: nothing fails, and what is needed and missing says how to mend it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("NICHANG_BROWSER", raising=False)
    findings = examine()
    missing = {finding.name for finding in findings if finding.state == "missing"}
    assert {"browser", "ffmpeg"} <= missing
    assert all(finding.mend for finding in findings if finding.state == "missing")
    assert {f"extra {name}" for name in EXTRAS} <= {finding.name for finding in findings}


def test_extras_are_those_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(EXTRAS) == set(project["optional-dependencies"]) - {"dev"}


def test_nobody_is_sent_for_an_extra_that_nothing_uses_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """An extra is for later as long as no module of the engine imports what it brings."""
    sources = [
        path.read_text(encoding="utf-8")
        for package in ("motion", "performer", "stage")
        for path in (ROOT / package).rglob("*.py")
        if path.name != "doctor_checks.py" and "node_modules" not in path.parts
    ]
    used = {
        extra
        for extra, (module, _) in EXTRAS.items()
        if any(re.search(rf"(?:import|from) {module}\b|import_module\(.{module}\b", text) for text in sources)
    }
    assert used == set(EXTRAS) - LATER
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert {f.name.removeprefix("extra ") for f in extras_here() if f.mend} == used
