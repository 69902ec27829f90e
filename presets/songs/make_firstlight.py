"""Makes the built-in song "First Light": every sound is computed, melody and words are our own, the seed is fixed.

Run from the repository root: python -m presets.songs.make_firstlight [FOLDER].
Writes song.opus, vocal.opus and lyrics.lrc.
"""

import sys
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from presets.songs import singer_firstlight as singer
from presets.songs import synth
from presets.songs.singer_firstlight import Note
from presets.songs.synth import RATE

__all__ = ["main"]

SEED = 20261121
BEAT = 60.0 / 128.0
BAR = 4 * BEAT
BARS = 36
TAIL = 1.9
LOUDNESS_LUFS = -14.0

CHORDS = {
    "F": (41, (57, 60, 65, 69)), "G": (43, (59, 62, 67, 71)), "Em": (40, (55, 59, 64, 67)),
    "Am": (45, (57, 60, 64, 69)), "C": (36, (55, 60, 64, 67)),
}  # fmt: skip
"""Bass note, and the notes of the pad."""
PARTS = (
    ("intro", 4, "F G Em Am"),
    ("verse", 8, "Am F C G Am F C G"),
    ("chorus", 8, "F G Em Am F G C C"),
    ("break", 4, "F G Em Am"),
    ("chorus2", 8, "F G Em Am F G C C"),
    ("outro", 4, "F G C C"),
)
# One line of song: text, translation, its syllables as "syllable beat length pitch" counted from the line's bar.
VERSE = (
    (0, "よるの はてで", "At the far end of night",
     "yo 0 .5 64|ru .5 .5 67|no 1 1 69|ha 2 .5 69|te 2.5 .5 71|de 3 2.5 72"),
    (2, "ひかりを さがす", "I am looking for a light",
     "hi 0 .5 72|ka .5 .5 71|ri 1 .75 67|o 1.75 .5 67|sa 2.5 .5 64|ga 3 1 67|su 4 2.5 71"),
    (4, "とおい そらに", "Into the distant sky", "to 0 .5 64|o .5 .5 67|i 1 1 69|so 2 .5 69|ra 2.5 .5 71|ni 3 2.5 72"),
    (6, "きみを よんだ", "I called out to you", "ki 0 .5 72|mi .5 .5 74|o 1 1 76|yo 2 .5 74|n 2.5 1 72|da 4 2.5 74"),
)  # fmt: skip
CHORUS = (
    (0, "はじめの ひかり", "The very first light",
     "ha 0 .5 72|ji .5 .5 74|me 1 1 76|no 2 .5 74|hi 2.5 .5 72|ka 3 1 72|ri 4 2.5 74"),
    (2, "むねに さいて", "Blossoms in my heart", "mu 0 .5 71|ne .5 .5 72|ni 1 1 74|sa 2 1 71|i 3 1 67|te 4 2.5 69"),
    (4, "うたえば せかいが", "When I sing, the world",
     "u 0 .5 69|ta .5 .5 72|e 1 .75 76|ba 1.75 .75 76|se 2.5 .5 77|ka 3 .5 76|i 3.5 .5 74|ga 4 2.5 74"),
)  # fmt: skip
ENDINGS = (
    (6, "ひらいてく", "Opens its eyes", "hi 0 .5 72|ra .5 .5 74|i 1 1 76|te 2 1 74|ku 3 3.5 72"),
    (
        6,
        "きみと ゆくよ",
        "And I will go with you",
        "ki 0 .5 72|mi .5 .5 74|to 1 1 76|yu 2 .5 79|ku 2.5 .5 76|yo 3 3.5 72",
    ),
)
LA = (
    (0, "ラ ラ ラ", "La la la", "ra 0 1.5 69|ra 1.5 1.5 72|ra 3 2.5 71"),
    (2, "ラ ラ ラ", "La la la", "ra 0 1.5 71|ra 1.5 1.5 67|ra 3 2.5 69"),
)
HOOK = (
    (0, 1.0, 72), (1, .5, 74), (1.5, 1.0, 76), (2.5, .5, 74), (3, 1.0, 72), (4, 1.5, 74), (5.5, .5, 71), (6, 1.5, 67),
    (8, 1.0, 71), (9, .5, 72), (9.5, 1.0, 74), (10.5, .5, 71), (11, 1.0, 67), (12, 3.0, 69),
)  # fmt: skip

Line = tuple[float, str, str, list[Note]]


def _first_bars() -> dict[str, int]:
    firsts, bar = {}, 0
    for name, bars, _ in PARTS:
        firsts[name] = bar
        bar += bars
    return firsts


def _lines() -> list[Line]:
    """Every sung line: start in seconds, text, translation, notes."""
    first = _first_bars()
    plan = [(first["verse"], VERSE), (first["chorus"], (*CHORUS, ENDINGS[0])), (first["break"], LA)]
    plan.append((first["chorus2"], (*CHORUS, ENDINGS[1])))
    lines: list[Line] = []
    for bar, phrases in plan:
        for offset, text, translation, score in phrases:
            start = (bar + offset) * BAR
            notes = []
            for item in score.split("|"):
                syllable, beat, length, pitch = item.split()
                notes.append(Note(syllable, start + float(beat) * BEAT, float(length) * BEAT * 0.97, float(pitch)))
            lines.append((start, text, translation, notes))
    return lines


def _lyrics(lines: list[Line]) -> str:
    """Enhanced LRC: a time before each kana, then the translation at the line's own time."""

    def stamp(t: float) -> str:
        return f"{int(t // 60):02d}:{t % 60:05.2f}"

    out = ["[ti:First Light]", "[ar:nichang]", "[length:01:09]", "[la:ja]"]
    for start, text, translation, notes in lines:
        kana = [c for c in text if c != " "]
        if len(kana) != len(notes):
            raise ValueError(f"{text}: {len(kana)} kana for {len(notes)} notes")
        spaced, at = "", 0
        for character in text:
            if character == " ":
                spaced += " "
                continue
            spaced += f"<{stamp(notes[at].start)}>{character}"
            at += 1
        end = notes[-1].start + notes[-1].seconds
        out.append(f"[{stamp(start)}]{spaced}<{stamp(end)}>")
        out.append(f"[{stamp(start)}]{translation}")
    return "\n".join(out) + "\n"


class _Mix:
    """Stereo buses of the song's length; `put` adds a sound at a time."""

    def __init__(self, seconds: float) -> None:
        self.samples = int(seconds * RATE)
        self.buses: dict[str, NDArray[np.float64]] = {}

    def bus(self, name: str) -> NDArray[np.float64]:
        return self.buses.setdefault(name, np.zeros((self.samples, 2)))

    def put(self, name: str, at: float, sound: NDArray[np.float64], gain: float = 1.0, side: float = 0.0) -> None:
        stereo = sound if sound.ndim == 2 else sound[:, None] * np.array([1.0 - max(side, 0.0), 1.0 + min(side, 0.0)])
        first = round(at * RATE)
        part = self.bus(name)[first : first + len(stereo)]
        part += gain * stereo[: len(part)]


def _band(mix: _Mix, rng: np.random.Generator) -> list[float]:
    """Drums, bass, chords and lead; returns the times of the kicks."""
    kicks: list[float] = []
    kick, clap = synth.kick(), synth.clap(rng)
    closed, opened = synth.hat(rng, 0.06), synth.hat(rng, 0.2)
    bar = 0
    for part, bars, names in PARTS:
        big = part.startswith("chorus")
        mix.put("drums", bar * BAR, synth.crash(rng), 0.3 if big else 0.12)
        for i, name in enumerate(names.split()):
            at = (bar + i) * BAR
            root, notes = CHORDS[name]
            thin = (part == "intro" and i < 2) or (part == "break" and i < 2)
            last = i == bars - 1
            mix.put("pad", at, synth.pad(notes, BAR, 4200.0 if big else 2200.0, rng), 1.0 if big else 0.85)
            final = part == "outro" and last
            for beat in range(4):
                t = at + beat * BEAT
                if not thin and not final and not (last and part in ("verse", "break") and beat == 3):
                    mix.put("kick", t, kick)
                    kicks.append(t)
                if beat % 2 == 1 and part not in ("intro", "outro") and not thin:
                    mix.put("drums", t, clap, 0.55 if big else 0.42)
                if not final and part != "break":
                    mix.put("drums", t + BEAT / 2, opened if big else closed, 0.28, 0.15)
                if big:
                    for k in (0.25, 0.75):
                        mix.put("drums", t + k * BEAT, closed, 0.15, -0.2)
                if not thin and not final:
                    for k in (0.0, 0.5) if not big else (0.0, 0.5, 0.75):
                        octave = 12 if k == 0.5 else 0
                        mix.put("bass", t + k * BEAT, synth.bass(root + octave, BEAT * (0.45 if k < 0.75 else 0.22)))
            if final:
                mix.put("bass", at, synth.bass(root, BAR), 0.8)
            pattern = (0, 1, 2, 3, 2, 1, 2, 3) if part in ("verse", "intro", "outro") else (0, 2, 1, 3, 2, 3, 1, 3)
            for k in range(0, 16 if big else 8):
                length = 0.25 if big else 0.5
                pitch = notes[pattern[k % 8]] + 12
                gain = (0.30 if big else 0.34) * (1.0 if k % 2 == 0 else 0.75)
                if not final or k == 0:
                    mix.put("pluck", at + k * length * BEAT, synth.pluck(pitch), gain, 0.5 if k % 2 else -0.5)
        if part in ("intro", "break", "outro"):
            for beat, length, pitch in HOOK if part != "outro" else HOOK[:8]:
                mix.put(
                    "lead", bar * BAR + beat * BEAT, synth.lead(pitch, length * BEAT), 0.55 if part != "break" else 0.18
                )
        if part in ("verse", "break"):
            mix.put("drums", (bar + bars - 2) * BAR, synth.riser(rng, 2 * BAR), 0.5)
        bar += bars
    mix.put("lead", (BARS - 1) * BAR - 2 * BAR + 8 * BEAT, synth.lead(72, 3.5 * BEAT), 0.4)
    return kicks


def _delayed(sound: NDArray[np.float64], beats: float, feedback: float) -> NDArray[np.float64]:
    """Echoes only, alternating sides, darker each time."""
    out = np.zeros_like(sound)
    step = int(beats * BEAT * RATE)
    echo = sound
    for n in range(1, 5):
        echo = synth.filtered(echo[:, ::-1], "low", 5500.0 / n, 1) * feedback
        out[n * step :] += echo[: len(out) - n * step]
    return out


def compose() -> tuple[NDArray[np.float64], NDArray[np.float64], str]:
    """The mix (samples, 2), the voice alone (samples,), and the lyrics."""
    rng = np.random.default_rng(SEED)
    seconds = BARS * BAR + TAIL
    lines = _lines()
    notes = [note for line in lines for note in line[3]]
    voice = singer.sing(notes, seconds, RATE, rng)
    voice = synth.filtered(voice, "high", 140.0)
    chorus = _first_bars()
    sung = [n for n in notes if n.start >= chorus["chorus"] * BAR]
    below = {60: 57, 64: 60, 67: 64, 69: 65, 71: 67, 72: 69, 74: 71, 76: 72, 77: 74, 79: 76}
    harmony = singer.sing([Note(n.syllable, n.start, n.seconds, below[int(n.pitch)]) for n in sung], seconds, RATE, rng)
    double = singer.sing(
        [Note(n.syllable, n.start + 0.012, n.seconds, n.pitch + 0.07) for n in notes], seconds, RATE, rng
    )
    mix = _Mix(seconds)
    kicks = _band(mix, rng)
    pump, light = synth.duck(mix.samples, kicks, 0.75), synth.duck(mix.samples, kicks, 0.35)
    mix.put("voice", 0.0, voice)
    backing = np.stack([harmony * 0.75 + double * 0.35, harmony * 0.35 + double * 0.75], axis=1)
    mix.put("backing", 0.0, synth.filtered(backing, "high", 250.0))
    b = mix.buses
    wet = synth.room(
        b["voice"] * 0.30 + b["backing"] * 0.15 + b["lead"] * 0.3 + b["pluck"] * 0.25 + b["drums"] * 0.06, 1.7, rng
    )
    echo = _delayed(b["voice"] * 0.16 + b["lead"] * 0.25 + b["pluck"] * 0.4, 0.75, 0.5)
    total = 0.70 * b["kick"] + 0.62 * b["drums"] + 0.52 * b["bass"] * pump + 0.95 * b["pad"] * pump
    total += (
        (0.42 * b["pluck"] + 0.36 * b["lead"]) * light
        + 0.58 * b["voice"]
        + 0.17 * b["backing"]
        + 0.8 * wet
        + 0.5 * echo
    )
    fade = np.clip((seconds - np.arange(mix.samples) / RATE) / (TAIL + BEAT), 0.0, 1.0)
    total = synth.filtered(total, "high", 28.0) * np.minimum(1.0, 1.3 * fade)[:, None]
    ceiling = 10.0 ** (-1.5 / 20.0)
    for _ in range(3):
        total *= 10.0 ** ((LOUDNESS_LUFS - synth.integrated_lufs(total)) / 20.0)
        total = synth.limited(total, ceiling)
    return total, voice * 0.6, _lyrics(lines)


def _write_opus(path: Path, sound: NDArray[np.float64]) -> None:
    temporary = path.with_name(f".{path.name}.part")
    channels = sound.shape[1] if sound.ndim == 2 else 1
    with soundfile.SoundFile(
        temporary, "w", RATE, channels, format="OGG", subtype="OPUS", compression_level=0.78
    ) as file:
        file.title, file.artist = "First Light", "nichang"
        file.copyright = "CC0-1.0"
        file.comment = "AIGC: melody, words and every sound made by a program; no recording of a person"
        # Short writes: long ones overflow the encoder's stack in some libsndfile builds.
        for first in range(0, len(sound), RATE):
            file.write(sound[first : first + RATE])
    temporary.replace(path)


def main(folder: Path) -> None:
    mix, voice, lyrics = compose()
    folder.mkdir(parents=True, exist_ok=True)
    _write_opus(folder / "song.opus", mix)
    _write_opus(folder / "vocal.opus", voice)
    (folder / "lyrics.lrc").write_text(lyrics, encoding="utf-8")
    print(f"{folder}: {len(mix) / RATE:.1f} s, {synth.integrated_lufs(mix):.1f} LUFS, peak {np.abs(mix).max():.3f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "firstlight")
