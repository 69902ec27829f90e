"""What a render is asked for, and the reading of the words in which a person asks. Values only, nothing runs here."""

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

from performer.avatar.presets import IDOL
from stage.render.errors import RenderError
from stage.show.venues import DEFAULT_VENUE

__all__ = ["FrameRange", "OptionError", "RenderOptions", "parse_fps", "parse_size", "parse_time"]

LANDSCAPE = (1280, 720)
PORTRAIT = (720, 1280)
_SIDE = (64, 4096)
_FPS = (1, 120)
# Bits a pixel and frame for H.264 in the browser: 5 Mbit/s at 1280x720, 30 fps; 7.5 for 1920x1080.
_BITS_PER_PIXEL = 0.181


class OptionError(RenderError):
    """An option makes no sense; the message says which and what is allowed."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """One render.

    start, stop: seconds of the song; stop None = its end. avatar: name of a built-in one, or a VRM file.
    voice: a built-in voice or a file that sings the song in place of its own; "" = the song as it is.
    lyrics: "auto" (the file beside the song, the tags, or heard), "none", or a file. crf: 0..51, by x264 instead of
    the browser's encoder. vocal: a stem of the voice alone. poses: where the frames go as numbers (.npz).
    """

    width: int = LANDSCAPE[0]
    height: int = LANDSCAPE[1]
    fps: Fraction = Fraction(30)
    start: float = 0.0
    stop: float | None = None
    seed: int = 0
    avatar: str = IDOL
    plan: Path | None = None
    song_map: Path | None = None
    vocal: Path | None = None
    voice: str = ""
    lyrics: str = "auto"
    poses: Path | None = None
    transparent: bool = False
    venue: str = DEFAULT_VENUE
    quality: Literal["lite", "full"] = "lite"
    crf: int | None = None
    label: bool = True
    own_moves_only: bool = False
    hash_frames: bool = False

    @property
    def bitrate(self) -> int:
        """Bits per second for the browser's H.264 encoder."""
        # Detail grows slower than the pixels; the root keeps small pictures clean and big ones sane.
        reference = LANDSCAPE[0] * LANDSCAPE[1]
        pixels = self.width * self.height
        rate = _BITS_PER_PIXEL * math.sqrt(pixels * reference) * min(float(self.fps), 60.0)
        return max(400_000, round(rate))


@dataclass(frozen=True, slots=True)
class FrameRange:
    """Frames first..last-1 of the song at `fps`; frame k shows media time k / fps."""

    first: int
    last: int
    fps: Fraction

    def __len__(self) -> int:
        return self.last - self.first

    @property
    def start(self) -> float:
        return float(self.first / self.fps)

    @property
    def seconds(self) -> float:
        return float(len(self) / self.fps)

    @staticmethod
    def of(options: RenderOptions, duration: float) -> "FrameRange":
        """The frames of a song of `duration` seconds that the options ask for.

        Raises:
            OptionError: nothing is left between start and stop.
        """
        # A song of 10.01 s needs 301 frames at 30; rounding first keeps 10 s from becoming 301 by a float's last bit.
        total = max(1, math.ceil(round(duration * float(options.fps), 4)))
        first = round(options.start * float(options.fps))
        last = total if options.stop is None else min(total, round(options.stop * float(options.fps)))
        if first >= total:
            raise OptionError(f"--from {options.start:g} lies after the end of the song ({duration:.2f} s)")
        if first >= last:
            raise OptionError(f"nothing to render between --from {options.start:g} and --to {options.stop:g}")
        return FrameRange(first, last, options.fps)


def parse_size(text: str) -> tuple[int, int]:
    """ "1280x720" to (width, height), both even.

    Raises:
        OptionError: not two even numbers in 64..4096.
    """
    found = re.fullmatch(r"\s*(\d{1,5})\s*[xX×:*]\s*(\d{1,5})\s*", text)
    if found is None:
        raise OptionError(f"--size {text}: write width x height, such as 1280x720")
    width, height = int(found.group(1)), int(found.group(2))
    low, high = _SIDE
    if not (low <= width <= high and low <= height <= high):
        raise OptionError(f"--size {text}: each side must be {low} to {high} pixels")
    if width % 2 or height % 2:
        raise OptionError(f"--size {text}: both sides must be even; try {width + width % 2}x{height + height % 2}")
    return width, height


def parse_fps(text: str) -> Fraction:
    """ "30", "29.97" (read as 30000/1001) or "24000/1001".

    Raises:
        OptionError: not a number in 1..120.
    """
    try:
        rate = Fraction(text.strip())
    except (ValueError, ZeroDivisionError):
        raise OptionError(f"--fps {text}: write a number such as 30 or 60") from None
    for whole in (24, 30, 48, 60, 120):
        if rate.denominator != 1 and abs(rate - Fraction(whole * 1000, 1001)) < Fraction(1, 100):
            rate = Fraction(whole * 1000, 1001)
    low, high = _FPS
    if not low <= rate <= high:
        raise OptionError(f"--fps {text}: must be {low} to {high}")
    return rate.limit_denominator(1001)


def parse_time(text: str) -> float:
    """ "12.5", "1:05" or "1:02:03.5" to seconds.

    Raises:
        OptionError: none of these.
    """
    found = re.fullmatch(r"\s*(?:(?:(\d+):)?(\d+):)?(\d+(?:\.\d*)?|\.\d+)\s*s?\s*", text)
    if found is None:
        raise OptionError(f"{text}: write a time as seconds (12.5) or minutes:seconds (1:05)")
    hours, minutes, seconds = found.groups()
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(seconds)
