"""The guide tone that is played before a sung line: soft, without vibrato, so that nobody copies its manner."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from performer.voice.record.script import Note

__all__ = ["guide_tone", "hertz_of", "note_name"]

_NAMES = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
# Amplitudes of the partials: a flute with a little reed, heard well on small loudspeakers.
_PARTIALS = (1.0, 0.45, 0.22, 0.1, 0.05)
_LOUDNESS = 0.22
_ATTACK, _RELEASE = 0.02, 0.06


def hertz_of(pitch: float) -> float:
    """Frequency of a MIDI pitch."""
    return 440.0 * 2.0 ** ((pitch - 69.0) / 12.0)


def note_name(pitch: float) -> str:
    """Name with octave of the nearest note: 69 -> A4."""
    number = round(pitch)
    return f"{_NAMES[number % 12]}{number // 12 - 1}"


def guide_tone(notes: Sequence[Note], rate: int, transpose: int = 0) -> NDArray[np.float32]:
    """(n,) the notes one after another at `rate` Hz, peak below 0.5; `transpose` in semitones."""
    if not notes:
        return np.zeros(0, np.float32)
    # Ends are rounded along the whole line, so that rounding does not add up.
    ends = np.round(np.cumsum([note.seconds for note in notes]) * rate).astype(int)
    sound = np.zeros(int(ends[-1]), np.float64)
    first = 0
    for note, end in zip(notes, ends.tolist(), strict=True):
        if note.pitch > 0 and end > first:
            sound[first:end] = _tone(note, end - first, rate, transpose)
        first = end
    return sound.astype(np.float32)


def _tone(note: Note, count: int, rate: int, transpose: int) -> NDArray[np.float64]:
    aim = note.to or note.pitch
    pitch = np.linspace(note.pitch, aim, count) + transpose
    hertz = 440.0 * 2.0 ** ((pitch - 69.0) / 12.0)
    phase = 2 * np.pi * np.cumsum(hertz) / rate
    tone = np.zeros(count)
    for number, share in enumerate(_PARTIALS, 1):
        tone += np.where(hertz * number < 0.45 * rate, share, 0.0) * np.sin(number * phase)
    attack, release = (max(1, min(count // 2, round(s * rate))) for s in (_ATTACK, _RELEASE))
    tone[:attack] *= np.sin(np.linspace(0.0, np.pi / 2, attack)) ** 2
    tone[count - release :] *= np.cos(np.linspace(0.0, np.pi / 2, release)) ** 2
    return _LOUDNESS * tone
