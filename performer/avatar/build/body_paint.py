"""The paint of a body's skin on its strip: knees, elbows, collar bones, knuckles, nails. Where they lie: body_chart."""

import numpy as np

from performer.avatar.build.body_chart import (
    ARM,
    EDGE,
    HAND,
    HAND_ACROSS,
    HAND_SPAN,
    LEG,
    LEG_SPAN,
    TORSO,
    TORSO_SPAN,
    Chart,
)
from performer.avatar.build.frame import Frame, finger_line, load_frame
from performer.avatar.build.paint import colour_of, lay, line, mixed, shaded, spot, step
from performer.avatar.build.part import Floats
from performer.avatar.build.spec import Spec

__all__ = ["paint_body_skin"]


def paint_body_skin(tile: Floats, spec: Spec) -> Floats:
    """Paint the strip; changes `tile` and returns it.

    Args:
        tile: (h, w, 3) display values in [0, 1]: the part of the skin's picture at `body_chart.STRIP`, whole height.
    """
    skin = colour_of(spec.colours.skin)
    warm, deep = shaded(skin, 0.75), shaded(skin, 1.9)
    frame = load_frame(spec.body)
    tile[:] = skin
    _torso(tile, warm, deep)
    _leg(tile, warm, frame)
    if spec.outfit.kind == "hanfu":
        _trousers(tile, colour_of(spec.colours.light), colour_of(spec.colours.main))
    _arm(tile, warm, frame)
    nail = mixed(skin, colour_of(spec.colours.accent), 0.12 if spec.body.frame == "male" else 0.45)
    _hand(tile, warm, deep, nail, frame)
    return tile


def _torso(tile: Floats, warm: Floats, deep: Floats) -> None:
    picture, u, t = _chart(tile, TORSO)
    y = TORSO_SPAN[0] + (TORSO_SPAN[1] - TORSO_SPAN[0]) * t
    # The nape: a hollow below the hair between two sinews.
    lay(picture, warm, 0.60 * spot(u, y, (1.0, 1.318), (0.16, 0.040)))
    for half, ink, share in ((0.0050, warm, 0.8), (0.0016, deep, 0.45)):
        lay(picture, ink, share * line(u, y, (0.72, 1.345), (0.84, 1.285), half))
    # The neck lies in the chin's shadow, more in front than behind.
    lay(picture, warm, 0.85 * step(y, 1.288, 1.340))
    lay(picture, deep, 0.62 * step(y, 1.306, 1.338) * (1.0 - 0.55 * step(u, 0.35, 0.8)))
    for half, colour, share in ((0.0065, warm, 0.9), (0.0020, deep, 0.55)):
        lay(picture, colour, share * line(u, y, (0.06, 1.2575), (0.40, 1.2685), half))
    lay(picture, warm, 0.7 * spot(u, y, (0.0, 1.266), (0.045, 0.010)))
    lay(picture, warm, 0.35 * spot(u, y, (0.0, 1.150), (0.05, 0.030)))
    lay(picture, deep, 0.6 * spot(u, y, (0.0, 0.958), (0.018, 0.0075)))
    lay(picture, warm, 0.30 * spot(u, y, (1.0, 1.08), (0.05, 0.10)))
    # The shoulder's roundness catches blood as cheeks do.
    lay(picture, warm, 0.28 * spot(u, y, (0.5, 1.268), (0.16, 0.018)))


def _leg(tile: Floats, warm: Floats, frame: Frame) -> None:
    picture, u, t = _chart(tile, LEG)
    y = LEG_SPAN[0] + (LEG_SPAN[1] - LEG_SPAN[0]) * t
    knee = frame.joints["leftLowerLeg"][1]
    deep = shaded(warm, 0.45)
    # Thigh and calf turn away from the light; between their muscles and the bone runs a soft edge.
    for middle, high, share in ((0.62, 0.105, 0.75), (0.345, 0.075, 0.90)):
        lay(picture, warm, share * spot(u, y, (1.0, middle), (0.62, high)))
    lay(picture, warm, 0.55 * spot(u, y, (0.36, 0.300), (0.07, 0.100)))
    lay(picture, warm, 0.45 * spot(u, y, (0.42, knee + 0.110), (0.08, 0.085)))
    lay(picture, warm, 0.80 * spot(u, y, (0.0, knee + 0.002), (0.32, 0.028)))
    lay(picture, deep, 0.70 * spot(u, y, (0.0, knee - 0.020), (0.24, 0.0065)))
    lay(picture, deep, 0.50 * spot(u, y, (0.26, knee + 0.004), (0.05, 0.022)))
    lay(picture, np.ones(3), 0.45 * spot(u, y, (0.05, knee + 0.010), (0.10, 0.010)))
    lay(picture, deep, 0.55 * spot(u, y, (1.0, knee), (0.26, 0.010)))
    lay(picture, warm, 0.35 * step(y, 0.70, 0.80))
    lay(picture, warm, 0.55 * spot(u, y, (0.5, 0.085), (0.22, 0.016)))
    lay(picture, warm, 0.50 * (1.0 - step(y, 0.0, 0.035)))


def _trousers(tile: Floats, light: Floats, main: Floats) -> None:
    """Under a long skirt the legs are clad as it is: where a calf shows at a slit or a kick, it is no bare skin."""
    picture, u, t = _chart(tile, LEG)
    y = LEG_SPAN[0] + (LEG_SPAN[1] - LEG_SPAN[0]) * t
    picture[:] = light
    lay(picture, main, 1.0 - step(y, 0.06, 0.50))
    lay(picture, shaded(main, 1.0), 0.35 * step(np.abs(u - 0.5), 0.20, 0.50))


def _arm(tile: Floats, warm: Floats, frame: Frame) -> None:
    picture, u, t = _chart(tile, ARM)
    start, end = frame.joints["leftUpperArm"][0], frame.joints["leftHand"][0] + 0.01
    x = start + (end - start) * t
    elbow = frame.joints["leftLowerArm"][0]
    lay(picture, warm, 0.60 * spot(u, x, (1.0, elbow), (0.36, 0.020)))
    lay(picture, warm, 0.30 * spot(u, x, (0.0, elbow), (0.25, 0.005)))
    lay(picture, warm, 0.28 * (1.0 - step(x, start, start + 0.045)))
    lay(picture, warm, 0.22 * step(x, end - 0.03, end))


def _hand(tile: Floats, warm: Floats, deep: Floats, nail: Floats, frame: Frame) -> None:
    whole, u, t = _chart(tile, HAND)
    x = HAND_SPAN[0] + (HAND_SPAN[1] - HAND_SPAN[0]) * t
    middle = u.shape[1] // 2
    back, palm = whole[:, :middle], whole[:, middle:]
    z = HAND_ACROSS[0] + (HAND_ACROSS[1] - HAND_ACROSS[0]) * (2.0 * u)
    zb, zp, xb, xp = z[:, :middle], z[:, middle:] - (HAND_ACROSS[1] - HAND_ACROSS[0]), x[:, :middle], x[:, middle:]
    lay(palm, warm, np.full(xp.shape, 0.40))
    lines = [finger_line(finger) for finger in frame.hand.fingers] + [np.array(frame.hand.thumb)]
    radii = [finger.radius for finger in frame.hand.fingers] + [frame.hand.thumb_radius[-1] + 0.0008]
    for joints, radius in zip(lines, radii, strict=True):
        flat = [(float(p[0]), float(p[2])) for p in joints]
        lay(back, warm, 0.60 * spot(xb, zb, flat[0], (0.006, 0.006)))
        for at in flat[1:3]:
            lay(back, warm, 0.38 * spot(xb, zb, at, (0.0035, 0.006)))
            lay(palm, deep, 0.28 * spot(xp, zp, at, (0.0012, 0.006)))
        tip, before = np.array(flat[3]), np.array(flat[2])
        for side, xs, zs in ((back, xb, zb), (palm, xp, zp)):
            lay(side, warm, 0.75 * spot(xs, zs, (float(tip[0]), float(tip[1])), (0.011, 0.011)))
        _nail(back, xb, zb, before, tip, radius, nail)
        # Its sides turn away, so that a finger is told from its neighbour from afar.
        way = tip - np.array(flat[0])
        way = way / np.linalg.norm(way)
        for side, xs, zs, share in ((back, xb, zb, 0.55), (palm, xp, zp, 0.45)):
            aside = np.abs((xs - flat[0][0]) * -way[1] + (zs - flat[0][1]) * way[0])
            along = (xs - flat[0][0]) * way[0] + (zs - flat[0][1]) * way[1]
            reach = step(along, -0.004, 0.006) * step(aside, 0.62 * radius, 1.05 * radius)
            lay(side, deep, share * reach * (1.0 - step(aside, 1.15 * radius, 1.5 * radius)))
    lay(palm, deep, 0.35 * line(xp, zp, (0.030, 0.012), (0.066, -0.034), 0.0014))
    lay(palm, deep, 0.30 * line(xp, zp, (0.058, 0.028), (0.072, -0.010), 0.0012))
    lay(palm, deep, 0.30 * line(xp, zp, (0.012, 0.002), (0.056, 0.026), 0.0014))


def _nail(back: Floats, x: Floats, z: Floats, before: Floats, tip: Floats, radius: float, colour: Floats) -> None:
    """A nail: an oval that is flat at its root, with a rim below and a glint."""
    length = float(np.linalg.norm(tip - before))
    way = (tip - before) / length
    middle = before + way * (0.70 * length)
    along = (x - middle[0]) * way[0] + (z - middle[1]) * way[1]
    aside = (x - middle[0]) * -way[1] + (z - middle[1]) * way[0]
    far = (np.abs(along) / (0.34 * length)) ** 3 + (np.abs(aside) / (0.66 * radius)) ** 3
    lay(back, shaded(colour, 1.2), 0.75 * (1.0 - step(far, 1.15, 1.9)))
    lay(back, colour, 1.0 - step(far, 0.70, 1.05))
    glint = (along / (0.16 * length)) ** 2 + ((aside + 0.22 * radius) / (0.16 * radius)) ** 2
    lay(back, np.ones(3), 0.6 * (1.0 - step(glint, 0.5, 1.2)))


def _chart(tile: Floats, chart: Chart) -> tuple[Floats, Floats, Floats]:
    """The pixels of a chart, and where each lies: across [0, 1] and along [0, 1], a little beyond at the edges."""
    high, wide = tile.shape[:2]
    first, last = round(chart[0] * high), round(chart[1] * high)
    margin = 3
    first, last = max(first - margin, 0), min(last + margin, high)
    t = ((np.arange(first, last) + 0.5) / high - chart[0]) / (chart[1] - chart[0])
    u = ((np.arange(wide) + 0.5) / wide - EDGE) / (1.0 - 2.0 * EDGE)
    across, along = np.meshgrid(u, t)
    return tile[first:last], across, along
