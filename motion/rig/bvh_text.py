"""The text of a BVH file: hierarchy and rows of numbers, as they stand.

What the joints are called and what they mean is read in `bvh`.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motion.errors import UserError

__all__ = ["BvhError", "BvhFile", "parse_bvh"]

_CHANNELS = ("Xposition", "Yposition", "Zposition", "Xrotation", "Yrotation", "Zrotation")
_MAX_JOINTS = 1000


class BvhError(UserError):
    """The text is not a usable BVH; the message names the line."""


@dataclass(frozen=True, slots=True)
class BvhFile:
    """A BVH as it stands. names, parents (-1 = a root), offsets (joints, 3) in the file's unit; channels per joint;
    values (frames, channels of all joints in order); frame_time in seconds."""

    names: tuple[str, ...]
    parents: tuple[int, ...]
    offsets: NDArray[np.float64]
    channels: tuple[tuple[str, ...], ...]
    values: NDArray[np.float64]
    frame_time: float


def parse_bvh(text: str) -> BvhFile:
    """Parse any BVH.

    Raises:
        BvhError: the text breaks the format; names the line.
    """
    return _Parser(text).parse()


class _Parser:
    """One pass over the lines."""

    def __init__(self, text: str) -> None:
        # Some programs write a blank before the colon.
        text = text.replace("\ufeff", "").replace(" :", ":")
        self._lines = [line.split() for line in text.splitlines()]
        self._at = 0

    def _next(self) -> list[str]:
        while self._at < len(self._lines):
            words = self._lines[self._at]
            self._at += 1
            if words:
                return words
        raise BvhError("the BVH ends too early")

    def _fail(self, what: str) -> BvhError:
        return BvhError(f"line {self._at} of the BVH: {what}")

    def _numbers(self, words: list[str], count: int) -> list[float]:
        try:
            numbers = [float(word) for word in words]
        except ValueError as error:
            raise self._fail(f"'{' '.join(words)[:60]}' are not numbers") from error
        if len(numbers) != count:
            raise self._fail(f"{len(numbers)} numbers where {count} belong")
        if not all(math.isfinite(n) for n in numbers):
            raise self._fail("a number is not finite")
        return numbers

    def parse(self) -> BvhFile:
        if self._next()[0].upper() != "HIERARCHY":
            raise self._fail("a BVH begins with HIERARCHY")
        names: list[str] = []
        parents: list[int] = []
        offsets: list[list[float]] = []
        channels: list[tuple[str, ...]] = []
        # What is open: joint numbers, -1 for an End Site.
        stack: list[int] = []
        while True:
            words = self._next()
            key = words[0].upper()
            if key in ("ROOT", "JOINT") and len(words) >= 2:
                if len(names) >= _MAX_JOINTS:
                    raise self._fail(f"more than {_MAX_JOINTS} joints")
                if stack and stack[-1] == -1:
                    raise self._fail("a joint inside an End Site")
                names.append(" ".join(words[1:]))
                parents.append(stack[-1] if stack else -1)
                offsets.append([])
                channels.append(())
                stack.append(len(names) - 1)
                self._open()
            elif key == "END":
                stack.append(-1)
                self._open()
            elif key == "OFFSET" and stack:
                values = self._numbers(words[1:], 3)
                if stack[-1] >= 0:
                    offsets[stack[-1]] = values
            elif key == "CHANNELS" and stack and stack[-1] >= 0:
                channels[stack[-1]] = self._channels(words)
            elif key == "}" and stack:
                closed = stack.pop()
                if closed >= 0 and not offsets[closed]:
                    raise self._fail(f"joint '{names[closed]}' has no OFFSET")
            elif key == "MOTION":
                if stack:
                    raise self._fail("a joint is still open where MOTION begins")
                break
            else:
                raise self._fail(f"'{' '.join(words)[:40]}' does not belong here")
        if not names:
            raise self._fail("there is no joint")
        values, frame_time = self._motion(sum(map(len, channels)))
        return BvhFile(tuple(names), tuple(parents), np.array(offsets), tuple(channels), values, frame_time)

    def _open(self) -> None:
        if self._next()[0] != "{":
            raise self._fail("'{' is missing")

    def _channels(self, words: list[str]) -> tuple[str, ...]:
        known = {channel.lower(): channel for channel in _CHANNELS}
        found = [known.get(word.lower()) for word in words[2:]]
        if len(words) < 2 or not words[1].isdigit() or int(words[1]) != len(found):
            raise self._fail("the number of channels is wrong")
        if None in found:
            raise self._fail(f"unknown channel '{words[2 + found.index(None)]}'")
        return tuple(channel for channel in found if channel)

    def _motion(self, width: int) -> tuple[NDArray[np.float64], float]:
        words = self._next()
        if words[0].lower() != "frames:" or len(words) != 2 or not words[1].isdigit():
            raise self._fail("'Frames: N' is missing")
        frames = int(words[1])
        words = self._next()
        if [word.lower() for word in words[:2]] != ["frame", "time:"]:
            raise self._fail("'Frame Time: seconds' is missing")
        (frame_time,) = self._numbers(words[2:], 1)
        if frame_time < 0.0 or (frame_time == 0.0 and frames > 1):
            raise self._fail(f"a frame time of {frame_time} cannot be played")
        rest = [line for line in self._lines[self._at :] if line]
        if len(rest) != frames:
            raise BvhError(f"the BVH promises {frames} frames and has {len(rest)}")
        rows: list[list[float]] = []
        for line in rest:
            self._at += 1
            rows.append(self._numbers(line, width))
        return np.array(rows, np.float64).reshape(frames, width), frame_time or 1.0 / 30.0
