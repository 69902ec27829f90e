"""What a sound file calls its song (a shell: reads files)."""

import re
from pathlib import Path

import soundfile

__all__ = ["song_title"]

# "01 ", "1-02. ", "7 - " before the name; not the numbers of "99 Luftballons" and "7_rings".
_NUMBER = re.compile(r"^(?:0\d[\s._-]+|\d{1,2}(?:-\d{1,2})?(?:\.\s+|\s+-\s+))(?=\S)")


def song_title(song: Path) -> tuple[str, str]:
    """Title and artist: as the file's tags say, else its name; the artist may be "".

    A name of the form "Artist - Title" is read so; a track's number before it is left out.
    """
    title, artist = (text.strip() for text in _tags(song))
    if title:
        return title, artist
    name = " ".join(_NUMBER.sub("", song.stem).replace("_", " ").split())
    before, _, after = (part.strip() for part in name.partition(" - "))
    if before and after:
        return after, artist or before
    return name or song.stem, artist


def _tags(song: Path) -> tuple[str, str]:
    """Of what soundfile reads, M4A not among it; empty where the file does not say."""
    try:
        with soundfile.SoundFile(song) as file:
            told = file.copy_metadata()
    except (OSError, RuntimeError, UnicodeDecodeError):
        return "", ""
    return told.get("title", ""), told.get("artist", "")
