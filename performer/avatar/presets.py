"""Where the built-in avatars lie, and how a name or a path from the user becomes a file."""

from importlib import resources
from pathlib import Path

from motion.errors import names_and_nearest
from performer.avatar.model import AvatarError

__all__ = ["IDOL", "avatar_names", "avatar_path", "preset_names", "preset_path"]

IDOL = "niyu"
"""Who performs where nobody was named."""


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
    nearest = names_and_nearest(name, avatar_names())
    raise AvatarError(f"there is no avatar '{name}': give a VRM file or a built-in name {nearest}")


def preset_names() -> tuple[str, ...]:
    """Names of the presets that avatars can be built from, sorted."""
    return tuple(sorted(preset.parent.name for preset in _folder().glob("*/preset.toml")))


def preset_path(name_or_path: str | Path) -> Path:
    """The preset that a name or the path of a TOML file means.

    Raises:
        AvatarError: neither a preset nor a file.
    """
    name = str(name_or_path)
    if name in preset_names():
        return _folder() / name / "preset.toml"
    path = Path(name_or_path).expanduser()
    if path.is_file():
        return path
    nearest = names_and_nearest(name, preset_names())
    raise AvatarError(f"there is no preset '{name}': give a TOML file or a name {nearest}")
