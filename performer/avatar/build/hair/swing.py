"""What of the hair swings: chains for hanging locks and tails, shares of their joints, shapes to keep out of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from performer.avatar.build.part import Floats, Weights
from performer.avatar.build.spec import Level
from performer.avatar.build.springs import Chain, Collider

__all__ = ["GROUPS", "Hanging", "chain_of", "colliders", "hang", "shares", "tail_of"]

GROUPS = ("head", "body", "arms", "shoulders")
"""Of these the body's builder makes "body" and "arms"."""


@dataclass(frozen=True, slots=True)
class Hanging:
    """Chains of one kind side by side. bearings: (k,) radians where they hang; start, ends: heights, head-local."""

    chains: tuple[Chain, ...]
    bearings: Floats
    start: float
    ends: Floats


_KINDS: dict[str, tuple[float, int, tuple[int, int], tuple[int, int]]] = {
    # kind: height where swinging starts (head-local metres), sides, chains per side (lite, full), joints (lite, full)
    "lock": (0.085, 2, (1, 1), (3, 4)),
    "back": (0.045, 1, (3, 5), (5, 6)),
    "bob": (0.070, 1, (3, 5), (2, 2)),
}


def hang(kind: str, guides: Sequence[Floats], level: Level, to_model: Callable[[Floats], Floats]) -> list[Hanging]:
    """Chains under the locks of a kind, along the mean course of the locks near each.

    Args:
        kind: of `_KINDS`. guides: per lock (n, 3), head-local. to_model: head-local points to model space.
    """
    start, sides, per_side, joints = _KINDS[kind]
    full = level == "full"
    bearings = np.array([np.arctan2(g[-1, 0], g[-1, 2]) % (2 * np.pi) for g in guides])
    made: list[Hanging] = []
    for side in range(sides):
        mine = [k for k in range(len(guides)) if sides == 1 or (guides[k][-1, 0] > 0) == (side == 0)]
        if not mine:
            continue
        own = bearings[mine]
        count = per_side[full]
        places = np.linspace(own.min(), own.max(), 2 * count + 1)[1::2] if count > 1 else np.array([own.mean()])
        links = joints[full]
        chains: list[Chain] = []
        ends: list[float] = []
        for c, place in enumerate(places):
            near = np.exp(-(((own - place) / 0.35) ** 2)) + 1e-6
            near /= near.sum()
            end = float(sum(w * guides[k][-1, 1] for w, k in zip(near, mine, strict=True)))
            heights = np.linspace(start, end, links + 1)
            line = np.zeros((links + 1, 3))
            for weight, k in zip(near, mine, strict=True):
                down = guides[k]
                order = np.argsort(-down[:, 1])
                for axis in (0, 2):
                    line[:, axis] += weight * np.interp(-heights, -down[order, 1], down[order, axis])
            line[:, 1] = heights
            name = f"{kind}{'LR'[side] if sides == 2 else c}"
            chains.append(chain_of(name, to_model(line)))
            ends.append(end)
        made.append(Hanging(tuple(chains), places, start, np.array(ends)))
    return made


def chain_of(name: str, line: Floats, *, stiffness: float = 0.22, gravity: float = 0.16, drag: float = 0.10) -> Chain:
    """A chain of the head along (joints + 1, 3) model-space points.

    A spring's own frequency is the root of 120 (stiffness + gravity) / length, and drag takes its share 120 times a
    second: 0.26 of it and thrice the stiffness stood still within half a second and never swung past its place.
    """
    return Chain(
        name=f"hair_{name}",
        parent="head",
        joints=[f"hair_{name}_{k}" for k in range(len(line))],
        positions=[(float(x), float(y), float(z)) for x, y, z in line],
        stiffness=stiffness,
        gravity=gravity,
        drag=drag,
        hit_radius=0.015,
        against=GROUPS,
    )


def tail_of(name: str, line: Floats) -> Chain:
    """The same for a tail: heavy and long, so it would fly across the face where the head turns and stops.

    It is stiffer than locks, keeps its thickness away from flesh, and stays out of the room before the face.
    """
    chain = chain_of(name, line, stiffness=0.32, gravity=0.18, drag=0.13)
    return replace(chain, hit_radius=0.030, against=(*GROUPS, "face"))


def shares(chains: Sequence[tuple[Chain, float]], q: Floats) -> Weights:
    """Skin weights along chains hung side by side.

    Args:
        chains: and how much of the lock follows each, together 1. q: (n,) joints passed, below 0 = still the head.
    """
    total: dict[str, Floats] = {"head": np.zeros(len(q))}
    for chain, share in chains:
        links = len(chain.joints) - 1
        # Half a joint late: a joint turns what lies below it, and the bend is spread over both its neighbours.
        late = np.clip(q - 0.5, -1.0, links - 1.0)
        for k in range(-1, links):
            name = "head" if k < 0 else chain.joints[k]
            total[name] = total.get(name, 0.0) + share * np.clip(1.0 - np.abs(late - k), 0.0, 1.0)
    return {name: value for name, value in total.items() if value.any()}


def colliders() -> list[Collider]:
    """Head, the room before the face and the slope of the shoulders; trunk and arms are the body's own.

    Metres of the 1.58 m figure. Only tails are kept out of "face": locks lie beside the cheeks.
    """
    slopes = [
        Collider("shoulders", "upperChest", (side * 0.034, 0.112, -0.014), 0.040, (side * 0.092, 0.100, -0.014))
        for side in (1.0, -1.0)
    ]
    return [
        Collider("head", "head", (0.0, 0.100, 0.004), 0.088),
        Collider("head", "head", (0.0, 0.040, 0.020), 0.058),
        Collider("face", "head", (0.0, -0.040, 0.090), 0.085, (0.0, 0.110, 0.100)),
        *slopes,
    ]
