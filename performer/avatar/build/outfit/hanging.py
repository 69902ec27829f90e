"""On what a skirt hangs: chains of springs on joints that turn with part of the thighs' own rotation.

A lifted thigh must never come through: cloth is carried before any spring or collider has to push it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from performer.avatar.build.outfit.bell import Bell
from performer.avatar.build.part import Floats, Weights
from performer.avatar.build.springs import Chain, Collider, Follow

__all__ = ["DRIVE", "SHORT", "Drive", "Hanging", "shin_colliders", "skirt_chains", "skirt_weights"]


@dataclass(frozen=True, slots=True)
class Drive:
    """How much of each upper leg's rotation a chain at this angle takes. Angles in degrees, 0 front, 90 her left.

    left_shin, right_shin: of the lower legs', from the chain's second joint on; for skirts that reach below the knee.
    hit_radius: metres, how far from a leg's capsule colliders keep the chain's joints: the cloth between two chains is
        as far from both as it is wide.
    """

    angle_deg: float
    left: float
    right: float
    left_shin: float = 0.0
    right_shin: float = 0.0
    hit_radius: float = 0.022


DRIVE: tuple[Drive, ...] = (
    # The skirt flares by some 30 degrees, so .88 of a kick of 115 degrees already lies on the thigh. In front two
    # columns stand close together, each on its own leg: one lifts its own half, both the whole when she crouches.
    Drive(13, 0.76, 0.05),
    Drive(50, 0.88, 0.02),
    Drive(90, 0.72, 0.0),
    Drive(132, 0.30, 0.0),
    Drive(166, 0.10, 0.03),
    Drive(194, 0.03, 0.10),
    Drive(228, 0.0, 0.30),
    Drive(270, 0.0, 0.72),
    Drive(310, 0.02, 0.88),
    Drive(347, 0.05, 0.76),
)


@dataclass(frozen=True, slots=True)
class Hanging:
    """Where the chains hang round a skirt, and at what shares of its length their joints lie.

    drive: by rising angle. joints: from root to tip, shares of the length; bend: by how much of it above and below a
    joint the cloth bends; crease: by how much round the first one it passes from the hips to the chain.
    pivot: where between a chain's root (0) and the joint of the hip (1) it turns when a thigh is lifted: about the root
        cloth stands off a lifted thigh like a tent, about the hip it lies on it and creases before the belly.
    trunk: (share of the length, how much of the cloth there goes with "spine" and no more with "hips"), from above.
    """

    drive: tuple[Drive, ...]
    joints: tuple[float, ...] = (0.06, 0.53, 1.0)
    bend: float = 0.10
    crease: float = 0.09
    pivot: float = 0.0
    trunk: tuple[tuple[float, float], ...] = ((0.0, 0.0),)


# Chains nearer to each other than this, degrees, are the two edges of a web between the legs.
_WEB_DEG = 30.0
SHORT = Hanging(DRIVE)


def skirt_weights(a: Floats, t: Floats, joints: int = 3, *, prefix: str = "skirt", hanging: Hanging = SHORT) -> Weights:
    """Joint -> (...) shares at angle a and length t: hips above, then the chain's joints, neighbours blended."""
    count = len(hanging.drive)
    angles = np.array([pull.angle_deg for pull in hanging.drive])
    around = np.append(angles, angles[0] + 360.0) - angles[0]
    turn = np.interp((np.degrees(a) - angles[0]) % 360.0, around, np.arange(count + 1.0)) % count
    first = np.floor(turn).astype(int) % count
    share = turn - np.floor(turn)
    # Between the legs the cloth is one straight web; elsewhere it is round.
    share = np.where(np.diff(around)[first] < _WEB_DEG, share, share * share * (3 - 2 * share))
    # Row position: 0 = hips only, 1 = first joint, 2 = second, ...
    start, *knees = hanging.joints[:-1]
    rows, steps = [0.0, 1.0], [start - 0.7 * min(start, hanging.crease), start + hanging.crease]
    for k, knee in enumerate(knees):
        rows += [k + 1.0, k + 2.0]
        steps += [max(knee - hanging.bend, steps[-1]), knee + hanging.bend]
    at = np.interp(t, steps, rows)
    segments = len(hanging.joints) - 1
    low = np.minimum(np.floor(at).astype(int), segments)
    high = at - low
    body = np.where(low == 0, 1 - high, 0.0)
    spine = np.interp(t, *np.array(hanging.trunk).T)
    weights: dict[str, Floats] = {"hips": body * (1 - spine), "spine": body * spine}
    for c in range(count):
        side = np.where(first == c, 1 - share, 0.0) + np.where((first + 1) % count == c, share, 0.0)
        for j in range(segments):
            along = np.where(low == j + 1, 1 - high, 0.0) + np.where(low == j, high, 0.0)
            weights[f"{prefix}{c}_{j}"] = side * along
    return {name: value for name, value in weights.items() if value.any()}


def skirt_chains(
    bell: Bell,
    hanging: Hanging = SHORT,
    *,
    hips: Floats | None = None,
    prefix: str = "skirt",
    stiffness: float = 1.1,
    gravity: float = 0.12,
    drag: float = 0.45,
    against: Sequence[str] = ("legs",),
    low_gravity: float | None = None,
    low_stiffness: float | None = None,
) -> tuple[list[Chain], list[Follow]]:
    """The chains on the bell, each on one or two joints that follow the thighs.

    hips: her left hip joint, for a hanging whose pivot is not 0.
    low_gravity, low_stiffness: of what hangs below the knee, where that follows the shins; None: as above.
    """
    chains: list[Chain] = []
    follows: list[Follow] = []
    for index, pull in enumerate(hanging.drive):
        a = np.radians(pull.angle_deg)
        places = [_place(bell.point(np.array(a), np.array(t))) for t in hanging.joints]
        parent = "hips"
        for side, weight in (("left", pull.left), ("right", pull.right)):
            if weight > 0:
                name = f"{prefix}{index}_{side}Drive"
                at = _between(places[0], hips, hanging.pivot, 1.0 if side == "left" else -1.0)
                follows.append(Follow(name, parent, at, f"{side}UpperLeg", weight))
                parent = name
        names = [f"{prefix}{index}_{j}" for j in range(len(places))]
        kind = (stiffness, gravity, drag, pull.hit_radius, tuple(against))
        if pull.left_shin or pull.right_shin:
            # Cloth bends where the knee does: what hangs below it turns with the shin.
            chains.append(Chain(f"{prefix}{index}", parent, (names[0], f"{names[0]}_end"), tuple(places[:2]), *kind))
            parent = names[0]
            for side, weight in (("left", pull.left_shin), ("right", pull.right_shin)):
                if weight > 0:
                    name = f"{prefix}{index}_{side}ShinDrive"
                    follows.append(Follow(name, parent, places[1], f"{side}LowerLeg", weight))
                    parent = name
            kind = (
                stiffness if low_stiffness is None else low_stiffness,
                gravity if low_gravity is None else low_gravity,
                drag,
                pull.hit_radius,
                tuple(against),
            )
            chains.append(Chain(f"{prefix}{index}_low", parent, tuple(names[1:]), tuple(places[1:]), *kind))
        else:
            chains.append(Chain(f"{prefix}{index}", parent, tuple(names), tuple(places), *kind))
    return chains, follows


def shin_colliders() -> list[Collider]:
    """Capsules for the lower legs, under long skirts; the thighs' are the body's own group "legs".

    They are thicker than a calf, so that they hold up the columns beside it too, and lie behind the shin's front.
    """
    return [
        Collider("shins", f"{side}LowerLeg", (0.0, -0.02, -0.022), 0.080, (0.0, -0.34, -0.035))
        for side in ("left", "right")
    ]


def _place(point: Floats) -> tuple[float, float, float]:
    x, y, z = (float(value) for value in point)
    return x, y, z


def _between(
    root: tuple[float, float, float], hip: Floats | None, share: float, sign: float
) -> tuple[float, float, float]:
    if hip is None:
        return root
    return _place((1 - share) * np.array(root) + share * hip * [sign, 1.0, 1.0])
