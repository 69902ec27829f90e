"""The player: plan, song and library to frames of motion, baked in blocks and kept.

Any window of frames gives the very same values: blocks lie on a fixed grid and each is computed with its own
warm-up, whatever was asked before.
"""

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motion.dance.check import check_plan
from motion.dance.clips import clip_place, sample_clip
from motion.dance.goals import Goals, blend_goals, solve_legs
from motion.dance.layers import WARM_UP, dance_goals
from motion.dance.library import Library
from motion.dance.plan import Plan
from motion.dance.score import ClipSpan, Score, build_score
from motion.music.song_map import SongMap
from motion.rig.bones import BONES
from motion.rig.pose import GRID_HZ, Motion

__all__ = ["BLOCK", "Dance", "DanceMotion"]

# Frames of one block: 6 s. Longer costs less warm-up in all, shorter a smaller hitch when played live.
BLOCK = 360
_KEPT_BLOCKS = 64
# Counts over which dance and clip exchange the body, and each foot in its turn (left first, then right).
_EXCHANGE = (-0.95, 0.25)
# How far the pace of a clip swings within a count (1 = to a standstill), and where in the count it is slowest.
_DWELL, _DWELL_AT = 0.35, 0.3


@dataclass(frozen=True, slots=True)
class DanceMotion:
    """motion: on the canonical skeleton at 60 Hz. contacts: (frames, 2) float32, how firmly each foot stands, 0..1."""

    motion: Motion
    contacts: NDArray[np.float32]


def _ramp(x: NDArray[np.float64], start: float, stop: float) -> NDArray[np.float64]:
    u = np.clip((x - start) / (stop - start), 0.0, 1.0)
    return u * u * u * (10.0 - 15.0 * u + 6.0 * u * u)


def _dwell(counts: NDArray[np.float64], energy: float) -> NDArray[np.float64]:
    """Count positions that go quickly before a count and slowly after it, so that a phrase brakes on the counts.

    The wildest phrases are left alone: they have no speed to spare.
    """
    depth = _DWELL * min(max((0.9 - energy) / 0.3, 0.0), 1.0)
    return counts - depth * np.sin(2.0 * np.pi * (counts - _DWELL_AT)) / (2.0 * np.pi)


def _mix_clip(score: Score, span: ClipSpan, now: NDArray[np.float64], goals: Goals) -> Goals:
    """Exchange the dance for a clip on its counts and back."""
    first, last = span.start + _EXCHANGE[0], span.end + _EXCHANGE[1]
    if now[-1] <= first or now[0] >= last:
        return goals
    at = _dwell(now - span.start + span.offset, span.clip.energy)
    clip = sample_clip(span.clip, at, mirror=span.mirror)
    # The phrase begins where the performer stands and travels from there as its dancer did, whatever the spot does
    # meanwhile; else the whole body would glide across the stage to get into the phrase.
    drift = score.spot(span.start) - clip_place(span.clip, span.offset, mirror=span.mirror) - score.spot(now)
    clip.pelvis[:, [0, 2]] += drift
    clip.ankles[:, :, [0, 2]] += drift[:, None]
    middle = 0.5 * sum(_EXCHANGE)

    def share(start: float, stop: float) -> NDArray[np.float64]:
        return _ramp(now, span.start + start, span.start + stop) * (1.0 - _ramp(now, span.end + start, span.end + stop))

    body = share(*_EXCHANGE)
    feet = np.stack((share(_EXCHANGE[0], middle), share(middle, _EXCHANGE[1])), axis=-1)
    return blend_goals(goals, clip, body, feet)


class Dance:
    """A performance of one plan. `frames` may be asked for in any order; blocks are kept, newest used longest."""

    def __init__(self, plan: Plan, song: SongMap, library: Library) -> None:
        check_plan(plan, song, library)
        self._score = build_score(plan, song, library)
        self._blocks: OrderedDict[int, DanceMotion] = OrderedDict()

    @property
    def score(self) -> Score:
        """What is danced, for sheets and tests."""
        return self._score

    def frames(self, start: int, stop: int) -> DanceMotion:
        """Frames start..stop (exclusive) of the 60 Hz grid; frame 0 is media time 0, negative ones stand and wait."""
        if stop <= start:
            return DanceMotion(_empty(), np.zeros((0, 2), np.float32))
        blocks = [self._block(number) for number in range(start // BLOCK, (stop - 1) // BLOCK + 1)]
        low = start - (start // BLOCK) * BLOCK
        high = low + stop - start
        if len(blocks) == 1:
            return DanceMotion(blocks[0].motion.window(low, high), blocks[0].contacts[low:high])
        return DanceMotion(
            Motion(
                np.concatenate([b.motion.rotations for b in blocks])[low:high],
                np.concatenate([b.motion.hips for b in blocks])[low:high],
                np.concatenate([b.motion.root for b in blocks])[low:high],
            ),
            np.concatenate([b.contacts for b in blocks])[low:high],
        )

    def _block(self, number: int) -> DanceMotion:
        block = self._blocks.get(number)
        if block is None:
            block = self._bake(number * BLOCK, (number + 1) * BLOCK)
            self._blocks[number] = block
            if len(self._blocks) > _KEPT_BLOCKS:
                self._blocks.popitem(last=False)
        else:
            self._blocks.move_to_end(number)
        return block

    def _bake(self, start: int, stop: int) -> DanceMotion:
        score = self._score
        low, high = start - WARM_UP, stop + WARM_UP
        goals = dance_goals(score, low, high)
        now = score.counts.at(np.arange(low, high) / GRID_HZ)
        for span in score.clips:
            goals = _mix_clip(score, span, now, goals)
        rotations, pelvis = solve_legs(goals)
        keep = slice(WARM_UP, WARM_UP + stop - start)
        spot = score.spot(now)[keep]
        root = np.zeros((stop - start, 4), np.float32)
        root[:, :2] = spot
        out = Motion(rotations[keep].astype(np.float32), pelvis[keep].astype(np.float32), root)
        contacts = goals.contact[keep].astype(np.float32)
        for array in (out.rotations, out.hips, out.root, contacts):
            array.setflags(write=False)
        return DanceMotion(out, contacts)


def _empty() -> Motion:
    return Motion(np.zeros((0, len(BONES), 4), np.float32), np.zeros((0, 3), np.float32), np.zeros((0, 4), np.float32))
