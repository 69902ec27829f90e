"""What the render page is told of a song: the `SongInfo` of web/src/stage/song.ts. Records in, plain data out."""

from typing import Any

from performer.face.lyric_sheet import Lyrics
from stage.show.performance import Performance

__all__ = ["page_song", "song_text"]


def song_text(title: str, artist: str, lyrics: Lyrics | None) -> dict[str, Any]:
    """What is known before the song has been listened to: everything that is written."""
    lines = [] if lyrics is None else lyrics.lines
    texts = [
        {"start": line.start, "end": line.end, "text": line.text}
        | ({"translation": line.translation} if line.translation else {})
        for line in lines
    ]
    heard = lyrics is not None and lyrics.heard_by_machine
    return {"number": 0, "title": title, "artist": artist, "lines": texts, "heardByMachine": heard}


def page_song(performance: Performance) -> dict[str, Any]:
    """The whole: what is written, and when bars and sections begin."""
    text = song_text(performance.title, performance.artist, performance.lyrics)
    sections = [{"start": section.start, "label": section.label} for section in performance.song.sections]
    return text | {
        "downbeats": list(performance.song.downbeats),
        "sections": sections,
        "credits": list(performance.title_credits),
    }
