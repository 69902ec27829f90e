"""`nichang listen`: sound file to song map, with a click track and a plot to check it by ear and eye."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from motion.music.song_map import Curve, SongMap
    from performer.voice.sound import SoundReader

__all__ = ["app"]

app = typer.Typer(add_completion=False)


@app.command()
def listen(
    song: Annotated[
        Path, typer.Argument(help="WAV, FLAC, OGG/Opus, MP3, M4A or any file with sound in it, or a built-in song.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Where the song map goes.")] = Path("song.json"),
    click: Annotated[Path | None, typer.Option(help="Also write OUT.wav: the song with a click on every beat.")] = None,
    plot: Annotated[Path | None, typer.Option(help="Also draw OUT.png: the map over the waveform.")] = None,
    vocal: Annotated[Path | None, typer.Option(help="The voice alone: makes the vocal curve exact.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a line.")] = False,
) -> None:
    """Hear a song: beats, bars, sections, energy, key and where somebody sings.

    Example: nichang listen song.mp3 -o song.json --click check.wav --plot check.png

    The map is a readable file: correct a beat or a section's label by hand and give it to `nichang dance plan`.
    """
    import msgspec
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    from motion.music.listen import TAKING_IN, Listener
    from motion.music.song_map import encode_song_map
    from motion.music.spectrum import RATE
    from performer.voice.songs import song_or_file
    from performer.voice.sound import file_sha256, open_sound
    from performer.voice.titles import song_title
    from stage.cli.listen_plot import draw_song_map, need_matplotlib
    from stage.cli.result_files import check_writable, write_bytes

    song = song_or_file(song)
    for target in (out, click, plot):
        if target is not None:
            check_writable(target, (song, *(() if vocal is None else (vocal,))))
    if plot is not None:
        # Said before the listening, not after it.
        need_matplotlib()
    sound, name = open_sound(song), song_title(song)
    stem = None if vocal is None else open_sound(vocal)
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description:<10}"),
        BarColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with bar:
        # Files whose header does not say how long they are show a bar that only moves at the end.
        task = bar.add_task("listening", total=1.0)
        ears = Listener(sound.rate, find_voice=stem is None)
        heard_seconds = 0.0
        for block in sound.blocks():
            ears.feed(block)
            heard_seconds += len(block) / sound.rate
            share = min(1.0, heard_seconds / sound.seconds) if sound.seconds else 0.0
            bar.update(task, completed=TAKING_IN * share)
        heard = ears.finish(
            title=name.title,
            artist=name.artist,
            sha256=file_sha256(song),
            vocal=None if stem is None else _stem_curve(stem, heard_seconds),
            progress=lambda share, what: bar.update(task, completed=share, description=what),
        )
    write_bytes(out, encode_song_map(heard))
    if click is not None:
        _write_clicks(heard, sound, click)
    if plot is not None:
        draw_song_map(heard, ears.mono, RATE, plot)
    labels = [section.label for section in heard.sections]
    if as_json:
        figures = {"file": str(out), "duration": heard.duration, "bpm": heard.bpm, "beats": len(heard.beats)}
        figures |= {"bars": len(heard.bars), "key": heard.key, "sections": labels}
        typer.echo(msgspec.json.encode(figures).decode())
        return
    tempo = f"{heard.bpm:.1f} bpm, {len(heard.bars)} bars" if heard.bpm else "no pulse"
    typer.echo(f"{out}: {heard.duration:.1f} s, {tempo}, key {heard.key or 'unclear'}, {' · '.join(labels)}")


def _stem_curve(stem: "SoundReader", seconds: float) -> "Curve":
    """Where the stem sounds, over the length of the song."""
    from motion.music.vocal import StemEars

    level = StemEars(stem.rate)
    for block in stem.blocks():
        level.feed(block.mean(axis=1, dtype=block.dtype))
    return level.finish(seconds)


def _write_clicks(heard: "SongMap", sound: "SoundReader", path: Path) -> None:
    """The song a little softer, with a click on every beat."""
    from motion.music.click import click_track
    from performer.voice.sound import write_wav_blocks

    def pieces() -> "Iterator[NDArray[np.float32]]":
        first = 0
        for block in sound.blocks():
            clicks = click_track(heard, sound.rate, len(block), first)
            yield (0.7 * block + 0.5 * clicks[:, None]).astype("float32")
            first += len(block)

    write_wav_blocks(path, sound.rate, sound.channels, pieces())
