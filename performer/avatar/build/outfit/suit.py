"""A stage suit: tailored jacket with satin lapels and tails, shirt and tie, creased trousers, leather shoes."""

from dataclasses import replace
from typing import Literal

import numpy as np

from performer.avatar.build.outfit.bell import Bell
from performer.avatar.build.outfit.bows import blob
from performer.avatar.build.outfit.hanging import DRIVE, Hanging, skirt_chains, skirt_weights
from performer.avatar.build.outfit.kit import Kit, body_ring, hip_clearance
from performer.avatar.build.outfit.sheet import Sheet, chosen, with_rim
from performer.avatar.build.outfit.shoes import add_shoes
from performer.avatar.build.outfit.tailored import Chart, cut, laid_band, neck_ring
from performer.avatar.build.outfit.wrap import cast, limb_sheet, torso_sheet
from performer.avatar.build.part import Floats

__all__ = ["SHOES", "sew"]

SHOES = "leather"
# Two thirds of the tails hang free of the hips, on a joint more than a skirt has, so that they flow and fold.
_TAILS = Hanging(DRIVE, joints=(0.06, 0.36, 0.68, 1.0), bend=0.12)


def sew(kit: Kit) -> None:
    """All pieces and chains."""
    _trousers(kit)
    _jacket(kit)
    _shirt_front(kit)
    _epaulettes(kit)
    _tails(kit)
    add_shoes(kit, kit.spec.outfit.shoes or SHOES)


def _jacket(kit: Kit) -> None:
    waist, low, shoulder = kit.height(0.99), kit.height(0.86), kit.height(1.25)

    def gap(points: Floats) -> Floats:
        y, x = points[:, 1], np.abs(points[:, 0])
        trunk = (
            0.0095 - 0.003 * np.exp(-(((y - waist) / 0.05) ** 2)) + 0.006 * np.clip((waist - y) / (waist - low), 0, 1)
        )
        # Padding squares the shoulder, and the sleeve falls straight from it.
        pad = 0.011 * np.exp(-(((x - 0.115) / 0.035) ** 2)) * (y > shoulder - 0.02)
        sleeve = 0.0115 + 0.004 * np.clip((x - 0.30) / 0.2, 0, 1)
        return np.where(x > 0.14, sleeve, np.where(y > shoulder - 0.03, 0.011, trunk)) + pad

    arm = float(kit.body.joints["leftUpperArm"][0])

    def which(middle: Floats, normal: Floats) -> list[str]:
        return [
            ("sleeve" if abs(m[0]) > arm + 0.022 and m[1] > shoulder - 0.11 else "top")
            + ("_front" if n[2] > 0 else "_back")
            for m, n in zip(middle, normal, strict=True)
        ]

    trunk = Chart((-0.19, 0.19), (kit.height(0.80), kit.height(1.305)))
    sleeve = Chart((arm + 0.01, float(kit.body.joints["leftHand"][0]) + 0.02), (shoulder - 0.09, shoulder + 0.08), True)
    cut(
        kit,
        lambda region, row: (region == "torso" and row >= 1) or (region in ("leftArm", "rightArm") and row <= 10),
        gap,
        {"top_front": trunk, "top_back": trunk, "sleeve_front": sleeve, "sleeve_back": sleeve},
        which,
        loose=1,
        least=0.007,
        thickness=0.003,
    )
    for side in (1.0, -1.0):
        # The lapel: from the button at the waist to a peak at the chest, narrower from there to the collar.
        path = [
            (side * 0.010, 1.035),
            (side * 0.034, 1.095),
            (side * 0.055, 1.155),
            (side * 0.066, 1.196),
            (side * 0.055, 1.210),
            (side * 0.050, 1.250),
            (side * 0.046, 1.284),
        ]
        sheet = laid_band(
            kit,
            path,
            (0.008, 0.030, 0.044, 0.062, 0.036, 0.034, 0.030),
            (0.0165, 0.0175, 0.0175, 0.0185, 0.0175, 0.019, 0.024),
            rows=kit.some(7, 13),
            columns=kit.some(3, 5),
        )
        kit.add(_outer_first(sheet, side), "lapel", centre=np.array([0, kit.height(1.12), -0.3]))
    button = laid_band(kit, [(0.004, 1.028), (0.004, 1.027)], 0.002, 0.020, rows=2)
    at = {name: share[0, :1] for name, share in button.weights.items()}
    for y in (1.022, 0.975):
        spot = laid_band(kit, [(0.006, y), (0.006, y - 0.001)], 0.002, 0.019, rows=2).points[0, 0]
        kit.put(blob(spot, (0.008, 0.008, 0.004), kit.tile("gem"), at, columns=kit.some(6, 10)))


def _epaulettes(kit: Kit) -> None:
    """A braided plate on each shoulder, its fringe over the top of the sleeve."""
    rows, columns = kit.some(4, 7), kit.some(4, 7)
    x = np.broadcast_to(np.linspace(0.072, 0.150, rows)[:, None], (rows, columns))
    across = np.broadcast_to(np.linspace(-1, 1, columns)[None], (rows, columns))
    share = (x - x.min()) / (x.max() - x.min())
    # No wider than the arm below, or the ray at a corner finds no skin.
    spread = 0.026 + (0.012 if kit.spec.body.frame == "male" else 0.006) * share
    z = kit.body.joints["leftUpperArm"][2] - across * spread
    origin = np.stack([x, np.full_like(x, kit.height(1.22)), z], axis=-1)
    up = np.broadcast_to(np.array([0.0, 1.0, 0.0]), origin.shape)
    hits = cast(kit.body, ("torso", "leftArm"), origin.reshape(-1, 3), up.reshape(-1, 3))
    points = hits.points.reshape(origin.shape) + np.array([0, 1.0, 0]) * (0.022 - 0.004 * across**2)[..., None]
    points[-1] += np.array([0.010, -0.014, 0.0])
    sheet = Sheet(points, share, 0.5 + 0.5 * across, {n: w.reshape(x.shape) for n, w in hits.weights.items()})
    kit.add(
        with_rim(sheet, 0.004, start=True),
        "epaulette",
        centre=points.mean(axis=(0, 1)) - np.array([0, 1, 0]),
        both=True,
    )


def _outer_first(sheet: Sheet, side: float) -> Sheet:
    """u = 0 at the outer edge on both sides."""
    return sheet if side < 0 else Sheet(sheet.points, 1 - sheet.u, sheet.v, sheet.weights)


def _shirt_front(kit: Kit) -> None:
    columns = kit.some(16, 28)
    # A turned-down collar: up round the neck, folded, down again, its points hanging in front.
    collar = neck_ring(
        kit,
        1.300,
        [(-0.026, 0.008), (0.010, 0.005), (0.0135, 0.0085), (0.002, 0.014), (-0.018, 0.021)],
        columns,
        points=0.032,
        start=np.radians(2),
        end=np.radians(358),
    )
    # The jacket's own collar stands behind it and joins the lapels.
    behind = neck_ring(
        kit,
        1.292,
        [(-0.020, 0.012), (0.006, 0.019), (0.0085, 0.022), (-0.030, 0.040)],
        columns,
        start=np.radians(46),
        end=np.radians(314),
    )
    kit.add(behind, "jacket_collar", centre=np.array([0, kit.height(1.28), -0.015]))
    kit.add(collar, "collar")
    tie = laid_band(
        kit,
        [(0.0, 1.293), (0.0, 1.284), (0.0, 1.264), (0.0, 1.245), (0.0, 1.19), (0.0, 1.12), (0.0, 1.055)],
        (0.020, 0.029, 0.019, 0.020, 0.028, 0.036, 0.040),
        (0.024, 0.028, 0.025, 0.021, 0.019, 0.0185, 0.0175),
        rows=kit.some(7, 13),
        columns=3,
    )
    points = tie.points.copy()
    points[:, 1, 2] += 0.003
    kit.add(Sheet(points, tie.u, tie.v, tie.weights), "tie", centre=np.array([0, kit.height(1.15), -0.3]))


def _trousers(kit: Kit) -> None:
    ankle, knee, hip = kit.height(0.085), kit.height(0.465), kit.height(0.80)

    def gap(points: Floats) -> Floats:
        y = points[:, 1]
        loose = np.interp(y, [ankle, ankle + 0.12, knee, knee + 0.12, hip], [0.015, 0.014, 0.010, 0.008, 0.006])
        return np.where(y > hip, 0.0045, loose)

    def which(middle: Floats, normal: Floats) -> list[Literal["leg_front", "leg_back"]]:
        return ["leg_front" if n[2] > 0 else "leg_back" for n in normal]

    leg = Chart((-0.01, 0.165), (ankle - 0.04, kit.height(0.97)), True)
    cut(
        kit,
        lambda region, row: (region == "torso" and row <= 4) or (region in ("leftLeg", "rightLeg")),
        gap,
        {"leg_front": leg, "leg_back": leg},
        which,
        loose=1,
        least=0.004,
        thickness=0.004,
    )
    # The satin stripe is a band of its own: seen from in front and behind, the outer seam would be painted askew.
    stations = np.linspace(0.10, 1.93, kit.some(13, 22))
    legs = [kit.body.joints[f"left{name}"][1] for name in ("UpperLeg", "LowerLeg", "Foot")]
    height = np.interp(stations, [0.0, 1.0, 2.0], legs)
    off = gap(np.stack([stations * 0, height, stations * 0], axis=-1)) + 0.0030
    ring = limb_sheet(
        kit.body, ("leftUpperLeg", "leftLowerLeg", "leftFoot"), stations, 30, off, ("leftLeg",), front=(1.0, 0.0, 0.0)
    )
    stripe = chosen(ring, [14, 15, 16])
    stripe = replace(stripe, u=np.broadcast_to(np.array([0.0, 0.5, 1.0]), stripe.u.shape).copy())
    kit.add(stripe, "stripe", both=True, centre=kit.body.joints["leftLowerLeg"], outline=0.0)


def _tails(kit: Kit) -> None:
    """The coat's skirts: sewn on at the waist, cut away in front, two tails behind, on a skirt's driven chains."""
    ring = torso_sheet(kit.body, [0.99, 0.955], kit.some(20, 32), np.array([0.014, 0.017]))
    bell = Bell(
        waist=kit.height(0.955),
        ring=body_ring(ring, 1),
        length=0.56,
        flare=0.135,
        power=1.0,
        back=0.06,
        wave=0.0,
        clear=hip_clearance(kit, 0.031),
    )
    rows, columns = kit.some(10, 16), kit.some(12, 18)
    s = np.broadcast_to(np.linspace(0, 1, rows)[:, None], (rows, columns))
    u = np.broadcast_to(np.linspace(0, 1, columns)[None], s.shape)
    # From the vent (u = 0) round the hip; the front edge starts beside the buttons and is cut away in a curve.
    edge = 1.02 + 1.05 * s**0.75
    for side in (1.0, -1.0):
        a = side * (np.pi - 0.02 - 0.10 * s - u * (np.pi - 0.02 - 0.10 * s - edge))
        t = (0.01 + s * (1.06 - 0.30 * u**1.6)) * np.ones_like(u)
        flutes = 0.019 * s * np.sin(2.6 * 2 * np.pi * u + 0.6)
        points = bell.point(a, t, 0.004 + 0.012 * s + flutes)
        # Its first row lies inside the jacket: the tails come out of a seam.
        points[0, :, [0, 2]] *= 0.88
        sheet = Sheet(points, u.copy(), s.copy(), skirt_weights(a % (2 * np.pi), t, hanging=_TAILS))
        kit.add(with_rim(sheet, 0.001), "tail", lining="lining", centre=np.array([0, kit.height(0.8), 0.0]))
    used = {name for part in kit.parts for name in part.weights}
    chains, follows = skirt_chains(bell, _TAILS, stiffness=0.30, gravity=0.22, drag=0.11)
    kit.chains += [chain for chain in chains if used & set(chain.joints)]
    wanted = {chain.name for chain in kit.chains}
    kit.follows += [follow for follow in follows if follow.name.split("_")[0] in wanted]
