"""Where the camera of a shot is at any time. Which shot when is the director's business.

What the camera follows is her low-passed way over the stage, never a bobbing head. Near shots hold her low-passed head
at its height in the picture; in all of them the head is kept inside, by aiming a little and, if that is not enough, by
a wider lens.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stage.show.body import smoothstep
from stage.show.shots import Shot
from stage.wire.frame import Camera

__all__ = ["AUTHORED_HEIGHT", "CHIN_ROOM", "HEAD_ROOM", "Subject", "aim", "travel"]

# Share of the picture's half width and upper half that the head may reach, and of the lower half: lyrics stand there.
HEAD_ROOM = 0.92
CHIN_ROOM = 0.70
AUTHORED_HEIGHT = 1.60
# Sway of a held camera: two slow sines per axis, rad/s.
_HAND_RATES = (1.7, 2.9)
# A hand is this steady at this lens; longer ones are held steadier, or every breath would show.
_HAND_FOV_DEG = 27.0
# An upright picture has no room beside her.
_UPRIGHT_SIDE = 0.33
_WIDEST = math.radians(50.0)
# Without a room, only the wall of light is known: a giant's camera stays this side of it.
_ANYWHERE = np.array([-np.inf, 0.04, -4.6])
_FAR = np.full(3, np.inf)
# Where the wall of light stands, of a hall that says nothing of it.
_WALL_Z = -6.0


@dataclass(frozen=True, slots=True)
class Subject:
    """Who is filmed, at one time. place: low-passed x, z on the stage. head: centre of a ball that holds her head for
    half a second to both sides; half_width, half_height: the ball's. height: hers. Metres."""

    place: tuple[float, float]
    head: tuple[float, float, float]
    half_width: float
    half_height: float
    height: float


def travel(t: float, start: float, end: float) -> float:
    """How far a shot has moved, 0..1: never at rest right after a cut, slowing a little towards its end."""
    u = min(max((t - start) / max(end - start, 1e-6), 0.0), 1.0)
    return 0.5 * u + 0.5 * smoothstep(u)


def _mix(a: tuple[float, float, float], b: tuple[float, float, float], u: float) -> NDArray[np.float64]:
    return np.asarray(a) * (1.0 - u) + np.asarray(b) * u


def aim(shot: Shot, u: float, mirrored: bool, subject: Subject, now: float, aspect: float) -> Camera:
    """The camera of a shot that has moved by `u`. now: show time, for the hand's sway. aspect: width over height."""
    scale = subject.height / AUTHORED_HEIGHT
    sides = np.array([-1.0 if mirrored else 1.0, 1.0, 1.0])
    place = np.array([subject.place[0], 0.0, subject.place[1]]) * shot.follow
    position = _mix(shot.start.position, shot.stop.position, u) * sides * scale + place
    target = _mix(shot.start.target, shot.stop.target, u) * sides * scale + place
    if shot.axis:
        # On the line from the wall's middle through her: what it shows spreads to both of her sides.
        wall = _WALL_Z if shot.room is None else shot.room.wall
        lean = subject.place[0] / (subject.place[1] - wall)
        position[0] = lean * (position[2] - wall)
        target[0] = lean * (target[2] - wall)
    upright = aspect < 1.0
    fov_deg = shot.fov * (shot.portrait if upright else 1.0)
    position += _hand(now, shot.hand * scale * min(1.0, fov_deg / _HAND_FOV_DEG))
    target[1] -= shot.drop * scale * upright
    fov = math.radians(fov_deg)
    wanted = float(np.linalg.norm(target - position))
    least, most = (_ANYWHERE, _FAR) if shot.room is None else (shot.room.least, shot.room.most)
    position = np.minimum(np.maximum(position, least), most)
    # A wall that keeps the camera nearer than it wants to be costs the lens.
    nearer = wanted / max(float(np.linalg.norm(target - position)), 1e-6)
    if nearer > 1.0:
        fov = 2.0 * math.atan(math.tan(fov / 2.0) * nearer)

    forward = target - position
    distance = float(np.linalg.norm(forward))
    forward /= distance
    right = np.array([-forward[2], 0.0, forward[0]])
    right /= max(float(np.linalg.norm(right)), 1e-9)
    # right x forward; numpy's own cross takes ten times as long for three numbers.
    up = np.array(
        [
            -right[2] * forward[1],
            right[2] * forward[0] - right[0] * forward[2],
            right[0] * forward[1],
        ]
    )
    away = np.asarray(subject.head) - position
    depth = max(float(away @ forward), 0.3)
    x, y, reach = float(away @ right) / depth, float(away @ up) / depth, subject.half_width / depth
    # A rolled picture sees a slanted head; its ball grows by what the slant can cost.
    slant = abs(math.sin(math.radians(shot.roll)))
    high = subject.half_height / depth
    high += slant * (max(abs(x), abs(y)) + max(reach - high, 0.0))
    reach += slant * max(abs(x), abs(y))
    # A ball that must fit at all, wherever the camera is aimed: no lens narrower than that.
    tall, middle = (HEAD_ROOM + CHIN_ROOM) / 2.0, (HEAD_ROOM - CHIN_ROOM) / 2.0
    half = max(math.tan(fov / 2.0), 1.08 * max(high / tall, reach / (HEAD_ROOM * aspect)))
    if shot.eyes is not None:
        # Her head stands at its height in the picture; only what is left of its way is for the limits below.
        rise = y - shot.eyes * half
        target = target + up * (rise * distance)
        y -= rise
    if shot.side is not None:
        # The same across: she stands beside the middle, and the picture has room for what she looks at or for a title.
        stand = shot.side * float(sides[0]) * (_UPRIGHT_SIDE if upright else 1.0)
        shift = x - stand * half * aspect
        target = target + right * (shift * distance)
        x -= shift
    beyond_x = _beyond(x, reach, half * aspect * HEAD_ROOM)
    beyond_y = _beyond(y - middle * half, high, half * tall)
    target = target + (right * beyond_x + up * beyond_y) * distance
    return Camera(
        position=(float(position[0]), float(position[1]), float(position[2])),
        target=(float(target[0]), float(target[1]), float(target[2])),
        fov=min(2.0 * math.atan(half), _WIDEST),
        roll=math.radians(shot.roll) * (-1.0 if mirrored else 1.0),
        focus=float(np.linalg.norm(away)),
    )


def _beyond(at: float, reach: float, limit: float) -> float:
    """How far (signed, in units of depth) the view must turn so that at ± reach lies within the limit."""
    return math.copysign(min(max(abs(at) + reach - limit, 0.0), abs(at)), at)


def _hand(now: float, millimetres: float) -> NDArray[np.float64]:
    if millimetres == 0.0:
        return np.zeros(3)
    slow, quick = _HAND_RATES
    sway = [0.6 * math.sin(slow * now + axis) + 0.4 * math.sin(quick * now + 2.0 * axis) for axis in (0.3, 1.7, 3.1)]
    return np.array(sway) * millimetres * 1e-3
