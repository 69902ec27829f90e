"""The small network of two classes: it learns, sees what it may; the columns of a row are what they say."""

import numpy as np
from numpy.typing import NDArray

from performer.voice.check.fit_network import Manner, Weights, network
from performer.voice.check.frames import Coarse
from performer.voice.check.weights import weights
from performer.voice.check.windows import OF_THE_SOUND, likelihood, window_rows


def fitted(rows: NDArray[np.float64], manner: Manner) -> Weights:
    """To whether the first two columns have one sign."""
    truth = (rows[:, 0] * rows[:, 1] > 0).astype(float)
    plain = {"window_mean": np.zeros(4, np.float32), "window_spread": np.ones(4, np.float32)}
    return network(rows, truth, "voices", np.random.default_rng(0), manner) | plain


def test_what_no_line_parts_is_learnt_and_blind_columns_are_not_seen() -> None:
    rows = np.random.default_rng(1).normal(size=(600, 4))
    truth = rows[:, 0] * rows[:, 1] > 0
    moved = rows.copy()
    moved[:, 1] += 3.0
    for starts in (1, 3):
        seeing = fitted(rows, Manner(starts=starts))
        found = likelihood(rows, "voices", seeing)
        assert ((found > 0) == truth).mean() > 0.95
        assert np.abs(likelihood(moved, "voices", seeing) - found).mean() > 1.0
    blind = fitted(rows, Manner(blind=(1,)))
    found = likelihood(rows, "voices", blind)
    assert ((found > 0) == truth).mean() < 0.65
    assert np.array_equal(likelihood(moved, "voices", blind), found)


def test_columns_of_the_sound_are_those_that_its_bass_and_cepstra_move_and_two_voices_do_not_ask_them() -> None:
    draw = np.random.default_rng(2)
    names = [name for name in Coarse.__slots__ if name != "cepstra"]
    made = {name: draw.random(200).astype(np.float32) for name in names}
    made |= {"hertz": 200 + 50 * made["hertz"], "cepstra": draw.normal(size=(200, 20)).astype(np.float32)}
    before = window_rows(Coarse(**made))[1]
    for name in ("bass", "cepstra"):
        after = window_rows(Coarse(**(made | {name: made[name] * 3.0})))[1]
        moved = np.flatnonzero((before != after).any(axis=0))
        assert len(moved) >= 8
        assert set(moved) <= set(OF_THE_SOUND)
    assert not weights()["voices_into"][list(OF_THE_SOUND)].any()
