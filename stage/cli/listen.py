"""`nichang listen`: sound file to song map, with a click track and a plot to check it by ear and eye."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer(add_completion=False)


@app.command()
def listen(
    song: Annotated[Path, typer.Argument(help="WAV, FLAC, OGG/Opus, MP3, M4A or any file with sound in it.")],
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

    from motion.music.click import click_track
    from motion.music.listen import listen as hear
    from motion.music.song_map import encode_song_map
    from performer.voice.sound import Sound, file_sha256, read_sound, resample, write_wav
    from stage.cli.listen_files import check_writable, write_bytes
    from stage.cli.listen_plot import draw_song_map, need_matplotlib

    for target in (out, click, plot):
        if target is not None:
            check_writable(target)
    if plot is not None:
        # Said before the listening, not after it.
        need_matplotlib()
    console = Console(stderr=True)
    sound = read_sound(song)
    stem = None
    if vocal is not None:
        given = read_sound(vocal)
        stem = resample(given.mono, given.rate, sound.rate)
    bar = Progress(TextColumn("{task.description:<10}"), BarColumn(), console=console, transient=True)
    with bar:
        task = bar.add_task("listening", total=1.0)
        heard = hear(
            sound.mono,
            sound.rate,
            title=song.stem,
            sha256=file_sha256(song),
            stereo=sound.samples,
            vocal_stem=stem,
            progress=lambda share, what: bar.update(task, completed=share, description=what),
        )
    write_bytes(out, encode_song_map(heard))
    if click is not None:
        clicks = click_track(heard, sound.rate, len(sound.samples))
        write_wav(click, Sound((0.7 * sound.samples + 0.5 * clicks[:, None]).astype("float32"), sound.rate))
    if plot is not None:
        draw_song_map(heard, sound.mono, sound.rate, plot)
    labels = [section.label for section in heard.sections]
    if as_json:
        figures = {"file": str(out), "duration": heard.duration, "bpm": heard.bpm, "beats": len(heard.beats)}
        figures |= {"bars": len(heard.bars), "key": heard.key, "sections": labels}
        typer.echo(msgspec.json.encode(figures).decode())
        return
    tempo = f"{heard.bpm:.1f} bpm, {len(heard.bars)} bars" if heard.bpm else "no pulse"
    typer.echo(f"{out}: {heard.duration:.1f} s, {tempo}, key {heard.key or 'unclear'}, {' · '.join(labels)}")
