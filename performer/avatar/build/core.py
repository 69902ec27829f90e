"""From a preset to the bytes of a VRM file: every builder called once, in the order in which they need each other."""

from performer.avatar.build.accessories import build_accessories
from performer.avatar.build.assembly import Assembly, assemble
from performer.avatar.build.body import build_body
from performer.avatar.build.body_paint import paint_body_skin
from performer.avatar.build.face import build_face
from performer.avatar.build.hair.dress import build_hair
from performer.avatar.build.head import HeadPlace, HeadSurface
from performer.avatar.build.outfit import build_outfit, lift_of
from performer.avatar.build.props import build_props
from performer.avatar.build.spec import Level, Spec
from performer.avatar.build.write import write_vrm

__all__ = ["assemble_avatar", "build_avatar"]


def build_avatar(spec: Spec, level: Level) -> bytes:
    """The VRM 1.0 file of a preset; the same bytes on every call."""
    return write_vrm(assemble_avatar(spec, level), spec.title, "1")


def assemble_avatar(spec: Spec, level: Level) -> Assembly:
    """All pieces of a preset, on the floor and of its own height."""
    body = build_body(spec, level, lift_of(spec))
    head = HeadSurface(spec)
    head = head.placed(HeadPlace.on(body.joints["head"], head.place.scale))
    face = build_face(spec, level, head.place, paint_body_skin)
    hair = build_hair(spec, level, head)
    dressings = [
        hair,
        build_outfit(spec, level, body),
        build_accessories(spec, level, body, head, hair),
        build_props(spec, level, body),
    ]
    return assemble(body, face, dressings, spec.body.height)
