"""Nothing reaches the terminal inside, everything outside, however many are inside at once."""

import os
import threading

import pytest

from performer.voice.hush import hushed


def _write(text: str) -> None:
    os.write(2, text.encode())


def test_only_what_is_outside_is_seen(capfd: pytest.CaptureFixture[str]) -> None:
    _write("before ")
    with hushed():
        _write("inside ")
        with hushed():
            _write("deeper ")
        _write("still inside ")
    _write("after")
    assert capfd.readouterr().err == "before after"


def test_an_error_inside_turns_it_back(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(OSError, match="gone"), hushed():
        raise OSError("gone")
    _write("after")
    assert capfd.readouterr().err == "after"


def test_a_second_thread_neither_waits_nor_turns_it_back_too_early(capfd: pytest.CaptureFixture[str]) -> None:
    done = threading.Event()

    def short() -> None:
        with hushed():
            _write("thread ")
        done.set()

    with hushed():
        thread = threading.Thread(target=short, daemon=True)
        thread.start()
        # Whoever records is inside all the time, and its loudspeaker is opened by another thread.
        assert done.wait(60)
        thread.join()
        _write("first ")
    _write("after")
    assert capfd.readouterr().err == "after"
