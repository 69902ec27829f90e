"""Beat F1 at ±70 ms on General MIDI pieces made here, by class: what the tracker does badly shows by name.

Every class has pieces of two halves: `open`, looked at while the tracker is changed, and `blind`, scored only. Needs
fluidsynth and its General MIDI sounds; no reference data.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from performer.voice.sound import read_sound
from tests.bench.beats import SOUNDFONT, own_beats, score

__all__ = ["CLASSES", "Piece", "compose", "run"]

SECONDS = 40.0
BLIND = 9000
"""First seed of the blind half; take another after having looked at its pieces one by one (5000 was looked at)."""
KICK, SNARE, HAT, RIDE = 36, 38, 42, 51
Warp = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Kind:
    """bpm: range. swing: place of the off-beat in the beat. drums: from which second on."""

    bpm: tuple[float, float]
    metre: int = 4
    swing: float = 0.5
    drums: float = 0.0
    drift: float = 0.0
    change: float = 1.0
    triplets: bool = False


CLASSES = {
    "straight": Kind((85.0, 140.0)),
    "swing": Kind((100.0, 180.0), swing=0.66),
    "slow": Kind((60.0, 75.0)),
    "fast": Kind((168.0, 190.0)),
    "waltz": Kind((90.0, 170.0), metre=3),
    "six eight": Kind((56.0, 84.0), metre=2, triplets=True),
    "rubato": Kind((80.0, 130.0), drift=0.05),
    "ambient intro": Kind((90.0, 135.0), drums=13.0),
    "change of tempo": Kind((85.0, 110.0), change=1.25),
    "no drums": Kind((75.0, 140.0), drums=1e9),
}


@dataclass(frozen=True, slots=True)
class Piece:
    """notes: (channel, start, length in beats, pitch, force). beats: number. warp: beats to seconds."""

    notes: list[tuple[int, float, float, int, int]]
    programs: tuple[int, int, int]
    count: int
    warp: Warp

    @property
    def beats(self) -> NDArray[np.float64]:
        return np.array([self.warp(k) for k in range(self.count)])


def compose(kind: Kind, seed: int) -> Piece:
    """Drums, bass, chords and a melody in one metre; the patterns are drawn once a piece and varied a little."""
    rng = np.random.default_rng(seed)
    bpm = rng.uniform(*kind.bpm)
    half = SECONDS / 2.0 * bpm / 60.0
    turn = rng.uniform(0.0, 2.0 * np.pi)

    def warp(beat: float) -> float:
        if kind.change != 1.0 and beat > half:
            return 0.3 + (half + (beat - half) / kind.change) * 60.0 / bpm
        # Beat length = mean * (1 + drift * cos), one swell in 16 beats.
        sway = kind.drift * 16.0 / (2.0 * np.pi) * (np.sin(2.0 * np.pi * beat / 16.0 + turn) - np.sin(turn))
        return 0.3 + (beat + sway) * 60.0 / bpm

    count = 0
    while warp(count + 1) < SECONDS:
        count += 1
    notes: list[tuple[int, float, float, int, int]] = []
    metre, tonic, scale = kind.metre, int(rng.integers(55, 67)), (0, 2, 4, 5, 7, 9, 11, 12)
    division = (0.0, 1 / 3, 2 / 3) if kind.triplets else (0.0, kind.swing)
    cymbal = RIDE if rng.random() < 0.4 else HAT
    kicks = {0.0} | {float(b) + d for b in range(metre) for d in division if rng.random() < (0.35 if d == 0.0 else 0.2)}
    snares = {float(b) for b in range(metre)} - {0.0} if metre == 3 else {float(b) for b in range(1, metre, 2)}
    chords = [int(rng.choice([0, 3, 4, 5])) for _ in range(4)]
    strum = [float(b) + d for b in range(metre) for d in division if rng.random() < (0.5 if d == 0.0 else 0.3)]
    line = [float(b) + d for b in range(metre) for d in division if rng.random() < (0.7 if d == 0.0 else 0.35)]
    index = 3
    for bar in range(count // metre + 1):
        first = bar * metre
        root = tonic + scale[chords[bar % 4]]

        def add(channel: int, at: float, length: float, pitch: int, force: int, first: int = first) -> None:
            if first + at < count and rng.random() < 0.96:
                hard = int(np.clip(force + rng.normal(0.0, 7.0), 20, 127))
                notes.append((channel, first + at, length, pitch, hard))

        if warp(first) >= kind.drums:
            for at in kicks:
                add(9, at, 0.1, KICK, 105)
            for at in snares:
                add(9, at, 0.1, SNARE, 95)
            for beat in range(metre):
                for part in division:
                    add(9, beat + part, 0.1, cymbal, 75 if part == 0.0 else 60)
        for at in sorted({0.0, *(t for t in line if t == int(t))}):
            add(0, at, 0.8, root - 24, 92)
        held = warp(first) < kind.drums < 1e8
        for step in (0, 4, 7):
            add(1, 0.0, metre * 0.98, root + step, 66)
            for at in [] if held else strum:
                add(1, at, 0.4, root + step, 62)
        for at in [] if held else line:
            index = int(np.clip(index + rng.integers(-2, 3), 0, 7))
            add(2, at, 0.5, tonic + 12 + scale[index], 88)
    programs = (
        int(rng.choice([32, 33, 38])),
        int(rng.choice([0, 4, 24, 25, 48, 89])),
        int(rng.choice([0, 11, 56, 65, 73])),
    )
    return Piece(notes, programs, count, warp)


def render(piece: Piece, wav: Path) -> None:
    """Play it by fluidsynth into `wav`; the file begins at second 0 of the piece."""
    import mido

    events = [(0.0, mido.Message("program_change", channel=c, program=p)) for c, p in enumerate(piece.programs)]
    for channel, start, length, pitch, force in piece.notes:
        events.append((piece.warp(start), mido.Message("note_on", channel=channel, note=pitch, velocity=force)))
        events.append((piece.warp(start + length), mido.Message("note_off", channel=channel, note=pitch)))
    file, track, before = mido.MidiFile(ticks_per_beat=480), mido.MidiTrack(), 0
    file.tracks.append(track)
    for at, message in sorted(events, key=lambda event: event[0]):
        tick = round(at * 960.0)
        track.append(message.copy(time=tick - before))
        before = tick
    with tempfile.NamedTemporaryFile(suffix=".mid") as midi:
        file.save(midi.name)
        command = ["fluidsynth", "-ni", "-g", "0.5", "-r", "22050", "-F", str(wav), str(SOUNDFONT), midi.name]
        subprocess.run(command, check=True, capture_output=True)


def run(**options: Any) -> dict[str, Any]:
    """Mean F1 per class and half. `pieces`: how many of each (default 3)."""
    if shutil.which("fluidsynth") is None or not SOUNDFONT.exists():
        return {"skipped": "fluidsynth or FluidR3_GM.sf2 missing (apt install fluidsynth fluid-soundfont-gm)"}
    pieces = int(options.get("pieces", 3))
    table: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, kind) in enumerate(CLASSES.items()):
            table[name] = {}
            for half, base in (("open", 1000), ("blind", BLIND)):
                found: list[float] = []
                for k in range(pieces):
                    piece = compose(kind, base + 100 * number + k)
                    render(piece, Path(folder) / "a.wav")
                    sound = read_sound(Path(folder) / "a.wav")
                    found.append(score(piece.beats, own_beats(sound.mono, sound.rate)))
                table[name][half] = round(float(np.mean(found)), 3)
    means = {half: round(float(np.mean([row[half] for row in table.values()])), 3) for half in ("open", "blind")}
    return {"pieces_per_class_and_half": pieces, "seconds_each": SECONDS, "f1": table, "mean": means}
