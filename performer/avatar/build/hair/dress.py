"""All of an avatar's hair put together: cap, locks, tails, their shares of the spring joints, their paint."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec
import numpy as np

from performer.avatar.build.dressing import Dressing
from performer.avatar.build.hair.bundle import Tied, bundle_locks, course_of, knot_locks
from performer.avatar.build.hair.cap import build_cap
from performer.avatar.build.hair.lock import COLUMNS, Guide, Lock, body_of, guide_of, texture_rows
from performer.avatar.build.hair.paint import hair_materials
from performer.avatar.build.hair.scalp import Scalp
from performer.avatar.build.hair.style import Bundle, Row, locks_of, read_styles, style_of
from performer.avatar.build.hair.swing import Hanging, colliders, hang, shares, tail_of
from performer.avatar.build.hair.ties import scalp_of
from performer.avatar.build.head import HeadSurface
from performer.avatar.build.part import Floats, Part, Weights, join, rigid
from performer.avatar.build.spec import Level, Spec
from performer.avatar.build.springs import Chain

__all__ = ["Locks", "build_hair", "build_locks"]

_SPHERE = np.array([0.0, 0.100, -0.010])
"""Middle of the ball whose normals the locks share, or toon shade would be a patchwork."""
_TIED_ROUND = 0.60
_EDGE, _TIED_EDGE = 0.94, 0.64
"""How much of a strip's drawing a lock wears: its dark edges are as thin as a pixel from afar, and break into dashes
where locks of a tail cross; those are told apart by the broad shade of one side."""
_RINGS = {"lite": (0.017, 8, 20), "full": (0.014, 10, 28)}
"""Length per ring, metres; fewest and most rings."""
_PER_WAVE = {"lite": 8.0, "full": 10.0}
_LEAST_WAVE = 5.0
"""A wave of more millimetres than this is sampled by its own length."""
_FIRST_JOINT = 0.03
_BESIDE_EYES, _BELOW_BROWS = 58.0, 72.0
"""Bearing (degrees) and height (mm) beyond which a fringe's tip lies over no eye."""


@dataclass(frozen=True, slots=True)
class Locks:
    """Each lock by itself, head-local: parts, courses (n, 3) of those on the scalp, and the chains they hang on."""

    parts: Sequence[Part]
    guides: Sequence[Floats]
    chains: Sequence[Chain]


def build_hair(spec: Spec, level: Level, head: HeadSurface) -> Dressing:
    """The hair of a preset on its head.

    Raises:
        AvatarError: a style or fringe that there is not.
    """
    locks = build_locks(spec, level, head)
    parts = [build_cap(scalp_of(spec, snug=True), head, style_of(spec.hair)[0], level), *locks.parts]
    whole = [
        join(same) for material in ("hair", "fringe") if (same := [part for part in parts if part.material == material])
    ]
    return Dressing(
        parts=[replace(part, points=head.place.to_model(part.points)) for part in whole],
        materials=hair_materials(spec),
        chains=locks.chains,
        colliders=colliders(),
    )


def build_locks(spec: Spec, level: Level, head: HeadSurface) -> Locks:
    """All locks of a preset, each a closed body of its own."""
    _, fringe, others = style_of(spec.hair)
    rng = np.random.default_rng(spec.seed)
    rows = [(row, _of_fringe(row)) for row in fringe.rows] + [(row, "hair") for part in others for row in part.rows]
    locks = [lock for row, material in rows for lock in locks_of(row, spec.hair, level, rng, material=material)]
    scalps = {snug: scalp_of(spec, snug=snug) for snug in (False, True)}
    guides = [guide_of(lock, scalps[lock.snug], _rings(lock, scalps[lock.snug], level)) for lock in locks]
    hanging = {
        kind: hang(
            kind,
            [guide.points for lock, guide in zip(locks, guides, strict=True) if lock.chain == kind],
            level,
            head.place.to_model,
        )
        for kind in dict.fromkeys(lock.chain for lock in locks if lock.chain)
    }
    parts = [
        _lock_part(lock, guide, level, hanging.get(lock.chain, [])) for lock, guide in zip(locks, guides, strict=True)
    ]
    chains = [chain for several in hanging.values() for one in several for chain in one.chains]
    stray = read_styles().part["ahoge"]
    for part in (*others, msgspec.structs.replace(stray, bundles=stray.bundles[: spec.hair.ahoge])):
        for number, bundle in enumerate(part.bundles):
            for side in (1.0, -1.0) if bundle.mirror else (1.0,):
                more, chain = _bundle(bundle, number, side, spec, level, head)
                parts += more
                chains += [chain] if chain else []
        for knot in part.knots:
            for side in (1.0, -1.0) if knot.mirror else (1.0,):
                made = knot_locks(knot, level, np.random.default_rng(spec.seed), side)
                parts += [_tied_part(tied, rigid(len(tied.q), "head")) for tied in made]
    return Locks(parts, [guide.points for guide in guides], chains)


def _of_fringe(row: Row) -> str:
    """What hangs beside the eyes is plain hair: see-through, it would lie grey on cheek and ear."""
    bearing, height = row.tip if isinstance(row.tip, tuple) else (0.0, row.tip)
    return "fringe" if abs(bearing) < _BESIDE_EYES and height > _BELOW_BROWS else "hair"


def _bundle(
    bundle: Bundle, number: int, side: float, spec: Spec, level: Level, head: HeadSurface
) -> tuple[list[Part], Chain | None]:
    """A tail and its chain; both sides are drawn from the same seed."""
    made = bundle_locks(bundle, spec.hair, level, np.random.default_rng(spec.seed + number), side)
    links = bundle.joints[level == "full"]
    if not links:
        return [_tied_part(tied, rigid(len(tied.q), "head")) for tied in made], None
    course = course_of(bundle, spec.hair, side)
    at = np.linspace(_FIRST_JOINT, 1.0, links + 1) * (len(course) - 1)
    line = np.stack([np.interp(at, np.arange(len(course)), course[:, k]) for k in range(3)], axis=-1)
    name = f"{bundle.chain}{number}{'LR'[side < 0] if bundle.mirror else ''}"
    chain = tail_of(name, head.place.to_model(line))
    passed = [(tied.q - _FIRST_JOINT) / (1.0 - _FIRST_JOINT) * links for tied in made]
    return [_tied_part(tied, shares([(chain, 1.0)], q)) for tied, q in zip(made, passed, strict=True)], chain


def _rings(lock: Lock, scalp: Scalp, level: Level) -> int:
    rough = guide_of(lock, scalp, 24).points
    length = float(np.linalg.norm(np.diff(rough, axis=0), axis=1).sum())
    per_ring, least, most = _RINGS[level]
    swing, wave, _ = lock.wave
    if swing > _LEAST_WAVE:
        per_ring = min(per_ring, wave / 1000 / _PER_WAVE[level])
        most += 4
    return int(np.clip(round(length / per_ring), least, most))


def _lock_part(lock: Lock, guide: Guide, level: Level, hanging: Sequence[Hanging]) -> Part:
    """One lock as a part in the head's frame, on the chains that hang beneath it."""
    body = body_of(lock, guide, level)
    ball = body.points - _SPHERE
    # What hangs is lit like a column.
    ball[:, 1] = np.where(ball[:, 1] < 0, ball[:, 1] * 0.25, ball[:, 1])
    ball /= np.linalg.norm(ball, axis=1, keepdims=True)
    if lock.column == COLUMNS - 1:
        # What lies underneath stays in the shade; its inner side, seen between cheek and neck, looks to the face.
        inward = np.where(np.abs(body.across - 0.5) > 0.4, -1.0, 1.0)[:, None]
        ball = ball * np.array([1.0, 0.0, 1.0]) * inward * 0.75 - np.array([0.0, 0.3, 0.0])
        ball /= np.linalg.norm(ball, axis=1, keepdims=True)
        body = replace(body, normals=ball)
    normals = (1 - lock.round) * body.normals + lock.round * ball
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    across = 0.5 + _EDGE * (body.across - 0.5)
    uv = np.stack([(lock.column + across) / COLUMNS, texture_rows(body.points[:, 1], body.s, lock.reach)], axis=-1)
    outline = np.clip((body.s - 0.10) / 0.25, 0.0, 1.0)
    weights = _hung(body.points, guide.points[-1], hanging) if hanging else rigid(len(body.points), "head")
    return Part(body.points, body.triangles, normals, uv, weights, "Hair", lock.material, outline=outline)


def _hung(points: Floats, tip: Floats, hanging: Sequence[Hanging]) -> Weights:
    """Shares of the two chains that hang nearest to a lock's tip."""
    bearing = float(np.arctan2(tip[0], tip[2]) % (2 * np.pi))
    near = next((one for one in hanging if (one.bearings[0] > np.pi) == (bearing > np.pi)), hanging[0])
    place = np.interp(bearing, near.bearings, np.arange(len(near.chains)))
    pull = np.clip(1.0 - np.abs(place - np.arange(len(near.chains))), 0.0, 1.0)
    links = len(near.chains[0].joints) - 1
    q = (near.start - points[:, 1]) / (near.start - float(pull @ near.ends)) * links
    return shares([(chain, float(share)) for chain, share in zip(near.chains, pull, strict=True) if share > 0], q)


def _tied_part(tied: Tied, weights: Weights) -> Part:
    body = tied.body
    normals = (1 - _TIED_ROUND) * body.normals + _TIED_ROUND * tied.axis
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    rows = 0.04 + (tied.reach - 0.04) * body.s
    across = 0.5 + _TIED_EDGE * (body.across - 0.5)
    uv = np.stack([(tied.column + across) / COLUMNS, rows], axis=-1)
    # Ink belongs to the silhouette: between the strands of a tail it comes in broken dashes.
    outline = np.clip(body.s / 0.12, 0.0, 1.0) * np.where(np.abs(body.across - 0.5) > 0.4, 0.2, 1.0)
    return Part(body.points, body.triangles, normals, uv, weights, "Hair", "hair", outline=outline)
