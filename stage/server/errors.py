"""What can go wrong when a show is started or run, said in one sentence each."""

from motion.errors import UserError

__all__ = ["PortError", "ServerError", "ShowFileError", "SongError"]


class ServerError(UserError):
    """The server cannot do its work."""


class PortError(ServerError):
    """The port is taken or not allowed."""


class ShowFileError(ServerError):
    """A show.toml cannot be used."""

    exit_code = 2


class SongError(ServerError):
    """A song cannot be made ready."""
