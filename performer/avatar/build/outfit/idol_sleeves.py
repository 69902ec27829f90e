"""The feather robe's sleeves: a puff out of the cloud collar, a velvet band, silk, a wing that hangs at the wrist."""

from dataclasses import replace

import numpy as np

from performer.avatar.build.outfit.kit import Kit
from performer.avatar.build.outfit.sheet import Sheet
from performer.avatar.build.outfit.wrap import limb_sheet
from performer.avatar.build.part import Floats

__all__ = ["add_sleeves"]

_JOINTS = ("leftUpperArm", "leftLowerArm", "leftHand")
_SKIN = ("leftArm", "leftHand")
# The seam lies below the arm; a little aside, so that a hanging arm does not show it in front.
_UP = (0.0, 1.0, 0.35)
# Station (0 = shoulder, 1 = elbow, 2 = wrist) and gap off the skin of every row, metres: puff, band, silk, wing. Rows
# lie close where the elbow bends, or it folds along a single line.
_ROWS = (
    (0.05, 0.0030),
    (0.26, 0.0150),
    (0.39, 0.0135),
    (0.47, 0.0055),
    (0.565, 0.0055),
    (0.86, 0.0075),
    (0.96, 0.0095),
    (1.05, 0.0095),
    (1.16, 0.0100),
    (1.42, 0.0130),
    (1.70, 0.0230),
    (1.97, 0.0330),
)
# The rows of the puff: gathered at both ends.
_PUFF = (0.0, 1.0, 0.75, 0.0)
# Where the paint's seams lie, stations and shares of the tile: top, band, wing's end.
_DRAWN = ((0.05, 0.47, 0.565, 1.0, 1.5, 1.97), (0.0, 0.20, 0.27, 0.47, 0.74, 1.0))


def add_sleeves(kit: Kit) -> None:
    """Both sleeves, what one sees when looking into their wings, and a bracelet where the hand comes out.

    The arm inside is left out: nothing of it can come through. The wing's inside is dark, so that a hand that points at
    whoever looks stands out against it.
    """
    sheet = _tube(kit)
    kit.add(sheet, "sleeve", both=True)
    elbow = kit.body.joints["leftLowerArm"]
    kit.add(_funnel(kit, sheet), "wing_lining", both=True, centre=elbow, outline=0.0)
    bracelet = limb_sheet(
        kit.body,
        _JOINTS,
        [1.80, 1.845, 1.89],
        kit.some(10, 20),
        np.array([0.0005, 0.0065, 0.0005]),
        _SKIN,
        front=_UP,
    )
    # It has the upper arm's band: velvet between two cords.
    v = np.array([0.19, 0.237, 0.285])
    bracelet = replace(bracelet, v=np.broadcast_to(v[:, None], bracelet.v.shape).copy())
    kit.add(bracelet, "sleeve", both=True, outline=0.5)
    for side in ("leftArm", "rightArm"):
        kit.hide_rows(side, 3, 8)


def _tube(kit: Kit) -> Sheet:
    stations, gap = np.array(_ROWS).T
    rows, columns = len(stations), kit.some(14, 28)
    angle = np.linspace(-np.pi, np.pi, columns + 1)
    below = np.clip(-np.cos(angle), 0, 1)
    puff = np.zeros(rows)
    puff[: len(_PUFF)] = _PUFF

    def slant(a: Floats, share: Floats) -> Floats:
        # The puff starts lower under the arm, where the bodice ends; the wing is cut back over the wrist.
        row = share * (rows - 1)
        top = np.interp(row, [0.0, 2.0, 3.0], [0.31, 0.05, 0.0]) * (0.5 - 0.5 * np.cos(a)) ** 1.8
        end = np.interp(stations[np.round(row).astype(int)], [1.05, 1.97], [0.0, 1.0]) ** 1.5
        return top - 0.24 * end * (0.5 + 0.5 * np.cos(a)) ** 1.2

    sheet = limb_sheet(kit.body, _JOINTS, stations, columns, gap, _SKIN, front=_UP, slant=slant)
    middle = sheet.points[:, :-1].mean(axis=1, keepdims=True)
    loose = np.clip((stations - 1.2) / 0.77, 0, 1)[:, None] ** 1.4
    flutes = kit.some(4, 7)
    swell = 1 + loose * (0.62 * below**1.3 + (0.05 + 0.10 * below) * np.cos(flutes * angle))
    # Gathers stand out of the puff; its inner side lies flat, as the bodice is there.
    swell += puff[:, None] * (0.20 * (0.5 + 0.5 * np.cos(angle)) + 0.035 * np.cos(kit.some(8, 10) * angle))
    points = middle + (sheet.points - middle) * swell[..., None]
    v = np.interp(stations, *_DRAWN)
    weights = dict(sheet.weights)
    # A wing hangs on the forearm: a hand that bends leaves it where it is.
    hand = weights.pop("leftHand", np.zeros_like(sheet.u))
    weights["leftLowerArmTwist"] = weights["leftLowerArmTwist"] + hand
    return replace(sheet, points=points, v=np.broadcast_to(v[:, None], sheet.v.shape).copy(), weights=weights)


def _funnel(kit: Kit, sheet: Sheet) -> Sheet:
    """From the wing's rim back to where the sleeve is close."""
    columns = sheet.u.shape[1] - 1
    deep = limb_sheet(kit.body, _JOINTS, [1.56, 1.62], columns, 0.002, _SKIN, front=_UP).points[-1]
    rim = sheet.points[-1]
    points = np.stack([deep, 0.55 * rim + 0.45 * deep + 0.08 * (deep - rim).mean(axis=0), rim])
    share = np.broadcast_to(np.array([0.0, 0.5, 1.0])[:, None], points.shape[:2]).copy()
    weights = {name: np.stack([value[-3], value[-2], value[-1]]) for name, value in sheet.weights.items()}
    return Sheet(points, np.broadcast_to(sheet.u[:1], share.shape).copy(), share, weights)
