"""The scores of the bench of voices, on answers whose worth is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.voice_judges.scores import (
    PitchScore,
    bands_of,
    bootstrap,
    gap_closed,
    high_energy,
    pitch_score,
    steadiness,
    word_errors,
    words_of,
)
from tests.bench.voice_judges.table import judge_rows


def test_words_are_counted_as_the_field_counts_them() -> None:
    said = words_of("She opened it, and OUT came a hall-porter")
    assert said == ["she", "opened", "it", "and", "out", "came", "a", "hall", "porter"]
    assert word_errors(said, words_of("she opened it and came a whole porter too")) == 3
    assert word_errors(said, []) == 9


@given(st.lists(st.sampled_from("abc"), max_size=8), st.lists(st.sampled_from("abc"), max_size=8))
def test_word_errors_are_a_distance(a: list[str], b: list[str]) -> None:
    found = word_errors(a, b)
    assert found == word_errors(b, a)
    assert abs(len(a) - len(b)) <= found <= max(len(a), len(b))
    assert (found == 0) == (a == b)


def test_the_interval_holds_the_rate_and_narrows_with_more_clips() -> None:
    rng = np.random.default_rng(1)
    few, many = rng.binomial(20, 0.2, 10).astype(float), rng.binomial(20, 0.2, 200).astype(float)
    wide, narrow = bootstrap(few, np.full(10, 20.0)), bootstrap(many, np.full(200, 20.0))
    assert narrow[0] < 0.2 < narrow[1]
    assert narrow[1] - narrow[0] < wide[1] - wide[0]
    assert bootstrap(2 * many, np.full(200, 20.0), many) == [2.0, 2.0]


def test_the_share_of_the_gap() -> None:
    assert gap_closed(0.8, 0.6, 0.9) == pytest.approx(2 / 3)
    assert np.isnan(gap_closed(0.8, 0.9, 0.9))


def _both(hertz: list[float]) -> dict[str, list[float]]:
    return {"praat": hertz, "harvest": hertz}


def test_pitch_counts_cents_and_octaves_after_the_transposition() -> None:
    rng = np.random.default_rng(0)
    sung = (220 * 2 ** rng.uniform(-0.5, 0.5, 1000)).tolist()
    up = [2 * hertz * 2 ** (10 / 1200) for hertz in sung]
    for k in range(0, 1000, 100):
        up[k] /= 2
    told = PitchScore.joined([pitch_score(_both(sung), _both(up), 12.0)])
    assert told["median_cents"] == pytest.approx(10.0)
    assert told["flips"] == pytest.approx(0.01)
    assert told["correlation"] < 0.99
    assert PitchScore.joined([pitch_score(_both(sung), _both(sung), 0.0)])["correlation"] == 1.0


def test_frames_on_which_the_judges_disagree_in_the_source_do_not_count() -> None:
    source = {"praat": [200.0, 200.0, 0.0, 0.0], "harvest": [201.0, 400.0, 200.0, 0.0]}
    assert len(pitch_score(source, _both([200.0] * 4), 0.0).wanted) == 1
    lost = PitchScore.joined([pitch_score(_both([200.0] * 10), _both([200.0] * 9 + [0.0]), 0.0)])
    assert lost["lost"] == 0.1


def _noise(seconds: float = 2.0) -> np.ndarray:
    rng = np.random.default_rng(3)
    swell = 1 + 0.8 * np.sin(2 * np.pi * 3 * np.arange(round(16_000 * seconds)) / 16_000)
    return (0.1 * rng.standard_normal(round(16_000 * seconds)) * swell).astype(np.float32)


def test_variance_falls_when_a_spectrum_is_smoothed_over_time() -> None:
    bands = bands_of(_noise())
    smooth = np.stack([np.convolve(band, np.ones(9) / 9, "same") for band in bands.T], axis=1)
    assert steadiness([bands], [bands]) == pytest.approx(1.0)
    assert steadiness([smooth], [bands]) < 0.7


def test_breath_that_is_lost_is_heard() -> None:
    n = 32_000
    voiced = (0.3 * np.sin(2 * np.pi * 200 * np.arange(n) / 16_000)).astype(np.float32)
    voiced[n // 2 :] = 0
    breath = _noise() * (np.arange(n) >= 3 * n // 4)
    hertz = [200.0] * 100 + [0.0] * 100
    source = (voiced + breath).astype(np.float32)
    assert np.median(high_energy(source, source, _both(hertz))) == pytest.approx(0.0)
    # Softer as a whole is no loss, softer breath is.
    assert np.median(high_energy(source, 0.5 * source, _both(hertz))) == pytest.approx(0.0, abs=1e-3)
    softer = (voiced + 0.5 * breath).astype(np.float32)
    assert np.median(high_energy(source, softer, _both(hertz))) == pytest.approx(-6.02, abs=0.05)


def test_what_was_not_measured_is_no_pass() -> None:
    rows = judge_rows({"spoken": {"1088": {"ours": {"absent": "no voice"}}}, "sung": {}})
    assert rows
    assert all(row["holds"] is None for row in rows)
    good = judge_rows({"spoken": {"1088": {"ours": {"similarity": 0.81}, "mv": {"similarity": 0.75}}}})
    by_name = {row["what"]: row["holds"] for row in good}
    assert by_name["speech to 1088: similarity"] is True
    assert by_name["speech to 1088: above mv"] is False
