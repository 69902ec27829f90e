"""The part of the report that is tried out: phrases that the voice never learnt from, heard, seen and measured."""

import math
import tempfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile
from numpy.typing import NDArray

from performer.voice.bands import CONTENT_RATE, HOP_SECONDS, band_centres
from performer.voice.mark.files import write_sound
from performer.voice.mark.label import SoundLabel
from performer.voice.sound import SoundError, resample
from performer.voice.train.likeness import (
    Likeness,
    Sight,
    average_spectrum,
    likeness,
    mean_likeness,
    sight_of,
    spectra_apart_db,
)
from stage.cli.clone_report.pictures import Axis, Curve, curves_svg, data_uri, spectrogram_png
from stage.cli.clone_report.words import badge, figure, hertz_axis, legend, said

if TYPE_CHECKING:
    from performer.voice.train.studio import Job
    from performer.voice.train.trial import Trial

__all__ = ["Looked", "look", "nearness", "phrases", "spectra"]

_TOP_HERTZ = 8000.0
_PLAIN_RATE = 24_000
_COLUMNS = (
    ("own", "own recording", "--cyan", False),
    ("said", "through the voice", "--pink", True),
    ("stranger", "a stranger", "--green", True),
    ("turned", "stranger, through the voice", "--amber", True),
)
_SPECTRUM_TICKS = ((125.0, "125"), (250.0, "250"), (500.0, "500"), (1e3, "1k"), (2e3, "2k"), (4e3, "4k"), (8e3, "8k"))


@dataclass(frozen=True, slots=True)
class Looked:
    """What is seen of one trial, all at 16 kHz, by the names of _COLUMNS."""

    trial: "Trial"
    sights: dict[str, Sight]


def look(trial: "Trial") -> Looked:
    from swift_f0 import SwiftF0

    detector = SwiftF0(threads=1, spin=False)
    sights = {"own": sight_of(trial.own, detector)}
    for name in ("said", "stranger", "turned"):
        sights[name] = sight_of(_at_16k(getattr(trial, name)), detector)
    return Looked(trial, sights)


def _at_16k(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    return resample(samples, 3 * CONTENT_RATE, CONTENT_RATE)


def nearness(looked: list[Looked]) -> str:
    head = "<section><h2>How near it comes</h2>"
    if not looked:
        return (
            f"{head}<p>No phrase could be kept aside to try the voice on: there are too few recordings.</p></section>"
        )
    own = average_spectrum([one.sights["own"] for one in looked])
    rows: list[str] = []
    for key, name, _, made_up in _COLUMNS[1:]:
        mean = mean_likeness([likeness(one.sights["own"], one.sights[key]) for one in looked])
        apart = spectra_apart_db(own, average_spectrum([one.sights[key] for one in looked]))
        rows.append(f"<tr><th>{said(name)}{badge(made_up)}</th>{_cells(mean, apart, key)}</tr>")
    return (
        f"{head}<p>Phrases that the voice never learnt from, laid frame by frame on the person's own recording of them."
        " A stranger is one of the many speakers of the base; what the voice makes of a stranger is what it will make"
        " of you.</p><div class=scroll><table><thead><tr><th><th class=number>timbre apart<th class=number>movement"
        "<th class=number>mean spectrum apart<th class=number>pitch goes along<th class=number>pitch apart"
        f"</tr></thead><tbody>{''.join(rows)}</tbody></table></div><p class=hint>Timbre apart: mean difference of 80"
        " bands of hearing, loudness left out; 0 dB is the recording itself, a stranger shows how much there was to"
        " gain. Movement: how far the timbre moves in vowels, 1 as far as in the recording; less sounds flat. Pitch"
        " goes along: correlation, 1 is best.</p></section>"
    )


def _cells(mean: Likeness, apart: float, key: str) -> str:
    # A stranger speaks at another height by intent.
    cents = "another voice" if key == "stranger" else figure(mean.cents, 0, " cents")
    values = (
        figure(mean.apart_db, 1, " dB"),
        figure(mean.movement, 2),
        figure(apart, 1, " dB"),
        figure(mean.pitch_r, 3),
        cents,
    )
    return "".join(f"<td class=number>{said(value)}</td>" for value in values)


def phrases(job: "Job", looked: list[Looked]) -> str:
    if not looked:
        return ""
    blocks = [_phrase(job, number, one) for number, one in enumerate(looked, 1)]
    return (
        "<section><h2>Phrases that it never learnt from</h2><p>Spectrograms to 8 kHz. Listen from left to right: the"
        " first two should be one person, the fourth should be that person saying what the third says.</p>"
        f"{''.join(blocks)}</section>"
    )


def _phrase(job: "Job", number: int, one: Looked) -> str:
    figures: list[str] = []
    for key, name, colour, made_up in _COLUMNS:
        samples: NDArray[np.float32] = getattr(one.trial, key)
        rate = 3 * CONTENT_RATE if made_up else CONTENT_RATE
        small = _at_16k(samples) if made_up else samples
        picture = data_uri(spectrogram_png(small, CONTENT_RATE, _TOP_HERTZ), "image/png")
        label = SoundLabel(job.name, f"{job.name}-report-{number}-{key}", f"{job.name}: {name}", whole=True)
        sound = _labelled(samples, rate, label) if made_up else _recorded(samples, rate)
        figures.append(
            f'<figure><figcaption><i class="dot" style="background:var({colour})"></i>{said(name)}{badge(made_up)}'
            f'</figcaption><img alt="spectrogram of phrase {number}, {said(name)}" src="{picture}">'
            f'<audio controls preload="metadata" src="{sound}"></audio></figure>'
        )
    seconds = len(one.trial.own) / CONTENT_RATE
    return (
        f'<div class="phrase"><h3>Phrase {number}, {seconds:.1f} s</h3><div class="sights">{"".join(figures)}</div>'
        f"{_pitches(number, one)}</div>"
    )


def _recorded(samples: NDArray[np.float32], rate: int) -> str:
    """A person's recording, small."""
    out = BytesIO()
    soundfile.write(out, samples, rate, format="OGG", subtype="OPUS")
    return data_uri(out.getvalue(), "audio/ogg")


def _labelled(samples: NDArray[np.float32], rate: int, label: SoundLabel) -> str:
    """What a machine said, with label and mark; larger where ffmpeg is missing."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            path = Path(folder) / "said.opus"
            write_sound(path, samples, rate, label)
            return data_uri(path.read_bytes(), "audio/ogg")
        except SoundError:
            path = Path(folder) / "said.wav"
            write_sound(path, resample(samples, rate, _PLAIN_RATE), _PLAIN_RATE, label)
            return data_uri(path.read_bytes(), "audio/wav")


def _seconds_axis(seconds: float) -> Axis:
    step = 0.5 if seconds < 3.5 else 1.0
    ticks = tuple((k * step, f"{k * step:g}") for k in range(int(seconds / step) + 1))
    return Axis(0.0, max(seconds, 0.1), ticks, "s")


def _pitches(number: int, one: Looked) -> str:
    shown = [column for column in _COLUMNS if column[0] != "stranger"]
    heard = np.concatenate([one.sights[key].hertz for key, *_ in shown])
    heard = heard[heard > 0]
    if len(heard) < 2:
        return "<p class=hint>Nothing voiced is heard in this phrase.</p>"
    low, high = (float(v) for v in np.percentile(heard, (1, 99)))
    axis = hertz_axis(low / 1.12, max(high, low * 1.2) * 1.12)
    seconds = len(one.trial.own) / CONTENT_RATE
    curves: list[Curve] = []
    for key, name, colour, _ in shown:
        hertz = one.sights[key].hertz.astype(np.float64)
        y = np.where(hertz > 0, hertz, np.nan)
        curves.append(Curve(name, np.arange(len(y)) * HOP_SECONDS, y, colour))
    says = f"pitch of phrase {number} over {seconds:.1f} seconds, {low:.0f} to {high:.0f} hertz"
    drawn = curves_svg(curves, _seconds_axis(seconds), axis, width=1120, height=170, says=says)
    return f'{legend(curves)}<div class="scroll">{drawn}</div>'


def spectra(looked: list[Looked]) -> str:
    if not looked:
        return ""
    at = band_centres()
    curves = [
        Curve(name, at, average_spectrum([one.sights[key] for one in looked]), colour, dashed=key == "stranger")
        for key, name, colour, _ in _COLUMNS
    ]
    x = Axis(90.0, _TOP_HERTZ, _SPECTRUM_TICKS, "Hz", log=True)
    lowest = min(float(curve.y[2:].min()) for curve in curves)
    floor = 10.0 * math.floor(max(lowest, -70.0) / 10.0)
    y = Axis(floor, 3.0, tuple((k, f"{k:.0f}") for k in np.arange(floor, 1.0, 10.0).tolist()), "dB")
    drawn = curves_svg(curves, x, y, says="long-term average spectra of the held-out phrases")
    head = "<section><h2>Average spectra</h2><p>Of all phrases above, pauses left out.</p>"
    return f"{head}{legend(curves)}{drawn}</section>"
