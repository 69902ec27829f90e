"""Who is converted into whom: held-out readers and singers, and targets with the recordings that no clone may see."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from performer.voice.sound import read_sound, resample

__all__ = ["TARGETS", "Clip", "Split", "read_16k", "sources", "target_split", "write_16k"]

RATE = 16_000
READERS = ("1737", "1898", "118", "163", "1867")
WORDS_A_READER = 121
PIECE_SECONDS = 10.0
TARGETS = ("1088", "kerstin", "kumi")
_SONGS = {"pjs": ("pjs_ja", 12.0, 4), "yuki": ("yuki_ja", 0.0, 6)}


@dataclass(frozen=True, slots=True)
class Clip:
    """path: 16 kHz mono. text: what is said, "" where it is not known. semitones: fixed transposition of songs, None
    where medians are to meet. pitch: is its pitch judged (Harvest is slow)?"""

    path: Path
    who: str
    text: str
    sung: bool
    semitones: float | None
    pitch: bool


@dataclass(frozen=True, slots=True)
class Split:
    """Sound files that a clone may be made from, and others of the same person that only judges hear."""

    training: tuple[Path, ...]
    held_out: tuple[Path, ...]


def read_16k(path: Path) -> NDArray[np.float32]:
    sound = read_sound(path)
    return resample(sound.mono, sound.rate, RATE)


def write_16k(folder: Path, samples: NDArray[np.float32], name: str) -> Path:
    """Keep a sound under its name and content; an earlier one of the same content stays."""
    key = hashlib.sha256(samples.astype("<f4").tobytes()).hexdigest()[:12]
    path = folder / f"{name}-{key}.wav"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".part")
        soundfile.write(temporary, samples, RATE, format="WAV", subtype="FLOAT")
        temporary.replace(path)
    return path


def _index(folder: Path) -> list[dict[str, str]]:
    lines = (folder / "index.tsv").read_text(encoding="utf-8").splitlines()
    names = lines[0].split("\t")
    return [dict(zip(names, line.split("\t"), strict=False)) for line in lines[1:]]


def target_split(audio: Path, target: str) -> Split:
    """The recordings of a target. Clones that this bench judges are to be made from `training` alone.

    1088: all of one_speaker/librispeech_en, held out the same reader's clips in many_speakers. kerstin: every tenth
    sentence is held out. kumi (Chinese and Japanese): every eighth.
    """
    if target == "1088":
        training = sorted((audio / "one_speaker" / "librispeech_en").rglob("*.opus"))
        return Split(tuple(training), tuple(sorted((audio / "many_speakers" / "1088").glob("*.opus"))))
    if target == "kerstin":
        paths, every = sorted((audio / "one_speaker" / "kerstin_de").rglob("*.opus")), 10
    else:
        both = ("hitsuboku_kumi_ja", "hitsuboku_kumi_zh")
        paths, every = [path for name in both for path in sorted((audio / "sung" / name).rglob("*.opus"))], 8
    held = set(paths[every // 2 :: every])
    return Split(tuple(path for path in paths if path not in held), tuple(path for path in paths if path in held))


def pieces(paths: Sequence[Path], folder: Path, name: str) -> list[Path]:
    """Clips joined to pieces of at least PIECE_SECONDS: a judge of likeness needs that much."""
    made: list[Path] = []
    waiting: list[NDArray[np.float32]] = []
    for path in paths:
        waiting.append(read_16k(path))
        if sum(map(len, waiting)) >= PIECE_SECONDS * RATE:
            made.append(write_16k(folder, np.concatenate(waiting), f"{name}-{len(made):02d}"))
            waiting = []
    return made


def sources(audio: Path, folder: Path) -> list[Clip]:
    """Five held-out readers, at least WORDS_A_READER words each, and two singers."""
    clips: list[Clip] = []
    for reader in READERS:
        rows = [row for row in _index(audio / "many_speakers") if row["speaker"] == reader and row.get("text")]
        words = 0
        for number, row in enumerate(rows):
            if words >= WORDS_A_READER:
                break
            words += len(row["text"].split())
            path = write_16k(folder, read_16k(audio / "many_speakers" / row["path"]), Path(row["path"]).stem)
            clips.append(Clip(path, reader, row["text"], False, None, number == 0))
    for who, (name, semitones, count) in _SONGS.items():
        paths = [audio / "sung" / name / row["path"] for row in _index(audio / "sung" / name)]
        # Spread over the set: neighbours are alike.
        chosen = paths[:: max(1, len(paths) // count)][:count]
        made = enumerate(pieces(chosen, folder, who))
        clips += [Clip(path, who, "", True, semitones, number % 2 == 0) for number, path in made]
    return clips
