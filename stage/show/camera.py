"""The automatic camera: which shot when (once per song), and where the camera is at any time.

Cuts fall on downbeats. What the camera follows is her low-passed way over the stage, never a bobbing head; the head is
only kept inside the picture, by aiming a little and, if that is not enough, by a wider lens.
"""

import itertools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motion.music.song_map import Section, SongMap
from stage.show.body import smoothstep
from stage.show.shots import Shot, Shots
from stage.wire.frame import Camera

__all__ = ["Cut", "Subject", "aim", "cut_at", "plan_cuts"]

# A phrase shorter than this makes a nervous picture, whatever the section asks for.
SHORTEST_CUT = 2.2
# At a slow tempo as many bars would hold one picture too long.
LONGEST_CUT = 14.0
# Share of the picture's half width and upper half that the head may reach, and of the lower half: lyrics stand there.
HEAD_ROOM = 0.92
CHIN_ROOM = 0.70
AUTHORED_HEIGHT = 1.60
# Sway of a held camera: two slow sines per axis, rad/s.
_HAND_RATES = (1.7, 2.9)
_WIDEST = math.radians(50.0)


@dataclass(frozen=True, slots=True)
class Cut:
    """One shot on one stretch of media time (seconds). mirrored: left and right swapped."""

    start: float
    end: float
    shot: Shot
    mirrored: bool


@dataclass(frozen=True, slots=True)
class Subject:
    """Who is filmed, at one time. place: low-passed x, z on the stage. head: centre of a ball that holds her head for
    half a second to both sides; radius: its radius. height: hers. Metres."""

    place: tuple[float, float]
    head: tuple[float, float, float]
    radius: float
    height: float


def _phrases(song: SongMap, shots: Shots) -> list[tuple[float, float, Section]]:
    """Stretches between cuts: whole numbers of bars, a new one with each section."""
    starts = [bar.start for bar in song.bars]
    if len(starts) < 2:
        starts = [float(x) for x in np.arange(0.0, song.duration, 2.0)]
    starts = [0.0, *(s for s in starts if 0.5 < s < song.duration - SHORTEST_CUT)]
    phrases: list[tuple[float, float, Section]] = []
    begin, held = 0.0, song.section_at(starts[0] + 0.05)
    count = 0
    for start, after in itertools.pairwise([*starts[1:], song.duration]):
        count += 1
        # A quarter of a second of tolerance: section borders come from features, downbeats from beats.
        section = song.section_at(start + 0.25)
        due = count >= shots.phrases.get(held.label, 4) or section != held or after - begin > LONGEST_CUT
        if due and start - begin >= SHORTEST_CUT:
            phrases.append((begin, start, held))
            begin, held, count = start, section, 0
    phrases.append((begin, song.duration + 60.0, held))
    return phrases


def plan_cuts(song: SongMap, shots: Shots, seed: int) -> tuple[Cut, ...]:
    """The cuts of a whole song. The same song, table and seed give the same cuts."""
    chance = np.random.default_rng([seed, 0xCA])
    cuts: list[Cut] = []
    low_before = False
    for number, (start, end, section) in enumerate(_phrases(song, shots)):
        last = cuts[-1].shot if cuts else None
        bars = max(1, sum(start <= bar.start < end for bar in song.bars))
        weights = np.array([_weight(shot, section, last, bars, number == 0, low_before) for shot in shots.shots])
        if not weights.any():
            weights = np.array([float(last is None or shot.size != last.size) for shot in shots.shots])
        if not weights.any():
            weights = np.ones(len(shots.shots))
        pick = shots.shots[int(chance.choice(len(weights), p=weights / weights.sum()))]
        side = bool(chance.random() < 0.5)
        if cuts and last is not None and last.size == pick.size:
            side = not cuts[-1].mirrored
        low_before = pick.size == "low"
        cuts.append(Cut(start, end, pick, side))
    return tuple(cuts)


def _weight(shot: Shot, section: Section, last: Shot | None, bars: int, first: bool, low_before: bool) -> float:
    weight = shot.on.get(section.label, 0.0)
    if bars > shot.bars or (low_before and shot.size == "low"):
        return 0.0
    if first:
        return weight * (3.0 if shot.size in ("wide", "crane") else 0.3)
    if last is not None and (shot.size == last.size or {shot.size, last.size} == {"wide", "crane"}):
        return 0.0
    return weight


def cut_at(cuts: tuple[Cut, ...], t: float) -> Cut:
    """The cut that holds media time `t`."""
    low, high = 0, len(cuts)
    while high - low > 1:
        middle = (low + high) // 2
        if cuts[middle].start <= t:
            low = middle
        else:
            high = middle
    return cuts[low]


def travel(t: float, start: float, end: float) -> float:
    """How far a shot has moved, 0..1: never at rest right after a cut, slowing a little towards its end."""
    u = min(max((t - start) / max(end - start, 1e-6), 0.0), 1.0)
    return 0.5 * u + 0.5 * smoothstep(u)


def _mix(a: tuple[float, float, float], b: tuple[float, float, float], u: float) -> NDArray[np.float64]:
    return np.asarray(a) * (1.0 - u) + np.asarray(b) * u


def aim(shot: Shot, u: float, mirrored: bool, subject: Subject, now: float, aspect: float) -> Camera:
    """The camera of a shot that has moved by `u`. now: show time, for the hand's sway. aspect: width over height."""
    scale = subject.height / AUTHORED_HEIGHT
    sides = np.array([-1.0 if mirrored else 1.0, 1.0, 1.0])
    place = np.array([subject.place[0], 0.0, subject.place[1]]) * shot.follow
    position = _mix(shot.start.position, shot.stop.position, u) * sides * scale + place
    target = _mix(shot.start.target, shot.stop.target, u) * sides * scale + place
    position += _hand(now, shot.hand * scale)
    upright = aspect < 1.0
    target[1] -= shot.drop * scale * upright
    fov = math.radians(shot.fov * (shot.portrait if upright else 1.0))

    forward = target - position
    distance = float(np.linalg.norm(forward))
    forward /= distance
    right = np.array([-forward[2], 0.0, forward[0]])
    right /= max(float(np.linalg.norm(right)), 1e-9)
    # right x forward; numpy's own cross takes ten times as long for three numbers.
    up = np.array(
        [
            -right[2] * forward[1],
            right[2] * forward[0] - right[0] * forward[2],
            right[0] * forward[1],
        ]
    )
    away = np.asarray(subject.head) - position
    depth = max(float(away @ forward), 0.3)
    x, y, reach = float(away @ right) / depth, float(away @ up) / depth, subject.radius / depth
    # A rolled picture sees a slanted head; its ball grows by what the slant can cost.
    reach += abs(math.sin(math.radians(shot.roll))) * max(abs(x), abs(y))
    # A ball that must fit at all, wherever the camera is aimed: no lens narrower than that.
    tall, middle = (HEAD_ROOM + CHIN_ROOM) / 2.0, (HEAD_ROOM - CHIN_ROOM) / 2.0
    half = max(math.tan(fov / 2.0), 1.08 * reach / min(tall, HEAD_ROOM * aspect))
    beyond_x = _beyond(x, reach, half * aspect * HEAD_ROOM)
    beyond_y = _beyond(y - middle * half, reach, half * tall)
    target = target + (right * beyond_x + up * beyond_y) * distance
    return Camera(
        position=(float(position[0]), float(position[1]), float(position[2])),
        target=(float(target[0]), float(target[1]), float(target[2])),
        fov=min(2.0 * math.atan(half), _WIDEST),
        roll=math.radians(shot.roll) * (-1.0 if mirrored else 1.0),
        focus=float(np.linalg.norm(away)),
    )


def _beyond(at: float, reach: float, limit: float) -> float:
    """How far (signed, in units of depth) the view must turn so that at ± reach lies within the limit."""
    return math.copysign(min(max(abs(at) + reach - limit, 0.0), abs(at)), at)


def _hand(now: float, millimetres: float) -> NDArray[np.float64]:
    if millimetres == 0.0:
        return np.zeros(3)
    slow, quick = _HAND_RATES
    sway = [0.6 * math.sin(slow * now + axis) + 0.4 * math.sin(quick * now + 2.0 * axis) for axis in (0.3, 1.7, 3.1)]
    return np.array(sway) * millimetres * 1e-3
