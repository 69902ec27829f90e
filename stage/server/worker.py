"""Prepares one song in a process of its own, so that a running show keeps its pace (a shell: process, files).

python -m stage.server.worker REQUEST.json      prints one JSON line a step, the last {"done": true} or {"error": ...}
"""

import json
import os
import sys
from pathlib import Path

from motion.errors import UserError
from motion.music.song_map import decode_song_map
from performer.avatar.vrm import read_vrm
from performer.face.song_words import can_hear_words, song_words
from performer.voice.cover import make_cover
from performer.voice.home import home_folder
from performer.voice.sound import read_sound, write_wav
from performer.voice.stem import stem_beside
from stage.server.errors import SongError, no_room
from stage.server.songs import SongSource, heard_words_of, keep_sung, read_words, sound_file, store
from stage.show.prepare import prepare

__all__ = ["main", "prepare_song"]

# Share of the work that another voice's singing is, of a song that it sings.
_SINGING = 0.6


def _say(**fields: object) -> None:
    print(json.dumps(fields), flush=True)


def prepare_song(source: SongSource, avatar: Path, folder: Path) -> None:
    """Listen, plan, move the lips; everything goes into `folder`, the song's place in the cache.

    Raises:
        UserError: the sound, the stem or the words cannot be used, or the cache cannot be written to.
    """
    sound = read_sound(source.path)
    stem = None if source.vocal is None else read_sound(source.vocal)
    vocal = None if stem is None else stem_beside(stem, sound, str(source.vocal))
    song = None if source.song_map is None else decode_song_map(source.song_map.read_bytes())
    # In the song's own voice, and before another one sings: what is wrong is said before the minutes that takes.
    words = read_words(source, folder, sound.seconds)
    if words is None and source.hear:
        if can_hear_words():
            _say(share=0.0, what="hearing the words")
        mono = sound.mono if vocal is None else vocal
        found = song_words(source.path, mono, sound.rate, keep=heard_words_of(folder))
        words = found.lyrics
        if found.advice:
            _say(share=0.0, what=found.advice)
    begin, cover = 0.0, None
    if source.voice:
        begin = _SINGING
        cover = make_cover(
            source.path,
            source.vocal,
            source.voice,
            home_folder(),
            lambda what, share: _say(share=round(_SINGING * share, 3), what=what),
            use="live",
        )
        sound = read_sound(cover)
        # The cover may have another rate than the song.
        vocal = None if stem is None else stem_beside(stem, sound, str(source.vocal))
    performance = prepare(
        sound.samples,
        sound.rate,
        read_vrm(avatar),
        title=source.title,
        artist=source.artist,
        song=song,
        lyrics=words,
        vocal=vocal,
        seed=source.seed,
        own_moves_only=source.own_moves_only,
        progress=lambda share, what: _say(share=round(begin + (1 - begin) * share, 3), what=what),
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if cover is not None:
            keep_sung(cover, folder)
        elif (copy := sound_file(source, folder)) != source.path:
            write_wav(copy, sound)
        store(folder, performance)
    except OSError as error:
        raise SongError(f"{source.title}: {no_room(error, folder)}") from error


def main(argv: list[str]) -> int:
    """The process's whole life; returns its exit code."""
    request = json.loads(Path(argv[0]).read_text())
    if hasattr(os, "nice") and not request["hurry"]:
        os.nice(10)
    path = {name: None if request[name] is None else Path(request[name]) for name in ("vocal", "lyrics", "song_map")}
    source = SongSource(
        request["id"],
        Path(request["path"]),
        path["vocal"],
        path["lyrics"],
        request["title"],
        request["artist"],
        request["seed"],
        request["own_moves_only"],
        request["hear"],
        path["song_map"],
        voice=request["voice"],
    )
    try:
        prepare_song(source, Path(request["avatar"]), Path(request["folder"]))
    except UserError as error:
        _say(error=str(error))
        return error.exit_code
    except OSError as error:
        _say(error=f"{source.title}: {error.strerror or error} ({error.filename or request['folder']})")
        return 1
    _say(done=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
