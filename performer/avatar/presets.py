"""Where the built-in avatars lie, and how a name or a path from the user becomes a file."""

import difflib
from importlib import resources
from pathlib import Path

from performer.avatar.model import AvatarError

__all__ = ["avatar_names", "avatar_path"]


def _folder() -> Path:
    return Path(str(resources.files("presets"))) / "avatars"


def avatar_names() -> tuple[str, ...]:
    """Names of the built-in avatars, sorted."""
    return tuple(sorted(card.parent.name for card in _folder().glob("*/card.toml")))


def avatar_path(name_or_path: str | Path) -> Path:
    """The VRM file that a built-in name or a path means.

    Raises:
        AvatarError: neither a built-in avatar nor a file.
    """
    name = str(name_or_path)
    if name in avatar_names():
        return _folder() / name / f"{name}.vrm"
    path = Path(name_or_path).expanduser()
    if path.is_file():
        return path
    names = ", ".join(avatar_names()) or "none"
    close = difflib.get_close_matches(name, avatar_names(), 1)
    hint = f" Did you mean {close[0]}?" if close else ""
    raise AvatarError(f"there is no avatar '{name}': give a VRM file or a built-in name ({names}).{hint}")
