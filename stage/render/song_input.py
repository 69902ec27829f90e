"""From what the user named to what the engine takes: sound, stem, words, map, plan, avatar (a shell: reads files)."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from motion.dance.plan import Plan, decode_plan
from motion.music.song_map import SongMap, decode_song_map
from performer.face.lyric_sheet import Lyrics
from performer.voice.sound import Sound, file_sha256, read_sound, resample
from stage.render.errors import RenderError
from stage.render.options import RenderOptions

__all__ = ["SongInput", "read_song", "sidecar_lyrics"]

_LYRIC_SUFFIXES = (".lrc", ".ultrastar.txt", ".txt")


@dataclass(frozen=True, slots=True)
class SongInput:
    """What a song brings. vocal: (n,) the voice alone at the sound's rate."""

    path: Path
    sound: Sound
    sha256: str
    title: str
    artist: str
    vocal: NDArray[np.float32] | None
    lyrics: Lyrics | None
    song_map: SongMap | None
    plan: Plan | None


def sidecar_lyrics(song: Path) -> Path | None:
    """The words that lie beside a song: song.lrc beside song.mp3 (or lyrics.lrc in a song's own folder)."""
    for suffix in _LYRIC_SUFFIXES:
        beside = song.with_suffix(suffix)
        # Any .txt may lie beside a song; only one that begins with a header is UltraStar.
        if beside.is_file() and (suffix != ".txt" or beside.read_bytes()[:8].lstrip(b"\xef\xbb\xbf").startswith(b"#")):
            return beside
    own = song.parent / "lyrics.lrc"
    return own if own.is_file() and (song.parent / "card.toml").is_file() else None


def read_song(song: str | Path, options: RenderOptions) -> SongInput:
    """Read everything that the options name; a wrong file is found here, before any work.

    Args:
        song: a sound file, or the name of a built-in song.
    Raises:
        UserError: of the kind that fits, one sentence.
    """
    from performer.face.lyrics import parse_lyrics

    path, vocal_path, lyrics_path, title, artist = _locate(song)
    sound = read_sound(path)
    vocal_path = options.vocal or vocal_path
    words = lyrics_path or sidecar_lyrics(path) if options.lyrics == "auto" else None
    if options.lyrics not in ("auto", "none"):
        words = Path(options.lyrics)
    lyrics = None
    if words is not None:
        lyrics = parse_lyrics(_read(words, "lyrics"), duration=sound.seconds)
        title, artist = title or lyrics.title, artist or lyrics.artist
    return SongInput(
        path=path,
        sound=sound,
        sha256=file_sha256(path),
        title=title or path.stem.replace("_", " "),
        artist=artist,
        vocal=None if vocal_path is None else _stem(vocal_path, sound),
        lyrics=lyrics,
        song_map=None if options.song_map is None else decode_song_map(_read(options.song_map, "song map")),
        plan=None if options.plan is None else decode_plan(_read(options.plan, "plan")),
    )


def _locate(song: str | Path) -> tuple[Path, Path | None, Path | None, str, str]:
    """Sound, stem, words, title, artist."""
    path = Path(song).expanduser()
    # A bare word that is no file can only be a built-in song's name.
    if path.exists() or path.suffix or len(path.parts) != 1:
        return path, None, None, "", ""
    from performer.voice.songs import song_folder

    files = song_folder(str(song))
    return files.path, files.vocal, files.lyrics, files.title, files.artist


def _read(path: Path, what: str) -> bytes:
    try:
        return path.expanduser().read_bytes()
    except OSError as error:
        raise RenderError(f"cannot read the {what} {path}: {error.strerror or error}") from error


def _stem(path: Path, sound: Sound) -> NDArray[np.float32]:
    """The stem at the song's rate and length; a length that is far off means another song."""
    stem = read_sound(path.expanduser())
    if abs(stem.seconds - sound.seconds) > 2.0:
        raise RenderError(
            f"the stem {path} lasts {stem.seconds:.1f} s, the song {sound.seconds:.1f} s; "
            "both must start and end together"
        )
    mono = resample(stem.mono, stem.rate, sound.rate)
    fitted = np.zeros(len(sound.samples), dtype=np.float32)
    count = min(len(mono), len(fitted))
    fitted[:count] = mono[:count]
    return fitted
