"""The robe of rainbow feathers, cut for a stage: cloud collar, fitted bodice, feathers over a pleated skirt."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from performer.avatar.build.outfit.bell import Bell
from performer.avatar.build.outfit.bows import blob, bow, frame_of, ribbon
from performer.avatar.build.outfit.hanging import skirt_chains, skirt_weights
from performer.avatar.build.outfit.idol_sleeves import add_sleeves
from performer.avatar.build.outfit.kit import Kit, add_shorts, body_ring, hip_clearance
from performer.avatar.build.outfit.sheet import Sheet, with_rim
from performer.avatar.build.outfit.shoes import add_shoes
from performer.avatar.build.outfit.skirt import PLEAT_FULL, PLEAT_LITE, panel, pleated
from performer.avatar.build.outfit.wrap import cast, levels, limb_sheet, reach, torso_sheet
from performer.avatar.build.part import Floats, rigid

__all__ = ["SHOES", "sew"]

SHOES = "heels"
WAIST = 0.962


def sew(kit: Kit) -> None:
    """All pieces, chains and colliders."""
    bell, bodice = _bodice(kit)
    _skirt(kit, bell)
    _feathers(kit, bell)
    _cloud_collar(kit, bodice)
    add_sleeves(kit)
    _stockings(kit)
    _back_bow(kit, bell)
    add_shoes(kit, kit.spec.outfit.shoes or SHOES)


def _bodice(kit: Kit) -> tuple[Bell, Sheet]:
    columns = kit.some(22, 44)
    heights = np.array([0.940, 0.965, 0.995, 1.030, 1.065, 1.100, 1.135, 1.168, 1.200, 1.226])
    if kit.full:
        heights = np.interp(np.linspace(0, 9, 17), np.arange(10), heights)
    gap = np.interp(heights, [0.94, 0.965, 1.03, 1.14, 1.23], [0.006, 0.0045, 0.004, 0.005, 0.005])

    def neckline(a: Floats, share: Floats) -> Floats:
        # A sweetheart's top edge: down under the arms, a dip in the middle.
        dip = -0.040 * np.abs(np.sin(a)) ** 1.4 - 0.012 * np.exp(-((a / 0.16) ** 2))
        return dip * np.clip((share - 0.55) / 0.45, 0, 1) ** 1.5

    sheet = torso_sheet(kit.body, heights[::-1], columns, gap[::-1], regions=("torso",), pull=_from_top(neckline))
    kit.add(with_rim(sheet, 0.006, start=True, end=False), "bodice")
    kit.hide(("torso",), 0.86, 1.183)
    belt = torso_sheet(
        kit.body, [0.992, 0.990, 0.968, 0.944, 0.942], columns, np.array([0.004, 0.010, 0.011, 0.012, 0.006])
    )
    kit.add(belt, "belt")
    gem = belt.points[2, columns // 2] + np.array([0, 0.0, 0.002])
    waist = {name: share[2, columns // 2 : columns // 2 + 1] for name, share in belt.weights.items()}
    kit.put(blob(gem, (0.017, 0.022, 0.008), kit.tile("gem"), waist, columns=kit.some(8, 10)))
    add_shorts(kit)
    bell = Bell(
        waist=kit.height(WAIST),
        ring=body_ring(belt, 2),
        length=0.292 * kit.spec.outfit.skirt,
        flare=0.168,
        power=0.80,
        front=-0.03,
        back=0.10,
        tilt=0.03,
        wave=0.007,
        clear=hip_clearance(kit, 0.013),
    )
    return bell, sheet


def _from_top(shift: Callable[[Floats, Floats], Floats]) -> Callable[[Floats, Floats], Floats]:
    return lambda a, share: shift(a, 1 - share)


def _skirt(kit: Kit, bell: Bell) -> None:
    pleats = kit.some(20, 28)
    rows = np.linspace(0.0, 1.0, kit.some(5, 9))
    profile = PLEAT_FULL if kit.full else PLEAT_LITE
    main = pleated(bell, pleats, rows, profile=profile, tiles=pleats // 4, depth=0.011)
    # The hem is folded in as far as the frill: between pleat and lining one would look at the outline's dark inside.
    kit.add(with_rim(main, 0.026), "skirt")
    # A frilled petticoat shows below the hem. The lining has the skirt's own rows and pleats, so that it bends with it
    # and never comes through, and it reaches the hem, which would else show its dark back.
    frills = kit.some(16, 32)
    low = np.linspace(0.60, 1.07, kit.some(2, 3))
    frill = pleated(bell, frills, low, profile=PLEAT_LITE, tiles=frills // 4, depth=0.009, out=-0.013)
    kit.add(frill, "frill", lining="frill", inset=0.001, outline=0.0)
    deep = rows[:: kit.some(1, 2)][1:]
    out = np.interp(deep, [0.6, 1.0], [-0.024, -0.013])
    inner = pleated(bell, pleats, deep, depth=0.0, out=out, profile=((0.0, 0.0),), tiles=pleats // 4)
    kit.line(inner, "lining", inset=0.001)
    chains, follows = skirt_chains(bell, stiffness=0.45, gravity=0.10, drag=0.10)
    kit.chains += chains
    kit.follows += follows


def _feathers(kit: Kit, bell: Bell) -> None:
    """Two tiers of feathers, open in front and longer towards the back, as a bird folds its tail."""
    rows, columns = kit.some(5, 9), kit.some(3, 5)
    count = kit.some(9, 13)
    for k in range(count):
        share = k / (count - 1)
        angle = np.radians(38 + (322 - 38) * share)
        behind = (1 - np.cos(angle)) / 2
        end = 0.80 + 0.52 * behind + (0.10 if share < 0.5 else 0.0) + 0.03 * np.sin(5.1 * k)
        lean = 0.10 * np.sin(angle)
        sheet = panel(bell, angle, 0.125, 0.0, end, rows=rows, columns=columns, out=0.014, curl=0.004, lean=lean)
        kit.add(sheet, "feather", lining="feather_back", inset=0.0025, centre=np.array([0, kit.height(0.80), 0]))
    count = kit.some(9, 14)
    for k in range(count):
        share = k / (count - 1)
        angle = np.radians(22 + (338 - 22) * share)
        end = 0.42 + 0.16 * (1 - np.cos(angle)) / 2 + 0.03 * np.sin(4.3 * k + 1)
        sheet = panel(bell, angle, 0.098, -0.02, end, rows=kit.some(4, 7), columns=columns, out=0.019, curl=0.004)
        kit.add(sheet, "feather_small", centre=np.array([0, kit.height(0.85), 0]))


def _cloud_collar(kit: Kit, bodice: Sheet) -> None:
    """A yoke with four ruyi lobes, laid over the shoulders; above it a stand-up collar with a gem."""
    columns, rows = kit.some(40, 88), kit.some(5, 9)
    angle = np.linspace(-np.pi, np.pi, columns + 1)
    lobe = np.abs(np.cos(angle))
    # Elevation of the hem, degrees, seen from inside the chest: low in the four lobes, high in the notches between.
    four = np.cos(4 * angle) * 0.5 + 0.5
    shape = four**0.75 + 0.22 * np.clip(np.cos(8 * angle), 0, 1) * (four < 0.5)
    low = np.where(lobe > 0.7, np.where(np.cos(angle) > 0, -16.0, -4.0), 28.0)
    notch = np.where(lobe > 0.7, 16.0, 34.0)
    low = np.convolve(np.pad(low, 2, mode="wrap"), np.full(5, 0.2), mode="valid")
    notch = np.convolve(np.pad(notch, 2, mode="wrap"), np.full(5, 0.2), mode="valid")
    hem = notch + (low - notch) * np.clip(shape, 0, 1)
    share = np.linspace(0, 1, rows)
    top = 66.0
    elevation = np.radians(top + (hem[None] - top) * share[:, None])
    a = np.broadcast_to(angle, elevation.shape)
    heading = np.stack(
        [np.sin(a) * np.cos(elevation), np.sin(elevation), np.cos(a) * np.cos(elevation)], axis=-1
    ).reshape(-1, 3)
    origin = np.broadcast_to(np.array([0, float(levels(kit.body)(1.185)), -0.012]), heading.shape)
    hits = cast(kit.body, ("torso", "neck", "leftArm", "rightArm"), origin, heading)
    gap = (np.linspace(0.008, 0.0135, rows)[:, None] + 0.007 * np.sin(a) ** 2).reshape(-1, 1)
    points = hits.points + gap * (0.5 * hits.normals + 0.5 * heading)
    # The bodice spans the hollow between the breasts, so the collar lies on it and not on the skin there.
    far = np.maximum(np.linalg.norm(points - origin, axis=1), reach(bodice, origin, heading) + 0.7 * gap[:, 0])
    points = (origin + heading * far[:, None]).reshape(*a.shape, 3)
    u = np.broadcast_to((angle + np.pi) / (2 * np.pi), a.shape).copy()
    v = np.broadcast_to(share[:, None], a.shape).copy()
    weights = {name: value.reshape(a.shape) for name, value in hits.weights.items()}
    sheet = with_rim(Sheet(points, u, v, weights), 0.006)
    kit.add(sheet, "cloud", centre=origin[0])
    # Skin that lies well inside the collar is left out: it would come through where shoulders bend.
    ways = kit.body.points - origin[0]
    seen = np.arctan2(ways[:, 1], np.hypot(ways[:, 0], ways[:, 2]))
    border = np.radians(np.interp(np.arctan2(ways[:, 0], ways[:, 2]), angle, hem) + 7.0)
    under = (seen > border) & (seen < np.radians(top - 4.0)) & (ways[:, 1] < 0.1)
    near = np.isin(kit.body.region, ["torso", "leftArm", "rightArm"])
    kit.covered |= near & under[kit.body.quads].all(axis=1)
    stand = torso_sheet(
        kit.body,
        [1.312, 1.3125, 1.300, 1.284, 1.270],
        kit.some(16, 28),
        np.array([0.003, 0.0065, 0.006, 0.006, 0.008]),
        regions=("neck", "torso"),
    )
    kit.add(stand, "collar")
    middle = kit.some(16, 28) // 2
    place = stand.points[2, middle] + np.array([0, -0.004, 0.002])
    kit.put(
        blob(
            place,
            (0.010, 0.013, 0.006),
            kit.tile("gem"),
            {k: w[2, middle : middle + 1] for k, w in stand.weights.items()},
        )
    )


def _stockings(kit: Kit) -> None:
    stations = np.array([0.50, 0.505, 0.56, 0.73, 0.88, 1.0, 1.13, 1.36, 1.90])
    # It ends over the shoe: under it, the corners of one would come through the flats of the other as teeth.
    gap = np.array([0.0005, 0.0055, 0.0038, 0.003, 0.003, 0.003, 0.003, 0.003, 0.0095])
    if kit.full:
        stations, gap = np.insert(stations, 8, (1.55, 1.74)), np.insert(gap, 8, (0.004, 0.006))
    sheet = limb_sheet(
        kit.body,
        ("leftUpperLeg", "leftLowerLeg", "leftFoot"),
        stations,
        kit.some(12, 22),
        gap,
        ("leftLeg", "leftFoot"),
    )
    # The paint is drawn for eleven rows, closer at the top.
    drawn = np.array([0.50, 0.505, 0.56, 0.72, 0.86, 1.0, 1.16, 1.32, 1.52, 1.74, 1.90])
    v = np.interp(stations, drawn, np.linspace(0, 1, len(drawn)))
    sheet = replace(sheet, v=np.broadcast_to(v[:, None], sheet.v.shape).copy())
    kit.add(sheet, "stocking", both=True)
    kit.hide(("leftLeg", "rightLeg"), 0.05, 0.625)


def _back_bow(kit: Kit, bell: Bell) -> None:
    facing = frame_of((0, 0.12, -1))
    root = np.array([0.0, bell.waist + 0.012, -float(bell.ring(np.array(np.pi))) - 0.020])
    hips = rigid(1, "hips")
    kit.put(
        bow(root, 0.128, facing, kit.tile("bow"), kit.tile("knot"), hips, rings=kit.some(5, 9), columns=kit.some(6, 12))
    )
    rows = kit.some(7, 14)
    for side in (1.0, -1.0):
        s = np.linspace(0, 1, rows)
        angle = np.pi - side * (0.10 + 0.30 * s)
        t = 0.02 + s * (1.62 + 0.16 * side)
        # It lies on the feathers and falls straight once it has passed them, in a slow wave.
        path = bell.point(angle, np.minimum(t, 0.80), 0.052 + 0.006 * np.sin(7 * s))
        path[:, 1] -= bell.length * np.clip(t - 0.80, 0, None) * 1.05
        path[:, 2] += 0.030 * np.clip(t - 0.80, 0, None) + 0.014 * np.sin(9.0 * s + side) * s
        path[0] = root + np.array([side * 0.006, -0.012, 0.006])
        width = 0.030 + 0.040 * s
        turn = side * (0.25 + 0.75 * np.sin(5.0 * s + 0.4)) * s
        aside = np.stack([np.cos(turn), np.zeros(rows), np.sin(turn)], axis=-1)
        kit.put(
            ribbon(
                path,
                aside,
                width,
                kit.tile("tail"),
                skirt_weights(angle, np.clip(t, 0.12, 1.3)),
                thickness=0.002,
                outline=0.4,
                bowl=0.16,
            )
        )
