"""CPU per frame of one performer, amortised over a song: dance + face + fit, and mix + encode.

The face is made once, ahead, for the whole song (lips from its vocal stem, blinks, gaze, breath): its cost is shared
out over the song's frames. Listening is not in it; that is the row "listen + plan" of the pipeline.
"""

import time
from pathlib import Path
from typing import Any

import numpy as np

from performer.avatar.presets import avatar_path
from performer.avatar.vrm import read_vrm
from performer.face.build import build_face
from performer.voice.songs import song_folder
from performer.voice.sound import read_sound
from stage.show.desk import Desk
from stage.show.prepare import prepare
from stage.show.show import Show, pose_hash
from stage.wire.codec import encode_frame

__all__ = ["run"]


def run(avatar: str = "mannequin", song: str = "firstlight", seconds: float = 60.0) -> dict[str, Any]:
    """Milliseconds of process time per frame; blocks as the live loop sees them; the pose hash of ten seconds.

    dance_fit includes baking the camera's subject; mix_encode is one live frame through the desk and the codec.
    """
    files = song_folder(song)
    sound = read_sound(files.path)
    vocal = read_sound(files.vocal).mono if files.vocal else None
    vrm = read_vrm(Path(avatar_path(avatar)))
    start = time.process_time()
    performance = prepare(sound.samples, sound.rate, vrm, vocal=vocal)
    prepared = time.process_time() - start
    start = time.process_time()
    show = Show(performance)
    opening = time.process_time() - start
    frames = min(show.frames, int(float(seconds) * 60))
    start = time.process_time()
    build_face(sound.samples, sound.rate, performance.song, vocal_mono=vocal, seed=performance.seed)
    face_ms = (time.process_time() - start) * 1e3 / show.frames

    blocks: list[float] = []
    for block in range(-(-frames // 30)):
        start = time.process_time()
        show.store.warm(block)
        blocks.append((time.process_time() - start) * 1e3)

    desk = Desk()
    desk.load(show, 0, 0.0)
    desk.play(0.0)
    desk.set_intensity(0.8, 0.0)
    desk.express("happy", 1.0, 0.0)
    mixed = np.empty(frames)
    for k in range(frames):
        start = time.process_time()
        encode_frame(desk.frame(1.0 + k / 60.0))
        mixed[k] = (time.process_time() - start) * 1e3
    return {
        "song_seconds": round(performance.duration, 1),
        "frames": frames,
        "prepare_cpu_s": round(prepared, 2),
        "open_show_cpu_s": round(opening, 2),
        "dance_fit_ms": round(sum(blocks) / frames, 3),
        "face_ms": round(face_ms, 3),
        "dance_face_fit_ms": round(sum(blocks) / frames + face_ms, 3),
        "block_of_30_ms": {"p50": round(float(np.median(blocks)), 1), "worst": round(max(blocks), 1)},
        "mix_encode_ms": round(float(mixed.mean()), 3),
        "mix_encode_p99_ms": round(float(np.percentile(mixed, 99)), 3),
        "pose_hash_10s": pose_hash(show, stop=600),
    }
