"""`nichang` itself: help, a wrong command, wrong options, an error of ours and one that nobody foresaw, Ctrl-C."""

import subprocess
import sys
import types

import pytest
import typer

from motion.errors import UserError
from stage.cli import main as cli
from stage.cli.main import COMMANDS, main


def _run(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as end:
        main(list(args))
    out, err = capsys.readouterr()
    return int(end.value.code or 0), out, err


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> list[BaseException]:
    """A command `broken` that raises what the test puts into this list."""
    errors: list[BaseException] = []
    app = typer.Typer(add_completion=False)

    @app.command()
    def run() -> None:  # pyright: ignore[reportUnusedFunction]
        raise errors[0]

    module = types.ModuleType("broken_command")
    module.app = app  # pyright: ignore[reportAttributeAccessIssue]
    monkeypatch.setitem(sys.modules, "broken_command", module)
    monkeypatch.setitem(cli.COMMANDS, "broken", cli.Command("broken_command", ""))
    return errors


def test_help_names_every_command_and_needs_nothing_heavy(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = _run(capsys, "--help")
    assert code == 0
    for name in COMMANDS:
        assert f"  {name}" in out


@pytest.mark.parametrize("command", list(COMMANDS))
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = _run(capsys, command, "--help")
    assert code == 0
    assert "Usage: nichang" in out


@pytest.mark.parametrize(
    "args",
    [
        ("frobnicate",),
        ("show", "--frob"),
        ("show", "--port", "99999"),
        ("show", "--seed", "-1"),
        ("render",),
        ("render", "a.wav"),
        ("render", "a.wav", "-o"),
        ("render", "a.wav", "-o", "b.mp4", "--seed", "x"),
        ("render", "a.wav", "-o", "b.mp4", "--seed", "-1"),
        ("render", "a.wav", "-o", "b.mp4", "--quality", "mega"),
        ("render", "a.wav", "-o", "b.mp4", "--crf", "52"),
        ("lipsync", "a.wav", "--seed", "-1"),
        ("dance", "frob"),
    ],
)
def test_wrong_use_is_one_line_and_code_2(args: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = _run(capsys, *args)
    assert code == 2
    assert out == ""
    assert err.startswith("nichang: ")
    assert err.count("\n") == 1


def test_an_error_of_ours_is_its_sentence(broken: list[BaseException], capsys: pytest.CaptureFixture[str]) -> None:
    broken.append(UserError("this is wrong; do that"))
    assert _run(capsys, "broken") == (1, "", "nichang: this is wrong; do that\n")
    with pytest.raises(UserError):
        main(["broken", "--debug"])


def test_what_nobody_foresaw_is_one_line_too(broken: list[BaseException], capsys: pytest.CaptureFixture[str]) -> None:
    broken.append(ZeroDivisionError("division\nby zero"))
    code, out, err = _run(capsys, "broken")
    assert (code, out) == (1, "")
    assert "ZeroDivisionError" in err
    assert err.count("\n") == 1


def test_a_full_disk_is_said_as_such(broken: list[BaseException], capsys: pytest.CaptureFixture[str]) -> None:
    broken.append(OSError(28, "No space left on device", "out.json"))
    code, _, err = _run(capsys, "broken")
    assert code == 1
    assert err == "nichang: out.json: No space left on device; make room or write elsewhere\n"


@pytest.mark.parametrize("error", [KeyboardInterrupt(), typer.Abort()], ids=["Ctrl-C", "Abort"])
def test_ctrl_c_is_code_130(
    error: BaseException, broken: list[BaseException], capsys: pytest.CaptureFixture[str]
) -> None:
    broken.append(error)
    assert _run(capsys, "broken") == (130, "", "nichang: stopped\n")


def test_ctrl_c_while_the_command_is_loaded(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def load(name: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli.importlib, "import_module", load)
    assert _run(capsys, "doctor") == (130, "", "nichang: stopped\n")


def test_ctrl_c_in_a_finaliser_still_ends_the_command() -> None:
    """Python drops what is raised there; the press must not be lost with it."""
    code = (
        "import sys, time\n"
        "from stage.cli import main as m\n"
        "class Late:\n"
        "    def __del__(self):\n"
        "        raise KeyboardInterrupt\n"
        "def app(**_):\n"
        "    late = Late()\n"
        "    del late\n"
        "    for _ in range(300):\n"
        "        time.sleep(0.1)\n"
        "m.COMMANDS['late'] = m.Command('late', '')\n"
        "sys.modules['late'] = type(sys)('late')\n"
        "sys.modules['late'].app = app\n"
        "m.main(['late'])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=50)
    assert done.returncode == 130
    assert done.stderr == "nichang: stopped\n"


def test_a_show_whose_song_is_prepared_loads_no_listener() -> None:
    """SciPy alone takes half a second of the time to the first picture."""
    code = (
        "import sys, stage.cli.show, stage.server.run, stage.server.show_file\n"
        "from stage.server.songs import cache_of, find_song\n"
        "cache_of(find_song('yuyi'))\n"
        "print([name for name in ('scipy', 'librosa', 'onnxruntime', 'motion.music.listen') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
