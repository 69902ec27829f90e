"""`nichang dance` from the outside: plan, export, list, sheet; each wrong use is one line and leaves nothing."""

import json
from pathlib import Path

import numpy as np
import pytest

from motion.dance.plan import decode_plan
from motion.rig.bvh import decode_bvh
from motion.rig.vrma import decode_vrma
from performer.voice.sound import Sound, write_wav
from stage.cli.main import main


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve seconds of a beat at 120, heard and planned once."""
    folder = tmp_path_factory.mktemp("dance")
    t = np.arange(8000 * 12) / 8000
    beat = 0.7 * np.sin(2 * np.pi * 200 * t) * np.exp(-12 * (t % 0.5))
    write_wav(folder / "song.wav", Sound(beat.astype(np.float32)[:, None], 8000))
    (folder / "noise.wav").write_text("no sound")
    (folder / "broken.json").write_text('{"steps": [{"move": 7}]}')
    assert run("listen", folder / "song.wav", "-o", folder / "song.json") == 0
    assert run("dance", "plan", folder / "song.json", "-o", folder / "plan.json") == 0
    return folder


def run(*args: object) -> int:
    with pytest.raises(SystemExit) as end:
        main([*map(str, args)])
    return int(end.value.code or 0)


def test_a_plan_is_readable_and_fills_the_bars(folder: Path) -> None:
    assert decode_plan((folder / "plan.json").read_bytes()).steps


def test_exports_load_back(folder: Path) -> None:
    plan, song = folder / "plan.json", folder / "song.json"
    assert run("dance", "export", plan, "--song", song, "-o", folder / "d.bvh", "--fps", 30) == 0
    assert run("dance", "export", plan, "--song", song, "-o", folder / "d.vrma", "--fps", 30) == 0
    bvh, _ = decode_bvh((folder / "d.bvh").read_text())
    assert len(bvh) == pytest.approx(360, abs=1)
    vrma, _ = decode_vrma((folder / "d.vrma").read_bytes())
    assert len(vrma) > 300


@pytest.mark.parametrize("said", [("--seed", 0), ("--manner", "cool")])
def test_a_plan_is_not_planned_anew(folder: Path, capsys: pytest.CaptureFixture[str], said: tuple[object, ...]) -> None:
    capsys.readouterr()
    told = ("dance", "export", folder / "plan.json", "--song", folder / "song.json", "-o", folder / "again.bvh")
    assert run(*told, *said) == 2
    assert "leave out --seed and --manner" in " ".join(capsys.readouterr().err.split())
    assert not (folder / "again.bvh").exists()


def test_seed_rate_and_own_moves_only_reach_the_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    song = folder / "song.json"
    moves: list[list[str]] = []
    for seed in (1, 1, 2):
        assert run("dance", "plan", song, "-o", folder / "s.json", "--seed", seed, "--own-moves-only") == 0
        plan = decode_plan((folder / "s.json").read_bytes())
        assert plan.seed == seed
        assert plan.own_moves_only
        moves.append([step.move for step in plan.steps])
    assert moves[0] == moves[1] != moves[2]
    assert not any(move.startswith(("cmu_", "fair1_")) for move in moves[0] + moves[2])
    capsys.readouterr()
    args = ("--fps", 24, "--seed", 2, "--own-moves-only", "--json")
    assert run("dance", "export", song, "-o", folder / "own.bvh", *args) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["fps"], said["notice"]) == (24, "")
    assert decode_bvh((folder / "own.bvh").read_text())[0].rate == pytest.approx(24, rel=1e-3)
    assert not (folder / "own.bvh.notice.txt").exists()


def test_the_manner_reaches_the_file_and_its_dance(folder: Path) -> None:
    song = folder / "song.json"
    moves: dict[str, list[str]] = {}
    for manner in ("classical", "hiphop"):
        assert run("dance", "plan", song, "-o", folder / "m.json", "--manner", manner) == 0
        plan = decode_plan((folder / "m.json").read_bytes())
        assert plan.manner == manner
        moves[manner] = [step.move for step in plan.steps]
    assert moves["classical"] != moves["hiphop"]
    assert run("dance", "plan", song, "-o", folder / "none.json", "--manner", "tango") == 1
    assert not (folder / "none.json").exists()


def test_list_and_sheet(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run("dance", "list", "--json") == 0
    moves = json.loads(capsys.readouterr().out)["moves"]
    assert {"name", "counts", "style", "energy", "tags", "own"} <= set(moves[0])
    assert run("dance", "sheet", moves[0]["name"], "-o", folder / "sheet.png") == 0
    assert (folder / "sheet.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "args",
    [
        ["plan", "missing.wav", "-o", "x.json"],
        ["plan", "noise.wav", "-o", "x.json"],
        ["plan", "song.json", "-o", "nowhere/x.json"],
        ["plan", "song.json", "-o", "x.json", "--nonsense"],
        ["export", "broken.json", "--song", "song.json", "-o", "x.bvh"],
        ["export", "plan.json", "-o", "x.bvh"],
        ["export", "song.json", "-o", "x.mp4"],
        ["export", "song.json", "-o", "x.bvh", "--fps", "0"],
        ["plan", "song.json", "-o", "x.json", "--seed", "-1"],
        ["sheet", "no such move", "-o", "x.png"],
    ],
)
def test_each_wrong_use_is_one_line(
    args: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    capsys.readouterr()
    assert run("dance", *args) in (1, 2)
    error = capsys.readouterr().err
    assert error.startswith("nichang: ")
    assert "internal" not in error
    assert error.count("\n") == 1
    assert not [p.name for p in folder.iterdir() if p.name.startswith((".", "x."))]
