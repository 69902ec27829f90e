"""Performers dance in manners of their own, and no outline of the arms comes back while it is remembered."""

import itertools

import numpy as np
import pytest

from motion.dance.library import load_library
from motion.dance.manners import MannerError, decode_manners
from motion.dance.plan import Plan, Step
from motion.dance.planner import plan_dance
from motion.dance.score import build_score
from motion.dance.silhouettes import Memory, outlines
from tests.motion.dance.test_planner import form

LIBRARY = load_library()
MANNERS = tuple(LIBRARY.manners)


def moves_of(plan: Plan) -> list[str]:
    return [step.move for step in plan.steps for _ in range(step.bars)]


def test_no_two_manners_dance_alike_and_each_dances_the_same_again() -> None:
    song = form()
    plans = {name: plan_dance(song, LIBRARY, seed=1, manner=name) for name in MANNERS}
    for a, b in itertools.combinations(plans.values(), 2):
        same = sum(x == y for x, y in zip(moves_of(a), moves_of(b), strict=True))
        assert same <= 0.15 * len(moves_of(a))
    assert plan_dance(song, LIBRARY, seed=1, manner="classical") == plans["classical"]


@pytest.mark.parametrize("name", MANNERS)
def test_signs_signature_and_end_are_of_the_manner(name: str) -> None:
    own = LIBRARY.manners[name].signs
    for seed in range(3):
        steps = plan_dance(form(), LIBRARY, seed=seed, manner=name).steps
        assert {LIBRARY[s.move].style for s in steps if LIBRARY[s.move].tags & {"hook", "signature", "final"}} == {own}
        signatures = [(s.bar, s.move, s.bars) for s in steps if "signature" in LIBRARY[s.move].tags]
        # The bar after the opener, whole, in every chorus.
        assert [bar for bar, _, _ in signatures] == [13, 29]
        assert len({(move, bars) for _, move, bars in signatures}) == 1
        assert signatures[0][2] * 4 == LIBRARY[signatures[0][1]].counts


def test_a_long_skirt_is_neither_kicked_nor_jumped_in_and_turns_are_whole() -> None:
    for seed in range(4):
        plan = plan_dance(form(), LIBRARY, seed=seed, manner="classical", hooks=(30.0, 46.0, 62.0))
        for step in plan.steps:
            entry = LIBRARY[step.move]
            assert not entry.tags & {"kick", "jump"}
            assert "turn" not in entry.tags or (step.offset == 0 and step.bars * 4 >= entry.counts)


def test_a_manner_stands_lower_and_bounces_more() -> None:
    steps = [Step(bar=0, bars=4, move="side_bounce")]
    plain, low = (build_score(Plan(steps=steps, manner=name), form(), LIBRARY) for name in ("", "hiphop"))
    counts = np.linspace(1.0, 14.0, 60)
    assert np.mean(low.hips.at(counts)[:, 1] - plain.hips.at(counts)[:, 1]) < -2.0
    assert np.mean(low.groove.at(counts)) > 1.2 * np.mean(plain.groove.at(counts))


def test_memory_knows_a_pose_either_way_round_until_it_is_forgotten() -> None:
    move = LIBRARY["archer"].move
    assert move is not None
    seen, weight = outlines(move)
    other, _ = outlines(move, mirror=True)
    memory = Memory(32.0)
    memory.add(0, seen, weight)
    assert memory.stale(8, seen, weight) > 0.6
    assert memory.stale(8, other, weight) > 0.3
    assert memory.stale(80, seen, weight) == 0.0


def test_an_unknown_manner_is_refused_in_a_sentence() -> None:
    with pytest.raises(MannerError, match="name one of idol"):
        plan_dance(form(), LIBRARY, manner="polka")
    with pytest.raises(MannerError, match="unknown"):
        decode_manners('[x]\nseed = 1\nsigns = "polka"\nstyles = {}\n')
    with pytest.raises(MannerError, match="not a table"):
        decode_manners("[x]\nseed = 1\n")
