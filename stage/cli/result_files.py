"""Writing of small result files, whole or not at all."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from motion.errors import UserError

__all__ = ["OutputError", "check_writable", "write_bytes"]


class OutputError(UserError):
    """A result cannot be written where it was asked for."""


def check_writable(path: Path, inputs: Iterable[Path] = ()) -> None:
    """Say before the work starts that its result could not be kept.

    Raises:
        OutputError: folder missing or closed, `path` is no regular file, or it is one of `inputs`.
    """
    if path.is_dir():
        raise OutputError(f"{path} is a folder; name a file in it")
    if path.exists() and not path.is_file():
        # The rename at the end would put a plain file in the place of a device.
        raise OutputError(f"cannot write {path}: it is no regular file; name a file")
    folder = path.absolute().parent
    if not folder.is_dir():
        raise OutputError(f"cannot write {path}: there is no folder {folder}; make it first")
    if not os.access(folder, os.W_OK):
        raise OutputError(f"cannot write {path}: no permission in {folder}; choose another folder")
    if any(path.exists() and given.exists() and path.samefile(given) for given in inputs):
        raise OutputError(f"{path} is read here, so it is not overwritten; choose another name")


def write_bytes(path: Path, data: bytes) -> None:
    """Write under a temporary name in the same folder, then rename.

    Raises:
        OutputError: the system refuses (no room, no permission). Nothing is left behind then.
    """
    temporary = path.with_name(f".{path.name}.part")
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
