"""Keys and scales: which notes a voice may be tuned to, and what lies a third above one of them."""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motion.errors import UserError
from motion.music.key import find_key

__all__ = ["CHROMATIC", "SCALES", "Scale", "ScaleError", "find_scale", "hertz_to_note", "note_to_hertz", "parse_scale"]

# Semitones over the tonic.
SCALES: dict[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "harmonic minor": (0, 2, 3, 5, 7, 8, 11),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "pentatonic": (0, 2, 4, 7, 9),
    "minor pentatonic": (0, 3, 5, 7, 10),
}
_LETTERS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11, "h": 11}
_NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_NOTE = re.compile(r"([a-h])([#♯b♭]?)", re.IGNORECASE)
_ACCIDENTALS = {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1}
# Frames (10 ms) that must be voiced before a clip says anything about its key.
_ENOUGH = 200
# Semitones a second beyond which a frame is a glide and no note.
_GLIDE = 0.25


class ScaleError(UserError):
    """A key or scale that cannot be read."""


@dataclass(frozen=True, slots=True)
class Scale:
    """tonic: 0..11 from C. steps: semitones over the tonic, rising, the first 0."""

    tonic: int
    steps: tuple[int, ...]

    def __str__(self) -> str:
        for name, steps in SCALES.items():
            if steps == self.steps:
                return f"{_NAMES[self.tonic]} {name}"
        if len(self.steps) == 12:
            return "chromatic"
        return " ".join(_NAMES[(self.tonic + step) % 12] for step in self.steps)

    def notes(self, low: int, high: int) -> NDArray[np.int64]:
        """MIDI notes of the scale from `low` to `high`, both included."""
        every = np.arange(low, high + 1)
        return every[np.isin((every - self.tonic) % 12, self.steps)]

    def moved(self, semitones: float) -> "Scale":
        """The same scale for a voice that is transposed."""
        return Scale((self.tonic + round(semitones)) % 12, self.steps)

    def interval(self, note: int, degrees: int) -> int:
        """Semitones from `note`, which is in the scale, to the one so many degrees higher (a third is 2)."""
        place = self.steps.index((note - self.tonic) % 12)
        octaves, to = divmod(place + degrees, len(self.steps))
        return 12 * octaves + self.steps[to] - self.steps[place]


CHROMATIC = Scale(0, tuple(range(12)))


def hertz_to_note(hertz: NDArray[np.float32] | NDArray[np.float64]) -> NDArray[np.float64]:
    """MIDI note with fractions; A4 = 440 Hz = 69. Of voiced frames only."""
    return 69.0 + 12.0 * np.log2(hertz.astype(np.float64) / 440.0)


def note_to_hertz(note: NDArray[np.float64]) -> NDArray[np.float64]:
    """The other way round."""
    return 440.0 * np.exp2((note - 69.0) / 12.0)


def parse_scale(text: str) -> Scale:
    """ "C major", "a minor", "Am", "F# dorian", "chromatic", or its notes: "C D E G A".

    Raises:
        ScaleError: anything else.
    """
    words = text.strip().split()
    said = " ".join(words).casefold()
    if said == "chromatic":
        return CHROMATIC
    notes = [_class_of(word) for word in words]
    if len(words) > 1 and None not in notes:
        classes = [note for note in notes if note is not None]
        return Scale(classes[0], tuple(sorted({(note - classes[0]) % 12 for note in classes})))
    if words and (note := _NOTE.match(words[0])):
        rest = " ".join([words[0][note.end() :], *words[1:]]).strip()
        # "CM" is major, "Cm" is minor: the one place where the letter's size counts.
        kind = {"": "major", "M": "major", "m": "minor"}.get(rest, rest.casefold())
        kind = {"maj": "major", "min": "minor", "minor harmonic": "harmonic minor"}.get(kind, kind)
        # A small letter alone is a minor key, as in "a".
        if rest == "" and words[0][0].islower():
            kind = "minor"
        tonic = _class_of(words[0][: note.end()])
        if kind in SCALES and tonic is not None:
            return Scale(tonic, SCALES[kind])
    raise ScaleError(
        f'{text!r} is no key or scale; give a key ("C major", "a minor", kinds: {", ".join(SCALES)}), '
        'the notes ("C D E G A"), chromatic or auto'
    )


def _class_of(word: str) -> int | None:
    found = _NOTE.fullmatch(word)
    if found is None:
        return None
    return (_LETTERS[found[1].casefold()] + _ACCIDENTALS[found[2].casefold()]) % 12


def find_scale(hertz: NDArray[np.float32]) -> Scale:
    """The key of a melody by how long it stays on each pitch class; chromatic where there is too little or no key.

    Args:
        hertz: (frames,) every 10 ms, 0 = unvoiced.
    """
    voiced = hertz > 0
    steady = voiced[1:-1] & voiced[:-2] & voiced[2:] if len(hertz) > 2 else np.zeros(0, bool)
    if steady.sum() < _ENOUGH:
        return CHROMATIC
    note = hertz_to_note(np.where(voiced, hertz, 440.0).astype(np.float32))
    kept = note[1:-1][steady & (np.abs(note[2:] - note[:-2]) < 2 * _GLIDE)]
    if len(kept) < _ENOUGH:
        return CHROMATIC
    # Shared between the two nearest classes: a singer who is half flat says half of each.
    low = np.floor(kept).astype(np.int64)
    part = kept - low
    chroma = np.zeros((len(kept), 12), np.float32)
    row = np.arange(len(kept))
    chroma[row, low % 12] = 1.0 - part
    chroma[row, (low + 1) % 12] += part
    name = find_key(chroma)
    return parse_scale(name) if name else CHROMATIC
