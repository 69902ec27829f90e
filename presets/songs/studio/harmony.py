"""Chord names to notes. Pitches are MIDI numbers, pitch classes 0..11 from C."""

import re
from dataclasses import dataclass

from presets.songs.studio.errors import ScoreError

__all__ = ["Chord", "note_to_pitch", "parse_chord", "pitch_to_note", "tones_from"]

_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_QUALITIES: dict[str, tuple[int, ...]] = {
    "": (0, 4, 7),
    "m": (0, 3, 7),
    "5": (0, 7),
    "6": (0, 4, 7, 9),
    "m6": (0, 3, 7, 9),
    "7": (0, 4, 7, 10),
    "9": (0, 4, 7, 10, 2),
    "m7": (0, 3, 7, 10),
    "m9": (0, 3, 7, 10, 2),
    "maj7": (0, 4, 7, 11),
    "maj9": (0, 4, 7, 11, 2),
    "add9": (0, 4, 7, 2),
    "sus2": (0, 2, 7),
    "sus4": (0, 5, 7),
    "7sus4": (0, 5, 7, 10),
    "9sus4": (0, 5, 7, 10, 2),
    "dim": (0, 3, 6),
    "dim7": (0, 3, 6, 9),
    "m7b5": (0, 3, 6, 10),
    "aug": (0, 4, 8),
}
_NOTE = re.compile(r"([A-G])([#b]?)(-?\d)")
_CHORD = re.compile(r"([A-G][#b]?)([^/]*)(?:/([A-G][#b]?))?")


@dataclass(frozen=True, slots=True)
class Chord:
    """name: as the score has it. root, bass: pitch classes. classes: all of them, the root first."""

    name: str
    root: int
    bass: int
    classes: tuple[int, ...]

    def transposed(self, semitones: int) -> "Chord":
        """The same chord higher, its name with it."""
        match = _CHORD.fullmatch(self.name)
        assert match is not None
        root, bass = (self.root + semitones) % 12, (self.bass + semitones) % 12
        name = _NAMES[root] + match[2] + (f"/{_NAMES[bass]}" if match[3] else "")
        return Chord(name, root, bass, tuple((c + semitones) % 12 for c in self.classes))


def _class_of(name: str) -> int:
    return (_LETTERS[name[0]] + {"": 0, "#": 1, "b": -1}[name[1:]]) % 12


def note_to_pitch(name: str) -> int:
    """ "A4" to 69.

    Raises:
        ScoreError: not a note name.
    """
    match = _NOTE.fullmatch(name)
    if match is None:
        raise ScoreError(f"{name!r} is no note; write a letter, # or b, and the octave, as in F#4")
    return _LETTERS[match[1]] + {"": 0, "#": 1, "b": -1}[match[2]] + 12 * (int(match[3]) + 1)


def pitch_to_note(pitch: int) -> str:
    """69 to "A4"."""
    return f"{_NAMES[pitch % 12]}{pitch // 12 - 1}"


def parse_chord(name: str) -> Chord:
    """ "F#m7/A" and the like.

    Raises:
        ScoreError: not a chord name, or a quality that is not in the table.
    """
    match = _CHORD.fullmatch(name)
    if match is None or match[2] not in _QUALITIES:
        raise ScoreError(
            f"{name!r} is no chord that is known here; qualities are {', '.join(q for q in _QUALITIES if q)}"
        )
    root = _class_of(match[1])
    return Chord(
        name, root, _class_of(match[3]) if match[3] else root, tuple((root + i) % 12 for i in _QUALITIES[match[2]])
    )


def tones_from(chord: Chord, low: int, count: int) -> tuple[int, ...]:
    """The chord's `count` notes upward from pitch `low`, so that neighbouring chords share their common tones."""
    found: list[int] = []
    pitch = low
    while len(found) < count:
        if pitch % 12 in chord.classes:
            found.append(pitch)
        pitch += 1
    return tuple(found)
