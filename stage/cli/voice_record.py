"""`nichang voice record`: read and sing a script line by line, in the terminal or on a page."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from performer.voice.record.session import Session

__all__ = ["record"]


def record(
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help="Where the takes go, one file a line.")] = (
        Path("recording")
    ),
    lang: Annotated[
        str, typer.Option(help="Script: zh, ja or en; else that of the recording in the folder, else en.")
    ] = "",
    first: Annotated[
        int | None, typer.Option("--from", min=1, metavar="N", help="Begin with line N; else where it was left.")
    ] = None,
    page: Annotated[bool, typer.Option("--page", help="Record on a page in the browser instead of here.")] = False,
    low: Annotated[
        bool, typer.Option("--low", help="Guide tones an octave lower, for low voices; remembered.")
    ] = False,
    transpose: Annotated[
        int | None, typer.Option(min=-24, max=12, help="Semitones for the guide tones; else as before.")
    ] = None,
    microphone: Annotated[
        str, typer.Option(help="Part of its name, or its number (nichang voice live --devices); else the system's.")
    ] = "",
    no_hush: Annotated[bool, typer.Option("--no-hush", help="Lines end by a key only, not by silence.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Of the page; 0: any free port.")] = 0,
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open the browser.")] = False,
    status: Annotated[bool, typer.Option("--status", help="Only say how far the recording is.")] = False,
) -> None:
    """Record a voice: about half an hour of lines, held tones, scales and a small song. Stop and go on at any time.

    Every line is judged at once (level, clipping, noise, cut-off words) and kept as WAV, 48 kHz, 24 bit. Keys are named
    below the line. Use a quiet, dry room and headphones, since guide tones sound before what is sung.

    Examples:

    nichang voice record -o lin --lang zh

    nichang voice record -o lin --page

    Then: nichang voice clone lin --name Lin --consent lin.toml -o lin.voice
    """
    from performer.voice.record.held import held
    from performer.voice.record.session import STATE_NAME, RecordError, open_session

    if status and not (out / STATE_NAME).is_file():
        raise RecordError(f"{out} holds no recording; name its folder with -o")
    if low and transpose is None:
        transpose = -12
    if status:
        _tell(open_session(out, lang, transpose))
        return
    with held(out):
        session = open_session(out, lang, transpose)
        if page:
            _on_page(session, port=port, hush=not no_hush, start=first, open_it=not no_open)
        else:
            _here(session, microphone, hush=not no_hush, start=first)
    _tell(session)


def _tell(session: "Session") -> None:
    script = session.script
    minutes, seconds = divmod(int(session.seconds), 60)
    total = len(script.lines)
    typer.echo(f"{session.folder}: {session.done} of {total} lines, {minutes}:{seconds:02d} of sound ({script.title})")
    again = [line.id for line in script.lines if (note := session.note(line)) is not None and note.grade == "again"]
    if again:
        typer.echo(f"  to be recorded again: {', '.join(again[:8])}{' …' if len(again) > 8 else ''}")


def _here(session: "Session", microphone: str, *, hush: bool, start: int | None) -> None:
    from rich.live import Live

    from performer.voice.device import PyAudioSounds
    from performer.voice.hush import hushed
    from performer.voice.record.session import RecordError
    from performer.voice.record.sound_card import Microphone, Speaker
    from stage.cli.voice_record_terminal import TerminalRecorder, typed_keys

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise RecordError("recording needs a terminal with a keyboard, or --page for the browser")
    sounds = PyAudioSounds()
    try:
        source = Microphone(sounds, microphone)
        try:
            recorder = TerminalRecorder(session, source, Speaker(sounds), hush=hush, start=start)
            with hushed(), typed_keys() as typed, Live(screen=True, auto_refresh=False) as live:
                recorder.run(lambda picture: live.update(picture, refresh=True), typed)
        finally:
            source.close()
    finally:
        sounds.close()


def _on_page(session: "Session", *, port: int, hush: bool, start: int | None, open_it: bool) -> None:
    import os
    import webbrowser

    from stage.server.voice_record import serve_record

    def ready(address: str) -> None:
        print(f"\n  record  {address}\n\nThe sound stays on this machine. Ctrl-C ends the recording.", flush=True)
        screen = sys.platform in ("darwin", "win32") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
        if open_it and screen:
            webbrowser.open(address)

    serve_record(session, port=port, hush=hush, start=start, on_ready=ready)
