"""The inaudible mark: what it survives in cuts of 10 s, what it adds, false alarms on all free audio, speed.

Options: parts="survival,quality,alarms,speed" (all of them by default), seconds=20 of each material, cuts=2 of each,
only="yuki,songs" (parts of their names), attacks="aac_128,mp3_128" (all), windows=2000 (the least number of unmarked
windows that is read, of folders drawn by lot), speeds="1,1.06" (unmarked sound is read once at each of these speeds: to
the mark, whose slots and bands stand still, it is another sound).
"""

import random
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray
from scipy.signal import lfilter

from performer.voice.mark.detect import STRONG_ENOUGH, Detector, detect
from performer.voice.mark.embed import embed
from performer.voice.sound import read_sound
from tests.bench._inputs import shared_data
from tests.bench._masking import noise_to_mask_db, segmental_snr_db

__all__ = ["attacks", "run"]

RATE = 48_000
PAYLOAD = 0x1ABC
CUT_SECONDS = 10.0
Samples = NDArray[np.float32]
_SETS = (
    *("one_speaker/kerstin_de", "one_speaker/ljspeech_en", "one_speaker/librispeech_en"),
    *("one_speaker/audio_cmn_tan_zh", "one_speaker/pjs_speech_ja", "sung/pjs_ja", "sung/erithacus_ja"),
    *("sung/yuki_ja", "sung/hitsuboku_kumi_zh", "sung/hitsuboku_kumi_ja", "many_speakers", "many_speakers_vctk"),
)


def _joined(files: list[Path], seconds: float) -> Samples:
    """(frames, channels) at 48 kHz of files one after another."""
    parts: list[Samples] = []
    frames = 0
    for file in files:
        sound = read_sound(file)
        samples = sound.samples if len(files) == 1 else sound.mono[:, None]
        parts.append(np.asarray(soxr.resample(samples, sound.rate, RATE), np.float32))
        frames += len(parts[-1])
        if frames >= seconds * RATE:
            break
    return np.concatenate(parts)[: round(seconds * RATE)]


def _materials(audio: Path, seconds: float, only: list[str]) -> Iterator[tuple[str, Samples]]:
    draw = random.Random(12)
    for name in _SETS:
        if not any(part in name for part in only):
            continue
        files = sorted((audio / name).rglob("*.opus"))
        draw.shuffle(files)
        yield name, _joined(files[: max(2, len(files))], seconds)
    for file in sorted((audio / "songs").glob("*.opus")):
        if not any(part in f"songs/{file.stem}" for part in only):
            continue
        samples = _joined([file], seconds)
        yield f"songs/{file.stem}", samples / max(1.0, float(np.abs(samples).max()))


def _ffmpeg(words: list[str], data: bytes) -> bytes:
    command = [shutil.which("ffmpeg") or "ffmpeg", "-v", "error", *words, "-"]
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout


def _raw(rate: int, channels: int) -> list[str]:
    return ["-f", "f32le", "-ar", str(rate), "-ac", str(channels)]


def _coded(codec: list[str], sound: Samples, rate: int) -> tuple[Samples, int]:
    """Through a coder and back, at the coder's own rate put back to `rate`."""
    raw = _raw(rate, sound.shape[1])
    packed = _ffmpeg([*raw, "-i", "-", *codec], sound.astype("<f4").tobytes())
    back = _ffmpeg(["-i", "-", *raw], packed)
    return np.frombuffer(back, "<f4").reshape(-1, sound.shape[1]), rate


def _filtered(words: str, sound: Samples, rate: int) -> tuple[Samples, int]:
    raw = _raw(rate, sound.shape[1])
    back = _ffmpeg([*raw, "-i", "-", "-af", words, *raw], sound.astype("<f4").tobytes())
    return np.frombuffer(back, "<f4").reshape(-1, sound.shape[1]), rate


def _resampled(sound: Samples, rate: int) -> tuple[Samples, int]:
    other = 44_100 if rate != 44_100 else 48_000
    return np.asarray(soxr.resample(sound, rate, other), np.float32), other


def _quiet(sound: Samples, rate: int) -> tuple[Samples, int]:
    """40 dB down, then 16 bits without dither."""
    return (np.round(sound * 0.01 * 32767.0) / 32767.0).astype(np.float32), rate


def _mono(sound: Samples, rate: int) -> tuple[Samples, int]:
    return sound.mean(axis=1, keepdims=True), rate


def _noisy(sound: Samples, rate: int) -> tuple[Samples, int]:
    """Pink-ish noise 30 dB under the whole."""
    noise = lfilter([1.0], [1.0, -0.9], np.random.default_rng(3).standard_normal(sound.shape), axis=0)
    return (sound + noise * np.sqrt(np.mean(np.square(sound)) / np.mean(np.square(noise)) / 1000.0)).astype(
        np.float32
    ), rate


def _everything(sound: Samples, rate: int) -> tuple[Samples, int]:
    """44.1 kHz, mono, louder into a limiter, then AAC."""
    one, _ = _mono(sound, rate)
    other, rate = _resampled(one, rate)
    limited, _ = _filtered("volume=6dB,alimiter=limit=0.9:level=0", other, rate)
    return _coded(["-c:a", "aac", "-b:a", "128k", "-f", "adts"], limited, rate)


def attacks() -> dict[str, Callable[[Samples, int], tuple[Samples, int]]]:
    """Name -> (frames, channels) and rate to the same. The last four are beyond what is promised."""
    return {
        "none": lambda sound, rate: (sound, rate),
        "aac_128": partial(_coded, ["-c:a", "aac", "-b:a", "128k", "-f", "adts"]),
        "mp3_128": partial(_coded, ["-c:a", "libmp3lame", "-b:a", "128k", "-f", "mp3"]),
        "opus_96": partial(_coded, ["-c:a", "libopus", "-b:a", "96k", "-f", "ogg"]),
        "resampled_44100": _resampled,
        "quiet_16_bit": _quiet,
        "mono": _mono,
        "equaliser": partial(_filtered, "bass=g=4:f=150,equalizer=f=1200:t=q:w=1:g=-4,treble=g=4:f=5000"),
        "limiter": partial(_filtered, "volume=9dB,alimiter=limit=0.8:level=0:attack=5:release=50"),
        "mono_44100_limiter_aac_128": _everything,
        "noise_30_db": _noisy,
        "opus_48": partial(_coded, ["-c:a", "libopus", "-b:a", "48k", "-f", "ogg"]),
        "reverberation": partial(_filtered, "aecho=0.9:0.5:23|41|67:0.3|0.2|0.1"),
        "half_a_percent_faster": partial(_filtered, "asetrate=48240,aresample=48000"),
    }


def _kind(material: str) -> str:
    return {"songs": "mixes", "sung": "singing"}.get(material.split("/")[0], "speech")


def _survival(materials: dict[str, Samples], names: list[str], cuts: int) -> dict[str, Any]:
    """By attack: cuts, cuts in which the mark was found, of these with the right payload, strengths, found by kind.

    cuts: of each material, from 0.7531 s to its end.
    """
    rows: dict[str, Any] = {}
    marked = {name: embed(samples, RATE, PAYLOAD) for name, samples in materials.items()}
    for attack, change in attacks().items():
        if names and attack not in names:
            continue
        strengths: list[float] = []
        found = right = 0
        lost: list[str] = []
        kinds: dict[str, list[int]] = {}
        for name, samples in marked.items():
            changed, rate = change(samples, RATE)
            last = len(samples) / RATE - CUT_SECONDS - 0.1
            for start in np.linspace(0.7531, last, cuts):
                first = round(start * rate)
                heard = detect(changed[first : first + round(CUT_SECONDS * rate)], rate)
                strengths.append(heard.strongest)
                found += bool(heard.where)
                right += heard.payload == PAYLOAD
                tally = kinds.setdefault(_kind(name), [0, 0])
                tally[0] += bool(heard.where)
                tally[1] += 1
                if not heard.where:
                    lost.append(name)
        rows[attack] = {
            "cuts": len(strengths),
            "found": found,
            "right_payload": right,
            "found_by_kind": {kind: f"{good} of {all_}" for kind, (good, all_) in sorted(kinds.items())},
            "strength_min": round(min(strengths), 1),
            "strength_median": round(float(np.median(strengths)), 1),
            "not_found_in": sorted(set(lost)),
        }
    return rows


def _quality(materials: dict[str, Samples]) -> dict[str, Any]:
    rows: dict[str, Any] = {}
    judge = _dnsmos()
    for name, samples in materials.items():
        plain = samples.mean(axis=1)
        marked = embed(samples, RATE, PAYLOAD).mean(axis=1)
        row: dict[str, Any] = {"segmental_snr_db": segmental_snr_db(plain, marked, RATE)}
        row["nmr_db"] = noise_to_mask_db(plain, marked, RATE)
        if judge is not None:
            row["dnsmos"] = [round(judge(plain), 3), round(judge(marked), 3)]
        rows[name] = row
    mean: dict[str, Any] = {
        "segmental_snr_db": round(float(np.mean([r["segmental_snr_db"] for r in rows.values()])), 1)
    }
    for key in ("peaq", "peaq_p99", "tonal", "tonal_p99"):
        values = [row["nmr_db"][key] for row in rows.values()]
        mean[f"nmr_{key}_db"] = {"mean": round(float(np.mean(values)), 1), "worst": max(values)}
    if judge is not None:
        change = [row["dnsmos"][1] - row["dnsmos"][0] for row in rows.values()]
        mean["dnsmos_change"] = {"mean": round(float(np.mean(change)), 3), "worst": round(min(change), 3)}
    return {"mean": mean, "materials": rows}


def _dnsmos() -> Callable[[Samples], float] | None:
    """DNSMOS P.835's overall score of a mono sound, where speechmos is installed."""
    try:
        from speechmos import dnsmos
    except ImportError:
        return None

    def score(mono: Samples) -> float:
        heard = np.clip(soxr.resample(mono, RATE, 16_000), -1.0, 1.0)
        return float(dnsmos.run(heard, 16_000)["ovrl_mos"])

    return score


def _alarms(audio: Path, least: int, speeds: list[float]) -> dict[str, Any]:
    """Windows of 10 s every 5 s over every file, those of a folder joined; none of it is marked."""
    strengths: list[float] = []
    apart = 0
    kinds: dict[str, int] = {}
    folders = sorted({file.parent for file in audio.rglob("*.opus")})
    random.Random(5).shuffle(folders)
    for folder in folders:
        if len(strengths) >= least:
            break
        sounds = [read_sound(file) for file in sorted(folder.glob("*.opus"))]
        for speed in speeds:
            rate = 16_000
            detector = Detector(rate)
            for sound in sounds:
                detector.feed(np.asarray(soxr.resample(sound.mono, sound.rate * speed, rate), np.float32))
            windows = detector.finish().read
            strengths += [window.strength for window in windows]
            # Every other window shares no sound with the one before.
            apart += (len(windows) + 1) // 2
            kind = _kind(str(folder.relative_to(audio)))
            kinds[kind] = kinds.get(kind, 0) + len(windows)
    values = np.array(strengths)
    # Maxima over many places follow Gumbel's law; its moments give scale and place.
    scale = float(values.std() * np.sqrt(6.0) / np.pi)
    place = float(values.mean() - 0.5772 * scale)
    return {
        "windows": len(values),
        "without_common_sound": apart,
        "windows_by_kind": dict(sorted(kinds.items())),
        "alarms": int((values >= STRONG_ENOUGH).sum()),
        "strength": {"median": round(float(np.median(values)), 2), "max": round(float(values.max()), 2)},
        "needed": round(STRONG_ENOUGH, 2),
        "rate_upper_95": 3.0 / len(values) if not (values >= STRONG_ENOUGH).any() else None,
        "rate_by_gumbel_fit": float(-np.expm1(-np.exp(-(STRONG_ENOUGH - place) / scale))),
        "rate_bound_hoeffding": 1e-6,
    }


def _speed() -> dict[str, Any]:
    """Processor seconds for each second of sound, one core; 180 s of noise that comes and goes."""
    rng = np.random.default_rng(0)
    seconds = 180
    swell = np.abs(np.sin(np.arange(seconds * RATE) * (3.0 * np.pi / RATE)))[:, None]
    rows: dict[str, Any] = {}
    for channels in (1, 2):
        sound = (0.1 * swell * rng.standard_normal((seconds * RATE, channels))).astype(np.float32)
        began = time.process_time()
        marked = embed(sound, RATE, PAYLOAD)
        middle = time.process_time()
        detect(marked, RATE)
        rows[f"embed_{channels}_channels_x_real_time"] = round((middle - began) / seconds, 4)
        rows[f"detect_{channels}_channels_180_s_took_s"] = round(time.process_time() - middle, 2)
    return rows


def run(**options: Any) -> dict[str, Any]:
    """Figures by part; or `skipped` with the reason where the free audio is absent."""
    parts = str(options.get("parts", "survival,quality,alarms,speed")).split(",")
    figures: dict[str, Any] = {}
    if "speed" in parts:
        figures["speed"] = _speed()
    data = shared_data()
    if data is None or not (data / "audio").is_dir():
        return {**figures, "skipped": "no reference data; set NICHANG_SHARED to the folder that holds data/audio"}
    if "survival" in parts or "quality" in parts:
        only = str(options.get("only", "")).split(",")
        materials = dict(_materials(data / "audio", float(options.get("seconds", 20.0)), only))
        if "survival" in parts:
            names = [name for name in str(options.get("attacks", "")).split(",") if name]
            figures["survival"] = _survival(materials, names, int(options.get("cuts", 2)))
        if "quality" in parts:
            figures["quality"] = _quality(materials)
    if "alarms" in parts:
        speeds = [float(speed) for speed in str(options.get("speeds", "1")).split(",")]
        figures["alarms"] = _alarms(data / "audio", int(options.get("windows", 10**6)), speeds)
    return figures
