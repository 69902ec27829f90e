"""The requirement's rows over our own voice; None where it was not measured, never a pass."""

from collections.abc import Callable
from typing import Any

__all__ = ["judge_rows"]

# Same-language target, other-language target, target that only spoke, target that sang.
_SAME, _OTHER, _SUNG = "1088", "kerstin", "kumi"


def _at(figures: dict[str, Any], *keys: str) -> Any:
    value: Any = figures
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _less(a: Any, b: Any) -> float | None:
    return None if a is None or b is None else round(a - b, 3)


def judge_rows(figures: dict[str, Any]) -> list[dict[str, Any]]:
    """`what`, `measured`, `aim`, `holds` (None: not measured) of each figure that the requirement asks for."""
    rows: list[dict[str, Any]] = []

    def row(what: str, measured: Any, aim: str, holds: Callable[[Any], bool]) -> None:
        said = None if measured is None else bool(holds(measured))
        rows.append({"what": what, "measured": measured, "aim": aim, "holds": said})

    for target in (_SAME, _OTHER):

        def of(way: str, *keys: str, target: str = target) -> Any:
            return _at(figures, "spoken", target, way, *keys)

        likeness = of("ours", "similarity")
        row(f"speech to {target}: similarity", likeness, ">= 0.80", lambda v: v >= 0.80)
        above = _less(likeness, of("mv", "similarity"))
        row(f"speech to {target}: above mv", above, ">= 0.10", lambda v: v >= 0.10)
        row(f"speech to {target}: share of the gap", of("ours", "gap_closed"), ">= 0.55", lambda v: v >= 0.55)
        row(f"speech to {target}: cosine to the source", of("ours", "to_source"), "<= 0.67", lambda v: v <= 0.67)
        limit = 1.25 if target == _SAME else 1.6
        for judge in ("whisper", "pocketsphinx"):
            times = of("ours", "words", judge, "times_source")
            aim = f"<= {limit} x source"
            row(f"words to {target} by {judge}", times, aim, lambda v, limit=limit: v <= limit)
            peer = _less(of("ours", "words", judge, "errors"), of("knn", "words", judge, "errors"))
            row(f"words to {target} by {judge}: less the MFCC row's", peer, "< 0", lambda v: v < 0)
        row(f"speech to {target}: correlation of pitch", of("ours", "pitch", "correlation"), ">= 0.98", _at_least(0.98))
        row(f"speech to {target}: median cents", of("ours", "pitch", "median_cents"), "<= 15", lambda v: v <= 15)
        row(f"speech to {target}: flips of an octave", of("ours", "pitch", "flips"), "< 0.005", lambda v: v < 0.005)
        row(f"speech to {target}: variance", of("ours", "variance"), ">= 0.93", _at_least(0.93))
        row(f"speech to {target}: breath, dB", of("ours", "breath_db"), "within 3", lambda v: abs(v) <= 3)
        better = _less(of("ours", "dnsmos"), of("copy", "dnsmos"))
        row(f"speech to {target}: DNSMOS above the copy's", better, ">= 0.1", _at_least(0.1))
    songs = _at(figures, "sung", _SUNG, "ours", "similarity")
    row("songs to a sung target: similarity", songs, ">= 0.85", _at_least(0.85))
    man = _less(
        _at(figures, "sung", _SUNG, "ours", "by_source", "pjs"),
        _at(figures, "sung", _SUNG, "source", "by_source", "pjs"),
    )
    row("songs of a man to a sung target: above untouched", man, ">= 0.18", _at_least(0.18))
    octave = _at(figures, "sung", _OTHER, "ours", "by_source", "pjs")
    row("songs an octave up to a target that spoke", octave, ">= 0.68", _at_least(0.68))
    for target in (_SUNG, _OTHER):
        pitch = _at(figures, "sung", target, "ours", "pitch")
        row(
            f"songs to {target}: correlation of pitch",
            _at({"p": pitch}, "p", "correlation"),
            ">= 0.98",
            _at_least(0.98),
        )
        row(f"songs to {target}: median cents", _at({"p": pitch}, "p", "median_cents"), "<= 15", lambda v: v <= 15)
        row(f"songs to {target}: flips of an octave", _at({"p": pitch}, "p", "flips"), "< 0.005", lambda v: v < 0.005)
        lively = _at(figures, "sung", target, "ours", "variance")
        row(f"songs to {target}: variance", lively, ">= 0.93", _at_least(0.93))
    return rows


def _at_least(limit: float) -> Callable[[Any], bool]:
    return lambda value: value >= limit
