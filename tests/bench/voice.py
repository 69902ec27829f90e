"""Cloned voices before judges that are not ours, beside what simple converters do with the same clips.

Similarity: Resemblyzer, to the centroid of recordings of the target that no clone may see. Words: Whisper tiny and
pocketsphinx, neither of which taught our networks (pocketsphinx's aligner labelled part of their data). Pitch: Praat
and Harvest, where both agree on the source. Quality: DNSMOS. They live in a Python of their own (GPL and torch):
`judges=PATH` or NICHANG_JUDGES. A judge or a voice that is absent leaves its row empty and says so.

Options: judges=PYTHON, voices=FOLDER (with 1088.voice, kerstin.voice, kumi.voice), cache=FOLDER, ways=[...],
targets=[...], recognisers=[...] (pocketsphinx is the slowest judge), readers=N (fewer than five: a quick look).
"""

import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from performer.voice.sound import resample
from stage.cli.result_files import write_bytes
from tests.bench._inputs import shared_data
from tests.bench.voice_judges.clips import READERS, TARGETS, Clip, pieces, read_16k, sources, target_split, write_16k
from tests.bench.voice_judges.judges import Absent, Judges
from tests.bench.voice_judges.scores import (
    PitchScore,
    bands_of,
    bootstrap,
    cosine,
    gap_closed,
    high_energy,
    pitch_score,
    steadiness,
    word_errors,
    words_of,
)
from tests.bench.voice_judges.table import judge_rows

__all__ = ["WAYS", "run"]

# Raised when peers.py is changed, so that nothing old is judged.
PEERS_VERSION = 1
WAYS = ("source", "copy", "world", "mv", "knn", "ours")
RECOGNISERS = ("whisper", "pocketsphinx")
_SPOKEN_TO, _SUNG_TO = ("1088", "kerstin"), ("kumi", "kerstin")


@dataclass(frozen=True, slots=True)
class _Target:
    """training: 16 kHz files. real: pieces of at least ten seconds that no clone saw. median: hertz."""

    name: str
    training: tuple[Path, ...]
    real: tuple[Path, ...]
    median: float


class _Bench:
    """Makes and judges; everything made lies in `cache`."""

    def __init__(
        self, audio: Path, cache_folder: Path, python: Path, voices: Path | None, recognisers: tuple[str, ...]
    ) -> None:
        self.cache = cache_folder
        self.recognisers = recognisers
        self.audio = audio
        self.judges = Judges(python, cache_folder)
        self.voices = voices
        self.absent: dict[str, str] = {}

    def target(self, name: str) -> _Target:
        split = target_split(self.audio, name)
        folder = self.cache / "clips"
        training = tuple(write_16k(folder, read_16k(path), path.stem) for path in split.training)
        real = tuple(pieces(split.held_out, folder, f"{name}-real"))
        medians = [m for path in real if (m := self.judges.judge("median", path)) > 0]
        return _Target(name, training, real, float(np.median(medians)))

    def semitones(self, clip: Clip, clips: Sequence[Clip], target: _Target) -> float:
        """What a song is moved by; for a reader, as much as makes the medians meet."""
        if clip.semitones is not None:
            return clip.semitones
        own = [m for c in clips if c.who == clip.who and (m := self.judges.judge("median", c.path)) > 0]
        return round(12 * np.log2(target.median / float(np.median(own))), 1)

    def made(self, way: str, clip: Clip, clips: Sequence[Clip], target: _Target) -> tuple[Path, float]:
        """The file of what `way` makes of a clip, and by how many semitones it is higher.

        Raises:
            Absent: that way cannot be gone here.
        """
        if way == "source":
            return clip.path, 0.0
        semitones = 0.0 if way == "copy" else self.semitones(clip, clips, target)
        if way == "ours":
            return self._ours(clip, target, semitones), semitones
        name = f"{clip.path.stem}-{way}{PEERS_VERSION}-{'' if way == 'copy' else target.name}{semitones:+.1f}.wav"
        out = self.cache / "peers" / name
        if not out.exists():
            out.parent.mkdir(parents=True, exist_ok=True)
            training = [] if way == "copy" else [str(path) for path in target.training]
            self.judges.ask("peer", path=str(clip.path), way=way, target=training, semitones=semitones, out=str(out))
        return out, semitones

    def _ours(self, clip: Clip, target: _Target, semitones: float) -> Path:
        voice = None if self.voices is None else self.voices / f"{target.name}.voice"
        if voice is None or not voice.exists():
            raise Absent(f"no voice of {target.name}: voices=FOLDER with {target.name}.voice in it")
        samples = _converter()(read_16k(clip.path), 16_000, voice, semitones)
        return write_16k(self.cache / "ours", resample(samples, 48_000, 16_000), f"{clip.path.stem}-{target.name}")

    def tell(self, line: str) -> None:
        print(line, file=sys.stderr, flush=True)


@cache
def _converter() -> Callable[[NDArray[np.float32], int, Path, float], NDArray[np.float32]]:
    """The project's offline conversion: (n,) and its rate -> (m,) at 48 kHz."""
    try:
        from performer.voice.convert.offline import convert
        from performer.voice.convert.voice_file import read_voice_file
    except ImportError as error:
        raise Absent(f"performer.voice.convert.offline cannot be used ({error})") from error
    opened = cache(read_voice_file)

    def call(samples: NDArray[np.float32], rate: int, voice: Path, semitones: float) -> NDArray[np.float32]:
        return convert(samples, rate, opened(voice), semitones=semitones)

    return call


def _words(bench: _Bench, made: list[tuple[Clip, Path]]) -> dict[str, Any]:
    """Each recogniser's error rate on the source and on the result, their ratio, intervals at 95 %."""
    found: dict[str, Any] = {}
    for judge in bench.recognisers:
        try:
            counts = [
                (
                    word_errors(words_of(clip.text), words_of(bench.judges.judge(judge, path))),
                    word_errors(words_of(clip.text), words_of(bench.judges.judge(judge, clip.path))),
                    len(words_of(clip.text)),
                )
                for clip, path in made
            ]
        except Absent as error:
            found[judge] = {"absent": str(error)}
            continue
        errors, before, words = (np.array(column, np.float64) for column in zip(*counts, strict=True))
        found[judge] = {
            "words": int(words.sum()),
            "errors": round(float(errors.sum() / words.sum()), 3),
            "interval": bootstrap(errors, words),
            "times_source": round(float(errors.sum() / max(1.0, before.sum())), 3),
            "times_interval": bootstrap(errors, words, before),
        }
    return found


def _likeness(bench: _Bench, made: list[tuple[Clip, Path]], target: _Target) -> dict[str, Any]:
    centroid = np.mean([bench.judges.judge("likeness", path) for path in target.real], axis=0)
    by_singer: dict[str, list[float]] = {}
    own: list[float] = []
    for clip, path in made:
        voice = bench.judges.judge("likeness", path)
        by_singer.setdefault(clip.who, []).append(cosine(voice, centroid))
        own.append(cosine(voice, bench.judges.judge("likeness", clip.path)))
    every = [value for values in by_singer.values() for value in values]
    return {
        "similarity": round(float(np.mean(every)), 3),
        "by_source": {who: round(float(np.mean(values)), 3) for who, values in by_singer.items()},
        "to_source": round(float(np.mean(own)), 3),
    }


def _real(bench: _Bench, target: _Target) -> dict[str, Any]:
    """The target against itself: each held-out piece against the centroid of the others."""
    found: dict[str, Any] = {"pieces": len(target.real), "median_hertz": round(target.median, 1)}
    try:
        voices = np.array([bench.judges.judge("likeness", path) for path in target.real])
        rest = [np.delete(voices, k, axis=0).mean(0) for k in range(len(voices))]
        found["similarity"] = round(float(np.mean([cosine(v, r) for v, r in zip(voices, rest, strict=True)])), 3)
        if target.name in _SPOKEN_TO:
            found |= _quality(bench, list(target.real))
    except Absent as error:
        found["absent"] = str(error)
    return found


def _quality(bench: _Bench, paths: Sequence[Path]) -> dict[str, Any]:
    said = [bench.judges.judge("dnsmos", path) for path in paths]
    return {"dnsmos": round(float(np.mean([s["ovrl_mos"] for s in said])), 3)} | {
        "dnsmos_p808": round(float(np.mean([s["p808_mos"] for s in said])), 3)
    }


def _pitch(bench: _Bench, made: list[tuple[Clip, Path]], semitones: list[float]) -> dict[str, Any]:
    parts: list[PitchScore] = []
    breath: list[NDArray[np.float64]] = []
    for (clip, path), moved in zip(made, semitones, strict=True):
        if clip.pitch:
            before = bench.judges.judge("pitch", clip.path)
            parts.append(pitch_score(before, bench.judges.judge("pitch", path), moved))
            breath.append(high_energy(read_16k(clip.path), read_16k(path), before))
    found: dict[str, Any] = {"pitch": PitchScore.joined(parts)}
    decibels = np.concatenate(breath)
    if len(decibels):
        found["breath_db"] = round(float(np.median(decibels)), 2)
    return found


def _judged(bench: _Bench, way: str, clips: list[Clip], target: _Target, *, words: bool) -> dict[str, Any]:
    """All that is known of one way from these clips to that target."""
    try:
        results = [bench.made(way, clip, clips, target) for clip in clips]
    except Absent as error:
        return {"absent": str(error)}
    made = [(clip, path) for clip, (path, _) in zip(clips, results, strict=True)]
    found: dict[str, Any] = {}
    asked: list[Callable[[], dict[str, Any]]] = [
        lambda: _likeness(bench, made, target),
        # DNSMOS was trained on speech: of singing it says little.
        lambda: _quality(bench, [path for clip, path in made if not clip.sung]) if words else {},
        lambda: _pitch(bench, made, [moved for _, moved in results]),
    ]
    for ask in asked:
        try:
            found |= ask()
        except Absent as error:
            found.setdefault("absent", []).append(str(error))
    if words:
        found["words"] = _words(bench, made)
    real = [bands_of(read_16k(path)) for path in target.real]
    found["variance"] = round(steadiness([bands_of(read_16k(path)) for _, path in made], real), 3)
    return found


def run(**options: Any) -> dict[str, Any]:
    """Every way to every target, and the requirement's table over ours.

    Returns:
        `rows` (the table), `spoken` and `sung` (target -> way -> figures), `judges`; or `skipped` with the reason.
    """
    shared = shared_data()
    if shared is None:
        return {"skipped": "no reference data; set NICHANG_SHARED to the folder that holds data/audio"}
    python = options.get("judges") or os.environ.get("NICHANG_JUDGES")
    if not python:
        return {"skipped": "no judges; judges=PATH of a Python with Resemblyzer, pyworld, parselmouth, speechmos"}
    kept = Path(options.get("cache") or Path(os.environ.get("NICHANG_HOME", "~/.cache/nichang")).expanduser() / "bench")
    voices = options.get("voices")
    ways, heard_by = tuple(options.get("ways", WAYS)), tuple(options.get("recognisers", RECOGNISERS))
    voices = None if voices is None else Path(voices)
    bench = _Bench(shared / "audio", kept / "voice", Path(python), voices, heard_by)
    chosen = tuple(str(name) for name in options.get("targets", TARGETS))
    readers = READERS[: int(options.get("readers", len(READERS)))]
    try:
        versions = bench.judges.ask("versions")
        clips = sources(bench.audio, bench.cache / "clips")
        spoken = [clip for clip in clips if clip.who in readers]
        sung = [clip for clip in clips if clip.sung]
        figures: dict[str, Any] = {"judges": versions, "spoken": {}, "sung": {}, "real": {}}
        for name in chosen:
            target = bench.target(name)
            figures["real"][name] = _real(bench, target)
            for kind, given, to in (("spoken", spoken, _SPOKEN_TO), ("sung", sung, _SUNG_TO)):
                if name not in to:
                    continue
                for way in ways:
                    bench.tell(f"{kind} to {name}: {way}")
                    found = _judged(bench, way, given, target, words=kind == "spoken")
                    figures[kind].setdefault(name, {})[way] = found
                    # Hours of judging: whoever stops it keeps what is known.
                    write_bytes(bench.cache / "so_far.json", json.dumps(figures, indent=1).encode())
                _add_gaps(figures[kind][name], figures["real"][name].get("similarity"))
    except Absent as error:
        return {"skipped": str(error)}
    finally:
        bench.judges.close()
    return {"rows": judge_rows(figures), **figures}


def _add_gaps(ways: dict[str, Any], real: float | None) -> None:
    untouched = ways.get("source", {}).get("similarity")
    for found in ways.values():
        if real is not None and untouched is not None and "similarity" in found:
            found["gap_closed"] = round(gap_closed(found["similarity"], untouched, real), 3)
