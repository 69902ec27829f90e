"""The report page of a clone: one HTML file that opens anywhere, asks nothing of any network and holds its own sounds.

Figures and pictures are made of held-out phrases: the person's own recording beside what the voice makes of it.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from performer.voice.consent import Consent
from stage.cli.clone_report.facts import card_section, consent_section, learning, pitches_heard, recordings, tiles
from stage.cli.clone_report.style import STYLE
from stage.cli.clone_report.trials import look, nearness, phrases, spectra
from stage.cli.clone_report.words import said
from stage.cli.result_files import write_bytes

if TYPE_CHECKING:
    from performer.voice.train.studio import Job, Made

__all__ = ["clone_report", "write_clone_report"]

# Nothing from outside, no script: what the page needs it holds.
_POLICY = "default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'"


def write_clone_report(path: Path, job: "Job", made: "Made", consent: Consent) -> None:
    """Make the page and write it, whole or not at all.

    Raises:
        OutputError: the system refuses.
    """
    write_bytes(path, clone_report(job, made, consent).encode())


def clone_report(job: "Job", made: "Made", consent: Consent) -> str:
    """The page as text."""
    looked = [look(trial) for trial in made.trials]
    card = made.voice.card
    preview = ' <span class="badge preview">preview, nothing trained yet</span>' if job.preview_only else ""
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{said(card.name)}: report of a voice</title><style>{STYLE}</style></head><body><main>",
        f'<header><span class="brand">nichang</span><h1>{said(card.name)}</h1>{preview}',
        f"<p>report of a cloned voice, {said(card.made)}</p></header>",
        tiles(job, made),
        nearness(looked),
        phrases(job, looked),
        f'<section class="two">{spectra(looked)}{learning(job, made.lessons)}</section>',
        pitches_heard(made),
        recordings(job.report),
        f'<section class="two">{consent_section(consent)}{card_section(job, made)}</section>',
        "<footer>Sounds with the badge AI were made by a machine; they say so in their metadata, and carry an inaudible"
        " mark that <code>nichang voice verify</code> finds. The page needs no network and may be kept as it is; it"
        " holds the person's recordings, so it may be passed on only as the consent says.</footer>",
        "</main></body></html>",
    ]
    return "\n".join(parts)
