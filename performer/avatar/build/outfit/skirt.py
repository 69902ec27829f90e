"""Skirts: a bell round the hips, pleats and feathers that hang on it, and the chains that the thighs drive.

A lifted thigh must never come through: every chain hangs on joints that turn with part of the thighs' own rotation
about the waist, so the cloth is carried before any spring or collider has to push it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from performer.avatar.build.outfit.sheet import Sheet
from performer.avatar.build.part import Floats, Ints, Weights
from performer.avatar.build.springs import Chain, Collider, Follow

__all__ = [
    "DRIVE",
    "Bell",
    "Drive",
    "Hanging",
    "hang",
    "panel",
    "pleated",
    "skirt_chains",
    "skirt_weights",
    "shin_colliders",
]


@dataclass(frozen=True, slots=True)
class Drive:
    """How much of each upper leg's rotation a chain at this angle takes. Angles in degrees, 0 front, 90 her left.

    left_shin, right_shin: of the lower legs', from the chain's second joint on; for skirts that reach below the knee.
    hit_radius: metres, how far from a leg's capsule colliders keep the chain's joints: the cloth between two chains is
        as far from both as it is wide.
    """

    angle_deg: float
    left: float
    right: float
    left_shin: float = 0.0
    right_shin: float = 0.0
    hit_radius: float = 0.012


DRIVE: tuple[Drive, ...] = (
    # The skirt flares by some 30 degrees, so .88 of a kick of 115 degrees already lies on the thigh. In front two
    # columns stand close together, each on its own leg: one lifts its own half, both the whole when she crouches.
    Drive(13, 0.76, 0.05),
    Drive(50, 0.88, 0.02),
    Drive(90, 0.72, 0.0),
    Drive(132, 0.30, 0.0),
    Drive(166, 0.10, 0.03),
    Drive(194, 0.03, 0.10),
    Drive(228, 0.0, 0.30),
    Drive(270, 0.0, 0.72),
    Drive(310, 0.02, 0.88),
    Drive(347, 0.05, 0.76),
)


@dataclass(frozen=True, slots=True)
class Hanging:
    """Where the chains hang round a skirt, and at what shares of its length their joints lie.

    drive: by rising angle. joints: from root to tip, shares of the length; bend: by how much of it above and below a
    joint the cloth bends.
    """

    drive: tuple[Drive, ...]
    joints: tuple[float, ...] = (0.06, 0.53, 1.0)
    bend: float = 0.10


# Chains nearer to each other than this, degrees, are the two edges of a web between the legs.
_WEB_DEG = 30.0
SHORT = Hanging(DRIVE)


@dataclass(frozen=True, slots=True)
class Bell:
    """The surface that a skirt is laid on, at angle a (0 front, towards her left) and share t of its length.

    waist: metres. ring: (angles) -> distance from the middle to the waist's cloth there, metres.
    length: metres at the sides; front, back: by how much longer (share) the hem is there.
    flare: metres that the radius grows to the hem; power: how early (below 1) it does.
    train: metres by which the hem stands farther out behind, where a heel swings.
    wave: metres, irregular hem; waves: how many round.
    """

    waist: float
    ring: Callable[[Floats], Floats]
    length: float
    flare: float
    power: float = 0.85
    front: float = 0.0
    back: float = 0.0
    tilt: float = 0.0
    train: float = 0.0
    wave: float = 0.006
    waves: float = 7.0
    middle_z: float = -0.004
    clear: Callable[[Floats, Floats], Floats] | None = None
    """(angle, height) -> distance from the middle below which the body is; the bell stays outside."""

    def point(self, a: Floats, t: Floats, out: Floats | float = 0.0) -> Floats:
        """(..., 3) metres, `out` metres outside."""
        grow = np.clip(t, 0, None)
        uneven = self.wave * grow * (np.sin(self.waves * a + 0.7) + 0.6 * np.sin((self.waves - 3) * a + 2.1))
        radius = self.ring(a) + self.flare * grow**self.power + uneven + out
        radius = radius + self.train * grow * np.clip(-np.cos(a), 0, 1) ** 2
        fall = self.length * (
            1
            + self.front * np.clip(np.cos(a), 0, 1) ** 2
            + self.back * np.clip(-np.cos(a), 0, 1) ** 2
            + self.tilt * np.sin(a)
        )
        y = np.broadcast_to(self.waist - fall * t - 0.4 * uneven * grow, radius.shape)
        if self.clear is not None:
            least = self.clear(np.broadcast_to(a, y.shape), y)
            radius = np.maximum(radius, least + 0.4 * np.clip(out, -0.006, 0.02))
        return np.stack([radius * np.sin(a), y, self.middle_z + radius * np.cos(a)], axis=-1)


def skirt_weights(a: Floats, t: Floats, joints: int = 3, *, prefix: str = "skirt", hanging: Hanging = SHORT) -> Weights:
    """Joint -> (...) shares at angle a and length t: hips above, then the chain's joints, neighbours blended."""
    count = len(hanging.drive)
    angles = np.array([pull.angle_deg for pull in hanging.drive])
    around = np.append(angles, angles[0] + 360.0) - angles[0]
    turn = np.interp((np.degrees(a) - angles[0]) % 360.0, around, np.arange(count + 1.0)) % count
    first = np.floor(turn).astype(int) % count
    share = turn - np.floor(turn)
    # Between the legs the cloth is one straight web; elsewhere it is round.
    share = np.where(np.diff(around)[first] < _WEB_DEG, share, share * share * (3 - 2 * share))
    # Row position: 0 = hips only, 1 = first joint, 2 = second, ...
    start, *knees = hanging.joints[:-1]
    rows, steps = [0.0, 1.0], [start * 0.3, start + 0.09]
    for k, knee in enumerate(knees):
        rows += [k + 1.0, k + 2.0]
        steps += [max(knee - hanging.bend, steps[-1]), knee + hanging.bend]
    at = np.interp(t, steps, rows)
    segments = len(hanging.joints) - 1
    low = np.minimum(np.floor(at).astype(int), segments)
    high = at - low
    weights: dict[str, Floats] = {"hips": np.where(low == 0, 1 - high, 0.0)}
    for c in range(count):
        side = np.where(first == c, 1 - share, 0.0) + np.where((first + 1) % count == c, share, 0.0)
        for j in range(segments):
            along = np.where(low == j + 1, 1 - high, 0.0) + np.where(low == j, high, 0.0)
            weights[f"{prefix}{c}_{j}"] = side * along
    return {name: value for name, value in weights.items() if value.any()}


def skirt_chains(
    bell: Bell,
    hanging: Hanging = SHORT,
    *,
    prefix: str = "skirt",
    stiffness: float = 1.1,
    gravity: float = 0.12,
    drag: float = 0.45,
    against: Sequence[str] = ("legs",),
    low_gravity: float | None = None,
) -> tuple[list[Chain], list[Follow]]:
    """The chains on the bell, each on one or two joints that follow the thighs.

    low_gravity: of what hangs below the knee, where that follows the shins; None: as above.
    """
    chains: list[Chain] = []
    follows: list[Follow] = []
    for index, pull in enumerate(hanging.drive):
        a = np.radians(pull.angle_deg)
        places = [_place(bell.point(np.array(a), np.array(t))) for t in hanging.joints]
        parent = "hips"
        for side, weight in (("left", pull.left), ("right", pull.right)):
            if weight > 0:
                name = f"{prefix}{index}_{side}Drive"
                follows.append(Follow(name, parent, places[0], f"{side}UpperLeg", weight))
                parent = name
        names = [f"{prefix}{index}_{j}" for j in range(len(places))]
        kind = (stiffness, gravity, drag, pull.hit_radius, tuple(against))
        if pull.left_shin or pull.right_shin:
            # Cloth bends where the knee does: what hangs below it turns with the shin.
            chains.append(Chain(f"{prefix}{index}", parent, (names[0], f"{names[0]}_end"), tuple(places[:2]), *kind))
            parent = names[0]
            for side, weight in (("left", pull.left_shin), ("right", pull.right_shin)):
                if weight > 0:
                    name = f"{prefix}{index}_{side}ShinDrive"
                    follows.append(Follow(name, parent, places[1], f"{side}LowerLeg", weight))
                    parent = name
            kind = (stiffness, gravity if low_gravity is None else low_gravity, drag, pull.hit_radius, tuple(against))
            chains.append(Chain(f"{prefix}{index}_low", parent, tuple(names[1:]), tuple(places[1:]), *kind))
        else:
            chains.append(Chain(f"{prefix}{index}", parent, tuple(names), tuple(places), *kind))
    return chains, follows


def shin_colliders() -> list[Collider]:
    """Capsules for the lower legs, under long skirts; the thighs' are the body's own group "legs".

    They are thicker than a calf, so that they hold up the columns beside it too, and lie behind the shin's front.
    """
    return [
        Collider("shins", f"{side}LowerLeg", (0.0, -0.02, -0.022), 0.080, (0.0, -0.34, -0.035))
        for side in ("left", "right")
    ]


PLEAT_LITE = ((0.0, -0.7), (0.22, 1.0), (0.80, 0.55))
PLEAT_FULL = ((0.0, -0.6), (0.10, 0.9), (0.42, 1.0), (0.74, 0.7), (0.88, -1.0))
"""One knife pleat: (place in it, height), the height in shares of the pleat's depth."""


def pleated(
    bell: Bell,
    pleats: int,
    rows: Floats,
    *,
    hanging: Hanging = SHORT,
    depth: float = 0.010,
    profile: Sequence[tuple[float, float]] = PLEAT_LITE,
    tiles: int = 1,
    out: float | Floats = 0.0,
    seam: float = np.pi,
) -> Sheet:
    """A pleated layer.

    Args:
        rows: shares of the length.
        tiles: how often the paint repeats round the skirt (pleats must be a multiple).
        out: metres outside the bell, a number or (rows,).
        seam: the angle where it is sewn together.
    """
    assert pleats % tiles == 0
    places, heights = np.array(profile).T
    at = ((np.arange(pleats)[:, None] + places[None]) / pleats).ravel()
    lift = np.tile(heights, pleats)
    at, lift = np.append(at, 1.0), np.append(lift, lift[0])
    order, u = _repeated(at, tiles)
    a = seam + 2 * np.pi * at[order]
    lift = lift[order]
    grid_a = np.broadcast_to(a, (len(rows), len(a)))
    t = np.broadcast_to(rows[:, None], grid_a.shape)
    points = bell.point(grid_a, t, np.reshape(out, (-1, 1)) + depth * np.clip(t, 0, 1) ** 0.8 * lift)
    points[..., 1] -= 0.25 * depth * t * (lift < 0)
    v = (t - rows[0]) / (rows[-1] - rows[0])
    return Sheet(points, np.broadcast_to(u, t.shape).copy(), v, skirt_weights(grid_a, t, hanging=hanging))


def panel(
    bell: Bell,
    angle: float,
    width: float,
    start: float,
    end: float,
    *,
    rows: int = 5,
    columns: int = 3,
    hanging: Hanging = SHORT,
    out: float = 0.012,
    curl: float = 0.006,
    shape: Callable[[Floats], Floats] | None = None,
    lean: float = 0.0,
    spread_u: bool = False,
) -> Sheet:
    """A feather, a coat's tail, an apron: a narrow piece that lies on the bell.

    Args:
        angle: of its middle. width: metres at its widest. start, end: shares of the bell's length.
        shape: share of its own length -> share of the width there; a feather by default.
        curl: metres that the middle stands above the edges. lean: angle by which the tip lies beside the root.
        spread_u: paint follows the edges instead of being cut by them.
    """
    s = np.sin(np.linspace(0, np.pi / 2, rows)) ** 0.9
    outline = shape or feather_outline
    across = np.linspace(-1, 1, columns)
    share = np.broadcast_to(s[:, None], (rows, columns))
    side = np.broadcast_to(across[None], share.shape)
    t = start + (end - start) * share
    middle = angle + lean * share
    radius = np.linalg.norm(bell.point(middle, t)[..., [0, 2]], axis=-1)
    a = middle + side * outline(share) * width / 2 / np.maximum(radius, 0.05)
    tucked = np.clip(share / 0.35, 0, 1)
    off = -0.004 + (out + 0.004) * tucked * tucked * (3 - 2 * tucked)
    points = bell.point(a, t, off + curl * (1 - side**2) * np.sin(np.pi * np.clip(share, 0.0, 0.92)))
    u = 0.5 + 0.5 * side * (1.0 if spread_u else np.maximum(outline(share), 0.02))
    return Sheet(points, u, share.copy(), skirt_weights(a, t, hanging=hanging))


def feather_outline(s: Floats) -> Floats:
    """Narrow at the root, widest at two thirds, a rounded tip."""
    return np.clip(0.42 + 0.58 * np.sin(np.pi * np.clip(s, 0, 1) ** 1.15 * 0.82), 0, 1) * np.sqrt(
        np.clip(1 - np.clip(s, 0, 1) ** 7, 0.0, 1)
    )


def hang(sheet: Sheet, bell: Bell, hanging: Hanging = SHORT) -> Sheet:
    """A piece that swings with the skirt wherever it hangs: its weights by angle and height on the bell."""
    a = np.arctan2(sheet.points[..., 0], sheet.points[..., 2] - bell.middle_z)
    t = np.clip((bell.waist - sheet.points[..., 1]) / bell.length, 0, 1.2)
    return Sheet(sheet.points, sheet.u, sheet.v, skirt_weights(a, t, hanging=hanging))


def _repeated(at: Floats, tiles: int) -> tuple[Ints, Floats]:
    """Columns with those doubled where the paint begins anew, and their u."""
    order: list[int] = []
    u: list[float] = []
    for k in range(tiles):
        inside = np.flatnonzero((at >= k / tiles - 1e-9) & (at <= (k + 1) / tiles + 1e-9))
        order.extend(inside.tolist())
        u.extend(((at[inside] - k / tiles) * tiles).tolist())
    return np.array(order), np.array(u)


def _place(point: Floats) -> tuple[float, float, float]:
    x, y, z = (float(value) for value in point)
    return x, y, z
