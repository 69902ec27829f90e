"""A file is there whole or not at all, whatever stops its writing."""

import os
from pathlib import Path

import pytest
import soundfile

from motion.errors import UserError
from performer.voice.whole_file import whole_file


class Refused(UserError):
    """The error of this test's own."""


@pytest.mark.parametrize("to_disk", [False, True])
def test_a_file_appears_at_the_end_of_the_block(tmp_path: Path, to_disk: bool) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    with whole_file(path, Refused, to_disk=to_disk) as part:
        part.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_a_stop_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt), whole_file(path, Refused) as part:
        part.write_text("half")
        raise KeyboardInterrupt
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_two_who_write_the_same_file_do_not_meet(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with whole_file(path, Refused) as first, first.open("w") as early:
        early.write("first, ")
        with whole_file(path, Refused) as second:
            second.write_text("second")
        assert path.read_text() == "second"
        early.write("whole")
    assert path.read_text() == "first, whole"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_what_the_system_refuses_is_a_sentence(tmp_path: Path) -> None:
    full = tmp_path / "a.txt"
    with (
        pytest.raises(Refused, match=r"cannot write .*a.txt: No space left; free some"),
        whole_file(full, Refused) as part,
    ):
        part.write_text("half")
        raise OSError(28, "No space left")
    # libsndfile has an error of its own for the same.
    with (
        pytest.raises(Refused, match=r"a.wav: .*Is there room left"),
        whole_file(tmp_path / "a.wav", Refused) as part,
    ):
        soundfile.SoundFile(part / "none", "w", 48_000, 1, format="WAV")
    # The place is a folder: the rename is what fails.
    (tmp_path / "folder").mkdir()
    with pytest.raises(Refused, match="directory"), whole_file(tmp_path / "folder", Refused) as part:
        part.write_text("whole")
    assert os.listdir(tmp_path) == ["folder"]
