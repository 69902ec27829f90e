"""From where an avatar is looked at, and what it does meanwhile: named views of the contact sheets."""

from typing import Any

__all__ = ["ARKIT", "GROUPS", "PRESETS", "views"]

PRESETS = [
    "neutral",
    "aa",
    "ih",
    "ou",
    "ee",
    "oh",
    "blink",
    "blinkLeft",
    "blinkRight",
    "happy",
    "angry",
    "sad",
    "relaxed",
    "surprised",
    "lookUp",
    "lookDown",
    "lookLeft",
    "lookRight",
]
ARKIT = [
    "browDownLeft",
    "browDownRight",
    "browInnerUp",
    "browOuterUpLeft",
    "browOuterUpRight",
    "cheekPuff",
    "cheekSquintLeft",
    "cheekSquintRight",
    "eyeBlinkLeft",
    "eyeBlinkRight",
    "eyeLookDownLeft",
    "eyeLookDownRight",
    "eyeLookInLeft",
    "eyeLookInRight",
    "eyeLookOutLeft",
    "eyeLookOutRight",
    "eyeLookUpLeft",
    "eyeLookUpRight",
    "eyeSquintLeft",
    "eyeSquintRight",
    "eyeWideLeft",
    "eyeWideRight",
    "jawForward",
    "jawLeft",
    "jawOpen",
    "jawRight",
    "mouthClose",
    "mouthDimpleLeft",
    "mouthDimpleRight",
    "mouthFrownLeft",
    "mouthFrownRight",
    "mouthFunnel",
    "mouthLeft",
    "mouthLowerDownLeft",
    "mouthLowerDownRight",
    "mouthPressLeft",
    "mouthPressRight",
    "mouthPucker",
    "mouthRight",
    "mouthRollLower",
    "mouthRollUpper",
    "mouthShrugLower",
    "mouthShrugUpper",
    "mouthSmileLeft",
    "mouthSmileRight",
    "mouthStretchLeft",
    "mouthStretchRight",
    "mouthUpperUpLeft",
    "mouthUpperUpRight",
    "noseSneerLeft",
    "noseSneerRight",
    "tongueOut",
]
PAIRS = (
    ("happy", "aa"), ("happy", "oh"), ("relaxed", "ih"), ("sad", "blink"), ("angry", "ou"), ("surprised", "aa"),
    ("relaxed", "blink"), ("sad", "ee"),
)  # fmt: skip

# Degrees about x, y, z in the normalised rig; hips_y moves the hips, metres.
_ARMS_DOWN = {"leftUpperArm": (0, 0, -68), "rightUpperArm": (0, 0, 68)}
POSES: dict[str, dict[str, Any]] = {
    "stand": {"bones": _ARMS_DOWN},
    "kick": {"bones": {**_ARMS_DOWN, "leftUpperLeg": (-115, 0, 5), "leftLowerLeg": (12, 0, 0), "spine": (-6, 0, 0)}},
    "side-kick": {"bones": {**_ARMS_DOWN, "rightUpperLeg": (-20, 0, -80), "spine": (0, 0, -10)}},
    "split": {"bones": {"leftUpperLeg": (0, 0, 75), "rightUpperLeg": (0, 0, -75), "leftUpperArm": (0, 0, 75),
                        "rightUpperArm": (0, 0, -75)}, "hips_y": -0.5},
    "crouch": {"bones": {**_ARMS_DOWN, "leftUpperLeg": (-100, 0, 10), "rightUpperLeg": (-100, 0, -10),
                         "leftLowerLeg": (125, 0, 0), "rightLowerLeg": (125, 0, 0), "spine": (20, 0, 0),
                         "leftFoot": (-25, 0, 0), "rightFoot": (-25, 0, 0)}, "hips_y": -0.42},
    "lunge": {"bones": {**_ARMS_DOWN, "leftUpperLeg": (-75, 0, 0), "leftLowerLeg": (80, 0, 0),
                        "rightUpperLeg": (35, 0, 0), "rightLowerLeg": (25, 0, 0)}, "hips_y": -0.2},
    "bow": {"bones": {"hips": (35, 0, 0), "spine": (25, 0, 0), "chest": (20, 0, 0), "leftUpperLeg": (-35, 0, 0),
                      "rightUpperLeg": (-35, 0, 0), "leftUpperArm": (0, 0, -60), "rightUpperArm": (0, 0, 60)}},
    "arms-up": {"bones": {"leftUpperArm": (0, 0, 72), "rightUpperArm": (0, 0, -72), "leftShoulder": (0, 0, 16),
                          "rightShoulder": (0, 0, -16)}},
    "crossed": {"bones": {"leftUpperArm": (0, -70, -55), "rightUpperArm": (0, 70, 55), "leftLowerArm": (0, -100, 0),
                          "rightLowerArm": (0, 100, 0)}},
    "twist": {"bones": {"leftUpperArm": (60, 0, -20), "leftLowerArm": (90, -90, 0), "leftHand": (80, 0, 0),
                        "rightUpperArm": (-60, 0, 20), "rightHand": (-80, 0, 0)}},
    "back-lean": {"bones": {"spine": (-18, 0, 0), "chest": (-16, 0, 0), "head": (-20, 0, 0), **_ARMS_DOWN}},
    "dance": {"bones": {"hips": (0, 10, 0), "spine": (0, -8, 4), "chest": (0, -6, 4), "neck": (0, 5, -6),
                        "head": (-4, 8, -8), "leftUpperArm": (0, 10, 62), "leftLowerArm": (0, -35, 20),
                        "rightUpperArm": (0, 25, 52), "rightLowerArm": (0, 95, -10), "leftUpperLeg": (-72, 14, 8),
                        "leftLowerLeg": (85, 0, 0), "leftFoot": (-20, 0, 0)}, "expressions": {"happy": 1}},
}  # fmt: skip


def _body(yaw: float, name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "yaw": yaw, "pitch": 4, "centre": 0.5, "fits": 1.12, "fov": 18, **POSES["stand"], **more}


def _face(yaw: float, name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "yaw": yaw, "pitch": 2, "head": 1.0, "fov": 10, **POSES["stand"], **more}


_LOOKS = {"lookUp": (0, -18), "lookDown": (0, 18), "lookLeft": (25, 0), "lookRight": (-25, 0)}
"""Yaw and pitch, degrees: where the eyes are bones, a look is theirs and no shape."""


def _expressions(names: list[str], yaw: float) -> list[dict[str, Any]]:
    return [
        _face(yaw, name, expressions={} if name == "neutral" else {name: 1})
        | ({"look": _LOOKS[name]} if name in _LOOKS else {})
        for name in names
    ]


GROUPS = {
    "turn": lambda: [_body(yaw, f"{yaw}") for yaw in (0, 40, 90, 140, 180, 270)],
    "face": lambda: [_face(yaw, f"face {yaw}") for yaw in (0, 35, 60, 90)],
    "crown": lambda: [_face(0, "crown", pitch=60), _face(150, "crown behind", pitch=45), _face(20, "below", pitch=-20)],
    "bust": lambda: [_face(yaw, f"bust {yaw}", head=2.6, low=0.17, fov=14) for yaw in (0, 30, -60, 180)],
    "expressions": lambda: _expressions(PRESETS, 0),
    "expressions34": lambda: _expressions(PRESETS[:14], 38),
    "pairs": lambda: [_face(10, "+".join(pair), expressions=dict.fromkeys(pair, 1)) for pair in PAIRS],
    "arkit": lambda: _expressions(ARKIT, 12),
    "poses": lambda: [_body(25, name, **pose, fits=1.35) for name, pose in POSES.items()],
    "poses-back": lambda: [_body(205, name, **pose, fits=1.35) for name, pose in POSES.items()],
}


def views(groups: list[str]) -> list[dict[str, Any]]:
    """The views of the named groups, in order.

    Raises:
        KeyError: a group that is not there.
    """
    return [view for group in groups for view in GROUPS[group]()]
