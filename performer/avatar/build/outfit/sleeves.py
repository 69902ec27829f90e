"""Wide sleeves: a tube that hangs below the arm like a wing, on chains that gravity pulls.

The sleeve rides on a forearm that points as hers does and never rolls, so its pocket hangs below the arm whichever way
she turns her palm.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from performer.avatar.build.outfit.kit import Kit
from performer.avatar.build.outfit.sheet import Sheet
from performer.avatar.build.outfit.wrap import limb_sheet
from performer.avatar.build.part import Floats
from performer.avatar.build.springs import Chain, Follow

__all__ = ["Sleeve", "WideSleeve", "wide_sleeve"]


@dataclass(frozen=True, slots=True)
class WideSleeve:
    """start: share of the upper arm where it begins. drop: metres it hangs below the wrist. open: half its depth there.

    reach: station of the opening, 2 = the wrist, beyond it over the hand.
    """

    start: float
    drop: float
    open: float
    reach: float = 2.06


@dataclass(frozen=True, slots=True)
class Sleeve:
    """Her left sleeve; the chains of both and the joints that carry them."""

    sheet: Sheet
    chains: Sequence[Chain]
    follows: Sequence[Follow]


# A round pocket, deepest before the opening, whose lower corner is cut off round: pointed, it is a thorn as soon as the
# arm is raised and all of the pocket falls together. (from where it grows to the opening, share of the drop).
_POCKET = ((0.0, 0.0), (0.25, 0.20), (0.5, 0.64), (0.7, 0.92), (0.85, 1.0), (1.0, 0.80))
# Where along the arm the chains hang (1 = elbow, 2 = wrist), and how many joints each has, the tip included.
_STATIONS = (0.95, 1.45, 1.95)
_JOINTS = 4


def wide_sleeve(kit: Kit, cut: WideSleeve) -> Sleeve:
    """The left sleeve with chains for both sides.

    The ring at each station is a drop: narrow round the arm above, a pocket below it that grows towards the wrist.
    Chains hang in the pocket at the elbow, below the forearm's middle and at the opening.
    """
    joints = [kit.body.joints[name] for name in ("leftUpperArm", "leftLowerArm", "leftHand")]
    rows, columns = kit.some(9, 15), kit.some(16, 26)
    stations = np.linspace(cut.start, cut.reach, rows)
    angle = np.linspace(-np.pi, np.pi, columns + 1)
    line = np.array([_along(joints, at) for at in stations])
    grow = np.clip((stations - 0.55) / (cut.reach - 0.55), 0, 1)
    top = np.interp(stations, [0.0, 0.4, 1.0, 1.6, 2.1], [0.052, 0.046, 0.042, 0.036, 0.034])
    hang = top + cut.drop * _pocket(grow)
    deep = np.interp(stations, [0.0, 0.5, 1.0, 2.1], [0.053, 0.047, 0.046, cut.open])
    up = np.cos(angle)
    # The pocket: below the arm the ring's lower half is stretched down to a round bottom.
    below = np.clip(-up, 0, 1)
    y = np.where(up > 0, up * top[:, None], -(below**0.7) * hang[:, None])
    z = -np.sin(angle)[None] * deep[:, None] * (1 - 0.10 * below**2 * grow[:, None])
    points = line[:, None] + np.stack([np.zeros_like(y), y, z], axis=-1)
    # At the shoulder it lies on the arm and grows out of it.
    snug = limb_sheet(
        kit.body,
        ("leftUpperArm", "leftLowerArm", "leftHand"),
        np.minimum(stations, 0.9),
        columns,
        0.0075,
        ("leftArm",),
        front=(0.0, 1.0, 0.0),
    )
    free = np.clip((stations - cut.start) / 0.45, 0, 1)[:, None, None]
    free = free * free * (3 - 2 * free)
    points = snug.points * (1 - free) + points * free
    # The opening is cut slantwise: its lower corner lies nearer to the body.
    points[..., 0] -= 0.085 * (below**1.2 * grow[:, None] ** 1.5) * (cut.drop / 0.24)
    weights = _weights(stations, below, grow)
    share = np.broadcast_to(np.linspace(0, 1, rows)[:, None], y.shape).copy()
    u = np.broadcast_to((angle + np.pi) / (2 * np.pi), y.shape).copy()
    chains = [_chain(joints, side, k, at, cut) for side in ("left", "right") for k, at in enumerate(_STATIONS)]
    return Sleeve(Sheet(points, u, share, weights), chains, [_forearm(joints, side) for side in ("left", "right")])


def _pocket(grow: Floats | float) -> Floats:
    return np.asarray(np.interp(grow, *np.array(_POCKET).T))


def _forearm(joints: Sequence[Floats], side: str) -> Follow:
    sign, axis = (1.0, "+X") if side == "left" else (-1.0, "-X")
    elbow = (sign * float(joints[1][0]), float(joints[1][1]), float(joints[1][2]))
    return Follow(f"{side}SleeveArm", f"{side}UpperArmTwist", elbow, f"{side}Hand", 1.0, axis)


def _along(joints: Sequence[Floats], at: float) -> Floats:
    bone = min(int(at), 1)
    return joints[bone] + (joints[bone + 1] - joints[bone]) * (at - bone)


def _weights(stations: Floats, below: Floats, grow: Floats) -> dict[str, Floats]:
    """Arm above, chains in the pocket; the elbow is shared over a wide stretch, as cloth bends."""
    at = np.broadcast_to(stations[:, None], (len(stations), len(below)))
    bend = np.clip((at - 0.80) / 0.40, 0, 1)
    bend = bend * bend * (3 - 2 * bend)
    shoulder = np.clip((0.16 - at) / 0.16, 0, 1) * 0.4
    deep = np.broadcast_to((below**0.9)[None], at.shape)
    along = np.interp(deep, [0.08, 0.32, 0.62, 0.90], [0.0, 1.0, 2.0, 3.0])
    hanging = np.clip(along, 0, 1) * np.clip((grow[:, None] - 0.02) / 0.26, 0, 1)
    across = np.interp(at, _STATIONS, np.arange(float(len(_STATIONS))))
    arm = 1 - hanging
    weights = {
        "leftShoulder": arm * shoulder,
        "leftUpperArmTwist": arm * (1 - shoulder) * (1 - bend),
        "leftSleeveArm": arm * (1 - shoulder) * bend,
    }
    for k in range(len(_STATIONS)):
        near = np.clip(1 - np.abs(across - k), 0, 1)
        for j in range(_JOINTS - 1):
            level = np.clip(1 - np.abs(np.maximum(along, 1.0) - (j + 1)), 0, 1)
            weights[f"leftSleeve{k}_{j}"] = hanging * near * level
    return weights


def _chain(joints: Sequence[Floats], side: str, number: int, station: float, cut: WideSleeve) -> Chain:
    root = _along(joints, station)
    drop = cut.drop * float(_pocket(np.clip((station - 0.55) / (cut.reach - 0.55), 0, 1)))
    sign = 1.0 if side == "left" else -1.0
    shares = np.linspace(0, 1, _JOINTS)
    places = [
        (sign * float(root[0] - 0.04 * s), float(root[1] - 0.012 - (drop + 0.03) * s), float(root[2])) for s in shares
    ]
    return Chain(
        f"{side}Sleeve{number}",
        f"{side}SleeveArm",
        tuple(f"{side}Sleeve{number}_{k}" for k in range(_JOINTS)),
        tuple(places),
        stiffness=0.08,
        gravity=0.34,
        drag=0.14,
        hit_radius=0.018,
        against=("body", "legs"),
    )
