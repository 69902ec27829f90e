"""From the score's patterns and melodies to the notes of each instrument. Times are beats; no sound.

A pattern gives each instrument a grid for one or more bars. In a grid: `.` rest, `-` hold, `o` `x` `X` soft, plain and
loud (the whole chord for a pitched instrument), `1`..`9` a tone of the chord counted from below, and for a bass `1` its
root, `5` fifth, `8` octave, `a` the step before the next root.
"""

from dataclasses import dataclass
from typing import Any

from presets.songs.studio.errors import ScoreError
from presets.songs.studio.harmony import tones_from
from presets.songs.studio.score import Score, Section, Spot

__all__ = ["Hit", "play_all"]

_FORCE = {"o": 0.45, "x": 0.72, "X": 1.0}
_WEAK_STEP = 0.82
"""Force of a digit off the beat, of one on it."""


@dataclass(frozen=True, slots=True)
class Hit:
    """start, length: beats. pitch: MIDI, 0 for drums without one. force: 0..1."""

    start: float
    length: float
    pitch: int
    force: float


def _bass_pitch(score: Score, beat: float, step: str, low: int) -> int:
    chord = score.chord_at(beat)
    root = low + (chord.bass - low) % 12
    if step == "1":
        return root
    if step == "8":
        return root + 12
    if step == "5":
        fifth = next((c for c in chord.classes if (c - chord.root) % 12 in (7, 6, 8)), chord.root)
        return root + (fifth - root) % 12
    if step == "a":
        following = low + (score.chord_at(beat + 0.5 + 1e-3).bass - low) % 12
        return following - 1 if following > root else following + 2
    raise ScoreError(f"a bass plays 1, 5, 8 or a, not {step!r}")


def _grid(score: Score, section: Section, spot: Spot, data: dict[str, Any], grid: str) -> list[Hit]:
    bars = grid.replace("|", " ").split()
    kind, low, count = data.get("kind", "chord"), int(data.get("low", 60)), int(data.get("voices", 4))
    hits: list[Hit] = []
    for bar in range(spot.first - 1, spot.last):
        cells = bars[(bar - spot.first + 1) % len(bars)]
        step = score.beats / len(cells)
        for i, cell in enumerate(cells):
            if cell in ".-":
                continue
            held = 1
            while i + held < len(cells) and cells[i + held] == "-":
                held += 1
            at = (section.first_bar + bar) * score.beats + i * step
            # Swing: every second sixteenth comes late.
            late = (score.swing - 0.5) * 0.5 if step == 0.25 and i % 2 else 0.0
            on_beat = abs(i * step - round(i * step)) < 1e-6
            force = _FORCE.get(cell, _FORCE["x"] * (1.0 if on_beat else _WEAK_STEP)) * section.level
            length = held * step * float(data.get("gate", 0.95))
            if kind == "drum":
                hits.append(Hit(at + late, length, int(data.get("pitch", 0)), force))
            elif kind == "bass":
                root = cell if cell in "158a" else "1"
                hits.append(Hit(at + late, length, _bass_pitch(score, at, root, low), force))
            elif cell.isdigit():
                pitch = tones_from(score.chord_at(at), low, int(cell))[-1]
                hits.append(Hit(at + late, length, pitch, force))
            else:
                strum = float(data.get("strum", 0.0))
                tones = tones_from(score.chord_at(at), low, count)
                hits += [Hit(at + late + n * strum, length, pitch, force) for n, pitch in enumerate(tones)]
    return hits


def play_all(score: Score) -> dict[str, list[Hit]]:
    """Instrument to its notes in order of time.

    Raises:
        ScoreError: a pattern or melody for an instrument that the score does not have.
    """
    instruments: dict[str, dict[str, Any]] = score.table["instrument"]
    hits: dict[str, list[Hit]] = {name: [] for name in instruments}

    def own(name: str, where: str) -> list[Hit]:
        if name not in hits:
            raise ScoreError(f"{where}: no instrument {name!r}; there are {', '.join(sorted(instruments))}")
        return hits[name]

    for section in score.sections:
        for spot in section.play:
            for name, grid in score.table["pattern"][spot.name].items():
                own(name, f"pattern {spot.name}").extend(_grid(score, section, spot, instruments[name], grid))
        for melody in section.melodies:
            gate = float(instruments.get(melody.instrument, {}).get("gate", 0.97))
            own(melody.instrument, section.name).extend(
                Hit(n.start, n.length * gate, n.pitch, n.loudness * section.level) for n in melody.notes
            )
    return {name: sorted(found, key=lambda h: (h.start, h.pitch)) for name, found in hits.items() if found}
