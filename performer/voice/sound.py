"""Sound files in and out (a shell: reads files, may start ffmpeg). Everything else takes arrays.

soundfile reads WAV, FLAC, OGG/Opus and MP3; ffmpeg reads what is left (M4A, video files, odd codecs).
"""

import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Generator, Iterable, Iterator
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from motion.errors import UserError
from performer.voice.hush import hushed
from performer.voice.whole_file import whole_file

__all__ = [
    "BLOCK_SECONDS",
    "MIN_SECONDS",
    "Sound",
    "SoundError",
    "SoundReader",
    "file_sha256",
    "open_sound",
    "read_sound",
    "resample",
    "write_wav",
    "write_wav_blocks",
]

MIN_SECONDS = 0.5
BLOCK_SECONDS = 5
_LONGEST_SECONDS = 7 * 24 * 3600.0
_FFMPEG_RATE = 48_000


class SoundError(UserError):
    """A sound file cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Sound:
    """samples: (frames, channels) float32, channels 1 or 2, finite. rate: Hz."""

    samples: NDArray[np.float32]
    rate: int

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate

    @property
    def mono(self) -> NDArray[np.float32]:
        """(frames,) mean of the channels; of one channel the very same."""
        if self.samples.shape[1] == 1:
            return self.samples[:, 0]
        return self.samples.mean(axis=1, dtype=np.float32)


def file_sha256(path: Path) -> str:
    """Hash of a file's bytes, by which maps, plans and caches know their song."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True, slots=True)
class SoundReader:
    """A sound file read in pieces, so that its length costs no memory. Made by `open_sound`.

    rate: Hz. channels: 1 or 2, of what `blocks` gives. seconds: as its header says, None where it does not.
    fragile: what came before a fault may be wrong, too, so that nothing can go on from there.
    """

    path: Path
    rate: int
    channels: int
    seconds: float | None
    _by_ffmpeg: bool
    fragile: bool = False

    def blocks(self) -> Generator[NDArray[np.float32], None, None]:
        """(frames, channels) finite float32, each of at most BLOCK_SECONDS; may be asked for again and again.

        Raises:
            SoundError: the file cannot be read to its end, or lasts less than MIN_SECONDS.
        """
        given = 0
        for block in self._raw():
            given += len(block)
            yield _tamed(block)
        if given < MIN_SECONDS * self.rate:
            raise SoundError(f"{self.path} lasts {given / self.rate:.2f} s; at least {MIN_SECONDS} s are needed")

    def _raw(self) -> Iterator[NDArray[np.float32]]:
        given = 0
        if not self._by_ffmpeg:
            try:
                with _quiet(self.path):
                    file = soundfile.SoundFile(self.path)
                with file:
                    while len(block := self._next(file)):
                        yield block
                        given += len(block)
                return
            except soundfile.LibsndfileError:
                # Damaged in the middle: ffmpeg is more forgiving and goes on from here.
                if self.fragile:
                    raise
        yield from _ffmpeg_blocks(self.path, self.rate, self.channels, given)

    def _next(self, file: soundfile.SoundFile) -> NDArray[np.float32]:
        with _quiet(self.path):
            block = file.read(BLOCK_SECONDS * self.rate, dtype="float32", always_2d=True)
        return np.asarray(block, np.float32)


def open_sound(path: Path) -> SoundReader:
    """Look at any sound file.

    Raises:
        SoundError: missing, not readable, not sound, empty.
    """
    reader = _look(path)
    if reader.fragile:
        try:
            _check_opus(path)
        except soundfile.LibsndfileError:
            return _by_ffmpeg(path)
    return reader


def _by_ffmpeg(path: Path) -> SoundReader:
    reader = SoundReader(path, _FFMPEG_RATE, 2, None, True)
    with closing(reader.blocks()) as blocks:
        next(blocks)
    return reader


def _look(path: Path) -> SoundReader:
    """The reader that the file's header asks for."""
    if not path.exists():
        raise SoundError(f"{path}: no such file")
    if path.is_dir():
        raise SoundError(f"{path} is a folder; name a sound file")
    if not path.is_file():
        raise SoundError(f"{path} is not a regular file; name a sound file")
    try:
        empty = path.stat().st_size == 0
        path.open("rb").close()
    except OSError as error:
        raise SoundError(f"cannot read {path}: {error.strerror or error}") from error
    if empty:
        raise SoundError(f"{path} is empty (0 bytes)")
    try:
        with _quiet(path):
            info = soundfile.info(path)
    except soundfile.LibsndfileError:
        return _by_ffmpeg(path)
    # A header may promise more than the file holds (cut off) or not know its length (2^63 - 1 frames).
    known = info.duration if 0.0 < info.duration < _LONGEST_SECONDS else None
    fragile = info.subtype == "OPUS" and shutil.which("ffmpeg") is not None
    return SoundReader(path, int(info.samplerate), min(int(info.channels), 2), known, False, fragile)


def _check_opus(path: Path) -> None:
    """Raises LibsndfileError where libsndfile stumbles over an Opus file, as over some cut ones.

    What it gave before is shifted then, so that going on from there would tear the sound. Decoding the file once more
    costs a third of a percent of its length.
    """
    with soundfile.SoundFile(path) as file:
        while len(file.read(BLOCK_SECONDS * file.samplerate, dtype="float32")):
            pass


def read_sound(path: Path, *, mono: bool = False) -> Sound:
    """Read any sound file whole, as at most two channels; mono: as their mean, in half the room.

    Raises:
        SoundError: missing, not readable, not sound, empty, or shorter than MIN_SECONDS.
    """
    reader = _look(path)
    try:
        collected = _collect(reader, mono)
    except soundfile.LibsndfileError:
        reader = _by_ffmpeg(path)
        collected = _collect(reader, mono)
    return Sound(np.frombuffer(collected, np.float32).reshape(-1, 1 if mono else reader.channels), reader.rate)


def _collect(reader: SoundReader, mono: bool) -> bytearray:
    # A bytearray grows in place; joining a list of arrays would need twice the memory.
    collected = bytearray()
    for block in reader.blocks():
        collected += (block.mean(axis=1, dtype=np.float32) if mono else block).tobytes()
    return collected


def _tamed(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """At most two channels, only finite numbers."""
    if not np.isfinite(samples).all():
        samples = np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0)
    if samples.shape[1] > 2:
        # Front left and right plus the mean of all: centre and surrounds hold voice and beat too.
        samples = 0.5 * samples[:, :2] + 0.5 * samples.mean(axis=1, keepdims=True)
    return np.ascontiguousarray(samples, dtype=np.float32)


def _quiet(path: Path) -> AbstractContextManager[None]:
    """Keeps the notes of libsndfile's MP3 decoder from the terminal, around files that it would take for MP3."""
    with path.open("rb") as file:
        head = file.read(3)
    told = path.suffix.lower() in (".mp3", ".mp2", ".mpga") or head == b"ID3" or head[:1] == b"\xff"
    return hushed() if told else nullcontext()


def _ffmpeg_blocks(path: Path, rate: int, channels: int, skip: int) -> Iterator[NDArray[np.float32]]:
    """What ffmpeg decodes, without the first `skip` frames."""
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        raise SoundError(f"{path}: this format needs ffmpeg, which is not installed (make setup installs it)")
    command = [ffmpeg, "-v", "error", "-nostdin", "-i", str(path), "-map", "0:a:0", "-ac", str(channels)]
    command += ["-ar", str(rate), "-f", "f32le", "-"]
    size = 4 * channels
    given = 0
    with tempfile.TemporaryFile() as said:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said) as process:
            assert process.stdout is not None
            try:
                while data := process.stdout.read(BLOCK_SECONDS * rate * size):
                    block = np.frombuffer(data[: len(data) // size * size], "<f4").reshape(-1, channels)
                    fresh = block[max(0, skip - given) :]
                    given += len(block)
                    if len(fresh):
                        yield fresh
                process.wait()
            finally:
                process.kill()
        said.seek(0)
        lines = said.read().decode(errors="replace").strip().splitlines()
    if given == 0 or process.returncode != 0:
        raise SoundError(f"{path} is not a sound file that can be read ({lines[-1] if lines else 'no sound in it'})")


def resample(samples: NDArray[np.float32], rate: int, to_rate: int) -> NDArray[np.float32]:
    """Change the sample rate along axis 0."""
    if rate == to_rate:
        return samples
    return np.asarray(soxr.resample(samples, rate, to_rate), dtype=np.float32)


def write_wav(path: Path, sound: Sound) -> None:
    """Write 16-bit PCM under a temporary name, then rename; samples beyond ±1 are limited."""
    write_wav_blocks(path, sound.rate, sound.samples.shape[1], [sound.samples])


def write_wav_blocks(path: Path, rate: int, channels: int, blocks: Iterable[NDArray[np.float32]]) -> None:
    """The same from pieces of (frames, channels).

    Raises:
        SoundError: the system refuses (no room, no permission). Nothing is left behind then.
    """
    with (
        whole_file(path, SoundError) as part,
        soundfile.SoundFile(part, "w", rate, channels, subtype="PCM_16", format="WAV") as file,
    ):
        for block in blocks:
            file.write(np.clip(block, -1.0, 1.0))
