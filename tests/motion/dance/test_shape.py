"""Bodies hold no poses that look like a fault: no signpost, no wound-up turns, no hanging heads; skirts stay down."""

import itertools

import numpy as np
import pytest

from motion.dance.library import load_library
from motion.dance.plan import Plan, Step
from motion.dance.planner import plan_dance
from motion.dance.player import Dance
from motion.dance.shape import Shape, longest, shape_of, signpost
from motion.dance.sheet import metronome_song
from motion.rig.bones import BONE_INDEX
from motion.rig.pose import GRID_HZ, joint_positions
from motion.rig.quat import Array
from motion.rig.skeleton import CANONICAL
from tests.motion.dance.test_planner import form

LIBRARY = load_library()
MANNERS = tuple(LIBRARY.manners)
# As loud as a chorus asks.
LOUD = 1.1


def danced(move: str) -> tuple[Array, Array]:
    bars = max(1, LIBRARY[move].counts // 4)
    song = metronome_song(120.0, bars + 3)
    dance = Dance(Plan(steps=[Step(bar=1, bars=bars, move=move, energy=LOUD)]), song, LIBRARY)
    first, last = (round(song.bars[k].start * GRID_HZ) for k in (1, 1 + bars))
    return joint_positions(dance.frames(first, last).motion, CANONICAL)


SHAPES: dict[str, Shape] = {}


def shape(move: str) -> Shape:
    if move not in SHAPES:
        SHAPES[move] = shape_of(*danced(move))
    return SHAPES[move]


@pytest.mark.parametrize("name", LIBRARY.entries)
def test_no_move_stands_like_a_signpost(name: str) -> None:
    """Strangers saw it twice in one song: both arms straight out to the sides, dead palms, 0.85 s long."""
    assert shape(name).signpost <= 0.3


@pytest.mark.parametrize("name", [entry.name for entry in LIBRARY.entries.values() if entry.own])
def test_no_turn_winds_the_body_up_against_its_feet(name: str) -> None:
    """Turns went up to 185 degrees ahead of a foot that stood."""
    assert shape(name).twist < 105.0


@pytest.mark.parametrize("name", LIBRARY.entries)
def test_heads_are_held(name: str) -> None:
    """Two captured phrases had heads that hung upside down."""
    assert shape(name).bend < 55.0


def test_a_signpost_is_seen() -> None:
    placed = np.tile(CANONICAL.rest, (30, 1, 1)).astype(np.float64)
    assert signpost(placed).all()
    assert longest(signpost(placed)) == 0.5
    placed[:12, BONE_INDEX["leftHand"]] += (-0.12, 0.18, 0.0)
    assert not signpost(placed[:12]).any()
    assert longest(signpost(placed)) == pytest.approx(0.3)


@pytest.mark.parametrize("name", MANNERS)
@pytest.mark.parametrize("seed", range(3))
def test_a_manner_keeps_to_its_limits(name: str, seed: int) -> None:
    manner = LIBRARY.manners[name]
    for step in plan_dance(form(), LIBRARY, seed=seed, manner=name).steps:
        did = LIBRARY[step.move].measured
        assert did.thigh <= manner.thigh, step.move
        assert did.spread <= manner.spread, step.move
        assert did.bend <= manner.bend, step.move


@pytest.mark.parametrize("seed", range(2))
def test_what_is_danced_in_a_long_skirt_lifts_no_knee_high(seed: int) -> None:
    song = form()
    plan = plan_dance(song, LIBRARY, seed=seed, manner="classical")
    motion = Dance(plan, song, LIBRARY).frames(0, int(song.duration * GRID_HZ)).motion
    found = shape_of(*joint_positions(motion, CANONICAL))
    assert found.thigh < 55.0
    assert found.spread < 0.9


def test_every_manner_ends_in_a_picture_of_its_own() -> None:
    """Seen from the audience: wrists about the neck, either way round; and at most one of them throws both arms up."""
    ends = {name: [e for e in LIBRARY.with_tag("final") if e.style == LIBRARY.manners[name].signs] for name in MANNERS}
    seen: dict[str, Array] = {}
    high = 0
    for name, (end,) in ends.items():
        placed = danced(end.name)[0][40]
        wrists = (placed[[BONE_INDEX["leftHand"], BONE_INDEX["rightHand"]]] - placed[BONE_INDEX["neck"]])[:, :2]
        seen[name] = wrists
        high += int((wrists[:, 1] > 0.0).all())
    assert high <= 1
    for a, b in itertools.combinations(seen.values(), 2):
        mirrored = b[::-1] * np.array([-1.0, 1.0])
        assert min(np.linalg.norm(a - b), np.linalg.norm(a - mirrored)) > 0.3
