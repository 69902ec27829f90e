"""The requirement's table of figures: what each row asks for, where it is measured, and whether it holds.

A row that was not measured is None, never a pass.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = ["ROWS", "Row", "judge"]


@dataclass(frozen=True, slots=True)
class Row:
    """path: the keys from the pipeline's figures to the value; holds: is it good enough (None: it is only stated)?"""

    what: str
    path: tuple[str, ...]
    aim: str
    holds: Callable[[Any], bool] | None


def _at_most(limit: float) -> Callable[[Any], bool]:
    return lambda value: value <= limit


def _at_least(limit: float) -> Callable[[Any], bool]:
    return lambda value: value >= limit


def _lips_late(page: dict[str, Any]) -> dict[str, Any]:
    """p95 against what is allowed for it: one picture as long as the page's median one, and 20 ms."""
    allowed = page["gap_ms"]["p50"] + 20.0
    return {"p95_abs_ms": page["p95_abs_ms"], "allowed_ms": round(allowed, 1), "missed": page["missed"]}


_BESIDE = "live_beside_3_that_never_read"
ROWS: tuple[Row, ...] = (
    Row("listen + plan, 180 s, made song, s", ("prepare", "made", "whole_process_s"), "<= 32", _at_most(32.0)),
    Row("listen + plan, 180 s, real song, s", ("prepare", "real", "whole_process_s"), "<= 32", _at_most(32.0)),
    Row("CPU a frame: dance + face + fit, ms", ("frame", "dance_face_fit_ms"), "<= 1", _at_most(1.0)),
    Row("CPU a frame: mix + encode, ms", ("frame", "mix_encode_ms"), "<= 1", _at_most(1.0)),
    Row("render 1280x720 at 30, Godette, x real time", ("render", "godette", "realtime"), ">= 0.9", _at_least(0.9)),
    Row("render 1280x720 at 30, mannequin, x real time", ("render", "mannequin", "realtime"), ">= 0.9", _at_least(0.9)),
    Row("where the time goes, ms a frame", ("render", "mannequin", "per_frame_ms"), "stated", None),
    Row("live: poses a second", ("wire", "live", "frames_per_s"), "60", _at_least(59.5)),
    Row("live: interval p99, ms", ("wire", "live", "interval_ms", "p99"), "<= 25", _at_most(25.0)),
    Row("live: server, share of a core", ("wire", "server_cpu_share"), "<= 0.15", _at_most(0.15)),
    Row("beside 3 that never read: poses a second", ("wire", _BESIDE, "frames_per_s"), "60", _at_least(59.5)),
    Row("beside 3 that never read: interval p99, ms", ("wire", _BESIDE, "interval_ms", "p99"), "<= 25", _at_most(25.0)),
    Row("back after a restart, s", ("wire", "restart", "reconnect_after_ready_s"), "<= 1", _at_most(1.0)),
    Row("lips at the page: median, ms", ("page", "lips", "median_ms"), "within 20", lambda value: abs(value) <= 20.0),
    Row(
        *("lips at the page: p95 and onsets not found", ("page", "lips"), "one picture + 20 ms, none"),
        lambda value: value["p95_abs_ms"] <= value["allowed_ms"] and value["missed"] == 0,
    ),
    Row("stage page 960x540: Godette, pictures/s", ("page", "godette", "pictures_per_second"), ">= 20", _at_least(20)),
    Row("stage page: mannequin, pictures/s", ("page", "mannequin", "pictures_per_second"), ">= 20", _at_least(20)),
    Row("beats: F1, 3 songs and 10 drummers", ("beats", "mean", "own"), ">= 0.80", _at_least(0.80)),
    Row("accents of the dance on a beat, five songs", ("dance", "mean", "on_beat"), ">= 0.65", _at_least(0.65)),
    Row("by chance", ("dance", "mean", "on_beat_by_chance"), "stated", None),
    Row("speed of the dance, m/s (people 0.55-0.86)", ("dance", "mean", "speed"), "stated", None),
    Row("skate (people 0.18-0.37)", ("dance", "mean", "skate"), "stated", None),
    Row("pfc5 (people 0.39-2.21)", ("dance", "mean", "pfc5"), "stated", None),
    Row("import stage, s", ("start", "import_stage_s"), "<= 0.5", _at_most(0.5)),
    Row("nichang --help, s", ("start", "help_s"), "<= 0.5", _at_most(0.5)),
    Row("base install, MB", ("start", "base_install_mb", "all"), "<= 600", _at_most(600.0)),
    Row("pose hash of ten seconds", ("frame", "pose_hash_10s"), "the same on every run", None),
)


def judge(figures: dict[str, Any]) -> list[dict[str, Any]]:
    """One record a row: `what`, `measured`, `aim`, `holds` (True, False; None where it is stated or not measured).

    Rows of parts that did not run at all are left out; rows of parts that failed are there with None.
    """
    found: list[dict[str, Any]] = []
    for row in ROWS:
        if row.path[0] not in figures:
            continue
        value: Any = figures
        for key in row.path:
            value = value.get(key) if isinstance(value, dict) else None
        if value is not None and row.path == ("page", "lips"):
            value = _lips_late(value)
        # bool: what is compared may be a number of numpy, whose truth JSON does not know.
        holds = bool(row.holds(value)) if row.holds is not None and value is not None else None
        found.append({"what": row.what, "measured": value, "aim": row.aim, "holds": holds})
    return found
