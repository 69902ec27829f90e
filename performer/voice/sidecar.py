"""Finds the words that lie beside a song (a shell: looks at files)."""

from pathlib import Path

__all__ = ["sidecar_lyrics"]

_SUFFIXES = (".lrc", ".ultrastar.txt", ".txt")
_BOM = b"\xef\xbb\xbf"


def sidecar_lyrics(song: Path) -> Path | None:
    """song.lrc or an UltraStar song.txt beside song.mp3, or lyrics.lrc in a song's own folder; else None."""
    for suffix in _SUFFIXES:
        beside = song.with_suffix(suffix)
        # Any .txt may lie beside a song; only one that begins with a header is UltraStar.
        if beside.is_file() and (suffix != ".txt" or beside.read_bytes()[:8].removeprefix(_BOM).startswith(b"#")):
            return beside
    own = song.parent / "lyrics.lrc"
    return own if own.is_file() and (song.parent / "card.toml").is_file() else None
