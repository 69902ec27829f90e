"""Fits and judges the weights of motion/music/voice_weights.py on made mixes with known truth.

Run from the repository root: python -m tests.motion.music.fit_voice [CACHE.npz].
Prints the weights to paste, then frame-wise figures.
Fitted on: UTAU voice banks Imagawa Yuki (public domain) and Erithacus (CC BY 4.0) and LibriSpeech readers (CC BY 4.0),
over music by Kevin MacLeod (CC BY 3.0), the US Army Strings (public domain), Sectoid (MIT) and General MIDI bands made
here. Judged on: other singers (PJS, Hitsuboku Kumi), readers and songs, of which nothing enters the weights.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, minimum_filter1d
from scipy.optimize import minimize

from motion.music.voice_features import FEATURES, VOICE_HOP, voice_features
from performer.voice.sound import read_sound
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


def make(test: bool) -> tuple[NDArray[np.float32], NDArray[np.bool_], list[str]]:
    """Features, truth and the name of the mix per moment."""
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
    xs, ys, names = [], [], []

    def add(name: str, sound: Sound, truth: NDArray[np.bool_]) -> None:
        rows = voice_features(sound, RATE)
        xs.append(rows)
        ys.append(truth[: len(rows)])
        names.extend([name] * len(rows))

    for name, sound in music.items():
        silent = np.zeros(int(np.ceil(len(sound) / RATE / VOICE_HOP)) + 1, bool)
        if sound.shape[1] == 1:
            sound = np.repeat(sound, 2, axis=1)
        add(f"{name} alone", sound, silent)
        add(f"{name} alone mono", sound.mean(axis=1), silent)
        for who, (clips, speech) in voices.items():
            voice = sing(clips, len(sound) / RATE, rng, speech, change=not test or speech)
            mix = mixed(sound, voice, float(rng.choice([-3.0, 0.0, 3.0, 6.0])))
            mono = rng.random() < 0.4
            add(f"{name} {who}{' mono' if mono else ''}", mix.mean(axis=1) if mono else mix, truth_of(voice))
    return np.concatenate(xs), np.concatenate(ys), names


def fit(x: NDArray[np.float32], y: NDArray[np.bool_], penalty: float = 5e-3) -> tuple[NDArray, NDArray, NDArray, float]:
    """Mean, deviation, weights and bias of a logistic regression; voice and no voice weigh the same."""
    mean, spread = x.mean(axis=0), x.std(axis=0) + 1e-6
    z = (x - mean) / spread
    sample = np.where(y, 0.5 / y.mean(), 0.5 / (1 - y.mean())) / len(y)

    def loss(w: NDArray) -> tuple[float, NDArray]:
        score = z @ w[:-1] + w[-1]
        error = (1 / (1 + np.exp(-score)) - y) * sample
        value = np.sum(sample * (np.logaddexp(0, score) - y * score)) + penalty * np.sum(w[:-1] ** 2)
        return float(value), np.append(z.T @ error + 2 * penalty * w[:-1], error.sum())

    found = minimize(loss, np.zeros(x.shape[1] + 1), jac=True, method="L-BFGS-B").x
    return mean, spread, found[:-1], float(found[-1])


def main() -> None:
    cache = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    if cache and cache.exists():
        data = np.load(cache, allow_pickle=False)
        x, y, tx, ty, tn = (data[k] for k in ("x", "y", "tx", "ty", "tn"))
    else:
        x, y, _ = make(False)
        tx, ty, names = make(True)
        tn = np.array(names)
        if cache:
            np.savez(cache, x=x, y=y, tx=tx, ty=ty, tn=tn)
    mean, spread, weights, bias = fit(x, y)
    per = weights / spread
    print(f"BIAS = {bias - float(mean @ per):.4f}\nWEIGHTS = {{")
    for name, value in zip(FEATURES, per, strict=True):
        print(f'    "{name}": {value:.4f},')
    print("}")
    for what, a, b in (("train", x, y), ("held out", tx, ty)):
        on = (a @ per + bias - mean @ per) > 0
        print(
            f"{what}: precision {np.sum(on & b) / on.sum():.3f} recall {np.sum(on & b) / b.sum():.3f}",
            f"voiced {b.mean():.2f}",
        )
    p = 1 / (1 + np.exp(-(tx @ per + bias - mean @ per)))
    for name in dict.fromkeys(tn.tolist()):
        at = tn == name
        on, b = p[at] > 0.5, ty[at]
        print(
            f"  {name}: mean {p[at].mean():.3f}, recall {on[b].mean() if b.any() else -1:.2f}, false {on[~b].mean():.2f}"  # noqa: E501
        )


if __name__ == "__main__":
    main()
