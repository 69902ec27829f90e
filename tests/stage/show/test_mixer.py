"""Claims, leases and cross-fades."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stage.show.mixer import FADE, Mixer, MixerError

PRESS = st.tuples(
    st.floats(0.0, 0.6),
    st.sampled_from(("webcam", "operator", "dance")),
    st.floats(0.0, 1.0),
    st.sampled_from((0.1, 0.4, float("inf"))),
    st.booleans(),
)


@given(st.lists(PRESS, max_size=12))
def test_no_sequence_of_claims_makes_a_weight_jump(presses: list[tuple[float, str, float, float, bool]]) -> None:
    mixer, now, step = Mixer(), 0.0, 1 / 240
    before = mixer.shares("body", 0.0)
    for wait, source, weight, lease, take in [*presses, (1.0, "operator", 0.0, 0.1, False)]:
        for now in now + np.arange(0.0, wait, step):  # noqa: B020 (the clock goes on from where it was)
            shares = mixer.shares("body", float(now))
            assert sum(shares.values()) <= 1.0 + 1e-9
            for name in ("webcam", "operator", "dance"):
                # Three sources that all fade at once, each at most 1 in FADE, on a cubic that is steepest at 2/FADE.
                assert abs(shares.get(name, 0.0) - before.get(name, 0.0)) <= 3 * 2.2 * step / FADE
            before = shares
        now = float(now)
        if take:
            mixer = mixer.claim("body", source, "me", now, weight=weight, lease=lease)
        else:
            mixer = mixer.release("body", source, "me", now)


def test_a_lease_runs_out_and_fades_and_a_renewal_keeps_it() -> None:
    mixer = Mixer().claim("body", "webcam", "anna", 10.0, lease=1.0)
    assert mixer.weight("body", "webcam", 10.0) == 0.0
    assert mixer.weight("body", "webcam", 10.9) == 1.0
    assert 0.0 < mixer.weight("body", "webcam", 11.0 + FADE / 2) < 1.0
    assert mixer.weight("body", "webcam", 11.0 + FADE) == 0.0
    renewed = mixer.claim("body", "webcam", "anna", 10.8, lease=1.0)
    assert renewed.weight("body", "webcam", 11.5) == 1.0


def test_a_fade_takes_a_quarter_second_at_least() -> None:
    mixer = Mixer().claim("face", "operator", "me", 0.0, seconds=0.0)
    assert mixer.weight("face", "operator", 0.1) < 1.0
    assert mixer.weight("face", "operator", FADE) == 1.0


def test_one_owner_drives_a_webcam_and_another_waits_for_the_end_of_the_lease() -> None:
    mixer = Mixer().claim("body", "webcam", "anna", 0.0, lease=2.0)
    with pytest.raises(MixerError, match="anna drives body"):
        mixer.claim("body", "webcam", "ben", 1.0)
    assert mixer.claim("body", "webcam", "ben", 2.5).weight("body", "webcam", 3.0, "ben") == 1.0


def test_higher_sources_cover_lower_ones() -> None:
    mixer = Mixer().claim("body", "dance", "plan", 0.0).claim("body", "webcam", "anna", 0.0, weight=0.25)
    assert mixer.shares("body", 1.0) == {"webcam": 0.25, "dance": 0.75}


def test_unknown_channels_sources_and_weights_are_refused_in_a_sentence() -> None:
    with pytest.raises(MixerError, match="no channel tail"):
        Mixer().claim("tail", "dance", "me", 0.0)
    with pytest.raises(MixerError, match="no source dog"):
        Mixer().claim("body", "dog", "me", 0.0)
    with pytest.raises(MixerError, match="lies in 0"):
        Mixer().claim("body", "dance", "me", 0.0, weight=1.5)


def test_claims_that_are_over_are_forgotten() -> None:
    mixer = Mixer()
    for press in range(200):
        mixer = mixer.claim("face", "operator", f"pad {press}", press * 1.0, lease=0.1)
    assert len(mixer.claims) <= 2
