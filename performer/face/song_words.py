"""The words of a song as "auto" finds them: the file beside it, else what the extra [words] hears (a shell: files).

One place for every command: what is heard is kept as an LRC that can be edited, and what is used is what was kept,
so a second run meets the very same words.
"""

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from performer.face.lrc import encode_lrc
from performer.face.lyric_sheet import Lyrics, LyricsError
from performer.face.lyrics import parse_lyrics
from performer.face.words import PARTS, WordsError, hear_words
from performer.voice.sidecar import sidecar_lyrics
from performer.voice.whole_file import whole_file

__all__ = ["SongWords", "can_hear_words", "read_lyrics", "song_words"]

# Softer than the noise of 16 bits: nobody sings here, and a recogniser would make words up.
_SILENT = 1e-4


@dataclass(frozen=True, slots=True)
class SongWords:
    """lyrics: None where there are none. path: the file they stand in. advice: one line for the user, or empty."""

    lyrics: Lyrics | None = None
    path: Path | None = None
    advice: str = ""


def can_hear_words(model_dir: Path | None = None) -> bool:
    """Is the extra [words] installed? Looks only, imports nothing."""
    needed = ("faster_whisper", *(PARTS if model_dir is None else ()))
    return all(importlib.util.find_spec(name) is not None for name in needed)


def read_lyrics(path: Path, *, duration: float) -> Lyrics:
    """The lyrics of a file, cut to `duration` seconds.

    Raises:
        LyricsError: it cannot be read or is no lyrics file; the message names it.
    """
    try:
        return parse_lyrics(path.read_bytes(), duration=duration)
    except OSError as error:
        raise LyricsError(f"cannot read the lyrics {path}: {error.strerror or error}") from error
    except LyricsError as error:
        raise LyricsError(f"{path}: {error}") from error


def song_words(
    song: Path,
    mono: NDArray[np.floating[Any]],
    rate: int,
    *,
    keep: Path | None = None,
    model_dir: Path | None = None,
    tell: Callable[[float], None] | None = None,
) -> SongWords:
    """The words beside `song`, else heard words, else none with a line that says why.

    Args:
        mono: (samples,) the song, or better the voice alone.
        keep: where heard words are written; default song.lrc beside the song.
        model_dir: a CTranslate2 Whisper folder that the user named.
        tell: told the share of the song in which words have been heard, 0..1; not called where a file has them.

    Raises:
        LyricsError: the file beside the song is no lyrics file.
        WordsError: the model that the user named cannot be used.
    """
    seconds = len(mono) / rate
    beside = sidecar_lyrics(song)
    if beside is not None:
        return SongWords(read_lyrics(beside, duration=seconds), beside)
    if model_dir is None and not can_hear_words():
        return SongWords(advice="no words: lips follow the sound; for words: make setup EXTRAS=words, or an .lrc file")
    if len(mono) == 0 or float(np.abs(mono).max()) < _SILENT:
        return SongWords()
    try:
        heard = hear_words(mono, rate, model_dir=model_dir, tell=tell)
    except WordsError as error:
        if model_dir is not None:
            raise
        return SongWords(advice=f"no words: {error}; lips follow the sound")
    if not heard.lines:
        return SongWords()
    text = encode_lrc(heard)
    again = parse_lyrics(text, duration=seconds)
    lyrics = Lyrics(again.lines, heard_by_machine=True, title=again.title, artist=again.artist)
    target = keep or song.with_suffix(".lrc")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(target, WordsError) as part:
            part.write_text(text, encoding="utf-8")
    except OSError as error:
        return SongWords(lyrics, advice=f"words heard by machine, not kept: {target}: {error.strerror or error}")
    except WordsError as error:
        return SongWords(lyrics, advice=f"words heard by machine, not kept: {error}")
    return SongWords(lyrics, target, f"words heard by machine, so expect wrong ones; correct them in {target}")
