"""The frames of a video as numbers: NAME.npz for whoever wants to look at or use the poses themselves."""

import io
from collections.abc import Sequence

import numpy as np

from motion.rig.bones import BONES
from stage.wire.frame import Frame

__all__ = ["encode_poses"]


def encode_poses(frames: Sequence[Frame], *, fps: float, expressions: Sequence[Sequence[str]]) -> bytes:
    """An .npz with one row per video frame.

    Arrays: time (n,) seconds; bones (55,) names; camera (n, 9) position, target, fov, roll, focus; and per performer p
    root_p (n, 4) x z yaw lift, hips_p (n, 3), rotations_p (n, 55, 4) x y z w, gaze_p (n, 2), weights_p (n, w),
    expressions_p (w,) names.
    """
    arrays: dict[str, np.ndarray] = {
        "fps": np.array(fps),
        "time": np.array([frame.media_time for frame in frames]),
        "bones": np.array([bone.name for bone in BONES]),
        "camera": np.array(
            [
                (*frame.camera.position, *frame.camera.target, frame.camera.fov, frame.camera.roll, frame.camera.focus)
                for frame in frames
            ],
            dtype=np.float32,
        ).reshape(-1, 9),
    }
    for p, names in enumerate(expressions):
        who = [frame.performers[p] for frame in frames]
        arrays[f"expressions_{p}"] = np.array(list(names), dtype=np.str_)
        for field in ("root", "hips", "rotations", "gaze", "weights"):
            arrays[f"{field}_{p}"] = np.array([getattr(one, field) for one in who], dtype=np.float32)
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **arrays)
    return file.getvalue()
