"""What arms look like from the audience at every count of a move, and how much of a move was just seen.

Pure and cheap: from the written keys, without dancing anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from motion.dance.arms import SILENT_HAND, key_position
from motion.dance.moves import HandKey, Move
from motion.rig.quat import Array

__all__ = ["Memory", "outlines"]

# Half the width of the shoulders, arm lengths; depth is seen half as well as height and width.
_SHOULDER, _DEPTH = 0.3, 0.5
# Two outlines are the same to the eye below this distance (arm lengths, root of the mean square of both wrists).
_SAME = 0.26
# How worn an outline is that was shown as it is, or mirrored.
_WORN = np.array([1.0, 0.5])[:, None, None]
# Arms that hang are not remembered: a wrist counts as shown from this height or this far out.
_SHOWN_UP, _SHOWN_OUT, _HANGING = -0.12, 0.66, 0.25


def _wrist(keys: Sequence[HandKey], counts: int) -> Array:
    """(counts, 3) where the wrist is on each count, out, up, forward; straight between keys."""
    keys = keys or (SILENT_HAND,)
    at = np.array([key.count for key in keys])
    places = np.stack([key_position(key) for key in keys])
    return np.stack([np.interp(np.arange(counts), at, places[:, axis]) for axis in range(3)], axis=-1)


@lru_cache(maxsize=1024)
def _of(left: tuple[HandKey, ...], right: tuple[HandKey, ...], counts: int) -> tuple[Array, Array]:
    wrists = np.stack((_wrist(left, counts), _wrist(right, counts)), axis=1)
    shown = (wrists[..., 1] > _SHOWN_UP) | (wrists[..., 0] > _SHOWN_OUT)
    seen = wrists * np.array([1.0, 1.0, _DEPTH])
    seen[..., 0] = (seen[..., 0] + _SHOULDER) * np.array([1.0, -1.0])
    return seen, np.where(shown.any(axis=1), 1.0, _HANGING)


def outlines(move: Move, *, mirror: bool = False, counts: int = 4) -> tuple[Array, Array]:
    """Both wrists as seen, (counts, 2, 3) arm lengths, and how memorable each count is, (counts,) 0..1.

    Args:
        counts: how many counts of the move; it is repeated beyond its end.
    """
    seen, weight = _of(move.left, move.right, move.counts)
    if mirror:
        seen = seen[:, ::-1] * np.array([-1.0, 1.0, 1.0])
    which = np.arange(counts) % move.counts
    return seen[which], weight[which]


@dataclass(slots=True)
class Memory:
    """Outlines that were or will be shown, by song count. span: counts within which one is not shown again."""

    span: float
    _at: list[float] = field(default_factory=list[float])
    _seen: list[Array] = field(default_factory=list[Array])
    _views: dict[tuple[int, int], tuple[NDArray[np.bool_], Array]] = field(
        default_factory=dict[tuple[int, int], tuple[NDArray[np.bool_], Array]]
    )

    def add(self, first: int, seen: Array, weight: Array) -> None:
        """Remember outlines on the counts from `first` on; those of hanging arms are forgotten at once."""
        kept = np.flatnonzero(weight >= 1.0)
        self._at += [float(first + k) for k in kept]
        self._seen += list(seen[kept])
        self._views.clear()

    def stale(self, first: int, seen: Array, weight: Array) -> float:
        """Share 0..1 of what is memorable in these outlines that is shown again within the span, either way round."""
        # Every move is asked about the same counts, one after another.
        if (first, len(seen)) not in self._views:
            self._views[first, len(seen)] = self._view(first, len(seen))
        near, both = self._views[first, len(seen)]
        if not near.size:
            return 0.0
        apart = np.sqrt(((seen[None, :, None] - both[:, None]) ** 2).sum(axis=(-1, -2)) / 2.0)
        alike = _WORN * np.clip((_SAME - apart) / (0.5 * _SAME), 0.0, 1.0)
        worn = np.where(near, alike.max(axis=0), 0.0).max(axis=1)
        return float((worn * weight).sum() / max(float(weight.sum()), 1e-9))

    def _view(self, first: int, counts: int) -> tuple[NDArray[np.bool_], Array]:
        """Of what is remembered within the span of any of these counts: (counts, outlines) whether of this one, and
        (2, outlines, 2, 3) the outlines as they are and mirrored."""
        apart = np.abs((first + np.arange(counts))[:, None] - np.asarray(self._at))
        near = apart <= self.span
        around = np.flatnonzero(near.any(axis=0))
        shown = np.array([self._seen[k] for k in around]).reshape(-1, 2, 3)
        return near[:, around], np.stack((shown, shown[:, ::-1] * np.array([-1.0, 1.0, 1.0])))
