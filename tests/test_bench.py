"""The table of figures judges rightly: what holds, what misses, what was not measured; the install counts the base."""

import json
from typing import Any

import numpy as np
import pytest

from tests.bench._install import base_packages
from tests.bench._rows import ROWS, judge

GOOD: dict[str, Any] = {
    "page": {
        "lips": {"median_ms": -12.0, "p95_abs_ms": 55.0, "missed": 0, "gap_ms": {"p50": 37.0}},
        "godette": {"pictures_per_second": 27.0},
        "mannequin": {"pictures_per_second": 19.9},
    }
}


def _row(figures: dict[str, Any], what: str) -> dict[str, Any]:
    return next(row for row in judge(figures) if row["what"].startswith(what))


def test_a_row_holds_misses_or_was_not_measured() -> None:
    assert _row(GOOD, "stage page 960x540: Godette")["holds"] is True
    assert _row(GOOD, "stage page: mannequin")["holds"] is False
    failed = {"page": {"not_run": "OSError: no browser"}}
    assert {(row["measured"], row["holds"]) for row in judge(failed)} == {(None, None)}
    assert judge({}) == []


@pytest.mark.parametrize(
    ("change", "holds"),
    [({}, True), ({"p95_abs_ms": 57.1}, False), ({"missed": 1}, False)],
)
def test_lips_are_judged_by_the_pictures_own_length_and_by_every_onset(change: dict[str, float], holds: bool) -> None:
    lips = {**GOOD["page"]["lips"], **change}
    assert _row({"page": {"lips": lips}}, "lips at the page: p95")["holds"] is holds


def test_an_error_of_either_sign_counts() -> None:
    lips = {**GOOD["page"]["lips"], "median_ms": -21.0}
    assert _row({"page": {"lips": lips}}, "lips at the page: median")["holds"] is False


def test_figures_of_numpy_are_judged_in_words_of_json() -> None:
    rows = judge({"wire": {"server_cpu_share": np.float64(0.2)}})
    assert [row["holds"] for row in rows if row["measured"] is not None] == [False]
    json.dumps([row["holds"] for row in rows])


def test_each_row_is_asked_once() -> None:
    assert len({row.what for row in ROWS}) == len(ROWS)


def test_the_base_holds_what_it_needs_and_no_extra() -> None:
    base = base_packages()
    assert {"numpy", "onnxruntime", "starlette", "click"} <= base
    assert not base & {"torch", "matplotlib", "pytest", "mediapipe", "librosa"}
