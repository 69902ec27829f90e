"""`nichang lipsync`: a sound becomes a face file. Parses, calls the library, prints."""

import json
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from motion.errors import UserError

if TYPE_CHECKING:
    from motion.music.song_map import SongMap
    from performer.face.song_words import SongWords
    from performer.face.track import FaceTrack
    from performer.voice.sound import Sound

__all__ = ["app"]

app = typer.Typer(add_completion=False)


class LipsyncError(UserError):
    """A wrong use of the command; the message says what to give instead."""


def _read(path: Path, what: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise LipsyncError(f"cannot read {what} {path}: {error.strerror or error}") from error


def _write(path: Path, data: bytes) -> None:
    temporary = path.with_name(f".{path.name}.part")
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise LipsyncError(f"cannot write {path}: {error.strerror or error}") from error


def _song_map(sound: "Sound", song_map: Path | None, title: str) -> "SongMap":
    from motion.music.song_map import decode_song_map

    if song_map is not None:
        return decode_song_map(_read(song_map, "song map"))
    from motion.music.listen import listen

    return listen(sound.mono, sound.rate, title=title)


def _lyrics(choice: str, sound: Path, voice: "Sound", seconds: float, words_model: Path | None) -> "SongWords":
    from performer.face.lyrics import parse_lyrics
    from performer.face.song_words import SongWords, song_words

    if choice == "none":
        return SongWords()
    if choice != "auto":
        return SongWords(parse_lyrics(_read(Path(choice), "lyrics"), duration=seconds), Path(choice))
    return song_words(sound, voice.mono, voice.rate, model_dir=words_model)


def _plot(path: Path, sound: "Sound", face: "FaceTrack", title: str) -> None:
    from performer.face.picture import draw_face

    draw_face(path, sound.mono, sound.rate, face, title=title)


@app.command(no_args_is_help=True)
def lipsync(
    sound: Annotated[Path, typer.Argument(help="Song or voice: WAV, FLAC, OGG, Opus, MP3, M4A.", show_default=False)],
    out: Annotated[Path, typer.Option("-o", "--out", help="The face file to write.")] = Path("face.json"),
    lyrics: Annotated[
        str,
        typer.Option(
            help="An .lrc or UltraStar .txt file; 'auto': the file beside the song, else what the "
            "extra words hears, written beside the song as .lrc; 'none': the sound alone."
        ),
    ] = "none",
    vocal: Annotated[Path | None, typer.Option(help="The voice alone, if you have it: better lips.")] = None,
    song_map: Annotated[Path | None, typer.Option(help="A song.json from nichang listen; saves listening.")] = None,
    words_model: Annotated[Path | None, typer.Option(help="A CTranslate2 Whisper folder for --lyrics auto.")] = None,
    seed: Annotated[int, typer.Option(help="Another seed, other blinks and glances.")] = 0,
    plot: Annotated[Path | None, typer.Option(help="A PNG with mouth, lids and gaze under the spectrogram.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a sentence.")] = False,
) -> None:
    """Make lips, eyes and expression for a sound.

    The mouth follows written words where they are given (--lyrics), the voice alone where there is a stem (--vocal),
    else the voice in the mix. Blinks, glances, brows, smile and breath come from the song and the seed.
    The face file is readable: one list a weight, 60 numbers a second. Edit it and run the show again.

    Example: nichang lipsync song.mp3 --lyrics song.lrc -o face.json --plot face.png
    """
    from rich.console import Console

    from performer.face.build import build_face
    from performer.face.phrases import mouth_opening
    from performer.face.track_file import encode_face
    from performer.voice.sound import read_sound, resample

    console = Console(stderr=True)
    quiet = as_json or not console.is_terminal

    def step(text: str) -> AbstractContextManager[Any]:
        return nullcontext() if quiet else console.status(text)

    with step("reading the sound"):
        mix = read_sound(sound)
        voice = read_sound(vocal) if vocal is not None else mix
    with step("listening to the song"):
        song = _song_map(mix, song_map, sound.stem)
    with step("reading or hearing the words"):
        words = _lyrics(lyrics, sound, voice, mix.seconds, words_model)
    if words.advice:
        console.print(words.advice, soft_wrap=True, highlight=False)
    sheet = words.lyrics
    with step("drawing the face"):
        stem = None if vocal is None else resample(voice.mono, voice.rate, mix.rate)
        face = build_face(mix.samples, mix.rate, song, vocal_mono=stem, lyrics=sheet, seed=seed)
    _write(out, encode_face(face))
    if plot is not None:
        with step("drawing the picture"):
            _plot(plot, voice, face, sound.name)
    opening = mouth_opening(face.weights)
    share = float((opening > 0.1).mean()) if len(face) else 0.0
    found: dict[str, Any] = {
        "out": str(out),
        "seconds": round(len(face) / face.rate, 3),
        "frames": len(face),
        "mouth_open_share": round(share, 3),
        "lyric_lines": len(sheet.lines) if sheet else 0,
        "heard_by_machine": bool(sheet and sheet.heard_by_machine),
    }
    if as_json:
        print(json.dumps(found))
        return
    count = f", {found['lyric_lines']} lines of words" if sheet else ""
    print(f"{out}: {found['frames']} frames, mouth open {100 * share:.0f} % of the time{count}")
