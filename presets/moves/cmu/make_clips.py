"""Cut dance phrases from the motion-capture set and write clips.npz beside this file.

    python presets/moves/cmu/make_clips.py MOCAP_FOLDER

MOCAP_FOLDER holds index.json and clips/ID.npz (its README names the sources and licences). For each stretch: find
the dancer's own beat, cut 8 (or 4) counts, straighten over-bent knees, plant the feet, relax the hands, recentre.
"""

import json
import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import argrelextrema

from motion.dance.clips import CLIP_BONES, Clip, encode_clips
from motion.dance.curves import smooth
from motion.dance.goals import LEG
from motion.rig import quat
from motion.rig.bones import BONE_INDEX
from motion.rig.skeleton import CANONICAL

Array = NDArray[np.floating]
HERE = Path(__file__).resolve().parent
RATE = 60.0
BEFORE, AFTER = 60, 40
STYLES = {"salsa": "latin", "indian": "any", "pop (MJ)": "pop", "modern/ballet": "ballad", "breakdance": "street"}
# Clips without repaired glitches, and the stretches on the feet (seconds) where only part is of use.
CLIPS: dict[str, tuple[float, float]] = {
    **{name: (0.0, 99.0) for name in ("05_02", "05_09", "05_12", "05_13", "131_01", "131_02", "131_03", "131_04")},
    **{name: (0.0, 99.0) for name in ("55_01", "94_04", "94_06", "94_08", "94_13", "94_14", "94_15", "fair1_dab")},
    **{f"60_{i:02d}": (0.0, 99.0) for i in (3, 4, 5, 6, 7, 12, 14)},
    **{f"61_{i:02d}": (0.0, 99.0) for i in (1, 3, 4, 5, 6, 7, 9, 10, 12, 13, 15)},
    **{"85_03": (0.0, 13.6), "85_04": (0.0, 4.0), "85_12": (0.0, 9.9), "85_14": (0.0, 8.7)},
}
PER_CLIP = 3
# Of the partner dances only the best: they look much alike, and half of what they do needs the other one.
PER_PARTNER_CLIP = {"60": 1, "61": 2}
# Phrases that measured too fast on stage, once drawn to the counts, or whose knee flips over when the leg is straight
# (a test holds all others to it); and two whose head the solver of the recording hung upside down.
SET_ASIDE = {"cmu_61_07_b", "cmu_61_13_b", "cmu_94_04_a", "cmu_94_15_a", "cmu_60_06_a", "cmu_60_07_a"}
# What a phrase may do (found by looking at contact sheets of the first cut): metres and seconds, degrees.
FASTEST_JOINT, FASTEST_TURN = 6.0, 2000.0
# A phrase begins and ends towards the audience, and looks there most of the time.
EDGE_HEADING, FRONT_HEADING, FRONT_SHARE = np.radians(60.0), np.radians(75.0), 0.6
# Wrist to the middle of the head; mean speed of the hands against the chest.
HEAD_ROOM, LIVELY_HANDS = 0.13, 0.30
# How far from where it began a phrase may end, metres.
TRAVEL = 0.8
# Neither thrown into a partner's arms nor down to the floor, and never a statue for a whole count.
UPRIGHT, STILLEST_COUNT = np.cos(np.radians(50.0)), 0.22


@dataclass(frozen=True, slots=True)
class Source:
    """A whole recording at 60 Hz, in leg lengths; y up, floor at 0."""

    name: str
    style: str
    rotations: Array
    feet: Array
    joints: Array
    hips: Array
    leg: float
    names: list[str]


def load(folder: Path, row: dict[str, Any], index: dict[str, Any]) -> Source:
    with np.load(folder / "clips" / f"{row['id']}.npz") as store:
        raw = np.cumsum(store["q"], axis=0, dtype=np.int16).astype(np.float64)
        root = np.cumsum(store["root"], axis=0) * 1e-4
        offsets = store["offsets"].astype(np.float64)
        fps = float(store["fps"])
    # The set is w x y z, the engine x y z w.
    q = quat.unroll(quat.normalize(raw[..., [1, 2, 3, 0]]))
    frames = round(len(q) * RATE / fps)
    at = np.clip(np.arange(frames) * fps / RATE, 0, len(q) - 1.001)
    low = at.astype(int)
    share = (at - low)[:, None]
    q = quat.nlerp(q[low], q[low + 1], share)
    root = root[low] * (1 - share) + root[low + 1] * share
    names: list[str] = index["joints"]
    world, joints = np.empty_like(q), np.empty((frames, len(names), 3))
    for j, parent in enumerate(index["parents"]):
        if parent < 0:
            world[:, j], joints[:, j] = q[:, j], root
        else:
            world[:, j] = quat.mul(world[:, parent], q[:, j])
            joints[:, j] = joints[:, parent] + quat.rotate(world[:, parent], offsets[j])
    by = {name: j for j, name in enumerate(names)}
    local = np.zeros((frames, len(CLIP_BONES), 4))
    local[..., 3] = 1.0
    for k, bone in enumerate(CLIP_BONES):
        if bone in by:
            local[:, k] = q[:, by[bone]]
    half = quat.from_rotation_vector(0.5 * quat.to_rotation_vector(q[:, by["chest"]]))
    local[:, CLIP_BONES.index("chest")] = local[:, CLIP_BONES.index("upperChest")] = half
    thigh = np.linalg.norm(offsets[by["leftLowerLeg"]])
    leg = float(thigh + np.linalg.norm(offsets[by["leftFoot"]]))
    feet = np.stack((world[:, by["leftFoot"]], world[:, by["rightFoot"]]), axis=1)
    return Source(row["id"], row["style"], local, feet, joints / leg, world[:, 0], leg, names)


def accents(joints: Array, names: list[str]) -> tuple[Array, Array]:
    """Frames at which a hand or a foot brakes, and how hard (m/s^2, capped so that one jerk does not rule)."""
    at: list[Array] = []
    force: list[Array] = []
    for name in ("leftHand", "rightHand", "leftFoot", "rightFoot"):
        speed = np.linalg.norm(np.gradient(joints[:, names.index(name)], axis=0), axis=-1) * RATE * LEG
        braking = -np.gradient(smooth(speed, 1.8)) * RATE
        peak = argrelextrema(braking, np.greater)[0]
        peak = peak[braking[peak] > 3.0]
        at.append(peak.astype(np.float64))
        force.append(np.minimum(braking[peak], 15.0))
    order = np.argsort(np.concatenate(at), kind="stable")
    return np.concatenate(at)[order], np.concatenate(force)[order]


def beat_grid(at: Array, force: Array) -> tuple[float, float]:
    """Period and phase (frames) of the even pulse that fits the accents best."""
    best = (-1.0, 30.0, 0.0)
    if len(at) < 6:
        return 30.0, 0.0
    for period in 60.0 * RATE / np.arange(84.0, 150.0, 2.0):
        for phase in np.arange(0.0, period, 1.5):
            off = np.remainder(at - phase + period / 2, period) - period / 2
            # A quick pulse is hit more easily by chance, so count hits against its own expectation.
            hit = float(np.average(np.exp(-0.5 * (off / 3.0) ** 2), weights=force)) - 7.5 / period
            if hit > best[0]:
                best = (hit, period, phase)
    return best[1], best[2]


def straighten(joints: Array, by: dict[str, int], ankles: Array) -> Array:
    """How far to raise the pelvis (frames,) so that knees lose some of the solver's bend, in leg lengths."""
    gain: list[Array] = []
    for i, side in enumerate(("left", "right")):
        hip, knee = joints[:, by[f"{side}UpperLeg"]], joints[:, by[f"{side}LowerLeg"]]
        a, b = np.linalg.norm(knee - hip, axis=-1), np.linalg.norm(joints[:, by[f"{side}Foot"]] - knee, axis=-1)
        length = np.linalg.norm(hip - ankles[:, i], axis=-1)
        bend = np.pi - np.arccos(np.clip((a * a + b * b - length**2) / (2 * a * b), -1, 1))
        new = np.maximum(bend - np.radians(18.0), np.minimum(bend, np.radians(6.0)))
        gain.append(np.sqrt(a * a + b * b + 2 * a * b * np.cos(new)) - length)
    return np.clip(smooth(np.minimum(*gain), 6.0), 0.0, 0.07)


def cut(source: Source, start: float, period: float, counts: int, hits: tuple[Array, Array]) -> Clip | None:
    """The phrase that begins at frame `start`, mended; None where it is of no use."""
    low, high = int(max(0, start - BEFORE)), int(min(len(source.hips) - 1, start + counts * period + AFTER))
    first, last = int(start), int(start + counts * period)
    by = {name: j for j, name in enumerate(source.names)}
    joints = source.joints[low:high].copy()
    core = source.joints[first:last]
    speed = np.linalg.norm(np.diff(core, axis=0), axis=-1) * RATE * LEG
    hips = core[:, 0]
    forward = quat.rotate(source.hips[low:high], np.array([0.0, 0.0, 1.0]))
    heading = np.unwrap(np.arctan2(forward[:, 0], forward[:, 2]))
    turn = heading[last - low] - heading[first - low]
    across = np.hypot(*(hips[:, [0, 2]] - hips[:, [0, 2]].mean(axis=0)).T) * LEG
    height = hips[:, 1]
    if speed.max() > FASTEST_JOINT or speed.mean() < 0.40 or height.min() < 0.72 or across.max() > 0.75:
        return None
    if float(np.hypot(*(hips[-1] - hips[0])[[0, 2]])) * LEG > TRAVEL:
        return None
    if abs(_wrapped(turn)) > EDGE_HEADING or height.max() > 1.35:
        return None
    trunk = core[:, by["chest"]] - hips
    if (trunk[:, 1] / np.linalg.norm(trunk, axis=-1)).min() < UPRIGHT:
        return None
    if min(part.mean() for part in np.array_split(speed, counts)) < STILLEST_COUNT:
        return None
    turns = quat.angle(source.rotations[first + 1 : last, 1:], source.rotations[first : last - 1, 1:])
    if np.degrees(turns.max()) * RATE > FASTEST_TURN or not _hands_do_well(core, by):
        return None
    # Face the audience where most of the phrase looks, stand in the middle of what it covers.
    core_heading = heading[first - low : last - low]
    main = float(np.arctan2(np.sin(core_heading).mean(), np.cos(core_heading).mean()))
    if np.hypot(np.sin(core_heading).mean(), np.cos(core_heading).mean()) < 0.25:
        main = float(heading[first - low])
    away = np.abs(_wrapped(core_heading - main))
    if max(away[0], away[-1]) > EDGE_HEADING or float(np.mean(away < FRONT_HEADING)) < FRONT_SHARE:
        return None
    back = quat.from_yaw(-main)
    centre = np.array([hips[:, 0].mean(), 0.0, hips[:, 2].mean()])
    joints = quat.rotate(back, joints - centre)
    rotations = source.rotations[low:high].copy()
    rotations[:, 0] = quat.mul(back, rotations[:, 0])
    feet = quat.mul(back, source.feet[low:high])

    ankles = np.stack((joints[:, by["leftFoot"]], joints[:, by["rightFoot"]]), axis=1)
    lift = straighten(joints, by, ankles)
    floor = np.percentile(source.joints[:, [by["leftFoot"], by["rightFoot"]], 1], 12)
    ankle_height = float(CANONICAL.rest[BONE_INDEX["leftFoot"], 1]) / LEG
    ankles[..., 1] += ankle_height - floor
    toe = (CANONICAL.rest[BONE_INDEX["leftToes"]] - CANONICAL.rest[BONE_INDEX["leftFoot"]]) / LEG
    # The source's resting foot is not quite flat: turn its usual standing pitch away.
    contact = np.zeros(ankles.shape[:2])
    for side in (0, 1):
        toes = ankles[:, side] + quat.rotate(feet[:, side], toe)
        rate = smooth(np.linalg.norm(np.gradient(toes, axis=0), axis=-1) * RATE * LEG, 1.5)
        down = (rate < 0.35) & (ankles[:, side, 1] < ankle_height + 0.07)
        pitch = np.arcsin(np.clip(-quat.rotate(feet[:, side], np.array([0.0, 0.0, 1.0]))[:, 1], -1, 1))
        if down.any():
            usual = float(np.median(pitch[down]))
            feet[:, side] = quat.mul(feet[:, side], quat.from_axis_angle(np.array([1.0, 0.0, 0.0]), np.array(-usual)))
        toes = ankles[:, side] + quat.rotate(feet[:, side], toe)
        held = toes.copy()
        edges = np.flatnonzero(np.diff(np.concatenate(([0], down.astype(int), [0]))))
        for a, b in zip(edges[::2], edges[1::2], strict=True):
            if b - a >= 5:
                held[a:b, [0, 2]] = np.median(toes[a:b][:, [0, 2]], axis=0)
                contact[a:b, side] = 1.0
        # Planted, but with a little of the real slide left.
        shift = smooth((held - toes) * contact[:, side, None] * 0.85, 3.0)
        ankles[:, side] += shift * np.array([1.0, 0.0, 1.0])
        low_toe = ankles[:, side, 1] + quat.rotate(feet[:, side], toe)[:, 1]
        need = np.maximum(0.022 / LEG - low_toe, 0.0)
        ankles[:, side, 1] = np.maximum(ankles[:, side, 1] + smooth(need, 2.0), ankle_height * 0.86)
        contact[:, side] = np.clip(smooth(contact[:, side], 2.0), 0.0, 1.0)

    joint = (joints[:, by["leftUpperLeg"]] + joints[:, by["rightUpperLeg"]]) / 2
    joint[:, 1] += lift + ankle_height - floor
    ours = CANONICAL.rest[BONE_INDEX["leftUpperLeg"]] - CANONICAL.rest[0]
    pelvis = joint - quat.rotate(rotations[:, 0], np.array([0.0, ours[1], ours[2]]) / LEG)
    knees = np.stack([_knee_yaw(joints, by, side, feet[:, i]) for i, side in enumerate(("left", "right"))], axis=-1)

    beats = start - low + np.arange(counts + 1) * period
    for i in range(counts + 1):
        # Each count goes most of the way to where the dancer's limbs brake around it.
        near = hits[0] - low - beats[i]
        weight = hits[1] * np.exp(-0.5 * (near / (0.11 * period)) ** 2) * (np.abs(near) < 0.25 * period)
        if weight.sum() > 1.0:
            beats[i] += 0.8 * float(np.sum(weight * near) / weight.sum())
    mean = float(speed.mean())
    energy = float(np.clip((mean - 0.3) / 0.75, 0.1, 0.95))
    tags = {"clip", "break" if energy > 0.55 else "verse", "bridge" if energy < 0.45 else "chorus"}
    if abs(turn) > np.pi:
        tags |= {"turn", "once"}
    return Clip(
        name=f"cmu_{source.name}" if not source.name.startswith("fair1") else source.name,
        counts=counts,
        style=STYLES.get(source.style, "any"),
        energy=energy,
        tags=frozenset(tags),
        source=source.name,
        per_minute=60.0 * RATE / period,
        beats=beats,
        rotations=rotations,
        pelvis=pelvis,
        ankles=ankles,
        feet=feet,
        knees=knees,
        contact=contact,
    )


def _wrapped(angle: Any) -> Any:
    """The same angle in -pi..pi."""
    return np.remainder(angle + np.pi, 2.0 * np.pi) - np.pi


def _hands_do_well(core: Array, by: dict[str, int]) -> bool:
    """Hands that live, and stay out of the head."""
    chest, head = core[:, by["chest"]], core[:, by["head"]] * LEG + np.array([0.0, 0.09, 0.0])
    lively = 0.0
    for name in ("leftHand", "rightHand"):
        hand = core[:, by[name]]
        if np.linalg.norm(hand * LEG - head, axis=-1).min() < HEAD_ROOM:
            return False
        lively += 0.5 * float(np.linalg.norm(np.diff(hand - chest, axis=0), axis=-1).mean()) * RATE * LEG
    return lively >= LIVELY_HANDS


def _partner_hold(source: Source, first: int, last: int) -> float:
    """Share of time with both forearms held out in front at waist height, as if they led somebody who is not there."""
    by = {name: j for j, name in enumerate(source.names)}
    joints, hips = source.joints[first:last], source.hips[first:last]
    held = np.ones(last - first, dtype=bool)
    for name in ("leftHand", "rightHand"):
        at = quat.rotate(quat.conj(hips), joints[:, by[name]] - joints[:, 0])
        held &= (at[:, 2] > 0.22) & (at[:, 1] > 0.0) & (at[:, 1] < 0.62)
    return float(held.mean())


def _knee_yaw(joints: Array, by: dict[str, int], side: str, foot: Array) -> Array:
    hip, knee, ankle = (joints[:, by[side + part]] for part in ("UpperLeg", "LowerLeg", "Foot"))
    line = ankle - hip
    line /= np.linalg.norm(line, axis=-1, keepdims=True)
    out = knee - hip
    out = out - np.sum(out * line, axis=-1, keepdims=True) * line
    # A straight leg says nothing about its knee: ask the foot then.
    toes = quat.rotate(foot, np.array([0.0, 0.0, 1.0]))
    both = out * 8.0 + toes * 0.35
    return smooth(np.unwrap(np.arctan2(both[:, 0], both[:, 2])), 3.0)


def phrases(source: Source, span: tuple[float, float]) -> list[Clip]:
    """The best few phrases of a recording that do not overlap."""
    begin, end = int(span[0] * RATE) + 20, int(min(span[1] * RATE, len(source.hips) - 20))
    at_all, force_all = accents(source.joints, source.names)
    found: list[tuple[float, Clip, float, float]] = []
    for window in range(begin, max(begin + 1, end - 240), 360):
        near = (at_all >= window) & (at_all < min(window + 660, end))
        if near.sum() < 8:
            continue
        period, phase = beat_grid(at_all[near] - window, force_all[near])
        at = window + phase
        while at + 4 * period < min(window + 660, end):
            for counts in (8, 4):
                if at + counts * period + 6 > end:
                    continue
                clip = cut(source, at, period, counts, (at_all, force_all))
                if clip is None:
                    continue
                inside = (at_all > at) & (at_all < at + counts * period)
                off = np.abs(np.remainder(at_all[inside] - at + period / 2, period) - period / 2) / period
                fit = 1.0 - 4.0 * float(np.average(off, weights=force_all[inside])) if len(off) else 0.0
                hold = _partner_hold(source, int(at), int(at + counts * period))
                if hold > 0.6:
                    continue
                score = 2.0 * fit + 0.25 * (counts == 8) + 0.4 * clip.energy - 1.5 * hold
                found.append((score, clip, at, at + counts * period))
                break
            at += period
    chosen: list[tuple[Clip, float, float]] = []
    most = PER_PARTNER_CLIP.get(source.name[:2], PER_CLIP)
    for _, clip, a, b in sorted(found, key=lambda item: -item[0]):
        if len(chosen) < most and all(b <= x or a >= y for _, x, y in chosen):
            chosen.append((clip, a, b))
    chosen.sort(key=lambda item: item[1])
    return [replace(clip, name=f"{clip.name}_{'abc'[i]}") for i, (clip, _, _) in enumerate(chosen)]


def main() -> None:
    if len(sys.argv) != 2:
        raise SystemExit("usage: python presets/moves/cmu/make_clips.py MOCAP_FOLDER")
    folder = Path(sys.argv[1])
    index = json.loads((folder / "index.json").read_text())
    clips: list[Clip] = []
    for row in index["clips"]:
        if row["id"] in CLIPS:
            clips += phrases(load(folder, row, index), CLIPS[row["id"]])
    clips = [clip for clip in clips if clip.name not in SET_ASIDE]
    data = encode_clips(clips)
    temporary = HERE / ".clips.npz.tmp"
    temporary.write_bytes(data)
    os.replace(temporary, HERE / "clips.npz")
    print(f"{len(clips)} phrases, {sum(clip.counts for clip in clips)} counts, {len(data) / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
