"""The loudspeaker's ceiling."""

import numpy as np

from performer.voice.live.ceiling import rounded


def test_what_is_soft_stays_to_the_bit() -> None:
    block = (0.79 * np.sin(np.arange(480))).astype(np.float32)
    assert rounded(block) is block
    assert len(rounded(np.zeros(0, np.float32))) == 0


def test_what_is_loud_bends_and_is_never_cut_off() -> None:
    ramp = np.linspace(-1.1, 1.1, 2001, dtype=np.float32)
    out = rounded(ramp)
    assert np.abs(out).max() < 0.99
    assert (np.diff(out) > 0).all()
    assert np.array_equal(out, -out[::-1])
    soft = np.abs(ramp) <= 0.8
    assert np.array_equal(out[soft], ramp[soft])
    assert np.abs(rounded(ramp * 100)).max() <= 0.99
