"""The figures of the whole path from song to picture, each by the bench of its part, and each beside its aim.

python -m tests.bench pipeline                              everything that this machine can run, as a table
python -m tests.bench pipeline --json                       the same with every figure behind it
python -m tests.bench pipeline --json parts='["start"]'     some parts
python -m tests.bench pipeline --json live_seconds=600      the long live run
"""

import importlib
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench._inputs import REAL_SONGS, made_song, shared_data
from tests.bench._install import base_install_mb
from tests.bench._rows import judge

__all__ = ["run"]

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("start", "prepare", "frame", "beats", "dance", "lips", "wire", "page", "render")


def _start() -> dict[str, Any]:
    """Median of five processes after a first: `import stage`, `nichang --help`; and what the base install weighs."""
    figures: dict[str, Any] = {}
    for name, code in (
        ("import_stage_s", "import stage"),
        ("help_s", "from stage.cli.main import main; main(['--help'])"),
    ):
        times: list[float] = []
        for _ in range(6):
            began = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
            times.append(time.perf_counter() - began)
        figures[name] = round(float(np.median(times[1:])), 3)
    figures["base_install_mb"] = base_install_mb()
    return figures


def _prepare(seconds: float = 180.0) -> dict[str, Any]:
    """Listen and plan in a fresh process: a made song of three minutes, and a real one joined to that length."""
    code = (
        "import sys,time,numpy as np;b=time.perf_counter();s=np.load(sys.argv[1]);"
        "from motion.music.listen import listen;from motion.dance.library import load_library;"
        "from motion.dance.planner import plan_dance;m=listen(s,44100);a=time.perf_counter();"
        "p=plan_dance(m,load_library());c=time.perf_counter();print(a-b,c-a,len(m.beats),len(p.steps))"
    )
    sounds = {"made": made_song(seconds)}
    data = shared_data()
    if data is not None:
        from performer.voice.sound import read_sound, resample

        sound = read_sound(data / "audio" / "songs" / REAL_SONGS[0])
        mono = resample(sound.mono, sound.rate, 44_100)
        sounds["real"] = np.tile(mono, int(np.ceil(seconds * 44_100 / len(mono))))[: int(seconds * 44_100)]
    figures: dict[str, Any] = {"limit_s": 0.15 * seconds + 5}
    for name, samples in sounds.items():
        path = Path(os.environ.get("TMPDIR", "/tmp")) / f"nichang-bench-{os.getpid()}.npy"
        np.save(path, samples)
        try:
            began = time.perf_counter()
            done = subprocess.run(
                [sys.executable, "-c", code, str(path)], cwd=ROOT, check=True, capture_output=True, text=True
            )
            whole = time.perf_counter() - began
        finally:
            path.unlink()
        listen_s, plan_s, beats, steps = map(float, done.stdout.split())
        figures[name] = {
            "listen_s": round(listen_s, 2),
            "plan_s": round(plan_s, 2),
            "whole_process_s": round(whole, 2),
            "beats": int(beats),
            "steps": int(steps),
        }
    return figures


def run(parts: list[str] | None = None, live_seconds: float = 60.0, render_seconds: float = 30.0) -> dict[str, Any]:
    """Run the parts one after the other; a part that cannot run here says why.

    Returns:
        `rows`: what is asked, measured, aimed at, and whether it holds; `load`: of the machine before each part;
        then the figures of each part.
    """
    own = {"start": _start, "prepare": _prepare}
    options: dict[str, dict[str, Any]] = {"wire": {"seconds": live_seconds}, "render": {"seconds": render_seconds}}
    figures: dict[str, Any] = {}
    load: dict[str, float] = {}
    for part in parts or PARTS:
        load[part] = round(os.getloadavg()[0], 1)
        print(f"bench: {part} (load {load[part]})", file=sys.stderr, flush=True)
        try:
            if part in own:
                figures[part] = own[part]()
            else:
                figures[part] = importlib.import_module(f"tests.bench.{part}").run(**options.get(part, {}))
        except Exception as error:
            # One part that fails must not cost the figures of the others; its rows say so.
            figures[part] = {"not_run": f"{type(error).__name__}: {error}"}
        # Told at once: the whole takes many minutes, and what is measured should not wait for the rest.
        for row in judge({part: figures[part]}):
            print(f"  {row['what']}: {row['measured']} (aim {row['aim']}): {row['holds']}", file=sys.stderr, flush=True)
    return {"rows": judge(figures), "load": load, **figures}
