"""What her body shows at any moment of a song, and how well a shot shows it: a director who has seen the rehearsal.

Everything is asked of the dance on the canonical body, ten times a second: which shot when must not hang on who dances
it. `worth` looks through the shot's own camera: a bowed or turned head at the cut, raised hands that leave the picture
or hide under the words, arms stretched to both sides seen from behind.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motion.rig import quat
from motion.rig.bones import BONE_INDEX
from motion.rig.pose import GRID_HZ, Motion, joint_positions
from motion.rig.skeleton import CANONICAL
from stage.show.camera import AUTHORED_HEIGHT, Subject, aim, travel
from stage.show.performance import DanceSource
from stage.show.shots import WHOLE, Shot
from stage.wire.frame import Camera

__all__ = ["Sight", "backs", "rehearse", "stretched", "worth"]

Points = NDArray[np.float64]

_RATE = 10.0
# The camera follows her by about so much to both sides, samples.
_SMOOTH = 5
# At a cut one sees who is there within this time, seconds.
_FIRST = 0.5
# A face that looks lower than this is bowed; a lens so far above its look sees the crown; one turned further than this
# from the lens shows an ear. Degrees.
_BOWED = 15.0
_CROWN = 30.0
_TURNED = 48.0
# Chest and face that are both turned further than this from the lens are a back; a picture from near that has one for
# so long is hardly worth anything. Degrees, seconds.
_BACK = 90.0
_BACK_SEEN = 0.15
# An arm that is at least so straight and no further from level than this stands out to the side.
_STRAIGHT = 0.86
_LEVEL = 28.0
# Of the picture's half width and height; hands that reach so far out are cut off.
_EDGE = 0.97
# Where the words stand, of the half height below the middle and of the half width.
_WORDS = (-0.98, -0.64, 0.55)
# A hand this far below its shoulder hangs, metres: nobody misses it.
_HANGS = 0.22
_HANGS_CLOSE = 0.02
# The title's right edge, of the half width.
_TITLE_EDGE = -0.2
_RADIUS = 0.2
# Half of a face, metres.
_FACE_HALF = 0.13
_ASPECT = 16.0 / 9.0
_BONES = tuple(
    BONE_INDEX[name]
    for name in (
        "leftHand",
        "rightHand",
        "leftUpperArm",
        "rightUpperArm",
        "leftLowerArm",
        "rightLowerArm",
        "leftFoot",
        "rightFoot",
    )
)


@dataclass(frozen=True, slots=True)
class Sight:
    """The dance ten times a second; metres for a body of 1.60 m.

    place: (n, 2) low-passed x, z. head: (n, 3) low-passed middle of the head. face: (n, 3) where the face looks.
    hands, shoulders, elbows, feet: (n, 2, 3), left and right.
    """

    place: Points
    head: Points
    face: Points
    hands: Points
    shoulders: Points
    elbows: Points
    feet: Points

    def rows(self, start: float, end: float, most: int = 6) -> NDArray[np.intp]:
        """Numbers of at most so many samples from start to end (seconds), one at least."""
        last = len(self.head) - 1
        a, b = (min(max(round(t * _RATE), 0), last) for t in (start, end))
        return np.unique(np.linspace(a, b, min(most, b - a + 1)).round().astype(np.intp))


def rehearse(dance: DanceSource, frames: int) -> Sight:
    """Look through the dance of a song of so many grid frames once."""
    step = round(GRID_HZ / _RATE)
    windows = [dance.frames(k, k + 1).motion for k in range(0, max(frames, 1), step)]
    motion = Motion(
        np.concatenate([window.rotations for window in windows]),
        np.concatenate([window.hips for window in windows]),
        np.concatenate([window.root for window in windows]),
        _RATE,
    )
    positions, rotations = joint_positions(motion, CANONICAL)
    positions = np.asarray(positions, np.float64) * (AUTHORED_HEIGHT / CANONICAL.height)
    bone = BONE_INDEX["head"]
    rise = (AUTHORED_HEIGHT - float(CANONICAL.rest[bone, 1]) * AUTHORED_HEIGHT / CANONICAL.height) / 2.0
    turn = np.asarray(rotations[:, bone], np.float64)
    head = positions[:, bone] + quat.rotate(turn, np.array([0.0, rise, 0.0]))
    limbs = positions[:, list(_BONES)].reshape(len(positions), 4, 2, 3)
    return Sight(
        place=_smooth(positions[:, 0][:, [0, 2]]),
        head=_smooth(head),
        face=np.asarray(quat.rotate(turn, np.array([0.0, 0.0, 1.0])), np.float64),
        hands=limbs[:, 0],
        shoulders=limbs[:, 1],
        elbows=limbs[:, 2],
        feet=limbs[:, 3],
    )


def _smooth(values: Points) -> Points:
    """Weighted mean over ±_SMOOTH samples; the ends are held."""
    window = np.hanning(2 * _SMOOTH + 3)[1:-1]
    padded = np.pad(values, ((_SMOOTH, _SMOOTH), (0, 0)), mode="edge")
    return np.lib.stride_tricks.sliding_window_view(padded, 2 * _SMOOTH + 1, axis=0) @ (window / window.sum())


def stretched(sight: Sight, start: float, end: float) -> float:
    """Share of a stretch of time (seconds) in which both arms stand straight out to the sides."""
    rows = sight.rows(start, end, 12)
    arms = sight.hands[rows] - sight.shoulders[rows]
    reach = np.linalg.norm(arms, axis=-1)
    length = np.linalg.norm(sight.elbows[rows] - sight.shoulders[rows], axis=-1)
    length += np.linalg.norm(sight.hands[rows] - sight.elbows[rows], axis=-1)
    level = np.degrees(np.arcsin(np.clip(arms[..., 1] / np.maximum(reach, 1e-6), -1.0, 1.0)))
    out = (reach > _STRAIGHT * length) & (np.abs(level) < _LEVEL)
    return float(out.all(axis=-1).mean())


def backs(sight: Sight, shot: Shot, mirrored: bool, start: float, end: float) -> float:
    """For how long a shot from start to end looks at her back, seconds: neither chest nor face turned to the lens."""
    rows = sight.rows(start, end)
    return _backs(sight, rows, [_camera(sight, k, shot, mirrored, start, end) for k in rows])


def _backs(sight: Sight, rows: NDArray[np.intp], cameras: Sequence[Camera]) -> float:
    """The same, of the cameras at some samples, between which they go straight on; a turn is looked at in all."""
    every = np.arange(rows[0], rows[-1] + 1)
    path = np.asarray([camera.position for camera in cameras])
    eyes = np.stack([np.interp(every, rows, path[:, axis]) for axis in (0, 2)], axis=-1)
    across = sight.shoulders[every, 0] - sight.shoulders[every, 1]
    chest = np.stack((-across[:, 2], across[:, 0]), axis=-1)
    away = eyes - sight.head[every][:, [0, 2]]
    off = [_apart_deg(ahead, away) for ahead in (chest, sight.face[every][:, [0, 2]])]
    return float((np.minimum(*off) > _BACK).sum()) / _RATE


def _apart_deg(a: Points, b: Points) -> Points:
    """(n,) degrees between directions (n, 2) on the floor."""
    turn = np.arctan2(a[:, 0], a[:, 1]) - np.arctan2(b[:, 0], b[:, 1])
    return np.degrees(np.abs((turn + np.pi) % (2.0 * np.pi) - np.pi))


def worth(sight: Sight, shot: Shot, mirrored: bool, start: float, end: float, title: float = 0.0) -> float:
    """How well a shot from start to end (seconds) shows what she does, 0..1. title: until when the title stands."""
    if shot.size == "reverse":
        return (1.0 - stretched(sight, start, start + 1.0)) * (1.0 - 0.7 * stretched(sight, start, end))
    rows = sight.rows(start, end)
    cameras = [_camera(sight, k, shot, mirrored, start, end) for k in rows]
    near = shot.size not in WHOLE
    first = sight.rows(start, start + _FIRST)
    hidden = [_hidden(sight, k, _camera(sight, k, shot, mirrored, start, end)) for k in first]
    value = 1.0 - (0.8 if near else 0.25) * float(np.mean(hidden))
    if near and _backs(sight, rows, cameras) > _BACK_SEEN:
        value *= 0.04
    if near:
        later = [_hidden(sight, k, c) or _covered(sight, k, c) for k, c in zip(rows, cameras, strict=True)]
        value *= 1.0 - 0.5 * float(np.mean(later))
    # A face fills a close picture: a hand at her side is missed by nobody, one that is up is.
    hangs = _HANGS_CLOSE if shot.size == "close" else _HANGS
    cut_off = [_hands_leave(sight, k, camera, hangs) for k, camera in zip(rows, cameras, strict=True)]
    value *= 1.0 - (0.95 if near else 0.6) * min(1.0, 1.3 * float(np.mean(cut_off)))
    under = [_hands_under(sight, k, camera) for k, camera in zip(rows, cameras, strict=True)]
    value *= 1.0 - 0.35 * float(np.mean(under))
    if start < title:
        early = [_left_edge(sight, k, camera) for k, camera in zip(rows, cameras, strict=True) if k / _RATE <= title]
        value *= 1.0 if not early or min(early) > _TITLE_EDGE else 0.1
    return value


def _camera(sight: Sight, k: int, shot: Shot, mirrored: bool, start: float, end: float) -> Camera:
    (px, pz), (hx, hy, hz) = sight.place[k].tolist(), sight.head[k].tolist()
    subject = Subject((px, pz), (hx, hy, hz), _RADIUS, _RADIUS, AUTHORED_HEIGHT)
    return aim(shot, travel(k / _RATE, start, end), mirrored, subject, k / _RATE, _ASPECT)


def _seen(camera: Camera, points: Points) -> Points:
    """(n, 2) where points (n, 3) stand in the picture, 1 its right and upper edge."""
    eye = np.asarray(camera.position)
    forward = np.asarray(camera.target) - eye
    forward /= np.linalg.norm(forward)
    right = np.array([-forward[2], 0.0, forward[0]]) / max(math.hypot(forward[0], forward[2]), 1e-9)
    up = np.array(
        [-right[2] * forward[1], right[2] * forward[0] - right[0] * forward[2], right[0] * forward[1]],
    )
    away = points - eye
    depth = np.maximum(away @ forward, 0.05) * math.tan(camera.fov / 2.0)
    return np.stack((away @ right / depth / _ASPECT, away @ up / depth), axis=-1)


def _hidden(sight: Sight, k: int, camera: Camera) -> bool:
    """Whether her face is bowed or turned away from the lens."""
    to_lens = np.asarray(camera.position) - sight.head[k]
    face = sight.face[k]
    low = math.degrees(math.asin(min(max(float(face[1]), -1.0), 1.0)))
    turned = math.degrees(math.atan2(face[0], face[2]) - math.atan2(to_lens[0], to_lens[2]))
    turned = abs((turned + 180.0) % 360.0 - 180.0)
    above = math.degrees(math.atan2(to_lens[1], math.hypot(to_lens[0], to_lens[2]))) - low
    return low < -_BOWED or above > _CROWN or turned > _TURNED


def _covered(sight: Sight, k: int, camera: Camera) -> bool:
    """Whether a hand is between the lens and her face."""
    eye, head = np.asarray(camera.position), sight.head[k]
    hands = sight.hands[k] + 0.3 * (sight.hands[k] - sight.elbows[k])
    before = np.linalg.norm(hands - eye, axis=-1) < np.linalg.norm(head - eye)
    off = _seen(camera, hands) - _seen(camera, head[None])
    size = _FACE_HALF / (math.tan(camera.fov / 2.0) * float(np.linalg.norm(head - eye)))
    return bool((before & (np.hypot(off[:, 0] * _ASPECT, off[:, 1]) < size)).any())


def _hands_leave(sight: Sight, k: int, camera: Camera, hangs: float) -> float:
    hands, shoulders = sight.hands[k], sight.shoulders[k]
    raised = hands[:, 1] > shoulders[:, 1] - hangs
    # The wrist is known; the fingers are a little further out.
    tips = hands + 0.45 * (hands - sight.elbows[k])
    at = _seen(camera, tips)
    out = (np.abs(at) > _EDGE).any(axis=-1)
    return float((raised & out).any())


def _hands_under(sight: Sight, k: int, camera: Camera) -> float:
    low, high, wide = _WORDS
    at = _seen(camera, sight.hands[k])
    return float(((at[:, 1] > low) & (at[:, 1] < high) & (np.abs(at[:, 0]) < wide)).any())


def _left_edge(sight: Sight, k: int, camera: Camera) -> float:
    body = np.concatenate((sight.hands[k], sight.feet[k], sight.head[k][None] - [_RADIUS, 0.0, 0.0]))
    return float(_seen(camera, body)[:, 0].min())
