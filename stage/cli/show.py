"""`nichang show`: run a live show from this machine."""

import json
import sys
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from stage.server.live_voice import VoiceSource
    from stage.server.run import Addresses

__all__ = ["app"]

app = typer.Typer(add_completion=False, rich_markup_mode="markdown", pretty_exceptions_enable=False)


@app.command()
def show(
    file: Annotated[
        Path | None, typer.Argument(metavar="[SHOW.show.toml]", help="A show file: setlist, avatar, seed.")
    ] = None,
    song: Annotated[
        list[str] | None, typer.Option(help="A sound file or the name of a built-in song; may be given again.")
    ] = None,
    avatar: Annotated[str, typer.Option(help="A VRM file or the name of a built-in avatar.")] = "",
    venue: Annotated[str, typer.Option(help="The stage: arena (a large hall) or livehouse (a small club).")] = "",
    seed: Annotated[int, typer.Option(min=0, help="Another seed, another dance.")] = 0,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any free port.")] = 8770,
    host: Annotated[
        str, typer.Option(help="Address to listen on; anything but 127.0.0.1 opens the show to the network.")
    ] = "127.0.0.1",
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open the browser.")] = False,
    no_play: Annotated[bool, typer.Option("--no-play", help="Wait for the console's start button.")] = False,
    loop: Annotated[bool, typer.Option("--loop/--once", help="Begin again after the last song.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one object with addresses and tokens when ready.")
    ] = False,
    voice: Annotated[
        str,
        typer.Option(
            help="Who sings: a built-in name (nichang voice list) or a .voice file. The songs' own voices become this "
            "one, those dropped on the console too; with --microphone that does instead (none: as it is), and the "
            "console switches it."
        ),
    ] = "",
    microphone: Annotated[
        str | None,
        typer.Option(
            help="With --voice: who sings live; default, or a number or part of a name (nichang voice live --devices)."
        ),
    ] = None,
    loudspeaker: Annotated[str | None, typer.Option(help="With --microphone: where it sounds, likewise.")] = None,
    transpose: Annotated[float, typer.Option(min=-24, max=24, help="With --microphone: semitones.")] = 0.0,
    microphone_file: Annotated[
        Path | None, typer.Option(help="With --voice: a sound file in place of the microphone, to rehearse in silence.")
    ] = None,
) -> None:
    """Run a live show: a stage page for OBS, a screen or viewers, and a console page for you.

    Without arguments the built-in song plays with the built-in figure. Ctrl-C ends the show.

    Examples:

    nichang show

    nichang show --song my_song.mp3 --avatar my_avatar.vrm

    nichang show first-night.show.toml

    nichang show --voice hitsuboku-kumi

    nichang show --voice my_idol.voice --microphone default
    """
    from performer.avatar.presets import IDOL, avatar_path
    from performer.avatar.vrm import read_vrm
    from performer.voice.songs import FIRST_SONG
    from stage.server.run import serve
    from stage.server.show_file import read_show_file
    from stage.server.songs import find_song, sung_by
    from stage.show.moods import read_staging
    from stage.show.venues import find_venue

    place = find_venue(venue)
    singer = _singer(voice, microphone, microphone_file, loudspeaker, transpose)
    # Either songs are covers or a microphone sings over them; two singers at once nobody wants.
    cover = voice if singer is None else ""
    if file is not None:
        plan = read_show_file(file)
        base = file.resolve().parent
        beside = base / plan.avatar
        chosen = avatar or (str(beside) if beside.is_file() else plan.avatar)
        place = place if venue else find_venue(plan.venue)
        sources = [
            find_song(
                s.file,
                base=base,
                vocal=s.vocal,
                lyrics=s.lyrics,
                seed=plan.seed if s.seed is None else s.seed,
                staging=read_staging(s.staging, s.file),
                voice=s.voice,
            )
            for s in plan.songs
        ]
        sources += [find_song(name, seed=seed) for name in song or ()]
    else:
        chosen = avatar or IDOL
        sources = [find_song(name, seed=seed) for name in song or [FIRST_SONG]]
    vrm = read_vrm(avatar_path(chosen))
    sources = [sung_by(source, cover or source.voice) for source in sources]

    def ready(addresses: "Addresses") -> None:
        if as_json:
            told = {
                "stage": addresses.stage,
                "console": addresses.console,
                "ws": addresses.ws,
                "port": addresses.port,
                "tokens": {role: addresses.tokens.of(role) for role in ("viewer", "stage", "performer", "operator")},
            }
            print(json.dumps(told), flush=True)
            return
        print(f"\n  stage    {addresses.stage}\n  console  {addresses.console}\n")
        print("The stage is the picture (browser, OBS); the console runs it. Ctrl-C ends the show.", flush=True)
        if not no_open and _desktop():
            # The last one opened lies in front: a tab that nobody sees draws nothing.
            webbrowser.open(addresses.console)
            webbrowser.open(addresses.stage)

    for warning in vrm.warnings:
        print(f"nichang: {vrm.path.name}: {warning}", file=sys.stderr)
    said: list[str] = []

    def tell(news: str) -> None:
        # One line per step, not one per percent.
        step = news.split(" (")[0]
        if not said or said[-1] != step:
            said.append(step)
            print(f"  {news}", file=sys.stderr, flush=True)

    serve(
        sources,
        vrm,
        host=host,
        port=port,
        autoplay=not no_play,
        loop=loop,
        on_ready=ready,
        on_song=tell,
        venue=place,
        voice=singer,
        cover=cover,
    )
    if not as_json:
        print("The show has ended.")


def _singer(
    voice: str, microphone: str | None, file: Path | None, loudspeaker: str | None, semitones: float
) -> "VoiceSource | None":
    """Who may sing live; None where no microphone was asked for."""
    from motion.errors import UserError
    from performer.voice.library import open_voice
    from stage.server.live_voice import VoiceSource

    if microphone is None and file is None:
        if voice == "none":
            raise UserError("--voice none is a microphone as it is; add --microphone default, or a name or number")
        if loudspeaker is not None or semitones:
            raise UserError(
                "--loudspeaker and --transpose are for a live voice; add --voice NAME --microphone default, or leave "
                "them out"
            )
        return None
    if not voice:
        raise UserError("--microphone and --microphone-file need --voice NAME (or --voice none for your own voice)")
    if microphone is not None and file is not None:
        raise UserError("--microphone and --microphone-file are two singers; give one of them")
    # What is wrong with either is said before the show begins, not when it shall sing.
    if voice != "none":
        open_voice(voice, use="live")
    if file is not None:
        _check_sound(file)
    return VoiceSource(voice, microphone, loudspeaker, semitones, None if file is None else str(file))


def _check_sound(file: Path) -> None:
    from motion.errors import UserError
    from performer.voice.sound import SoundError, open_sound

    try:
        open_sound(file)
    except SoundError as error:
        raise UserError(f"--microphone-file: {error}") from error


def _desktop() -> bool:
    """Is there a screen to open a browser on?"""
    import os

    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
