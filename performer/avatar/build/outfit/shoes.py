"""Shoes: an upper drawn over the foot's own skin, a sole that is flat on the floor, a heel under it."""

from dataclasses import dataclass

import numpy as np

from performer.avatar.build.outfit.bows import lathe
from performer.avatar.build.outfit.kit import Kit
from performer.avatar.build.outfit.sheet import Sheet, disc, sheet_part
from performer.avatar.build.part import Floats, Part, corner_normals

__all__ = ["SHOES", "Shoe", "add_shoes", "shoe_of"]


@dataclass(frozen=True, slots=True)
class Shoe:
    """One kind of shoe, metres.

    lift_deg: how steeply the foot stands. sole: thickness below the ball, which lies on the floor.
    heel: radius of a separate heel, 0 where the sole is one piece. welt: how far the sole stands out.
    shaft: row of the body's leg up to which the upper reaches (13 = to the ankle only, 9 = half the calf), and rows of
    the foot that stay bare (open instep) in `open_rows`. gap: leather, off the skin. toe: how far the tip is drawn out.
    """

    lift_deg: float
    sole: float
    heel: float
    welt: float
    shaft: int
    gap: float
    toe: float
    open_rows: int = 0


SHOES: dict[str, Shoe] = {
    "heels": Shoe(27, 0.009, 0.012, 0.003, 11, 0.0045, 0.012),
    "boots": Shoe(14, 0.018, 0.027, 0.005, 9, 0.0065, 0.006),
    "sneakers": Shoe(4, 0.026, 0.0, 0.008, 12, 0.009, 0.006),
    "flats": Shoe(3, 0.008, 0.0, 0.002, 13, 0.004, 0.014, 1),
    "leather": Shoe(7, 0.014, 0.031, 0.004, 12, 0.006, 0.022),
}
"""Kinds by name."""


def shoe_of(kind: str) -> Shoe:
    """The kind of that name, flats where it is not known."""
    return SHOES.get(kind, SHOES["flats"])


def add_shoes(kit: Kit, kind: str) -> None:
    """Both shoes, and the skin that they hide."""
    shoe = shoe_of(kind)
    body = kit.body
    shell = body.shell(
        lambda region, row: (
            (region == "leftFoot" and row >= shoe.open_rows) or (region == "leftLeg" and row >= shoe.shaft)
        ),
        shoe.gap,
        0.001,
        coarse=not kit.full,
    )
    points = shell.points.copy()
    foot = body.points[np.unique(body.quads[body.region == "leftFoot"])]
    ball = body.joints["leftToes"]
    tip, back = float(foot[:, 2].max()), float(foot[:, 2].min())
    forward = np.clip((points[:, 2] - ball[2]) / (tip - ball[2]), 0, 1.3)
    points[:, 2] += shoe.toe * forward**2
    # A last has a flat underside and a tip that narrows to its middle.
    points[:, 0] += (ball[0] - points[:, 0]) * 0.16 * forward**2 * (shoe.toe > 0.01)
    points[:, 1] = np.maximum(points[:, 1], -0.4 * shoe.sole)
    low, high = -shoe.sole, float(points[:, 1].max())
    u = (points[:, 2] - (back - 0.012)) / (tip + 0.035 - (back - 0.012))
    v = (high - points[:, 1]) / (high - low)
    upper = Part(
        points,
        shell.triangles,
        corner_normals(points, shell.triangles),
        kit.tile("shoe").place(u, v),
        shell.weights,
        "Outfit",
        "outfit",
    )
    kit.put([upper], both=True)
    kit.put(_sole(kit, shoe, points, ball, back, tip), both=True)
    kit.covered |= shell.covered
    mirror = {"leftFoot": "rightFoot", "leftLeg": "rightLeg"}
    for left, right in mirror.items():
        rows = np.unique(body.row[shell.covered & (body.region == left)])
        kit.covered |= (body.region == right) & np.isin(body.row, rows)


def _sole(kit: Kit, shoe: Shoe, upper: Floats, ball: Floats, back: float, tip: float) -> list[Part]:
    """The sole as stations from heel to toe, each a flat box with a bevel; and the heel."""
    floor = -shoe.sole
    count = kit.some(9, 14)
    z = back - 0.4 * shoe.welt + (tip + shoe.toe + shoe.gap - back) * (1 - np.cos(np.pi * np.linspace(0, 1, count))) / 2
    left, right, top = (np.zeros(count) for _ in range(3))
    for k, at in enumerate(z):
        near = upper[np.abs(upper[:, 2] - at) < 0.016]
        bottom = float(near[:, 1].min())
        ground = near[near[:, 1] < bottom + 0.028]
        left[k], right[k], top[k] = float(ground[:, 0].max()), float(ground[:, 0].min()), bottom
    middle, half = (left + right) / 2, (left - right) / 2
    # The ends are round in plan, and the sides even.
    half = np.convolve(np.pad(half, 1, mode="edge"), (0.25, 0.5, 0.25), mode="valid") + shoe.welt
    s = np.linspace(0, 1, count)
    half *= np.sqrt(np.clip(1 - np.clip(np.abs(2 * s - 1), 0, 1) ** 7, 0.03, 1))
    top = np.convolve(np.pad(top, 2, mode="edge"), (0.1, 0.2, 0.4, 0.2, 0.1), mode="valid")
    flat = np.clip((z - ball[2] + 0.058) / 0.036, 0, 1) if shoe.heel else np.ones(count)
    base = floor * flat + np.maximum(top - 0.007, floor) * (1 - flat)
    top = (np.maximum(top, -0.2 * shoe.sole) + 0.004) * flat + (top + 0.003) * (1 - flat)
    if shoe.heel > 0.02:
        # A stacked heel is a broad block under the rear third.
        base = np.where(z < ball[2] - 0.085, floor, base)
    spring = np.clip((z - ball[2] - 0.018) / (tip + shoe.toe - ball[2] - 0.018), 0, 1)
    base = base + 0.006 * spring**3
    ring_x = np.array([0.0, 1.0, 1.0, 0.93, -0.93, -1.0, -1.0, 0.0])
    ring_y = np.array([1.0, 1.0, 0.35, 0.0, 0.0, 0.35, 1.0, 1.0])
    grid = np.stack(
        [
            middle[:, None] + half[:, None] * ring_x,
            base[:, None] + (top - base)[:, None] * ring_y,
            np.broadcast_to(z[:, None], (count, 8)),
        ],
        axis=-1,
    )
    u = np.broadcast_to(s[:, None], (count, 8)).copy()
    v = np.broadcast_to(np.array([0.02, 0.05, 0.5, 0.95, 0.95, 0.5, 0.05, 0.02]), (count, 8)).copy()
    near = kit.body.near(grid.reshape(-1, 3))
    weights = {name: value.reshape(count, 8) for name, value in near.weights.items() if name.startswith("left")}
    sheet = Sheet(grid, u, v, weights)
    tile = kit.tile("sole")
    parts = sheet_part(sheet, tile)
    for at, way in ((0, -1.0), (-1, 1.0)):
        ends = {name: value[at] for name, value in weights.items()}
        parts.append(
            disc(grid[at, 1:-1], {n: w[1:-1] for n, w in ends.items()}, np.array([0, 0, way]), (0.5, 0.5), tile)
        )
    if 0 < shoe.heel <= 0.02:
        under = np.array([ball[0] - 0.001, float(top[1]), back + 0.026])
        drop = under[1] - floor
        profile = [
            (0.0, 0.024),
            (drop * 0.18, 0.019),
            (drop * 0.55, shoe.heel * 0.85),
            (drop, shoe.heel),
            (drop, 0.0005),
        ]
        parts += lathe(
            under, np.array([0, -1.0, 0.0]), profile, kit.some(8, 12), kit.tile("heel"), {"leftFoot": np.ones(1)}
        )
    return parts
