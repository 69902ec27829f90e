"""The judges' process: absent judges are said, answers are kept by content."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.bench.voice_judges.clips import write_16k
from tests.bench.voice_judges.judges import Absent, Judges


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_16k(tmp_path / "clips", np.zeros(8000, np.float32), "silence")


def test_an_answer_is_kept_by_what_was_asked_about(tmp_path: Path, clip: Path) -> None:
    judges = Judges(tmp_path / "no python here", tmp_path)
    kept = tmp_path / "judged" / "whisper" / f"{judges.content(clip)}.json"
    kept.parent.mkdir(parents=True)
    kept.write_text(json.dumps("hm"), encoding="utf-8")
    assert judges.judge("whisper", clip) == "hm"
    other = write_16k(tmp_path / "clips", np.ones(8000, np.float32), "silence")
    assert other != clip
    with pytest.raises(Absent, match="cannot be started"):
        judges.judge("whisper", other)


def test_a_judge_that_is_absent_says_so_and_the_others_go_on(tmp_path: Path, clip: Path) -> None:
    judges = Judges(Path(sys.executable), tmp_path)
    try:
        found = judges.ask("versions")
        if found["speechmos"] is not None:
            pytest.skip("speechmos is installed beside the tests")
        with pytest.raises(Absent, match="dnsmos: ModuleNotFoundError"):
            judges.judge("dnsmos", clip)
        assert judges.ask("versions") == found
        assert not (tmp_path / "judged").exists()
    finally:
        judges.close()
