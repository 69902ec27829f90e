"""Where on the stage each step of a plan ends: a slow walk about the centre. Pure."""

from collections.abc import Sequence

import numpy as np
from msgspec import structs

from motion.dance.counts import Counts
from motion.dance.library import Library
from motion.dance.plan import REACH, Step
from motion.dance.score import step_counts, travel_of

__all__ = ["walk"]

# At most a hand's breadth a bar (metres), drawn back the harder the farther out; share of that in x and z.
_STRIDE = 0.13
_DRAWN, _WANDERS = (0.35, 0.5), (0.6, 0.4)
# How far from the centre, metres: to the sides, to the back, to the front.
_SIDES, _BACK, _FRONT = 0.9, -0.5, 0.6
# The last steps lead to the centre: how many, and how much of the way out is left by each.
_LAST, _LEFT = 4, 0.6


def walk(steps: Sequence[Step], library: Library, counts: Counts, seed: int) -> list[Step]:
    """The steps with a place each: a slow walk that comes back to the centre."""
    rng = np.random.default_rng([seed, 5])
    out: list[Step] = []
    x = z = 0.0
    for number, step in enumerate(steps):
        entry = library[step.move]
        if entry.clip is None and "still" not in entry.tags:
            size = _STRIDE * step.bars
            x += float(np.clip(rng.normal(-_DRAWN[0] * x, _WANDERS[0] * size), -size, size))
            z += float(np.clip(rng.normal(-_DRAWN[1] * z, _WANDERS[1] * size), -size, size))
            if number >= len(steps) - _LAST:
                x, z = _LEFT * x, _LEFT * z
            x, z = float(np.clip(x, -_SIDES, _SIDES)), float(np.clip(z, _BACK, _FRONT))
        elif entry.clip is not None:
            # What the score will do anyway, written down so that the plan says where she is.
            there = travel_of(entry.clip, step_counts(step, counts), mirror=step.mirror)
            x, z = (float(v) for v in np.clip(np.add((x, z), there), -REACH, REACH))
        out.append(structs.replace(step, x=round(x, 2), z=round(z, 2)))
    return out
