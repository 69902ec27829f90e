"""Words, numbers and axes of the report page: everything that comes from outside is escaped here."""

import html
import math

from stage.cli.clone_report.pictures import Axis, Curve

__all__ = ["badge", "figure", "hertz_axis", "legend", "note_name", "pairs", "said"]

_NOTES = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")


def said(text: object) -> str:
    return html.escape(str(text))


def figure(value: float, digits: int, unit: str = "") -> str:
    return "–" if not math.isfinite(value) else f"{value:.{digits}f}{unit}"


def note_name(hertz: float) -> str:
    """261.6 -> C4."""
    number = round(69 + 12 * math.log2(hertz / 440.0))
    return f"{_NOTES[number % 12]}{number // 12 - 1}"


def badge(made_up: bool) -> str:
    return ' <span class="badge">AI</span>' if made_up else ""


def legend(curves: list[Curve]) -> str:
    keys = [f'<span><i style="background:var({c.colour})"></i>{said(c.name)}</span>' for c in curves]
    return f'<div class="legend">{"".join(keys)}</div>'


def pairs(title: str, pairs: list[tuple[str, str]]) -> str:
    rows = "".join(f"<dt>{said(name)}<dd>{said(value)}" for name, value in pairs if value)
    return f"<section><h2>{title}</h2><dl>{rows}</dl></section>"


def hertz_axis(low: float, high: float, most: int = 6) -> Axis:
    """Hertz as ratios, with a word at every few notes, about `most` in all."""
    first, last = (69 + 12 * math.log2(hertz / 440.0) for hertz in (low, high))
    step = next((s for s in (1, 2, 3, 4, 6) if (last - first) / s < most), 12)
    numbers = [n for n in range(math.ceil(first), math.floor(last) + 1) if n % step == 0]
    places = [440.0 * 2 ** ((n - 69) / 12) for n in numbers]
    ticks = tuple((hertz, f"{note_name(hertz)} {hertz:.0f}") for hertz in places)
    return Axis(low, high, ticks, "Hz", log=True)
