"""Footwork: from landing points to swings, small fill steps, jumps, and the weight that wanders between the feet.

All times in counts, all lengths in leg lengths; events are made once for the whole song.
"""

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator

from motion.dance.moves import FootKey
from motion.rig.quat import Array

__all__ = ["Landing", "Lane", "Steps", "plan_steps"]

# A step takes this long, seconds, if there is room for it.
_SWING = 0.35
_STANCE = 0.115
_FILL_APART = 0.7
# Feet are at least so far apart, unless one is so far in front of the other (leg lengths).
_APART, _CROSSED = 0.13, 0.16
# Wider than this (leg lengths) the pelvis would have to sink; of what is asked beyond it half is given.
_WIDEST, _BEYOND = 0.66, 0.5


@dataclass(frozen=True, slots=True)
class Landing:
    """A foot key placed in the song. at: count. x, z: leg lengths from the performer's spot. yaw: degrees."""

    at: float
    key: FootKey
    gain: float = 1.0
    fill: bool = False


@dataclass(frozen=True, slots=True)
class Lane:
    """All swings of one foot: (swings,) and (swings, 3) arrays. Places are x, z, yaw; row 0 is the start."""

    start: Array
    end: Array
    source: Array
    target: Array
    lift: Array
    kick: Array
    touch: Array
    jump: Array
    release: Array


@dataclass(frozen=True, slots=True)
class Steps:
    """weight: count -> -1 (all on the right foot) .. 1 (left). air: (jumps, 2) start and end of flights."""

    left: Lane
    right: Lane
    weight: PchipInterpolator
    air: Array


@dataclass(slots=True)
class _Swing:
    start: float
    end: float
    source: tuple[float, float, float]
    target: tuple[float, float, float]
    lift: float
    kick: float
    touch: bool
    jump: bool


def _fills(landings: list[Landing], counts: list[tuple[float, float]]) -> list[Landing]:
    """Small steps in place on counts without a foot key, so that the body never stands like a post."""
    out: list[Landing] = []
    free = "R"
    touching = False
    at = 0
    for count, chance in counts:
        while at < len(landings) and landings[at].at < count + _FILL_APART:
            free = "R" if landings[at].key.side == "L" else "L"
            touching = landings[at].key.touch or landings[at].key.kick > 0
            if touching:
                free = landings[at].key.side
            at += 1
        near = landings[at - 1].at if at else -9.0
        if abs(near - count) < _FILL_APART or chance <= 0:
            continue
        after = landings[at] if at < len(landings) else None
        side = free
        # The foot that has to step next must be free by then.
        if after is not None and after.at - count < 1.3 and after.key.side == side and not touching:
            side = "R" if side == "L" else "L"
            if touching:
                continue
        out.append(Landing(count, FootKey(count, "L" if side == "L" else "R", 0.0, 0.0), chance, True))
        free, touching = ("R" if side == "L" else "L"), False
    return out


def plan_steps(
    landings: list[Landing], fill_counts: list[tuple[float, float]], period: float = 0.5, lift: float = 1.0
) -> Steps:
    """Turn landings in order of time into lanes and weight. fill_counts: (count, size 0..1) open to small steps.

    Args:
        period: seconds of a count.
        lift: how high feet are lifted in a step; 1 = as a dancer in trousers does.
    """
    every = sorted([*landings, *_fills(landings, fill_counts)], key=lambda item: (item.at, item.key.side))
    place: dict[str, tuple[float, float, float]] = {"L": (_STANCE, 0.0, 0.0), "R": (-_STANCE, 0.0, 0.0)}
    last: dict[str, float] = {"L": -8.0, "R": -8.0}
    turned: dict[str, float] = {"L": 0.0, "R": 0.0}
    swings: dict[str, list[_Swing]] = {"L": [], "R": []}
    weights: list[tuple[float, float]] = []
    flights: list[tuple[float, float]] = []
    for item in every:
        key, side = item.key, item.key.side
        other = "R" if side == "L" else "L"
        sign = 1.0 if side == "L" else -1.0
        x, z, yaw = place[side]
        whole = 360.0 * round(yaw / 360.0)
        if item.fill:
            target = (x * 0.9 + sign * 0.015, z * 0.85 + 0.012, whole)
        else:
            if key.yaw is None:
                heading = yaw if abs(yaw - whole) < 1.0 else whole
            else:
                heading = turned[side] + key.yaw
                if abs(key.yaw) >= 360.0:
                    turned[side] += 360.0 * np.sign(key.yaw)
            target = (key.x * item.gain, key.z * item.gain, heading)
        if not key.jump and key.kick == 0:
            target = _beside(target, place[other], sign)
        if not key.jump:
            target = _within_reach(target, place[other])
        far = float(np.hypot(target[0] - x, target[1] - z))
        # One foot swings at a time: leave only after the other has (nearly) landed.
        room = item.at - max(last[side] + 0.12, last[other] + (0.0 if not key.jump else -9.0))
        length = min(_SWING / period, max(room, 0.34))
        if item.at - last[side] < 0.3 or (far < 0.012 and abs(target[2] - yaw) < 2 and not (key.kick or item.fill)):
            last[side] = max(last[side], item.at)
            continue
        start = item.at - length
        height = 0.008 if key.slide else lift * (0.075 + 0.05 * item.gain * item.fill + 0.14 * min(far, 0.5))
        if key.jump:
            flights.append((start, item.at))
        swings[side].append(_Swing(start, item.at, place[side], target, height, key.kick, key.touch, key.jump))
        place[side], last[side] = target, item.at
        if key.jump:
            weights += [(start, 0.0), (item.at, 0.0)]
        else:
            loose = key.touch or key.kick > 0
            weights.append((start + 0.05, -sign * 0.92))
            weights.append((item.at + 0.3, -sign * 0.8 if loose else sign * 0.7))
    return Steps(_lane(swings["L"], 1.0), _lane(swings["R"], -1.0), _weight(weights), np.array(sorted(set(flights))))


def _beside(
    target: tuple[float, float, float], other: tuple[float, float, float], sign: float
) -> tuple[float, float, float]:
    """The landing moved aside where it would be on the other foot; a cross needs one foot in front of the other.

    Aside and in front are those of the landing foot: in half a turn the left foot stands on the right of the stage.
    """
    yaw = np.radians(target[2])
    across, along = (np.cos(yaw), -np.sin(yaw)), (np.sin(yaw), np.cos(yaw))
    x, z = target[0] - other[0], target[1] - other[1]
    gap, depth = sign * (x * across[0] + z * across[1]), x * along[0] + z * along[1]
    if gap >= _APART or abs(depth) >= _CROSSED:
        return target
    aside = sign * (_APART - gap)
    return (target[0] + aside * float(across[0]), target[1] + aside * float(across[1]), target[2])


def _within_reach(target: tuple[float, float, float], other: tuple[float, float, float]) -> tuple[float, float, float]:
    """The landing drawn towards the standing foot where the stance would become a split."""
    x, z = target[0] - other[0], target[1] - other[1]
    wide = float(np.hypot(x, z))
    if wide <= _WIDEST:
        return target
    share = (_WIDEST + _BEYOND * (wide - _WIDEST)) / wide
    return (other[0] + x * share, other[1] + z * share, target[2])


def _lane(swings: list[_Swing], sign: float) -> Lane:
    home = (sign * _STANCE, 0.0, 0.0)
    rows = [_Swing(-1e5, -1e5 + 1, home, home, 0.0, 0.0, False, False), *swings]
    starts = np.array([row.start for row in rows])
    return Lane(
        start=starts,
        end=np.array([row.end for row in rows]),
        source=np.array([row.source for row in rows]),
        target=np.array([row.target for row in rows]),
        lift=np.array([row.lift for row in rows]),
        kick=np.array([row.kick for row in rows]),
        touch=np.array([float(row.touch) for row in rows]),
        jump=np.array([float(row.jump) for row in rows]),
        release=np.append(starts[1:], 1e6),
    )


def _weight(events: list[tuple[float, float]]) -> PchipInterpolator:
    times, values = [-1e5], [0.0]
    for at, value in sorted(events):
        if at - times[-1] < 0.1:
            if abs(value) > abs(values[-1]):
                values[-1] = value
            continue
        if at - times[-1] > 3.0 and len(times) > 1:
            # Long rests come back to both feet.
            times.append(times[-1] + 1.5)
            values.append(0.3 * values[-1])
        times.append(at)
        values.append(value)
    times += [times[-1] + 2.0, times[-1] + 1e5]
    values += [0.25 * values[-1], 0.0]
    return PchipInterpolator(times, values)
