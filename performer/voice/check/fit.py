"""Fits `weights.npz`: the room's two regressions, the two window networks, the voices' space. Takes a few minutes.

    python -m performer.voice.check.fit FOLDER_OF_FREE_AUDIO [windows|second|voices|room ...]

Only rows whose licence lets them enter shipped weights are read, and of the readers every other one: the rest is for
`tests.bench voice_check`. Music is the songs named below, and chords, basses and drums that fluidsynth plays.
"""

import csv
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import firwin2, lfilter

from performer.voice.check import damage
from performer.voice.check.fit_network import Manner, Weights, network
from performer.voice.check.frames import RATE, Coarse, Fine, Hearing, fine_frames
from performer.voice.check.room import decay_features, decays
from performer.voice.check.speaker import signatures
from performer.voice.check.speech import speech_frames
from performer.voice.check.weights import PATH, weights
from performer.voice.check.windows import OF_THE_SOUND, window_rows
from performer.voice.sound import read_sound, resample

__all__ = ["FITTED_SONGS", "fit", "recordings", "split"]

FITTED_SONGS = ("kevin_macleod_vibe_ace", "sectoid_escape_from_chaosland", "sectoid_feelings")
_SETS = (
    *("many_speakers", "many_speakers_vctk", "one_speaker/kerstin_de", "one_speaker/ljspeech_en"),
    *("sung/yuki_ja", "sung/erithacus_ja"),
)
_SUNG = ("sung/yuki_ja", "sung/erithacus_ja")
_PIECE = 12 * RATE
_SOUNDFONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")
_MUSIC_PIECES, _SECOND_PIECES, _ROOM_VOICES = 50, 220, 50
_WINDOW_SECONDS, _SECOND_SECONDS, _ROOM_SECONDS, _VOICE_SECONDS = 6, 8, 18, 9

PARTS = ("windows", "second", "voices", "room")

Sound = NDArray[np.float32]
Voices = dict[str, list[Sound]]


def recordings(folder: Path) -> Iterator[tuple[str, Path]]:
    """(speaker, path) of each row of a set's index.tsv."""
    with (folder / "index.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield row["speaker"], folder / row["path"]


def split(speakers: list[str]) -> tuple[list[str], list[str]]:
    """Who is fitted to, and who is kept for the bench."""
    names = sorted(set(speakers))
    return names[::2], names[1::2]


def read16(path: Path) -> Sound:
    """(n,) at 16 kHz."""
    sound = read_sound(path)
    return resample(sound.mono, sound.rate, RATE)


def hear(samples: Sound) -> tuple[Fine, Coarse]:
    hearing = Hearing()
    for first in range(0, len(samples), _PIECE):
        hearing.feed(samples[first : first + _PIECE])
    return hearing.finish()


def _coloured(samples: Sound, rng: np.random.Generator) -> Sound:
    """Through another microphone: a random smooth response within a few dB."""
    gains = np.cumsum(rng.normal(0.0, 1.5, 8))
    gains = 10 ** ((gains - gains.mean()) / 20)
    taps = firwin2(129, np.linspace(0, 1, 8), gains)
    return np.asarray(lfilter(taps, [1.0], samples), np.float32)


def _any_room(rng: np.random.Generator, t60: float) -> Sound:
    if rng.random() < 0.5:
        return damage.decaying_room(t60, float(rng.uniform(-5, 12)), RATE, rng)
    return damage.shoebox_room(t60, float(rng.uniform(0.2, 2.5)), RATE, rng)


def clarity_db(room: Sound) -> float:
    """C50 of an impulse response: power of its first 50 ms over that of the rest."""
    early = round(0.05 * RATE)
    power = np.square(room.astype(np.float64))
    return float(10 * np.log10(power[:early].sum() / (power[early:].sum() + 1e-6)))


def _played(rng: np.random.Generator, folder: Path) -> Sound:
    """Twenty seconds of chords, bass and, mostly, drums on random instruments."""
    import mido

    file = mido.MidiFile()
    track = mido.MidiTrack()
    file.tracks.append(track)
    track.append(mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(float(rng.uniform(70, 160)))))
    for channel in range(3):
        program = int(rng.choice([0, 4, 11, 19, 24, 25, 27, 30, 40, 48, 52, 56, 61, 65, 73, 80, 81, 88, 91, 95]))
        track.append(mido.Message("program_change", channel=channel, program=program if channel else 33))
    drums, key = rng.random() < 0.6, int(rng.integers(40, 52))
    for _ in range(12):
        root = key + int(rng.choice([0, 3, 5, 7, 8, 10]))
        notes = [(0, root - 12), *((1, root + step) for step in (12, 12 + int(rng.choice([3, 4])), 19))]
        for beat in range(4):
            sounding = [(2, root + 24 + int(rng.choice([0, 3, 5, 7, 10])))] + (notes if beat == 0 else [])
            hits = [(9, 36 if beat % 2 == 0 else 38), (9, 42)] if drums else []
            for channel, note in (*sounding, *hits):
                velocity = int(rng.integers(50, 110))
                track.append(mido.Message("note_on", channel=channel, note=note, velocity=velocity))
            ends = [*sounding[:1], *hits, *(notes if beat == 3 else [])]
            for index, (channel, note) in enumerate(ends):
                track.append(mido.Message("note_off", channel=channel, note=note, time=0 if index else 480))
    file.save(folder / "made.mid")
    command = ["fluidsynth", "-ni", "-g", "0.6", "-r", str(RATE), "-F", str(folder / "made.wav"), str(_SOUNDFONT)]
    subprocess.run([*command, str(folder / "made.mid")], check=True, capture_output=True)
    return read16(folder / "made.wav")[: 20 * RATE]


def _music(audio: Path, rng: np.random.Generator) -> list[Sound]:
    names = sorted(p for p in (audio / "songs").glob("*.opus") if p.stem.split(".")[0] in FITTED_SONGS)
    found = [read16(path) for path in names]
    if shutil.which("fluidsynth") and _SOUNDFONT.exists():
        with tempfile.TemporaryDirectory() as folder:
            found += [_played(rng, Path(folder)) for _ in range(14)]
    return found


def _spoiled(sound: Sound, rng: np.random.Generator) -> Sound:
    """Sometimes in a room, noisy, with hum."""
    if rng.random() < 0.25:
        sound = damage.in_room(sound, _any_room(rng, float(rng.uniform(0.15, 1.2))))
    if rng.random() < 0.3:
        sound = damage.noisy(sound, RATE, float(rng.uniform(8, 35)), rng, float(rng.choice([0, -3, -6])))
    if rng.random() < 0.1:
        sound = damage.humming(sound, RATE, float(rng.uniform(10, 35)), float(rng.choice([50, 60])))
    return sound


def _pieces(voices: Voices, count: int, rng: np.random.Generator) -> list[tuple[str, Sound]]:
    """(who, piece): so many of speech by chance, half of the sung ones."""
    pieces = [(who, piece) for who, list_ in voices.items() for piece in list_]
    spoken = [pair for pair in pieces if not pair[0].startswith(_SUNG)]
    chosen = [spoken[k] for k in rng.permutation(len(spoken))[:count]]
    return chosen + [pair for pair in pieces if pair[0].startswith(_SUNG)][::2]


def _fit_windows(voices: Voices, music: list[Sound], rng: np.random.Generator) -> Weights:
    rows: list[NDArray[np.float64]] = []
    kinds: list[bool] = []
    for _, whole in _pieces(voices, _MUSIC_PIECES, rng):
        piece = whole[: _WINDOW_SECONDS * RATE]
        for tuneful in (False, False, True, True):
            sound = piece if rng.random() < 0.5 else _coloured(piece, rng)
            if tuneful:
                tune = music[int(rng.integers(len(music)))]
                tune = np.roll(tune, int(rng.integers(len(tune))))
                sound = (
                    np.resize(tune, len(piece))
                    if rng.random() < 0.2
                    else damage.mixed(sound, tune, RATE, float(rng.uniform(-8, 20)))
                )
            found = window_rows(hear(_spoiled(sound, rng))[1])[1]
            rows.append(found)
            kinds += [tuneful] * len(found)
    table = np.concatenate(rows)
    mean, spread = table.mean(axis=0), table.std(axis=0) + 1e-6
    z = np.clip((table - mean) / spread, -4, 4)
    out: Weights = {"window_mean": mean.astype(np.float32), "window_spread": spread.astype(np.float32)}
    return out | network(z, np.asarray(kinds, float), "music", rng, Manner())


def _fit_second(voices: Voices, known: Mapping[str, NDArray[np.float32]], rng: np.random.Generator) -> Weights:
    """known: window_mean and window_spread. One voice's windows against those of two at once."""
    rows: list[NDArray[np.float64]] = []
    kinds: list[bool] = []
    spoken = [(who, piece) for who, list_ in voices.items() if not who.startswith(_SUNG) for piece in list_]
    for who, whole in _pieces(voices, _SECOND_PIECES, rng):
        piece = whole[: _SECOND_SECONDS * RATE]
        for two in (False, False) if who.startswith(_SUNG) else (False, False, True, True):
            sound = piece if rng.random() < 0.5 else _coloured(piece, rng)
            if two:
                other, theirs = spoken[int(rng.integers(len(spoken)))]
                if other == who:
                    continue
                sound = damage.mixed(sound, theirs, RATE, float(rng.uniform(0, 9)))
            found = window_rows(hear(_spoiled(sound, rng))[1])[1]
            rows.append(found)
            kinds += [two] * len(found)
    z = np.clip((np.concatenate(rows) - known["window_mean"]) / known["window_spread"], -4, 4)
    # What says how a microphone or a tune sounds tells this set's recordings apart, and takes another's for two voices.
    return network(z, np.asarray(kinds, float), "voices", rng, Manner(decay=1e-2, starts=4, blind=OF_THE_SOUND))


def _fit_room(voices: Voices, rng: np.random.Generator) -> Weights:
    rows: list[NDArray[np.float64]] = []
    aims: list[tuple[float, float]] = []
    for list_ in list(voices.values())[:_ROOM_VOICES]:
        joined = np.concatenate(list_)[: _ROOM_SECONDS * RATE]
        for turn in range(6):
            if turn == 0:
                sound, aim = joined, (float(np.log2(0.12)), 28.0)
            else:
                t60 = float(2 ** rng.uniform(np.log2(0.15), np.log2(1.5)))
                room = _any_room(rng, t60)
                sound, aim = damage.in_room(joined, room), (float(np.log2(t60)), min(28.0, clarity_db(room)))
            if rng.random() < 0.5:
                sound = damage.noisy(sound, RATE, float(rng.uniform(15, 40)), rng, -3.0)
            found = decay_features(decays(fine_frames(sound)))
            if found is not None:
                rows.append(found)
                aims.append(aim)
    table, aim = np.asarray(rows), np.asarray(aims)
    mean, spread = table.mean(axis=0), table.std(axis=0) + 1e-6
    z = np.column_stack([np.clip((table - mean) / spread, -4, 4), np.ones(len(table))])
    ridge = 3.0 * np.eye(z.shape[1])
    ridge[-1, -1] = 0.0
    solved = np.linalg.solve(z.T @ z + ridge, z.T @ aim)
    names = ("room_mean", "room_spread", "room_map")
    return {name: part.astype(np.float32) for name, part in zip(names, (mean, spread, solved), strict=True)}


def _fit_voices(voices: Voices, rng: np.random.Generator) -> Weights:
    by_voice: dict[str, list[NDArray[np.float64]]] = defaultdict(list)
    for who, list_ in voices.items():
        for number, whole in enumerate(list_[:4]):
            piece = whole[: _VOICE_SECONDS * RATE]
            for turn in (0, 1 + number % 2):
                sound = piece if turn == 0 else _coloured(piece, rng)
                if turn == 2:
                    sound = damage.in_room(sound, damage.decaying_room(float(rng.uniform(0.15, 0.5)), 12.0, RATE, rng))
                    sound = damage.noisy(sound, RATE, float(rng.uniform(15, 40)), rng, -3.0)
                fine, coarse = hear(sound)
                found = signatures(coarse, speech_frames(fine, coarse))[1]
                by_voice[who] += list(found)
    tables = [np.asarray(rows) for rows in by_voice.values() if len(rows) >= 6]
    everything = np.concatenate(tables)
    mean, spread = everything.mean(axis=0), everything.std(axis=0) + 1e-6
    tables = [np.clip((table - mean) / spread, -4, 4) for table in tables]
    within = np.mean([np.cov(table.T) for table in tables], axis=0)
    within += 0.05 * np.eye(len(within)) * np.trace(within) / len(within)
    centres = np.asarray([table.mean(axis=0) for table in tables])
    values, vectors = np.linalg.eigh(within)
    white = vectors / np.sqrt(values)
    spreads, turned = np.linalg.eigh(np.cov((centres @ white).T))
    best = np.argsort(spreads)[::-1][:40]
    few = np.mean([1.0 / max(1.0, len(table) / 6) for table in tables])
    return {
        "voice_mean": mean.astype(np.float32),
        "voice_spread": spread.astype(np.float32),
        "voice_map": (white @ turned[:, best]).astype(np.float32),
        "voice_between": np.maximum(spreads[best] - few, 0.05).astype(np.float32),
    }


def fit(audio: Path, parts: Iterable[str] = PARTS, seed: int = 1) -> Weights:
    """What `weights.npz` holds, or the named parts of it, from the free audio in `audio`."""
    rng = np.random.default_rng(seed)
    voices: dict[str, list[Sound]] = defaultdict(list)
    for name in _SETS:
        rows = list(recordings(audio / name))
        many = name.startswith("many")
        wanted = split([speaker for speaker, _ in rows])[0] if many else [rows[0][0]]
        joined: dict[str, list[Sound]] = defaultdict(list)
        for speaker, path in rows if many else rows[::2]:
            if speaker in wanted and sum(map(len, joined[speaker])) < (30 if many else 120) * RATE:
                joined[speaker].append(read16(path))
        for speaker, cuts_of in joined.items():
            whole = np.concatenate(cuts_of)
            cuts = [whole[k : k + _PIECE] for k in range(0, len(whole), _PIECE)]
            if cuts := [cut for cut in cuts if len(cut) >= 5 * RATE]:
                voices[f"{name}/{speaker}"] = cuts
    spoken = {who: list_ for who, list_ in voices.items() if not who.startswith(_SUNG)}
    found: Weights = {}
    if "windows" in parts:
        found |= _fit_windows(voices, _music(audio, rng), rng)
    if "second" in parts:
        found |= _fit_second(voices, {**weights(), **found}, rng)
    if "voices" in parts:
        found |= _fit_voices(voices, rng)
    if "room" in parts:
        found |= _fit_room(spoken, rng)
    return found


if __name__ == "__main__":
    fitted = fit(Path(sys.argv[1]), sys.argv[2:] or PARTS)
    kept = dict(weights()) if PATH.exists() else {}
    np.savez_compressed(PATH, **(kept | fitted))  # pyright: ignore[reportArgumentType]
    print(f"{PATH}: {PATH.stat().st_size} bytes")
