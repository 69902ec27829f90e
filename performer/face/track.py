"""Face over time as arrays: expression weights and gaze, on the player grid.

The names are the 18 presets of VRM 1.0 and the 52 shapes of ARKit; every face array has this order.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motion.rig.pose import GRID_HZ

__all__ = ["ARKIT", "EXPRESSIONS", "EXPRESSION_INDEX", "FaceTrack", "MOUTH", "PRESETS", "rest_face"]

MOUTH: tuple[str, ...] = ("aa", "ih", "ou", "ee", "oh")
PRESETS: tuple[str, ...] = (
    *("happy", "angry", "sad", "relaxed", "surprised"),
    *MOUTH,
    *("blink", "blinkLeft", "blinkRight"),
    *("lookUp", "lookDown", "lookLeft", "lookRight"),
    "neutral",
)
ARKIT: tuple[str, ...] = (
    *("eyeBlinkLeft", "eyeLookDownLeft", "eyeLookInLeft", "eyeLookOutLeft", "eyeLookUpLeft", "eyeSquintLeft"),
    *("eyeWideLeft", "eyeBlinkRight", "eyeLookDownRight", "eyeLookInRight", "eyeLookOutRight", "eyeLookUpRight"),
    *("eyeSquintRight", "eyeWideRight", "jawForward", "jawLeft", "jawRight", "jawOpen", "mouthClose"),
    *("mouthFunnel", "mouthPucker", "mouthLeft", "mouthRight", "mouthSmileLeft", "mouthSmileRight"),
    *("mouthFrownLeft", "mouthFrownRight", "mouthDimpleLeft", "mouthDimpleRight", "mouthStretchLeft"),
    *("mouthStretchRight", "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper"),
    *("mouthPressLeft", "mouthPressRight", "mouthLowerDownLeft", "mouthLowerDownRight", "mouthUpperUpLeft"),
    *("mouthUpperUpRight", "browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight"),
    *("cheekPuff", "cheekSquintLeft", "cheekSquintRight", "noseSneerLeft", "noseSneerRight", "tongueOut"),
)
EXPRESSIONS: tuple[str, ...] = PRESETS + ARKIT
EXPRESSION_INDEX: dict[str, int] = {name: i for i, name in enumerate(EXPRESSIONS)}


@dataclass(frozen=True, slots=True)
class FaceTrack:
    """weights: (frames, 70) float32 in 0..1, columns as EXPRESSIONS. gaze: (frames, 2) float32, yaw and pitch in
    radians in head space, + to the avatar's left and + down (VRM lookAt). rate: frames per second."""

    weights: NDArray[np.float32]
    gaze: NDArray[np.float32]
    rate: float = GRID_HZ

    def __len__(self) -> int:
        return len(self.weights)


def rest_face(frames: int) -> FaceTrack:
    """`frames` frames of a closed mouth, open eyes and a straight look."""
    return FaceTrack(np.zeros((frames, len(EXPRESSIONS)), np.float32), np.zeros((frames, 2), np.float32))
