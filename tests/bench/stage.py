"""The idol, her stage and her song: what each costs on this machine, and the ratio to Godette on the plain stage.

python -m tests.bench stage --json                     everything
python -m tests.bench stage parts='["build","actor"]'  some parts: build, actor, render, arena, page, first
python -m tests.bench stage parts='["page"]' page_seconds=600

render and arena are whole processes; page is the live stage page in a headless Chromium, which chooses its quality
itself; first is the time from `make show` on a machine that has been set up to the first picture and to her song.
"""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from stage.render.browser import find_browser
from tests.bench import actor
from tests.bench.page import _end, _show
from tests.bench.render import _GODETTE, _render

__all__ = ["run"]

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("build", "actor", "render", "arena", "page", "first")


def _build(idol: str, folder: Path) -> dict[str, Any]:
    """Whole processes of `nichang avatar build`."""
    figures: dict[str, Any] = {}
    for level in ("lite", "full"):
        out = folder / f"{idol}-{level}.vrm"
        words = ["avatar", "build", idol, "-o", str(out), "--level", level]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = time.perf_counter()
        subprocess.run(
            [sys.executable, "-c", f"from stage.cli.main import main; main({words!r})"],
            cwd=ROOT,
            check=True,
            capture_output=True,
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        figures[level] = {
            "wall_s": round(time.perf_counter() - began, 2),
            "cpu_s": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 2),
            "file_mb": round(out.stat().st_size / 1e6, 2),
        }
    return figures


def _watch(stage: str, seconds: float, size: tuple[int, int]) -> dict[str, Any]:
    own = ROOT / ".venv" / "bin" / "node"
    node = str(own) if own.exists() else shutil.which("node") or "node"
    script = str(Path(__file__).with_name("stage_page.mjs"))
    done = subprocess.run(
        [node, script, stage, f"{seconds:g}", str(find_browser()), *map(str, size)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip().splitlines()[-1] if done.stderr else "the page could not be watched")
    return json.loads(done.stdout)


def _page(folder: Path, idol: str, seconds: float, size: tuple[int, int], extra: tuple[str, ...]) -> dict[str, Any]:
    show, told = _show(folder, "--avatar", idol, *extra)
    try:
        seen = _watch(told["stage"], seconds, size)
    finally:
        _end(show)
    rows = np.array(seen["rows"], dtype=float)
    gaps = np.diff(rows[:, 0])
    drawn = rows[rows[:, 2] > 0, 2]
    heaps = seen["heaps"]
    return {
        # A gap between two pieces of watching is no picture that came late.
        "pictures_per_second": round(float((np.diff(rows[:, 1]) != 0).sum() / gaps[gaps < 2.0].sum()), 1),
        "gap_ms": {f"p{q}": round(float(np.percentile(gaps, q)) * 1000, 1) for q in (50, 95, 99)},
        "draw_calls": {"median": float(np.median(drawn)), "most": float(drawn.max())},
        "textures_mb": round(seen["textures_mb"], 1),
        "heap_mb": {"first": round(heaps[0], 1), "last": round(heaps[-1], 1), "most": round(max(heaps), 1)},
        "quality": seen["quality"],
        "first_picture_s": round(seen["first"], 2),
        "errors": seen["errors"],
    }


def _first(folder: Path) -> dict[str, Any]:
    """`make show` twice: with an empty cache of songs, and again.

    picture_s: until a stage page, opened as soon as there is one, has drawn the stage with its idol. song_s: until
    her song runs there. missed_s: how much of it was over by then.
    """
    figures: dict[str, Any] = {"load_before": os.getloadavg()[0]}
    for name in ("first_time", "second_time"):
        environment = {**os.environ, "NICHANG_HOME": str(folder / "home-first")}
        began = time.time()
        show = subprocess.Popen(
            ["make", "--no-print-directory", "show", "ARGS=--port 0 --json --no-open"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        try:
            assert show.stdout is not None
            told = next(json.loads(line) for line in show.stdout if line.startswith("{"))
            seen = _watch(told["stage"], 0.0, (960, 540))
            figures[name] = {
                "picture_s": round(seen["firstAt"] - began, 2),
                "song_s": round(seen["songAt"] - began, 2),
                "missed_s": round(seen["songFrom"], 2),
                "errors": seen["errors"],
            }
        finally:
            os.killpg(show.pid, signal.SIGINT)
            show.wait(20)
            if show.stdout is not None:
                show.stdout.close()
    return figures


def run(
    parts: list[str] | None = None,
    idol: str = "niyu",
    song: str = "yuyi",
    seconds: float = 0.0,
    arena_seconds: float = 10.0,
    page_seconds: float = 60.0,
) -> dict[str, Any]:
    """seconds: how much of the song the lite render draws, 0 = all of it."""
    from performer.voice.songs import song_folder

    figures: dict[str, Any] = {}
    wanted = parts or list(PARTS)
    path = song_folder(song).path
    with tempfile.TemporaryDirectory(prefix="nichang-bench-") as name:
        folder = Path(name)
        if "build" in wanted:
            figures["build"] = _build(idol, folder)
        if "actor" in wanted:
            figures["actor"] = actor.run(idol)
        if "render" in wanted:
            until = ("--to", str(seconds)) if seconds else ()
            figures["render_lite"] = _render(path, idol, folder, ("--quality", "lite", *until))
            if _GODETTE.is_file():
                figures["render_lite_godette"] = _render(path, str(_GODETTE), folder, ("--quality", "lite", *until))
        if "arena" in wanted:
            options = ("--quality", "full", "--venue", "arena", "--from", "30", "--to", str(30 + arena_seconds))
            figures["render_full_arena"] = _render(path, idol, folder, options)
        if "page" in wanted:
            figures["page"] = _page(folder, idol, page_seconds, (960, 540), ())
        if "first" in wanted:
            figures["first_picture"] = _first(folder)
    return figures
