"""Puts each accessory of a preset where it belongs: on the face, at the knots of the hair, on the scalp."""

from dataclasses import replace

import numpy as np

from performer.avatar.build.accessories import hair_pieces, head_pieces
from performer.avatar.build.accessories.extra_paint import extra_material
from performer.avatar.build.accessories.solids import Solid, moved, part_of
from performer.avatar.build.body import Body
from performer.avatar.build.dressing import Dressing
from performer.avatar.build.face import FAR_SHAPE
from performer.avatar.build.hair.swing import chain_of, shares
from performer.avatar.build.hair.ties import Tie, scalp_of, ties_of
from performer.avatar.build.head import HeadSurface
from performer.avatar.build.part import Floats, Part, join, rigid
from performer.avatar.build.spec import Accessory, Level, Spec
from performer.avatar.build.springs import Chain
from performer.avatar.model import AvatarError

__all__ = ["KINDS", "build_accessories"]

KINDS = ("headset", "ribbon", "glasses", "hairpin", "flower", "buyao", "feather", "earrings", "beret")
_LINE = {"headset": 0.35, "flower": 0.0, "buyao": 0.0, "feather": 0.5, "glasses": 0.4, "earrings": 0.5}
"""Share of the outline's width: petals that lie on each other would be all line."""
_REACH, _HIGHEST = 0.016, 0.045
"""What hair counts as lying under a piece: this near to its axis, and no higher (that is a tail), metres."""
_FAR = 0.0019
"""By how much a rim is thicker (metres of its radius) for a lens whose pixel is `FAR_SHAPE`'s: it breaks into dots
otherwise."""
_OTHERS = ("hand_mic", "light_stick")
"""Props: `props.build_props` makes them."""


def build_accessories(spec: Spec, level: Level, body: Body, head: HeadSurface, hair: Dressing) -> Dressing:
    """All accessories of a preset.

    Raises:
        AvatarError: a kind that there is not.
    """
    del body
    over = head.place.to_local(np.concatenate([part.points for part in hair.parts])) if hair.parts else np.zeros((0, 3))
    parts: list[Part] = []
    chains: list[Chain] = []
    for item in spec.accessories:
        if item.kind in KINDS:
            more, swinging = _wear(item, spec, level, head, over)
            parts += more
            chains += swinging
        elif item.kind not in _OTHERS:
            raise AvatarError(f"there is no accessory {item.kind!r}: take one of {', '.join((*KINDS, *_OTHERS))}")
    if not parts:
        return Dressing()
    made = [join(same) for mesh in ("Face", "Hair") if (same := [part for part in parts if part.mesh == mesh])]
    made = [
        replace(
            whole,
            points=head.place.to_model(whole.points),
            shapes={name: head.place.scale * shift for name, shift in whole.shapes.items()},
        )
        for whole in made
    ]
    return Dressing(parts=made, materials={"extra": extra_material(spec)}, chains=chains)


def _wear(item: Accessory, spec: Spec, level: Level, head: HeadSurface, over: Floats) -> tuple[list[Part], list[Chain]]:
    sides = {"left": (1.0,), "right": (-1.0,), "both": (1.0, -1.0)}[item.side]
    solids: list[Solid] = []
    parts: list[Part] = []
    chains: list[Chain] = []
    if item.kind == "headset":
        solids = [one for side in sides for one in head_pieces.headset(head, level, side)]
    elif item.kind == "glasses":
        parts = [_thicker_from_afar(one) for one in head_pieces.glasses(head, level)]
    elif item.kind == "earrings":
        solids = [one for side in (1.0, -1.0) for one in head_pieces.earring(head, level, side)]
    elif item.kind == "ribbon":
        ties = [tie for tie in ties_of(spec) if tie.side == 0 or tie.side in sides or item.side == "both"]
        for tie in ties or [_on_scalp(spec, over, 62.0, 168.0, side) for side in sides]:
            solids += [_put(one, tie) for one in hair_pieces.ribbon(level)]
    elif item.kind == "beret":
        at = np.array([0.012 * sides[0], 0.226, -0.020])
        solids = [Solid(one.points + at, one.triangles, one.normals, one.uv) for one in hair_pieces.beret(level)]
    else:
        for side in sides:
            bearing, height = {
                "hairpin": (58, 150),
                "flower": (66, 170),
                "buyao": (84, 178),
                "feather": (70, 165),
            }[item.kind]
            tie = _on_scalp(spec, over, bearing, height, side)
            if item.kind == "feather":
                # Half towards the front, or one sees no more than its edge from there.
                ahead = tie.outward + np.array([0.0, 0.0, 1.0])
                tie = replace(tie, outward=ahead / np.linalg.norm(ahead))
            make = {"feather": hair_pieces.feathers, "hairpin": hair_pieces.clip}.get(item.kind, hair_pieces.flower)
            made = make(level)
            solids += [_put(one, tie) for one in made]
            if item.kind == "buyao":
                solids += [_put(one, tie) for one in hair_pieces.pin(level)]
                more, chain = _hang(tie, head, level, f"buyao{'LR'[side < 0]}")
                parts += more
                chains.append(chain)
    parts += [part_of(one, rigid(len(one.points), "head"), _LINE.get(item.kind, 0.8)) for one in solids]
    return parts, chains


def _thicker_from_afar(solid: Solid) -> Part:
    """A wire that goes with the face's own lines: the stage draws those wider, the farther off they are seen."""
    part = part_of(solid, rigid(len(solid.points), "head"), _LINE["glasses"])
    return replace(part, mesh="Face", shapes={FAR_SHAPE: _FAR * solid.normals})


def _on_scalp(spec: Spec, over: Floats, bearing: float, height: float, side: float) -> Tie:
    """A place of a bearing (degrees, of her left) and a height (mm), on top of the hair that lies there, (n, 3)."""
    scalp = scalp_of(spec)
    angle = np.radians(bearing)
    base, normal = scalp.base(np.array([angle]), np.array([scalp.fall_at(float(angle), height / 1000)]))
    turn = np.array([side, 1.0, 1.0])
    point, outward = base[0] * turn, normal[0] * turn
    off = (over - point) @ outward
    beside = np.linalg.norm(over - point - off[:, None] * outward, axis=1) < _REACH
    return Tie(point + outward * float(off[beside & (off < _HIGHEST)].max(initial=0.008)), outward, side)


def _put(solid: Solid, tie: Tie) -> Solid:
    """Turned to look out of the head, mirrored on her right."""
    if tie.side < 0:
        turn = np.array([-1.0, 1.0, 1.0])
        solid = Solid(solid.points * turn, solid.triangles[:, ::-1].copy(), solid.normals * turn, solid.uv)
    return moved(solid, hair_pieces.frame_towards(tie.outward), tie.point)


def _hang(tie: Tie, head: HeadSurface, level: Level, name: str) -> tuple[list[Part], Chain]:
    """The tassel below a pin, on three joints."""
    length, links = 0.085, 3
    top = tie.point + tie.outward * 0.010 + np.array([0.0, -0.008, 0.0])
    line: Floats = top + np.linspace(0, 1, links + 1)[:, None] * np.array([0.0, -length, 0.0])
    chain = chain_of(name, head.place.to_model(line), stiffness=0.15, gravity=0.6)
    chain = replace(chain, hit_radius=0.006, drag=0.25, against=("head",))
    parts: list[Part] = []
    for solid, share in hair_pieces.tassel(level, length):
        at = replace(solid, points=solid.points + top)
        parts.append(part_of(at, shares([(chain, 1.0)], share * links)))
    return parts, chain
