"""The same recording is known again, quieter, cut, coloured; the same voice saying something else is not."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import butter, lfilter

from performer.voice.check.alike import Print, copies, take_print
from performer.voice.check.ears import Ears
from performer.voice.check.speech import speech_frames
from tests.performer.voice.check.made import voice


def printed(samples: NDArray[np.float32]) -> Print:
    ears = Ears(16_000)
    ears.feed(samples[:, None].astype(np.float32))
    heard = ears.finish()
    return take_print(heard.coarse, speech_frames(heard.fine, heard.coarse))


def test_a_copy_is_found_through_gain_noise_filter_and_cut() -> None:
    one = voice(15.0, seed=1)
    duller = np.asarray(lfilter(*butter(1, 0.5), one), np.float32)
    changed = [0.1 * one, one + np.random.default_rng(0).normal(0, 2e-3, len(one)), one[32_123:], duller]
    prints = [printed(one), *map(printed, changed)]
    found = {(copy.one, copy.two): copy for copy in copies(prints)}
    assert {(0, 1), (0, 2), (0, 3), (0, 4)} <= set(found)
    assert found[0, 1].offset == 0.0
    assert found[0, 3].offset == pytest.approx(32_123 / 16_000, abs=0.03)
    assert found[0, 1].seconds > 5.0


def test_other_words_are_no_copy() -> None:
    assert copies([printed(voice(15.0, seed=seed)) for seed in range(6)]) == []
