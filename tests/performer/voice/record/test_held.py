"""Two windows that record into one folder would write over each other: the second is told, and a dead first is not in
the way."""

import errno
import os
import subprocess
import sys
from pathlib import Path
from unittest.mock import Mock

import pytest
import typer
from typer.testing import CliRunner

from performer.voice.record.held import held
from performer.voice.record.session import RecordError, open_session
from stage.cli.voice_record import record

_HOLD = (
    "import pathlib, sys; from performer.voice.record.held import held\n"
    "with held(pathlib.Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
)
app = typer.Typer()
app.command()(record)


def test_the_second_is_told_until_the_first_has_ended(tmp_path: Path) -> None:
    with held(tmp_path / "takes"):
        told = pytest.raises(RecordError, match=r"somebody is recording into .*takes already.*end that first")
        with told, held(tmp_path / "takes"):
            pass
        with held(tmp_path / "others"):
            pass
    with held(tmp_path / "takes"):
        pass


def test_an_error_lets_go(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), held(tmp_path):
        raise KeyboardInterrupt
    with held(tmp_path):
        pass


def test_what_is_no_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RecordError, match="is a file; name a folder"), held(tmp_path / "file"):
        pass
    with pytest.raises(RecordError, match="cannot write to the folder"), held(tmp_path / "file" / "below"):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="locks of its own")
def test_a_share_without_locks_is_recorded_into_and_a_broken_one_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for code in (errno.ENOLCK, errno.EOPNOTSUPP):
        monkeypatch.setattr("fcntl.flock", Mock(side_effect=OSError(code, os.strerror(code))))
        with held(tmp_path):
            (tmp_path / f"{code}.wav").touch()
    monkeypatch.setattr("fcntl.flock", Mock(side_effect=OSError(errno.EIO, "Input/output error")))
    with pytest.raises(RecordError, match=r"cannot lock .*\(Input/output error\); name a folder"), held(tmp_path):
        pass
    assert {path.name for path in tmp_path.glob("*.wav")} == {f"{errno.ENOLCK}.wav", f"{errno.EOPNOTSUPP}.wav"}


def test_another_window_is_refused_and_a_killed_one_is_not_in_the_way(tmp_path: Path) -> None:
    open_session(tmp_path, "ja")
    command = [sys.executable, "-c", _HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        try:
            for way in ((), ("--page", "--no-open")):
                refused = CliRunner().invoke(app, ["-o", str(tmp_path), *way])
                assert isinstance(refused.exception, RecordError)
                assert "somebody is recording" in str(refused.exception)
            # Asking how far it is disturbs nobody.
            assert CliRunner().invoke(app, ["-o", str(tmp_path), "--status"]).exit_code == 0
        finally:
            other.kill()
    with held(tmp_path):
        pass
