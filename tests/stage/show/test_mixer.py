"""Claims, leases and cross-fades."""

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from motion.rig import quat
from motion.rig.bones import BONE_INDEX
from motion.rig.pose import rest_motion
from motion.rig.skeleton import CANONICAL
from stage.show.body import Pose, blend_pose
from stage.show.mixer import FADE, Mixer, MixerError
from stage.show.show import Inputs, LiveLayer
from stage.wire.frame import PerformerFrame
from tests.stage.show.staging import make_show

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


SHOW = make_show(duration=8.0)
STEP = 1 / 60
TURN = st.tuples(
    st.floats(0.02, 0.7), st.sampled_from(("anna", "ben")), st.floats(0.05, 0.6), st.floats(0.2, 1.0), st.booleans()
)


def _raised() -> Pose:
    """Both arms straight up: as far from a hanging arm as a pose can be."""
    rest = rest_motion(CANONICAL, 1)
    rotations = rest.rotations[0].copy()
    for side, sign in (("left", 1.0), ("right", -1.0)):
        rotations[BONE_INDEX[f"{side}UpperArm"]] = quat.from_axis_angle(np.array([0.0, 0.0, sign]), 1.4)
    return Pose(rotations, rest.hips[0], rest.root[0])


@settings(max_examples=25, deadline=None)
@given(st.lists(TURN, min_size=1, max_size=6))
def test_owners_that_take_over_from_each_other_and_from_the_dance_never_make_her_jump(
    turns: list[tuple[float, str, float, float, bool]],
) -> None:
    mixer, pose, now, k = Mixer(), _raised(), 0.0, 0

    def frame() -> PerformerFrame:
        layer = LiveLayer(0, mixer.weight("body", "webcam", now), pose)
        return SHOW.step(now, Inputs(live=(layer,))).performers[0]

    last = frame()
    # The end: everybody is gone, every lease has run out.
    for wait, owner, lease, weight, take in [*turns, (1.5, "anna", 0.1, 1.0, False)]:
        for _ in range(max(1, round(wait / STEP))):
            k += 1
            now = k * STEP
            here = frame()
            # 2.8 rad apart, faded on a cubic of at most 2 / FADE, twice: one owner comes while another goes.
            assert float(quat.angle(last.rotations, here.rotations).max()) < 2.8 * 2 * 2 / FADE * STEP
            last = here
        if not take:
            mixer = mixer.release("body", "webcam", owner, now)
        else:
            with suppress(MixerError):
                mixer = mixer.claim("body", "webcam", owner, now, weight=weight, lease=lease)
    assert np.array_equal(last.rotations, SHOW.step(now).performers[0].rotations)


def test_a_lease_that_runs_out_hands_the_channel_back_to_the_layer_below() -> None:
    mixer = Mixer().claim("mouth", "lips", "plan", 0.0).claim("mouth", "voice", "anna", 1.0, lease=0.5)
    assert mixer.shares("mouth", 1.4) == {"voice": 1.0, "lips": 0.0}
    middle = mixer.shares("mouth", 1.5 + FADE / 2)
    assert middle["voice"] == pytest.approx(0.5)
    assert sum(middle.values()) == pytest.approx(1.0)
    assert mixer.shares("mouth", 1.5 + FADE) == {"lips": 1.0}


@given(st.floats(-3.0, 3.0), st.floats(-3.0, 3.0))
def test_bodies_turn_the_shorter_way_round(old: float, new: float) -> None:
    a, b = (Pose(*_raised_parts(), np.array([0.0, 0.0, yaw, 0.0], np.float32)) for yaw in (old, new))
    gap = abs((new - old + np.pi) % (2 * np.pi) - np.pi)
    yaws = [float(blend_pose(a, b, w).root[2]) for w in np.linspace(0.0, 1.0, 9)[:-1]]
    assert np.abs(np.diff(yaws)).sum() <= gap + 1e-4


def _raised_parts() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    pose = _raised()
    return pose.rotations, pose.hips
