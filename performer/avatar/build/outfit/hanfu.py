"""Hanfu: a crossed-collar robe with wide sleeves, a high pleated skirt to the ankles, a sash with ribbons."""

import numpy as np

from performer.avatar.build.outfit.bell import Bell
from performer.avatar.build.outfit.bows import blob, bow, frame_of, ribbon
from performer.avatar.build.outfit.hanging import Drive, Hanging, shin_colliders, skirt_chains, skirt_weights
from performer.avatar.build.outfit.kit import Kit, body_ring, hugging
from performer.avatar.build.outfit.sheet import Sheet, with_rim
from performer.avatar.build.outfit.shoes import add_shoes
from performer.avatar.build.outfit.skirt import PLEAT_FULL, pleated
from performer.avatar.build.outfit.sleeves import WideSleeve, wide_sleeve
from performer.avatar.build.outfit.tailored import Chart, cut, laid_band, neck_ring
from performer.avatar.build.outfit.wrap import limb_sheet, torso_sheet
from performer.avatar.build.part import Floats, rigid

__all__ = ["SHOES", "sew"]

SHOES = "flats"
# Whatever lies before or beside a leg turns with all of its thigh from the crease of the hip on, so that nothing can
# come through; behind, cloth follows in part, as it hangs. A heel that swings back takes the cloth behind it along and
# leaves that in front. Two columns close together in front span the web between both; each goes with its
# own leg and with some of the other, which may cross over. The radii keep the cloth between two columns off a leg too.
LONG = Hanging(
    (
        Drive(10, 0.88, 0.12, 0.45, 0.10, 0.03),
        Drive(48, 1.0, 0.0, 0.62, 0.0, 0.07),
        Drive(90, 0.98, 0.0, 0.80, 0.0, 0.10),
        Drive(132, 0.80, 0.0, 0.95, 0.0, 0.07),
        Drive(168, 0.50, 0.02, 0.95, 0.02),
        Drive(192, 0.02, 0.50, 0.02, 0.95),
        Drive(228, 0.0, 0.80, 0.0, 0.95, 0.07),
        Drive(270, 0.0, 0.98, 0.0, 0.80, 0.10),
        Drive(312, 0.0, 1.0, 0.0, 0.62, 0.07),
        Drive(350, 0.12, 0.88, 0.10, 0.45, 0.03),
    ),
    joints=(0.150, 0.570, 1.0),
    pivot=0.6,
    trunk=((0.0, 0.9), (0.03, 0.75), (0.06, 0.5), (0.10, 0.2), (0.13, 0.0)),
)


# Metres that a pleat stands out at the hem.
_PLEAT = 0.018


def sew(kit: Kit) -> None:
    """All pieces and chains."""
    _robe(kit)
    bell = _skirt(kit)
    _collar(kit)
    _sash(kit, bell)
    sleeve = wide_sleeve(kit, WideSleeve(start=0.14, drop=0.225 * kit.spec.outfit.sleeves, open=0.056))
    kit.add(sleeve.sheet, "sleeve", both=True, outline=0.0)
    kit.line(sleeve.sheet, "sleeve_lining", inset=0.003, both=True)
    kit.chains += sleeve.chains
    kit.follows += sleeve.follows
    add_shoes(kit, kit.spec.outfit.shoes or SHOES)


def _robe(kit: Kit) -> None:
    """The robe's trunk and a close under-sleeve, so that no bare arm shows inside the wide one's mouth at the elbow."""
    arm, shoulder = float(kit.body.joints["leftUpperArm"][0]), kit.height(1.25)

    def gap(points: Floats) -> Floats:
        return np.where(np.abs(points[:, 0]) > 0.14, 0.004, 0.007)

    def which(middle: Floats, normal: Floats) -> list[str]:
        return [
            "under" if abs(m[0]) > arm + 0.05 else "robe_front" if n[2] > 0 else "robe_back"
            for m, n in zip(middle, normal, strict=True)
        ]

    trunk = Chart((-0.20, 0.20), (kit.height(0.97), kit.height(1.31)))
    under = Chart((arm, float(kit.body.joints["leftHand"][0])), (shoulder - 0.09, shoulder + 0.08), True)
    cut(
        kit,
        lambda region, row: (region == "torso" and row >= 4) or (region in ("leftArm", "rightArm") and row <= 9),
        gap,
        {"robe_front": trunk, "robe_back": trunk, "under": under},
        which,
        loose=1,
        least=0.004,
    )


def _collar(kit: Kit) -> None:
    """Two bands crossing over the chest, her left one on top, and the band round the neck's back."""
    rows = kit.some(9, 16)
    for side, gap, tile in ((-1.0, 0.0105, "collar_inner"), (1.0, 0.0135, "collar")):
        path = [
            (side * 0.046, 1.283),
            (side * 0.054, 1.255),
            (side * 0.044, 1.215),
            (side * 0.018, 1.160),
            (side * -0.016, 1.115),
            (side * -0.046, 1.088),
        ]
        band = laid_band(
            kit,
            path,
            (0.026, 0.032, 0.034, 0.034, 0.034, 0.034),
            (gap + 0.006, gap + 0.001, gap, gap, gap, 0.006),
            rows=rows,
            columns=3,
        )
        kit.add(band, tile, centre=np.array([0, kit.height(1.15), -0.3]))
    back = neck_ring(
        kit,
        1.292,
        [(-0.016, 0.006), (0.003, 0.008), (0.0055, 0.011), (-0.022, 0.021)],
        kit.some(12, 22),
        start=np.radians(52),
        end=np.radians(308),
    )
    kit.add(back, "collar_back", centre=np.array([0, kit.height(1.28), -0.015]))


def _skirt(kit: Kit) -> Bell:
    band = torso_sheet(
        kit.body, [1.030, 1.029, 1.008, 0.984, 0.982], kit.some(22, 36), np.array([0.006, 0.013, 0.014, 0.016, 0.009])
    )
    kit.add(band, "chest_band")
    top, hips, hem = kit.height(0.992), kit.height(0.845), kit.height(0.070)
    bell = Bell(
        waist=top,
        ring=body_ring(band, 2),
        hug=hugging(kit, 0.992, 0.800, (0.010, 0.017)),
        length=(top - hem) * min(kit.spec.outfit.skirt, 1.0),
        fit=(top - hips) / (top - hem),
        flare=0.190,
        power=1.0,
        back=0.015,
        train=0.040,
        wave=0.018,
        waves=8,
    )
    pleats = 24
    rows = np.linspace(0.0, 1.0, kit.some(9, 15))
    profile = PLEAT_FULL if kit.full else ((0.0, -0.8), (0.45, 1.0))
    main = pleated(bell, pleats, rows, profile=profile, tiles=pleats // 4, depth=_PLEAT, hanging=LONG)
    # The inner side has the outer one's own points: it bends with it, and nothing of it can come through.
    kit.line(main, "lining", inset=0.0025)
    kit.add(with_rim(main, 0.005), "skirt", outline=0.0)
    chains, follows = skirt_chains(
        bell,
        LONG,
        hips=kit.body.joints["leftUpperLeg"],
        # What lies on the thighs keeps up with them; the hem swings on. Little drag: at 120 steps a second 0.5 of it is
        # honey, which was what the skirt stayed behind for, and what 8 of stiffness was to make up.
        stiffness=5.0,
        gravity=0.30,
        low_stiffness=1.6,
        low_gravity=0.60,
        drag=0.09,
        against=("legs", "shins"),
    )
    kit.chains += chains
    kit.follows += follows
    kit.colliders += shin_colliders()
    _trousers(kit)
    return bell


def _trousers(kit: Kit) -> None:
    """Silk trousers, gathered above the ankle: what shows where a skirt to the floor flies up. No skin is under it."""
    stations = np.array([0.55, 0.78, 0.98, 1.12, 1.45, 1.72, 1.84, 1.87, 1.93])
    gap = np.array([0.004, 0.008, 0.010, 0.014, 0.019, 0.022, 0.010, 0.006, 0.012])
    joints = ("leftUpperLeg", "leftLowerLeg", "leftFoot")
    sheet = limb_sheet(kit.body, joints, stations, kit.some(10, 18), gap, ("leftLeg", "leftFoot"))
    kit.add(sheet, "trousers", both=True, outline=0.6)
    kit.hide(("torso",), 0.70, 1.05)
    kit.hide(("leftLeg", "rightLeg"), 0.10, 0.9)


def _sash(kit: Kit, bell: Bell) -> None:
    """A bow at the chest band, a little to her left, with two long ribbons down the front; a jade on a cord."""
    angle = 0.24
    root = bell.point(np.array(angle), np.array(-0.012), 0.012)
    near = rigid(1, "spine")
    kit.put(
        bow(
            root,
            0.058,
            frame_of((np.sin(angle), 0.05, np.cos(angle))),
            kit.tile("bow"),
            kit.tile("knot"),
            near,
            rings=kit.some(4, 8),
            columns=kit.some(6, 10),
        )
    )
    rows = kit.some(8, 14)
    s = np.linspace(0, 1, rows)
    for shift, end, width in ((-0.05, 0.62, 0.030), (0.10, 0.74, 0.034)):
        a = angle + shift * np.minimum(s * 4, 1) + 0.03 * np.sin(5 * s)
        t = end * s
        path = bell.point(a, t, _over_pleats(t))
        path[0] = root
        aside = np.stack([np.cos(a), np.zeros(rows), -np.sin(a)], axis=-1)
        kit.put(
            ribbon(
                path,
                aside,
                np.interp(s, [0, 0.15, 1], [0.5, 0.8, 1.0]) * width,
                kit.tile("ribbon"),
                skirt_weights(a, t, hanging=LONG),
            )
        )
    a, t = angle + 0.42, np.linspace(0, 0.34, 7)
    path = bell.point(np.full(7, a), t, _over_pleats(t))
    aside = np.array([np.cos(a), 0, -np.sin(a)])
    weights = skirt_weights(np.full(7, a), t, hanging=LONG)
    kit.put(ribbon(path, aside, np.full(7, 0.007), kit.tile("cord"), weights, columns=2, notch=0.0, outline=0.0))
    kit.put(
        blob(
            path[3],
            (0.019, 0.019, 0.006),
            kit.tile("gem"),
            {name: share[3:4] for name, share in weights.items()},
            columns=kit.some(8, 12),
            facing=frame_of((np.sin(a), 0, np.cos(a))),
        )
    )
    tassel = Sheet(
        np.stack([_ring(path[6] + np.array([0, -d, 0]), r) for d, r in ((0.0, 0.004), (0.012, 0.009), (0.075, 0.012))]),
        np.broadcast_to(np.linspace(0, 1, 7)[None], (3, 7)).copy(),
        np.broadcast_to(np.linspace(0, 1, 3)[:, None], (3, 7)).copy(),
        {name: np.full((3, 7), float(share[6])) for name, share in weights.items()},
    )
    kit.add(with_rim(tassel, 0.011), "tassel")


def _over_pleats(t: Floats) -> Floats:
    """How far outside the bell what lies on the skirt is, metres."""
    return 0.005 + _PLEAT * np.clip(t, 0, 1) ** 0.8


def _ring(centre: Floats, radius: float) -> Floats:
    angle = np.linspace(-np.pi, np.pi, 7)
    return centre + radius * np.stack([np.sin(angle), np.zeros(7), np.cos(angle)], axis=-1)
