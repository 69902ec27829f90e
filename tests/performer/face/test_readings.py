"""Chinese characters as they are read, with the packages of [words] and without."""

import sys
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from performer.face import readings
from performer.face.readings import has_kana, is_han, readings_of


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """What was read with one set of packages is not met by the next test."""

    def forget() -> None:
        for cached in (readings_of, readings._pinyin, readings._tokenizer):
            cached.cache_clear()

    forget()
    yield
    forget()


def token(surface: str, reading: str, phonetic: str = "") -> SimpleNamespace:
    return SimpleNamespace(surface=surface, reading=reading, phonetic=phonetic or reading)


def japanese(monkeypatch: pytest.MonkeyPatch, *tokens: SimpleNamespace) -> None:
    fake = SimpleNamespace(Tokenizer=lambda: SimpleNamespace(tokenize=lambda line: tokens))
    monkeypatch.setitem(sys.modules, "janome.tokenizer", fake)


def test_kana_inside_a_word_say_where_a_reading_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    japanese(monkeypatch, token("歌う", "ウタウ"), token("打ち上げ", "ウチアゲ"), token("!", "*"))
    assert readings_of("歌う打ち上げ!", True) == ("ウタ", "ウ", "ウ", "チ", "ア", "ゲ", "!")


def test_a_reading_is_shared_out_by_moras(monkeypatch: pytest.MonkeyPatch) -> None:
    japanese(monkeypatch, token("一緒", "イッショ"), token("東京", "トウキョウ"))
    assert readings_of("一緒東京", True) == ("イッ", "ショ", "トウ", "キョウ")


def test_the_particles_are_said_as_they_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    japanese(monkeypatch, token("私", "ワタシ"), token("は", "ハ", "ワ"), token("花", "ハナ"))
    assert readings_of("私は花", True) == ("ワタシ", "ワ", "ハナ")


def test_chinese_has_one_reading_a_character_and_leaves_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"音": "yin", "乐": "yue"}
    fake = SimpleNamespace(lazy_pinyin=lambda text: [said[letter] for letter in text])
    monkeypatch.setitem(sys.modules, "pypinyin", fake)
    assert readings_of("a 音乐!", False) == ("a", " ", "yin", "yue", "!")


@pytest.mark.parametrize("as_japanese", [True, False])
def test_without_the_packages_there_is_no_reading(as_japanese: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypinyin", None)
    monkeypatch.setitem(sys.modules, "janome.tokenizer", None)
    assert readings_of("霓裳", as_japanese) is None


def test_a_line_without_chinese_characters_needs_no_reading() -> None:
    assert readings_of("さくら sakura", True) is None
    assert has_kana("さくら")
    assert not has_kana("霓裳 dance")
    assert is_han("霓")
    assert not is_han("a")


def test_real_chinese_by_its_neighbours() -> None:
    pytest.importorskip("pypinyin", reason="the extra [words] is not installed")
    assert readings_of("音乐让我快乐", False) == ("yin", "yue", "rang", "wo", "kuai", "le")


def test_real_japanese() -> None:
    pytest.importorskip("janome", reason="the extra [words] is not installed")
    assert readings_of("夜の果てで光を探す", True) == ("ヨル", "の", "ハ", "テ", "で", "ヒカリ", "を", "サガ", "ス")


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="夜光探歌音乐々〆のてすアーッa1 ，。𠮷", max_size=20), st.booleans())
def test_any_line_has_a_reading_for_each_character_or_none(line: str, as_japanese: bool) -> None:
    found = readings_of(line, as_japanese)
    assert found is None or len(found) == len(line)
