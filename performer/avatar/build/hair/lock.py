"""From a drawn lock (where it starts, where it ends, how it swells) to its guide, its body and its texture places."""

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline, PchipInterpolator

from performer.avatar.build.hair.scalp import Scalp
from performer.avatar.build.hair.strand import Sweep, sweep, taper
from performer.avatar.build.part import Floats

__all__ = ["COLUMNS", "RING_HEIGHT", "Guide", "Lock", "body_of", "guide_of", "texture_rows"]

COLUMNS = 4
"""Strips side by side in the texture: three drawings of a lock, the last in shadow for what lies underneath."""
RING_HEIGHT = 0.15
"""Above this (head-local y) the texture follows height, so that the light's ring lies level over all locks."""
_RING_SHARE = 0.30
_TOP = 0.232
_DENSE = 64


@dataclass(frozen=True, slots=True)
class Lock:
    """One lock as it is drawn. Bearings in degrees (0 the face, 90 her left), all else in millimetres of the head.

    root: bearing and distance from the whorl, or its height with a minus.
    tip: bearing and height. via: bearings and heights between.
    out: off the scalp at the root, in the middle, at the tip. hook: how far the tip turns to her left.
    wave: how far and how long it swings from side to side, and where in the swing it starts [0, 1].
    swell, point: shares of the length where it has opened and where it starts to close.
    snug: over nape and neck, not falling free.
    reach: the texture's row at the tip, 1 = the very end, where the tip's colour is.
    """

    root: tuple[float, float]
    tip: tuple[float, float]
    out: tuple[float, float, float]
    width: float
    thick: float = 5.0
    via: tuple[tuple[float, float], ...] = ()
    hook: float = 0.0
    wave: tuple[float, float, float] = (0.0, 1.0, 0.0)
    swell: float = 0.3
    point: float = 0.55
    root_width: float = 0.45
    reach: float = 1.0
    column: int = 0
    bend: float = 0.3
    round: float = 0.5
    material: str = "hair"
    chain: str = ""
    snug: bool = False


@dataclass(frozen=True, slots=True)
class Guide:
    """A lock's course, head-local: points and outward (n, 3)."""

    points: Floats
    outward: Floats


def guide_of(lock: Lock, scalp: Scalp, rings: int) -> Guide:
    """The course of a lock over the scalp, at `rings` places closer together towards the tip."""
    first = float(np.radians(lock.root[0]))
    stops = [(first, lock.root[1] / 1000 if lock.root[1] >= 0 else scalp.fall_at(first, -lock.root[1] / 1000))]
    for bearing, height in (*lock.via, lock.tip):
        angle = float(np.radians(bearing))
        stops.append((angle, scalp.fall_at(angle, height / 1000)))
    angle = np.array([stop[0] for stop in stops])
    fall = np.array([stop[1] for stop in stops])
    chart = np.stack([fall * np.sin(angle), fall * np.cos(angle)], axis=-1)
    way = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(chart, axis=0), axis=1))])
    way /= way[-1]
    t = np.linspace(0.0, 1.0, _DENSE)
    flat = (
        CubicSpline(way, chart, bc_type="natural")(t)
        if len(stops) > 2
        else chart[0] + t[:, None] * (chart[1] - chart[0])
    )
    out = PchipInterpolator([0.0, 0.5, 1.0], np.array(lock.out) / 1000)(t)
    base, outward = scalp.base(np.arctan2(flat[:, 0], flat[:, 1]), np.hypot(flat[:, 0], flat[:, 1]))
    points = base + outward * out[:, None]
    along = np.gradient(points, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    side = np.cross(along, outward)
    side *= -1.0
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    step = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    aside = lock.hook / 1000 * np.clip((t - 0.4) / 0.6, 0.0, 1.0) ** 2
    swing, length, phase = lock.wave
    grown = np.clip((step - 0.06) / 0.12, 0.0, 1.0)
    turn = 2 * np.pi * (step * 1000 / length + phase)
    aside = aside + swing / 1000 * grown * np.sin(turn)
    points = points + side * aside[:, None] + outward * (0.45 * swing / 1000 * grown * np.cos(turn))[:, None]
    step = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    place = np.linspace(0.0, 1.0, rings)
    place = step[-1] * (0.8 * place + 0.2 * (1 - (1 - place) ** 2))
    pick = [np.interp(place, step, points[:, k]) for k in range(3)]
    face = [np.interp(place, step, outward[:, k]) for k in range(3)]
    return Guide(np.stack(pick, axis=-1), np.stack(face, axis=-1))


def body_of(lock: Lock, guide: Guide, level: str) -> Sweep:
    """The closed body of a lock along its guide."""
    step = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(guide.points, axis=0), axis=1))])
    s = step / step[-1]
    width = taper(s, lock.root_width, lock.swell, lock.point)
    return sweep(
        guide.points,
        guide.outward,
        lock.width / 2000 * width,
        lock.thick / 1000 * np.sqrt(width) * np.clip(0.15 + s / 0.30, 0.0, 1.0),
        level,
        bend=lock.bend,
    )


def texture_rows(height: Floats, s: Floats, reach: float) -> Floats:
    """(n,) texture rows: by height above the ring's zone, below it by the share of the length that is left.

    Args:
        height: (n,) head-local metres. s: (n,) share of the lock's length. reach: the row at the tip.
    """
    high = (_TOP - height) / (_TOP - RING_HEIGHT) * _RING_SHARE
    begin = float(s[height < RING_HEIGHT].min(initial=1.0)) if (height < RING_HEIGHT).any() else 1.0
    low = _RING_SHARE + (reach - _RING_SHARE) * np.clip((s - begin) / max(1.0 - begin, 1e-6), 0.0, 1.0)
    return np.clip(np.where(height >= RING_HEIGHT, np.minimum(high, _RING_SHARE), low), 0.01, 0.99)
