"""Made mixes with known singing, on which the voice's weights are fitted and judged.

Fitted on: UTAU voice banks Imagawa Yuki (public domain) and Erithacus (CC BY 4.0), LibriSpeech readers (CC BY 4.0) and
the project's own synthetic singer, over music by Kevin MacLeod (CC BY 3.0), the US Army Strings (public domain),
Sectoid (MIT) and General MIDI bands made here. Judged on: other singers (PJS, Hitsuboku Kumi), readers, espeak-ng and
songs, of which nothing enters the weights.
"""

import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, minimum_filter1d

from motion.music.vocal import stem_activity
from motion.music.voice_features import VOICE_HOP, voice_features
from performer.voice.songs import song_folder
from performer.voice.sound import read_sound
from presets.songs.singer_firstlight import Note
from presets.songs.singer_firstlight import sing as sing_notes
from tests.bench.beats import SOUNDFONT, find_shared

RATE = 44_100
TRAIN = ("kevin_macleod_sugar_plum", "us_army_strings_hungarian_dance_5", "sectoid_feelings",
         "sectoid_feelings.stem_guitar", "kevin_macleod_vibe_ace", "sectoid_escape_from_chaosland")  # fmt: skip
TEST = ("singularity_mccracken_enemy_unknown",)
LEADS = (40, 56, 65, 29, 30, 73, 80, 81, 22, 68, 11, 0)
Sound = NDArray[np.float32]


def _load(path: Path) -> Sound:
    sound = read_sound(path)
    return np.asarray(soxr.resample(sound.samples, sound.rate, RATE), np.float32).reshape(-1, sound.samples.shape[1])


def made_band(seed: int, lead: int, seconds: float = 40.0) -> Sound:
    """Drums, bass, chords and a lead with vibrato and slides, by fluidsynth; (samples, 2)."""
    import mido

    rng = np.random.default_rng(seed)
    file = mido.MidiFile(ticks_per_beat=480)
    beat = 60.0 / rng.uniform(80, 150)
    events: list[tuple[float, mido.Message]] = []

    def note(channel: int, start: float, length: float, pitch: int, force: int) -> None:
        events.append((start, mido.Message("note_on", channel=channel, note=pitch, velocity=force)))
        events.append((start + length, mido.Message("note_off", channel=channel, note=pitch)))

    for channel, program in enumerate((int(rng.choice([32, 33, 38])), int(rng.choice([0, 4, 25, 48, 89])), lead)):
        events.append((0.0, mido.Message("program_change", channel=channel, program=program)))
        events.append((0.0, mido.Message("control_change", channel=channel, control=10, value=(64, 30, 64)[channel])))
    scale = np.array([0, 2, 4, 5, 7, 9, 11, 12])
    tonic = int(rng.integers(55, 67))
    place, index = 0.0, 3
    while place < seconds:
        root = int(rng.choice([0, 3, 4, 5]))
        chord = tonic + scale[root]
        for i in range(4):
            at = place + i * beat
            note(9, at, 0.1, 36 if i % 2 == 0 else 38, 100)
            note(9, at + beat / 2, 0.1, 42, 70)
            note(0, at, beat * 0.9, int(chord) - 24, 95)
        for step in (0, 4, 7):
            note(1, place, beat * 3.9, int(chord) + step, 70)
        at = place
        while at < place + 4 * beat - 0.01:
            length = float(rng.choice([0.5, 1.0, 2.0])) * beat
            index = int(np.clip(index + rng.integers(-2, 3), 0, 7))
            if rng.random() < 0.85:
                note(2, at, length * 0.95, tonic + 7 + int(scale[index]), 105)
                slide, depth = float(rng.choice([0.0, 0.0, -1.0])), float(rng.choice([0.0, 0.2, 0.4]))
                for k in range(int(length / 0.02)):
                    t = k * 0.02
                    bend = slide * np.exp(-t / 0.05) + depth * np.sin(2 * np.pi * 5.5 * t) * min(1.0, t / 0.3)
                    events.append(
                        (
                            at + t,
                            mido.Message("pitchwheel", channel=2, pitch=int(np.clip(bend / 2 * 8191, -8191, 8191))),
                        )
                    )
            at += length
        place += 4 * beat
    track = mido.MidiTrack()
    file.tracks.append(track)
    before = 0
    for at, message in sorted(events, key=lambda event: event[0]):
        tick = round(at * 960)
        track.append(message.copy(time=tick - before))
        before = tick
    with tempfile.TemporaryDirectory() as folder:
        file.save(f"{folder}/a.mid")
        command = [
            "fluidsynth",
            "-ni",
            "-g",
            "0.6",
            "-r",
            str(RATE),
            "-F",
            f"{folder}/a.wav",
            str(SOUNDFONT),
            f"{folder}/a.mid",
        ]
        subprocess.run(command, check=True, capture_output=True)
        return _load(Path(folder) / "a.wav")[: int(seconds * RATE)]


def sing(clips: list[Path], seconds: float, rng: np.random.Generator, spoken: bool, change: bool = True) -> Sound:
    """(samples,) phrases with pauses; `change` shifts pitch, adds vibrato and, to speech, length."""
    import librosa

    out = np.zeros(int(seconds * RATE), np.float32)
    at = rng.uniform(1.0, 4.0)
    while at < seconds - 3.0:
        stop = at + rng.uniform(4.0, 14.0)
        while at < min(stop, seconds - 1.0):
            clip = _load(clips[int(rng.integers(len(clips)))])[: 8 * RATE].mean(axis=1)
            if change:
                if spoken and rng.random() < 0.5:
                    clip = librosa.effects.time_stretch(clip, rate=float(rng.uniform(0.5, 0.8)))
                t = np.arange(int(len(clip) / 2 ** (rng.uniform(-3, 8) / 12))) / RATE
                speed = len(clip) / max(len(t), 1)
                depth = float(rng.choice([0.0, 0.0, 0.0, 0.3, 0.6])) / 12 * np.log(2) / (2 * np.pi * 5.5)
                clip = np.interp((t + depth * np.sin(2 * np.pi * 5.5 * t)) * speed, np.arange(len(clip)) / RATE, clip)
            active = np.sqrt(np.mean(clip**2)) + 1e-6
            clip = (0.1 / active * clip).astype(np.float32)[: len(out) - int(at * RATE)]
            out[int(at * RATE) :][: len(clip)] += clip
            at += len(clip) / RATE
        at = max(at, stop) + rng.uniform(2.0, 6.0)
    return out


def truth_of(voice: Sound) -> NDArray[np.bool_]:
    """(moments,) where the voice sounds, gaps under a third of a second filled."""
    hop = int(VOICE_HOP * RATE)
    count = int(np.ceil(len(voice) / RATE / VOICE_HOP)) + 1
    padded = np.pad(voice, (hop // 2, 2 * hop))[: count * hop]
    level = np.sqrt(np.mean(np.pad(padded, (0, count * hop - len(padded))).reshape(count, hop) ** 2, axis=1))
    on = (level > 0.05 * np.percentile(level, 97)).astype(int)
    return minimum_filter1d(maximum_filter1d(on, 7), 7) > 0


def mixed(music: Sound, voice: Sound, decibels: float) -> Sound:
    on = np.abs(voice) > 0.003
    gain = 10 ** (decibels / 20) * np.sqrt(np.mean(music**2)) / (np.sqrt(np.mean(voice[on] ** 2)) + 1e-9)
    return (music + gain * voice[: len(music), None]).astype(np.float32)


def _rows(folder: Path, pattern: str) -> list[Path]:
    return sorted(folder.glob(pattern))


SYLLABLES = [
    consonant + vowel
    for consonant in ("", "k", "g", "s", "j", "t", "d", "n", "m", "b", "h", "y", "r")
    for vowel in "aiueo"
    if consonant + vowel not in ("yi", "ye")
]
ESPEAK_VOICES = ("en-us+f3", "en-gb", "de+f2", "en-us")
ESPEAK_TEXT = """
The river runs along the road and nobody knows where it will end. Come with me tonight and we will dance
beneath the light of the moon. I was waiting for a sign.
"""


def synthetic_singer(seconds: float, seed: int) -> Sound:
    """(samples,) random melodies and syllables by the singer of the built-in song."""
    rng = np.random.default_rng(seed)
    notes: list[Note] = []
    at, low, scale = rng.uniform(1, 3), int(rng.integers(52, 66)), [0, 2, 4, 5, 7, 9, 11, 12]
    while at < seconds - 3:
        stop, index, beat = at + rng.uniform(3, 9), 3, 60 / rng.uniform(80, 150)
        while at < min(stop, seconds - 1.5):
            length = float(rng.choice([0.5, 0.5, 1, 1, 2])) * beat
            index = int(np.clip(index + rng.integers(-2, 3), 0, 7))
            notes.append(Note(str(rng.choice(SYLLABLES)), at, length * 0.95, float(low + scale[index])))
            at += length
        at += rng.uniform(1, 5)
    rate = 24_000
    return np.asarray(soxr.resample(sing_notes(notes, seconds, rate, rng), rate, RATE), np.float32)


def espeak(seconds: float, seed: int) -> Sound:
    """(samples,) phrases of a speech synthesizer."""
    rng = np.random.default_rng(seed)
    out = np.zeros(int(seconds * RATE), np.float32)
    at, words_of_all = 2.0, ESPEAK_TEXT.split()
    with tempfile.TemporaryDirectory() as folder:
        while at < seconds - 6:
            first = int(rng.integers(0, len(words_of_all) - 10))
            speed, pitch = str(int(rng.integers(100, 150))), str(int(rng.integers(30, 80)))
            words = " ".join(words_of_all[first : first + int(rng.integers(5, 10))])
            command = [
                "espeak-ng",
                "-v",
                ESPEAK_VOICES[seed % 4],
                "-s",
                speed,
                "-p",
                pitch,
                "-w",
                f"{folder}/a.wav",
                words,
            ]
            subprocess.run(command, check=True)
            clip = _load(Path(folder) / "a.wav")[:, 0]
            part = out[int(at * RATE) :][: len(clip)]
            part += clip[: len(part)]
            at += len(clip) / RATE + rng.uniform(1, 4)
    return out


@dataclass(frozen=True, slots=True)
class Mix:
    """rows: (moments, len(FEATURES)). truth: (moments,) where the voice sounds. music, voice: what was mixed."""

    music: str
    voice: str
    rows: NDArray[np.float32]
    truth: NDArray[np.bool_]


def _mix(music: str, voice: str, sound: Sound, truth: NDArray[np.bool_], rate: int = RATE) -> Mix:
    rows = voice_features(sound, rate)
    count = min(len(rows), len(truth))
    return Mix(music, voice, rows[:count], truth[:count])


def mixes(test: bool) -> Iterator[Mix]:
    """Each music alone, then with each voice, partly in mono."""
    shared = find_shared()
    assert shared is not None
    audio = shared / "data" / "audio"
    readers = sorted(path for path in (audio / "many_speakers").iterdir() if path.is_dir())
    readers = readers[1::4] if test else readers[0::4]
    spoken = [clip for reader in readers for clip in sorted(reader.glob("*.opus"))[:2]]
    if test:
        voices = {
            "pjs": (_rows(audio, "sung/pjs_ja/*song.opus"), False),
            "kumi": (_rows(audio, "sung/hitsuboku_kumi_*/*.opus"), False),
            "spoken": (spoken, True),
        }
    else:
        voices = {
            "yuki": (_rows(audio, "sung/yuki_ja/*.opus"), False),
            "erithacus": (_rows(audio, "sung/erithacus_ja/*.opus"), False),
            "spoken": (spoken, True),
        }
    music = {name: _load(audio / "songs" / f"{name}.opus") for name in (TEST if test else TRAIN)}
    for i, lead in enumerate(LEADS[1::4] if test else [lead for k, lead in enumerate(LEADS) if k % 4 != 1]):
        music[f"band{lead}"] = made_band(100 * test + i, lead)
    rng = np.random.default_rng(7 + test)
    for number, (name, sound) in enumerate(music.items()):
        seconds = len(sound) / RATE
        silent = np.zeros(int(np.ceil(seconds / VOICE_HOP)) + 1, bool)
        if sound.shape[1] == 1:
            sound = np.repeat(sound, 2, axis=1)
        yield _mix(name, "alone", sound, silent)
        yield _mix(name, "alone mono", sound.mean(axis=1), silent)
        sung = {
            who: sing(clips, seconds, rng, speech, change=not test or speech) for who, (clips, speech) in voices.items()
        }
        if test:
            sung["espeak"] = espeak(seconds, number)
        else:
            sung["synthetic"] = synthetic_singer(seconds, number)
        for who, voice in sung.items():
            voice = np.pad(voice, (0, max(0, len(sound) - len(voice))))[: len(sound)]
            mix = mixed(sound, voice, float(rng.choice([-3.0, 0.0, 3.0, 6.0])))
            mono = rng.random() < 0.4
            yield _mix(name, f"{who} mono" if mono else who, mix.mean(axis=1) if mono else mix, truth_of(voice))


def real_songs() -> Iterator[Mix]:
    """Whole songs whose singing is known, and one that has none; none of them enters the weights."""
    shared = find_shared()
    assert shared is not None
    songs = shared / "data" / "audio" / "songs"
    backing = read_sound(songs / "sectoid_feelings.stem_backing.opus")
    silent = np.zeros(int(np.ceil(backing.seconds / VOICE_HOP)) + 1, bool)
    yield _mix("feelings backing", "alone", backing.samples, silent, backing.rate)
    own = song_folder("firstlight")
    assert own.vocal is not None
    song, stem = read_sound(own.path), read_sound(own.vocal)
    truth = np.array(stem_activity(stem.mono, stem.rate, song.seconds).values) > 0.5
    yield _mix("firstlight", "song", song.samples, truth, song.rate)
    yield _mix("firstlight", "song mono", song.mono, truth, song.rate)
    yield _mix("firstlight", "stem", stem.mono, truth, stem.rate)
    song = read_sound(songs / "joshua_morin_on_the_run.opus")
    truth = _ultrastar(songs / "joshua_morin_on_the_run.ultrastar.txt", 5.0, song.seconds)
    yield _mix("on the run", "song", song.samples, truth, song.rate)
    yield _mix("on the run", "song mono", song.mono, truth, song.rate)


def _ultrastar(path: Path, start: float, seconds: float) -> NDArray[np.bool_]:
    """(moments,) where a note of the file sounds, gaps under a third of a second filled; `start` is the cut's."""
    on = np.zeros(int(np.ceil(seconds / VOICE_HOP)) + 1, int)
    beat, gap = 0.0, 0.0
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        if line.startswith("#BPM:"):
            beat = 15.0 / float(line[5:].replace(",", "."))
        elif line.startswith("#GAP:"):
            gap = float(line[5:].replace(",", ".")) / 1000.0 - start
        elif line[:1] in (":", "*", "F"):
            at, length = (int(part) for part in line.split()[1:3])
            first, stop = (max(0.0, gap + k * beat) / VOICE_HOP for k in (at, at + length))
            on[int(first) : int(np.ceil(stop)) + 1] = 1 if stop > 0.0 else on[int(first) : int(np.ceil(stop)) + 1]
    return minimum_filter1d(maximum_filter1d(on, 7), 7) > 0
