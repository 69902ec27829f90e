"""How often the arms of a dance come back to the same pose, and how far performers dance apart, as a table:
python -m tests.motion.dance.repeats [--song yuyi] [--avatars niyu,qinghe,...] [--seed 0] [--list]

At every beat elbows and wrists are taken from the audience's side, relative to the neck. A beat is "seen again" if a
beat 1.2 to 16 s before or after it has its four points within 0.10 m (root of the mean square); "raised" beats have a
hand above the shoulders, which is what an eye remembers.
"""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from motion.dance.library import load_library
from motion.dance.planner import plan_dance
from motion.dance.player import Dance
from motion.music.song_map import SongMap
from motion.rig.bones import BONE_INDEX
from motion.rig.pose import GRID_HZ, joint_positions
from motion.rig.skeleton import CANONICAL
from performer.avatar.presets import avatar_path
from performer.avatar.vrm import read_vrm
from performer.face.hooks import hook_times
from stage.server.songs import find_song, read_words
from tests.performer.avatar.face_cover import song_of

__all__ = ["arm_poses", "nearest", "raised"]

POINTS = ("leftLowerArm", "leftHand", "rightLowerArm", "rightHand")
# Depth is seen half as well from the audience.
_DEPTH = 0.5
NEAR, FROM, TO = 0.10, 1.2, 16.0


def arm_poses(dance: Dance, song: SongMap) -> NDArray[np.float64]:
    """(beats, 4, 3) elbows and wrists about the neck at the song's beats, metres."""
    motion = dance.frames(0, int(song.duration * GRID_HZ)).motion
    placed = joint_positions(motion, CANONICAL)[0]
    frames = np.minimum((np.asarray(song.beats) * GRID_HZ).astype(int) + 4, len(placed) - 1)
    points = placed[frames][:, [BONE_INDEX[name] for name in POINTS]]
    return (points - placed[frames][:, [BONE_INDEX["neck"]]]) * np.array([1.0, 1.0, _DEPTH])


def nearest(poses: NDArray[np.float64], times: NDArray[np.float64], *, mirrored: bool = False) -> NDArray[np.float64]:
    """(beats,) metres to the most alike beat that lies FROM to TO seconds away."""
    flat = poses.reshape(len(poses), -1)
    other = (poses[:, [2, 3, 0, 1]] * np.array([-1.0, 1.0, 1.0])).reshape(len(poses), -1) if mirrored else flat
    far = np.sqrt(((flat[:, None] - other[None]) ** 2).sum(axis=-1) / len(POINTS))
    apart = np.abs(times[:, None] - times[None])
    return np.where((apart >= FROM) & (apart <= TO), far, np.inf).min(axis=1)


def raised(poses: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(beats,) whether a hand is above the shoulders."""
    return poses[:, [1, 3], 1].max(axis=1) > -0.02


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--song", default="yuyi")
    parser.add_argument("--avatars", default="niyu,qinghe,yanhuo,moheng")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--list", action="store_true", help="the plan of each performer")
    told = parser.parse_args()
    song, library = song_of(told.song), load_library()
    hooks = hook_times(read_words(find_song(told.song), Path(), song.duration))
    times = np.asarray(song.beats)
    shown: dict[str, NDArray[np.float64]] = {}
    print("performer  median m  seen again %  (raised beats)  mirrored too %  (raised beats)  moves")
    for name in told.avatars.split(","):
        manner = getattr(read_vrm(avatar_path(name)), "dance", "")
        plan = plan_dance(song, library, seed=told.seed, hooks=hooks, **({"manner": manner} if manner else {}))
        poses = shown[name] = arm_poses(Dance(plan, song, library), song)
        up = raised(poses)
        row: list[float] = []
        for mirrored in (False, True):
            far = nearest(poses, times, mirrored=mirrored)
            far = np.minimum(far, nearest(poses, times))
            row += [100 * float(np.mean(far < NEAR)), 100 * float(np.mean(far[up] < NEAR))]
            if not mirrored:
                row.insert(0, float(np.median(far)))
        moves = len({step.move for step in plan.steps})
        print(f"{name:10} {row[0]:8.3f} {row[1]:12.1f} {row[2]:16.1f} {row[3]:15.1f} {row[4]:16.1f} {moves:6d}")
        if told.list:
            for step in plan.steps:
                start, side = song.bars[step.bar].start, "mirrored" if step.mirror else ""
                print(f"    {start:6.1f} {step.bars} {step.move} {side}")
    print("apart at the same beat, median m:")
    for a in shown:
        apart = [np.median(np.sqrt(((shown[a] - shown[b]) ** 2).sum(axis=(1, 2)) / len(POINTS))) for b in shown]
        print(f"{a:10} " + " ".join(f"{value:6.3f}" for value in apart))


if __name__ == "__main__":
    main()
