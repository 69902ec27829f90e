"""The singer's part: lead, doubles and harmonies from the score's lines."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from presets.songs import singer
from presets.songs.studio.electronic import RATE
from presets.songs.studio.score import Line, Score, ScoreNote, Section

__all__ = ["Choir", "doubled_track", "harmony_pitch", "sing_all"]

_BREATH = 1.0
"""Seconds before the first note in which the singer breathes in and begins a consonant."""
_THIRD = 3
"""Semitones that a harmony keeps from the melody at least."""


@dataclass(frozen=True, slots=True)
class Choir:
    """lead: (samples,) alone. backing: (samples, 2) doubles and harmonies."""

    lead: NDArray[np.float64]
    backing: NDArray[np.float64]


def harmony_pitch(score: Score, note: ScoreNote, step: int) -> int:
    """The chord tone `step` tones below (negative) or above the melody, at least a third away."""
    classes = score.chord_at(note.start + 1e-3).classes
    pitch, left = note.pitch, abs(step)
    while left:
        pitch += 1 if step > 0 else -1
        if pitch % 12 in classes and abs(pitch - note.pitch) >= _THIRD:
            left -= 1
    return pitch


def _voice(
    score: Score, notes: Sequence[ScoreNote], samples: int, seed: int, late: float, voice: str
) -> NDArray[np.float64]:
    out = np.zeros(samples)
    if not notes:
        return out
    # Nothing is sung before the first breath: no need to make silence by synthesis.
    first = int(max(0.0, score.seconds(notes[0].start) - _BREATH) * RATE)
    sung = [
        singer.Note(
            start_s=score.seconds(n.start) + late - first / RATE,
            length_s=score.seconds(n.start + n.length) - score.seconds(n.start),
            midi=float(n.pitch),
            syllable=n.syllable,
            slur=n.slur,
            loudness=n.loudness,
            tone=n.tone,
        )
        for n in notes
    ]
    sound = np.asarray(singer.sing(sung, seed=seed, rate=RATE, voice=voice), np.float64)
    count = min(samples - first, len(sound))
    out[first : first + count] = sound[:count]
    return out


def _all(lines: Sequence[Line]) -> list[ScoreNote]:
    return [note for line in lines for note in line.notes]


def sing_all(score: Score, samples: int, seed: int) -> Choir | None:
    """Every voice, or None for a piece without words.

    A section's `harmony` lists chord tones below or above the melody; each is sung once for either side.
    """
    lead_notes = _all([line for section in score.sections for line in section.lines])
    if not lead_notes:
        return None
    lead = _voice(score, lead_notes, samples, seed, 0.0, "lead")
    doubled = np.zeros(samples)
    for section in score.sections:
        if section.harmony:
            first, end = (round(score.seconds(bar * score.beats) * RATE) for bar in _bars(section))
            # From the pick-up on: a double that enters inside a word would be heard as a click.
            first -= RATE // 4
            doubled[first:end] = lead[first:end]
    aside = _all([line for section in score.sections for line in section.backing])
    choir = doubled_track(0.7 * doubled + _voice(score, aside, samples, seed + 21, 0.004, "soft"))
    depth = max((len(section.harmony) for section in score.sections), default=0)
    for n in range(depth):
        notes = [
            replace(note, pitch=harmony_pitch(score, note, section.harmony[n]))
            for section in score.sections
            if len(section.harmony) > n
            for note in _all(section.lines)
        ]
        voice = _voice(score, notes, samples, seed + 31 + n, 0.006 * (n + 1), "soft")
        choir += voice[:, None] * (np.array([0.9, 0.45]) if n % 2 == 0 else np.array([0.45, 0.9]))
    return Choir(lead, choir)


def _bars(section: Section) -> tuple[int, int]:
    return section.first_bar, section.first_bar + section.bars


def doubled_track(sound: NDArray[np.float64]) -> NDArray[np.float64]:
    """(samples, 2) of (samples,): the same voice once for each side, late by 14 to 24 ms and a few cents off.

    Artificial double tracking: a second take would need as long as the first to be made and sounds no wider.
    """
    t = np.arange(len(sound)) / RATE
    out = np.empty((len(sound), 2))
    for side, (late, rate, phase) in enumerate(((0.017, 0.31, 0.0), (0.021, 0.23, 2.0))):
        at = (t - late - 0.003 * np.sin(2.0 * np.pi * rate * t + phase)) * RATE
        out[:, side] = np.interp(at, np.arange(len(sound)), sound)
    return out
