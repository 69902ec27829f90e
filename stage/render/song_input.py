"""From what the user named to what the engine takes: sound, stem, words, map, plan, avatar (a shell: reads files)."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from motion.dance.plan import Plan, decode_plan
from motion.music.song_map import SongMap, decode_song_map
from performer.face.lyric_sheet import Lyrics
from performer.face.lyrics import parse_lyrics
from performer.face.song_words import SongWords, can_hear_words, song_words
from performer.voice.cover import Tell, cover_credit, make_cover
from performer.voice.home import home_folder
from performer.voice.library import open_voice
from performer.voice.sidecar import sidecar_lyrics
from performer.voice.songs import built_in_song
from performer.voice.sound import Sound, file_sha256, read_sound
from performer.voice.stem import stem_beside
from performer.voice.titles import song_title
from stage.render.errors import RenderError
from stage.render.options import RenderOptions
from stage.show.moods import AS_IT_FITS, Staging, read_staging

__all__ = ["SongInput", "read_song"]


@dataclass(frozen=True, slots=True)
class SongInput:
    """What a song brings. vocal: (n,) the voice alone at the sound's rate. advice: a line for the user, or empty."""

    path: Path
    sound: Sound
    sha256: str
    title: str
    artist: str
    vocal: NDArray[np.float32] | None
    lyrics: Lyrics | None
    song_map: SongMap | None
    plan: Plan | None
    advice: str = ""
    credits: tuple[str, ...] = ()
    staging: Staging = AS_IT_FITS


def read_song(song: str | Path, options: RenderOptions, tell: Tell | None = None) -> SongInput:
    """Read everything that the options name; a wrong file is found here, before words are heard or a voice sings.

    Args:
        song: a sound file, or the name of a built-in song.
        tell: told what takes its time (another voice that sings, words that are heard) and the share that is done.
    Raises:
        UserError: of the kind that fits, one sentence.
    """
    built_in = built_in_song(song)
    path = Path(song).expanduser() if built_in is None else built_in.path
    vocal_path, lyrics_path, map_path = (
        (None, None, None) if built_in is None else (built_in.vocal, built_in.lyrics, built_in.song_map)
    )
    title, artist = ("", "") if built_in is None else (built_in.title, built_in.artist)
    vocal_path = options.vocal or vocal_path
    credits = () if built_in is None else built_in.credits
    if options.voice:
        # As a cover asks for it: what the voice's person forbids is said before anything else is done.
        open_voice(options.voice, use="live")
        credits = (*credits, cover_credit(options.voice))
    sound = read_sound(path)
    stem = None if vocal_path is None else read_sound(vocal_path.expanduser())
    vocal = None if stem is None else stem_beside(stem, sound, str(vocal_path))
    map_path = options.song_map or map_path
    song_map = None if map_path is None else decode_song_map(_read(map_path, "song map"))
    plan = None if options.plan is None else decode_plan(_read(options.plan, "plan"))
    # What takes minutes comes last, when all else that is wrong has been said. Words are heard in the song's own voice.
    words = _words(path, options.lyrics, lyrics_path, sound.mono if vocal is None else vocal, sound, tell)
    if words.lyrics is not None:
        title, artist = title or words.lyrics.title, artist or words.lyrics.artist
    named = song_title(path, title, artist)
    staging = AS_IT_FITS if built_in is None else read_staging(built_in.staging, f"the card of {song}")
    if options.voice:
        sound = _sung(path, vocal_path, options.voice, tell)
        # The cover may have another rate than the song.
        vocal = None if stem is None else stem_beside(stem, sound, str(vocal_path))
    return SongInput(
        path=path,
        sound=sound,
        sha256=file_sha256(path),
        title=named.title,
        artist=named.artist,
        vocal=vocal,
        lyrics=words.lyrics,
        song_map=song_map,
        plan=plan,
        advice=words.advice,
        credits=credits,
        staging=staging,
    )


def _sung(path: Path, vocal: Path | None, voice: str, tell: Tell | None) -> Sound:
    """The song sung by another voice, made now or kept from before: minutes for one that is new."""
    stem = None if vocal is None else vocal.expanduser()
    return read_sound(make_cover(path, stem, voice, home_folder(), tell or (lambda what, share: None)))


def _words(
    path: Path,
    choice: str,
    own: Path | None,
    voice: NDArray[np.float32],
    sound: Sound,
    tell: Tell | None,
) -> SongWords:
    """own: the words of a built-in song. voice: (samples,) at the sound's rate, to hear words in."""
    if choice == "none":
        return SongWords()
    named = own if choice == "auto" else Path(choice)
    if named is not None:
        return SongWords(parse_lyrics(_read(named, "lyrics"), duration=sound.seconds), named)
    if tell is not None and sidecar_lyrics(path) is None and can_hear_words():
        tell("hearing the words", 0.0)
    return song_words(path, voice, sound.rate)


def _read(path: Path, what: str) -> bytes:
    try:
        return path.expanduser().read_bytes()
    except OSError as error:
        raise RenderError(f"cannot read the {what} {path}: {error.strerror or error}") from error
