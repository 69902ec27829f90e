"""Words by "auto": the file beside the song first, then the recogniser, else a line of advice."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from performer.face import song_words as module
from performer.face.lyric_sheet import LyricLine, Lyrics, LyricWord
from performer.face.lyrics import parse_lyrics
from performer.face.song_words import song_words

RATE = 8000
SOUND = np.full(RATE * 6, 0.1, np.float32)
HEARD = Lyrics((LyricLine(1.0, 2.0, "so far", "", (LyricWord(1.0, 1.4, "so "), LyricWord(1.4, 2.0, "far"))),), True)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    made: list[int] = []

    def hear(mono: Any, rate: int, model_dir: Path | None = None, tell: Any = None) -> Lyrics:
        del mono, model_dir
        made.append(rate)
        if tell is not None:
            tell(0.5)
        return HEARD

    monkeypatch.setattr(module, "hear_words", hear)
    monkeypatch.setattr(module, "can_hear_words", lambda model_dir=None: True)
    return made


def test_the_file_beside_the_song_wins(tmp_path: Path, calls: list[int]) -> None:
    (tmp_path / "song.lrc").write_text("[00:01.00]mine\n", encoding="utf-8")
    found = song_words(tmp_path / "song.wav", SOUND, RATE)
    assert found.lyrics is not None
    assert found.lyrics.lines[0].text == "mine"
    assert not found.lyrics.heard_by_machine
    assert calls == []


def test_heard_words_are_kept_marked_and_met_again(tmp_path: Path, calls: list[int]) -> None:
    first = song_words(tmp_path / "song.wav", SOUND, RATE)
    assert first.path == tmp_path / "song.lrc"
    assert "machine" in first.advice
    assert first.lyrics is not None
    assert first.lyrics.heard_by_machine
    assert "heard by machine" in (tmp_path / "song.lrc").read_text(encoding="utf-8")
    second = song_words(tmp_path / "song.wav", SOUND, RATE)
    assert second.lyrics == first.lyrics
    assert calls == [RATE]
    assert [p.name for p in tmp_path.iterdir()] == ["song.lrc"]


def test_what_a_person_corrected_is_used_and_never_written_over(tmp_path: Path, calls: list[int]) -> None:
    song_words(tmp_path / "song.wav", SOUND, RATE)
    kept = tmp_path / "song.lrc"
    kept.write_text(kept.read_text(encoding="utf-8").replace("far", "near"), encoding="utf-8")
    corrected = kept.read_bytes()
    found = song_words(tmp_path / "song.wav", SOUND, RATE)
    assert found.lyrics is not None
    assert found.lyrics.lines[0].text == "so near"
    assert kept.read_bytes() == corrected
    assert calls == [RATE]


def test_how_far_the_hearing_has_got_is_told(tmp_path: Path, calls: list[int]) -> None:
    told: list[float] = []
    song_words(tmp_path / "song.wav", SOUND, RATE, tell=told.append)
    assert told == [0.5]
    assert calls == [RATE]


def test_words_may_be_kept_elsewhere(tmp_path: Path, calls: list[int]) -> None:
    keep = tmp_path / "cache" / "lyrics.lrc"
    song_words(tmp_path / "song.wav", SOUND, RATE, keep=keep)
    assert parse_lyrics(keep.read_bytes(), duration=6.0).heard_by_machine
    assert not (tmp_path / "song.lrc").exists()
    assert calls == [RATE]


def test_a_place_that_cannot_be_written_loses_no_words(tmp_path: Path, calls: list[int]) -> None:
    (tmp_path / "file").touch()
    found = song_words(tmp_path / "song.wav", SOUND, RATE, keep=tmp_path / "file" / "lyrics.lrc")
    assert found.lyrics is not None
    assert "not kept" in found.advice
    assert calls == [RATE]


def test_two_runs_at_once_keep_whole_words_each(
    tmp_path: Path, calls: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace
    met: list[Path] = []

    def late(part: Path, target: Path) -> Path:
        met.append(part)
        if len(met) == 1:
            # Before the first run's file gets its name, a second run begins and ends.
            other = song_words(tmp_path / "song.wav", SOUND, RATE)
            assert other.path == target
        return replace(part, target)

    monkeypatch.setattr(Path, "replace", late)
    found = song_words(tmp_path / "song.wav", SOUND, RATE)
    assert found.path == tmp_path / "song.lrc"
    assert len(set(met)) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["song.lrc"]
    assert calls == [RATE, RATE]


def test_silence_is_not_listened_to(tmp_path: Path, calls: list[int]) -> None:
    assert song_words(tmp_path / "song.wav", np.zeros_like(SOUND), RATE).lyrics is None
    assert calls == []


def test_without_the_extra_one_line_of_advice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "can_hear_words", lambda model_dir=None: False)
    found = song_words(tmp_path / "song.wav", SOUND, RATE)
    assert found.lyrics is None
    assert "EXTRAS=words" in found.advice
    assert "\n" not in found.advice
    assert list(tmp_path.iterdir()) == []
