"""What a sound file calls its song (a shell: reads files)."""

import re
from pathlib import Path
from typing import NamedTuple

import soundfile

__all__ = ["SongName", "song_title"]

# "01 ", "1-02. ", "7 - " before the name; not the numbers of "99 Luftballons" and "7_rings".
_NUMBER = re.compile(r"^(?:0\d[\s._-]+|\d{1,2}(?:-\d{1,2})?(?:\.\s+|\s+-\s+))(?=\S)")


class SongName(NamedTuple):
    """What a song is called; the artist may be ""."""

    title: str
    artist: str


def song_title(song: Path, title: str = "", artist: str = "") -> SongName:
    """Title and artist: what is known already, of a card or of the words' file, else as the sound's own file says.

    That is its tags, else its name. A name of the form "Artist - Title" is read so; a track's number before it is left
    out.
    """
    if title and artist:
        return SongName(title, artist)
    own = _own_name(song)
    return SongName(title or own.title, artist or own.artist)


def _own_name(song: Path) -> SongName:
    title, artist = (text.strip() for text in _tags(song))
    if title:
        return SongName(title, artist)
    name = " ".join(_NUMBER.sub("", song.stem).replace("_", " ").split())
    before, _, after = (part.strip() for part in name.partition(" - "))
    if before and after:
        return SongName(after, artist or before)
    return SongName(name or song.stem, artist)


def _tags(song: Path) -> tuple[str, str]:
    """Of what soundfile reads, M4A not among it; empty where the file does not say."""
    try:
        with soundfile.SoundFile(song) as file:
            told = file.copy_metadata()
    except (OSError, RuntimeError, UnicodeDecodeError):
        return "", ""
    return told.get("title", ""), told.get("artist", "")
