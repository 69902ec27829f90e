"""Dance phrases cut from captured motion: the record, its compact file, and its sampling at any count.

How they are cut and mended is presets/moves/cmu/make_clips.py; here they are only read and played.
"""

import io
import json
from dataclasses import dataclass
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from motion.dance.goals import LEG, Goals, blank_local
from motion.dance.hands import FINGER_INDEX, HAND_SHAPES, finger_rotations
from motion.dance.moves import MoveError
from motion.rig import quat
from motion.rig.bones import BONE_INDEX, MIRROR_BONE
from motion.rig.quat import Array

__all__ = ["CLIP_BONES", "Clip", "NOTICE", "clip_place", "decode_clips", "encode_clips", "sample_clip"]

# Local rotations that a clip stores; legs come from its foot goals, fingers are relaxed.
CLIP_BONES: tuple[str, ...] = (
    *("hips", "spine", "chest", "upperChest", "neck", "head"),
    *("leftShoulder", "leftUpperArm", "leftLowerArm", "leftHand"),
    *("rightShoulder", "rightUpperArm", "rightLowerArm", "rightHand"),
)
_INDEX = [BONE_INDEX[name] for name in CLIP_BONES]
_MIRROR = [_INDEX.index(MIRROR_BONE[i]) for i in _INDEX]
_UNIT = 32767.0
# Metres in the file are in units of 0.1 mm of a leg.
_LENGTH = 1e4
NOTICE = (
    "Some moves of this dance were derived from recordings of mocap.cs.cmu.edu; the database was created with "
    "funding from NSF EIA-0196217."
)


@dataclass(frozen=True, slots=True)
class Clip:
    """A phrase at 60 Hz with a little more before and after.

    beats: (counts + 1,) frame numbers (fractions allowed) of the counts. rotations: (frames, 14, 4) local, order
    CLIP_BONES, hips in stage space. pelvis: (frames, 3), ankles: (frames, 2, 3) in leg lengths, heights from the
    floor. feet: (frames, 2, 4) world. knees: (frames, 2) yaw. contact: (frames, 2).
    """

    name: str
    counts: int
    style: str
    energy: float
    tags: frozenset[str]
    source: str
    per_minute: float
    beats: Array
    rotations: Array
    pelvis: Array
    ankles: Array
    feet: Array
    knees: Array
    contact: Array


def encode_clips(clips: list[Clip]) -> bytes:
    """All clips in one npz: 16-bit integers, differences from frame to frame (which pack well)."""
    arrays: dict[str, NDArray[np.generic]] = {}
    index: list[dict[str, object]] = []
    for number, clip in enumerate(clips):
        index.append(
            {
                "name": clip.name,
                "counts": clip.counts,
                "style": clip.style,
                "energy": round(clip.energy, 3),
                "tags": sorted(clip.tags),
                "source": clip.source,
                "per_minute": round(clip.per_minute, 2),
                "beats": [round(float(b), 2) for b in clip.beats],
            }
        )
        rotations = np.concatenate((quat.unroll(clip.rotations), quat.unroll(clip.feet)), axis=1)
        lengths = np.concatenate(
            (clip.pelvis[:, None], clip.ankles, np.stack((*clip.knees.T, np.zeros(len(clip.pelvis))), -1)[:, None]), 1
        )
        for key, values, unit in (("q", rotations, _UNIT), ("p", lengths, _LENGTH), ("c", clip.contact, 100.0)):
            whole = np.round(np.asarray(values) * unit).astype(np.int32)
            arrays[f"{key}{number}"] = np.diff(whole, axis=0, prepend=np.zeros_like(whole[:1])).astype(np.int16)
    arrays["index"] = np.frombuffer(json.dumps(index).encode(), dtype=np.uint8)
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)  # pyright: ignore[reportArgumentType]
    return out.getvalue()


def decode_clips(data: bytes) -> list[Clip]:
    """Read the npz of `encode_clips`.

    Raises:
        MoveError: the file is not one of ours.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as store:
            index = json.loads(store["index"].tobytes())
            return [_decode(row, store[f"q{i}"], store[f"p{i}"], store[f"c{i}"]) for i, row in enumerate(index)]
    except (ValueError, KeyError, OSError, EOFError, TypeError, BadZipFile) as error:
        raise MoveError(f"presets/moves/cmu/clips.npz is broken ({error}); make it again with make_clips.py") from error


def _decode(row: dict[str, object], q: NDArray[np.int16], p: NDArray[np.int16], c: NDArray[np.int16]) -> Clip:
    rotations = quat.normalize(np.cumsum(q, axis=0, dtype=np.int16).astype(np.float64))
    lengths = np.cumsum(p, axis=0, dtype=np.int32) / _LENGTH
    counts = row["counts"]
    rate = row["per_minute"]
    energy = row["energy"]
    if not isinstance(counts, int) or not isinstance(rate, int | float) or not isinstance(energy, int | float):
        raise ValueError("index")
    tags: object = row["tags"]
    if not isinstance(tags, list):
        raise ValueError("tags")
    return Clip(
        name=str(row["name"]),
        counts=counts,
        style=str(row["style"]),
        energy=float(energy),
        tags=frozenset(str(tag) for tag in tags),
        source=str(row["source"]),
        per_minute=float(rate),
        beats=np.asarray(row["beats"], dtype=np.float64),
        rotations=rotations[:, : len(CLIP_BONES)],
        pelvis=lengths[:, 0],
        ankles=lengths[:, 1:3],
        feet=rotations[:, len(CLIP_BONES) :],
        knees=lengths[:, 3, :2],
        contact=np.clip(np.cumsum(c, axis=0, dtype=np.int16) / 100.0, 0.0, 1.0),
    )


def _mirrored(q: Array, v: Array) -> tuple[Array, Array]:
    return quat.mirror_x(q), v * np.array([-1.0, 1.0, 1.0])


def clip_place(clip: Clip, count: float, *, mirror: bool) -> Array:
    """(2,) x and z of the pelvis at a count of the clip, metres: what the dancer travelled."""
    frame = float(np.interp(count, np.arange(len(clip.beats)), clip.beats))
    row = clip.pelvis[round(min(max(frame, 0.0), len(clip.pelvis) - 1.0)), [0, 2]] * LEG
    return row * np.array([-1.0 if mirror else 1.0, 1.0])


def sample_clip(clip: Clip, counts: Array, *, mirror: bool) -> Goals:
    """The clip at count positions (frames,), 0 = its first count; held beyond its ends. Metres about (0, 0)."""
    known = np.arange(len(clip.beats), dtype=np.float64)
    step = float(np.mean(np.diff(clip.beats)))
    at = np.interp(counts, known, clip.beats)
    at = np.where(counts < 0, clip.beats[0] + counts * step, at)
    at = np.where(counts > known[-1], clip.beats[-1] + (counts - known[-1]) * step, at)
    at = np.clip(at, 0.0, len(clip.pelvis) - 1.001)
    low = at.astype(np.int64)
    t = at - low

    def mixed(values: Array) -> Array:
        share = t.reshape(-1, *([1] * (values.ndim - 1)))
        return values[low] * (1.0 - share) + values[low + 1] * share

    rotations = quat.nlerp(clip.rotations[low], clip.rotations[low + 1], t[:, None])
    feet = quat.nlerp(clip.feet[low], clip.feet[low + 1], t[:, None])
    pelvis, ankles, knees, contact = mixed(clip.pelvis), mixed(clip.ankles), mixed(clip.knees), mixed(clip.contact)
    if mirror:
        rotations = quat.mirror_x(rotations)[:, _MIRROR]
        feet, ankles = _mirrored(feet[:, ::-1], ankles[:, ::-1])
        pelvis = pelvis * np.array([-1.0, 1.0, 1.0])
        knees, contact = -knees[:, ::-1], contact[:, ::-1]
    local = blank_local(len(counts))
    local[:, _INDEX] = rotations
    for side in ("left", "right"):
        relaxed = finger_rotations(HAND_SHAPES["relax"][None], side)
        local[:, FINGER_INDEX[side]] = relaxed
    return Goals(pelvis * LEG, local, ankles * LEG, feet, np.zeros_like(knees), knees, contact)
