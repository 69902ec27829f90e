"""Nothing leaves the machine: the network runtime that we load reports nothing."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_USE = """
import pathlib
import motion
import onnxruntime
import swift_f0
model = next(pathlib.Path(swift_f0.__file__).parent.rglob("*.onnx"))
onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
"""


def test_onnxruntime_reports_nothing(tmp_path: Path) -> None:
    """Where it reports, it keeps a session file in the temporary folder."""
    environment = {key: value for key, value in os.environ.items() if key != "ORT_DISABLE_TELEMETRY"}
    environment["TMPDIR"] = str(tmp_path)
    subprocess.run([sys.executable, "-c", _USE], cwd=ROOT, env=environment, check=True)
    assert list(tmp_path.iterdir()) == []
