"""What can go wrong when a show is started or run, said in one sentence each."""

import errno
from pathlib import Path

from motion.errors import UserError

__all__ = ["DamagedCache", "PortError", "ServerError", "ShowFileError", "SongError", "no_room"]


class ServerError(UserError):
    """The server cannot do its work."""


class PortError(ServerError):
    """The port is taken or not allowed."""


class ShowFileError(ServerError):
    """A show.toml cannot be used."""

    exit_code = 2


class SongError(ServerError):
    """A song cannot be made ready."""


class DamagedCache(SongError):
    """What was kept of a song cannot be read any more; it can be made anew."""


def no_room(error: OSError, folder: Path) -> str:
    """Why `folder` cannot be written to, and what to do."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"no room is left for {folder}; free some, or set NICHANG_HOME to a folder on another disk"
    why = error.strerror or str(error)
    return f"cannot write to {folder} ({why}); set NICHANG_HOME to a folder that can be written to"
