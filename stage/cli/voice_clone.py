"""`nichang voice clone`: recordings of one person -> a .voice file."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["clone"]


def clone(
    recordings: Annotated[
        list[Path], typer.Argument(help="Folders or sound files of one person, ten minutes or more.")
    ],
    name: Annotated[str, typer.Option("--name", "-n", help="What the voice is called.")],
    consent: Annotated[Path, typer.Option(help="The file that `nichang voice consent` wrote.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The .voice file to write.")],
    minutes: Annotated[float, typer.Option(min=0.1, max=600, help="How long to train at most.")] = 8.0,
    preview: Annotated[
        bool, typer.Option(help="In a minute, without training: to hear whether it is worth it.")
    ] = False,
    language: Annotated[list[str] | None, typer.Option(help="Of the recordings, such as zh, ja, en.")] = None,
    licence: Annotated[str, typer.Option(help="Of the voice file, for its card.")] = "as the consent says",
    credit: Annotated[str, typer.Option(help="Whom to name, for its card.")] = "",
    threads: Annotated[int, typer.Option(min=1, max=64, help="Cores that may be taken.")] = 2,
) -> None:
    """Check recordings, learn the voice, write one file.

    A stopped run goes on where it was when the same command is given again. Needs the extra `train`.
    """
    from datetime import date

    from rich.console import Console

    from motion.errors import UserError
    from performer.voice.consent import ConsentError, consent_to_toml, read_consent
    from stage.cli.result_files import check_writable
    from stage.cli.voice_check import check_recordings, print_report
    from stage.cli.voice_clone_progress import CloneProgress

    check_writable(out, recordings)
    allowed = read_consent(consent)
    if refusal := allowed.allows("train", date.today()):
        raise ConsentError(refusal)
    try:
        from performer.voice.train.studio import Job, forget, make_voice, set_threads
    except ModuleNotFoundError as missing:
        raise UserError(
            f"cloning needs the extra train ({missing.name} is not installed): pip install 'nichang[train]'"
        ) from None
    set_threads(threads)
    console = Console(stderr=True)
    report = check_recordings(recordings, console)
    print_report(report, console)
    if not report.usable:
        raise UserError("no voice is made of these recordings; the lines above say why and what to do")
    job = Job(
        name, report, consent_to_toml(allowed), allowed.person, out, minutes, preview, licence, credit,
        tuple(language or ()), threads=threads,
    )  # fmt: skip
    with CloneProgress(console) as tell:
        made = make_voice(job, tell)
    if not preview:
        forget(job)
    card = made.voice.card
    took = ", ".join(f"{stage} {seconds:.0f} s" for stage, seconds in made.seconds.items())
    print(
        f"{out}: {out.stat().st_size / 1e6:.1f} MB, {card.range.low:.0f} to {card.range.high:.0f} Hz "
        f"(middle {card.range.middle:.0f}); {took}"
    )
