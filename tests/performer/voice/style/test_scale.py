"""Keys are read as they are written, and found in what is sung."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from performer.voice.style.scale import CHROMATIC, SCALES, Scale, ScaleError, find_scale, parse_scale
from tests.performer.voice.style.frames_made import melody


@pytest.mark.parametrize(
    ("text", "tonic", "kind"),
    [
        ("C major", 0, "major"),
        ("a minor", 9, "minor"),
        ("A", 9, "major"),
        ("a", 9, "minor"),
        ("Am", 9, "minor"),
        ("CM", 0, "major"),
        ("Bb", 10, "major"),
        ("bb", 10, "minor"),
        ("F#m", 6, "minor"),
        ("f♯ dorian", 6, "dorian"),
        ("  Eb   minor pentatonic ", 3, "minor pentatonic"),
        ("E min", 4, "minor"),
        ("G maj", 7, "major"),
        ("D Harmonic Minor", 2, "harmonic minor"),
    ],
)
def test_a_key_is_read(text: str, tonic: int, kind: str) -> None:
    assert parse_scale(text) == Scale(tonic, SCALES[kind])


def test_notes_are_a_scale_and_chromatic_is_all() -> None:
    assert parse_scale("D F# A") == Scale(2, (0, 4, 7))
    assert parse_scale("Chromatic") == CHROMATIC


@pytest.mark.parametrize("text", ["", "  ", "X major", "C mjor", "major", "C D X", "C# # minor", "1 2 3", "auto"])
def test_anything_else_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(ScaleError, match="is no key or scale; give a key"):
        parse_scale(text)


@given(st.text(max_size=20))
def test_any_text_is_a_scale_or_refused(text: str) -> None:
    try:
        scale = parse_scale(text)
    except ScaleError:
        return
    assert scale.steps[0] == 0
    assert parse_scale(str(scale)).notes(40, 80).tolist() == scale.notes(40, 80).tolist()


@given(st.integers(0, 11), st.sampled_from(sorted(SCALES)), st.integers(-7, 7), st.integers(40, 80))
def test_an_interval_leads_to_a_note_of_the_scale(tonic: int, kind: str, degrees: int, near: int) -> None:
    scale = Scale(tonic, SCALES[kind])
    note = int(scale.notes(near, near + 12)[0])
    to = note + scale.interval(note, degrees)
    assert (to - tonic) % 12 in scale.steps
    assert len(scale.notes(min(note, to), max(note, to))) == abs(degrees) + 1


@pytest.mark.parametrize("kind", ["major", "minor"])
@pytest.mark.parametrize("tonic", [0, 3, 8])
def test_the_key_of_a_melody_is_found_even_a_little_flat(kind: str, tonic: int) -> None:
    degrees = [0, 1, 2, 4, 2, 3, 1, 0, 4, 2, 0]
    notes = [60 + tonic + SCALES[kind][d] - 0.12 for d in degrees]
    hertz = melody(notes, 40, vibrato=0.3, gap=10).astype(np.float32)
    assert find_scale(hertz) == Scale(tonic, SCALES[kind])


@pytest.mark.parametrize("hertz", [np.zeros(0), np.zeros(1000), np.full(50, 220.0)])
def test_too_little_has_no_key(hertz: np.ndarray) -> None:
    assert find_scale(hertz.astype(np.float32)) == CHROMATIC


def test_a_glide_over_an_octave_has_no_key() -> None:
    assert find_scale((220 * np.exp2(np.arange(600) / 600)).astype(np.float32)) == CHROMATIC
