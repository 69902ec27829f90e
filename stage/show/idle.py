"""What she does when nothing is played: stands, breathes, shifts her weight, blinks. A loop of LOOP seconds.

Everything is a sum of waves that fit the loop a whole number of times, so the loop has no seam.
"""

import numpy as np
from numpy.typing import NDArray

from motion.rig import quat
from motion.rig.bones import BONE_INDEX, BONES
from motion.rig.pose import GRID_HZ, Motion
from motion.rig.skeleton import CANONICAL, Skeleton
from performer.avatar.fit import fit
from performer.face.track import EXPRESSION_INDEX, FaceTrack, rest_face

__all__ = ["LOOP", "LOOP_FRAMES", "idle_face", "idle_motion"]

LOOP = 16.0
LOOP_FRAMES = int(LOOP * GRID_HZ)
BREATHS = 4
# Seconds of each blink in the loop: uneven, as people blink.
BLINKS = (1.3, 5.0, 5.35, 8.9, 13.1)
BLINK_SECONDS = 0.16
# The pelvis goes so far over to the standing leg (metres) and tilts so much (radians).
STEP_ASIDE = 0.03
# Each ankle stands so far from the middle, metres.
STANCE = 0.115
PELVIS = 0.055


def _wave(cycles: int, phase: float = 0.0) -> NDArray[np.float64]:
    return np.sin(2.0 * np.pi * (cycles * np.arange(LOOP_FRAMES) / LOOP_FRAMES + phase))


def _turn(yaw: NDArray[np.float64] | float, pitch: NDArray[np.float64] | float, roll: NDArray[np.float64] | float):
    zero = np.zeros(LOOP_FRAMES)
    return quat.from_euler_yxz(zero + yaw, zero + pitch, zero + roll)


def _canonical() -> Motion:
    rotations = np.zeros((LOOP_FRAMES, len(BONES), 4))
    rotations[..., 3] = 1.0
    breath, drift = _wave(BREATHS), _wave(1, 0.2)
    # From leg to leg twice a loop, with a rest on each.
    shift = (_wave(2) + _wave(6) / 9.0) * (9.0 / 8.0)
    late = (_wave(2, -0.03) + _wave(6, -0.09) / 9.0) * (9.0 / 8.0)

    def put(name: str, q: NDArray[np.floating]) -> None:
        rotations[:, BONE_INDEX[name]] = q

    # Over the standing leg the pelvis is high; the trunk leans back over it, the head follows a little late.
    put("hips", _turn(0.0, 0.0, PELVIS * shift))
    put("spine", _turn(0.04 * drift, 0.01 + 0.006 * breath, -0.8 * PELVIS * shift))
    put("chest", _turn(0.03 * drift, -0.014 * breath, -0.7 * PELVIS * late))
    put("upperChest", _turn(0.0, -0.02 * breath, 0.0))
    put("neck", _turn(0.08 * _wave(1, 0.6), 0.012 * breath, 0.5 * PELVIS * late))
    put("head", _turn(0.13 * _wave(1, 0.63), 0.02 + 0.035 * _wave(3, 0.1), 0.06 * _wave(2, 0.9)))
    for side, sign in (("left", 1.0), ("right", -1.0)):
        put(f"{side}Shoulder", _turn(0.0, 0.0, sign * (0.018 * breath - 0.03)))
        lower = _turn(0.0, 0.0, -sign * (1.27 + 0.02 * breath) - 0.3 * PELVIS * late)
        swing = 0.10 + 0.04 * _wave(2, 0.2 + 0.1 * sign) + 0.02 * _wave(3, 0.3 * sign)
        put(f"{side}UpperArm", quat.mul(_turn(0.0, swing, 0.0), lower))
        put(f"{side}LowerArm", _turn(-sign * (0.42 + 0.07 * _wave(2, 0.15 + 0.1 * sign)), 0.0, 0.0))
        put(f"{side}Hand", _turn(0.0, 0.05 * _wave(3, 0.2 * sign), -sign * 0.06))
        for finger, curl in (("Index", 0.25), ("Middle", 0.32), ("Ring", 0.38), ("Little", 0.42)):
            for joint in ("Proximal", "Intermediate", "Distal"):
                put(f"{side}{finger}{joint}", _turn(0.0, 0.0, -sign * (curl + 0.05 * _wave(2, 0.1 * sign))))
    # Feet a hand apart, toes a little outward, held where they are; the fit's foot IK takes the last millimetres.
    hips = np.zeros((LOOP_FRAMES, 3))
    hips[:, 0] = STEP_ASIDE * shift
    hips[:, 1] = CANONICAL.hips_height - 0.012 + 0.002 * breath
    for side, sign in (("left", 1.0), ("right", -1.0)):
        lean = _leg_lean(side, sign * STANCE, hips[:, 0], PELVIS * shift)
        # Turned out about its own length, so that the foot stays where it is.
        put(f"{side}UpperLeg", quat.mul(_turn(0.0, 0.0, lean - PELVIS * shift), _turn(sign * 0.08, 0.0, 0.0)))
        put(f"{side}Foot", _turn(0.0, 0.0, -lean))
    return Motion(
        rotations.astype(np.float32), hips.astype(np.float32), np.zeros((LOOP_FRAMES, 4), np.float32), GRID_HZ
    )


def _leg_lean(side: str, stand: float, across: NDArray[np.float64], tilt: NDArray[np.float64]) -> NDArray[np.float64]:
    """Roll of a straight leg on the stage that keeps its ankle at x = `stand`, whatever the pelvis does."""
    rest = CANONICAL.rest
    hip = rest[BONE_INDEX[f"{side}UpperLeg"]] - rest[BONE_INDEX["hips"]]
    leg = rest[BONE_INDEX[f"{side}Foot"]] - rest[BONE_INDEX[f"{side}UpperLeg"]]
    joint = across + hip[0] * np.cos(tilt) - hip[1] * np.sin(tilt)
    length = float(np.hypot(leg[0], leg[1]))
    return np.arcsin((stand - joint) / length) - np.arctan2(leg[0], -leg[1])


def idle_motion(skeleton: Skeleton) -> Motion:
    """The loop on a body: LOOP_FRAMES frames on the 60 Hz grid; frame LOOP_FRAMES would be frame 0."""
    return fit(_canonical(), np.ones((LOOP_FRAMES, 2), np.float32), skeleton)


def idle_face() -> FaceTrack:
    """The loop's face: blinks, a slight smile, a look that wanders a little."""
    face = rest_face(LOOP_FRAMES)
    times = np.arange(LOOP_FRAMES) / GRID_HZ
    blink = np.zeros(LOOP_FRAMES)
    for start in BLINKS:
        x = np.clip((times - start) / BLINK_SECONDS, 0.0, 1.0)
        blink = np.maximum(blink, np.sin(np.pi * x) ** 2)
    weights = face.weights.copy()
    weights[:, EXPRESSION_INDEX["blink"]] = blink
    weights[:, EXPRESSION_INDEX["relaxed"]] = 0.18 + 0.05 * _wave(1)
    gaze = np.stack((0.05 * _wave(2, 0.3), 0.02 + 0.02 * _wave(1, 0.7)), axis=-1)
    return FaceTrack(weights, gaze.astype(np.float32), GRID_HZ)
