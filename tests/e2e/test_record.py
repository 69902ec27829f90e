"""`nichang voice record --page` as a user meets it: a real Chromium whose microphone is a file, one line recorded."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from performer.voice.record.script import load_script
from performer.voice.record.session import STATE_NAME
from tests.e2e.test_show import ROOT, WEB, need, node
from tests.performer.voice.record.made import take

PATIENCE = 600.0
_COMMAND = "import typer; from stage.cli.voice_record import record; app = typer.Typer(); app.command()(record); app()"


@pytest.mark.browser
@pytest.mark.slow
def test_a_line_is_recorded_on_the_page(tmp_path: Path) -> None:
    browser = need()
    if not (WEB / "dist" / "record.html").exists():
        pytest.skip("the record page is not built: make setup")
    soundfile.write(tmp_path / "voice.wav", take(3.5, before=2.0, after=2.5), 48_000, subtype="PCM_16")
    env = {**os.environ, "NICHANG_HOME": str(tmp_path / "home")}
    command = [sys.executable, "-c", _COMMAND, "-o", str(tmp_path / "takes"), "--lang", "en", "--from", "2"]
    server = subprocess.Popen(
        [*command, "--page", "--no-open"], cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        address = next((row.split()[1] for row in server.stdout if row.strip().startswith("record ")), "")
        assert address.startswith("http://127.0.0.1:"), server.stderr.read() if server.stderr else ""
        drive = [node(), str(Path(__file__).with_name("record_drive.mjs")), address]
        drive += [str(tmp_path / "voice.wav"), str(tmp_path), browser]
        told = subprocess.run(drive, capture_output=True, text=True, timeout=PATIENCE, check=False)
        assert told.returncode == 0, told.stderr
    finally:
        server.send_signal(signal.SIGINT)
        out, errors = server.communicate(timeout=PATIENCE)
    assert server.returncode == 0, errors
    assert "1 of 358 lines" in out
    seen = json.loads(told.stdout)
    lines = load_script("en").lines
    assert seen["errors"] == []
    assert seen["hash"] == ""
    assert (seen["first"], seen["second"]) == (lines[1].text, lines[2].text)
    assert "good" in seen["verdicts"][-1]
    assert "1 of 358" in seen["foot"]
    state = json.loads((tmp_path / "takes" / STATE_NAME).read_text())
    assert state["takes"]["en-001"]["grade"] == "good"
    sound, rate = soundfile.read(tmp_path / "takes" / "en-001.wav")
    assert rate == 48_000
    assert 4.0 < len(sound) / rate < 5.5
    # What was recorded is what the microphone gave: the tone's own partials, and no cleaning between them.
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    assert abs(int(spectrum.argmax()) * rate / len(sound) - 220.0) < 3.0
