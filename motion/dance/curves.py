"""Values over counts: keyed tracks with hit, settle and flow eases, and the filters that make them flesh.

The time of a key is the arrival; the ease says how one gets there. Everything is closed form or an IIR filter, so
any window of frames can be computed at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from motion.dance.moves import Ease
from motion.rig.pose import GRID_HZ
from motion.rig.quat import Array

__all__ = ["Track", "make_track", "noise", "smooth", "spring"]

_SETTLE, _HIT, _FLOW = 0, 1, 2
_CODES: dict[Ease, int] = {"settle": _SETTLE, "hit": _HIT, "flow": _FLOW}
# Longest travel in seconds (settle, hit, flow): a hit waits and then goes; a settle takes its time; a flow fills the
# gap. Muscles know seconds, not counts: in counts the braking would come too early in slow songs.
_TRAVEL = np.array([0.42, 0.27, 1.2])
_SHORTEST_PERIOD = 0.3
# Share of the way to a hit or settle that is drifted from a flow key on; the rest is kept for the snap.
_DRIFT = 0.4
_WINDUP = 0.24
_ANTICIPATION = 0.09
_LATE = 1.6


@dataclass(frozen=True, slots=True)
class Track:
    """times: (keys,) counts, increasing. eases: (keys,) codes. values, tangents: (keys, width).

    travel: (3,) counts, the longest that a change takes by ease code.
    """

    times: Array
    eases: NDArray[np.int8]
    values: Array
    tangents: Array
    travel: Array

    def at(self, counts: Array, *, windup: bool = True) -> Array:
        """(frames,) counts -> (frames, width); held before the first and after the last key."""
        nxt = np.clip(np.searchsorted(self.times, counts, side="right"), 1, len(self.times) - 1)
        prev = nxt - 1
        gap = np.maximum(self.times[nxt] - self.times[prev], 1e-6)
        ease = self.eases[nxt]
        # A curve that flows through a key must leave it at once, else it would stop dead.
        leaves = self.eases[prev] == _FLOW
        flows = ease == _FLOW
        travel = np.where(flows & leaves, gap, np.minimum(gap, self.travel[ease]))
        start = self.times[nxt] - travel
        # Leave slowly, stop late: the braking, which the eye takes for the accent, then lies close to the count.
        u = np.clip((counts - start) / travel, 0.0, 1.0)
        v = np.clip((counts - self.times[prev]) / gap, 0.0, 1.0)[:, None]
        u = np.where(flows, u, u**_LATE)[:, None]
        a, b = self.values[prev], self.values[nxt]
        change = b - a
        smooth_u = u * u * u * (10.0 - 15.0 * u + 6.0 * u * u)
        sharp = u * u * (3.0 - 2.0 * u)
        sharp = 1.0 - (1.0 - u) ** 1.2 * (1.0 - sharp) ** 0.6
        code = ease[:, None]
        share = np.where(code == _HIT, sharp, np.where(code == _FLOW, u * u * (3.0 - 2.0 * u), smooth_u))
        # After a flow one drifts on at once and then snaps.
        drift = np.where(leaves & ~flows, _DRIFT, 0.0)[:, None]
        share = share + drift * (v * v * (3.0 - 2.0 * v) - share)
        out = a + change * share
        m0 = np.where(leaves[:, None], self.tangents[prev] * gap[:, None], 0.0)
        m1 = np.where(code == _FLOW, self.tangents[nxt] * travel[:, None], 0.0)
        out = out + m0 * (v**3 - 2.0 * v**2 + v) + m1 * (u**3 - u**2)
        if windup:
            room = np.clip((gap - travel) / _WINDUP, 0.0, 1.0) * (ease == _HIT)
            phase = np.clip((counts - start + _WINDUP) / (2.0 * _WINDUP), 0.0, 1.0)
            out = out - (_ANTICIPATION * room * np.sin(np.pi * phase) ** 2)[:, None] * change
        return out


def make_track(
    times: Sequence[float], eases: Sequence[Ease], values: ArrayLike, period: float = 0.5, snap: float = 1.0
) -> Track:
    """A track from keys in order; keys closer than 0.02 counts give way to the later one.

    Args:
        period: seconds of a count. snap: how much quicker than usual a hit is.
    """
    at = np.asarray(times, dtype=np.float64)
    val = np.asarray(values, dtype=np.float64).reshape(len(at), -1)
    code = np.array([_CODES[e] for e in eases], dtype=np.int8)
    keep = np.append(np.diff(at) > 0.02, True)
    at, val, code = at[keep], val[keep], code[keep]
    if len(at) == 1:
        at, val, code = np.append(at, at[0] + 1.0), np.repeat(val, 2, axis=0), np.repeat(code, 2)
    tangents = np.zeros_like(val)
    if len(at) > 2:
        inner = (val[2:] - val[:-2]) / np.maximum(at[2:] - at[:-2], 0.25)[:, None]
        tangents[1:-1] = inner * (code[1:-1] == _FLOW)[:, None]
    travel = _TRAVEL / np.array([1.0, snap, 1.0]) / max(period, _SHORTEST_PERIOD)
    return Track(at, code, val, tangents, travel)


def spring(x: Array, frequency: float, damping: float) -> Array:
    """A damped spring that follows `x` (frames, width) on the player grid; starts at rest on x[0].

    Bilinear transform of w^2 / (s^2 + 2 z w s + w^2): exact steady state, stable at any frequency.
    """
    w = 2.0 * np.pi * frequency
    k = 2.0 * GRID_HZ
    a0 = k * k + 2.0 * damping * w * k + w * w
    a1, a2 = 2.0 * (w * w - k * k) / a0, (k * k - 2.0 * damping * w * k + w * w) / a0
    # Pulled by the last three frames, as if the first had stood for ever.
    before = np.concatenate((x[:1], x[:1], x))
    pull = (before[2:] + 2.0 * before[1:-1] + before[:-2]) * (w * w / a0)
    # Python's own numbers are quicker than an array each frame; scipy.signal would cost a second of start.
    columns: list[list[float]] = []
    for column, start in zip(pull.T.tolist(), x[0].tolist(), strict=True):
        last = older = start
        out: list[float] = []
        for value in column:
            last, older = value - a1 * last - a2 * older, last
            out.append(last)
        columns.append(out)
    return np.array(columns).T.copy()


def smooth(x: Array, frames: float) -> Array:
    """Gaussian smoothing along time, sigma in frames, ends held. x: (frames,) or (frames, width)."""
    reach = int(np.ceil(3.0 * frames))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / frames) ** 2)
    kernel /= kernel.sum()
    flat = x.reshape(len(x), -1)
    padded = np.concatenate((np.repeat(flat[:1], reach, 0), flat, np.repeat(flat[-1:], reach, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, len(kernel), axis=0)
    return (windows @ kernel).reshape(x.shape)


def noise(times: Array, rate: float, width: int, rng: np.random.Generator) -> Array:
    """Slow wandering about 0 with standard deviation 1: (frames, width), a pure function of time.

    Five sines of incommensurable rates around `rate` hertz; `rng` only sets rates and phases.
    """
    rates = rate * np.exp(rng.uniform(-0.8, 0.6, (5, width)))
    phases = rng.uniform(0.0, 2.0 * np.pi, (5, width))
    angle = 2.0 * np.pi * rates[None] * times[:, None, None] + phases[None]
    return np.sin(angle).sum(axis=1) * np.sqrt(2.0 / 5.0)
