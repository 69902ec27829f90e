"""From plan, song and library to one score: every key of the whole song on the song's counts.

Made once per performance; the layers only read it. Because the keys of all moves stand in one row, a transition is
an ordinary gap between two keys and cannot jump.
"""

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator

from motion.dance.arms import HIP_FINGERS, HIP_PALM, SILENT_HAND, hand_angles, key_position, solve_arm
from motion.dance.clips import Clip, clip_place
from motion.dance.counts import Counts, count_song
from motion.dance.curves import Track, make_track
from motion.dance.hands import HAND_SHAPES
from motion.dance.library import Library
from motion.dance.moves import Ease, HandKey, Move
from motion.dance.plan import Plan, Step
from motion.dance.steps import Landing, Steps, plan_steps
from motion.music.song_map import SongMap
from motion.rig.quat import Array

__all__ = ["ClipSpan", "HandTracks", "Score", "build_score", "step_counts", "travel_of"]

# Authored angles look right on paper at two thirds of what a stage needs.
_ANGLE_GAIN = {"hips": 1.55, "chest": 1.65, "head": 1.45}
_SHIFT_GAIN = 1.3
# Dancers bounce from straighter legs than authors write.
_DIP_GAIN = 0.55
_STEP_GAIN = 1.65
_NEUTRAL_HAND = np.array([0.25, -0.55, 0.30])
_IDLE_ENERGY = 0.6
# Metres behind the centre at which a walk onto the stage begins.
_WALK_ON_FROM = 0.7
# Mean distance of the wrist from the midline at which two hands touch, arm lengths.
_FAR = 1e4


@dataclass(frozen=True, slots=True)
class HandTracks:
    """One hand: wrist (3), elbow wish (3), twist and bends (3), fingers (18), and how much it must touch (1)."""

    wrist: Track
    elbow: Track
    angles: Track
    fingers: Track
    touch: Track


@dataclass(frozen=True, slots=True)
class ClipSpan:
    """A clip on the counts start..end of the song; offset: its count at `start`."""

    start: float
    end: float
    clip: Clip
    mirror: bool
    offset: float


@dataclass(frozen=True, slots=True)
class Score:
    """All tracks over song counts. groove: how much the body bounces. spot: count -> x, z metres, where the
    performer stands on the stage."""

    counts: Counts
    face: Track
    hips: Track
    chest: Track
    head: Track
    left: HandTracks
    right: HandTracks
    steps: Steps
    groove: Track
    spot: PchipInterpolator
    clips: tuple[ClipSpan, ...]
    seed: int
    end: float


@dataclass(slots=True)
class _Placed:
    """One step of the plan on the counts."""

    step: Step
    move: Move
    clip: Clip | None
    energy: float
    first: int
    phrase: list[int]


def _same(ease: Ease, count: int) -> list[Ease]:
    return [ease] * count


def step_counts(step: Step, counts: Counts) -> list[int]:
    """Count of the move that each song count of the step plays (before wrapping at the move's length).

    A bar of three counts plays the first three of every four, so that ones stay ones.
    """
    out: list[int] = []
    for number, bar in enumerate(counts.bars[step.bar : step.bar + step.bars]):
        base = 4 * number if bar.counts == 3 else (out[-1] + 1 if out else 0)
        out += [base + i for i in range(bar.counts)]
    return [count + step.offset for count in out]


def travel_of(clip: Clip, phrase: list[int], *, mirror: bool) -> Array:
    """(2,) how far a clip carries the performer over the counts of `phrase`, x and z in metres."""
    return clip_place(clip, phrase[-1] + 1, mirror=mirror) - clip_place(clip, phrase[0], mirror=mirror)


def _place(plan: Plan, library: Library, counts: Counts) -> list[_Placed]:
    placed: list[_Placed] = []
    idle = library["idle_groove"].move if "idle_groove" in library else None
    idle = idle or Move("still", 4)
    tempo = float(np.interp(counts.per_minute, [80.0, 100.0, 120.0, 150.0], [1.2, 1.12, 1.0, 0.8]))
    free = 0

    def fill(until: int) -> None:
        if until > free:
            step = Step(bar=free, bars=until - free, move=idle.name, energy=_IDLE_ENERGY)
            placed.append(_Placed(step, idle, None, _IDLE_ENERGY, counts.bars[free].first, step_counts(step, counts)))

    for step in plan.steps:
        fill(step.bar)
        entry = library[step.move]
        move = entry.move or idle
        if step.mirror and entry.move is not None:
            move = move.mirrored()
        energy = float(np.clip(step.energy * tempo, 0.4, 1.5))
        placed.append(_Placed(step, move, entry.clip, energy, counts.bars[step.bar].first, step_counts(step, counts)))
        free = step.bar + step.bars
    fill(len(counts.bars))
    return placed


def _times(item: _Placed, count: float) -> list[float]:
    """Where a key at `count` of the move falls in the song (more than once if the move is repeated)."""
    whole = int(count)
    n = item.move.counts
    return [item.first + k + count - whole for k, c in enumerate(item.phrase) if c % n == whole]


def _body_track(placed: list[_Placed], name: str, seed: int, period: float, rest: Array, snap: float) -> Track:
    """rest: (width,) what every value of the track is counted from."""
    width = {"face": 1, "hips": 6}.get(name, 3)
    rows: list[tuple[float, Ease, Array]] = [(-_FAR, "settle", rest)]
    turned = 0.0
    for item in placed:
        # People never repeat themselves exactly: a few percent and a few milliseconds each time.
        rng = np.random.default_rng([seed, item.step.bar, len(name)])
        vary = 1.0 + 0.07 * float(np.clip(rng.standard_normal(), -1.5, 1.5))
        late = 0.008 / period * float(np.clip(rng.standard_normal(), -1.5, 1.5))
        keys = item.move.body.get(name, ())
        own: list[tuple[float, Ease, Array]] = []
        for key in keys:
            values = np.asarray(key.values)
            if name == "face":
                angle = float(values[0])
                values = values if abs(angle) > 90 else values * min(1.15, 0.55 + 0.45 * item.energy) * vary
            else:
                gain = np.full(width, _ANGLE_GAIN[name])
                if name == "hips":
                    gain[:3] = _SHIFT_GAIN, _DIP_GAIN, _SHIFT_GAIN
                values = values * gain * item.energy * vary
            for t in _times(item, key.count):
                own.append((t + late, key.ease, values + rest))
        own.sort(key=lambda row: row[0])
        if not own or own[0][0] > item.first + 0.9:
            # A move that says nothing about this part leaves it at rest, not where the last one dropped it.
            resting: tuple[float, Ease, Array] = (float(item.first), "settle", rest)
            own.insert(0, resting)
        if name == "face":
            own, turned = _unwind(own, turned)
        rows.extend(own)
    rows.sort(key=lambda row: row[0])
    times = [row[0] for row in rows]
    eases: list[Ease] = [row[1] for row in rows]
    return make_track(times, eases, np.stack([row[2] for row in rows]), period, snap)


def _unwind(rows: list[tuple[float, Ease, Array]], turned: float) -> tuple[list[tuple[float, Ease, Array]], float]:
    """Whole turns stay turned: after a key at +-360 degrees everything goes on from there."""
    out: list[tuple[float, Ease, Array]] = []
    for at, ease, values in rows:
        angle = float(values[0])
        out.append((at, ease, values + turned))
        if abs(angle) >= 360.0:
            turned += 360.0 * np.sign(angle)
    return out, turned


def _hand_tracks(placed: list[_Placed], side: str, period: float, snap: float) -> HandTracks:
    rest = HandKey(0.0, "settle", "rest", (0.0, 0.0, 0.0))
    rows: list[tuple[float, HandKey, Array]] = [(-_FAR, rest, key_position(rest))]
    for item in placed:
        keys = item.move.left if side == "left" else item.move.right
        own: list[tuple[float, HandKey, Array]] = []
        for key in keys or (SILENT_HAND,):
            at = key_position(key)
            if key.anchor == "":
                at = _NEUTRAL_HAND + (at - _NEUTRAL_HAND) * (0.6 + 0.4 * min(item.energy, 1.1))
            own += [(t, key, at) for t in _times(item, key.count)]
        rows += sorted(own, key=lambda row: row[0])
    times = [row[0] for row in rows]
    keys = [row[1] for row in rows]
    wrist = np.stack([row[2] for row in rows])
    elbow = np.stack([np.asarray(key.elbow or (0.0, 0.0, 0.0), dtype=np.float64) for key in keys])
    forearm = solve_arm(wrist, elbow).forearm
    usual = [(HIP_PALM, HIP_FINGERS) if key.anchor == "hip" else (None, None) for key in keys]
    angles = np.stack(
        [hand_angles(forearm[i], key.palm or usual[i][0], key.fingers or usual[i][1]) for i, key in enumerate(keys)]
    )
    fingers = np.stack([HAND_SHAPES[key.shape] for key in keys])
    eases: list[Ease] = [key.ease for key in keys]
    quick: list[Ease] = ["flow" if ease == "flow" else "settle" for ease in eases]
    touch = np.array([1.0 if key.anchor == "mid" and abs(key.at[0]) < 0.28 else 0.0 for key in keys])
    return HandTracks(
        wrist=make_track(times, eases, wrist, period, snap),
        elbow=make_track(times, quick, elbow, period),
        angles=make_track(times, quick, angles, period),
        fingers=make_track(times, _same("hit", len(times)), fingers, period),
        touch=make_track(times, _same("settle", len(times)), touch, period),
    )


def _landings(placed: list[_Placed], stance: float) -> tuple[list[Landing], list[tuple[float, float]]]:
    landings: list[Landing] = []
    fills: list[tuple[float, float]] = []
    for item in placed:
        gain = stance * _STEP_GAIN * (0.55 + 0.45 * item.energy)
        for key in item.move.feet:
            landings += [Landing(t, key, gain) for t in _times(item, key.count)]
        if item.clip is None and "still" not in item.move.tags:
            size = float(np.clip(item.energy, 0.4, 1.0))
            every = 1 if item.energy > 0.62 else 2
            fills += [(float(item.first + k), size) for k in range(0, len(item.phrase), every)]
    landings.sort(key=lambda item: item.at)
    return landings, fills


def build_score(plan: Plan, song: SongMap, library: Library) -> Score:
    """Lay every step of the plan onto the counts of the song. The plan must have passed `check_plan`."""
    counts = count_song(song)
    placed = _place(plan, library, counts) if counts.bars else []
    end = float(len(counts.times))
    manner = library.manner(plan.manner)
    seed = manner.seeded(plan.seed) if manner else plan.seed
    rest = {"face": np.zeros(1), "hips": np.zeros(6), "chest": np.zeros(3), "head": np.zeros(3)}
    rest["hips"][1] = -manner.sink if manner else 0.0
    snap = manner.snap if manner else 1.0
    tracks = {name: _body_track(placed, name, seed, counts.period, rest[name], snap) for name in rest}
    landings, fills = _landings(placed, manner.stance if manner else 1.0)
    bounce = manner.bounce if manner else 1.0
    groove: list[tuple[float, float]] = [(-_FAR, 0.0), (-1.5, 0.0)]
    # Who walks on comes from the back of the stage.
    back = -_WALK_ON_FROM if placed and "walkon" in placed[0].move.tags else 0.0
    spot: list[tuple[float, float, float]] = [(-_FAR, 0.0, back), (0.0, 0.0, back)]
    spans: list[ClipSpan] = []
    for item in placed:
        last = item.first + len(item.phrase)
        level = bounce * item.energy * (0.25 if "still" in item.move.tags else 1.0)
        groove += [(item.first + 0.5, level), (last - 0.5, level)]
        if item.clip is None:
            spot.append((float(last), item.step.x, item.step.z))
        else:
            spans.append(ClipSpan(item.first, last, item.clip, item.step.mirror, float(item.phrase[0])))
            # A captured phrase travels as its dancer did: it cannot be stretched to another place without sliding.
            x, z = np.clip(np.add(spot[-1][1:], travel_of(item.clip, item.phrase, mirror=item.step.mirror)), -1.3, 1.3)
            spot.append((float(last), float(x), float(z)))
    if placed:
        ends_still = "still" in placed[-1].move.tags
        groove.append((end + (0.3 if ends_still else 1.5), 0.0))
    groove.append((_FAR, 0.0))
    spot.append((_FAR, *spot[-1][1:]))
    return Score(
        counts=counts,
        **tracks,
        left=_hand_tracks(placed, "left", counts.period, snap),
        right=_hand_tracks(placed, "right", counts.period, snap),
        steps=plan_steps(landings, fills, counts.period, manner.lift if manner else 1.0),
        groove=make_track([g[0] for g in groove], _same("flow", len(groove)), [g[1:] for g in groove]),
        spot=PchipInterpolator([s[0] for s in spot], [s[1:] for s in spot], axis=0),
        clips=tuple(spans),
        seed=seed,
        end=end,
    )
