"""The layers that turn the score into a living body: weight, groove, leads, springs, breath, footwork, arms.

One function per layer group; every one is a pure function of time given the score, so that any window of frames,
with a little warm-up for the springs, gives the same values. Figures from trials are in the folder's README.
"""

import numpy as np
from numpy.typing import NDArray

from motion.dance.arms import clear_torso, hand_pose, solve_arm
from motion.dance.curves import noise, smooth, spring
from motion.dance.goals import FOOT_SIDES, LEG, Goals, blank_local
from motion.dance.hands import FINGER_INDEX, finger_rotations
from motion.dance.score import HandTracks, Score
from motion.dance.steps import Lane
from motion.rig import quat
from motion.rig.bones import BONE_INDEX
from motion.rig.pose import GRID_HZ
from motion.rig.quat import Array
from motion.rig.skeleton import CANONICAL

__all__ = ["WARM_UP", "dance_goals"]

# Frames computed before and after a window and thrown away: springs of 2.5 Hz and more have died by then.
WARM_UP = 100
# Seconds early, besides the delay of the springs. Set so that hands and feet brake on the count: a trunk that stops
# early stops the hands with it.
_LEAD = {"hips": 0.02, "chest": 0.0, "head": 0.03, "hand": -0.03, "angles": -0.02, "weight": 0.17}
# In slow songs a hand has time to spare and would brake early: seconds later per second of a longer count.
_SLOW_HAND, _QUICK_COUNT = 0.25, 0.52
_FOOT_LEAD = -0.02
_FACE_LEAD = 0.08
_SPRING = {
    "hips": (4.5, 0.75),
    "chest": (3.8, 0.62),
    "head": (3.0, 0.65),
    "hand": (4.6, 0.6),
    "angles": (3.6, 0.6),
    "weight": (3.2, 0.8),
}
_SHIFT = 0.55
_REST = CANONICAL.rest
_HIPS_HEIGHT = CANONICAL.hips_height
_TOE = {side: _REST[BONE_INDEX[f"{side}Toes"]] for side in FOOT_SIDES}
_ANKLE = {side: _REST[BONE_INDEX[f"{side}Foot"]] for side in FOOT_SIDES}
_SPLAY = np.radians(8.0)
_GRAVITY = 9.81


class _Clock:
    """Times of a window and the count positions read a little early or late."""

    def __init__(self, score: Score, start: int, stop: int) -> None:
        self.times = np.arange(start, stop) / GRID_HZ
        self.counts = score.counts
        self.now = score.counts.at(self.times)
        self.period = score.counts.period

    def early(self, part: str) -> Array:
        """Counts at which `part` reads its track: its lead, plus what its spring will lose."""
        frequency, damping = _SPRING[part]
        lead = _LEAD[part]
        if part == "hand":
            lead -= _SLOW_HAND * max(self.period - _QUICK_COUNT, 0.0)
        ahead = lead + 0.8 * 2.0 * damping / (2.0 * np.pi * frequency)
        return self.counts.at(self.times + ahead)

    def shifted(self, seconds: float) -> Array:
        return self.counts.at(self.times + seconds)


def _pulse(counts: Array) -> Array:
    """1 on every count, 0 between."""
    return 0.5 + 0.5 * np.cos(2.0 * np.pi * counts)


def _swing_of(lane: Lane, counts: Array) -> NDArray[np.intp]:
    return np.maximum(np.searchsorted(lane.start, counts, side="right") - 1, 0)


def _quintic(u: Array) -> Array:
    return u * u * u * (10.0 - 15.0 * u + 6.0 * u * u)


def _flight(score: Score, counts: Array, period: float) -> Array:
    """(frames,) height of the body in jumps, metres: a ballistic arc from the time in the air."""
    height = np.zeros(len(counts))
    if not len(score.steps.air):
        return height
    index = np.maximum(np.searchsorted(score.steps.air[:, 0], counts, side="right") - 1, 0)
    start, end = score.steps.air[index].T
    air = (end - start) * period
    top = np.minimum(_GRAVITY * air**2 / 8.0, 0.17)
    u = np.clip((counts - start) / (end - start), 0.0, 1.0)
    return 4.0 * top * u * (1.0 - u)


def _kick(lane: Lane, i: NDArray[np.intp], counts: Array) -> Array:
    """(frames,) height of the foot in metres from the kick of swing `i`: up to its count, then down."""
    u = np.clip((counts - lane.start[i]) / (lane.end[i] - lane.start[i]), 0.0, 1.0)
    after = np.clip((counts - lane.end[i] - 0.1) / 0.65, 0.0, 1.0)
    return lane.kick[i] * LEG * np.where(u < 1.0, np.sin(0.5 * np.pi * u) ** 2, 0.5 + 0.5 * np.cos(np.pi * after))


def _foot(
    score: Score, lane: Lane, side: int, clock: _Clock, weight: Array, hips_yaw: Array, flight: Array
) -> tuple[Array, Array, Array, Array, Array, Array]:
    """One foot: ankle (frames, 3) in metres from the spot, rotation, toe bend, yaw, contact, place (frames, 2)."""
    counts = clock.shifted(_FOOT_LEAD)
    i = _swing_of(lane, counts)
    name, sign = FOOT_SIDES[side], (1.0 if side == 0 else -1.0)
    u = np.clip((counts - lane.start[i]) / (lane.end[i] - lane.start[i]), 0.0, 1.0)
    swinging = (u > 0.0) & (u < 1.0)
    # A foot stays where the spot was when it landed; only steps carry the performer across the stage.
    travelled = score.spot(lane.end[np.maximum(i - 1, 0)]), score.spot(lane.end[i])
    source, target = lane.source[i].copy(), lane.target[i].copy()
    spot = score.spot(clock.now)
    source[:, :2] += (travelled[0] - spot) / LEG
    target[:, :2] += (travelled[1] - spot) / LEG
    place = source + (target - source) * _quintic(u**1.3)[:, None]
    lift = lane.lift[i] * np.maximum(np.sin(np.pi * u**1.2), 0.0) ** 1.6 * swinging
    # A kick has its leg in the air at the count and lets it down after.
    # The next step may begin before it is down.
    before = np.maximum(i - 1, 0)
    kicked = np.maximum(_kick(lane, i, counts), _kick(lane, before, counts) * (i > 0))
    jump = lane.jump[i] * swinging
    lift = np.where(jump > 0, flight * 1.12, np.maximum(lift, kicked))
    free = np.clip((-weight * sign - 0.15) / 0.7, 0.0, 1.0)
    since, until = counts - lane.start[i], lane.release[i] - counts
    # Heel first off the floor, ball first onto it; the heel peels before the next step already.
    toe_off = 26.0 * (np.exp(-((since / 0.17) ** 2)) * (i > 0) + np.exp(-((until / 0.17) ** 2)))
    landing = 11.0 * np.exp(-(((counts - lane.end[i] + 0.10) / 0.15) ** 2))
    hold = np.clip((counts - lane.start[i]) / 0.6, 0.0, 1.0) * np.clip((until - 0.5) / 0.12, 0.0, 1.0)
    touch = 20.0 * lane.touch[i] * hold * hold * (3.0 - 2.0 * hold)
    point = 34.0 * np.clip(kicked / 0.15, 0.0, 1.0) + 18.0 * jump
    # ... but not in the moment it lands, when the weight has yet to come.
    resting = np.clip((counts - lane.end[i] - 0.45) / 0.4, 0.0, 1.0)
    idle_heel = 20.0 * free * resting * np.exp(-lift / 0.02) * (1.0 - lane.touch[i])
    pitch = np.radians(np.clip(smooth(toe_off + landing + touch + point + idle_heel, 1.5), -12.0, 50.0))
    # The free foot is dragged a little towards the other one; the planted one swivels with the hips on its ball.
    drag = 0.030 * free * resting * np.exp(-lift / 0.02)
    pivot = smooth((hips_yaw - np.radians(place[:, 2])) * np.where(swinging, 0.35, 0.75), 4.0)
    pivot = np.clip(pivot, -0.45, 0.45)
    yaw = np.radians(place[:, 2]) + sign * _SPLAY + pivot
    ball = np.stack((place[:, 0] * LEG - sign * drag, np.zeros_like(yaw), place[:, 1] * LEG), axis=-1)
    base = quat.from_yaw(np.radians(place[:, 2]) + sign * _SPLAY)
    toe = ball + quat.rotate(base, np.array([0.0, 0.0, _TOE[name][2]]))
    toe[:, 1] = _TOE[name][1] + lift + np.maximum(-pitch, 0.0) * 0.10
    rotation = quat.mul(quat.from_yaw(yaw), quat.from_axis_angle(np.array([1.0, 0.0, 0.0]), pitch))
    ankle = toe + quat.rotate(rotation, _ANKLE[name] - _TOE[name])
    bend = np.clip(pitch, 0.0, np.radians(32.0)) * np.exp(-lift / 0.03)
    contact = np.clip(1.0 - lift / 0.015, 0.0, 1.0) * (1.0 - 0.6 * free) * (1.0 - 0.5 * lane.touch[i] * hold)
    return ankle, rotation, bend, yaw, contact, place[:, :2]


def _arm(score: Score, tracks: HandTracks, side: int, clock: _Clock, groove: Array, local: Array) -> None:
    """Write shoulder, arm, hand and finger rotations of one side into `local`."""
    early = clock.early("hand")
    keyed = tracks.wrist
    wrist = keyed.at(early)
    # Straight lines between wrists look like a machine's: keep the reach and go round, bulging forward.
    radius = np.linalg.norm(wrist, axis=-1, keepdims=True)
    i = np.clip(np.searchsorted(keyed.times, early, side="right"), 1, len(keyed.times) - 1)
    a, b = keyed.values[i - 1], keyed.values[i]
    reach_a, reach_b = np.linalg.norm(a, axis=-1), np.linalg.norm(b, axis=-1)
    chord = np.linalg.norm(b - a, axis=-1)
    along = np.clip(np.sum((wrist - a) * (b - a), axis=-1) / np.maximum(chord**2, 1e-6), 0.0, 1.0)
    full = reach_a + (reach_b - reach_a) * along
    sag = np.maximum(full - radius[:, 0], 0.0)
    wrist = wrist + sag[:, None] * (0.75 * wrist / np.maximum(radius, 0.2) + np.array([0.12, 0.0, 0.35]))
    touch = np.clip(tracks.touch.at(clock.now, windup=False), 0.0, 1.0)
    sprung = spring(wrist, *_SPRING["hand"])
    exact = keyed.at(clock.shifted(0.02))
    wrist = sprung + (exact - sprung) * _quintic(touch)
    alive = (1.0 - touch) * groove[:, None]
    late = _pulse(clock.shifted(-0.11)) - 0.5
    wrist = wrist + alive * np.stack((0.012 * late, -0.045 * late, 0.03 * late), axis=-1)
    rng = np.random.default_rng([score.seed, 40 + side])
    wrist = wrist + (1.0 - touch) * 0.014 * noise(clock.times, 0.5, 3, rng)
    reach = np.linalg.norm(wrist, axis=-1, keepdims=True)
    wrist = clear_torso(wrist / np.maximum(reach, 1e-6) * np.clip(reach, 0.26, 0.985))
    arm = solve_arm(wrist, smooth(tracks.elbow.at(early), 4.0))
    angles = spring(tracks.angles.at(clock.early("angles"), windup=False), *_SPRING["angles"])
    # No wrist turns faster than a fast human one.
    half, hand = hand_pose(angles)
    fingers = smooth(tracks.fingers.at(clock.shifted(0.04), windup=False), 1.6)
    breathing = 0.05 * noise(clock.times, 0.35, 1, rng)
    bends = fingers + breathing * np.array([1.0, 1.0, 0.6, 0.0] * 4 + [0.3, 0.3])
    parts = {
        "Shoulder": arm.shoulder,
        "UpperArm": arm.upper,
        "LowerArm": quat.mul(arm.lower, half),
        "Hand": hand,
    }
    name = FOOT_SIDES[side]
    for part, rotation in parts.items():
        local[:, BONE_INDEX[name + part]] = rotation if side == 0 else quat.mirror_x(rotation)
    local[:, FINGER_INDEX[name]] = finger_rotations(bends, name)


def _delayed(x: Array, frames: int) -> Array:
    """`x` some frames later (or earlier, if negative); ends held."""
    index = np.clip(np.arange(len(x)) - frames, 0, len(x) - 1)
    return x[index]


def dance_goals(score: Score, start: int, stop: int) -> Goals:
    """Frames start..stop of everything authored: (stop - start) frames of goals, metres from the spot.

    The first and last WARM_UP frames of the window are not reliable.
    """
    clock = _Clock(score, start, stop)
    frames = stop - start
    times, now = clock.times, clock.now
    groove = np.maximum(score.groove.at(now, windup=False)[:, 0], 0.0)
    calm = np.clip(1.0 - groove / 0.35, 0.0, 1.0)
    rng = np.random.default_rng([score.seed, 7])
    drift = noise(times, 0.45, 12, rng)
    slow = noise(times, 0.13, 2, rng)

    # Weight: from the feet, plus a slow sway where there is no beat to step to.
    weight = score.steps.weight(clock.early("weight"))[:, None]
    weight = spring(weight + (0.55 * calm * slow[:, 0])[:, None], *_SPRING["weight"])[:, 0]

    body = {name: spring(getattr(score, name).at(clock.early(name)), *_SPRING[name]) for name in _BODY}
    rad = np.pi / 180.0
    face = smooth(score.face.at(clock.shifted(_FACE_LEAD)), 3.0)[:, 0] * rad
    hips, chest, head = body["hips"], body["chest"] * rad, body["head"] * rad

    half = np.cos(np.pi * now)
    # The trunk turns back on the counts, not between them: a turning point brakes hands.
    sway = -half
    breath = np.sin(2.0 * np.pi * 0.27 * times)
    hips_yaw = face + hips[:, 3] * rad + rad * (3.0 * groove * sway + 0.8 * drift[:, 0] + 2.0 * calm * slow[:, 1])
    hips_pitch = hips[:, 4] * rad + rad * (1.5 * groove * (2.0 * _pulse(now) - 1.0) + 2.0)
    hips_roll = hips[:, 5] * rad + rad * (-5.5 * weight + 1.4 * groove * half + 0.5 * drift[:, 1])
    lag = clock.shifted(-0.05)
    chest_yaw = chest[:, 0] + rad * (5.0 * groove * np.cos(np.pi * lag) + 1.0 * drift[:, 2])
    chest_pitch = chest[:, 1] + rad * (2.8 * groove * (2.0 * _pulse(lag) - 0.8) - 1.1 * breath + 0.9 * drift[:, 3])
    chest_roll = chest[:, 2] + rad * (6.0 * weight - 1.6 * groove * np.cos(np.pi * lag) + 0.8 * drift[:, 4])
    head_yaw = head[:, 0] + rad * (2.2 * groove * sway + 1.8 * drift[:, 5] + 4.0 * calm * slow[:, 0])
    nod = _pulse(clock.shifted(-0.09))
    head_pitch = head[:, 1] + rad * (3.4 * groove * (2.0 * nod - 0.9) + 1.2 * drift[:, 6]) - 0.55 * chest_pitch
    head_roll = head[:, 2] + rad * 1.2 * drift[:, 7] - 0.35 * chest_roll

    flight = _flight(score, clock.shifted(_FOOT_LEAD), clock.period)
    goals = Goals(
        pelvis=np.zeros((frames, 3)),
        local=blank_local(frames),
        ankles=np.zeros((frames, 2, 3)),
        feet=np.zeros((frames, 2, 4)),
        toes=np.zeros((frames, 2)),
        knees=np.zeros((frames, 2)),
        contact=np.zeros((frames, 2)),
    )
    places: list[Array] = []
    for side, lane in enumerate((score.steps.left, score.steps.right)):
        ankle, rotation, bend, yaw, contact, place = _foot(score, lane, side, clock, weight, hips_yaw, flight)
        goals.ankles[:, side], goals.feet[:, side], goals.toes[:, side] = ankle, rotation, bend
        goals.contact[:, side] = contact
        outward = 0.07 if side == 0 else -0.07
        goals.knees[:, side] = 0.5 * yaw + 0.5 * hips_yaw + outward
        places.append(place)

    # Pelvis over the feet; people do not commit all the way.
    left, right = smooth(places[0], 2.0), smooth(places[1], 2.0)
    share = (0.5 + 0.5 * weight)[:, None]
    middle = 0.5 * (left + right)
    centre = middle + _SHIFT * (left * share + right * (1.0 - share) - middle)
    centre = spring(centre, 3.2, 0.8)
    shift = quat.rotate(quat.from_yaw(face), np.stack((0.75 * hips[:, 0], 0.0 * now, hips[:, 2]), -1) * (LEG / 100.0))
    bounce = (0.015 + 0.010 * groove) * np.minimum(groove, 1.2) * _pulse(now) ** 1.4
    goals.pelvis[:, 0] = centre[:, 0] * LEG + shift[:, 0] + 0.004 * drift[:, 8]
    goals.pelvis[:, 2] = centre[:, 1] * LEG + shift[:, 2] + 0.004 * drift[:, 9] - 0.012
    height = _HIPS_HEIGHT + 0.002 + hips[:, 1] * LEG / 100.0 - bounce + 0.002 * breath
    goals.pelvis[:, 1] = height + flight

    # The trunk leans into where it is going.
    push = np.gradient(np.gradient(smooth(goals.pelvis[:, [0, 2]], 6.0), axis=0), axis=0) * GRID_HZ**2
    cos, sin = np.cos(face), np.sin(face)
    lean_x = np.arctan((push[:, 0] * cos - push[:, 1] * sin) / _GRAVITY) * 0.28
    lean_z = np.arctan((push[:, 0] * sin + push[:, 1] * cos) / _GRAVITY) * 0.28
    chest_roll, chest_pitch = chest_roll - lean_x, chest_pitch + lean_z
    hips_roll, hips_pitch = hips_roll - 0.4 * lean_x, hips_pitch + 0.4 * lean_z
    head_roll, head_pitch = head_roll + 0.6 * lean_x, head_pitch - 0.6 * lean_z

    local = goals.local
    pelvis = quat.from_euler_yxz(hips_yaw, hips_pitch, hips_roll)
    local[:, 0] = pelvis
    trunk_yaw = face + 0.35 * (hips_yaw - face) + chest_yaw
    trunk = quat.from_euler_yxz(trunk_yaw, chest_pitch, chest_roll)
    bend = quat.to_rotation_vector(quat.mul(quat.conj(pelvis), trunk))
    # A wave runs up the spine: the lower part starts a little before the upper one.
    spine = [quat.from_rotation_vector(part * _delayed(bend, d)) for part, d in ((0.34, -2), (0.36, 0), (0.30, 2))]
    world = pelvis
    for name, rotation in zip(("spine", "chest", "upperChest"), spine, strict=True):
        local[:, BONE_INDEX[name]] = rotation
        world = quat.mul(world, rotation)
    neck_yaw = face + np.clip(head_yaw, -1.15, 1.15) + 0.25 * chest_yaw
    look = quat.from_euler_yxz(neck_yaw, head_pitch + 0.45 * chest_pitch, head_roll + 0.3 * chest_roll)
    turn = quat.to_rotation_vector(quat.mul(quat.conj(world), look))
    angle = np.linalg.norm(turn, axis=-1, keepdims=True)
    turn = turn * (1.25 * np.tanh(angle / 1.25) / np.maximum(angle, 1e-9))
    local[:, BONE_INDEX["neck"]] = quat.from_rotation_vector(0.45 * turn)
    local[:, BONE_INDEX["head"]] = quat.from_rotation_vector(0.55 * turn)
    alive = np.minimum(groove, 1.0)
    _arm(score, score.left, 0, clock, alive, local)
    _arm(score, score.right, 1, clock, alive, local)
    return goals


_BODY = ("hips", "chest", "head")
