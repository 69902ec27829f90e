"""What stands in front of the voice, on free voices with made noise, hum, clicks and feedback.

Noise: the stage decides on the mix, its filters then pass voice and noise apart, so that both are known afterwards
(shadow filtering). Clean: the whole chain on untouched recordings. Clicks: made keys in pauses and over speech.
"""

import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from performer.voice.front.chain import Front
from performer.voice.front.clicks import Clicks
from performer.voice.front.ear import Ear
from performer.voice.front.noise import Noise
from performer.voice.front.settings import default_settings
from performer.voice.sound import read_sound, resample
from tests.bench.beats import find_shared
from tests.performer.voice.front.sounds import RATE, Samples, click, decibels, noise, power

__all__ = ["run"]

_SECONDS = 8
_SPEECH = ("many_speakers", 90), ("one_speaker/librispeech_en", 12)
_SUNG = ("sung/pjs_ja", 30), ("sung/yuki_ja", 40)


class _Shadow(Noise):
    """Filters as another decides."""

    master: Noise

    def _decide(self, heard: Samples) -> None:
        del heard
        self._filters = self.master._filters


def _load(path: Path) -> Samples:
    sound = read_sound(path)
    mono = resample(sound.mono[: _SECONDS * sound.rate], sound.rate, RATE)
    return (mono * (0.05 / np.sqrt(power(mono)))).astype(np.float32)


def _clips(folder: Path, sets: tuple[tuple[str, int], ...]) -> list[Samples]:
    found: list[Samples] = []
    for name, every in sets:
        found += [_load(path) for path in sorted((folder / name).rglob("*.opus"))[5::every][:4]]
    return found


def _spectra(sound: Samples) -> NDArray[np.float64]:
    windows = np.lib.stride_tricks.sliding_window_view(sound, 1024)[::480] * np.hanning(1024)
    return np.square(np.abs(np.fft.rfft(windows)))


def _made_noise(kind: str, count: int, snr_db: float) -> Samples:
    white = np.random.default_rng(7).standard_normal(count)
    if kind == "pink":
        white = np.fft.irfft(np.fft.rfft(white) / np.sqrt(np.arange(count // 2 + 1) + 50), count)
    if kind == "hum":
        t = np.arange(count) / RATE
        white = np.sum([np.sin(2 * np.pi * 50 * k * t + k * k) / k for k in range(1, 12)], axis=0)
    return (white * (0.05 / 10 ** (snr_db / 20) / np.sqrt(np.mean(white**2)))).astype(np.float32)


def _reduced(voice: Samples, kind: str, snr_db: float) -> dict[str, float]:
    lead = 2 * RATE
    disturb = _made_noise(kind, lead + len(voice), snr_db)
    voice = np.concatenate([np.zeros(lead, np.float32), voice])
    ear, settings = Ear(), default_settings().noise
    master, of_voice, of_noise = Noise(settings, ear), _Shadow(settings, ear), _Shadow(settings, ear)
    of_voice.master = of_noise.master = master
    parts: list[tuple[Samples, Samples]] = []
    for at in range(0, len(voice) - 239, 240):
        piece = slice(at, at + 240)
        ear.hear(voice[piece] + disturb[piece])
        master.feed(voice[piece] + disturb[piece])
        parts.append((of_voice.feed(voice[piece]), of_noise.feed(disturb[piece])))
    kept, left = (np.concatenate(both)[lead:] for both in zip(*parts, strict=True))
    before, after = _spectra(voice[lead : lead + len(kept)]), _spectra(kept)
    was, now = _spectra(disturb[lead : lead + len(left)]).sum(1), _spectra(left).sum(1)
    loud = before.sum(1) > before.sum(1).max() * 10**-3.5
    gain = 10 * np.log10(after[loud].sum(1) / now[loud] / (before[loud].sum(1) / was[loud]))
    return {
        "snr_gain_db": float(gain.mean()),
        "noise_in_pauses_db": decibels(float(now[~loud].sum()), float(was[~loud].sum())) if (~loud).any() else np.nan,
        "voice_level_db": decibels(float(after.sum()), float(before.sum())),
    }


def _clean(voice: Samples) -> dict[str, float]:
    """The whole chain on what needs no cleaning, against its high-passed self."""
    front = Front()
    out = front.feed(voice)
    late = round(front.latency * RATE)
    before, after = _spectra(voice[:-late])[:, 3:340], _spectra(out[late:])[:, 3:340]
    # Bins within 50 dB of the clip's loudest and frames within 35 dB: what is heard.
    heard = before > before.max() * 1e-5
    loud = before.sum(1) > before.sum(1).max() * 10**-3.5
    apart = np.where(heard, np.square(10 * np.log10((after + 1e-12) / (before + 1e-12))), 0.0)
    lsd = np.sqrt(apart.sum(1) / np.maximum(heard.sum(1), 1))[loud].mean()
    clicks = next(stage for stage in front.stages if isinstance(stage, Clicks)).count
    return {
        "lsd_db": float(lsd),
        "level_db": decibels(float(after[loud].sum()), float(before[loud].sum())),
        "clicks_a_minute": clicks * 60 * RATE / len(voice),
        "notches": float(len(front.stages[1].meter.says.split(",")) if front.stages[1].meter.says else 0),
    }


def _clicked(under: Samples) -> float:
    """dB that are left of made keys over `under`, median."""
    sound, places = under.copy(), range(RATE, len(under) - 2400, 12_345)
    for index, at in enumerate(places):
        sound[at : at + 720] += click(index, 0.2)
    with_keys, without = Clicks(default_settings().clicks), Clicks(default_settings().clicks)
    out, plain = with_keys.feed(sound), without.feed(under)
    late = with_keys.delay
    left = [
        decibels(
            power(out[at + late : at + late + 720] - plain[at + late : at + late + 720]),
            power(sound[at : at + 720] - under[at : at + 720]),
        )
        for at in places
    ]
    return float(np.median(left))


def _mean(rows: list[dict[str, float]]) -> dict[str, float]:
    return {key: round(float(np.nanmean([row[key] for row in rows])), 2) for key in rows[0]}


def run() -> dict[str, Any]:
    shared = find_shared()
    if shared is None:
        return {"skipped": "the free audio set is not on this machine"}
    audio = shared / "data" / "audio"
    speech, sung = _clips(audio, _SPEECH), _clips(audio, _SUNG)
    music = [_load(path) for path in sorted((audio / "songs").glob("*.opus")) if "stem" not in path.name]
    figures: dict[str, Any] = {
        f"{kind}_{snr}_db": _mean([_reduced(voice, kind, snr) for voice in (*speech[:3], *sung[:2])])
        for kind in ("white", "pink", "hum")
        for snr in (20, 10)
    }
    figures["clean_speech"] = _mean([_clean(voice) for voice in speech])
    figures["clean_singing"] = _mean([_clean(voice) for voice in sung])
    figures["music"] = _mean([_clean(piece) for piece in music])
    figures["clicks_left_db"] = {
        "in_pauses": round(_clicked(noise(8.0, 0.0005)), 1),
        "over_speech": round(float(np.mean([_clicked(voice) for voice in speech[:3]])), 1),
    }
    blocks = [speech[0][at : at + 480] for at in range(0, len(speech[0]) - 479, 480)]
    front, began = Front(), time.process_time()
    for block in blocks:
        front.feed(block)
    figures["share_of_a_core"] = round((time.process_time() - began) / (0.01 * len(blocks)), 3)
    return figures
