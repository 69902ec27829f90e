"""The dance plan: which move in which bar, as a readable file (`plan.json`) that a person can edit.

Only the record and its reading and writing; the choice of moves is the planner's.
"""

from math import isfinite

import msgspec

from motion.errors import UserError

__all__ = ["ENERGY", "REACH", "Plan", "PlanError", "Step", "check_steps", "decode_plan", "encode_plan"]

FORMAT_VERSION = 1
# Least and most energy of a step; how far from the stage's centre a plan may lead, metres.
ENERGY = (0.4, 1.4)
REACH = 1.2


class PlanError(UserError):
    """A plan cannot be danced; the message names the step and what would be right."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One move on one stretch of bars.

    bar: index of the first bar (0 = first bar of the song map). bars: how many bars it fills.
    move: name in the move library. mirror: left and right swapped. energy: 0.4..1.4, 1 = as authored.
    offset: counts of the move to skip at its start. x, z: where on the stage the step ends, metres from the centre
    (+ to the avatar's left, + to the front); a captured phrase travels as its dancer did, whatever is written here.
    """

    bar: int
    bars: int
    move: str
    mirror: bool = False
    energy: float = 1.0
    offset: int = 0
    x: float = 0.0
    z: float = 0.0


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Steps in order without overlap; bars without a step are held by the idle groove.

    manner: of the performer (presets/moves/manners.toml), which sets stance and bounce; "" = as written.
    """

    version: int = FORMAT_VERSION
    seed: int = 0
    own_moves_only: bool = False
    manner: str = ""
    sound_sha256: str = ""
    steps: list[Step]


def check_steps(plan: Plan) -> None:
    """What can be said without song and library: steps in order, on bars that exist, with sane numbers.

    Raises:
        PlanError: names the step, what it says and what is allowed.
    """
    if plan.seed < 0:
        raise PlanError(f"the plan's seed is {plan.seed}; it must be 0 or more")
    free = 0
    least, most = ENERGY
    for number, step in enumerate(plan.steps, start=1):
        here = f"step {number} ({step.move})"
        if step.bar < 0:
            raise PlanError(f"{here} starts in bar {step.bar}; bars are counted from 0")
        if step.bars < 1:
            raise PlanError(f"{here} fills {step.bars} bars; it must fill 1 or more")
        if step.bar < free:
            raise PlanError(f"{here} starts in bar {step.bar}, but the step before it ends after bar {free - 1}")
        if not least <= step.energy <= most:
            raise PlanError(f"{here} has energy {step.energy}; allowed are {least} to {most}")
        if step.offset < 0:
            raise PlanError(f"{here} has offset {step.offset}; it must be 0 or more")
        if not (isfinite(step.x) and isfinite(step.z)):
            raise PlanError(f"{here} ends at x {step.x}, z {step.z}; write metres, -{REACH} to {REACH}")
        free = step.bar + step.bars


def decode_plan(data: bytes) -> Plan:
    """Parse a `plan.json` and check what can be checked without song and library.

    Raises:
        PlanError: not JSON, wrong kinds, steps out of order or overlapping, values out of range.
    """
    try:
        plan = msgspec.json.decode(data, type=Plan)
    except msgspec.DecodeError as error:
        raise PlanError(f"not a dance plan: {error}. Make one with: nichang dance plan SONG -o plan.json") from error
    if plan.version > FORMAT_VERSION:
        raise PlanError(f"plan format {plan.version} is newer than this nichang reads ({FORMAT_VERSION})")
    check_steps(plan)
    return plan


def encode_plan(plan: Plan) -> bytes:
    """The file as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(plan), indent=1) + b"\n"
