"""The stage page in a real Chromium on this machine: pictures a second, and lips against the sound that is heard.

A vowel train with known times is the song; every picture's mouth is noted with the media time that leaves the
loudspeaker at that moment (the page's own AudioContext clock). The time that the compositor takes to show a finished
picture is not in it.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from stage.render.browser import find_browser
from tests.bench._inputs import shared_data
from tests.bench.lips import VowelTrain, vowel_train

__all__ = ["run"]

ROOT = Path(__file__).resolve().parents[2]
REACH = 0.15


def _show(folder: Path, *args: str) -> tuple[subprocess.Popen[str], dict[str, Any]]:
    """Start `nichang show` and wait until its song is on the stage."""
    command = [sys.executable, "-c", "from stage.cli.main import main; main()", "show", "--port", "0", "--json"]
    log = folder / "show.log"
    env = {**os.environ, "NICHANG_HOME": str(folder / "home")}
    with log.open("w") as err:
        show = subprocess.Popen(
            [*command, "--no-open", "--loop", *args], cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=err, text=True
        )
    assert show.stdout is not None
    told = json.loads(show.stdout.readline() or "{}")
    deadline = time.monotonic() + 180
    while "on the stage" not in log.read_text():
        if show.poll() is not None or "failed" in log.read_text() or time.monotonic() > deadline:
            show.kill()
            raise RuntimeError(f"the show did not start: {log.read_text()[-300:]}")
        time.sleep(0.1)
    return show, told


def _watch(stage: str, seconds: float, size: tuple[int, int]) -> dict[str, Any]:
    own = ROOT / ".venv" / "bin" / "node"
    node = str(own) if own.exists() else shutil.which("node") or "node"
    script = str(Path(__file__).with_suffix(".mjs"))
    done = subprocess.run(
        [node, script, stage, str(seconds), str(find_browser()), *map(str, size)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip().splitlines()[-1] if done.stderr else "the page could not be watched")
    return json.loads(done.stdout)


def lip_errors(heard: np.ndarray, mouth: np.ndarray, onsets: list[float], rests: list[float]) -> np.ndarray:
    """Seconds from each onset heard to the first picture whose mouth is past half of the vowel's peak; NaN = none.

    rests: seconds of silence before each onset. The vowel before must not be taken for this one: what is looked at
    begins in the middle of the rest, and the peak is that of this vowel alone.
    """
    errors = np.full(len(onsets), np.nan)
    for i, (onset, rest) in enumerate(zip(onsets, rests, strict=True)):
        near = np.flatnonzero((heard > onset - min(REACH, rest / 2)) & (heard < onset + REACH))
        peak = mouth[near[heard[near] > onset]].max(initial=0.0)
        if peak < 0.1:
            continue
        # The mouth must come from below: the picture before has less than half.
        rising = [k for k in near if k and mouth[k - 1] < 0.5 * peak <= mouth[k]]
        if rising:
            errors[i] = min((heard[k] - onset for k in rising), key=abs)
    return errors


def _lips(rows: np.ndarray, train: VowelTrain) -> dict[str, Any]:
    """rows: (pictures, 5) as page.mjs notes them."""
    rows = rows[np.isfinite(rows[:, 2])]
    heard, mouth = rows[:, 2], rows[:, 3]
    inside = [i for i, t in enumerate(train.onsets) if heard[0] + 0.3 < t < heard[-1] - 0.3]
    onsets = [train.onsets[i] for i in inside]
    rests = [train.onsets[i] - (train.ends[i - 1] if i else 0.0) for i in inside]
    errors = lip_errors(heard, mouth, onsets, rests)
    # A page that drew nothing around an onset says nothing about lips; how often it did not is told apart.
    asleep = [np.diff(heard[np.abs(heard - t) < 0.25]).max(initial=0.0) > 0.12 for t in onsets]
    found = errors[np.isfinite(errors)] * 1000.0
    picture = float(np.median(np.diff(heard[mouth != np.roll(mouth, 1)]))) * 1000.0
    return {
        "onsets": len(inside),
        "missed": int(np.isnan(errors).sum()),
        "missed_while_the_page_drew": int((np.isnan(errors) & ~np.array(asleep)).sum()),
        "median_ms": round(float(np.median(found)), 1),
        "p95_abs_ms": round(float(np.percentile(np.abs(found), 95)), 1),
        "picture_ms": round(picture, 1),
    }


def _figures(seen: dict[str, Any]) -> dict[str, Any]:
    rows = np.array([[np.nan if v is None else v for v in row] for row in seen["pictures"]], dtype=float)
    gaps = np.diff(rows[:, 0])
    # Pictures that show a new moment; requestAnimationFrame may fire without one.
    new = np.diff(rows[:, 1]) != 0
    seconds = rows[-1, 0] - rows[0, 0]
    apart = np.abs(rows[:, 1] - rows[:, 2])
    return {
        "pictures_per_second": round(float(new.sum() / seconds), 1),
        "gap_ms": {f"p{q}": round(float(np.percentile(gaps, q)) * 1000, 1) for q in (50, 95, 99)},
        "picture_against_sound_ms": round(float(np.nanmedian(apart)) * 1000, 1),
        "quality": seen["quality"],
        "errors": seen["errors"],
    }


def run(seconds: float = 30.0, width: int = 960, height: int = 540) -> dict[str, Any]:
    """Watch the built-in song, Godette where she is, and the vowel train."""
    figures: dict[str, Any] = {}
    data = shared_data()
    casts = {"mannequin": "mannequin"}
    if data is not None:
        casts["godette"] = str(data / "visual" / "vrm" / "v0_godette.vrm")
    with tempfile.TemporaryDirectory(prefix="nichang-bench-") as name:
        folder = Path(name)
        train = vowel_train(seed=1, count=90)
        path = folder / "vowels.wav"
        soundfile.write(path, train.sound, train.rate)
        for cast, avatar in casts.items():
            show, told = _show(folder, "--avatar", avatar)
            try:
                figures[cast] = _figures(_watch(told["stage"], seconds, (width, height)))
            finally:
                _end(show)
        # The train is a voice alone and is named as one: whether a voice is heard in a mix is measured elsewhere.
        setlist = folder / "vowels.show.toml"
        setlist.write_text('[[songs]]\nfile = "vowels.wav"\nvocal = "vowels.wav"\nlyrics = "none"\n')
        show, told = _show(folder, str(setlist), "--avatar", casts.get("godette", "mannequin"))
        try:
            seen = _watch(told["stage"], seconds, (width, height))
        finally:
            _end(show)
        rows = np.array([[np.nan if v is None else v for v in row] for row in seen["pictures"]], dtype=float)
        figures["lips"] = {**_figures(seen), **_lips(rows, train)}
    return figures


def _end(show: subprocess.Popen[str]) -> None:
    show.send_signal(signal.SIGINT)
    try:
        show.wait(10)
    except subprocess.TimeoutExpired:
        show.kill()
    if show.stdout is not None:
        show.stdout.close()
