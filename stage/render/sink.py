"""Where encoded pictures go until there is sound to put with them (a shell: files, ffmpeg)."""

import contextlib
import errno
from pathlib import Path
from typing import IO, Protocol

from stage.render.errors import BrowserError, RenderError
from stage.render.ffmpeg import Pump
from stage.render.protocol import CHUNK_H264, CHUNK_RAW, Chunk

__all__ = ["H264File", "RawPump", "Sink", "WORKSHOP_SUFFIX", "disk_error"]

# End of the name of the folder where half-done files lie.
WORKSHOP_SUFFIX = ".part"


def disk_error(error: OSError, path: Path) -> RenderError:
    """A failed write of `path` as a sentence."""
    folder = path.parent
    if folder.suffix == WORKSHOP_SUFFIX:
        # The user knows the folder of the video, not ours in it.
        folder = folder.parent
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return RenderError(f"no space left on the disk of {folder}; make room or write elsewhere with -o")
    return RenderError(f"cannot write to {folder}: {error.strerror or error}")


class Sink(Protocol):
    """Takes the pictures of frames first, first+1, … in order."""

    next: int
    """The frame that must come next."""

    def accept(self, chunk: Chunk) -> None: ...

    def rewind(self) -> int:
        """After a crash: drop what cannot be continued, return the frame to go on with."""
        ...

    def finish(self) -> Path:
        """The file with all pictures."""
        ...

    def abandon(self) -> None: ...


def _check(chunk: Chunk, kind: int, expected: int) -> None:
    if chunk.kind != kind or chunk.index != expected:
        raise BrowserError(f"the render page sent frame {chunk.index} where frame {expected} was due")


class H264File:
    """H.264 in Annex B, as the browser's encoder gives it."""

    def __init__(self, path: Path, first: int) -> None:
        self.next = first
        self._path = path
        self._file: IO[bytes] = path.open("w+b")
        self._key = (first, 0)
        self.bytes = 0

    def accept(self, chunk: Chunk) -> None:
        _check(chunk, CHUNK_H264, self.next)
        if chunk.key:
            self._key = (chunk.index, self.bytes)
        try:
            self._file.write(chunk.data)
        except OSError as error:
            raise disk_error(error, self._path) from error
        self.bytes += len(chunk.data)
        self.next += 1

    def rewind(self) -> int:
        # The last group of pictures may be cut off; it is drawn again from its key frame.
        self.next, self.bytes = self._key
        self._file.flush()
        self._file.truncate(self.bytes)
        self._file.seek(self.bytes)
        return self.next

    def finish(self) -> Path:
        try:
            self._file.close()
        except OSError as error:
            raise disk_error(error, self._path) from error
        return self._path

    def abandon(self) -> None:
        with contextlib.suppress(OSError):  # The job has failed already and says why.
            self._file.close()


class RawPump:
    """Raw pictures into an ffmpeg that encodes them."""

    def __init__(self, pump: Pump, path: Path, first: int) -> None:
        self.next = first
        self._pump = pump
        self._path = path

    def accept(self, chunk: Chunk) -> None:
        _check(chunk, CHUNK_RAW, self.next)
        self._pump.write(chunk.data)
        self.next += 1

    def rewind(self) -> int:
        # Whole pictures only ever reach ffmpeg, so nothing has to be taken back.
        return self.next

    def finish(self) -> Path:
        self._pump.finish()
        return self._path

    def abandon(self) -> None:
        self._pump.kill()
