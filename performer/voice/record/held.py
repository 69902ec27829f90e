"""One recorder at a time in a folder: page or terminal, whichever came first (a shell: a lock of the system)."""

import errno
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from performer.voice.record.session import RecordError

__all__ = ["held"]

# Hidden, so that no list of recordings takes it for one. It stays: who removes a locked file lets two others in.
_NAME = ".recording"
# What file systems say that have none, network shares above all.
_NO_LOCKS = frozenset({errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL})


@contextmanager
def held(folder: Path) -> Generator[None]:
    """While it lasts nobody else records into `folder`, made if need be. The system lets go of it after any end.

    Some shares know no locks; there recording goes on unheld, since one window is the rule.

    Raises:
        RecordError: somebody does, or the folder cannot be used.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / _NAME).open("a+b")
    except FileExistsError as error:
        raise RecordError(f"{folder} is a file; name a folder with -o") from error
    except OSError as error:
        why = error.strerror or error
        raise RecordError(f"cannot write to the folder {folder}: {why}; name another with -o") from error
    with file:
        if not _lock(file):
            raise RecordError(
                f"somebody is recording into {folder} already, in another window or on the page; "
                "end that first, or name another folder with -o"
            )
        yield


def _lock(file: BinaryIO) -> bool:
    """False: somebody else holds it. Closing the file lets go."""
    if sys.platform == "win32":
        import msvcrt

        with suppress(OSError):
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            return True
        return False
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise RecordError(
                f"cannot lock {file.name} ({error.strerror or error}); name a folder on another disk with -o"
            ) from error
    return True
