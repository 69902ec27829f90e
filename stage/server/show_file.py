"""Reads a show file (`NAME.show.toml`): which songs, which avatar, which stage, which seed.

title = "First night"
avatar = "niyu"                 # a preset or a VRM file
venue = "livehouse"             # optional: the stage
seed = 7
[[songs]]
file = "yuyi"                   # a built-in song, or a sound file beside this one
vocal = "vocal.wav"             # optional: the voice alone
lyrics = "song.lrc"             # optional; "none": no words
seed = 3                        # optional: another dance
voice = "qingling"              # optional: who sings it instead (nichang voice list)
[songs.staging]                 # optional: colours, cues and shots of this song (stage/show/README.md)
mood = "warm"
palettes = { chorus = "mint" }
cues = { hit = ["finale", "lift"] }
shots = ["wide", "full", "medium", "close"]
"""

from pathlib import Path
from typing import Annotated, Any

import msgspec

from performer.avatar.presets import IDOL
from performer.voice.toml_file import TomlFile
from stage.server.errors import ShowFileError
from stage.show.moods import read_staging

__all__ = ["ShowFile", "ShowSong", "read_show_file"]

_FILE = TomlFile("a show", "fields: title, avatar, venue, seed, [[songs]] with file", ShowFileError)
_Seed = Annotated[int, msgspec.Meta(ge=0)]


class ShowSong(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One song of a setlist."""

    file: str
    vocal: str = ""
    lyrics: str = "auto"
    voice: str = ""
    seed: _Seed | None = None
    staging: dict[str, Any] = {}


class ShowFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A show; paths are relative to the file."""

    songs: list[ShowSong]
    title: str = ""
    avatar: str = IDOL
    venue: str = ""
    seed: _Seed = 0


def read_show_file(path: Path) -> ShowFile:
    """Read and check.

    Raises:
        ShowFileError: missing, a song and no show, not TOML, an unknown field, no song.
        MoodError: a song's staging names what there is not.
    """
    if path.suffix != ".toml":
        raise ShowFileError(f"{path} is no show file (NAME.show.toml); a song goes with --song: --song {path}")
    show = _FILE.record(_FILE.table(_FILE.text(path), str(path)), ShowFile, str(path))
    if not show.songs:
        raise ShowFileError(f"{path} names no song; add a [[songs]] table with file = ...")
    for number, song in enumerate(show.songs, 1):
        read_staging(song.staging, f"{path}, song {number}")
    return show
