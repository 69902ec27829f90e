"""`nichang voice convert`: recordings or songs in another voice. Parses, calls the library, writes."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from motion.errors import UserError
from stage.cli.result_files import check_writable

if TYPE_CHECKING:
    from performer.voice.convert.voice_file import VoiceFile
    from performer.voice.sound import Sound
    from performer.voice.style.style import Style
    from stage.cli.render_progress import RenderProgress
    from stage.cli.voice_convert_report import Excerpt

__all__ = ["ConvertError", "convert"]

_OWN_VOICE = "none"
_SOUNDS = (".wav", ".flac", ".ogg", ".opus", ".mp3", ".m4a", ".aac", ".wma", ".aif", ".aiff", ".mp4", ".webm")


class ConvertError(UserError):
    """A wrong use of the command; the message says what to give instead."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class _Job:
    """One source file and its result. stems: of a song, by the user; song: it is a mix."""

    source: Path
    out: Path
    song: bool
    stems: tuple[Path, Path] | None


@dataclass(frozen=True, slots=True)
class _Done:
    """seconds: of the source. scale: "" where nothing was tuned. parts: names, the lead first. whole: to be written."""

    seconds: float
    semitones: float
    scale: str
    parts: tuple[str, ...]
    excerpt: "Excerpt"
    whole: "Sound"


def convert(
    context: typer.Context,
    source: Annotated[
        Path,
        typer.Argument(metavar="IN", help="A dry vocal, a song (--song), or a folder of such.", show_default=False),
    ],
    voice: Annotated[
        str,
        typer.Option(
            "--voice", help="A built-in voice (nichang voice list), a .voice file, or none: the singer's own."
        ),
    ],
    out: Annotated[
        Path, typer.Option("-o", "--out", help="WAV, FLAC, OGG, Opus, MP3 or M4A by its suffix; a folder for a folder.")
    ],
    transpose: Annotated[str, typer.Option(help="Semitones, -24 to 24, or auto: into the voice's range.")] = "0",
    formant: Annotated[float, typer.Option(help="Semitones, -6 to 6: a longer or shorter throat.")] = 0.0,
    breath: Annotated[float, typer.Option(help="-1 clean to 1 whispery.")] = 0.0,
    tension: Annotated[float, typer.Option(help="-1 slack to 1 pressed.")] = 0.0,
    tune: Annotated[
        str, typer.Option(help='Correct pitch to "C major", "a minor", "C D E G A", chromatic, auto.')
    ] = "",
    tune_strength: Annotated[float, typer.Option(help="How much of it, 0 to 1.")] = 1.0,
    tune_speed: Annotated[float, typer.Option(help="Milliseconds, 0 to 500; 0 at strength 1 is the effect.")] = 80.0,
    double: Annotated[int, typer.Option(help="Second takes, 0 to 4.")] = 0,
    harmony: Annotated[
        list[str] | None, typer.Option(help="third, fifth, sixth, octave, third-below, ...; may be given again.")
    ] = None,
    style: Annotated[
        Path | None,
        typer.Option(help='A TOML file with these (transpose = -2, tune = "a minor", ...); options given here win.'),
    ] = None,
    song: Annotated[bool, typer.Option("--song", help="IN is a mix: its vocal is replaced.")] = False,
    stems: Annotated[
        tuple[Path, Path] | None,
        typer.Option(metavar="VOCAL ACCOMPANIMENT", help="With --song: your own stems of it."),
    ] = None,
    separator: Annotated[str, typer.Option(help="With --song: own, or demucs where it is installed.")] = "own",
    report: Annotated[
        Path | None, typer.Option(help="Spectrograms and pitch, before and after: .html or .png.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, other breath noise and takes.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of sentences.")] = False,
) -> None:
    """Turn singing or speech into another voice, from files.

    IN is one voice alone, without music or echo; a whole song needs --song, which parts it first, or your own --stems.
    Words, melody and expression stay, the voice is another's. Pitch stays, too: a man's line in a woman's voice wants
    --transpose 12, or auto, which leaves what the voice can sing as it is; with --song it goes by octaves, so that the
    key stays. The key of --tune is that of the recording; it moves along with --transpose.

    The result carries the AI label and the inaudible mark.

    Examples:

    nichang voice convert vocal.wav --voice qingling -o new.wav

    nichang voice convert song.mp3 --song --voice my.voice --transpose auto -o new.flac --double 2 --harmony third

    nichang voice convert takes/ --voice my.voice -o converted/
    """
    from performer.voice.library import open_voice
    from performer.voice.mark.files import SUFFIXES
    from stage.cli.render_progress import RenderProgress
    from stage.cli.voice_convert_report import check_report, write_report

    # By its name: there are two such enumerations, click's and the one that typer brings.
    source_of = context.get_parameter_source
    named = {name for name in context.params if getattr(source_of(name), "name", "") == "COMMANDLINE"}
    asked = _style(style, named, transpose, formant, breath, tension, tune, tune_strength, tune_speed, double, harmony)
    if separator not in ("own", "demucs"):
        raise ConvertError(f"there is no separator {separator!r}; give own or demucs")
    if stems is not None and not song:
        raise ConvertError("--stems goes with --song: the converted vocal is laid back over the accompaniment")
    jobs = _jobs(source, out, song, stems, SUFFIXES)
    if report is not None:
        if len(jobs) > 1:
            raise ConvertError("--report shows one file; give one file instead of a folder")
        check_writable(report, [source])
        check_report(report)
    # For nobody else's voice no consent is needed.
    file = None if voice == _OWN_VOICE else open_voice(voice, "live")
    rows: list[dict[str, Any]] = []
    with RenderProgress(quiet=as_json) as progress:
        for number, job in enumerate(jobs):
            if len(jobs) > 1:
                progress(f"{job.source.name} ({number + 1} of {len(jobs)})", 0.0, 0.0)
            done = _converted(job, file, asked, separator, seed, progress)
            progress("writing", 0.0, 1.0)
            _write(job, file, done.whole)
            rows.append(_row(job, file, done))
            if report is not None:
                progress("drawing", 0.0, 1.0)
                write_report(report, done.excerpt, rows[-1])
    if as_json:
        print(json.dumps(rows[0] if len(rows) == 1 and not source.is_dir() else rows, ensure_ascii=False))
        return
    for row in rows:
        print(_sentence(row))


def _style(
    path: Path | None,
    named: set[str],
    transpose: str,
    formant: float,
    breath: float,
    tension: float,
    tune: str,
    strength: float,
    speed: float,
    double: int,
    harmony: list[str] | None,
) -> "Style":
    """The file's, with what the options in `named` change."""
    import msgspec

    from performer.voice.style.style import check_style, read_style

    base: dict[str, Any] = {}
    if path is not None:
        base = msgspec.to_builtins(read_style(path))
    try:
        move: float | str = "auto" if transpose == "auto" else float(transpose)
    except ValueError:
        raise ConvertError(f"--transpose {transpose!r} is no number of semitones and not auto") from None
    given: dict[str, Any] = {
        "transpose": move, "formant": formant, "breath": breath, "tension": tension, "tune": tune,
        "tune_strength": strength, "tune_speed": speed, "double": double, "harmony": list(harmony or ()),
    }  # fmt: skip
    fields = {"tune_speed": "tune_speed_ms"}
    return check_style({**base, **{fields.get(name, name): value for name, value in given.items() if name in named}})


def _jobs(
    source: Path, out: Path, song: bool, stems: tuple[Path, Path] | None, suffixes: tuple[str, ...]
) -> list[_Job]:
    """What is read and written, checked before any work."""
    if not source.is_dir():
        if out.suffix.lower() not in suffixes:
            raise ConvertError(f"{out.name}: a sound file must end in one of {', '.join(suffixes)}")
        check_writable(out, [source, *(stems or ())])
        return [_Job(source, out, song, stems)]
    if stems is not None:
        raise ConvertError("--stems belong to one song; give that song instead of a folder")
    found = sorted(path for path in source.iterdir() if path.is_file() and path.suffix.lower() in _SOUNDS)
    if not found:
        raise ConvertError(f"there is no sound file in {source}")
    if out.exists() and not out.is_dir():
        raise ConvertError(f"{out} is a file; a folder of recordings needs a folder to go to")
    try:
        out.mkdir(exist_ok=True)
    except OSError as error:
        raise ConvertError(f"cannot make the folder {out}: {error.strerror or error}") from None
    jobs = [_Job(path, out / f"{path.stem}.flac", song, None) for path in found]
    names = [job.out.name for job in jobs]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ConvertError(f"two files in {source} would both become {twice}; rename one")
    for job in jobs:
        check_writable(job.out, found)
    return jobs


def _converted(
    job: _Job, voice: "VoiceFile | None", style: "Style", separator: str, seed: int, progress: "RenderProgress"
) -> _Done:
    from performer.voice.mix.lay import blend, lay
    from performer.voice.mix.limiter import limited
    from performer.voice.mix.turn import TURNED_RATE, turn
    from performer.voice.sound import Sound, read_sound
    from stage.cli.voice_convert_report import excerpt_of
    from stage.cli.voice_stems import given_stems, part_song

    band: Sound | None = None
    if job.stems is not None:
        vocal, band = given_stems(*job.stems)
    elif job.song:
        progress("taking voice and band apart", 0.0, 1.0)
        vocal, band = part_song(job.source, "demucs" if separator == "demucs" else "own")
    else:
        vocal = read_sound(job.source, mono=True)
    turned = turn(
        vocal.mono,
        vocal.rate,
        voice,
        style,
        octaves_only=band is not None,
        seed=seed,
        tell=lambda stage, share: progress(stage, share, 1.0),
    )
    progress("mixing", 0.0, 1.0)
    seconds, excerpt = vocal.seconds, excerpt_of(vocal, turned)
    names = tuple(sung.part.name for sung in turned.parts)
    semitones, scale = turned.semitones, str(turned.scale) if turned.scale else ""
    if band is not None:
        return _Done(seconds, semitones, scale, names, excerpt, lay(turned.parts, TURNED_RATE, vocal, band))
    dry = turned.parts[0].samples[:, None] if len(turned.parts) == 1 else blend(turned.parts, TURNED_RATE)
    # Half an hour in three copies is a gigabyte and more.
    del vocal, turned
    return _Done(seconds, semitones, scale, names, excerpt, Sound(limited(dry, TURNED_RATE), TURNED_RATE))


def _write(job: _Job, voice: "VoiceFile | None", whole: "Sound") -> None:
    import hashlib

    import numpy as np

    from performer.voice.mark.files import write_sound
    from performer.voice.mark.label import SoundLabel
    from performer.voice.titles import song_title

    name = song_title(job.source)
    card = None if voice is None else voice.card
    number = hashlib.sha256(np.ascontiguousarray(whole.samples).data).hexdigest()[:16]
    label = SoundLabel(
        card.name if card else "the singer's own voice",
        number,
        title=name.title,
        artist=name.artist,
        credit=card.credit if card else "",
        whole=not job.song,
    )
    write_sound(job.out, whole.samples, whole.rate, label)


def _row(job: _Job, voice: "VoiceFile | None", done: _Done) -> dict[str, Any]:
    return {
        "in": str(job.source),
        "out": str(job.out),
        "voice": _OWN_VOICE if voice is None else voice.card.name,
        "seconds": round(done.seconds, 3),
        "semitones": done.semitones,
        "scale": done.scale,
        "parts": list(done.parts),
    }


def _sentence(row: dict[str, Any]) -> str:
    said = f"{row['out']}: {row['seconds']:.1f} s"
    if row["semitones"]:
        said += f", {row['semitones']:+g} semitones"
    if row["scale"]:
        said += f", key {row['scale']}"
    return said + (f", {', '.join(row['parts'])}" if len(row["parts"]) > 1 else "")
