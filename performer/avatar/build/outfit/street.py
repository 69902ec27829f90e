"""Street: an oversized cropped hoodie, a pleated check skirt, a thigh band, sneakers."""

import numpy as np

from performer.avatar.build.outfit.bell import Bell
from performer.avatar.build.outfit.bows import ribbon
from performer.avatar.build.outfit.hanging import Drive, Hanging, skirt_chains
from performer.avatar.build.outfit.kit import Kit, add_shorts, body_ring, hip_clearance
from performer.avatar.build.outfit.sheet import with_rim
from performer.avatar.build.outfit.shoes import add_shoes
from performer.avatar.build.outfit.skirt import PLEAT_FULL, PLEAT_LITE, panel, pleated
from performer.avatar.build.outfit.tailored import Chart, cut, hood
from performer.avatar.build.outfit.wrap import limb_sheet, torso_sheet
from performer.avatar.build.part import Floats, rigid

__all__ = ["DRIVE_LOW", "SHOES", "sew"]

SHOES = "sneakers"
# A skirt that sits on the hips turns about a lower line, so more of the thigh's turn is needed to clear it.
DRIVE_LOW: tuple[Drive, ...] = (
    Drive(13, 0.88, 0.04),
    Drive(50, 0.97, 0.02),
    Drive(90, 0.82, 0.0),
    Drive(132, 0.32, 0.0),
    Drive(166, 0.10, 0.03),
    Drive(194, 0.03, 0.10),
    Drive(228, 0.0, 0.32),
    Drive(270, 0.0, 0.82),
    Drive(310, 0.02, 0.97),
    Drive(347, 0.04, 0.88),
)
_HANGING = Hanging(DRIVE_LOW)


def sew(kit: Kit) -> None:
    """All pieces and chains."""
    _skirt(kit)
    _hoodie(kit)
    _legs(kit)
    add_shoes(kit, kit.spec.outfit.shoes or SHOES)


def _hoodie(kit: Kit) -> None:
    low, shoulder = kit.height(0.93), kit.height(1.25)

    def gap(points: Floats) -> Floats:
        # Wide over the waist, gathered by the ribbing at hem and cuff; wide sleeves.
        y, x = points[:, 1], np.abs(points[:, 0])
        trunk = 0.026 + 0.046 * np.exp(-(((y - low - 0.075) / 0.07) ** 2))
        sleeve = 0.013 + 0.030 * np.exp(-(((x - 0.425) / 0.055) ** 2)) + 0.018 * np.exp(-(((x - 0.24) / 0.11) ** 2))
        return np.where(x > 0.13, sleeve, np.where(y > shoulder - 0.02, 0.014, trunk)) * kit.spec.outfit.sleeves

    arm = float(kit.body.joints["leftUpperArm"][0])

    def which(middle: Floats, normal: Floats) -> list[str]:
        return [
            ("sleeve" if abs(m[0]) > arm + 0.022 and m[1] > shoulder - 0.11 else "top")
            + ("_front" if n[2] > 0 else "_back")
            for m, n in zip(middle, normal, strict=True)
        ]

    trunk = Chart((-0.175, 0.175), (kit.height(0.905), kit.height(1.305)))
    sleeve = Chart((arm + 0.01, float(kit.body.joints["leftHand"][0]) + 0.02), (shoulder - 0.10, shoulder + 0.08), True)
    cut(
        kit,
        lambda region, row: (region == "torso" and row >= 3) or (region in ("leftArm", "rightArm") and row <= 10),
        gap,
        {"top_front": trunk, "top_back": trunk, "sleeve_front": sleeve, "sleeve_back": sleeve},
        which,
        loose=2,
        least=0.006,
        thickness=0.003,
    )
    roll = hood(kit, 0.046, rows=kit.some(17, 25), columns=kit.some(10, 14))
    kit.add(roll, "hood")
    for side in (1.0, -1.0):
        s = np.linspace(0, 1, 4)
        top = np.array([side * 0.030, kit.height(1.262), 0.0])
        path = np.stack([top[0] + side * 0.012 * s, top[1] - 0.105 * s, np.zeros(4)], axis=-1)
        path[:, 2] = np.array([_front(kit, p[0], p[1]) for p in path]) + 0.022
        kit.put(
            ribbon(
                path,
                np.array([1.0, 0, 0]),
                np.full(4, 0.008),
                kit.tile("cord"),
                {name: np.repeat(share, 4) for name, share in rigid(1, "upperChest").items()},
                columns=2,
                notch=0.0,
            )
        )


def _front(kit: Kit, x: float, y: float) -> float:
    points = kit.body.points
    near = points[(np.abs(points[:, 0] - x) < 0.03) & (np.abs(points[:, 1] - y) < 0.02)]
    return float(near[:, 2].max()) if len(near) else 0.07


def _skirt(kit: Kit) -> None:
    band = torso_sheet(kit.body, [0.965, 0.962, 0.940, 0.915], kit.some(20, 36), np.array([0.002, 0.005, 0.006, 0.007]))
    kit.add(band, "waistband")
    bell = Bell(
        waist=kit.height(0.925),
        ring=body_ring(band, 2),
        length=0.285 * kit.spec.outfit.skirt,
        flare=0.126,
        power=0.92,
        back=0.06,
        tilt=-0.02,
        wave=0.011,
        waves=6,
        clear=hip_clearance(kit, 0.016),
    )
    pleats = kit.some(20, 36)
    rows = np.linspace(0.0, 1.0, kit.some(6, 10)) ** 1.25
    main = pleated(
        bell,
        pleats,
        rows,
        profile=PLEAT_FULL if kit.full else PLEAT_LITE,
        tiles=pleats // 4,
        depth=0.011,
        hanging=_HANGING,
    )
    kit.add(with_rim(main, 0.020), "skirt")
    # The lining meets the hem, so that a lifted hem never shows its own dark back.
    deep = np.linspace(0.10, 0.995, kit.some(4, 6))
    inner = pleated(
        bell,
        kit.some(20, 36),
        deep,
        depth=0.0,
        out=np.interp(deep, [0.6, 0.995], [-0.018, -0.010]),
        profile=((0.0, 0.0),),
        tiles=4,
        hanging=_HANGING,
    )
    kit.line(inner, "lining", inset=0.001)
    chains, follows = skirt_chains(bell, _HANGING, stiffness=0.40, gravity=0.11, drag=0.10)
    kit.chains += chains
    kit.follows += follows
    _flames(kit, bell)
    kit.hide(("torso",), 0.86, 0.97)
    add_shorts(kit)


def _flames(kit: Kit, bell: Bell) -> None:
    """Tongues of sequined cloth over the skirt, open in front, longest behind her left hip: a firework's tail."""
    count = kit.some(9, 11)
    for k in range(count):
        angle = np.radians(46 + (318 - 46) * k / (count - 1))
        long = 0.68 + 0.74 * np.clip(np.cos(angle - np.radians(140)), 0, 1) ** 1.5 + 0.10 * (k % 2)
        sheet = panel(
            bell,
            float(angle),
            0.122,
            0.0,
            float(long),
            rows=kit.some(6, 9),
            columns=kit.some(3, 5),
            hanging=_HANGING,
            out=0.020 + 0.006 * (k % 2),
            curl=0.010,
            shape=_tongue,
            lean=0.16,
            spread_u=True,
        )
        kit.add(
            sheet, "flame", lining="flame_back", inset=0.002, centre=np.array([0, kit.height(0.80), 0]), outline=0.7
        )


def _tongue(s: Floats) -> Floats:
    """Widest above the middle, drawn out to a point."""
    return np.clip(0.55 + 0.45 * np.sin(np.pi * np.clip(s * 1.1, 0, 1)), 0, 1) * np.clip(1 - s**2.2, 0.02, 1)


def _legs(kit: Kit) -> None:
    joints = ("leftUpperLeg", "leftLowerLeg", "leftFoot")
    columns = kit.some(12, 22)
    # Slouch socks: soft rings that lie on one another above the shoe.
    stations = np.array([1.50, 1.503, 1.545, 1.59, 1.635, 1.68, 1.73, 1.78, 1.86])
    gap = np.array([0.001, 0.008, 0.011, 0.0075, 0.0115, 0.0075, 0.0115, 0.008, 0.008])
    sock = limb_sheet(kit.body, joints, stations, columns, gap, ("leftLeg", "leftFoot"))
    kit.add(sock, "sock", both=True)
    # One thigh band with a buckle, on her left only.
    garter = limb_sheet(
        kit.body, joints, [0.535, 0.537, 0.575, 0.577], columns, np.array([0.0, 0.004, 0.004, 0.0]), ("leftLeg",)
    )
    kit.add(garter, "garter")
    kit.hide(("leftLeg", "rightLeg"), 0.05, 0.255)
