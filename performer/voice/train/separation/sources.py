"""Voices and accompaniments apart, as 16-bit arrays in a folder, for `mixtures` to draw from.

`voices/*.npy` are (samples,) mono, `backings/*.npy` (stems, samples, 2), all at 48 kHz. What exists is not made again.
"""

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

from performer.voice.sound import read_sound
from performer.voice.train.corpus import Features
from performer.voice.train.make_base import HELD
from performer.voice.train.separation.backing import HELD_DRUMMERS, compose, render
from performer.voice.train.separation.singing import sing

__all__ = ["RATE", "drummers", "keep", "make_backing", "make_voice", "real_backings", "real_voices", "readings"]

RATE = 48_000
_LOUDEST = 32767
# Sets whose readings may enter shipped weights.
_READ = ("many_speakers__", "many_speakers_vctk__", "one_speaker__ljspeech_en__", "one_speaker__kerstin_de__",
         "sung__yuki_ja__")  # fmt: skip
# Instrumental songs that may enter weights (CC BY, public domain, MIT); the others of the folder are for tests.
_SONGS = ("kevin_macleod_sugar_plum", "us_army_strings_hungarian_dance_5", "sectoid_escape_from_chaosland")
# Their stem "music" has the singer's reverberation in it.
_OWN = (("yuyi", ("drums", "bass")), ("jieyue", ("drums", "bass")), ("yuhou", ("song",)))


def readings(cache: Path, held: bool) -> list[Path]:
    """Analysed clips of the readers that lessons use, or of those that they do not."""
    named = [path for path in sorted(cache.glob("*.npz")) if path.name.startswith(_READ)]
    return [path for path in named if (path.name.split("__")[1] in HELD) == held]


def drummers(groove: Path, held: bool) -> list[tuple[Path, float]]:
    """Files and beats per minute of the unpacked Groove MIDI set."""
    with (groove / "info.csv").open(newline="", encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if (row["drummer"] in HELD_DRUMMERS) == held]
    return [
        (groove / row["midi_filename"], float(row["bpm"])) for row in rows if (groove / row["midi_filename"]).exists()
    ]


def keep(path: Path, sound: NDArray[np.float32]) -> None:
    """Written whole or not at all."""
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        np.save(file, np.round(np.clip(sound, -1, 1) * _LOUDEST).astype(np.int16))
    part.replace(path)


def make_voice(reading: Path, rng: np.random.Generator) -> NDArray[np.float32]:
    """(samples,) one recording's words, sung."""
    with np.load(reading) as kept:
        return sing(Features(kept["bands"], kept["envelope"], kept["hertz"], kept["noise"]), rng, RATE)


def make_backing(
    players: Sequence[tuple[Path, float]], seconds: float, held: bool, rng: np.random.Generator
) -> NDArray[np.float32]:
    """(stems, samples, 2)"""
    parts = compose(players, seconds, held, rng)
    return np.stack([render(part, int(seconds * RATE), rng) for part in parts if part.notes])


def _read(path: Path) -> NDArray[np.float32]:
    """(samples, 2) at 48 kHz."""
    sound = read_sound(path)
    samples = soxr.resample(sound.samples, sound.rate, RATE).astype(np.float32)
    return np.repeat(samples, 2, axis=1) if samples.shape[1] == 1 else samples


def real_backings(data: Path, songs: Path) -> dict[str, NDArray[np.float32]]:
    """Recorded and own songs without a voice: name -> (stems, samples, 2)."""
    found = {name: _read(data / "songs" / f"{name}.opus")[None] for name in _SONGS}
    for song, stems in _OWN:
        sounds = [_read(songs / song / f"{stem}.opus") for stem in stems]
        count = min(len(sound) for sound in sounds)
        found[song] = np.stack([sound[:count] for sound in sounds])
    return {name: sound / (np.abs(sound).max() + 1e-6) for name, sound in found.items()}


def real_voices(data: Path, songs: Path) -> dict[str, NDArray[np.float32]]:
    """Sung notes as recorded and the built-in songs' singer: name -> (samples,) mono."""
    files = sorted((data / "sung" / "yuki_ja").rglob("*.opus"))
    found = {f"yuki_{path.stem}": _read(path) for path in files}
    found |= {f"own_{song}": _read(songs / song / "vocal.opus") for song in ("yuyi", "jieyue")}
    return {name: 0.5 * sound.mean(1) / (np.abs(sound).max() + 1e-6) for name, sound in found.items()}
