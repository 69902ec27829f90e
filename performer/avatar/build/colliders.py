"""Spheres and capsules that hair and skirts may not enter: the flesh of a body."""

import numpy as np

from performer.avatar.build.body import Body
from performer.avatar.build.springs import Collider, Point

__all__ = ["body_colliders"]


def body_colliders(body: Body) -> list[Collider]:
    """Groups "body" (neck, trunk, hips), "arms" and "legs"; the head's belongs to whoever knows its shape."""
    joints = body.joints

    def between(group: str, bone: str, start: Point, end: str, share: float, radius: float) -> Collider:
        x, y, z = (float(v) for v in share * (joints[end] - joints[bone]))
        return Collider(group, bone, start, radius, (x, y, z))

    arm = float(joints["leftUpperArm"][0])
    rings = np.array(body.frame.torso.rings)
    waist, chest = float(rings[:, 1].min()), float(rings[8, 1])
    found = [
        Collider("body", "neck", (0.0, -0.010, 0.0), 0.036, (0.0, 0.055, 0.006)),
        Collider("body", "upperChest", (-0.5 * arm, 0.055, 0.0), 0.078, (0.5 * arm, 0.055, 0.0)),
        Collider("body", "chest", (0.0, 0.020, 0.0), 0.72 * chest, (0.0, 0.070, 0.0)),
        Collider("body", "spine", (0.0, 0.0, 0.0), 0.80 * waist, (0.0, 0.070, 0.0)),
        Collider("body", "hips", (-0.045, -0.020, -0.010), 0.088, (0.045, -0.020, -0.010)),
    ]
    for side in ("left", "right"):
        found += [
            between("arms", f"{side}UpperArm", (0.0, 0.0, 0.0), f"{side}LowerArm", 1.0, 0.034),
            between("arms", f"{side}LowerArm", (0.0, 0.0, 0.0), f"{side}Hand", 1.0, 0.028),
            between("legs", f"{side}UpperLeg", (0.0, -0.020, 0.0), f"{side}LowerLeg", 0.92, 0.070),
        ]
    return found
