"""Written words as vowels and closed lips."""

import sys
import types

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from performer.face import syllables
from performer.face.syllables import Syllable, syllables_of
from performer.face.track import MOUTH


def spelled(text: str, **options: object) -> list[str]:
    whole = bool(options.get("whole", True))
    found = syllables_of(text, whole=whole)
    return ["+".join(MOUTH[v] for v in s.vowels) for s in found]


@pytest.mark.parametrize(
    ("text", "vowels"),
    [
        ("far away from home", ["aa", "aa", "ee+ih", "oh", "oh"]),
        ("time", ["aa+ih"]),
        ("moon", ["ou"]),
        ("see me", ["ih", "ih"]),
        ("my way", ["aa+ih", "ee+ih"]),
        ("sakura no hana ga", ["aa", "ou", "aa", "oh", "aa", "aa", "aa"]),
        ("さくら", ["aa", "ou", "aa"]),
        ("キャット", ["aa", "oh"]),
        ("사랑해", ["aa", "aa", "ee"]),
        ("ｱｲ", ["aa", "ih"]),
        ("café", ["aa", "ee"]),
        ("", []),
        ("!?… 🎤", []),
    ],
)
def test_text_becomes_vowels(text: str, vowels: list[str]) -> None:
    found = spelled(text)
    assert [v.split("+")[0] for v in found] == [v.split("+")[0] for v in vowels]


def test_a_syllable_inside_a_word_is_not_read_as_a_word() -> None:
    assert spelled("ty", whole=False) == ["ih"]
    assert spelled("ty", whole=True) == ["aa+ih"]


@pytest.mark.parametrize(
    ("text", "closes"), [("ma", True), ("ba", True), ("pu", True), ("ま", True), ("か", False), ("밤", True)]
)
def test_lips_meet_before_m_b_p(text: str, closes: bool) -> None:
    assert syllables_of(text)[0].closes is closes


def test_lips_meet_after_a_final_m() -> None:
    assert syllables_of("home")[0].closes_after
    assert not syllables_of("hot")[0].closes_after


def test_chinese_characters_leave_the_vowel_to_the_sound_without_pypinyin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypinyin", None)
    syllables._pinyin_module.cache_clear()
    assert syllables_of("霓裳羽衣") == (Syllable(),) * 4
    syllables._pinyin_module.cache_clear()


def test_chinese_characters_with_pypinyin_have_their_vowels(monkeypatch: pytest.MonkeyPatch) -> None:
    readings = {"妈": "ma", "好": "hao", "水": "shui"}
    fake = types.SimpleNamespace(lazy_pinyin=lambda text: [readings[c] for c in text])
    monkeypatch.setitem(sys.modules, "pypinyin", fake)
    syllables._pinyin_module.cache_clear()
    found = syllables_of("妈好水")
    syllables._pinyin_module.cache_clear()
    assert [[MOUTH[v] for v in s.vowels] for s in found] == [["aa"], ["aa", "oh"], ["ou", "ih"]]
    assert [s.closes for s in found] == [True, False, False]


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60), st.booleans())
def test_any_text_gives_vowels_that_exist(text: str, whole: bool) -> None:
    for syllable in syllables_of(text, whole=whole):
        assert all(0 <= vowel < 5 for vowel in syllable.vowels)
