"""The cage of a left arm, leg and foot: rings that go on from the holes of the trunk."""

from collections.abc import Sequence

import numpy as np

from performer.avatar.build.cage import Cage, Share
from performer.avatar.build.frame import Frame

__all__ = ["build_arm", "build_leg"]

# Shares per ring of the tables, names without "left". Three rings hand over at a joint; the roll of the upper arm
# grows towards the elbow, that of the hand towards the wrist.
_ARM: tuple[Share, ...] = (
    {"Shoulder": 0.28, "UpperArmTwist": 0.72},
    {"Shoulder": 0.06, "UpperArmTwist": 0.94},
    {"UpperArmTwist": 0.65, "UpperArm": 0.35},
    {"UpperArmTwist": 0.20, "UpperArm": 0.80},
    {"UpperArm": 0.88, "LowerArm": 0.12},
    {"UpperArm": 0.50, "LowerArm": 0.50},
    {"UpperArm": 0.12, "LowerArm": 0.88},
    {"LowerArm": 0.75, "LowerArmTwist": 0.25},
    {"LowerArm": 0.30, "LowerArmTwist": 0.70},
    {"LowerArmTwist": 1.0},
    {"LowerArmTwist": 0.65, "Hand": 0.35},
    {"LowerArmTwist": 0.15, "Hand": 0.85},
)
_LEG: tuple[Share, ...] = (
    {"hips": 0.10, "UpperLeg": 0.90},
    {"UpperLeg": 1.0},
    {"UpperLeg": 1.0},
    {"UpperLeg": 1.0},
    {"UpperLeg": 0.88, "LowerLeg": 0.12},
    {"UpperLeg": 0.50, "LowerLeg": 0.50},
    {"UpperLeg": 0.12, "LowerLeg": 0.88},
    {"LowerLeg": 1.0},
    {"LowerLeg": 1.0},
    {"LowerLeg": 1.0},
    {"LowerLeg": 1.0},
    {"LowerLeg": 0.95, "Foot": 0.05},
    {"LowerLeg": 0.60, "Foot": 0.40},
)
_FOOT: tuple[Share, ...] = (
    {"LowerLeg": 0.08, "Foot": 0.92},
    {"Foot": 1.0},
    {"Foot": 0.55, "Toes": 0.45},
    {"Toes": 1.0},
    {"Toes": 1.0},
    {"Toes": 1.0},
)
_ARM_AROUND, _LEG_AROUND = 8, 12
# Soles are flat: nothing of a bare foot lies lower than this before it is smoothed.
_SOLE = 0.003


def build_arm(cage: Cage, frame: Frame, start: Sequence[int]) -> list[int]:
    """Add a left arm, rows 0 at the shoulder to 11 at the wrist; returns its last ring, the first of it on top."""
    _, high, deep = frame.joints["leftUpperArm"]
    shrink = (2.0 + np.cos(2.0 * np.pi / _ARM_AROUND)) / 3.0
    ring = list(start)
    for number, (row, share) in enumerate(zip(frame.arm.rings, _ARM, strict=True)):
        x, dy, dz, up, down, front, back = row
        after: list[int] = []
        for k in range(_ARM_AROUND):
            angle = 2.0 * np.pi * k / _ARM_AROUND
            c, s = np.cos(angle) / shrink, np.sin(angle) / shrink
            y, z = (up if c > 0.0 else down) * c, (front if s > 0.0 else back) * s
            # The first ring leans: on top it lies nearer to the neck, so that the shoulder falls off roundly.
            lean = -0.006 * np.cos(angle) if number == 0 else 0.0
            after.append(cage.vertex((x + lean, high + dy + y, deep + dz + z), _left(share)))
        cage.tube(ring, after, "leftArm", number)
        ring = after
    return ring


def build_leg(cage: Cage, frame: Frame, start: Sequence[int], lift: float) -> None:
    """Add a left leg, rows 0 at the hip to 12 at the ankle, and its foot, rows 0 to 6 at the toes.

    Args:
        lift: radians by which the foot stands on its ball, as in a heel.
    """
    shrink = (2.0 + np.cos(2.0 * np.pi / _LEG_AROUND)) / 3.0
    # The trunk's hole begins at the front with nine vertices over half a circle; the ring's first is the second there.
    angles = np.pi / 6.0 * (np.arange(_LEG_AROUND) - 1.0)
    ring = list(start)
    for number, (row, share) in enumerate(zip(frame.leg.rings, _LEG, strict=True)):
        y, x, z, out, within, front, back = row
        after: list[int] = []
        for angle in angles:
            s, c = np.sin(angle) / shrink, np.cos(angle) / shrink
            # The first ring follows the fold of the groin: higher outside.
            rise = 0.014 * np.sin(angle) if number == 0 else 0.0
            place = (x + (out if s > 0.0 else within) * s, y + rise, z + (front if c > 0.0 else back) * c)
            after.append(cage.vertex(place, _left(share)))
        cage.tube(ring, after, "leftLeg", number, inward=True)
        ring = after
    ball, ankle = np.array(frame.joints["leftToes"]), np.array(frame.joints["leftFoot"])
    for number, (row, share) in enumerate(zip(frame.foot.rings, _FOOT, strict=True)):
        y, z, tilt, wide, up, down = row
        way = np.array([0.0, np.sin(np.radians(tilt)), np.cos(np.radians(tilt))])
        after = []
        for angle in angles:
            c = np.cos(angle) / shrink
            place = (
                np.array([ankle[0] + 0.001 + wide * np.sin(angle) / shrink, y, z]) + way * (up if c > 0 else down) * c
            )
            place[1] = max(place[1], _SOLE)
            after.append(cage.vertex(lifted(place, ball, ankle, lift, 1.0 - share.get("Toes", 0.0)), _left(share)))
        cage.tube(ring, after, "leftFoot", number, inward=True)
        ring = after
    cage.face(ring[::-1], "leftFoot", len(_FOOT))


def lifted(place: np.ndarray, ball: np.ndarray, ankle: np.ndarray, lift: float, share: float) -> np.ndarray:
    """A point of the foot when the heel is raised by `lift` radians about the ball; the ankle stays where it is."""
    return _turned(place, ball, lift * share) - _turned(ankle, ball, lift) + ankle


def _turned(place: np.ndarray, ball: np.ndarray, angle: float) -> np.ndarray:
    x, y, z = place - ball
    c, s = np.cos(angle), np.sin(angle)
    return ball + np.array([x, y * c - z * s, y * s + z * c])


def _left(share: Share) -> dict[str, float]:
    return {name if name == "hips" else f"left{name}": value for name, value in share.items()}
