"""Folders of recordings as people have them: every defect gets its sentence, none stops the rest, clean ones pass."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from performer.voice.check import damage
from performer.voice.check.alike import Print
from performer.voice.check.persons import Voice
from performer.voice.check.recordings import CheckError, Examined, check, find_recordings, together
from performer.voice.check.report import FileReport, Finding, Report, Severity
from performer.voice.check.room import DECAYS
from performer.voice.check.slices import read_slices, slices
from tests.performer.voice.check.made import voice

RATE = 16_000


def write(path: Path, samples: NDArray[np.float32], rate: int = RATE, subtype: str = "PCM_16") -> Path:
    soundfile.write(path, np.clip(samples, -1, 1), rate, subtype=subtype, format="WAV")
    return path


def kinds(report: Report, name: str) -> dict[str, Severity]:
    (file,) = [file for file in report.files if file.path.name == name]
    return {finding.kind: finding.severity for finding in file.findings}


def test_twenty_seconds_are_refused_and_told_how_much_more(tmp_path: Path) -> None:
    write(tmp_path / "a.wav", voice(20.0, seed=1))
    report = check([tmp_path])
    (finding,) = [finding for finding in report.findings if finding.kind == "too_little"]
    assert not report.usable
    assert finding.severity is Severity.REFUSE
    more = float(finding.says.split(" record ")[1].split(" ")[0]) * (60 if " min more" in finding.says else 1)
    assert more + report.speech == pytest.approx(120.0, abs=4.0)


def test_files_of_every_kind_are_heard_and_bad_ones_only_lose_themselves(tmp_path: Path) -> None:
    clean = voice(12.0, 48_000, seed=1)
    write(tmp_path / "fine.wav", clean, 48_000)
    write(tmp_path / "high.wav", voice(6.0, 192_000, seed=2), 192_000, "PCM_24")
    write(tmp_path / "eight.wav", voice(6.0, seed=3), subtype="PCM_U8")
    write(tmp_path / "left.wav", np.stack([voice(6.0, seed=4), np.zeros(6 * RATE, np.float32)], axis=1))
    write(tmp_path / "offset.wav", voice(6.0, seed=5) + np.float32(0.1))
    write(tmp_path / "silent.wav", np.zeros(3 * RATE, np.float32))
    write(tmp_path / "clipped.wav", damage.clipped(voice(10.0, seed=6), 12.0))
    torn, places = damage.dropped(voice(10.0, seed=7), RATE, 0.03, 3, np.random.default_rng(0))
    write(tmp_path / "torn.wav", torn)
    write(tmp_path / "noisy.wav", damage.noisy(voice(10.0, seed=8), RATE, 5.0, np.random.default_rng(0)))
    write(tmp_path / "hum.wav", damage.humming(voice(10.0, seed=9), RATE, 25.0))
    (tmp_path / "empty.wav").touch()
    (tmp_path / "notes.txt").write_text("take 3 is best")
    (tmp_path / "letter.wav").write_text("this is no sound at all")
    (tmp_path / "cut.wav").write_bytes((tmp_path / "fine.wav").read_bytes()[:30])
    (tmp_path / "wrong ending.mp3").write_bytes((tmp_path / "hum.wav").read_bytes())
    report = check([tmp_path])
    assert "notes.txt" not in {file.path.name for file in report.files}
    for name in ("empty.wav", "letter.wav", "cut.wav"):
        assert kinds(report, name) == {"unreadable": Severity.REFUSE}
    assert kinds(report, "silent.wav") == {"silence": Severity.REFUSE}
    assert "depth" in kinds(report, "eight.wav")
    assert "dead_side" in kinds(report, "left.wav")
    assert "offset" in kinds(report, "offset.wav")
    assert "clipping" in kinds(report, "clipped.wav")
    assert kinds(report, "noisy.wav")["noise"] is Severity.REFUSE
    assert "hum" in kinds(report, "hum.wav")
    assert {"copy"} & (set(kinds(report, "hum.wav")) | set(kinds(report, "wrong ending.mp3")))
    (gaps,) = [
        f for file in report.files if file.path.name == "torn.wav" for f in file.findings if f.kind == "dropouts"
    ]
    assert len(gaps.spans) == len(places)
    pieces = [piece for piece in slices(report) if piece.path.name == "torn.wav"]
    assert not any(piece.start < place < piece.stop for piece in pieces for place in places)
    assert not {"clipping", "noise", "dropouts", "hum", "unreadable"} & set(kinds(report, "fine.wav"))
    json.dumps(report.to_json())


def test_slices_of_a_folder_can_be_read(tmp_path: Path) -> None:
    write(tmp_path / "a.wav", voice(20.0, 44_100, seed=1), 44_100)
    report = check([tmp_path])
    wanted = slices(report)
    got = list(read_slices(wanted, 48_000))
    assert len(got) == len(wanted) > 1
    for piece, sound in got:
        assert len(sound) == pytest.approx(piece.seconds * 48_000, abs=3)
        assert np.isfinite(sound).all()


def test_nothing_to_check_is_said(tmp_path: Path) -> None:
    with pytest.raises(CheckError, match="no recordings in"):
        check([tmp_path])
    with pytest.raises(CheckError, match="no such file"):
        check([tmp_path / "nowhere"])
    (tmp_path / ".hidden").mkdir()
    write(tmp_path / ".hidden" / "a.wav", voice(3.0))
    with pytest.raises(CheckError):
        find_recordings([tmp_path])


def _examined(number: int, *found: Finding) -> Examined:
    report = FileReport(Path(f"{number}.wav"), None, found)
    nobody, nothing = (
        Voice(np.zeros((0, 2)), np.zeros((0, 0))),
        Print(np.zeros((0, 20), np.bool_), np.zeros(0, np.bool_)),
    )
    return Examined(report, nobody, nothing, np.zeros(DECAYS, np.float32))


@pytest.mark.parametrize(
    ("strangers", "count", "said"), [(1, 10, False), (4, 10, True), (1, 4, False), (1, 2, False), (2, 4, True)]
)
def test_many_strangers_are_a_second_person_and_one_is_a_slip(strangers: int, count: int, said: bool) -> None:
    other = Finding("stranger", Severity.REFUSE, "its voice is not that of the other recordings")
    files = [_examined(number, *([other] if number < strangers else [])) for number in range(count)]
    overall = {finding.kind: finding.says for finding in together(files).findings}
    assert ("two_people" in overall) == said
    if said:
        assert f"{strangers} of {count} files sound" in overall["two_people"]
