"""What can go wrong when a dance is put on a body, as figures. A table for every body: python -m
tests.performer.avatar.measures"""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from motion.dance.player import DanceMotion
from motion.rig import quat
from motion.rig.bones import BONE_INDEX
from motion.rig.pose import Motion, joint_positions
from motion.rig.skeleton import CANONICAL
from performer.avatar.fit import fit
from performer.avatar.hull import ball_of_foot
from performer.avatar.proportions import proportions
from tests.performer.avatar.bodies import Body, Floats, chibi, file_body, long_legs

SHARED = Path(os.environ.get("NICHANG_SHARED", Path(__file__).resolve().parents[4] / "shared")) / "data/visual/vrm"
LIMBS = [BONE_INDEX[s + b] for s in ("left", "right") for b in ("UpperLeg", "LowerLeg", "UpperArm", "LowerArm")]


@dataclass(frozen=True)
class Measures:
    """knee: least bend, degrees, below 0 the wrong way. step: greatest turn of a limb between two pictures, degrees;
    jump: what the canonical body does not do within three pictures of it. slide: mean speed of the ball of planted
    feet, cm/s.
    sunk: deepest vertex of a foot under the floor, cm. floats: 99th percentile of a planted sole's height, cm.
    in_head: share of frames and hands with a point of the hand inside the skull."""

    knee: float
    step: float
    jump: float
    slide: float
    sunk: float
    floats: float
    in_head: float


def measure_fit(body: Body, dance: DanceMotion) -> Measures:
    motion = fit(dance.motion, dance.contacts, body.skeleton)
    placed, turned = joint_positions(motion, body.skeleton)
    knees, slides, sinks, floats = [], [], [], []
    for side, name in enumerate(("left", "right")):
        upper, lower, foot, toes = (BONE_INDEX[name + b] for b in ("UpperLeg", "LowerLeg", "Foot", "Toes"))
        knees.append(_knee_bend(body, placed, turned, upper, lower, foot))
        firm = dance.contacts[:, side] > 0.99
        ball = ball_of_foot(body.skeleton, name) - body.skeleton.rest[foot]
        at = (placed[:, foot] + quat.rotate(turned[:, foot], ball))[:, [0, 2]]
        speed = np.linalg.norm(np.diff(at, axis=0), axis=-1) * motion.rate * 100.0
        slides.append(speed[firm[1:] & firm[:-1]].mean())
        carried = body.sole(side)
        low = np.minimum(
            _lowest(placed[:, foot], turned[:, foot], carried[0]),
            _lowest(placed[:, toes], turned[:, toes], carried[1]),
        )
        low = 100.0 * (low - motion.root[:, 3])
        sinks.append(-low.min())
        floats.append(np.percentile(low[firm], 99))
    steps, canonical = _steps(motion), _steps(dance.motion)
    around = np.lib.stride_tricks.sliding_window_view(np.pad(canonical.max(axis=1), 3, mode="edge"), 7).max(axis=-1)
    return Measures(
        knee=float(np.min(knees)),
        step=float(steps.max()),
        jump=float((steps.max(axis=1) - around).max()),
        slide=float(np.mean(slides)),
        sunk=float(np.max(sinks)),
        floats=float(np.max(floats)),
        in_head=_in_head(body, placed, turned),
    )


def _steps(motion: Motion) -> Floats:
    """(frames - 1, limbs) degrees from picture to picture."""
    local = motion.rotations[:, LIMBS].astype(np.float64)
    return np.degrees(quat.angle(local[1:], local[:-1]))


def _knee_bend(body: Body, placed: Floats, turned: Floats, upper: int, lower: int, foot: int) -> float:
    """Least angle from thigh to shin about the knee's own axis, degrees."""
    rest = body.skeleton.rest
    own = quat.between(rest[lower] - rest[upper], CANONICAL.rest[lower] - CANONICAL.rest[upper])
    axis = quat.rotate(quat.mul(turned[:, upper], quat.conj(own)), np.array([1.0, 0.0, 0.0]))
    thigh, shin = placed[:, lower] - placed[:, upper], placed[:, foot] - placed[:, lower]
    sine = np.sum(np.cross(thigh, shin) * axis, axis=-1)
    return float(np.degrees(np.arctan2(sine, np.sum(thigh * shin, axis=-1))).min())


def _lowest(joint: Floats, turn: Floats, points: Floats) -> Floats:
    """(frames,) height of the lowest of many points."""
    if not len(points):
        return np.full(len(joint), np.inf)
    return (quat.to_matrix(turn)[:, 1] @ points.T).min(axis=1) + joint[:, 1]


def _in_head(body: Body, placed: Floats, turned: Floats) -> float:
    assert body.skeleton.hull is not None
    skull, head = body.skeleton.hull.head, BONE_INDEX["head"]
    inside: list[Floats] = []
    for side, name in enumerate(("left", "right")):
        hand = BONE_INDEX[name + "Hand"]
        hit = np.zeros(len(placed), np.bool_)
        for share in (0.0, 0.5, 1.0, 1.8):
            point = placed[:, hand] + quat.rotate(turned[:, hand], share * proportions(body.skeleton).palm[side])
            local = quat.rotate(quat.conj(turned[:, head]), point - placed[:, head]) - skull.centre
            # A tenth deep is a touch.
            hit |= np.sum((local / skull.radii) ** 2, axis=-1) < 0.9**2
        inside.append(hit)
    return float(np.mean(inside))


def all_bodies() -> dict[str, Body]:
    bodies = {p.name: file_body(p) for p in sorted(SHARED.glob("*.vrm"))}
    return bodies | {"chibi": chibi(), "long legs": long_legs()}


if __name__ == "__main__":
    from motion.dance.library import load_library
    from motion.dance.planner import plan_dance
    from motion.dance.player import Dance
    from motion.dance.sheet import metronome_song

    library = load_library()
    for bpm, seed in ((120.0, 1), (96.0, 2), (140.0, 3)):
        song = metronome_song(bpm, 32)
        dance = Dance(plan_dance(song, library, seed=seed), song, library).frames(0, int(song.duration * 60))
        print(f"{bpm:.0f} bpm, seed {seed}; canonical step {_steps(dance.motion).max():.0f}")
        for name, body in all_bodies().items():
            m = measure_fit(body, dance)
            print(
                f"  {name:36s} knee {m.knee:6.1f}  step {m.step:5.1f}  jump {m.jump:5.1f}  slide {m.slide:4.1f}"
                f"  sunk {m.sunk:5.2f}  floats {m.floats:4.2f}  in head {100 * m.in_head:4.2f} %"
            )
