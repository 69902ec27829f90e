"""Every word that we say to ffmpeg: command lines as pure functions, and one way to run them (a shell: processes)."""

import contextlib
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import IO

from stage.render.errors import RenderError
from stage.render.options import OptionError

__all__ = [
    "CONTAINERS",
    "Container",
    "Pump",
    "container_of",
    "find_ffmpeg",
    "mux_command",
    "raw_command",
    "sound_command",
]


@dataclass(frozen=True, slots=True)
class Container:
    """suffix of the file; sound: codec words; flags: muxer words; alpha: whether it can hold a transparent picture."""

    suffix: str
    sound: tuple[str, ...]
    flags: tuple[str, ...]
    alpha: bool


_AAC = ("-c:a", "aac", "-b:a", "192k")
# use_metadata_tags: without it the MP4 muxer drops the AIGC field. faststart: plays before it is all there.
_MOV = ("-movflags", "use_metadata_tags+faststart")
CONTAINERS: dict[str, Container] = {
    ".mp4": Container(".mp4", _AAC, _MOV, alpha=False),
    ".m4v": Container(".m4v", _AAC, (*_MOV, "-f", "mp4"), alpha=False),
    ".mov": Container(".mov", _AAC, _MOV, alpha=True),
    ".mkv": Container(".mkv", _AAC, (), alpha=False),
    ".webm": Container(".webm", ("-c:a", "libopus", "-b:a", "160k"), (), alpha=True),
}


def container_of(out: Path, *, transparent: bool) -> Container:
    """The container that the name of the file asks for.

    Raises:
        OptionError: no video file's name, or one that does not go with transparency.
    """
    container = CONTAINERS.get(out.suffix.lower())
    if container is None:
        raise OptionError(
            f"{out.name}: name a video file that ends with .mp4 (or .mov, .mkv; .webm with --transparent)"
        )
    if transparent and not container.alpha:
        raise OptionError(f"{out.name}: --transparent writes .webm (VP9) or .mov (ProRes 4444), not {out.suffix}")
    if not transparent and container.suffix == ".webm":
        raise OptionError(f"{out.name}: .webm is for --transparent; name the file .mp4")
    return container


def find_ffmpeg() -> str:
    """Path of ffmpeg.

    Raises:
        RenderError: it is not installed.
    """
    found = shutil.which("ffmpeg")
    if found is None:
        raise RenderError("ffmpeg is not installed; 'make setup' installs it (Debian: apt install ffmpeg)")
    return found


def _start(ffmpeg: str) -> list[str]:
    return [ffmpeg, "-hide_banner", "-v", "error", "-nostdin", "-y"]


def sound_command(ffmpeg: str, container: Container, *, rate: int, channels: int, out: Path) -> list[str]:
    """Float samples on stdin to an encoded sound file."""
    # 44.1 and 48 kHz are what players expect; Opus knows only the latter.
    to = 44_100 if rate == 44_100 and "aac" in container.sound else 48_000
    command = _start(ffmpeg)
    command += ["-f", "f32le", "-ar", str(rate), "-ac", str(channels), "-i", "pipe:0"]
    return [*command, "-ar", str(to), *container.sound, str(out)]


def raw_command(
    ffmpeg: str, *, width: int, height: int, fps: Fraction, transparent: bool, crf: int | None, out: Path
) -> list[str]:
    """Pictures on stdin to an encoded video file without sound; the codec follows from `out` and `transparent`.

    Transparent pictures come as RGBA, others as I420 (BT.709, limited range), which x264 takes as they are.
    """
    command = _start(ffmpeg)
    command += ["-f", "rawvideo", "-pix_fmt", "rgba" if transparent else "yuv420p", "-s", f"{width}x{height}"]
    command += ["-framerate", str(fps), "-i", "pipe:0"]
    # The page blends onto nothing, so its colours are premultiplied; players expect them straight.
    straight = "format=gbrap,unpremultiply=inplace=1"
    matrix = "scale=out_color_matrix=bt709:out_range=tv"
    if transparent and out.suffix == ".mov":
        command += ["-vf", f"{straight},{matrix},format=yuva444p10le", "-c:v", "prores_ks", "-profile:v", "4444"]
        command += ["-vendor", "apl0"]
    elif transparent:
        command += ["-vf", f"{straight},{matrix},format=yuva420p", "-c:v", "libvpx-vp9", "-auto-alt-ref", "0"]
        command += ["-crf", str(24 if crf is None else crf), "-b:v", "0"]
        command += ["-deadline", "realtime", "-cpu-used", "6", "-row-mt", "1"]
    else:
        command += ["-color_range", "tv", "-c:v", "libx264", "-preset", "veryfast"]
        command += ["-crf", str(20 if crf is None else crf), "-bf", "0"]
    return [*command, "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", str(out)]


def mux_command(
    ffmpeg: str,
    container: Container,
    *,
    video: Path,
    sound: Path,
    fps: Fraction,
    tags: Mapping[str, str],
    out: Path,
) -> list[str]:
    """Encoded video and sound into one file, copied as they are."""
    command = _start(ffmpeg)
    if video.suffix == ".h264":
        command += ["-f", "h264", "-framerate", str(fps)]
    command += ["-i", str(video), "-i", str(sound), "-map", "0:v:0", "-map", "1:a:0", "-c", "copy"]
    for name, value in tags.items():
        if value:
            command += ["-metadata", f"{name}={value}"]
    return [*command, *container.flags, str(out)]


class Pump:
    """A running ffmpeg that takes bytes on stdin; `finish` waits for it and turns its complaint into a sentence."""

    def __init__(self, command: Sequence[str], *, errors: IO[bytes], takes_input: bool = True) -> None:
        self._errors = errors
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE if takes_input else subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            # Ctrl-C is for us; we end ffmpeg in order.
            start_new_session=True,
        )

    def write(self, data: bytes | memoryview) -> None:
        """Raises RenderError when ffmpeg has given up."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(data)
        except OSError:
            self.finish()
            raise RenderError("ffmpeg stopped taking pictures") from None

    def finish(self) -> None:
        """Close the input and wait.

        Raises:
            RenderError: ffmpeg failed.
        """
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):  # It may have gone; its exit code says why.
                self._process.stdin.close()
        if self._process.wait() != 0:
            raise RenderError(_complaint(self._errors))

    def kill(self) -> None:
        """End it now, for a job that is given up."""
        if self._process.poll() is None:
            self._process.kill()
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):  # A broken pipe is what killing makes.
                self._process.stdin.close()
        self._process.wait()


def _complaint(errors: IO[bytes]) -> str:
    errors.seek(0)
    lines = [line.strip() for line in errors.read().decode(errors="replace").splitlines() if line.strip()]
    text = " ".join(lines)
    if "No space left on device" in text:
        return "no space left on the disk; make room or write elsewhere with -o"
    return f"ffmpeg failed: {lines[-1] if lines else 'no reason given'}"
