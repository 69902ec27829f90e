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
_WORDS = {"refuse": "NOT USED", "warn": "used", "note": "used"}


def voice_check(
    recordings: Annotated[list[Path], typer.Argument(help="Folders of sound files, or sound files.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Also list files with which nothing is wrong.")] = False,
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
    """A row a file with what is wrong with it; then what concerns all."""
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("file", "", "voice", "level", "SNR", "band", "pitch"):
        table.add_column(name, justify="left" if name in ("file", "") else "right", no_wrap=name != "file")
    table.add_column("what is wrong, what to do", ratio=1)
    shown = [file for file in report.files if every or any(found.severity != "note" for found in file.findings)]
    for file in shown:
        table.add_row(escape(file.path.name), *_figures(file), "\n".join(map(_sentence, file.findings)))
    if shown:
        console.print(table)
    # The same note on a hundred files is one line.
    notes: dict[str, list[str]] = {}
    for file in report.files:
        for found in file.findings if file not in shown else ():
            notes.setdefault(found.kind, []).append(found.says)
    for said in notes.values():
        console.print(f"note on {len(said)} of {len(report.files)} files: {said[0]}", style=_STYLES["note"])
    fine = len(report.files) - sum(bool(file.findings) for file in report.files)
    minutes = report.speech / 60
    console.print(f"{len(report.files)} files, {fine} with nothing to say about; {minutes:.1f} min of usable voice.")
    for finding in report.findings:
        console.print(_sentence(finding))


def _figures(file: "FileReport") -> tuple[str, ...]:
    worst = min((f.severity for f in file.findings), key=list(_STYLES).index, default=None)
    state = _WORDS[worst] if worst else "used"
    state = f"[{_STYLES['refuse']}]{state}[/]" if worst == "refuse" else state
    measures = file.measures
    if measures is None:
        return state, "", "", "", "", ""

    def shown(value: float | None, unit: str) -> str:
        return "-" if value is None else f"{value:.0f} {unit}"

    band = "-" if measures.band is None else f"{measures.band / 1000:.1f} kHz"
    pitch = "-" if measures.low is None else f"{measures.low:.0f}-{measures.high:.0f} Hz"
    return (
        *(state, f"{measures.speech:.1f} s", shown(measures.speech_db, "dB"), shown(measures.snr_db, "dB")),
        *(band, pitch),
    )


def _sentence(finding: "Finding") -> str:
    from rich.markup import escape

    where = ", ".join(f"{_clock(span.start)}-{_clock(span.stop)}" for span in finding.spans[:4])
    more = f" and {len(finding.spans) - 4} more" if len(finding.spans) > 4 else ""
    at = f" (at {where}{more})" if where else ""
    return f"[{_STYLES[finding.severity]}]{finding.severity}[/] {escape(finding.says)}{at}"


def _clock(seconds: float) -> str:
    return f"{int(seconds // 60)}:{seconds % 60:04.1f}"
