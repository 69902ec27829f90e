"""Where recordings are cut, whatever lies between the words."""

from itertools import pairwise

import numpy as np
from scipy.ndimage import uniform_filter1d

from performer.voice.check.frames import FINE
from performer.voice.check.phrases import phrases


def test_digital_silence_between_words_is_a_place_to_cut() -> None:
    second = round(1 / FINE)
    below = 0
    for seed in range(60):
        # Loud and soft by turns: the running sum of a mean leaves a little less than nothing behind some of them.
        draw = np.random.default_rng(seed)
        words = [(10 ** draw.uniform(-9, 0, 3 * second)).astype(np.float32) for _ in range(4)]
        level = np.concatenate([np.concatenate([word, np.zeros(second, np.float32)]) for word in words])
        below += bool((uniform_filter1d(level.astype(np.float64), 5) < 0).any())
        spans = phrases(level, level > 0)
        assert all(one.stop <= two.start for one, two in pairwise(spans))
        assert len(spans) == 4
    assert below
