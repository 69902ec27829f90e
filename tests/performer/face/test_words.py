"""Words heard by machine: from a recogniser's segments to lyrics, and onto the onsets of the voice."""

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from performer.face import words
from performer.face.hear import hear
from performer.face.lyric_sheet import LyricLine, Lyrics, LyricWord
from performer.face.snap import snap_words
from performer.face.words import WordsError, hear_words, lines_from_segments, model_folder
from tests.bench.lips import vowel_train


def segment(*spoken: tuple[float, float, str], no_speech: float = 0.1, sure: float = -0.3) -> Any:
    heard = [SimpleNamespace(start=a, end=b, word=text) for a, b, text in spoken]
    return SimpleNamespace(words=heard, no_speech_prob=no_speech, avg_logprob=sure)


def test_segments_become_lines_that_say_who_heard_them() -> None:
    lyrics = lines_from_segments([segment((1.0, 1.3, " so"), (1.3, 1.9, " far"))], 10.0)
    assert lyrics.heard_by_machine
    assert lyrics.lines[0].text == "so far"
    assert [(w.start, w.end) for w in lyrics.lines[0].words] == [(1.0, 1.3), (1.3, 1.9)]


def test_the_space_that_the_recogniser_begins_with_is_no_part_of_the_line() -> None:
    words_ = lines_from_segments([segment((1.0, 1.3, " so"), (1.3, 1.9, " far"))], 10.0).lines[0].words
    assert [word.text for word in words_] == ["so", " far"]


def test_hearing_tells_how_far_it_has_got(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model.bin").touch()

    class Model:
        def __init__(self, *args: Any, **options: Any) -> None:
            assert options["local_files_only"], "nothing is fetched at run time"

        def transcribe(self, samples: Any, **options: Any) -> Any:
            found = [segment((1.0, 1.3, " so")), segment((3.0, 3.3, " far"))]
            for made, end in zip(found, (2.0, 4.0), strict=True):
                made.end = end
            return iter(found), None

    monkeypatch.setitem(sys.modules, "faster_whisper", SimpleNamespace(WhisperModel=Model))
    told: list[float] = []
    heard_ = hear_words(np.zeros(4 * 16_000, np.float32), 16_000, model_dir=tmp_path, tell=told.append)
    assert told == [0.5, 1.0]
    assert [line.text for line in heard_.lines] == ["so", "far"]


def test_a_first_word_that_swallowed_the_rest_before_it_is_shortened() -> None:
    word = lines_from_segments([segment((1.0, 3.0, " so"), (3.0, 3.5, " far"))], 10.0).lines[0].words[0]
    assert word.end == 3.0
    assert word.start > 2.5


def test_what_is_no_speech_or_unsure_is_left_out() -> None:
    found = [segment((0, 1, " thanks"), no_speech=0.9), segment((1, 2, " la"), sure=-2.0), segment((2, 3, " yes"))]
    assert [line.text for line in lines_from_segments(found, 10.0).lines] == ["yes"]


def test_a_line_repeated_for_ever_is_cut() -> None:
    lyrics = lines_from_segments([segment((k, k + 0.5, " you")) for k in range(20)], 30.0)
    assert len(lyrics.lines) == 3


def test_rests_and_length_cut_a_segment_into_lines() -> None:
    far = segment((0.0, 0.5, " one"), (2.0, 2.5, " two"))
    assert [line.text for line in lines_from_segments([far], 10.0).lines] == ["one", "two"]
    long = segment(*((k * 0.5, k * 0.5 + 0.5, " wordword") for k in range(20)))
    assert max(len(line.text) for line in lines_from_segments([long], 20.0).lines) <= 60


def test_words_stay_in_order_and_inside_the_song() -> None:
    lyrics = lines_from_segments([segment((1.0, 2.0, " a"), (1.5, 1.2, " b"), (1.9, 9.0, " c"))], 3.0)
    spans = [(w.start, w.end) for line in lyrics.lines for w in line.words]
    assert all(a < b <= 3.0 for a, b in spans)
    assert spans == sorted(spans)


def test_words_that_are_early_move_onto_the_onsets() -> None:
    train = vowel_train(seed=5, count=12)
    heard = hear(train.sound, train.rate, vocal=None)
    early = tuple(LyricWord(a - 0.18, b - 0.18, " la") for a, b in zip(train.onsets, train.ends, strict=True))
    lyrics = Lyrics((LyricLine(early[0].start, early[-1].end, "la", "", early),), heard_by_machine=True)
    moved = snap_words(lyrics, heard, duration=len(train.sound) / train.rate).lines[0].words
    errors = np.asarray([word.start for word in moved]) - train.onsets
    assert np.abs(errors).max() < 0.05


def test_without_the_extra_the_sentence_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "faster_whisper", None)
    with pytest.raises(WordsError, match="make setup EXTRAS=words"):
        hear_words(np.zeros(16_000, np.float32), 16_000)


def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, name in enumerate(("part_one", "part_two"), 1):
        (tmp_path / name / "data").mkdir(parents=True)
        (tmp_path / name / "__init__.py").touch()
        (tmp_path / name / "data" / f"model.bin.part{number}").write_bytes(bytes([number]) * 10)
    (tmp_path / "part_two" / "data" / "config.json").write_text("{}")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(words, "PARTS", ("part_one", "part_two"))


def test_weights_that_are_not_the_expected_ones_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packages(tmp_path, monkeypatch)
    with pytest.raises(WordsError, match="hash"):
        model_folder(tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == [], "nothing half-made stays behind"


def test_the_parts_are_joined_once_in_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packages(tmp_path, monkeypatch)
    monkeypatch.setattr(words, "_MODEL_SHA256_START", "")
    monkeypatch.setattr(words, "_MODEL_SHA256_END", "")
    folder = model_folder(tmp_path / "cache")
    assert (folder / "model.bin").read_bytes() == b"\x01" * 10 + b"\x02" * 10
    assert (folder / "config.json").exists()
    stamp = (folder / "model.bin").stat().st_mtime_ns
    assert model_folder(tmp_path / "cache") == folder
    assert (folder / "model.bin").stat().st_mtime_ns == stamp


def test_a_folder_without_a_model_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "faster_whisper", SimpleNamespace())
    with pytest.raises(WordsError, match=r"no model\.bin"):
        hear_words(np.zeros(16_000, np.float32), 16_000, model_dir=tmp_path)
