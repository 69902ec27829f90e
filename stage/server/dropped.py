"""Keeps a sound file that was dropped onto the console (a shell: files)."""

import asyncio
import hashlib
import re
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from performer.voice.sound import SoundError, open_sound
from stage.server.errors import ServerError, no_room

__all__ = ["MAX_SONG_BYTES", "DropError", "keep_dropped"]

MAX_SONG_BYTES = 300_000_000
# File systems allow 255 bytes, of which a letter of a song's name may need four.
_LONGEST_NAME = 60


class DropError(ServerError):
    """A dropped file cannot be taken; `status` is the answer's number."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


async def keep_dropped(name: str, blocks: AsyncIterator[bytes], folder: Path) -> Path:
    """Write `blocks` into `folder` and look whether they are sound; returns where they lie.

    The place is named by the bytes: the same file once more is the same song, another one of the same name is not.

    Raises:
        DropError: no name, too large, no room, not a sound file, empty. Nothing is left behind.
    """
    clean = re.sub(r"[^\w.\- ]+", "_", Path(name).name).strip(". ")
    stem, suffix = Path(clean).stem[:_LONGEST_NAME], Path(clean).suffix[:8]
    if not stem:
        raise DropError("the file has no name", 400)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".", dir=folder) as scratch:
            part = Path(scratch) / f"{stem}{suffix}"
            digest = await _write(part, blocks)
            try:
                await asyncio.to_thread(open_sound, part)
            except SoundError as error:
                # The user knows the file by its name, not by where it was looked at.
                raise DropError(str(error).replace(f"{scratch}/", ""), 415) from error
            place = folder / digest[:12]
            place.mkdir(exist_ok=True)
            return part.replace(place / part.name)
    except OSError as error:
        raise DropError(f"{stem}{suffix} could not be kept: {no_room(error, folder)}", 507) from error


async def _write(path: Path, blocks: AsyncIterator[bytes]) -> str:
    """Hash of what was written."""
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as file:
        async for block in blocks:
            size += len(block)
            if size > MAX_SONG_BYTES:
                raise DropError(f"{path.name} is larger than {MAX_SONG_BYTES // 1_000_000} MB", 413)
            digest.update(block)
            file.write(block)
    return digest.hexdigest()
