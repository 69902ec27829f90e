"""A small song and a dance made of waves, for tests of the show."""

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from motion.music.song_map import Bar, Curve, Section, SongMap
from motion.rig import quat
from motion.rig.bones import BONE_INDEX
from motion.rig.pose import Motion, rest_motion
from motion.rig.skeleton import CANONICAL, Skeleton
from performer.face.lyric_sheet import LyricLine, Lyrics, LyricWord
from performer.face.track import EXPRESSION_INDEX, FaceTrack, rest_face
from stage.show.performance import HeadBall, Performance, Performer
from stage.show.show import Show


@dataclass(frozen=True)
class Stretch:
    motion: Motion
    contacts: NDArray[np.float32]


class WaveDance:
    """Arms, knees and the whole body swing and turn; a pure function of the frame number."""

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed
        self.asked: list[tuple[int, int]] = []

    def frames(self, start: int, stop: int) -> Stretch:
        self.asked.append((start, stop))
        motion = rest_motion(CANONICAL, stop - start)
        t = np.arange(start, stop) / 60.0 * self.speed
        rotations = motion.rotations.copy()
        for side, sign in (("left", 1.0), ("right", -1.0)):
            # From hanging down to straight up and back: the widest way an arm has.
            rotations[:, BONE_INDEX[f"{side}UpperArm"]] = quat.from_euler_yxz(
                0.4 * np.sin(2.0 * t), 0.0 * t, sign * 1.3 * np.sin(1.7 * t + sign)
            )
            rotations[:, BONE_INDEX[f"{side}LowerArm"]] = quat.from_euler_yxz(
                -sign * (0.9 + 0.8 * np.sin(3.1 * t)), 0.0 * t, 0.0 * t
            )
        rotations[:, BONE_INDEX["chest"]] = quat.from_euler_yxz(0.0 * t, 0.15 * np.sin(2.5 * t), 0.2 * np.sin(t))
        root = motion.root.copy()
        root[:, 0] = 0.8 * np.sin(0.6 * t)
        root[:, 1] = 0.3 * np.sin(0.4 * t)
        root[:, 2] = 1.1 * t  # turns on and on
        hips = motion.hips.copy()
        hips[:, 1] -= (0.05 + 0.04 * np.sin(3.0 * t)).astype(np.float32)
        return Stretch(Motion(rotations, hips, root, 60.0), np.zeros((stop - start, 2), np.float32))


def make_song(duration: float = 64.0, bpm: float = 120.0) -> SongMap:
    beat = 60.0 / bpm
    beats = [float(b) for b in np.arange(0.0, duration, beat)]
    bars = [Bar(b, b + 4 * beat, 4) for b in beats[::4]]
    labels = ("intro", "verse", "pre", "chorus", "interlude", "chorus", "bridge", "outro")
    edge = duration / len(labels)
    return SongMap(
        duration=duration,
        bpm=bpm,
        beats=beats,
        downbeats=beats[::4],
        bars=bars,
        sections=[Section(i * edge, (i + 1) * edge, label, i) for i, label in enumerate(labels)],
        energy=Curve(0.1, [float(0.5 + 0.4 * np.sin(i * 0.05)) for i in range(int(duration * 10))]),
        vocal=Curve(0.1, []),
    )


LYRICS = Lyrics(
    (
        LyricLine(8.0, 12.0, "one two", words=(LyricWord(8.0, 9.0, "one "), LyricWord(10.0, 12.0, "two"))),
        LyricLine(14.0, 16.0, "no times inside"),
    )
)


def make_face(frames: int) -> FaceTrack:
    face = rest_face(frames)
    weights, gaze = face.weights.copy(), face.gaze.copy()
    t = np.arange(frames) / 60.0
    weights[:, EXPRESSION_INDEX["aa"]] = 0.5 + 0.5 * np.sin(9.0 * t)
    weights[:, EXPRESSION_INDEX["happy"]] = 0.4
    gaze[:, 0] = 0.2 * np.sin(t)
    return FaceTrack(weights, gaze)


def scaled(height: float) -> Skeleton:
    """The canonical body at another height."""
    ratio = height / CANONICAL.height
    return Skeleton(rest=CANONICAL.rest * ratio, present=CANONICAL.present, height=height)


def make_show(
    *,
    duration: float = 64.0,
    height: float = 1.6,
    seed: int = 3,
    aspect: float = 16 / 9,
    speed: float = 1.0,
    head: HeadBall | None = None,
) -> Show:
    song = make_song(duration)
    performer = Performer(skeleton=scaled(height), sha256="wave", head=head)
    performance = Performance(
        song, WaveDance(speed), make_face(int(np.ceil(duration * 60))), (performer,), lyrics=LYRICS, seed=seed
    )
    return Show(performance, aspect=aspect)


@functools.cache
def shared_show(duration: float = 64.0) -> Show:
    """One for all tests that only look at frames: a show is a function of time, whoever asked before."""
    return make_show(duration=duration)
