"""One whole run as a user's: `nichang show` as a process, both pages in a real Chromium, and Ctrl-C at the end."""

import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from motion.errors import UserError
from stage.render.browser import find_browser

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "stage" / "web"
SECONDS = 16
# Preparing the song takes half a minute on a free core; only a broken show takes this long.
PATIENCE = 600.0


def need() -> str:
    """The browser, or a skip that says what is missing."""
    if not (WEB / "dist" / "stage.html").exists():
        pytest.skip("the pages are not built: make setup")
    if not (WEB / "node_modules" / "playwright-core").exists():
        pytest.skip("the pages' packages are not installed: make setup")
    try:
        return str(find_browser())
    except UserError as error:
        pytest.skip(str(error))


def node() -> str:
    own = ROOT / ".venv" / "bin" / "node"
    return str(own) if own.exists() else shutil.which("node") or "node"


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the driver saw of one show, with `folder` of pictures, `exit` code and `stderr` of the show."""
    browser = need()
    folder = tmp_path_factory.mktemp("show")
    env = {**os.environ, "NICHANG_HOME": str(folder / "home")}
    log = (folder / "show.log").open("w")
    command = [sys.executable, "-c", "from stage.cli.main import main; main()", "show"]
    show = subprocess.Popen(
        [*command, "--port", "0", "--json", "--no-open"],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
    )
    try:
        assert show.stdout is not None
        line = show.stdout.readline()
        assert line, (folder / "show.log").read_text()
        told = json.loads(line)
        # Begin to watch when the song begins: it is prepared first.
        deadline = time.monotonic() + PATIENCE
        while "on the stage" not in (folder / "show.log").read_text():
            assert show.poll() is None, (folder / "show.log").read_text()
            assert "failed" not in (folder / "show.log").read_text(), (folder / "show.log").read_text()
            assert time.monotonic() < deadline, (folder / "show.log").read_text()
            time.sleep(0.2)
        done = subprocess.run(
            [
                *(node(), str(Path(__file__).with_name("drive.mjs")), told["stage"], told["console"]),
                *(str(folder), str(SECONDS), browser),
            ],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        result = json.loads(done.stdout)
    finally:
        show.send_signal(signal.SIGINT)
        try:
            code = show.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            show.kill()
            code = -9
        if show.stdout is not None:
            show.stdout.close()
        log.close()
    result |= {"folder": folder, "exit": code, "stderr": (folder / "show.log").read_text()}
    return result


@pytest.mark.browser
def test_both_pages_run_without_an_error(seen: dict[str, Any]) -> None:
    assert seen["errors"] == []
    assert seen["samples"][-1]["errors"] == []


@pytest.mark.browser
def test_the_picture_is_not_blank_and_moves(seen: dict[str, Any]) -> None:
    pictures = [np.asarray(Image.open(p).convert("L"), float) for p in sorted(seen["folder"].glob("stage-*.png"))]
    assert len(pictures) == 4
    for picture in pictures:
        assert picture.std() > 15
    for a, b in itertools.pairwise(pictures):
        assert np.abs(a - b).mean() > 1.0


@pytest.mark.browser
def test_the_show_runs_in_time(seen: dict[str, Any]) -> None:
    samples = seen["samples"]
    media = np.array([s["media"] for s in samples])
    assert media[-1] - media[0] > 0.8 * SECONDS
    assert (np.diff(media) >= 0).all()
    heard = np.array([np.nan if s["heard"] is None else s["heard"] for s in samples], dtype=float)
    apart = np.abs(heard - media)[np.isfinite(heard)]
    assert len(apart) > 10, "the page never played the sound"
    # A picture is made for the middle of the time that it stands; a slow machine's stand long.
    picture = 1.0 / max(float(np.median([s["fps"] for s in samples])), 1.0)
    assert np.median(apart) < 0.05 + picture


@pytest.mark.browser
def test_the_mouth_follows_the_voice(seen: dict[str, Any]) -> None:
    """The built-in song begins without voice; the mouth is shut there and moves when she sings."""
    from motion.music.vocal import stem_activity
    from performer.voice.songs import FIRST_SONG, song_folder
    from performer.voice.sound import read_sound

    song = song_folder(FIRST_SONG)
    assert song.vocal is not None
    stem = read_sound(song.vocal)
    voice = stem_activity(stem.mono, stem.rate, stem.seconds)
    sung = np.array([voice.at(s["media"]) for s in seen["samples"]])
    mouth = np.array([s["mouth"] for s in seen["samples"]])
    assert (sung > 0.5).sum() > 10
    assert (sung < 0.1).sum() > 10
    assert mouth[sung > 0.5].mean() > 0.15
    assert mouth[sung > 0.5].mean() > 3 * mouth[sung < 0.1].mean()


@pytest.mark.browser
def test_the_console_shows_and_pauses(seen: dict[str, Any]) -> None:
    assert "PANIC" in seen["console"]["text"].upper()
    # Paused means that the stage stands, and that a page which opens now shows the same moment.
    assert seen["pausedAt"] > 0.5 * SECONDS
    assert seen["latePausedAt"] == pytest.approx(seen["pausedAt"], abs=1e-6)


@pytest.mark.browser
def test_ctrl_c_ends_it_cleanly(seen: dict[str, Any]) -> None:
    assert seen["exit"] == 0
    assert "Traceback" not in seen["stderr"]
