"""Where the skin of a body lies on the texture: a strip at the right of the skin's picture, folded left on right.

Limbs and trunk are unrolled by half: the front at the chart's left edge, the back at its right, so that no seam is
needed. Hands lie flat, their back and their palm side by side.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from performer.avatar.build.part import Floats, Ints, Part

if TYPE_CHECKING:
    from performer.avatar.build.body import Body

__all__ = [
    "ARM",
    "EDGE",
    "HAND",
    "HAND_ACROSS",
    "HAND_SPAN",
    "LEG",
    "LEG_SPAN",
    "STRIP",
    "TORSO",
    "TORSO_SPAN",
    "Chart",
    "body_chart",
]

STRIP = (0.75, 1.0)
"""Left and right edge of the body's strip on the skin's picture, whole height."""

Chart = tuple[float, float]
"""First and last height of a chart on the strip, downward."""
TORSO: Chart = (0.004, 0.330)
LEG: Chart = (0.336, 0.640)
ARM: Chart = (0.646, 0.770)
HAND: Chart = (0.776, 0.996)
# What a chart shows, metres: heights of trunk and leg, x of arm and hand.
TORSO_SPAN = (1.41, 0.76)
LEG_SPAN = (0.80, -0.02)
HAND_SPAN = (-0.01, 0.185)
HAND_ACROSS = (-0.060, 0.070)
# Charts keep off the edges of the strip by this much of its width, so that nothing bleeds in.
EDGE = 0.02


def body_chart(body: "Body", polygons: Sequence[Sequence[int]], owner: Ints) -> Part:
    """A piece of skin with its places on the texture.

    Args:
        polygons: of the body's vertices. owner: (polygons,) a quad whose region each belongs to.
    """
    triangles: list[tuple[int, int, int]] = []
    where: list[tuple[int, str]] = []
    number: dict[tuple[int, str], int] = {}
    for polygon, quad in zip(polygons, owner.tolist(), strict=True):
        chart = _chart(body, str(body.region[quad]), polygon)
        corners: list[int] = []
        for vertex in polygon:
            key = (int(vertex), chart)
            if key not in number:
                number[key] = len(where)
                where.append(key)
            corners.append(number[key])
        triangles += [(corners[0], corners[k], corners[k + 1]) for k in range(1, len(corners) - 1)]
    vertex = np.array([v for v, _ in where], np.int64)
    charts = np.array([c for _, c in where])
    return Part(
        points=body.points[vertex],
        triangles=np.array(triangles, np.int64).reshape(-1, 3),
        normals=body.normals[vertex],
        uv=_places(body, body.points[vertex], charts),
        weights={name: share[vertex] for name, share in body.weights.items() if share[vertex].any()},
        mesh="Body",
        material="skin",
    )


def _chart(body: "Body", region: str, polygon: Sequence[int]) -> str:
    if region.endswith("Hand"):
        up = body.normals[list(polygon)].mean(axis=0)[1]
        return region + ("Back" if up >= 0.0 else "Palm")
    return {"neck": "torso", "leftFoot": "leftLeg", "rightFoot": "rightLeg"}.get(region, region)


def _places(body: "Body", points: Floats, charts: np.ndarray) -> Floats:
    """(n, 2) on the whole picture."""
    x, y, z = np.abs(points[:, 0]), points[:, 1] - body.rise, points[:, 2]
    across, along = np.zeros(len(points)), np.zeros(len(points))

    def put(here: np.ndarray, chart: Chart, u: Floats, t: Floats) -> None:
        across[here] = np.clip(u[here], 0.0, 1.0)
        along[here] = chart[0] + (chart[1] - chart[0]) * np.clip(t[here], 0.0, 1.0)

    ankle, shoulder = body.joints["leftFoot"], body.joints["leftUpperArm"]
    wrist = body.joints["leftHand"]
    put(charts == "torso", TORSO, np.arctan2(x, z + 0.012) / np.pi, _part(y, TORSO_SPAN))
    leg = np.char.endswith(charts, "Leg")
    put(leg, LEG, np.abs(np.arctan2(x - ankle[0], z + 0.008)) / np.pi, _part(y, LEG_SPAN))
    arm = np.char.endswith(charts, "Arm")
    turn = np.abs(np.arctan2(y + body.rise - shoulder[1], z - shoulder[2])) / np.pi
    put(arm, ARM, turn, _part(x, (shoulder[0], wrist[0] + 0.01)))
    flat = 0.5 * _part(z - wrist[2], HAND_ACROSS)
    put(np.char.endswith(charts, "Back"), HAND, flat, _part(x - wrist[0], HAND_SPAN))
    put(np.char.endswith(charts, "Palm"), HAND, 0.5 + flat, _part(x - wrist[0], HAND_SPAN))
    u = STRIP[0] + (STRIP[1] - STRIP[0]) * (EDGE + (1.0 - 2.0 * EDGE) * across)
    return np.stack((u, along), axis=1)


def _part(value: Floats, span: tuple[float, float]) -> Floats:
    return (value - span[0]) / (span[1] - span[0])
