"""What she holds: a hand microphone or a light stick, its grip where curled fingers close."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from performer.avatar.build.dressing import Dressing
from performer.avatar.build.outfit import PROPS_TILE
from performer.avatar.build.outfit.bows import lathe
from performer.avatar.build.outfit.sheet import Tile, mirrored_sheet
from performer.avatar.build.part import Floats, Part
from performer.avatar.build.spec import Level, Spec

if TYPE_CHECKING:
    from performer.avatar.build.body import Body

__all__ = ["PROPS", "build_props", "grip"]

Profile = Sequence[tuple[float, float, float]]
"""(along the handle, radius, v in the tile): metres from the middle of the grip, + towards the thumb's side."""

MICROPHONE: Profile = (
    (-0.095, 0.0005, 0.98),
    (-0.094, 0.0095, 0.97),
    (-0.080, 0.0110, 0.90),
    (0.000, 0.0125, 0.66),
    (0.068, 0.0155, 0.45),
    (0.076, 0.0180, 0.42),
    (0.080, 0.0225, 0.40),
    (0.088, 0.0250, 0.38),
    (0.092, 0.0258, 0.36),
    (0.096, 0.0250, 0.33),
    (0.112, 0.0228, 0.20),
    (0.124, 0.0160, 0.10),
    (0.130, 0.0005, 0.02),
)
LIGHT_STICK: Profile = (
    (-0.085, 0.0005, 0.98),
    (-0.084, 0.0110, 0.97),
    (-0.070, 0.0130, 0.90),
    (0.000, 0.0120, 0.72),
    (0.045, 0.0130, 0.58),
    (0.052, 0.0210, 0.55),
    (0.060, 0.0215, 0.52),
    (0.062, 0.0150, 0.50),
    (0.120, 0.0155, 0.30),
    (0.200, 0.0150, 0.10),
    (0.214, 0.0100, 0.05),
    (0.219, 0.0005, 0.01),
)
PROPS: dict[str, Profile] = {"hand_mic": MICROPHONE, "light_stick": LIGHT_STICK}
"""By the name that a preset's accessory gives."""


def grip(body: "Body") -> tuple[Floats, Floats]:
    """Where her left hand holds: (3,) the middle of the fist, (3,) unit direction from little finger to thumb.

    A fist closes below the palm, between the knuckles and the palm's middle; the handle lies across the fingers'
    roots, a little aslant as it does in real hands.
    """
    hand, index, little = (body.joints[f"left{name}"] for name in ("Hand", "IndexProximal", "LittleProximal"))
    knuckles = 0.5 * (index + little)
    across = index - little
    across = across / np.linalg.norm(across)
    out = knuckles - hand
    out = out / np.linalg.norm(out)
    way = across + 0.22 * out
    down = np.cross(out, across)
    down = down if down[1] < 0 else -down
    return hand + 0.86 * (knuckles - hand) + 0.030 * down / np.linalg.norm(down), way / np.linalg.norm(way)


def build_props(spec: Spec, level: Level, body: "Body") -> Dressing:
    """The props among a preset's accessories, in the hand that they name, painted on the outfit's texture."""
    parts: list[Part] = []
    middle, way = grip(body)
    for item in spec.accessories:
        if item.kind not in PROPS:
            continue
        left = _prop(PROPS[item.kind], middle, way, level, PROPS_TILE[item.kind])
        if item.side in ("left", "both"):
            parts += left
        if item.side in ("right", "both"):
            parts += mirrored_sheet(left)
    return Dressing(parts)


def _prop(profile: Profile, middle: Floats, way: Floats, level: Level, tile: Tile) -> list[Part]:
    columns = 12 if level == "lite" else 24
    weights = {"leftHand": np.ones(1)}
    made = lathe(middle, way, [(at, radius) for at, radius, _ in profile], columns, tile, weights, ahead=(0, 1, 0))
    # The tile's rows are drawn for these places, not for even steps.
    rows = len(profile)
    v = np.repeat(np.array([place for _, _, place in profile]), columns + 1)
    u = np.tile(np.linspace(0, 1, columns + 1), rows)
    part = made[0]
    return [Part(part.points, part.triangles, part.normals, tile.place(u, v), part.weights, part.mesh, part.material)]
