"""The song's sign: on the first beat of choruses and where the hook is sung, the same pose, arms off the body."""

import numpy as np
import pytest
from msgspec import structs

from motion.dance.counts import count_song
from motion.dance.library import load_library
from motion.dance.plan import Plan, Step
from motion.dance.planner import plan_dance
from motion.dance.player import Dance
from motion.dance.sheet import metronome_song
from motion.dance.signs import choose_signs, sign_bars, strike_signs
from motion.music.song_map import Section, SongMap
from motion.rig.bones import BONE_INDEX
from motion.rig.pose import GRID_HZ, joint_positions
from motion.rig.skeleton import CANONICAL

LIBRARY = load_library()


def song_of_two_choruses() -> SongMap:
    song = metronome_song(120.0, 32)
    at = [bar.start for bar in song.bars]
    sections = [
        Section(0.0, at[8], "verse", 0),
        Section(at[8], at[16], "chorus", 1),
        Section(at[16], at[20], "bridge", 2),
        Section(at[20], song.duration, "chorus", 1),
    ]
    return structs.replace(song, sections=sections)


def test_choruses_begin_with_one_and_the_same_sign() -> None:
    song = song_of_two_choruses()
    for seed in range(5):
        steps = plan_dance(song, LIBRARY, seed=seed).steps
        signs = [step for step in steps if "hook" in LIBRARY[step.move].tags]
        assert [step.bar for step in signs] == [8, 20]
        assert len({(step.move, step.mirror) for step in signs}) == 1


def test_a_sung_hook_gets_the_sign_on_its_bar_and_nowhere_between_bars() -> None:
    song = song_of_two_choruses()
    on, off = song.bars[12].start + 0.05, song.bars[14].start + 1.0
    steps = plan_dance(song, LIBRARY, seed=1, hooks=(on, off)).steps
    assert [step.bar for step in steps if "hook" in LIBRARY[step.move].tags] == [8, 12, 20]


def test_signs_are_never_on_end() -> None:
    song = song_of_two_choruses()
    assert sign_bars(song, [8], [bar.start for bar in song.bars[7:11]]) == [7, 9]


def test_what_a_sign_interrupts_goes_on_where_it_would_be() -> None:
    song = metronome_song(120.0, 8)
    steps = [Step(bar=0, bars=4, move="step_touch")]
    out = strike_signs(steps, choose_signs([1], [LIBRARY["hook_star"]]), count_song(song))
    assert [(step.bar, step.bars, step.move, step.offset) for step in out] == [
        (0, 1, "step_touch", 0),
        (1, 1, "hook_star", 0),
        (2, 2, "step_touch", 8),
    ]


@pytest.mark.parametrize("sign", [entry.name for entry in LIBRARY.with_tag("hook")])
def test_signs_hold_both_arms_away_from_the_body(sign: str) -> None:
    song = song_of_two_choruses()
    dance = Dance(Plan(steps=[Step(bar=2, bars=1, move=sign)]), song, LIBRARY)
    beat = 0.5
    first = round((song.bars[2].start + 0.3 * beat) * GRID_HZ)
    placed = joint_positions(dance.frames(first, first + round(0.6 * beat * GRID_HZ)).motion, CANONICAL)[0]
    trunk = placed[:, [BONE_INDEX["chest"], BONE_INDEX["head"]]]
    hands = placed[:, [BONE_INDEX["leftHand"], BONE_INDEX["rightHand"]]]
    low, high = hands[..., 1].min(axis=1), hands[..., 1].max(axis=1)
    # A hand that is up is clear of the head, one that is not of the trunk.
    beside = np.where(hands[..., 1] > trunk[:, 1:, 1], trunk[:, 1:, 0], trunk[:, :1, 0])
    assert (np.abs(hands[..., 0] - beside) > 0.22).all()
    # One hand at least is up, or both are wide: seen from afar it is a sign.
    assert ((high > trunk[:, 1, 1] - 0.02) | (low > trunk[:, 0, 1])).all()
    # Held: the hands hardly move.
    assert np.ptp(hands, axis=0).max() < 0.22
