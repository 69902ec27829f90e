"""Named hand shapes: how much every finger joint bends, as a table. Nothing about time or arms."""

import numpy as np
from numpy.typing import NDArray

from motion.rig import quat
from motion.rig.bones import BONE_INDEX

__all__ = ["FINGER_INDEX", "HAND_SHAPES", "finger_rotations"]

_FINGERS = ("Index", "Middle", "Ring", "Little")
_JOINTS = ("Proximal", "Intermediate", "Distal")

# Degrees: 4 fingers x (proximal, intermediate, distal bend, spread away from the middle finger), then the thumb
# (towards the palm at its root, bend of the two outer joints).
# A hand at rest, on any model, is a little bent already: an open one bends its tips back, and every soft one curls
# more from finger to finger, as a hand does whose owner thinks of something else.
_RELAX = ((14, 18, 8, 2), (19, 22, 10, 0), (24, 26, 12, -1), (29, 28, 12, -3), (10, 8))
_TABLE: dict[str, tuple[tuple[float, ...], ...]] = {
    "relax": _RELAX,
    "open": ((-5, -2, -4, 5), (-3, -1, -4, 0), (-1, 0, -4, -4), (2, 2, -3, -9), (-6, 0)),
    "flat": ((0, -3, -6, 0), (0, -3, -6, 0), (0, -3, -6, 0), (1, -2, -6, -1), (6, 6)),
    "soft": ((0, 4, 0, 3), (5, 8, 2, 0), (10, 12, 4, -2), (15, 15, 5, -5), (0, 3)),
    "fist": ((82, 96, 60, 0), (84, 98, 60, 0), (86, 98, 60, 0), (86, 96, 58, 0), (42, 48)),
    "point": ((2, 3, 2, 0), (80, 94, 58, 0), (84, 96, 58, 0), (86, 96, 58, 0), (38, 46)),
    "peace": ((2, 3, 2, 11), (2, 3, 2, -6), (82, 94, 58, 0), (84, 94, 58, 0), (44, 50)),
    "gun": ((2, 3, 2, 3), (6, 6, 4, 0), (82, 94, 58, 0), (84, 94, 58, 0), (-18, -4)),
    "heart": ((42, 46, 26, 2), (44, 46, 26, 0), (46, 48, 26, 0), (48, 48, 26, -2), (4, 16)),
    "fingerheart": ((38, 40, 24, 0), (82, 94, 58, 0), (84, 96, 58, 0), (86, 96, 58, 0), (34, 10)),
    "horns": ((2, 3, 2, 6), (84, 96, 60, 0), (84, 96, 60, 0), (4, 5, 3, -10), (40, 46)),
    "thumb": ((82, 96, 60, 0), (84, 98, 60, 0), (86, 98, 60, 0), (86, 96, 58, 0), (-22, -6)),
    "claw": ((34, 52, 34, 10), (34, 54, 34, 0), (36, 54, 34, -8), (36, 50, 30, -16), (-4, 22)),
    "ok": ((50, 52, 30, 0), (12, 14, 8, 2), (10, 12, 8, -6), (8, 10, 6, -14), (34, 24)),
}

HAND_SHAPES: dict[str, NDArray[np.float64]] = {
    name: np.radians(np.array([v for finger in shape for v in finger], dtype=np.float64))
    for name, shape in _TABLE.items()
}
"""Shape name -> (18,) radians."""


def _indices(side: str) -> list[int]:
    names = [f"{side}{finger}{joint}" for finger in _FINGERS for joint in _JOINTS]
    names += [f"{side}Thumb{joint}" for joint in ("Metacarpal", "Proximal", "Distal")]
    return [BONE_INDEX[name] for name in names]


FINGER_INDEX: dict[str, list[int]] = {side: _indices(side) for side in ("left", "right")}


def finger_rotations(bends: NDArray[np.float64], side: str) -> NDArray[np.float64]:
    """(frames, 18) radians to local rotations (frames, 15, 4) in the order of FINGER_INDEX[side].

    In the T-pose the palm looks down, so bending turns the left fingers about -z; the thumb folds about y.
    """
    sign = 1.0 if side == "left" else -1.0
    frames = len(bends)
    out = np.empty((frames, 15, 4))
    fingers = bends[:, :16].reshape(frames, 4, 4)
    half = -sign * fingers[..., :3] * 0.5
    rotation = np.zeros((frames, 4, 3, 4))
    rotation[..., 2], rotation[..., 3] = np.sin(half), np.cos(half)
    # + spread carries a finger towards the thumb (forward in the T-pose): about -y on the left.
    spread = quat.from_axis_angle(np.array([0.0, 1.0, 0.0]), -sign * fingers[..., 3])
    rotation[:, :, 0] = quat.mul(spread, rotation[:, :, 0])
    out[:, :12] = rotation.reshape(frames, 12, 4)
    fold, bend = bends[:, 16], bends[:, 17]
    root = quat.from_rotation_vector(np.stack((0.35 * fold, sign * fold, -sign * 0.5 * np.abs(fold)), axis=-1))
    out[:, 12] = root
    out[:, 13] = quat.from_axis_angle(np.array([0.0, 1.0, 0.0]), sign * bend * 0.9)
    out[:, 14] = quat.from_axis_angle(np.array([0.0, 1.0, 0.0]), sign * bend)
    return out
