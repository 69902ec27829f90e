"""Eye contact: the planned gaze is meant from the camera's direction; here it becomes angles in the turning head.

Eyes counter the head's movement as long as they can reach the camera; where the head has turned away they give up
softly and look where the face points, as planned.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from performer.face.gaze import MAX_PITCH, MAX_YAW

__all__ = ["gaze_at"]

_LIMITS = (MAX_YAW, MAX_PITCH)
# Up to the one angle between face and camera the eyes hold it; from the other on they have given it up.
_HOLD, _GIVE_UP = math.radians(30.0), math.radians(60.0)


def gaze_at(
    gaze: NDArray[np.floating], toward: Sequence[float] | NDArray[np.floating], *, share: float = 1.0
) -> NDArray[np.float32]:
    """Angles of the eyes in the head.

    Args:
        gaze: (2,) yaw (+ left) and pitch (+ down) as planned, away from the camera; radians.
        toward: (3,) from the eyes to the camera in the head's own axes (+x left, +y up, +z forward), any length.
        share: 0..1 how much of the way to the camera is gone; the rest of the gaze comes from elsewhere.

    Returns: (2,) inside MAX_YAW and MAX_PITCH where `gaze` is, else never wider than `gaze`.
    """
    x, y, z = (float(v) for v in toward)
    ahead = math.hypot(x, z)
    distance = math.hypot(ahead, y)
    planned = np.asarray(gaze, np.float32)
    if distance < 1e-6:
        return planned
    off = math.acos(max(-1.0, min(1.0, z / distance)))
    u = max(0.0, min(1.0, (_GIVE_UP - off) / (_GIVE_UP - _HOLD)))
    weight = share * u * u * (3.0 - 2.0 * u)
    if weight <= 0.0:
        return planned
    wished = (math.atan2(x, z), math.atan2(-y, ahead))
    three = zip(planned, wished, _LIMITS, strict=True)
    return np.array([_added(float(at), weight * more, limit) for at, more, limit in three], np.float32)


def _added(planned: float, more: float, limit: float) -> float:
    limit = max(limit, abs(planned))
    return max(-limit, min(limit, planned + more))
