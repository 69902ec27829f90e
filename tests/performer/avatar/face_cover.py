"""How often hands and forearms lie in or before the face while the project's songs are danced, as a table:
python -m tests.performer.avatar.face_cover [--avatars niyu,moheng] [--songs yuyi,...] [--moves]
"""

import argparse
from collections import Counter
from pathlib import Path

import numpy as np

from motion.dance.library import load_library
from motion.dance.planner import plan_dance
from motion.dance.player import Dance
from motion.music.listen import listen
from motion.music.song_map import SongMap, decode_song_map
from motion.rig.cover import face_cover
from motion.rig.pose import GRID_HZ, joint_positions
from performer.avatar.fit import fit
from performer.avatar.presets import avatar_path
from performer.avatar.proportions import proportions
from performer.avatar.vrm import read_vrm
from performer.face.hooks import hook_times
from performer.voice.sound import read_sound
from stage.server.songs import find_song, read_words

__all__ = ["SONGS", "song_of"]

SONGS = ("yuyi", "jieyue", "yuhou", "firstlight")


def song_of(name: str) -> SongMap:
    """The map that comes with a song of the project; else what is heard of it."""
    source = find_song(name)
    if source.song_map is not None:
        return decode_song_map(source.song_map.read_bytes())
    sound = read_sound(source.path)
    return listen(sound.mono, sound.rate)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--avatars", default="niyu,moheng")
    parser.add_argument("--songs", default=",".join(SONGS))
    parser.add_argument("--moves", action="store_true", help="which moves the covered frames belong to")
    told = parser.parse_args()
    library = load_library()
    print("song        avatar     in head %   covers face % (of frames that face the audience)")
    for name in told.songs.split(","):
        song = song_of(name)
        plan = plan_dance(song, library, hooks=hook_times(read_words(find_song(name), Path(), song.duration)))
        dance = Dance(plan, song, library)
        frames = dance.frames(0, round(song.duration * GRID_HZ))
        for avatar in told.avatars.split(","):
            skeleton = read_vrm(avatar_path(avatar)).skeleton
            body = proportions(skeleton)
            placed, turned = joint_positions(fit(frames.motion, frames.contacts, skeleton), skeleton)
            found = face_cover(placed, turned, body.skull, body.palm)
            print(f"{name:11} {avatar:9} {100 * found.inside.mean():8.2f} {100 * found.share:8.2f}")
            if told.moves:
                counts: Counter[str] = Counter()
                for k in np.flatnonzero(found.before & found.seen):
                    bar = max(i for i, b in enumerate(song.bars) if b.start <= max(k / GRID_HZ, song.bars[0].start))
                    step = next((s for s in plan.steps if s.bar <= bar < s.bar + s.bars), None)
                    counts[step.move if step else "-"] += 1
                print("   ", ", ".join(f"{move} {n}" for move, n in counts.most_common(14)))


if __name__ == "__main__":
    main()
