"""How a browser is started: with words alone, without one."""

import time
from pathlib import Path

import pytest

from stage.render.browser import start_browser
from stage.render.errors import BrowserError


def _started(tmp_path: Path, software: str = "mesa") -> tuple[list[str], dict[str, str]]:
    """Flags and environment that a browser gets."""
    fake = tmp_path / "browser"
    fake.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/flags\n'
        f"env > {tmp_path}/env.part\nmv {tmp_path}/env.part {tmp_path}/env\n"
    )
    fake.chmod(0o755)
    (tmp_path / "env").unlink(missing_ok=True)
    with start_browser("http://127.0.0.1:1/x", browser=fake, software=software) as browser:
        while browser.alive():
            time.sleep(0.01)
    lines = (tmp_path / "env").read_text(encoding="utf-8", errors="replace").splitlines()
    return (tmp_path / "flags").read_text().splitlines(), dict(line.split("=", 1) for line in lines if "=" in line)


def test_a_busy_machine_gets_no_other_rasteriser_behind_our_back(tmp_path: Path) -> None:
    flags, _ = _started(tmp_path)
    assert {"--disable-gpu-watchdog", "--disable-software-rasterizer", "--use-angle=gl-egl"} <= set(flags)
    flags, _ = _started(tmp_path, "swiftshader")
    assert "--use-angle=swiftshader" in flags
    assert "--disable-software-rasterizer" not in flags


def test_it_leaves_no_profile_behind(tmp_path: Path) -> None:
    flags, _ = _started(tmp_path)
    profile = next(Path(flag.split("=", 1)[1]) for flag in flags if flag.startswith("--user-data-dir="))
    assert not profile.exists()


def test_a_browser_that_cannot_be_started_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "none").write_text("no program")
    with pytest.raises(BrowserError, match="does not start"):
        start_browser("http://127.0.0.1:1/x", browser=tmp_path / "none")
