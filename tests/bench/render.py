"""`nichang render` as a whole process: seconds of video per second of work, and where the time went.

1280x720, 30 fps, the built-in song cut to `seconds`, with the mannequin and with Godette (a foreign model of 3.4 k
triangles; left out where it is not at hand). CPU: of the process and every child, the browser's own included.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

__all__ = ["run"]

ROOT = Path(__file__).resolve().parents[2]
_SHARED = Path(os.environ.get("NICHANG_SHARED", ROOT.parent / "shared"))
_GODETTE = _SHARED / "data" / "visual" / "vrm" / "v0_godette.vrm"
_TICK = os.sysconf("SC_CLK_TCK")


def _cpu_by_process(mark: str) -> dict[str, float]:
    """CPU seconds of the browser processes whose command line names `mark`'s profile, by their type."""
    spent: dict[str, float] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes().decode(errors="replace")
            fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if mark not in command:
            continue
        # Chromium rewrites its children's command lines, so the words may be parted by zeros or by spaces.
        found = re.search(r"--type=([\w-]+)", command)
        kind = found.group(1) if found else "python" if "stage.cli.main" in command else "browser"
        spent[kind] = spent.get(kind, 0.0) + (int(fields[11]) + int(fields[12])) / _TICK
    return spent


def _render(song: Path, avatar: str, folder: Path, extra: tuple[str, ...]) -> dict[str, Any]:
    words = ["render", str(song), "-o", str(folder / "out.mp4"), "--avatar", avatar, "--json", *extra]
    command = [sys.executable, "-c", f"from stage.cli.main import main; main({words!r})"]
    # The browser's profile lies in our folder, which tells its processes from those of others.
    environment = {**os.environ, "TMPDIR": str(folder)}
    browser: dict[str, float] = {}
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.25):
            browser.update(
                {kind: max(cpu, browser.get(kind, 0.0)) for kind, cpu in _cpu_by_process(str(folder)).items()}
            )

    watcher = threading.Thread(target=watch)
    watcher.start()
    began = time.perf_counter()
    try:
        finished = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    finally:
        done.set()
        watcher.join()
    wall = time.perf_counter() - began
    if finished.returncode != 0:
        return {"error": finished.stderr.decode(errors="replace").strip().splitlines()[-1:]}
    report = json.loads(finished.stdout)
    return {
        "realtime": round(report["seconds"] / wall, 3),
        "wall_s": round(wall, 2),
        "stages_s": report["stages"],
        "per_frame_ms": report["per_frame_ms"],
        "fps_while_drawing": round(report["frames"] / max(report["stages"]["draw"], 1e-9), 1),
        "cpu_ms_a_frame": {kind: round(1000 * cpu / report["frames"], 1) for kind, cpu in browser.items()},
        "renderer": report["renderer"],
        "encoder": report["encoder"],
        "load_after": round(os.getloadavg()[0], 2),
    }


def run(seconds: float = 30.0, avatar: str = "", quality: str = "lite") -> dict[str, Any]:
    """Realtime factor of the whole process. avatar: only this one."""
    import soundfile

    from performer.voice.songs import song_folder
    from performer.voice.sound import read_sound

    cast = {avatar: avatar} if avatar else {"mannequin": "mannequin", "godette": str(_GODETTE)}
    figures: dict[str, Any] = {"seconds": seconds}
    with tempfile.TemporaryDirectory(prefix="nichang-bench-") as name:
        folder = Path(name)
        sound = read_sound(song_folder("firstlight").path)
        soundfile.write(folder / "song.wav", sound.samples[: round(seconds * sound.rate)], sound.rate)
        for who, model in cast.items():
            if model.endswith(".vrm") and not Path(model).is_file():
                figures[who] = "left out: the model is not at hand"
                continue
            figures[who] = _render(folder / "song.wav", model, folder, ("--quality", quality))
    return figures
