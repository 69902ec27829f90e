"""Sound files in and out (a shell: reads files, may start ffmpeg). Everything else takes arrays.

soundfile reads WAV, FLAC, OGG/Opus and MP3; ffmpeg reads what is left (M4A, video files, odd codecs).
"""

import hashlib
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from motion.errors import UserError

__all__ = ["MIN_SECONDS", "Sound", "SoundError", "file_sha256", "read_sound", "resample", "write_wav"]

MIN_SECONDS = 0.5
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
        """(frames,) mean of the channels."""
        return self.samples.mean(axis=1, dtype=np.float32)


def file_sha256(path: Path) -> str:
    """Hash of a file's bytes, by which maps, plans and caches know their song."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_sound(path: Path) -> Sound:
    """Read any sound file as at most two channels.

    Raises:
        SoundError: missing, not readable, not sound, empty, or shorter than MIN_SECONDS.
    """
    if not path.exists():
        raise SoundError(f"{path}: no such file")
    if path.is_dir():
        raise SoundError(f"{path} is a folder; name a sound file")
    if path.stat().st_size == 0:
        raise SoundError(f"{path} is empty (0 bytes)")
    try:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except soundfile.LibsndfileError:
        samples, rate = _read_by_ffmpeg(path)
    except PermissionError as error:
        raise SoundError(f"{path}: no permission to read it") from error
    seconds = len(samples) / rate
    if seconds < MIN_SECONDS:
        raise SoundError(f"{path} lasts {seconds:.2f} s; at least {MIN_SECONDS} s are needed")
    if samples.shape[1] > 2:
        # Front left and right plus the mean of all: centre and surrounds hold voice and beat too.
        samples = 0.5 * samples[:, :2] + 0.5 * samples.mean(axis=1, keepdims=True)
    if not np.isfinite(samples).all():
        samples = np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0)
    return Sound(np.ascontiguousarray(samples, dtype=np.float32), int(rate))


def _read_by_ffmpeg(path: Path) -> tuple[NDArray[np.float32], int]:
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        raise SoundError(f"{path}: this format needs ffmpeg, which is not installed (make setup installs it)")
    command = [ffmpeg, "-v", "error", "-nostdin", "-i", str(path), "-map", "0:a:0", "-ac", "2"]
    command += ["-ar", str(_FFMPEG_RATE), "-f", "f32le", "-"]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode != 0 or not done.stdout:
        last = done.stderr.decode(errors="replace").strip().splitlines()
        why = last[-1] if last else "no sound in it"
        raise SoundError(f"{path} is not a sound file that can be read ({why})")
    return np.frombuffer(done.stdout, dtype="<f4").reshape(-1, 2), _FFMPEG_RATE


def resample(samples: NDArray[np.float32], rate: int, to_rate: int) -> NDArray[np.float32]:
    """Change the sample rate along axis 0."""
    if rate == to_rate:
        return samples
    return np.asarray(soxr.resample(samples, rate, to_rate), dtype=np.float32)


def write_wav(path: Path, sound: Sound) -> None:
    """Write 16-bit PCM under a temporary name, then rename; samples beyond ±1 are limited."""
    temporary = path.with_name(f".{path.name}.part")
    try:
        soundfile.write(temporary, np.clip(sound.samples, -1.0, 1.0), sound.rate, subtype="PCM_16", format="WAV")
        temporary.replace(path)
    except (OSError, soundfile.LibsndfileError) as error:
        temporary.unlink(missing_ok=True)
        raise SoundError(f"cannot write {path}: {error}") from error
