"""The mannequin below the neck: torso, tunic, arms, hands, legs and boots, on the canonical skeleton.

All numbers are metres of the 1.60 m body; they were set by eye on renders.
"""

from itertools import pairwise

import numpy as np

from motion.rig.bones import BONE_INDEX
from motion.rig.skeleton import CANONICAL
from motion.rig.smooth import smoothstep
from performer.avatar.palette import ACCENT, BOOT, CLOTH, SKIN, TIGHTS, WHITE
from performer.avatar.shapes import Floats, Part, Weights, curve, loft, tube

__all__ = ["body_parts"]

_AT = {name: CANONICAL.rest[i] for name, i in BONE_INDEX.items()}
# y, half width, front, back
_TORSO = (
    (0.765, 0.020, 0.020, 0.020),
    (0.785, 0.095, 0.066, 0.070),
    (0.82, 0.134, 0.082, 0.094),
    (0.87, 0.142, 0.084, 0.096),
    (0.93, 0.120, 0.078, 0.078),
    (0.985, 0.099, 0.070, 0.064),
    (1.03, 0.099, 0.072, 0.064),
    (1.08, 0.110, 0.086, 0.070),
    (1.125, 0.119, 0.104, 0.077),
    (1.165, 0.122, 0.099, 0.082),
    (1.205, 0.116, 0.079, 0.080),
    (1.235, 0.095, 0.060, 0.068),
    (1.258, 0.060, 0.042, 0.050),
    (1.272, 0.034, 0.031, 0.037),
    (1.30, 0.0265, 0.027, 0.032),
    (1.345, 0.0250, 0.025, 0.031),
    (1.385, 0.0255, 0.023, 0.031),
)
_SPINE = ("hips", "spine", "chest", "upperChest", "neck", "head")


def body_parts() -> list[Part]:
    """Everything but head and hair."""
    parts = [_torso(), _tunic(), _collar()]
    for side, sign in (("left", 1.0), ("right", -1.0)):
        parts += [_arm(side, sign), _hand(side, sign), *_fingers(side, sign), _leg(side, sign), _boot(side, sign)]
    return parts


def _column(points: Floats) -> Weights:
    """Weights up the spine by height: each joint hands over around its own place."""
    y = points[:, 1]
    weights: dict[str, Floats] = {}
    share = np.ones(len(y))
    for name, above in pairwise(_SPINE):
        at = _AT[above][1]
        width = 0.025 if above in ("neck", "head") else 0.04
        over = smoothstep(y, at - width, at + width)
        weights[name] = share * (1.0 - over)
        share = share * over
    weights["head"] = share
    legs = 0.55 * smoothstep(y, 0.86, 0.78) * weights["hips"]
    side = smoothstep(points[:, 0], -0.03, 0.03)
    weights["leftUpperLeg"], weights["rightUpperLeg"] = legs * side, legs * (1.0 - side)
    weights["hips"] = weights["hips"] - legs
    # The shoulders' part of the chest goes with them.
    for name, sign in (("left", 1.0), ("right", -1.0)):
        pull = 0.8 * smoothstep(sign * points[:, 0], 0.035, 0.11) * smoothstep(y, 1.13, 1.22)
        for joint in ("chest", "upperChest"):
            moved = weights[joint] * pull
            weights[joint] = weights[joint] - moved
            weights[f"{name}Shoulder"] = weights.get(f"{name}Shoulder", 0.0) + moved
    return weights


def _rings(table: Floats, y: Floats, columns: int, power: float, middle: Floats | float = 0.0) -> Floats:
    """Superelliptic rings, counter-clockwise seen from above; table columns: half width, front, back."""
    angle = np.arange(columns) * 2.0 * np.pi / columns
    s, c = np.sin(angle), np.cos(angle)
    round_s, round_c = np.sign(s) * np.abs(s) ** (2.0 / power), np.sign(c) * np.abs(c) ** (2.0 / power)
    x = table[:, :1] * round_s
    z = np.where(round_c > 0.0, table[:, 1:2], table[:, 2:3]) * round_c + np.reshape(middle, (-1, 1))
    return np.stack((x, np.broadcast_to(y[:, None], x.shape), z), axis=-1)


def _torso() -> Part:
    y = np.concatenate((np.linspace(0.765, 1.27, 22), np.linspace(1.29, 1.385, 4)))
    colour = np.where(y > 1.235, SKIN, np.where(y < 0.90, TIGHTS, CLOTH))
    rings = _rings(curve(_TORSO, y), y, 20, 2.2, middle=np.interp(y, (1.25, 1.385), (-0.004, -0.012)))
    return loft(rings, colour, _column)


def _tunic() -> Part:
    keys = (
        (0.0, 0.103, 0.076, 0.070),
        (0.3, 0.128, 0.092, 0.092),
        (0.6, 0.162, 0.122, 0.122),
        (1.0, 0.200, 0.158, 0.158),
    )
    t = np.linspace(0.0, 1.0, 9)
    y = 1.0 - 0.245 * t
    rings = _rings(curve(keys, t), y, 32, 2.0)
    # Shallow folds that open towards the hem.
    angle = np.arange(32) * 2.0 * np.pi / 32
    rings[..., [0, 2]] *= (1.0 + 0.035 * t[:, None] ** 2 * np.cos(8 * angle)[None])[..., None]
    colour = np.where(t > 0.9, ACCENT, np.where(t < 0.09, WHITE, CLOTH))

    def weights(points: Floats) -> Weights:
        base = dict(_column(np.column_stack((points[:, 0], np.maximum(points[:, 1], 0.87), points[:, 2]))))
        swing = 0.5 * smoothstep(points[:, 1], 0.93, 0.76)
        side = smoothstep(points[:, 0], -0.07, 0.07)
        base = {name: share * (1.0 - swing) for name, share in base.items()}
        base["leftUpperLeg"], base["rightUpperLeg"] = swing * side, swing * (1.0 - side)
        return base

    # Downwards the rings run the other way round, so turn them for faces that look outwards.
    return loft(rings[::-1], colour[::-1], weights, start=False, end=False)


def _collar() -> Part:
    keys = ((0.0, 0.070, 0.052, 0.058), (0.5, 0.043, 0.038, 0.044), (1.0, 0.034, 0.033, 0.039))
    t = np.linspace(0.0, 1.0, 5)
    y = 1.245 + 0.055 * t
    return loft(_rings(curve(keys, t), y, 20, 2.1, middle=-0.005), np.full(5, WHITE), _column, start=False, end=False)


def _limb_weights(names: tuple[str, ...], cuts: tuple[float, ...], widths: tuple[float, ...], along: Floats) -> Weights:
    """Hand over from name to name at each cut along the limb."""
    weights: dict[str, Floats] = {}
    share = np.ones(len(along))
    for name, cut, width in zip(names, cuts, widths, strict=False):
        over = smoothstep(along, cut - width, cut + width)
        weights[name] = share * (1.0 - over)
        share = share * over
    weights[names[-1]] = share
    return weights


def _arm(side: str, sign: float) -> Part:
    keys = (
        (0.060, 1.226, 0.030, 0.040),
        (0.085, 1.228, 0.040, 0.044),
        (0.110, 1.232, 0.043, 0.042),
        (0.145, 1.236, 0.039, 0.038),
        (0.220, 1.239, 0.034, 0.034),
        (0.290, 1.240, 0.030, 0.030),
        (0.320, 1.240, 0.029, 0.029),
        (0.365, 1.240, 0.030, 0.030),
        (0.430, 1.240, 0.026, 0.025),
        (0.490, 1.240, 0.020, 0.018),
        (0.520, 1.240, 0.021, 0.015),
    )
    x = np.array([0.06, 0.075, 0.09, 0.11, 0.13, 0.155, 0.19, 0.23, 0.265, 0.285, 0.30, 0.315, 0.335, 0.37, 0.41, 0.45])
    x = np.concatenate((x, [0.475, 0.478, 0.495, 0.51, 0.52]))
    values = curve(keys, x)
    centres = np.column_stack((sign * x, values[:, 0], np.full(len(x), -0.010)))
    colour = np.where(x < 0.175, CLOTH, np.where(x > 0.476, SKIN, np.where(x > 0.44, WHITE, SKIN)))
    names = (f"{side}Shoulder", f"{side}UpperArm", f"{side}LowerArm", f"{side}Hand")

    def weights(points: Floats) -> Weights:
        return _limb_weights(names, (0.098, 0.305, 0.508), (0.030, 0.028, 0.014), sign * points[:, 0])

    return tube(centres, values[:, 1:], 10, colour, weights)


def _hand(side: str, sign: float) -> Part:
    keys = (
        (0.500, 0.0200, 0.0160, -0.009),
        (0.520, 0.0230, 0.0150, -0.008),
        (0.545, 0.0310, 0.0145, -0.008),
        (0.575, 0.0350, 0.0135, -0.010),
        (0.594, 0.0330, 0.0110, -0.010),
        (0.600, 0.0250, 0.0060, -0.010),
    )
    x = np.array([0.50, 0.52, 0.535, 0.55, 0.565, 0.58, 0.592, 0.60])
    values = curve(keys, x)
    centres = np.column_stack((sign * x, np.full(len(x), 1.238), values[:, 2]))

    def weights(points: Floats) -> Weights:
        return _limb_weights((f"{side}LowerArm", f"{side}Hand"), (0.506,), (0.012,), sign * points[:, 0])

    return tube(centres, values[:, :2], 10, SKIN, weights)


def _fingers(side: str, sign: float) -> list[Part]:
    parts: list[Part] = []
    for finger, radius, last in (
        ("Thumb", 0.0095, 0.024),
        ("Index", 0.0078, 0.020),
        ("Middle", 0.0080, 0.021),
        ("Ring", 0.0077, 0.020),
        ("Little", 0.0068, 0.017),
    ):
        joints = ("Metacarpal", "Proximal", "Distal") if finger == "Thumb" else ("Proximal", "Intermediate", "Distal")
        names = tuple(f"{side}{finger}{joint}" for joint in joints)
        points = np.array([_AT[name] for name in names])
        ahead = points[-1] - points[-2]
        tip = points[-1] + ahead / np.linalg.norm(ahead) * last
        back = points[0] - (points[1] - points[0]) * (0.30 if finger != "Thumb" else 0.1)
        chain = np.vstack((back, points, tip))
        length = np.concatenate(([0.0], np.cumsum(np.linalg.norm(np.diff(chain, axis=0), axis=1))))
        at = np.array([0.0, length[1], 0.5 * (length[1] + length[2]), length[2], length[3]])
        at = np.concatenate((at, [0.5 * (length[3] + length[4]), length[4] - 0.25 * radius, length[4]]))
        centres = np.column_stack([np.interp(at, length, chain[:, k]) for k in range(3)])
        sizes = np.array([1.0, 1.08, 1.0, 1.0, 0.95, 0.88, 0.6, 0.25]) * radius

        def weights(
            p: Floats,
            names: tuple[str, ...] = names,
            chain: Floats = chain,
            length: Floats = length,
        ) -> Weights:
            axis = (chain[-1] - chain[0]) / np.linalg.norm(chain[-1] - chain[0])
            along = (p - chain[0]) @ axis
            return _limb_weights((f"{side}Hand", *names), (length[1], length[2], length[3]), (0.006,) * 3, along)

        parts.append(tube(centres, np.column_stack((sizes, sizes)), 6, SKIN, weights, side=(0.0, 1.0, 0.0)))
    return parts


def _leg(side: str, sign: float) -> Part:
    # y, x, z, half width, half depth
    keys = (
        (0.05, 0.079, -0.018, 0.028, 0.032),
        (0.10, 0.079, -0.018, 0.029, 0.033),
        (0.15, 0.079, -0.017, 0.031, 0.036),
        (0.28, 0.0785, -0.016, 0.043, 0.050),
        (0.36, 0.078, -0.012, 0.046, 0.052),
        (0.44, 0.0775, 0.000, 0.042, 0.045),
        (0.49, 0.077, 0.002, 0.043, 0.046),
        (0.60, 0.076, 0.000, 0.056, 0.060),
        (0.72, 0.075, -0.002, 0.069, 0.074),
        (0.80, 0.073, -0.004, 0.073, 0.080),
        (0.86, 0.066, -0.006, 0.068, 0.076),
    )
    y = np.concatenate(
        (np.linspace(0.86, 0.53, 9), np.linspace(0.50, 0.42, 5), np.linspace(0.39, 0.34, 2), np.linspace(0.30, 0.06, 8))
    )
    values = curve(keys, y)
    centres = np.column_stack((sign * values[:, 0], y, values[:, 1]))
    colour = np.where(y > 0.345, TIGHTS, BOOT)
    names = (f"{side}UpperLeg", f"{side}LowerLeg", f"{side}Foot")

    def weights(points: Floats) -> Weights:
        hip = 0.6 * smoothstep(points[:, 1], 0.79, 0.87)
        limb = _limb_weights(names, (-0.465, -0.085), (0.035, 0.022), -points[:, 1])
        return {"hips": hip} | {name: share * (1.0 - hip) for name, share in limb.items()}

    leg = tube(centres, values[:, 2:], 14, colour, weights, side=(1.0, 0.0, 0.0))
    return leg


def _boot(side: str, sign: float) -> Part:
    # z, half width, top above the floor
    keys = (
        (-0.062, 0.012, 0.045),
        (-0.054, 0.026, 0.080),
        (-0.030, 0.033, 0.105),
        (0.000, 0.034, 0.098),
        (0.035, 0.037, 0.074),
        (0.075, 0.041, 0.056),
        (0.110, 0.037, 0.044),
        (0.135, 0.024, 0.034),
        (0.144, 0.010, 0.024),
    )
    z = np.array(
        [-0.062, -0.057, -0.045, -0.03, -0.01, 0.015, 0.04, 0.06, 0.075, 0.09, 0.11, 0.125, 0.136, 0.142, 0.144]
    )
    values = curve(keys, z)
    angle = np.arange(12) * 2.0 * np.pi / 12
    s, c = np.sin(angle), np.cos(angle)
    middle = sign * (0.079 + 0.06 * np.clip(z, 0.0, 0.2))
    x = middle[:, None] + values[:, :1] * np.sign(c) * np.abs(c) ** 0.8
    half = 0.5 * values[:, 1:2]
    y = np.maximum(half * 0.96 + half * np.sign(s) * np.abs(s) ** 0.8, 0.0)
    rings = np.stack((x, y, np.broadcast_to(z[:, None], x.shape)), axis=-1)

    def weights(points: Floats) -> Weights:
        toes = smoothstep(points[:, 2], 0.060, 0.090)
        leg = (1.0 - toes) * smoothstep(points[:, 1], 0.085, 0.125) * 0.6
        return {f"{side}Foot": 1.0 - toes - leg, f"{side}Toes": toes, f"{side}LowerLeg": leg}

    return loft(rings, BOOT, weights)
