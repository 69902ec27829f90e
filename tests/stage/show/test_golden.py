"""Poses of a known show against kept ones: within 1e-4 rad on any machine.

Renew after a change that is meant to move her (look at a picture first): python -m tests.stage.show.test_golden
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from motion.rig import quat
from tests.stage.show.staging import make_show

GOLDEN = Path(__file__).parent / "golden_poses.npz"
FRAMES = (0, 1, 29, 30, 31, 240, 599)


def _poses() -> dict[str, NDArray[np.float32]]:
    show = make_show(duration=10.0)
    frames = [show.step(k / 60) for k in FRAMES]
    performers = [frame.performers[0] for frame in frames]
    return {
        "rotations": np.stack([p.rotations for p in performers]),
        "hips": np.stack([p.hips for p in performers]),
        "root": np.stack([p.root for p in performers]),
        "weights": np.stack([p.weights for p in performers]),
        "camera": np.array([[*f.camera.position, *f.camera.target, f.camera.fov] for f in frames], np.float32),
    }


def test_poses_and_camera_are_the_kept_ones() -> None:
    with np.load(GOLDEN) as kept:
        poses = _poses()
        assert quat.angle(poses["rotations"].astype(np.float64), kept["rotations"].astype(np.float64)).max() < 1e-4
        for name in ("hips", "root", "weights", "camera"):
            np.testing.assert_allclose(poses[name], kept[name], atol=1e-4)


if __name__ == "__main__":
    np.savez_compressed(GOLDEN, **_poses())  # type: ignore[arg-type]
