"""Measures of motion: which foot stands, how much feet skate, how fast joints move, where the body pauses.

The measures follow published formulas so that our dance can be put beside real dancers; nothing here changes motion.
Sources: kinematic beats and speed, Bailando (beat_align_score.py); PFC, EDGE (eval_pfc.py); skate: share of contact
frames in which the toe moves faster than 0.30 m/s.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from motion.rig.bones import BONE_INDEX
from motion.rig.pose import Motion, joint_positions
from motion.rig.skeleton import CANONICAL, Skeleton

__all__ = [
    "MEASURED",
    "Measures",
    "accents",
    "foot_contacts",
    "kinematic_beats",
    "mean_speed",
    "measure",
    "pfc",
    "pfc5",
    "skate",
]

MEASURE_HZ = 30.0
CONTACT_HEIGHT = 0.05
SKATE_SPEED = 0.30
BEAT_SIGMA_FRAMES = 5.0

# Joints that stand for the whole body (the 22 that SMPL-like skeletons share; fingers would count hands tenfold).
MEASURED: tuple[str, ...] = (
    *("hips", "spine", "chest", "upperChest", "neck", "head"),
    *(
        side + bone
        for side in ("left", "right")
        for bone in ("Shoulder", "UpperArm", "LowerArm", "Hand", "UpperLeg", "LowerLeg", "Foot", "Toes")
    ),
)
_COLUMNS = [BONE_INDEX[name] for name in MEASURED]
_ANKLES = [BONE_INDEX["leftFoot"], BONE_INDEX["rightFoot"]]
_TOES = [BONE_INDEX["leftToes"], BONE_INDEX["rightToes"]]
_ENDS = [BONE_INDEX[name] for name in ("leftHand", "rightHand", "leftFoot", "rightFoot")]


@dataclass(frozen=True, slots=True)
class Measures:
    """skate: share of contact frames. pfc, pfc5: EDGE's measure over the whole and the mean of 5 s windows.
    speed: mean joint speed, m/s. beats: kinematic beats per second."""

    skate: float
    pfc: float
    pfc5: float
    speed: float
    beats: float


def measure(motion: Motion, skeleton: Skeleton = CANONICAL) -> Measures:
    """All measures of one stretch of motion; at least one second of it."""
    positions, _ = joint_positions(motion, skeleton)
    seconds = max(len(motion) / motion.rate, 1e-9)
    return Measures(
        skate=skate(positions, motion.rate),
        pfc=pfc(positions, motion.rate),
        pfc5=pfc5(positions, motion.rate),
        speed=mean_speed(positions, motion.rate),
        beats=len(kinematic_beats(positions, motion.rate)) / seconds,
    )


def foot_contacts(positions: NDArray[np.float64], rate: float, *, ease: float = 0.08) -> NDArray[np.float32]:
    """How firmly each foot stands, (frames, 2) in 0..1, from joint positions (frames, 55, 3).

    A foot stands where its toe is within 5 cm of its own lowest height and slower than 0.3 m/s; the weight comes and
    goes over `ease` seconds.
    """
    toes = positions[:, _TOES]
    if len(toes) < 3:
        return np.ones((len(toes), 2), np.float32)
    low = toes[..., 1] < np.percentile(toes[..., 1], 5, axis=0) + CONTACT_HEIGHT
    speed = np.linalg.norm(np.gradient(toes[..., [0, 2]], axis=0), axis=-1) * rate
    stands = (low & (speed < SKATE_SPEED)).astype(np.float64)
    width = max(round(ease * rate) | 1, 1)
    window = np.hanning(width + 2)[1:-1]
    window /= window.sum()
    pad = width // 2
    padded = np.pad(stands, ((pad, pad), (0, 0)), mode="edge")
    smooth = np.stack([np.convolve(padded[:, side], window, mode="valid") for side in range(2)], axis=-1)
    return np.clip(smooth, 0.0, 1.0).astype(np.float32)


def skate(positions: NDArray[np.float64], rate: float) -> float:
    """Share of contact frames (toe < 5 cm above its 5th-percentile height) with the toe faster than 0.30 m/s."""
    toes = _at_rate(positions[:, _TOES], rate)
    if len(toes) < 2:
        return 0.0
    low = toes[:-1, :, 1] < np.percentile(toes[..., 1], 5, axis=0) + CONTACT_HEIGHT
    speed = np.linalg.norm(np.diff(toes[..., [0, 2]], axis=0), axis=-1) * MEASURE_HZ
    return float((low & (speed > SKATE_SPEED)).sum() / max(int(low.sum()), 1))


def pfc(positions: NDArray[np.float64], rate: float) -> float:
    """Physical foot contact of EDGE at 30 fps, y up: low when the body speeds up only while a foot stands."""
    points = _at_rate(positions, rate)
    if len(points) < 4:
        return 0.0
    root = points[:, 0]
    push = np.diff(root, n=2, axis=0) * MEASURE_HZ**2
    push[:, 1] = np.maximum(push[:, 1], 0.0)
    force = np.linalg.norm(push, axis=-1)
    greatest = float(force.max())
    if greatest < 1e-9:
        return 0.0
    step = np.linalg.norm(np.diff(points[..., [0, 2]], axis=0), axis=-1)[1:]
    feet = np.minimum(step[:, _ANKLES], step[:, _TOES])
    return float(np.mean(feet[:, 0] * feet[:, 1] * force / greatest) * 1e4)


def pfc5(positions: NDArray[np.float64], rate: float) -> float:
    """Mean `pfc` of windows of 5 s, 2.5 s apart; of the whole where it is shorter."""
    window, hop = int(5.0 * rate), int(2.5 * rate)
    if len(positions) <= window:
        return pfc(positions, rate)
    starts = range(0, len(positions) - window + 1, hop)
    return float(np.mean([pfc(positions[at : at + window], rate) for at in starts]))


def mean_speed(positions: NDArray[np.float64], rate: float) -> float:
    """Mean speed of the measured joints in the world, m/s."""
    if len(positions) < 2:
        return 0.0
    return float(np.linalg.norm(np.diff(positions[:, _COLUMNS], axis=0), axis=-1).mean() * rate)


def kinematic_beats(positions: NDArray[np.float64], rate: float) -> NDArray[np.float64]:
    """Times (beats,) in seconds at which the body pauses: minima of the mean joint speed, smoothed as Bailando does at
    60 fps (a Gaussian of 5 frames, 83 ms)."""
    if len(positions) < 5:
        return np.zeros(0)
    speed = np.linalg.norm(np.diff(positions[:, _COLUMNS], axis=0), axis=-1).mean(axis=-1)
    smooth = _gaussian(speed, BEAT_SIGMA_FRAMES * rate / 60.0)
    inner = (smooth[1:-1] < smooth[:-2]) & (smooth[1:-1] < smooth[2:])
    return ((np.flatnonzero(inner) + 1.5) / rate).astype(np.float64)


def accents(positions: NDArray[np.float64], rate: float, *, least: float = 3.0) -> NDArray[np.float64]:
    """Times (accents,) in seconds at which a hand or a foot brakes hardest: local maxima of deceleration, m/s^2.

    Args:
        least: weaker brakings than this do not count; a hand that stops from 0.5 m/s within 0.15 s has about 3.
    """
    if len(positions) < 7:
        return np.zeros(0)
    found: list[NDArray[np.floating]] = []
    for joint in _ENDS:
        speed = np.linalg.norm(np.gradient(positions[:, joint], axis=0), axis=-1) * rate
        braking = -np.gradient(_gaussian(speed, 0.03 * rate)) * rate
        peak = (braking[1:-1] > braking[:-2]) & (braking[1:-1] >= braking[2:]) & (braking[1:-1] > least)
        found.append((np.flatnonzero(peak) + 1) / rate)
    return np.sort(np.concatenate(found)).astype(np.float64)


def _gaussian(values: NDArray[np.float64], sigma: float) -> Any:
    reach = max(int(4.0 * sigma + 0.5), 1)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / max(sigma, 1e-6)) ** 2)
    return np.convolve(np.pad(values, reach, mode="symmetric"), kernel / kernel.sum(), mode="valid")


def _at_rate(points: NDArray[np.float64], rate: float) -> NDArray[np.float64]:
    """Positions at 30 fps by linear interpolation."""
    if rate == MEASURE_HZ or not len(points):
        return points
    times = np.arange(0.0, (len(points) - 1) / rate + 1e-9, 1.0 / MEASURE_HZ) * rate
    left = np.minimum(times.astype(int), len(points) - 1)
    right = np.minimum(left + 1, len(points) - 1)
    share = (times - left).reshape(-1, *([1] * (points.ndim - 1)))
    return points[left] * (1.0 - share) + points[right] * share
