"""What a conversion did, to be looked at: spectrograms and pitch of source and result. Needs the extra `plot`."""

import base64
import html
import importlib.util
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motion.errors import UserError
from performer.voice.mix.turn import TURNED_RATE, Turned
from performer.voice.sound import Sound, resample
from performer.voice.style.copy import pitch_of
from performer.voice.style.scale import hertz_to_note
from stage.cli.result_files import write_bytes

__all__ = ["Excerpt", "ReportError", "check_report", "excerpt_of", "write_report"]

_LONGEST_SECONDS = 30.0
_TOP_HERTZ = 10_000.0


class ReportError(UserError):
    """The report cannot be drawn."""


def check_report(path: Path) -> None:
    """Raises ReportError before the work: another suffix, or matplotlib is missing."""
    if path.suffix.lower() not in (".html", ".png"):
        raise ReportError(f"{path.name}: a report is called .html or .png")
    if importlib.util.find_spec("matplotlib") is None:
        raise ReportError("--report needs matplotlib, which is not installed; get it with: make setup EXTRAS=plot")


def _notes(hertz: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.where(hertz > 0, hertz_to_note(np.where(hertz > 0, hertz, np.float32(440.0))), np.nan)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What a report shows: the first half minute before, and of the lead after, at 48 kHz. hertz: (frames,)."""

    before: Sound
    lead: NDArray[np.float32]
    hertz: NDArray[np.float32]


def excerpt_of(before: Sound, turned: Turned) -> Excerpt:
    """Copies, so that the whole need not be held for it."""
    first = Sound(before.samples[: round(_LONGEST_SECONDS * before.rate)].copy(), before.rate)
    lead = turned.parts[0].samples[: int(_LONGEST_SECONDS * TURNED_RATE)].copy()
    return Excerpt(first, lead, turned.hertz[: int(_LONGEST_SECONDS * 100)].copy())


def write_report(path: Path, shown: Excerpt, figures: dict[str, Any]) -> None:
    """The first half minute as pictures; an .html page has the figures too.

    Args:
        figures: names and values of the page's table.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    count = int(_LONGEST_SECONDS * TURNED_RATE)
    source = resample(shown.before.mono, shown.before.rate, TURNED_RATE)[:count]
    seconds = max(len(source) / TURNED_RATE, 0.1)
    figure = Figure(figsize=(16, 11), dpi=80, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(3, 1, sharex=True)
    for ax, sound, name in zip(axes, (source, shown.lead), ("source", "result"), strict=False):
        # Digital silence has no logarithm; its floor lies far below what is drawn.
        padded = np.pad(sound, (0, max(0, 2048 - len(sound)))) + 1e-9
        ax.specgram(padded, NFFT=1024, noverlap=768, Fs=TURNED_RATE, vmin=-140, vmax=-40, cmap="magma")
        ax.set_ylim(0, _TOP_HERTZ)
        ax.set_ylabel(f"{name}, Hz")
    heard = _notes(pitch_of(resample(source, TURNED_RATE, 16_000)))
    axes[2].plot(np.arange(len(heard)) / 100, heard, color="#888888", lw=1.0, label="source")
    sung = _notes(shown.hertz)
    axes[2].plot(np.arange(len(sung)) / 100, sung, color="#d00000", lw=1.0, label="result")
    axes[2].set_ylabel("pitch, MIDI note")
    axes[2].set_xlabel("seconds")
    axes[2].grid(alpha=0.4)
    axes[2].legend(loc="upper right")
    axes[2].set_xlim(0, seconds)
    buffer = BytesIO()
    figure.savefig(buffer, format="png")
    if path.suffix.lower() == ".png":
        write_bytes(path, buffer.getvalue())
        return
    rows = "".join(f"<tr><th>{html.escape(k)}<td>{html.escape(str(v))}" for k, v in figures.items())
    picture = base64.b64encode(buffer.getvalue()).decode()
    page = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Voice conversion</title>'
        "<style>body{font:15px sans-serif;margin:2em;max-width:1300px}th{text-align:left;padding-right:1em}"
        "img{width:100%}</style><h1>Voice conversion</h1>"
        f"<table>{rows}</table><p>Spectrograms of source and result to 10 kHz, and their pitch; the first half minute."
        f'<p><img alt="spectrograms and pitch" src="data:image/png;base64,{picture}"></html>'
    )
    write_bytes(path, page.encode())
