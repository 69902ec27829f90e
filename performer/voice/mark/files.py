"""Sound files with label and mark (a shell: writes files, may start ffmpeg and ffprobe).

A file appears under its name when it is complete, label and all.
"""

import json
import shutil
import subprocess
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import soundfile
from numpy.typing import NDArray

from performer.voice.mark.embed import embed
from performer.voice.mark.label import FoundLabel, SoundLabel, label_tags, payload_of, read_tags
from performer.voice.mark.riff import copy_wav, is_wav, read_wav_tags
from performer.voice.sound import SoundError
from performer.voice.whole_file import whole_file

__all__ = ["SUFFIXES", "label_file", "read_label", "write_sound"]


@dataclass(frozen=True, slots=True)
class _Format:
    """codec: words for ffmpeg, empty where soundfile writes the file. muxer: the same for the container.

    parts: which streams are kept. tags_at: what ffmpeg's option -metadata has behind it; Ogg's tags are a stream's.
    """

    codec: tuple[str, ...]
    muxer: tuple[str, ...]
    parts: str = "0"
    tags_at: str = ""


# use_metadata_tags: without it the MP4 muxer drops the AIGC field.
_FORMATS = {
    ".wav": _Format((), ()),
    ".flac": _Format(("-c:a", "flac", "-sample_fmt", "s32", "-bits_per_raw_sample", "24"), ("-f", "flac")),
    ".ogg": _Format(("-c:a", "libvorbis", "-q:a", "6"), ("-f", "ogg"), "0:a:0", ":s:a:0"),
    ".opus": _Format(("-c:a", "libopus", "-b:a", "160k"), ("-f", "opus"), "0:a:0", ":s:a:0"),
    ".mp3": _Format(("-c:a", "libmp3lame", "-b:a", "256k"), ("-f", "mp3", "-id3v2_version", "3")),
    ".m4a": _Format(("-c:a", "aac", "-b:a", "192k"), ("-f", "ipod", "-movflags", "use_metadata_tags+faststart")),
}
SUFFIXES = tuple(_FORMATS)
"""What files may be called."""


def write_sound(path: Path, samples: NDArray[np.float32], rate: int, label: SoundLabel, *, mark: bool = True) -> None:
    """Write sound by the name's suffix, with the label in its metadata and (by default) the mark in its sound.

    samples: (frames,) or (frames, channels) in ±1; beyond is limited, and what the mark overshoots is taken back.

    Raises:
        SoundError: a suffix that we do not write, ffmpeg missing, or the system refuses. Nothing is left behind then.
    """
    form = _format_of(path)
    # One copy, worked on in place: an hour of sound has a gigabyte.
    sound = np.array(samples if samples.ndim == 2 else samples[:, None], "<f4", order="C")
    np.clip(sound, -1.0, 1.0, out=sound)
    if mark:
        embed(sound, rate, payload_of(label.voice), out=sound)
        sound /= max(1.0, float(sound.max(initial=0.0)), -float(sound.min(initial=0.0)))
    tags = label_tags(label, marked=mark)
    with _appearing(path) as part:
        if form.codec:
            words = ["-f", "f32le", "-ar", str(rate), "-ac", str(sound.shape[1]), "-i", "-", *form.codec]
            _ffmpeg(path, words, tags, form, part, sound.reshape(-1).data.cast("B"))
            return
        plain = part.with_name(f"{part.name}.plain")
        try:
            soundfile.write(plain, sound, rate, subtype="PCM_24", format="WAV")
            copy_wav(plain, part, tags)
        finally:
            with suppress(OSError):
                plain.unlink(missing_ok=True)


def label_file(path: Path, label: SoundLabel, *, marked: bool = False) -> None:
    """Put the label into a sound file that is there; its sound stays as it is, bit for bit.

    Raises:
        SoundError: not there, no format that we write, ffmpeg missing, or the system refuses; the file is unchanged.
    """
    form = _format_of(path)
    if not path.is_file():
        raise SoundError(f"{path}: no such file")
    tags = label_tags(label, marked=marked)

    with _appearing(path) as part:
        if form.codec:
            words = ["-i", str(path), "-map", form.parts, "-map_metadata", "0", "-c", "copy"]
            _ffmpeg(path, words, tags, form, part, b"")
        elif is_wav(path):
            copy_wav(path, part, tags)
        else:
            raise SoundError(
                f"{path} is no plain WAV file (RIFF), so the label cannot be put into it; convert it first"
            )


def read_label(path: Path) -> FoundLabel | None:
    """The label in any sound or video file's metadata; None where it has none.

    Raises:
        SoundError: not there, or ffprobe is needed and missing.
    """
    try:
        if is_wav(path):
            return read_tags(read_wav_tags(path))
    except OSError as error:
        raise SoundError(f"cannot read {path}: {error.strerror or error}") from error
    ffprobe = shutil.which("ffprobe")
    if ffprobe is None:
        raise SoundError(f"{path}: reading its label needs ffprobe, which comes with ffmpeg (make setup installs it)")
    command = [ffprobe, "-v", "error", "-show_entries", "format_tags:stream_tags", "-of", "json", str(path)]
    done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, check=False)
    return read_tags(_probed_tags(done.stdout)) if done.returncode == 0 else None


def _probed_tags(said: bytes) -> dict[str, str]:
    """ffprobe's JSON -> all tags of the file and of its streams."""
    try:
        given: Any = json.loads(said)
    except ValueError:
        return {}
    tags: dict[str, str] = {}
    for part in (*given.get("streams", ()), given.get("format", {})):
        tags |= cast("dict[str, str]", part.get("tags", {}))
    return tags


def _format_of(path: Path) -> _Format:
    form = _FORMATS.get(path.suffix.lower())
    if form is None:
        raise SoundError(f"{path.name}: name a sound file that ends with {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}")
    return form


@contextmanager
def _appearing(path: Path) -> Generator[Path]:
    """As `whole_file`; what a chunk of the file cannot hold is told as one sentence, too."""
    try:
        with whole_file(path, SoundError) as part:
            yield part
    except ValueError as error:
        raise SoundError(f"cannot write {path}: {error}") from error


def _ffmpeg(
    path: Path, words: Sequence[str], tags: Mapping[str, str], form: _Format, out: Path, data: bytes | memoryview
) -> None:
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        raise SoundError(f"{path}: writing this format needs ffmpeg, which is not installed (make setup installs it)")
    said: list[str] = []
    for name, value in tags.items():
        said += [f"-metadata{form.tags_at}", f"{name}={value}"]
    command = [ffmpeg, "-v", "error", "-y", *words, *said, *form.muxer, str(out)]
    done = subprocess.run(command, input=data, capture_output=True, check=False)
    if done.returncode != 0:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise SoundError(f"cannot write {path}: {lines[-1] if lines else 'ffmpeg failed'}")
