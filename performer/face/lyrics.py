"""Lyrics files read: LRC (plain and enhanced) and UltraStar TXT, from text or bytes."""

from typing import Literal

from performer.face.lrc import parse_lrc
from performer.face.lyric_sheet import Lyrics, LyricsError
from performer.face.lyric_text import MAX_BYTES, decode_text
from performer.face.ultrastar import looks_like_ultrastar, parse_ultrastar

__all__ = ["LyricKind", "parse_lyrics"]

LyricKind = Literal["auto", "lrc", "ultrastar"]


def parse_lyrics(text: str | bytes, *, duration: float, kind: LyricKind = "auto") -> Lyrics:
    """Read lyrics, cut to a song of `duration` seconds.

    Raises:
        LyricsError: no line with a time in it, all of it after the song's end, or not text.
    """
    if isinstance(text, bytes):
        text = decode_text(text)
    text = text.removeprefix("\ufeff")
    if len(text) > MAX_BYTES:
        raise LyricsError(f"these lyrics have {len(text)} letters; a song's words fit in {MAX_BYTES}")
    if "\x00" in text:
        raise LyricsError("this lyrics file holds zero bytes, so it is not text; save it as UTF-8")
    if kind == "ultrastar" or (kind == "auto" and looks_like_ultrastar(text)):
        return parse_ultrastar(text, duration=duration)
    return parse_lrc(text, duration=duration)
