"""Accompaniments made by chance and rule: chords, bass, figures and a tune over a drummer, each part a stem of its own.

Instruments are General MIDI programs through FluidSynth or own synthesisers; drummers are those of the Groove MIDI set.
The programs and drummers of `HELD_PROGRAMS` and `HELD_DRUMMERS` only play in tests.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import mido
import numpy as np
from numpy.typing import NDArray

from presets.songs.studio.electronic import SYNTHS
from presets.songs.studio.soundfont import RATE, Played, render_program

__all__ = ["HELD_DRUMMERS", "HELD_PROGRAMS", "Part", "compose", "render"]

HELD_PROGRAMS = frozenset({1, 4, 12, 19, 26, 28, 33, 36, 41, 49, 57, 66, 68, 73, 81, 89, 94})
HELD_DRUMMERS = frozenset({"drummer5", "drummer8", "drummer9", "drummer10"})
HELD_SYNTHS = frozenset({"pluck", "pad"})
# Choirs and "voice" programs are left out: nobody could say on which side they belong.
_PROGRAMS = {
    "bass": range(32, 40),
    "chords": (*range(0, 8), *range(16, 21), *range(24, 32), 48, 49, 50, 51, *range(88, 91), *range(92, 96), 62, 63),
    "figure": (*range(8, 16), 24, 25, 26, 27, 28, 45, 46, 0, 1, 4, 5, 80, 81, 84, 98, 104, 106, 107, 108),
    "tune": (22, 29, 30, *range(40, 43), 56, 57, 60, 61, *range(64, 70), *range(71, 77), 79, *range(80, 83), 110),
}
_SYNTHS = {
    "bass": ("bass", "sub"), "chords": ("supersaw", "pad"), "figure": ("pluck", "bell", "zither"), "tune": ("lead",),
}  # fmt: skip
_SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 2, 3, 5, 7, 9, 10))
_KITS = (0, 8, 16, 24, 25, 32, 40)


@dataclass(frozen=True, slots=True)
class Part:
    """One instrument's notes: role; a program or the name of an own synthesiser; drums play on channel 10."""

    role: str
    program: int
    synth: str
    notes: Sequence[Played]


def _drums(path: Path, seconds: float) -> list[Played]:
    now, notes = 0.0, list[Played]()
    for message in mido.MidiFile(path):
        now += message.time
        if now >= seconds:
            break
        if message.type == "note_on" and message.velocity > 0:
            notes.append(Played(now, 0.1, message.note, message.velocity))
    return notes


def _sound_of(role: str, held: bool, rng: np.random.Generator) -> tuple[int, str]:
    synths = [name for name in _SYNTHS[role] if (name in HELD_SYNTHS) == held]
    if synths and rng.random() < 0.25:
        return 0, str(rng.choice(synths))
    programs = [program for program in _PROGRAMS[role] if (program in HELD_PROGRAMS) == held]
    return int(rng.choice(programs)), ""


def _chord(scale: tuple[int, ...], degree: int, size: int) -> list[int]:
    return [scale[(degree + 2 * k) % 7] + 12 * ((degree + 2 * k) // 7) for k in range(size)]


def compose(drummers: Sequence[tuple[Path, float]], seconds: float, held: bool, rng: np.random.Generator) -> list[Part]:
    """A piece of `seconds`; drummers: files and their beats per minute."""
    path, bpm = drummers[int(rng.integers(len(drummers)))]
    beat = 60.0 / bpm
    bars = int(seconds / (4 * beat)) + 1
    scale = _SCALES[int(rng.integers(len(_SCALES)))]
    tonic = int(rng.integers(36, 48))
    turn = [int(rng.integers(7)) for _ in range(int(rng.choice([2, 4, 4, 8])))]
    size = int(rng.choice([3, 3, 4]))
    chords = [_chord(scale, turn[bar % len(turn)], size) for bar in range(bars)]
    parts: list[Part] = []
    if rng.random() < 0.85:
        parts.append(Part("drums", int(rng.choice(_KITS)), "", _drums(path, seconds)))

    def late() -> float:
        return float(rng.normal(0, 0.006))

    def add(role: str, notes: list[Played]) -> None:
        program, synth = _sound_of(role, held, rng)
        parts.append(Part(role, program, synth, [note for note in notes if 0 <= note.start < seconds]))

    def force() -> int:
        return int(np.clip(rng.normal(88, 14), 30, 127))

    if rng.random() < 0.9:
        pattern = rng.random(8) < rng.uniform(0.2, 0.9)
        pattern[0] = True
        low = tonic - 12 * int(tonic > 42)
        notes = [
            Played(bar * 4 * beat + k * beat / 2 + abs(late()), beat / 2 * rng.uniform(0.5, 1.0),
                   low + chords[bar][0] + int(rng.choice([0, 0, 0, 12, 7])) * int(k > 0), force())
            for bar in range(bars) for k in range(8) if pattern[k]
        ]  # fmt: skip
        add("bass", notes)
    for _ in range(int(rng.choice([0, 1, 1, 2]))):
        rhythm = (
            [(0.0, 4.0)] if rng.random() < 0.4 else [(float(a), 0.9) for a in np.flatnonzero(rng.random(8) < 0.5) / 2]
        )
        high = 12 * int(rng.integers(1, 3))
        add("chords", [
            Played(bar * 4 * beat + at * beat + abs(late()), long * beat, tonic + high + tone, force())
            for bar in range(bars) for at, long in rhythm for tone in chords[bar]
        ])  # fmt: skip
    if rng.random() < 0.6:
        figure = [int(v) for v in rng.integers(0, size + 2, 8)]
        fine = int(rng.choice([2, 4]))
        notes = list[Played]()
        for bar in range(bars):
            tones = [*chords[bar], *[tone + 12 for tone in chords[bar]]]
            for k in range(4 * fine):
                notes.append(Played(bar * 4 * beat + k * beat / fine + abs(late()), beat / fine * 1.3,
                                    tonic + 24 + tones[figure[k % 8]], force()))  # fmt: skip
        add("figure", notes)
    for _ in range(int(rng.choice([0, 1, 1, 2]))):
        notes, now, step = list[Played](), float(rng.uniform(0, 4)) * beat, int(rng.integers(7, 16))
        while now < seconds:
            long = float(rng.choice([0.5, 0.5, 1, 1, 2, 3])) * beat
            step = int(np.clip(step + round(rng.normal(0, 1.6)), 5, 20))
            if rng.random() < 0.85:
                pitch = tonic + scale[step % 7] + 12 * (step // 7)
                notes.append(Played(now + abs(late()), long * 0.97, pitch, force()))
            now += long
        add("tune", notes)
    return parts


def render(part: Part, samples: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """(samples, 2) at 48 kHz, loudest sample 0.5."""
    if part.synth:
        out = np.zeros((samples, 2))
        play = SYNTHS[part.synth]
        for note in part.notes:
            sound = play(note.pitch, note.length, note.velocity / 127, rng)
            first = int(note.start * RATE)
            room = out[first : first + len(sound)]
            room += sound[: len(room)]
    else:
        out = render_program(part.notes, part.program, samples, drums=part.role == "drums")
    peak = float(np.abs(out).max()) + 1e-9
    return (out * (0.5 / peak)).astype(np.float32)
