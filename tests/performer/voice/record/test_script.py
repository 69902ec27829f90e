"""Scripts: the shipped ones hold what they promise, and a wrong file is told in a sentence."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from performer.voice.record.guide import guide_tone, hertz_of, note_name
from performer.voice.record.script import LANGUAGES, Line, Note, Script, ScriptError, load_script, parse_script

HEAD = 'language = "en"\ntitle = "t"\n'


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_shipped_script_is_half_an_hour_and_begins_with_the_room(language: str) -> None:
    script = load_script(language)
    kinds = [line.kind for line in script.lines]
    assert kinds[0] == "room"
    assert kinds.count("room") == 1
    assert 22 * 60 < script.seconds < 32 * 60
    assert 300 <= len(script.lines) <= 380
    assert {"speech", "vowel", "scale", "glide", "song"} < set(kinds)
    assert 4.5 * 60 < sum(script.seconds_of(line) for line in script.lines if line.is_sung) < 8 * 60
    spoken = [line for line in script.lines if line.kind == "speech"]
    assert len({line.text for line in spoken}) == len(spoken)
    assert max(map(script.seconds_of, spoken)) < 9.0
    assert len({line.mood for line in spoken}) >= 15
    # No frame of words is worn out: few lines begin alike.
    starts = [line.text[: 3 if language != "en" else 12] for line in spoken]
    assert max(map(starts.count, starts)) <= 6


def test_sung_lines_lie_within_what_a_high_voice_sings_and_vowels_cover_it() -> None:
    for language in LANGUAGES:
        lines = load_script(language).lines
        pitches = [note.pitch for line in lines for note in line.notes]
        assert min(pitches) >= 53
        assert max(pitches) <= 79
        held = {line.notes[0].pitch for line in lines if line.kind == "vowel"}
        assert max(held) - min(held) >= 19


def test_readings_help_where_letters_do_not() -> None:
    for line in load_script("zh").lines:
        if line.kind == "speech":
            assert re.search(r"[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ]", line.reading)
    for line in load_script("ja").lines:
        if line.kind == "speech":
            assert not re.search(r"[\u4e00-\u9fff]", line.reading), line.reading
            assert line.reading


def test_ten_minutes_hold_every_letter_of_kana_and_most_pinyin() -> None:
    """A coarse check without the tools that ordered the lines: see the table of presets/voices/scripts/make.py."""
    said = {language: _first_minutes(load_script(language)) for language in ("zh", "ja")}
    assert set(
        "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわんっゃゅょー"
    ) <= set(said["ja"])
    assert set("āáǎàēéěèīíǐìōóǒòūúǔùǜ") <= set(said["zh"])


def _first_minutes(script: Script, minutes: float = 10.0) -> str:
    text, seconds = "", 0.0
    for line in script.lines:
        if line.kind == "speech" and seconds < minutes * 60:
            text += line.reading or line.text
            seconds += script.seconds_of(line)
    return text


def test_every_syllable_of_the_song_has_its_note() -> None:
    for language in LANGUAGES:
        for line in load_script(language).lines:
            if line.kind == "song":
                sung = "".join(note.sung for note in line.notes).replace("-", "")
                assert sung == line.text.replace(" ", "")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "language"),
        ("language = ", "is not a script"),
        (HEAD, "has no lines"),
        (HEAD + "lines = 3", "is no list"),
        (HEAD + '[[lines]]\nid = "a"\n', "text"),
        (HEAD + '[[lines]]\nid = "../a"\ntext = "a"', "id"),
        (HEAD + '[[lines]]\nid = "a\\n"\ntext = "a"', "id"),
        (HEAD + '[[lines]]\nid = "a"\ntext = "a"\nkind = "opera"', "opera"),
        (HEAD + '[[lines]]\nid = "a"\ntext = "a"\n' * 2, "comes twice"),
        (HEAD + '[[lines]]\nid = "a"\ntext = "a"\nnotes = [{pitch = 60, seconds = 0}]', "seconds"),
        (HEAD.replace("en", "xx") + '[[lines]]\nid = "a"\ntext = "a"', "xx"),
    ],
)
def test_a_wrong_script_is_told(text: str, said: str) -> None:
    with pytest.raises(ScriptError, match=said):
        parse_script([text])


def test_there_is_no_script_in_klingon() -> None:
    with pytest.raises(ScriptError, match="there are zh, ja, en"):
        load_script("tlh")


@given(st.text())
def test_any_text_is_a_script_or_our_error(text: str) -> None:
    try:
        parse_script([text])
    except ScriptError as error:
        assert str(error)


@pytest.mark.parametrize("language", ["zh", "ja", "en"])
def test_longer_lines_last_longer(language: str) -> None:
    script = parse_script([f'language = "{language}"\ntitle = ""\n[[lines]]\nid = "a"\ntext = "a"'])
    short, long = Line("x", "一二三", reading="いちに"), Line("y", "一二三四五六", reading="いちにさんしご")
    assert script.seconds_of(short) < script.seconds_of(long)


def test_guide_plays_the_notes_at_their_pitch() -> None:
    notes = (Note(69, 0.5), Note(0, 0.25), Note(57, 0.5, to=69))
    sound = guide_tone(notes, 48_000, 3)
    assert len(sound) == 60_000
    assert np.abs(sound).max() < 0.5
    spectrum = np.abs(np.fft.rfft(sound[:24_000] * np.hanning(24_000)))
    assert int(spectrum.argmax()) * 2.0 == pytest.approx(hertz_of(72), abs=2.0)
    assert not sound[24_000:36_000].any()
    # No click: it begins and ends at nothing.
    assert np.abs(np.diff(sound)).max() < 0.12
    assert abs(float(sound[0])) < 1e-3
    assert abs(float(sound[-1])) < 1e-3
    assert len(guide_tone((), 48_000)) == 0


def test_names_of_notes() -> None:
    assert [note_name(pitch) for pitch in (69, 60, 61, 58)] == ["A4", "C4", "C♯4", "B♭3"]
