"""`nichang doctor --quick --json`: what programs may rely on."""

import json

import pytest

from stage.cli.main import main


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
