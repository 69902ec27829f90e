"""The part of the report that is known: what was used and heard, how it learnt, who allows what."""

import math
from typing import TYPE_CHECKING

import numpy as np

from performer.voice.bands import HOP_SECONDS
from performer.voice.check.report import FileReport, Finding, Report
from performer.voice.consent import Consent
from stage.cli.clone_report.pictures import Axis, Curve, bars_svg, curves_svg
from stage.cli.clone_report.words import hertz_axis, legend, note_name, pairs, said

if TYPE_CHECKING:
    from performer.voice.train.studio import Job, Lesson, Made

__all__ = ["card_section", "consent_section", "learning", "pitches_heard", "recordings", "tiles"]

# Rows of the table of recordings that are shown before one asks for the rest.
_SHOWN_FILES = 25


def tiles(job: "Job", made: "Made") -> str:
    range_ = made.voice.card.range
    took = sum(made.seconds.values())
    shown = [
        (f"{job.report.speech / 60:.1f} min", f"of voice in {len(job.report.used)} of {len(job.report.files)} files"),
        (str(made.learnt), f"phrases learnt from, {made.held} kept aside"),
        (
            f"{note_name(range_.low)} – {note_name(range_.high)}",
            f"{range_.low:.0f} to {range_.high:.0f} Hz, middle {range_.middle:.0f}",
        ),
        (f"{took / 60:.1f} min", f"of work after the check; {made.steps} steps of training"),
    ]
    boxes = (f'<div class="tile"><b>{said(big)}</b><span>{said(small)}</span></div>' for big, small in shown)
    return f'<div class="tiles">{"".join(boxes)}</div>'


def learning(job: "Job", lessons: list["Lesson"]) -> str:
    head = "<section><h2>How it learnt</h2>"
    step = np.array([one.step for one in lessons], np.float64)
    loss = np.array([one.loss for one in lessons])
    unheard = np.array([one.unheard for one in lessons])
    curves = [Curve("what is learnt, running mean", step, loss, "--cyan")]
    if np.isfinite(unheard).any():
        curves.append(Curve("phrases kept aside", step, unheard, "--pink"))
    learnt = loss[np.isfinite(loss)]
    if len(lessons) < 2 or not len(learnt):
        return f"{head}<p>{_undrawn(job, lessons)}</p></section>"
    known = np.concatenate([curve.y[np.isfinite(curve.y)] for curve in curves])
    low, high = float(known.min()), float(known.max())
    margin = max(0.08 * (high - low), 0.01)
    ticks = tuple((value, f"{value:.2f}") for value in np.linspace(low, high, 4).tolist())
    y = Axis(low - margin, high + margin, ticks, "loss")
    each = 10 ** math.floor(math.log10(max(float(step[-1]), 10.0)))
    each = each if step[-1] / each >= 3 else each / 2 if each / 2 >= 1 and step[-1] / each >= 1.5 else each / 4
    places = [k * each for k in range(int(step[-1] / each) + 1)]
    x = Axis(0.0, float(step[-1]), tuple((place, f"{place:g}") for place in places), "steps")
    drawn = curves_svg(curves, x, y, says=f"loss from {learnt[0]:.2f} to {learnt[-1]:.2f} in {step[-1]:.0f} steps")
    return (
        f"{head}<p>Both fall while it learns; if the phrases kept aside rise for long, more recordings help more than"
        " more minutes. What is learnt is heard as strangers would say it, which is harder: its line lies higher.</p>"
        f"{legend(curves)}{drawn}</section>"
    )


def _undrawn(job: "Job", lessons: list["Lesson"]) -> str:
    if len(lessons) >= 2:
        return "It cannot be drawn: no loss was a number, so the training failed; run the command again."
    if job.preview_only:
        return (
            "A preview takes its timbre from the recordings themselves; training comes with the same command without"
            " <code>--preview</code>, and goes on from what was heard."
        )
    return "The training was too short to draw it."


def pitches_heard(made: "Made") -> str:
    notes = 69 + 12 * np.log2(np.maximum(made.hertz, 1.0) / 440.0)
    counts = np.bincount(np.clip(np.rint(notes), 0, 127).astype(int), minlength=128)
    # Single frames an octave off are the tracker's, not the singer's.
    used = np.flatnonzero(counts >= max(1, 0.001 * counts.sum()))
    if not len(used):
        return ""
    first, last = int(used[0]), int(used[-1])
    edges = 440.0 * 2 ** ((np.arange(first, last + 2) - 0.5 - 69) / 12)
    seconds = counts[first : last + 1] * HOP_SECONDS
    top = max(float(seconds.max()) * 1.1, 0.1)
    axis = hertz_axis(float(edges[0]), float(edges[-1]), 12)
    unit = "s at this height"
    ticks = tuple(
        (value, f"{value:.0f}" if top >= 4 else f"{value:.1f}") for value in np.linspace(0, top / 1.1, 4).tolist()
    )
    y = Axis(0.0, top, ticks, unit)
    drawn = bars_svg(
        edges, seconds, axis, y, colour="--cyan", width=1120, height=190, says="how long each pitch is heard"
    )
    return (
        "<section><h2>Which pitches it heard</h2><p>Where bars are high the voice is sure of itself; beyond the ends it"
        f" guesses. Sung scales in the recordings make it wider.</p>"
        f'<div class="scroll">{drawn}</div></section>'
    )


def recordings(report: Report) -> str:
    order = {"refuse": 0, "warn": 1, "note": 2}

    def worst(file: FileReport) -> int:
        return min((order[found.severity.value] for found in file.findings), default=3)

    files = sorted(report.files, key=worst)
    shown = [file for file in files if worst(file) < 2] or files[:3]
    shown = shown[:_SHOWN_FILES]
    rest = [file for file in files if not any(file is one for one in shown)]
    general = "".join(f"<p>{_sentence(found)}</p>" for found in report.findings)
    more = ""
    if rest:
        more = f"<details><summary>{len(rest)} more files</summary>{_files(rest)}</details>"
    fine = sum(not file.findings for file in report.files)
    return (
        f"<section><h2>What was heard in the recordings</h2><p>{len(report.files)} files, {fine} with nothing to say"
        f" about; {report.speech / 60:.1f} min of usable voice.</p>{general}{_files(shown)}{more}</section>"
    )


def _files(files: list[FileReport]) -> str:
    heads = "".join(f'<th class="number">{word}' for word in ("voice", "level", "noise below", "band", "pitch"))
    rows: list[str] = []
    for file in files:
        measures = file.measures
        cells = ["", "", "", "", ""]
        if measures is not None:
            cells = [
                f"{measures.speech:.1f} s",
                _measure(measures.speech_db, " dB"),
                _measure(measures.snr_db, " dB"),
                "–" if measures.band is None else f"{measures.band / 1000:.1f} kHz",
                "–" if measures.low is None or measures.high is None else f"{measures.low:.0f}–{measures.high:.0f} Hz",
            ]
        numbers = "".join(f'<td class="number">{cell}' for cell in cells)
        used = "used" if file.usable else '<b class="refuse">not used</b>'
        says = "<br>".join(_sentence(found) for found in file.findings) or '<span class="note">nothing</span>'
        rows.append(f"<tr><th>{said(file.path.name)}<td>{used}{numbers}<td>{says}</tr>")
    return (
        f'<div class="scroll"><table><thead><tr><th>file<th>{heads}<th>what is wrong</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _measure(value: float | None, unit: str) -> str:
    return "–" if value is None else f"{value:.0f}{unit}"


def _sentence(found: Finding) -> str:
    places = ", ".join(f"{span.start:.1f}–{span.stop:.1f} s" for span in found.spans[:4])
    more = f" and {len(found.spans) - 4} more" if len(found.spans) > 4 else ""
    at = f" (at {places}{more})" if places else ""
    return f'<span class="{found.severity.value}">{found.severity.value}</span> {said(found.says)}{at}'


def consent_section(consent: Consent) -> str:
    return pairs(
        "Consent",
        [
            ("person", consent.person),
            ("recordings", consent.recordings),
            ("allows", ", ".join(consent.uses)),
            ("from", f"{consent.from_.isoformat()} {f'until {consent.until}' if consent.until else 'without an end'}"),
            ("may be passed on", "yes" if consent.pass_on else "no"),
            ("contact", consent.contact),
            ("signed", f"{consent.signature}, {consent.signed.isoformat()}"),
        ],
    )


def card_section(job: "Job", made: "Made") -> str:
    card = made.voice.card
    size = f"{job.out.stat().st_size / 1e6:.1f} MB" if job.out.is_file() else ""
    return pairs(
        "Card",
        [
            ("file", f"{job.out.name}, {size}" if size else job.out.name),
            ("licence", card.licence),
            ("credit", card.credit),
            ("languages", ", ".join(card.languages)),
            ("made from", card.recordings),
            ("made", card.made),
            ("stages", ", ".join(f"{stage} {seconds:.0f} s" for stage, seconds in made.seconds.items())),
        ],
    )
