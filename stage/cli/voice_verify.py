"""`nichang voice verify`: does a sound file say, in its metadata and in its sound, that a machine made it?"""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from performer.voice.mark.verify import Verdict

__all__ = ["verify"]


def verify(
    file: Annotated[Path, typer.Argument(help="Any file with sound in it, or a cut of one (10 s are enough).")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a sentence.")] = False,
) -> None:
    """Find the AI label in a file's metadata and the inaudible mark in its sound; exit code 1 if neither is there.

    Every sound that nichang writes carries both. Metadata is lost where a site writes a file anew; the mark outlives
    AAC, MP3, Opus and cuts of ten seconds, and its four letters differ from voice to voice. A sound without either may
    still be made by a machine, another one.

    Examples:

    nichang voice verify song.m4a

    nichang voice verify clip.mp4 --json
    """
    import msgspec

    from performer.voice.mark.verify import verify_file

    began, told = time.monotonic(), 0

    def tell(seconds: float) -> None:
        nonlocal told
        # Most files are through before anybody wonders.
        if sys.stderr.isatty() and time.monotonic() - began > 2 * (told + 1):
            told += 1
            typer.echo(f"\rlistened to {int(seconds) // 60}:{int(seconds) % 60:02d}", nl=False, err=True)

    verdict = verify_file(file, tell)
    if told:
        typer.echo("\r" + " " * 24 + "\r", nl=False, err=True)
    typer.echo(msgspec.json.encode(_figures(file, verdict)).decode() if as_json else f"{file}: {_sentence(verdict)}")
    if verdict.label is None and not verdict.mark.where:
        raise typer.Exit(1)


def _figures(file: Path, verdict: "Verdict") -> dict[str, Any]:
    label, mark = verdict.label, verdict.mark
    return {
        "file": str(file),
        "seconds": round(verdict.seconds, 3),
        "label": None
        if label is None
        else {"aigc": dict(label.fields), "comment": label.comment, "source": label.source},
        "mark": {
            "found": bool(mark.where),
            "sure": mark.sure,
            "id": None if mark.payload is None else f"{mark.payload:04x}",
            "windows": len(mark.read),
            "windows_with_mark": len(mark.where),
            "strongest": round(mark.strongest, 2),
            "where": [[round(window.start, 2), round(window.end, 2)] for window in mark.where],
        },
    }


def _sentence(verdict: "Verdict") -> str:
    label, mark = verdict.label, verdict.mark
    if label is None:
        said = "no AI label in the metadata"
    elif not label.fields:
        said = "an AI label in the metadata that cannot be read"
    else:
        said = "AI label in the metadata" + (f" ({label.comment})" if label.comment else "")
    if mark.where:
        share = f"{len(mark.where)} of {len(mark.read)} windows of 10 s" if verdict.seconds > 10.5 else "its one window"
        return f"{said}; mark {mark.payload:04x} in {share}, chance of error below {_chance(mark.sure)}"
    if not mark.read:
        return f"{said}; too short to look for a mark ({verdict.seconds:.1f} s)"
    return f"{said}; no mark in {len(mark.read)} {'windows' if len(mark.read) > 1 else 'window'} of 10 s"


def _chance(sure: float) -> str:
    """1 - sure, rounded up to a power of ten; no smaller than what a double tells from 1."""
    left = max(1.0 - sure, 1e-12)
    power = next(power for power in range(-12, 1) if 10.0**power >= left)
    return f"1e{power}"
