"""Written words as vowels and closed lips."""

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


def test_pinyin_shows_its_main_vowel_and_not_the_glide_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"妈": "ma", "好": "hao", "水": "shui", "亮": "liang", "学": "xue", "多": "duo", "天": "tian", "女": "nü"}
    monkeypatch.setattr(syllables, "readings_of", lambda line, japanese: tuple(said[letter] for letter in line))
    found = syllables_of("".join(said))
    vowels = [[MOUTH[v] for v in s.vowels] for s in found]
    assert vowels == [["aa"], ["aa", "oh"], ["ou", "ih"], ["aa"], ["ee"], ["oh"], ["ee"], ["ou"]]
    assert [s.closes for s in found] == [True] + 7 * [False]


def test_a_japanese_reading_may_have_several_syllables_and_long_vowels(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"光": "ヒカリ", "今": "キョ", "日": "ウ", "東": "トウ"}
    monkeypatch.setattr(
        syllables, "readings_of", lambda line, japanese: tuple(said.get(letter, letter) for letter in line)
    )
    assert spelled("光") == ["ih", "aa", "ih"]
    assert spelled("東の") == ["oh", "oh", "oh"]


def test_a_word_is_read_as_its_line_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syllables, "readings_of", lambda line, japanese: ("yin", "yue", "hao"))
    assert [MOUTH[s.vowels[0]] for s in syllables_of("乐", context="音乐好")] == ["ee"]


def test_characters_that_nobody_reads_leave_the_vowel_to_the_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syllables, "readings_of", lambda line, japanese: None)
    assert syllables_of("霓裳羽衣") == (Syllable(),) * 4
    assert syllables_of("光", japanese=True) == (Syllable(),) * 2, "most have two syllables in Japanese"


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60), st.booleans())
def test_any_text_gives_vowels_that_exist(text: str, whole: bool) -> None:
    for syllable in syllables_of(text, whole=whole):
        assert all(0 <= vowel < 5 for vowel in syllable.vowels)
