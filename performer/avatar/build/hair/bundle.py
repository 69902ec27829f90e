"""Hair that is tied: tails of locks round a common course, braids, loops and buns."""

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline, PchipInterpolator

from performer.avatar.build.hair.strand import Sweep, sweep, taper
from performer.avatar.build.hair.style import Bundle, Knot
from performer.avatar.build.part import Floats
from performer.avatar.build.spec import HairSpec, Level

__all__ = ["Tied", "bundle_locks", "course_of", "knot_locks"]

_SAMPLES = 96
_PER_RING = {"lite": 0.026, "full": 0.019}


@dataclass(frozen=True, slots=True)
class Tied:
    """One lock of something tied. axis: (n, 3) from the common course to each point, unit. q: (n,) share of the
    course at each point, for the chain's joints. column, reach: as a `lock.Lock`'s."""

    body: Sweep
    axis: Floats
    q: Floats
    column: int
    reach: float


def course_of(bundle: Bundle, hair: HairSpec, side: float) -> Floats:
    """(96, 3) head-local metres, even in length. side: 1 as drawn, -1 mirrored."""
    stops = np.array(bundle.course) / 1000.0
    stops[:, 1] = np.where(stops[:, 1] < 0.06, 0.06 - (0.06 - stops[:, 1]) * hair.length, stops[:, 1])
    way = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(stops, axis=0), axis=1))])
    fine = CubicSpline(way / way[-1], stops)(np.linspace(0, 1, 400))
    step = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(fine, axis=0), axis=1))])
    line = np.stack([np.interp(np.linspace(0, step[-1], _SAMPLES), step, fine[:, k]) for k in range(3)], axis=-1)
    return line * np.array([side, 1.0, 1.0])


def bundle_locks(
    bundle: Bundle, hair: HairSpec, level: Level, rng: np.random.Generator, side: float = 1.0
) -> list[Tied]:
    """The locks of a tail; a braid where `bundle.braid` is set."""
    line = course_of(bundle, hair, side)
    one, two = _frames(line)
    one = one * side
    s = np.linspace(0, 1, _SAMPLES)
    radius = PchipInterpolator(np.linspace(0, 1, 5), np.array(bundle.radius) / 1000)(s) * hair.volume**0.5
    length = float(np.linalg.norm(np.diff(line, axis=0), axis=1).sum())
    per_ring = _PER_RING[level] * (1.0 if bundle.joints[0] else 0.3)
    rings = int(np.clip(round(length / per_ring), 8, 28)) if not bundle.braid else (33, 48)[level == "full"]
    made: list[Tied] = []
    which = level == "full"
    main = 3 if bundle.braid else bundle.locks[which]
    for k in range(main + (0 if bundle.braid else bundle.stray[which])):
        stray = k >= main
        angle = 2 * np.pi * (k / main + (0.5 / main if stray else 0.0)) + 0.4
        end = 1.0 - bundle.ragged * (0.0 if k % main == 0 else ((k * 5) % 7) / 6)
        q = np.linspace(0.0, end * (1.0 if not stray else rng.uniform(0.7, 0.95)), rings)
        q = q[-1] * (0.85 * q / q[-1] + 0.15 * (1 - (1 - q / q[-1]) ** 2))
        here = np.interp(q, s, radius)
        centre, e1, e2 = _pick(line, q), _pick(one, q), _pick(two, q)
        if bundle.braid:
            turn = 2 * np.pi * (q * length / (bundle.braid / 1000) + k / 3)
            offset = e1 * (np.sin(turn) * here * 0.8)[:, None] + e2 * (np.sin(2 * turn) * here * 0.5)[:, None]
            # All strands look forwards (e2 is behind a hanging braid); turned with their offset they would kink.
            outward = 0.45 * offset - e2 * here[:, None]
            half = here * 0.85 * taper(q / q[-1], 0.7, 0.05, 0.86)
            thick = here * 0.85 * taper(q / q[-1], 0.7, 0.05, 0.86)
        else:
            turn = angle + bundle.twist * 2 * np.pi * q
            away = e1 * np.cos(turn)[:, None] + e2 * (bundle.flat * np.sin(turn))[:, None]
            spread = 1.0 + (0.35 * np.sin(q * 7 + k * 1.9) * q if not stray else 0.25 + 0.5 * q)
            offset = away * (here * 0.58 * spread)[:, None]
            outward = away
            t = q / q[-1]
            slim = 0.34 if stray else 1.0
            shape = taper(t, 0.55, 0.14, 0.50)
            half = slim * (2.3 * np.pi * here * 0.62 / main) * shape
            thick = np.maximum(slim * here * 0.42, 0.002) * np.sqrt(shape)
        swing, wave, phase = bundle.wave
        grown = np.clip(q * 2.5, 0, 1)
        aside = swing / 1000 * grown * np.sin(2 * np.pi * (q * length * 1000 / wave + phase))
        guide = centre + offset + e1 * aside[:, None]
        body = sweep(guide, outward, half, thick, "lite" if bundle.braid else level, bend=0.34)
        axis = body.points - _pick(centre + e1 * aside[:, None], body.s)
        axis /= np.maximum(np.linalg.norm(axis, axis=1, keepdims=True), 1e-9)
        made.append(Tied(body, axis, np.interp(body.s, [0, 1], [0, q[-1]]), int(rng.integers(0, 3)), bundle.reach))
    return made


def knot_locks(knot: Knot, level: Level, rng: np.random.Generator, side: float = 1.0) -> list[Tied]:
    """A bun: crescents wound round a ball in rising, narrowing turns."""
    centre = np.array(knot.centre) / 1000 * [side, 1, 1]
    axis = np.array(knot.axis) * [side, 1, 1]
    axis = axis / np.linalg.norm(axis)
    one = np.cross(axis, [0.0, 0.0, 1.0] if abs(axis[2]) < 0.9 else [1.0, 0.0, 0.0])
    one /= np.linalg.norm(one)
    two = np.cross(axis, one)
    wide, high = np.array(knot.size) / 1000
    count = knot.turns[level == "full"]
    rings = 9 if level == "lite" else 18
    made: list[Tied] = []
    for k in range(count):
        share = k / max(count - 1, 1)
        rise = np.sin(share * np.pi / 2)
        arc = np.linspace(0, 2 * np.pi * 0.80, rings) + k * 2.4
        flat = wide * np.cos(share * 1.18)
        lean = np.linspace(-0.12, 0.12, rings)
        guide = (
            centre
            + flat * (np.cos(arc)[:, None] * one + np.sin(arc)[:, None] * two)
            + axis * (high * (rise + lean - 0.1))[:, None]
        )
        outward = guide - centre + axis * high * 0.2
        t = np.linspace(0, 1, rings)
        shape = taper(t, 0.25, 0.3, 0.62)
        body = sweep(guide, outward, wide * 0.42 * shape, wide * 0.34 * np.sqrt(shape), level, bend=0.25)
        away = body.points - centre
        away /= np.linalg.norm(away, axis=1, keepdims=True)
        made.append(Tied(body, away, np.zeros(len(body.points)), int(rng.integers(0, 3)), 0.6))
    return made


def _frames(line: Floats) -> tuple[Floats, Floats]:
    """Two unit vectors across the course at each sample, carried along without turning."""
    tangent = np.gradient(line, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    first = np.cross(tangent[0], [0.0, 0.0, 1.0])
    first /= np.linalg.norm(first)
    one = np.empty_like(line)
    for k, along in enumerate(tangent):
        first = first - along * (first @ along)
        first /= np.linalg.norm(first)
        one[k] = first
    two: Floats = np.asarray(np.cross(tangent, one), dtype=np.float64)
    return one, two


def _pick(rows: Floats, q: Floats) -> Floats:
    own = np.linspace(0, 1, len(rows))
    return np.stack([np.interp(q, own, rows[:, k]) for k in range(3)], axis=-1)
