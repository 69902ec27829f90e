"""Writing of small result files, whole or not at all."""

import os
from pathlib import Path

from motion.errors import UserError

__all__ = ["OutputError", "check_writable", "write_bytes"]


class OutputError(UserError):
    """A result cannot be written where it was asked for."""


def check_writable(path: Path) -> None:
    """Say before the work starts that its result could not be kept.

    Raises:
        OutputError: folder missing or closed, or `path` is a folder.
    """
    if path.is_dir():
        raise OutputError(f"{path} is a folder; name a file in it")
    if not path.absolute().parent.is_dir():
        raise OutputError(f"cannot write {path}: there is no folder {path.absolute().parent}; make it first")
    if not os.access(path.absolute().parent, os.W_OK):
        raise OutputError(f"cannot write {path}: no permission in {path.absolute().parent}; choose another folder")


def write_bytes(path: Path, data: bytes) -> None:
    """Write under a temporary name in the same folder, then rename.

    Raises:
        OutputError: the system refuses (no room, no permission).
    """
    temporary = path.with_name(f".{path.name}.part")
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error
