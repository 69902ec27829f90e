"""A score is read as written, and what a musician can get wrong is named."""

from pathlib import Path

import pytest

from presets.songs.studio.errors import ScoreError
from presets.songs.studio.harmony import note_to_pitch, parse_chord, pitch_to_note, tones_from
from presets.songs.studio.parts import play_all
from presets.songs.studio.score import Score, read_score

SCORE = """
title = "T"
bpm = 120
swing = 0.6
[instrument]
kick = { play = "drum:kick", kind = "drum" }
bass = { play = "synth:bass", kind = "bass", low = 36, gate = 1.0 }
keys = { play = "gm:0", low = 60, voices = 3, gate = 1.0 }
[pattern.beat]
kick = "X...o..x........"
[pattern.bass]
bass = "1---5-8-......a."
[pattern.keys]
keys = "x-------1-3-...."
[[section]]
name = "verse"
label = "verse"
bars = 2
chords = "C | G/B"
play = ["beat:1", "bass", "keys:2"]
[[section.sing]]
bar = 1
text = "霓裳 light"
english = "robe, light"
say = "ni2 chang2 {L AY T}"
notes = "A4:2 C5:2 r:2 D5:2 | ~E5:8!"
[[section]]
name = "again"
same_as = "verse"
label = "chorus"
bars = 2
transpose = 2
bpms = [60]
"""


def _read(tmp_path: Path, text: str = SCORE) -> Score:
    path = tmp_path / "score.toml"
    path.write_text(text, encoding="utf-8")
    return read_score(path)


def test_notes_have_their_beats_pitches_and_syllables(tmp_path: Path) -> None:
    line = _read(tmp_path).sections[0].lines[0]
    assert line.words == ("霓", "裳", "light")
    assert line.tones == (2, 2, 0)
    assert [(n.start, n.length, n.pitch, n.syllable, n.slur) for n in line.notes] == [
        (0.0, 1.0, 69, "ni", False),
        (1.0, 1.0, 72, "chang", False),
        (3.0, 1.0, 74, "{L AY T}", False),
        (4.0, 4.0, 76, "{L AY T}", True),
    ]


def test_a_section_takes_what_it_does_not_say_from_another(tmp_path: Path) -> None:
    score = _read(tmp_path)
    first, again = score.sections
    assert again.first_bar == 2
    assert [n.pitch for n in again.lines[0].notes] == [n.pitch + 2 for n in first.lines[0].notes]
    assert [chord.name for _, chord in again.chords] == ["D", "A/C#"]
    assert first.group == again.group


def test_time_follows_the_tempo_of_each_bar(tmp_path: Path) -> None:
    score = _read(tmp_path)
    assert [score.seconds(beat) for beat in (0, 4, 8, 10, 12, 16)] == [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ("r:2 D5:2 |", "r:1 D5:2 |", "7 eighths"),
        ("ni2 chang2", "ni2", "3 words, 2 syllables"),
        ("C | G/B", "C | H7", "no chord"),
        ("C | G/B", "C", "chords for 1 bars"),
        ("A4:2", "A4", "no note"),
        ('"beat:1"', '"beta:1"', "no pattern 'beta'"),
        ('"beat:1"', '"beat:3"', "bars 3-3 of 2"),
        ("label =", "lable =", "'label' is missing"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, wrong: str, right: str, said: str) -> None:
    assert wrong in SCORE
    with pytest.raises(ScoreError, match=said):
        _read(tmp_path, SCORE.replace(wrong, right, 1))


def test_patterns_become_notes(tmp_path: Path) -> None:
    hits = play_all(_read(tmp_path))
    kicks = [(h.start, h.force) for h in hits["kick"][:3]]
    # The last one stands on a second sixteenth and swings: 0.1 of half a beat late.
    assert kicks == [(0.0, 1.0), (1.0, 0.45), (pytest.approx(1.75 + 0.05), 0.72)]
    assert hits["kick"][3].start == 8.0
    bass = [(h.start, h.length, h.pitch) for h in hits["bass"][:4]]
    assert bass == [(0.0, 1.0, 36), (1.0, 0.5, 43), (1.5, 0.5, 48), (3.5, 0.25, 46)]
    keys = [(h.start, h.length, h.pitch) for h in hits["keys"][:5]]
    assert keys == [(4.0, 2.0, 62), (4.0, 2.0, 67), (4.0, 2.0, 71), (6.0, 0.5, 62), (6.5, 0.5, 71)]


def test_an_unknown_instrument_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScoreError, match="no instrument 'horn'"):
        play_all(_read(tmp_path, SCORE.replace('keys = "x---', 'horn = "x---')))


def test_chords_and_notes_by_name() -> None:
    chord = parse_chord("F#m7/A")
    assert (chord.root, chord.bass, chord.classes) == (6, 9, (6, 9, 1, 4))
    assert chord.transposed(1).name == "Gm7/Bb"
    assert tones_from(parse_chord("C"), 62, 4) == (64, 67, 72, 76)
    assert [note_to_pitch(name) for name in ("A4", "C#5", "Bb3", "C-1")] == [69, 73, 58, 0]
    assert all(note_to_pitch(pitch_to_note(pitch)) == pitch for pitch in range(128))
