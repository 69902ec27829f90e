"""`nichang voice clone`: recordings of one person -> a .voice file and a page that shows what became of them."""

import json
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["clone"]


def clone(
    recordings: Annotated[
        list[Path], typer.Argument(help="Folders or sound files of one person, ten minutes or more; any format.")
    ],
    name: Annotated[str, typer.Option("--name", "-n", help="What the voice is called.")],
    consent: Annotated[Path, typer.Option(help="The file that `nichang voice consent` wrote.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The .voice file to write; the report goes beside it.")],
    minutes: Annotated[
        float, typer.Option(min=0.1, max=600, help="How long to train at most; longer is better, up to a point.")
    ] = 8.0,
    preview: Annotated[
        bool, typer.Option("--preview", help="Without training, in a fraction of the time: is it worth it?")
    ] = False,
    language: Annotated[
        list[str] | None, typer.Option(help="Of the recordings, such as zh, ja, en, for its card; may be given again.")
    ] = None,
    licence: Annotated[str, typer.Option(help="Of the voice file, for its card.")] = "as the consent says",
    credit: Annotated[str, typer.Option(help="Whom to name, for its card.")] = "",
    threads: Annotated[int, typer.Option(min=1, max=64, help="Cores that may be taken.")] = 2,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of sentences.")] = False,
) -> None:
    """Make a voice of somebody's recordings: check them, learn, write one file and a report page.

    The recordings should be of one person alone, dry, without music, ten minutes or more (two at the least); what is
    wrong with a file is said, and it is left out where it would do harm. `nichang voice record` makes good ones,
    `nichang voice check` says the same beforehand.

    The page beside the voice, N.report.html, opens by a double click: phrases that the voice never learnt from, own
    recording and voice side by side, to be heard and seen, and how the training went.

    A run that was stopped goes on where it was when the same command is given again. Needs the extra `train`.

    Examples:

    nichang voice consent -o lin.toml

    nichang voice clone takes/ --name Lin --consent lin.toml -o lin.voice --preview

    nichang voice clone takes/ --name Lin --consent lin.toml -o lin.voice --language zh
    """
    from datetime import date

    from rich.console import Console

    from motion.errors import UserError
    from performer.voice.consent import ConsentError, consent_to_toml, read_consent
    from stage.cli.result_files import OutputError, check_writable
    from stage.cli.voice_check import check_recordings, print_report
    from stage.cli.voice_clone_progress import CloneProgress

    if out.suffix != ".voice":
        raise OutputError(f"{out.name}: a voice is a file that ends with .voice; name it {out.stem or 'my'}.voice")
    page = out.with_suffix(".report.html")
    check_writable(out, recordings)
    check_writable(page, recordings)
    if not name.strip():
        raise UserError("the voice needs a name; give --name")
    allowed = read_consent(consent)
    if refusal := allowed.allows("train", date.today()):
        raise ConsentError(refusal)
    try:
        from performer.voice.train.studio import Job, forget, make_voice, set_threads
    except ModuleNotFoundError as missing:
        raise UserError(
            f"cloning needs the extra train ({missing.name} is not installed): pip install 'nichang[train]'"
        ) from None
    from stage.cli.clone_report.page import write_clone_report

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
    try:
        with CloneProgress(console) as tell:
            made = make_voice(job, tell)
            tell("drawing the report", 0, 1, "")
            write_clone_report(page, job, made, allowed)
    except KeyboardInterrupt:
        console.print(f"What was done is kept in {job.work}; the same command goes on from there.", soft_wrap=True)
        raise
    if not preview:
        forget(job)
    card = made.voice.card
    if as_json:
        row = {
            "voice": str(out), "report": str(page), "bytes": out.stat().st_size, "preview": preview,
            "range_hertz": [card.range.low, card.range.middle, card.range.high], "minutes": card.minutes,
            "phrases": made.learnt, "steps": made.steps, "seconds": made.seconds,
        }  # fmt: skip
        print(json.dumps(row, ensure_ascii=False))
        return
    took = ", ".join(f"{stage} {seconds:.0f} s" for stage, seconds in made.seconds.items())
    print(
        f"{out}: {out.stat().st_size / 1e6:.1f} MB, {card.range.low:.0f} to {card.range.high:.0f} Hz "
        f"(middle {card.range.middle:.0f}); {took}"
    )
    print(f"{page}: open it to hear and see how near it comes")
    if preview:
        print("This is a preview; the same command without --preview trains the voice and uses what was heard.")
