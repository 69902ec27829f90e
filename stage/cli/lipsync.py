"""`nichang lipsync`: a sound becomes a face file. Parses, calls the library, prints."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from motion.errors import UserError
from stage.cli.result_files import check_writable, write_bytes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from motion.music.song_map import SongMap
    from performer.face.song_words import SongWords
    from performer.voice.sound import Sound

__all__ = ["app"]

app = typer.Typer(add_completion=False)

# Seconds by which a song map and a stem may differ from the sound they belong to.
_SAME_LENGTH, _STEM_LENGTH = 0.5, 2.0


class LipsyncError(UserError):
    """A wrong use of the command; the message says what to give instead."""


def _read(path: Path, what: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise LipsyncError(f"cannot read {what} {path}: {error.strerror or error}") from error


def _given_map(path: Path | None, seconds: float) -> "SongMap | None":
    from motion.music.song_map import decode_song_map

    if path is None:
        return None
    found = decode_song_map(_read(path, "song map"))
    if abs(found.duration - seconds) > _SAME_LENGTH:
        raise LipsyncError(
            f"the song map {path} is for {found.duration:.1f} s of sound, this sound lasts {seconds:.1f} s; "
            "make a new one with: nichang listen SOUND -o song.json"
        )
    return found


def _stem(vocal: Path | None, mix: "Sound") -> "NDArray[np.float32] | None":
    """(samples,) the voice alone at the rate of the mix."""
    from performer.voice.sound import read_sound, resample

    if vocal is None:
        return None
    voice = read_sound(vocal)
    if abs(voice.seconds - mix.seconds) > _STEM_LENGTH:
        raise LipsyncError(
            f"the voice {vocal} lasts {voice.seconds:.1f} s, the song {mix.seconds:.1f} s; "
            "both must start and end together"
        )
    return resample(voice.mono, voice.rate, mix.rate)


def _lyrics(
    choice: str,
    sound: Path,
    voice: "NDArray[np.float32]",
    rate: int,
    seconds: float,
    words_model: Path | None,
    tell: Callable[[float], None],
) -> "SongWords":
    from performer.face.song_words import SongWords, read_lyrics, song_words

    if choice == "none":
        return SongWords()
    if choice != "auto":
        return SongWords(read_lyrics(Path(choice), duration=seconds), Path(choice))
    return song_words(sound, voice, rate, model_dir=words_model, tell=tell)


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
    seed: Annotated[int, typer.Option(min=0, help="Another seed, other blinks and glances.")] = 0,
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

    from motion.music.listen import listen
    from performer.face.build import build_face
    from performer.face.phrases import mouth_opening
    from performer.face.picture import draw_face, need_picture
    from performer.face.track_file import encode_face
    from performer.voice.songs import song_or_file
    from performer.voice.sound import read_sound
    from performer.voice.titles import song_title

    check_writable(out)
    if plot is not None:
        check_writable(plot)
        need_picture()
    console = Console(stderr=True)
    quiet = as_json or not console.is_terminal

    def step(text: str) -> AbstractContextManager[Any]:
        return nullcontext(None) if quiet else console.status(text)

    sound = song_or_file(sound)
    with step("reading the sound"):
        mix = read_sound(sound)
        stem = _stem(vocal, mix)
    voice = mix.mono if stem is None else stem
    # What is wrong with a file is said before the long work.
    song = _given_map(song_map, mix.seconds)
    with step("reading the words") as status:

        def tell(share: float) -> None:
            if status is not None:
                status.update(f"hearing the words, {100 * share:.0f} %")

        words = _lyrics(lyrics, sound, voice, mix.rate, mix.seconds, words_model, tell)
    if words.advice:
        console.print(words.advice, soft_wrap=True, highlight=False)
    sheet = words.lyrics
    if song is None:
        with step("listening to the song"):
            name = song_title(sound)
            song = listen(mix.mono, mix.rate, title=name.title, artist=name.artist, stereo=mix.samples, vocal_stem=stem)
    with step("drawing the face"):
        face = build_face(mix.samples, mix.rate, song, vocal_mono=stem, lyrics=sheet, seed=seed)
    write_bytes(out, encode_face(face))
    if plot is not None:
        with step("drawing the picture"):
            draw_face(plot, voice, mix.rate, face, title=sound.name)
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
