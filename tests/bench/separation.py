"""Voice out of a mix: SI-SDR gained on held-out mixtures (J. Le Roux and others, "SDR: half-baked or well done?").

Voices that no lesson used (PJS, a man; Hitsuboku Kumi, a woman), with a little room, over songs and instruments that
no lesson used, at -6 to 3 dB. Beside ours: the mix as it is, what lies in the middle (mid less side, bin by bin),
REPET-SIM (librosa's recipe) and the best share that our grid can give. `minutes=40` streams a song of that length and
looks at the process's memory.
"""

import csv
import resource
import tarfile
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import fftconvolve, istft, stft

from motion.music.separate import Separator, parted_blocks, separate
from motion.music.separate_grid import BINS, bins_of, cells_of, hop_of
from motion.music.separate_network import shipped_network
from performer.voice.sound import read_sound, resample
from tests.bench._inputs import made_song, shared_data

__all__ = ["Mixture", "held_mixtures", "run", "si_sdr"]

RATE = 48_000
SECONDS = 8
_SONGS = ("kevin_macleod_vibe_ace", "sectoid_feelings.stem_backing", "singularity_mccracken_enemy_unknown")
_MADE = 3
Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Mixture:
    """voice + backing = mix, (samples, 2) each; their names."""

    singer: str
    music: str
    mix: Array
    voice: Array


def si_sdr(found: Array, truth: Array) -> float:
    """Decibels, whatever the scale of `found`; both (samples, channels)."""
    one, two = found.astype(np.float64).ravel(), truth.astype(np.float64).ravel()
    target = two * float(one @ two) / (float(two @ two) + 1e-12)
    return 10 * float(np.log10((target @ target + 1e-12) / (np.square(one - target).sum() + 1e-12)))


def _stereo(path: Path) -> Array:
    sound = read_sound(path)
    samples = resample(sound.samples, sound.rate, RATE)
    return np.repeat(samples, 2, axis=1) if samples.shape[1] == 1 else samples


def _made_music(groove: Path, seed: int) -> Array:
    """A made accompaniment of instruments and drummers kept for tests."""
    from performer.voice.train.separation.backing import HELD_DRUMMERS, compose, render

    rng = np.random.default_rng(seed)
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(groove) as packed:
            packed.extractall(folder, filter="data")
        root = Path(folder) / "groove"
        with (root / "info.csv").open(newline="", encoding="utf-8") as lines:
            rows = [row for row in csv.DictReader(lines) if row["drummer"] in HELD_DRUMMERS]
        players = [(root / row["midi_filename"], float(row["bpm"])) for row in rows]
        parts = compose([(path, bpm) for path, bpm in players if path.exists()], 20.0, True, rng)
    played = [render(part, 20 * RATE, rng) for part in parts if part.notes]
    return np.sum([part / (np.sqrt(np.mean(np.square(part))) + 1e-4) for part in played], axis=0).astype(np.float32)


def _with_room(voice: Array, rng: np.random.Generator) -> Array:
    """(samples,) -> (samples, 2) with a tail of 0.4 to 1.4 s, 8 to 20 dB under the voice."""
    t = np.arange(int(1.4 * RATE)) / RATE
    tail = rng.standard_normal((len(t), 2)) * np.exp(-6.9 * t / rng.uniform(0.4, 1.4))[:, None]
    tail *= 10 ** (rng.uniform(-20, -8) / 20) * np.sqrt(2 / np.square(tail).sum())
    tail[0] += 1.0
    return fftconvolve(np.stack([voice, voice], 1), tail, axes=0)[: len(voice)].astype(np.float32)


def _line(files: list[Path], rng: np.random.Generator) -> Array:
    """(samples,) of one singer, clips one after another."""
    found, count = list[Array](), 0
    while count < SECONDS * RATE:
        clip = _stereo(files[int(rng.integers(len(files)))])[:, 0]
        found.append(clip)
        count += len(clip)
    return np.concatenate(found)[: SECONDS * RATE]


def held_mixtures(data: Path, count: int, seed: int = 20261122) -> list[Mixture]:
    """data: the folder of free audio."""
    rng = np.random.default_rng(seed)
    singers = {name: sorted((data / "sung" / name).rglob("*.opus")) for name in ("pjs_ja", "hitsuboku_kumi_ja")}
    music = {name: _stereo(data / "songs" / f"{name}.opus") for name in _SONGS}
    music |= {f"made {k}": _made_music(data / "scores" / "groove_midi.tar.xz", seed + k) for k in range(_MADE)}
    made: list[Mixture] = []
    for number in range(count):
        singer = list(singers)[number % 2]
        name = list(music)[(number // 2) % len(music)]
        voice = _with_room(_line(singers[singer], rng), rng)
        first = int(rng.integers(max(1, len(music[name]) - SECONDS * RATE)))
        backing = music[name][first : first + SECONDS * RATE]
        wanted = 10 ** (rng.uniform(-6, 3) / 20)
        voice *= np.float32(wanted * np.sqrt(np.mean(np.square(backing)) / (np.mean(np.square(voice)) + 1e-9)))
        scale = np.float32(0.8 / np.abs(voice + backing).max())
        made.append(Mixture(singer, name, (voice + backing) * scale, voice * scale))
    return made


def _ours(mixture: Mixture) -> Array:
    return separate(mixture.mix, shipped_network(), RATE).voice


def _middle(mixture: Mixture) -> Array:
    """What left and right have in common: mid, less the size of side."""
    _, _, spectra = stft(mixture.mix.T, RATE, nperseg=4096, noverlap=3072)
    mid, side = (spectra[0] + spectra[1]) / 2, (spectra[0] - spectra[1]) / 2
    share = np.clip(1 - np.abs(side) / (np.abs(mid) + 1e-9), 0, 1)
    _, sound = istft(mid * share, RATE, nperseg=4096, noverlap=3072)
    return np.repeat(sound[: len(mixture.mix), None], 2, axis=1).astype(np.float32)


def _repet(mixture: Mixture) -> Array:
    """Z. Rafii and B. Pardo, "Music/voice separation using the similarity matrix", as in librosa's gallery."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import librosa

        out = np.zeros_like(mixture.mix)
        for channel in range(2):
            spectrum = librosa.stft(mixture.mix[:, channel])
            size = np.abs(spectrum)
            width = int(librosa.time_to_frames(2, sr=RATE))
            calm = librosa.decompose.nn_filter(size, aggregate=np.median, metric="cosine", width=width)
            calm = np.minimum(size, calm)
            share = librosa.util.softmask(size - calm, 10 * calm, power=2)
            out[:, channel] = librosa.istft(spectrum * share, length=len(mixture.mix))
    return out


def _best_share(mixture: Mixture) -> Array:
    """What the truth itself would reach with one share 0..1 for each cell of our grid."""
    size, step = 4 * hop_of(RATE), 3 * hop_of(RATE)
    turned = [stft(sound.T, RATE, nperseg=size, noverlap=step)[2] for sound in (mixture.mix, mixture.voice)]
    both = [np.stack([(s[0] + s[1]) / 2, (s[0] - s[1]) / 2]).transpose(0, 2, 1) for s in turned]
    mix, voice = both[0][:, :, :BINS], both[1][:, :, :BINS]
    share = cells_of((voice * np.conj(mix)).real) / (cells_of(np.square(np.abs(mix))) + 1e-12)
    wide = np.zeros(both[0].shape)
    wide[:, :, :BINS] = bins_of(np.clip(share, 0, 1))
    _, (mid, side) = istft((both[0] * wide).transpose(0, 2, 1), RATE, nperseg=size, noverlap=step)
    return np.stack([mid + side, mid - side], 1)[: len(mixture.mix)].astype(np.float32)


_WAYS: dict[str, Callable[[Mixture], Array]] = {
    "the mix as it is": lambda mixture: mixture.mix,
    "middle": _middle,
    "REPET-SIM": _repet,
    "ours": _ours,
    "best share": _best_share,
}


def _long(minutes: float) -> dict[str, float]:
    """A song of that length in blocks of 5 s: processor time for a second of sound, memory that it added."""
    song = made_song(60.0, rate=44_100)
    block = np.stack([song, song], 1)[: 5 * 44_100]
    network = shipped_network()
    separate(block, network, 44_100)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began, count = time.process_time(), 0
    for part in parted_blocks((block for _ in range(round(minutes * 12))), network, 44_100, 2):
        count += len(part.voice)
    spent = time.process_time() - began
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "seconds": count / 44_100,
        "processor_per_second": spent / (count / 44_100),
        "grown_mb": (after - before) / 1e3,
    }


def _split_residual_db(mixture: Mixture) -> float:
    """Ours in chance blocks against ours at once."""
    rng, maker, parts, at = np.random.default_rng(1), Separator(shipped_network(), RATE), list[Array](), 0
    while at < len(mixture.mix):
        count = int(rng.integers(1, 40_000))
        parts.append(maker.feed(mixture.mix[at : at + count]).voice)
        at += count
    parts.append(maker.finish().voice)
    whole = _ours(mixture)
    residual = np.square(np.concatenate(parts) - whole).sum() / np.square(whole).sum()
    return 10 * float(np.log10(residual + 1e-20))


def run(count: int = 24, minutes: float = 2.0, repet: bool = True) -> dict[str, Any]:
    """count: mixtures of 8 s. minutes: length of the song for processor time and memory."""
    data = shared_data()
    figures: dict[str, Any] = {"long": _long(minutes)}
    if data is None:
        return figures | {"mixtures": "the free audio set is not here"}
    mixtures = held_mixtures(data / "audio", count)
    given = [si_sdr(mixture.mix, mixture.voice) for mixture in mixtures]
    figures["given_db"] = {"mean": float(np.mean(given)), "least": min(given), "most": max(given)}
    gains: dict[str, Any] = {}
    for name, way in _WAYS.items():
        if name == "REPET-SIM" and not repet:
            continue
        found = [way(mixture) for mixture in mixtures]
        voice = [si_sdr(f, m.voice) - g for f, m, g in zip(found, mixtures, given, strict=True)]
        backing = [
            si_sdr(m.mix - f, m.mix - m.voice) - si_sdr(m.mix, m.mix - m.voice)
            for f, m in zip(found, mixtures, strict=True)
        ]
        row = {"voice": float(np.mean(voice)), "median": float(np.median(voice)), "backing": float(np.mean(backing))}
        for label in sorted({m.singer for m in mixtures} | {m.music for m in mixtures}):
            row[label] = float(
                np.mean([v for v, m in zip(voice, mixtures, strict=True) if label in (m.singer, m.music)])
            )
        gains[name] = {key: round(value, 2) for key, value in row.items()}
    figures["gain_db"] = gains
    figures["split_residual_db"] = _split_residual_db(mixtures[0])
    ours = gains["ours"]["voice"]
    figures["rows"] = [
        {"what": "SI-SDR gain of the voice, dB", "measured": ours, "aim": ">= 6", "holds": ours >= 6.0},
        {
            "what": "processor seconds a second of sound",
            "measured": figures["long"]["processor_per_second"],
            "aim": "<= 0.5",
            "holds": figures["long"]["processor_per_second"] <= 0.5,
        },
    ]
    return figures
