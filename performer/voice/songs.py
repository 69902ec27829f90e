"""The built-in songs: folders of `presets/songs` with sound, vocal stem, lyrics and card (a shell: reads files)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import cast

from motion.errors import UserError, names_and_nearest

__all__ = ["FIRST_SONG", "SongFiles", "SongNameError", "built_in_song", "song_folder", "song_names", "song_or_file"]

FIRST_SONG = "yuyi"
"""What is played where nobody named a song."""


class SongNameError(UserError):
    """There is no built-in song of that name, or its folder is not whole."""


@dataclass(frozen=True, slots=True)
class SongFiles:
    """path: the mix. vocal: the voice alone. lyrics: LRC. song_map: a song.json that its maker knows to be true.
    credits: lines for the title card. staging: what the card says of colours, cues and shots, unread."""

    path: Path
    vocal: Path | None
    lyrics: Path | None
    title: str
    artist: str
    song_map: Path | None = None
    credits: tuple[str, ...] = ()
    staging: Mapping[str, object] = field(default_factory=dict[str, object])


def _root() -> Path:
    return Path(str(files("presets"))) / "songs"


def song_names() -> list[str]:
    """Names of the built-in songs, sorted."""
    return sorted(path.parent.name for path in _root().glob("*/song.opus"))


def song_folder(name: str) -> SongFiles:
    """The files of the built-in song `name`.

    Raises:
        SongNameError: no such song, or a card that cannot be read.
    """
    if name not in song_names():
        raise SongNameError(f"there is no built-in song '{name}'; take one of {names_and_nearest(name, song_names())}")
    folder = _root() / name
    try:
        card = tomllib.loads((folder / "card.toml").read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise SongNameError(f"{folder / 'card.toml'} cannot be read: {error}") from error
    vocal, lyrics = folder / "vocal.opus", folder / "lyrics.lrc"
    song_map = folder / "song.json"
    return SongFiles(
        folder / "song.opus",
        vocal if vocal.exists() else None,
        lyrics if lyrics.exists() else None,
        str(card.get("name", name)),
        str(card.get("artist", "")),
        song_map if song_map.exists() else None,
        _credits(card, sung=vocal.exists()),
        card.get("staging", {}),
    )


def _credits(card: Mapping[str, object], *, sung: bool) -> tuple[str, ...]:
    """The card's own lines, or: who sings, and that no person does where none does; who wrote it."""
    own = card.get("credits")
    if isinstance(own, list):
        return tuple(str(line) for line in cast(list[object], own))
    singer, author = str(card.get("artist", "")), str(card.get("author", ""))
    if singer and sung and card.get("synthetic"):
        singer += " · AI 演唱 AI-sung"
    return tuple(line for line in (singer, f"词曲 Words & music · {author}" if author else "") if line)


def built_in_song(name: str | Path, base: Path = Path()) -> SongFiles | None:
    """The built-in song that a user means by `name`; None where a file of that name lies in `base`.

    Raises:
        SongNameError: neither a file nor a built-in song, or a card that cannot be read.
    """
    if (base / Path(name).expanduser()).exists():
        return None
    if str(name) not in song_names():
        known = ", ".join(song_names()) or "none"
        raise SongNameError(f"there is no song {name} (no such file); name a sound file, or a built-in song ({known})")
    return song_folder(str(name))


def song_or_file(name: str | Path) -> Path:
    """The sound file `name`, or the mix of the built-in song of that name where no such file lies.

    Raises:
        SongNameError: as `built_in_song`.
    """
    song = built_in_song(name)
    return Path(name).expanduser() if song is None else song.path
