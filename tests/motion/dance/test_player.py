"""The player: the same frames whatever is asked, alive, finite, on the floor, within what a body can do."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motion.dance.library import load_library
from motion.dance.plan import Plan, Step
from motion.dance.planner import plan_dance
from motion.dance.player import BLOCK, Dance
from motion.dance.sheet import metronome_song
from motion.music.song_map import Curve, Section, SongMap
from motion.rig import quat
from motion.rig.bones import BONE_INDEX
from motion.rig.pose import GRID_HZ, joint_positions
from motion.rig.skeleton import CANONICAL

GOLDEN = Path(__file__).with_name("golden_dance.npz")
SONG = metronome_song(118.0, 16)
LIBRARY = load_library()
OWN = load_library(own_moves_only=True)
PLAN = Plan(
    seed=5,
    steps=[
        Step(bar=0, bars=2, move="step_touch", x=0.2),
        Step(bar=2, bars=1, move="heart", x=0.2),
        Step(bar=3, bars=1, move="turn_full", mirror=True, x=0.2),
        Step(bar=5, bars=1, move="jump_cheer", energy=1.2),
        Step(bar=7, bars=2, move="v_step", z=0.2),
        Step(bar=15, bars=1, move="final_point"),
    ],
)
FRAMES = int(SONG.duration * GRID_HZ)


def _hash(dance: Dance, frames: int) -> str:
    motion = dance.frames(0, frames).motion
    return hashlib.sha256(motion.rotations.tobytes() + motion.hips.tobytes() + motion.root.tobytes()).hexdigest()


def silence(seconds: float = 12.0) -> SongMap:
    return SongMap(
        duration=seconds,
        bpm=0.0,
        beats=[],
        downbeats=[],
        bars=[],
        sections=[Section(0.0, seconds, "silence", 0)],
        energy=Curve(1.0, [0.0]),
        vocal=Curve(1.0, [0.0]),
    )


WHOLE = Dance(PLAN, SONG, OWN).frames(0, 900)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 880), st.integers(1, 500))
def test_any_window_gives_the_same_frames(start: int, length: int) -> None:
    stop = min(start + length, 900)
    part = Dance(PLAN, SONG, OWN).frames(start, stop)
    assert np.array_equal(part.motion.rotations, WHOLE.motion.rotations[start:stop])
    assert np.array_equal(part.motion.hips, WHOLE.motion.hips[start:stop])
    assert np.array_equal(part.contacts, WHOLE.contacts[start:stop])


def test_block_seams_do_not_show() -> None:
    motion = WHOLE.motion
    turns = np.degrees(quat.angle(motion.rotations[1:], motion.rotations[:-1])).max(axis=1)
    seam = turns[BLOCK - 1]
    assert seam <= max(turns[BLOCK - 12 : BLOCK + 12].mean() * 2.0, 2.0)


def test_same_seed_same_dance_other_seed_other_dance() -> None:
    dances = [Dance(plan_dance(SONG, LIBRARY, seed=seed), SONG, LIBRARY) for seed in (3, 3, 4)]
    hashes = [_hash(dance, 600) for dance in dances]
    assert hashes[0] == hashes[1]
    assert hashes[0] != hashes[2]


@pytest.mark.parametrize("bpm", [84.0, 118.0, 152.0])
@pytest.mark.parametrize("seed", [0, 1])
def test_body_stays_a_body(bpm: float, seed: int) -> None:
    song = metronome_song(bpm, 20)
    dance = Dance(plan_dance(song, LIBRARY, seed=seed), song, LIBRARY).frames(0, int(song.duration * GRID_HZ))
    motion = dance.motion
    assert np.isfinite(motion.rotations).all()
    assert np.isfinite(motion.hips).all()
    assert np.allclose(np.linalg.norm(motion.rotations, axis=-1), 1.0, atol=1e-4)
    points, _ = joint_positions(motion, CANONICAL)
    toes = points[:, [BONE_INDEX["leftToes"], BONE_INDEX["rightToes"]], 1]
    ankles = points[:, [BONE_INDEX["leftFoot"], BONE_INDEX["rightFoot"]], 1]
    assert toes.min() > -0.005
    assert ankles.min() > 0.05
    speed = np.linalg.norm(np.diff(points, axis=0), axis=-1) * GRID_HZ
    assert np.percentile(speed, 99.9) < 9.0
    assert speed.max() < 16.0
    assert np.abs(motion.root[:, :2]).max() <= 1.2
    # Alive: no second in which nothing moves.
    assert speed[:, BONE_INDEX["head"]].reshape(-1)[: len(speed) // 60 * 60].reshape(-1, 60).max(axis=1).min() > 0.005


def test_weight_swings_from_foot_to_foot() -> None:
    points, _ = joint_positions(WHOLE.motion, CANONICAL)
    start = int((SONG.bars[0].start + 0.5) * GRID_HZ)
    hips = points[start : start + 180, 0, 0] - WHOLE.motion.root[start : start + 180, 0]
    assert hips.max() - hips.min() > 0.10
    sides = np.sign(hips - hips.mean())
    assert (np.diff(sides) != 0).sum() >= 3


def test_mirrored_step_is_the_mirror_image() -> None:
    """Up to the seeded life on top: a few percent of amplitude, noise."""

    def poses(mirror: bool) -> np.ndarray:
        plan = Plan(steps=[Step(bar=1, bars=2, move="step_touch", mirror=mirror)])
        song = metronome_song(120.0, 4)
        points, _ = joint_positions(Dance(plan, song, OWN).frames(200, 330).motion, CANONICAL)
        return points

    a, b = poses(False), poses(True)
    for left, right in (("leftHand", "rightHand"), ("leftFoot", "rightFoot"), ("head", "head")):
        there = a[:, BONE_INDEX[left]]
        here = b[:, BONE_INDEX[right]] * np.array([-1.0, 1.0, 1.0])
        assert np.median(np.linalg.norm(there - here, axis=-1)) < 0.06


def test_silence_breathes() -> None:
    dance = Dance(plan_dance(silence(), OWN), silence(), OWN).frames(0, 600)
    points, _ = joint_positions(dance.motion, CANONICAL)
    speed = np.linalg.norm(np.diff(points, axis=0), axis=-1).mean() * GRID_HZ
    assert 0.003 < speed < 0.15
    assert dance.contacts.mean() > 0.5


def test_final_pose_is_held() -> None:
    end = int((SONG.bars[-1].end + 0.5) * GRID_HZ)
    dance = Dance(PLAN, SONG, OWN).frames(end, end + 60)
    points, _ = joint_positions(dance.motion, CANONICAL)
    hand = points[:, BONE_INDEX["rightHand"]]
    assert hand[:, 1].min() > points[:, BONE_INDEX["rightUpperArm"], 1].max()
    assert np.linalg.norm(np.diff(hand, axis=0), axis=-1).max() * GRID_HZ < 0.4


def test_no_frames_asked_no_frames_given() -> None:
    empty = Dance(PLAN, SONG, OWN).frames(10, 10)
    assert len(empty.motion) == 0
    assert empty.contacts.shape == (0, 2)


def test_golden() -> None:
    """A stored stretch of a fixed plan. Renew: python -m tests.motion.dance.renew_golden, and look at the sheet."""
    with np.load(GOLDEN) as golden:
        rotations, hips = golden["rotations"], golden["hips"]
    motion = Dance(PLAN, SONG, OWN).frames(0, 900).motion
    assert quat.angle(motion.rotations[::30], rotations).max() < 1e-4
    assert np.abs(motion.hips[::30] - hips).max() < 1e-5
