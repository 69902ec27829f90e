"""The picture's lower edge never lies between her ankles and her knees: all of her, or from the thigh up."""

import math
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from motion.dance.library import load_library
from motion.dance.planner import plan_dance
from motion.dance.player import Dance
from motion.rig.bones import BONE_INDEX
from motion.rig.pose import GRID_HZ, Motion, joint_positions
from performer.avatar.presets import avatar_path
from performer.avatar.vrm import read_vrm
from performer.face.hooks import hook_times
from performer.face.track import rest_face
from stage.server.songs import find_song, read_words
from stage.show.performance import Performance, Performer
from stage.show.shots import house_shots
from stage.show.show import Show
from stage.wire.frame import Camera
from tests.performer.avatar.face_cover import song_of

_EVERY = 30
# A jump or a deep knee may cross the edge for a moment.
_MOST = 0.02


def _show(name: str) -> Show:
    song, library, vrm = song_of("yuyi"), load_library(), read_vrm(avatar_path(name))
    words = read_words(find_song("yuyi"), Path(), song.duration)
    plan = plan_dance(song, library, seed=0, hooks=hook_times(words), manner=vrm.dance)
    face = rest_face(math.ceil(song.duration * GRID_HZ))
    performance = Performance(
        song, Dance(plan, song, library), face, (Performer.of(vrm),), lyrics=words, plan=plan, seed=0
    )
    return Show(performance, shots=house_shots("arena"))


def _height(camera: Camera, point: NDArray[np.float64]) -> float:
    """Where a point stands in the picture: 1 its upper edge, -1 its lower one."""
    forward = np.subtract(camera.target, camera.position)
    forward /= np.linalg.norm(forward)
    right = np.cross(forward, [0.0, 1.0, 0.0])
    up = np.cross(right / np.linalg.norm(right), forward)
    away = point - np.asarray(camera.position)
    return float(away @ up / (away @ forward) / math.tan(camera.fov / 2.0))


@pytest.mark.parametrize("name", ["niyu", "qinghe", "yanhuo", "moheng"])
def test_no_picture_ends_at_her_shins(name: str) -> None:
    show = _show(name)
    skeleton = show.performance.performers[0].skeleton
    bones = [BONE_INDEX[bone] for bone in ("leftFoot", "rightFoot", "leftLowerLeg", "rightLowerLeg")]
    cut: list[float] = []
    frames = range(0, show.frames, _EVERY)
    for k in frames:
        frame = show.step(k / GRID_HZ)
        body = frame.performers[0]
        placed, _ = joint_positions(Motion(body.rotations[None], body.hips[None], body.root[None]), skeleton)
        ankles, knees = np.array([_height(frame.camera, point) for point in placed[0, bones]]).reshape(2, 2)
        if ankles.min() < -1.0 < knees.min():
            cut.append(round(k / GRID_HZ, 2))
    assert len(cut) <= _MOST * len(frames), cut
