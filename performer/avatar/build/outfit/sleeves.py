"""Wide sleeves: a tube that hangs below the arm like a wing, on chains that gravity pulls."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from performer.avatar.build.outfit.kit import Kit
from performer.avatar.build.outfit.sheet import Sheet
from performer.avatar.build.outfit.wrap import limb_sheet
from performer.avatar.build.part import Floats
from performer.avatar.build.springs import Chain

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
    """Her left sleeve, and the chains of both."""

    sheet: Sheet
    chains: Sequence[Chain]


def wide_sleeve(kit: Kit, cut: WideSleeve) -> Sleeve:
    """The left sleeve with chains for both sides.

    The ring at each station is a drop: narrow round the arm above, a pocket below it that grows towards the wrist.
    Two chains of three joints hang in the pocket, one below the forearm's middle, one at the opening.
    """
    joints = [kit.body.joints[name] for name in ("leftUpperArm", "leftLowerArm", "leftHand")]
    rows, columns = kit.some(8, 14), kit.some(14, 24)
    stations = np.linspace(cut.start, cut.reach, rows)
    angle = np.linspace(-np.pi, np.pi, columns + 1)
    line = np.array([_along(joints, at) for at in stations])
    grow = np.clip((stations - 0.55) / (cut.reach - 0.55), 0, 1)
    top = np.interp(stations, [0.0, 0.4, 1.0, 1.6, 2.1], [0.052, 0.046, 0.042, 0.036, 0.034])
    hang = top + cut.drop * grow**1.35
    deep = np.interp(stations, [0.0, 0.5, 1.0, 2.1], [0.053, 0.047, 0.046, cut.open])
    up = np.cos(angle)
    # The pocket: below the arm the ring's lower half is stretched down and pinched towards its bottom edge.
    below = np.clip(-up, 0, 1)
    y = np.where(up > 0, up * top[:, None], -(below**0.9) * hang[:, None])
    z = -np.sin(angle)[None] * deep[:, None] * (1 - 0.35 * below**2 * grow[:, None])
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
    points[..., 0] -= 0.10 * (below**1.2 * grow[:, None] ** 1.5) * (cut.drop / 0.24)
    weights = _weights(stations, below, grow)
    share = np.broadcast_to(np.linspace(0, 1, rows)[:, None], y.shape).copy()
    u = np.broadcast_to((angle + np.pi) / (2 * np.pi), y.shape).copy()
    chains = [_chain(joints, side, k, at, cut) for side in ("left", "right") for k, at in enumerate((1.35, 1.95))]
    return Sleeve(Sheet(points, u, share, weights), chains)


def _along(joints: Sequence[Floats], at: float) -> Floats:
    bone = min(int(at), 1)
    return joints[bone] + (joints[bone + 1] - joints[bone]) * (at - bone)


def _weights(stations: Floats, below: Floats, grow: Floats) -> dict[str, Floats]:
    """Arm above, chains in the pocket; the elbow is shared over a wide stretch, as cloth bends."""
    at = np.broadcast_to(stations[:, None], (len(stations), len(below)))
    bend = np.clip((at - 0.80) / 0.40, 0, 1)
    bend = bend * bend * (3 - 2 * bend)
    shoulder = np.clip((0.16 - at) / 0.16, 0, 1) * 0.4
    low = np.broadcast_to(below[None], at.shape)
    hanging = np.clip((low - 0.25) / 0.55, 0, 1) * np.clip((grow[:, None] - 0.12) / 0.35, 0, 1)
    tip = np.clip((low - 0.70) / 0.30, 0, 1)
    outer = np.clip((at - 1.35) / 0.60, 0, 1)
    arm = 1 - hanging
    return {
        "leftShoulder": arm * shoulder,
        "leftUpperArm": arm * (1 - shoulder) * (1 - bend),
        "leftLowerArm": arm * (1 - shoulder) * bend,
        "leftSleeve0_0": hanging * (1 - outer) * (1 - tip),
        "leftSleeve0_1": hanging * (1 - outer) * tip,
        "leftSleeve1_0": hanging * outer * (1 - tip),
        "leftSleeve1_1": hanging * outer * tip,
    }


def _chain(joints: Sequence[Floats], side: str, number: int, station: float, cut: WideSleeve) -> Chain:
    root = _along(joints, station)
    drop = cut.drop * float(np.clip((station - 0.55) / (cut.reach - 0.55), 0, 1)) ** 1.35
    sign = 1.0 if side == "left" else -1.0
    places = [
        (sign * float(root[0] - 0.04 * s), float(root[1] - 0.012 - (drop + 0.03) * s), float(root[2]))
        for s in (0.0, 0.5, 1.0)
    ]
    return Chain(
        f"{side}Sleeve{number}",
        f"{side}LowerArm",
        tuple(f"{side}Sleeve{number}_{k}" for k in range(3)),
        tuple(places),
        stiffness=0.25,
        gravity=0.55,
        drag=0.5,
        hit_radius=0.02,
        against=("body", "legs"),
    )
