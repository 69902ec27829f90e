"""`nichang voice check`: what is wrong with somebody's recordings, file by file, before a voice is made of them."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from performer.voice.check.report import FileReport, Finding, Report

__all__ = ["check_recordings", "print_report", "voice_check"]

_STYLES = {"refuse": "bold red", "warn": "yellow", "note": "dim"}


def voice_check(
    recordings: Annotated[list[Path], typer.Argument(help="Folders of sound files, or sound files.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of sentences.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Every file with all that was found, fine ones too.")] = False,
) -> None:
    """Say what is wrong with recordings of a voice: clipping, noise, rooms, music, a second voice, gaps, too little.

    Example: nichang voice check takes/

    Ends with 1 where no voice can be made of them. Nothing leaves this machine and nothing is written.
    """
    from rich.console import Console

    report = check_recordings(recordings, Console(stderr=True))
    if as_json:
        print(json.dumps(report.to_json(), ensure_ascii=False))
    else:
        print_report(report, Console(), every=every)
    if not report.usable:
        raise typer.Exit(1)


def check_recordings(recordings: list[Path], console: "Console") -> "Report":
    """The check with a progress bar on `console`."""
    from rich.progress import BarColumn, Progress, TextColumn

    from performer.voice.check.recordings import check

    columns = TextColumn("checking"), BarColumn(), TextColumn("{task.description}")
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=1.0)

        def show(path: Path, share: float) -> None:
            bar.update(task, completed=share, description=path.name)

        return check(recordings, show)


def print_report(report: "Report", console: "Console", *, every: bool = False) -> None:
    """What is wrong, file by file; then what concerns all. Notes are gathered: one on a hundred files is one line.

    every: all files with all that was found, fine ones too.
    """
    from rich.markup import escape
    from rich.table import Table

    shown = [file for file in report.files if every or any(found.severity != "note" for found in file.findings)]
    # Two columns only, so that long names and sentences have room in a terminal of any width.
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    notes: dict[str, list[str]] = {}
    for file in report.files:
        said = [found for found in file.findings if every or found.severity != "note"]
        if file in shown:
            refused = not file.usable
            state = f"[{_STYLES['refuse']}]not used[/]" if refused else "used"
            table.add_row(state, f"[bold]{escape(file.path.name)}[/] {_figures(file)}".rstrip())
            for found in sorted(said, key=lambda found: list(_STYLES).index(found.severity)):
                table.add_row("", _sentence(found))
        for found in file.findings:
            if found not in said:
                notes.setdefault(found.kind, []).append(found.says)
    if shown:
        console.print(table)
    for said in notes.values():
        example = "" if len(set(said)) == 1 else "for example, "
        of_all = f"note on {len(said)} of {len(report.files)} files: {example}{escape(said[0])}"
        console.print(of_all, style=_STYLES["note"])
    fine = len(report.files) - sum(bool(file.findings) for file in report.files)
    minutes = report.speech / 60
    console.print(f"{len(report.files)} files, {fine} with nothing to say about; {minutes:.1f} min of usable voice.")
    for finding in report.findings:
        console.print(_sentence(finding))


def _figures(file: "FileReport") -> str:
    """What was measured, in a line."""
    measures = file.measures
    if measures is None:
        return ""
    parts = [f"{measures.speech:.1f} s of voice"]
    if measures.speech_db is not None:
        parts.append(f"at {measures.speech_db:.0f} dB")
    if measures.snr_db is not None:
        parts.append(f"{measures.snr_db:.0f} dB above noise")
    if measures.band is not None:
        parts.append(f"up to {measures.band / 1000:.1f} kHz")
    if measures.low is not None:
        parts.append(f"pitch {measures.low:.0f}-{measures.high:.0f} Hz")
    return ", ".join(parts)


def _sentence(finding: "Finding") -> str:
    from rich.markup import escape

    where = ", ".join(f"{_clock(span.start)}-{_clock(span.stop)}" for span in finding.spans[:4])
    more = f" and {len(finding.spans) - 4} more" if len(finding.spans) > 4 else ""
    at = f" (at {where}{more})" if where else ""
    return f"[{_STYLES[finding.severity]}]{finding.severity}[/] {escape(finding.says)}{at}"


def _clock(seconds: float) -> str:
    return f"{int(seconds // 60)}:{seconds % 60:04.1f}"
