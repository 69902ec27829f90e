"""One performer alone, drawn by the stage's own code: the idol's lean toon beside Godette in MToon with outlines.

Milliseconds a picture of 1280x720 in software GL, drawing and waiting for it; three framings; cases take turns.
"""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from performer.avatar.presets import avatar_path
from stage.render.browser import find_browser
from tests.bench._inputs import shared_data

__all__ = ["run"]

ROOT = Path(__file__).resolve().parents[2]


def run(avatar: str = "niyu", rounds: int = 15, width: int = 1280, height: int = 720) -> dict[str, Any]:
    """p50, p95 and best ms of every case and framing, and the idol's share of Godette's."""
    cases = [
        {"name": "idol lean", "file": str(avatar_path(avatar)), "quality": "lite"},
        {"name": "idol MToon", "file": str(avatar_path(avatar)), "quality": "full"},
    ]
    data = shared_data()
    if data is not None:
        godette = str(data / "visual" / "vrm" / "v0_godette.vrm")
        cases += [
            {"name": "godette lean", "file": godette, "quality": "lite"},
            {"name": "godette MToon", "file": godette, "quality": "full"},
        ]
    own = ROOT / ".venv" / "bin" / "node"
    node = str(own) if own.exists() else shutil.which("node") or "node"
    with tempfile.TemporaryDirectory(prefix="nichang-bench-") as folder:
        job = Path(folder) / "job.json"
        wish = {"browser": str(find_browser()), "folder": folder, "cases": cases}
        job.write_text(json.dumps({**wish, "width": width, "height": height, "rounds": rounds}))
        done = subprocess.run(
            [node, str(Path(__file__).with_suffix(".mjs")), str(job)], capture_output=True, text=True, check=False
        )
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip()[-400:])
    seen: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    ms = {key: {k: round(v, 1) for k, v in values.items()} for key, values in seen["ms"].items()}
    figures: dict[str, Any] = {"ms": ms, "drawn": seen["drawn"]}
    if data is not None:
        figures["idol_lean_to_godette_mtoon"] = {
            shot: round(ms[f"idol lean {shot}"]["p50"] / ms[f"godette MToon {shot}"]["p50"], 2)
            for shot in ("wide", "full", "close")
        }
    return figures
