"""Voices and accompaniments apart, as 16-bit arrays in a folder, for `mixtures` to draw from.

`voices/*.npy` are (samples,) mono, `backings/*.npy` (stems, samples, 2), all at 48 kHz. What exists is not made again.
"""

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray
from scipy.signal import butter, istft, sosfilt, stft

from performer.voice.sound import read_sound
from performer.voice.train.corpus import Features
from performer.voice.train.make_base import HELD
from performer.voice.train.separation.backing import HELD_DRUMMERS, compose, render
from performer.voice.train.separation.singing import sing

__all__ = [
    "RATE",
    "drummers",
    "keep",
    "make_backing",
    "make_phrase",
    "make_spoken",
    "make_voice",
    "real_backings",
    "real_voices",
    "readings",
    "recordings",
    "with_air",
]

RATE = 48_000
_LOUDEST = 32767
# Sets whose readings may enter shipped weights.
_READ = ("many_speakers__", "many_speakers_vctk__", "one_speaker__ljspeech_en__", "one_speaker__kerstin_de__",
         "sung__yuki_ja__")  # fmt: skip
# Sets whose recordings are heard as they are; where they end, in Hz.
_SPOKEN = {"many_speakers": 7600.0, "many_speakers_vctk": 7600.0, "one_speaker/ljspeech_en": 7600.0,
           "one_speaker/kerstin_de": 6600.0}  # fmt: skip
_PER_READER = 2
_PER_SET = 24
_SYLLABLES = "sung/erithacus_ja"
_SYLLABLES_TOP = 5200.0
# A reader of whom other recordings are kept apart for tests.
_APART = frozenset({"7367"})
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


def make_voice(reading: Path, rng: np.random.Generator, lift: float = 0.0) -> NDArray[np.float32]:
    """(samples,) one recording's words, sung; lift: octaves."""
    with np.load(reading) as kept:
        return sing(Features(kept["bands"], kept["envelope"], kept["hertz"], kept["noise"]), rng, RATE, lift)


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


def recordings(data: Path) -> list[tuple[Path, float]]:
    """Readings to be heard as recorded, a few of each reader, and where they end in Hz; none of a held reader."""
    found = list[tuple[Path, float]]()
    for name, top in _SPOKEN.items():
        many = name.startswith("many_")
        folders = sorted(path for path in (data / name).iterdir() if path.is_dir()) if many else [data / name]
        for folder in folders:
            if folder.name not in HELD | _APART:
                files = sorted(folder.glob("*.opus"))
                found += [(path, top) for path in files[: _PER_READER if many else _PER_SET]]
    return found


def with_air(sound: NDArray[np.float32], top: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """(samples,) at 48 kHz of which nothing is known above `top` Hz -> with what a voice might have there: the octave
    below, moved up with chance phases and falling, so that no lesson says that voices end there."""
    _, _, spectra = stft(sound, RATE, nperseg=1024)
    first = round(top * 1024 / RATE)
    above = np.arange(first, len(spectra))
    octaves = np.log2(above / first)
    fall = np.exp(-rng.uniform(0.5, 1.6) * octaves - 3.0 * np.maximum(octaves - 0.8, 0)) * rng.uniform(0.3, 1.0)
    turn = np.exp(2j * np.pi * rng.random((len(above), spectra.shape[1])))
    spectra[above] = spectra[first // 2 + (above - first) % (first - first // 2)] * fall[:, None] * turn
    _, out = istft(spectra, RATE, nperseg=1024)
    return np.asarray(out[: len(sound)], np.float32)


def _mono(path: Path, speed: float) -> NDArray[np.float32]:
    sound = read_sound(path)
    return np.asarray(soxr.resample(sound.samples.mean(axis=1), sound.rate * speed, RATE), np.float32)


def _levelled(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    clean = np.asarray(sosfilt(butter(2, 60.0, "highpass", fs=RATE, output="sos"), sound), np.float32)
    return 0.5 * clean / (np.abs(clean).max() + np.float32(1e-6))


def make_spoken(path: Path, top: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """(samples,) a recorded reading, half of them at another speed and so of a larger or smaller body."""
    speed = 1.0 if rng.random() < 0.5 else float(rng.uniform(0.75, 1.3))
    return _levelled(with_air(_mono(path, speed), min(top * speed, 9000.0), rng))


def make_phrase(data: Path, seconds: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """(samples,) recorded syllables one after another, each moved to a note by its speed."""
    files = sorted((data / _SYLLABLES).glob("*.opus"))
    parts, count, note = list[NDArray[np.float32]](), 0, 0.0
    body = rng.uniform(-2, 6)
    while count < seconds * RATE:
        note = float(np.clip(note + round(rng.normal(0, 2.5)), -5, 7))
        speed = 2 ** ((note + body) / 12)
        part = _mono(files[int(rng.integers(len(files)))], speed)
        parts.append(with_air(part, min(_SYLLABLES_TOP * speed, 9000.0), rng))
        count += len(part)
    return _levelled(np.concatenate(parts))
