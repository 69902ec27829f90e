"""All of an avatar's hair: cap, fringe, locks, tails, their paint and their springs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from performer.avatar.build.dressing import Dressing
from performer.avatar.build.hair.bundle import Tied, bundle_locks, course_of, knot_locks
from performer.avatar.build.hair.cap import build_cap
from performer.avatar.build.hair.lock import COLUMNS, Guide, Lock, body_of, guide_of, texture_rows
from performer.avatar.build.hair.paint import fringe_texture, hair_texture, shade_of
from performer.avatar.build.hair.scalp import Scalp
from performer.avatar.build.hair.style import locks_of, read_styles, style_of
from performer.avatar.build.hair.swing import Hanging, chain_of, colliders, hang, shares
from performer.avatar.build.head import HeadSurface
from performer.avatar.build.material import Material
from performer.avatar.build.part import Floats, Part, Weights, join, rigid
from performer.avatar.build.spec import Level, Spec

__all__ = ["Tie", "build_hair", "scalp_of", "ties_of"]

_SPHERE = np.array([0.0, 0.100, -0.010])
_PER_RING = {"lite": 0.017, "full": 0.014}


def build_hair(spec: Spec, level: Level, head: HeadSurface) -> Dressing:
    """The hair of a preset on its head.

    Raises:
        AvatarError: a style or fringe that there is not.
    """
    style, fringe, others = style_of(spec.hair)
    rng = np.random.default_rng(spec.seed)
    scalp = Scalp(head, style.lift / 1000)
    snug = Scalp(head, style.lift / 1000, snug=True)
    place = head.place.to_model
    parts = build_cap(snug, head, style, level)
    locks = [lock for row in fringe.rows for lock in locks_of(row, spec.hair, level, rng, material="fringe")]
    locks += [lock for part in others for row in part.rows for lock in locks_of(row, spec.hair, level, rng)]
    if spec.hair.ahoge:
        locks += [
            lock
            for row in read_styles().part["ahoge"].rows[: spec.hair.ahoge]
            for lock in locks_of(row, spec.hair, level, rng)
        ]
    bases = [snug if lock.snug else scalp for lock in locks]
    guides = [guide_of(lock, base, _rings(lock, base, level)) for lock, base in zip(locks, bases, strict=True)]
    hanging = {
        kind: hang(kind, [g.points for lock, g in zip(locks, guides, strict=True) if lock.chain == kind], level, place)
        for kind in dict.fromkeys(lock.chain for lock in locks if lock.chain)
    }
    parts += [
        _lock_part(lock, guide, level, hanging.get(lock.chain, [])) for lock, guide in zip(locks, guides, strict=True)
    ]
    chains = [chain for several in hanging.values() for one in several for chain in one.chains]
    for part in others:
        for number, bundle in enumerate(part.bundles):
            for side in (1.0, -1.0) if bundle.mirror else (1.0,):
                made = bundle_locks(bundle, spec.hair, level, np.random.default_rng(spec.seed + number), side)
                links = bundle.joints[level == "full"]
                if links:
                    line = course_of(bundle, spec.hair, side)
                    at = np.linspace(0.03, 1.0, links + 1) * (len(line) - 1)
                    line = np.stack([np.interp(at, np.arange(len(line)), line[:, k]) for k in range(3)], axis=-1)
                    chain = chain_of(f"{bundle.chain}{number}{'LR'[side < 0] if bundle.mirror else ''}", place(line))
                    chains.append(chain)
                    parts += [_tied_part(tied, shares([(chain, 1.0)], (tied.q - 0.03) / 0.97 * links)) for tied in made]
                else:
                    parts += [_tied_part(tied, rigid(len(tied.q), "head")) for tied in made]
        for knot in part.knots:
            for side in (1.0, -1.0) if knot.mirror else (1.0,):
                made = knot_locks(knot, level, np.random.default_rng(spec.seed), side)
                parts += [_tied_part(tied, rigid(len(tied.q), "head")) for tied in made]
    whole = [
        join([part for part in parts if part.material == material])
        for material in ("hair", "fringe")
        if any(part.material == material for part in parts)
    ]
    return Dressing(
        parts=[replace(part, points=place(part.points)) for part in whole],
        materials=_materials(spec),
        chains=chains,
        colliders=colliders(),
    )


@dataclass(frozen=True, slots=True)
class Tie:
    """Where hair is tied: point and outward (3,) head-local; side 1 her left, -1 her right, 0 the middle."""

    point: Floats
    outward: Floats
    side: float


def scalp_of(spec: Spec, head: HeadSurface) -> Scalp:
    """The scalp under the hair of a preset."""
    return Scalp(head, style_of(spec.hair)[0].lift / 1000)


def ties_of(spec: Spec, head: HeadSurface) -> list[Tie]:
    """The roots of swinging tails, for a ribbon; none where nothing is tied."""
    del head
    found: list[Tie] = []
    for part in style_of(spec.hair)[2]:
        for bundle in part.bundles:
            if bundle.tie:
                for side in (1.0, -1.0) if bundle.mirror else (1.0,):
                    turn = np.array([side, 1.0, 1.0])
                    point, outward = np.array(bundle.tie[0]) / 1000 * turn, np.array(bundle.tie[1]) * turn
                    found.append(Tie(point, outward / np.linalg.norm(outward), side if bundle.mirror else 0.0))
    return found


def _rings(lock: Lock, scalp: Scalp, level: Level) -> int:
    rough = guide_of(lock, scalp, 24).points
    length = float(np.linalg.norm(np.diff(rough, axis=0), axis=1).sum())
    least, most = (8, 20) if level == "lite" else (10, 28)
    per_ring = _PER_RING[level]
    if lock.wave[0] > 5.0:
        per_ring = min(per_ring, lock.wave[1] / 1000 / (8.0 if level == "lite" else 10.0))
        most += 4
    return int(np.clip(round(length / per_ring), least, most))


def _lock_part(lock: Lock, guide: Guide, level: Level, hanging: Sequence[Hanging]) -> Part:
    """One lock as a part in the head's frame, on the chains that hang beneath it."""
    body = body_of(lock, guide, level)
    ball = body.points - _SPHERE
    ball[:, 1] = np.where(body.points[:, 1] < _SPHERE[1], ball[:, 1] * 0.25, ball[:, 1])
    ball /= np.linalg.norm(ball, axis=1, keepdims=True)
    normals = (1 - lock.round) * body.normals + lock.round * ball
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    uv = np.stack([(lock.column + body.across) / COLUMNS, texture_rows(body.points[:, 1], body.s, lock.reach)], axis=-1)
    outline = np.clip((body.s - 0.10) / 0.25, 0.0, 1.0)
    weights = rigid(len(body.points), "head")
    if hanging:
        tip = guide.points[-1]
        bearing = float(np.arctan2(tip[0], tip[2]) % (2 * np.pi))
        near = next((one for one in hanging if (one.bearings - np.pi > 0).any() == (bearing > np.pi)), hanging[0])
        share = np.interp(bearing, near.bearings, np.arange(len(near.chains)))
        pull = np.clip(1.0 - np.abs(share - np.arange(len(near.chains))), 0.0, 1.0)
        end = float(pull @ near.ends)
        links = len(near.chains[0].joints) - 1
        q = (near.start - body.points[:, 1]) / (near.start - end) * links
        weights = shares([(c, float(p)) for c, p in zip(near.chains, pull, strict=True) if p > 0], q)
    return Part(body.points, body.triangles, normals, uv, weights, "Hair", lock.material, outline=outline)


def _tied_part(tied: Tied, weights: Weights) -> Part:
    body = tied.body
    normals = 0.40 * body.normals + 0.60 * tied.axis
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    rows = 0.04 + (tied.reach - 0.04) * body.s
    uv = np.stack([(tied.column + body.across) / COLUMNS, rows], axis=-1)
    outline = np.clip(body.s / 0.12, 0.0, 1.0)
    return Part(body.points, body.triangles, normals, uv, weights, "Hair", "hair", outline=outline)


def _materials(spec: Spec) -> dict[str, Material]:
    base, tip = spec.colours.hair, spec.colours.hair_tip
    plain = Material(
        "hair",
        hair_texture(base, tip, spec.seed),
        shade=shade_of(base),
        shift=-0.05,
        toony=0.92,
        outline_mm=1.0,
        outline=outline_of(base),
        rim_share=0.10,
    )
    fringe = replace(plain, name="fringe", texture=fringe_texture(base, tip, spec.seed), alpha="blend")
    return {"hair": plain, "fringe": fringe}


def outline_of(base: str) -> str:
    """The outline's colour: the hair's own, deep."""
    colour: Floats = np.array([int(base[i : i + 2], 16) for i in (1, 3, 5)]) / 255.0
    deep = 0.30 * colour + np.array([0.10, 0.03, 0.13])
    return "#" + "".join(f"{round(float(c) * 255):02x}" for c in np.clip(deep, 0, 1))
