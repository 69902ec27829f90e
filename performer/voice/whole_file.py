"""A file appears under its name when it is complete, or not at all (a shell: files)."""

import os
import secrets
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import soundfile

from motion.errors import UserError

__all__ = ["whole_file"]


@contextmanager
def whole_file(path: Path, refused: type[UserError], *, to_disk: bool = False) -> Generator[Path]:
    """Gives the name beside `path` to write to; renamed at the end of the block, removed where the block fails.

    Each writer gets a name of its own: of two at once the last one to end wins, and both files were whole.

    Args:
        refused: what is raised where the system refuses (no room, no permission), in one sentence.
        to_disk: wait until the bytes are on the disk, so that even a power cut leaves the old file or the new one.
    """
    # Only named, not made: whoever writes makes it with the permissions that the user's other files get.
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        yield temporary
        if to_disk:
            with temporary.open("rb") as file:
                os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise refused(
            f"cannot write {path}: {error.strerror or error}; free some room or name another place"
        ) from error
    except soundfile.LibsndfileError as error:
        # libsndfile says no more than "System error" when the disk is full.
        raise refused(f"cannot write {path}: {error.error_string} Is there room left, and is it allowed?") from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
