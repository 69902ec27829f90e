"""A planned dance as one motion at any frame rate, and the notice that goes with it. Pure: no files."""

import json
import struct

import numpy as np

from motion.dance.clips import NOTICE
from motion.dance.library import Library
from motion.dance.plan import Plan
from motion.dance.player import Dance
from motion.music.song_map import SongMap
from motion.rig import quat
from motion.rig.pose import GRID_HZ, Motion

__all__ = ["notice_of", "sample_dance", "with_notice"]


def notice_of(plan: Plan, library: Library) -> str:
    """What an export of this plan must carry; "" where only own moves are danced."""
    foreign = sorted({step.move for step in plan.steps if not library[step.move].own})
    if not foreign:
        return ""
    fair = any(name.startswith("fair1") for name in foreign)
    mit = " Moves named fair1_*: MIT licence, Copyright (c) Meta Platforms, Inc. and affiliates." if fair else ""
    return f"{NOTICE}{mit} Moves: {', '.join(foreign)}."


def sample_dance(plan: Plan, song: SongMap, library: Library, *, fps: float) -> Motion:
    """The whole dance at `fps` frames a second, interpolated from the 60 Hz grid where it has to be."""
    frames = max(1, int(np.ceil(song.duration * fps)))
    at = np.arange(frames) * (GRID_HZ / fps)
    low = np.floor(at + 1e-9).astype(np.int64)
    share = (at - low)[:, None]
    motion = Dance(plan, song, library).frames(0, int(low[-1]) + 2).motion

    def mixed(values: np.ndarray) -> np.ndarray:
        return (values[low] * (1.0 - share) + values[low + 1] * share).astype(np.float32)

    rotations = motion.rotations[low].astype(np.float32)
    if np.abs(share).max() > 1e-6:
        rotations = quat.nlerp(motion.rotations[low], motion.rotations[low + 1], share).astype(np.float32)
    return Motion(rotations, mixed(motion.hips), mixed(motion.root), fps)


def with_notice(glb: bytes, notice: str) -> bytes:
    """The same GLB with `notice` as the copyright of its asset."""
    if not notice:
        return glb
    length = struct.unpack_from("<I", glb, 12)[0]
    document = json.loads(glb[20 : 20 + length])
    document.setdefault("asset", {})["copyright"] = notice
    text = json.dumps(document, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    rest = glb[20 + length :]
    head = struct.pack("<III", 0x46546C67, 2, 20 + len(text) + len(rest))
    return head + struct.pack("<II", len(text), 0x4E4F534A) + text + rest
