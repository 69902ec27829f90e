"""What one moment of the show looks like: the record that the codec turns into bytes.

Byte layout: see `codec`. Records only; nothing here computes.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "CUES",
    "Camera",
    "CueSlot",
    "Frame",
    "LightBlock",
    "NO_CUE",
    "PERFORMER_HIDDEN",
    "PERFORMER_LIVE",
    "PERFORMER_TRACKED",
    "PerformerFrame",
]

PERFORMER_TRACKED = 1
PERFORMER_LIVE = 2
PERFORMER_HIDDEN = 4


@dataclass(frozen=True, slots=True)
class Camera:
    """position, target: metres on the stage. fov: vertical, radians. roll: radians. focus: metres."""

    position: tuple[float, float, float] = (0.0, 1.3, 4.5)
    target: tuple[float, float, float] = (0.0, 1.0, 0.0)
    fov: float = 0.6
    roll: float = 0.0
    focus: float = 4.5


CUES = ("", "confetti", "sparks", "petals", "lift", "finale")
"""Kinds of cues by their number on the wire; at most eight fit."""


@dataclass(frozen=True, slots=True)
class CueSlot:
    """A cue that is seen now. kind: place in CUES, 0 = none. value: seconds since it was fired, below 16; for petals,
    which fall on and on, how many of them, 0..1."""

    kind: int = 0
    value: float = 0.0


NO_CUE = CueSlot()


@dataclass(frozen=True, slots=True)
class LightBlock:
    """look, palette, section, strobe: table numbers 0..255. The rest 0..1. lyric_line: 65535: none. cues: 2 slots."""

    look: int = 0
    palette: int = 0
    intensity: float = 1.0
    strobe: int = 0
    beat_phase: float = 0.0
    bar_phase: float = 0.0
    energy: float = 0.0
    section: int = 0
    lyric_line: int = 65535
    lyric_progress: float = 0.0
    cues: tuple[CueSlot, CueSlot] = (NO_CUE, NO_CUE)


@dataclass(frozen=True, slots=True)
class PerformerFrame:
    """One performer.

    avatar: number of the avatar table. root: (4,) x, z, yaw, lift. hips: (3,) metres of that avatar, relative to the
    root. rotations: (55, 4) x y z w. gaze: (2,) yaw, pitch in radians. weights: (n,) 0..1 in the table's order.
    """

    id: int
    flags: int
    avatar: int
    root: NDArray[np.float32]
    hips: NDArray[np.float32]
    rotations: NDArray[np.float32]
    gaze: NDArray[np.float32]
    weights: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything that the stage shows at one media time (seconds)."""

    sequence: int
    show_time: float
    media_time: float
    song: int = 0
    flags: int = 0
    camera: Camera = field(default_factory=Camera)
    light: LightBlock = field(default_factory=LightBlock)
    performers: tuple[PerformerFrame, ...] = ()
