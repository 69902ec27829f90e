"""From a preset to the bytes of a VRM file: every builder called once, in the order in which they need each other."""

import importlib
from typing import Any

import numpy as np

from performer.avatar.build.assembly import Assembly, assemble
from performer.avatar.build.body import build_body
from performer.avatar.build.body_chart import STRIP
from performer.avatar.build.body_paint import paint_body_skin
from performer.avatar.build.dressing import Dressing, FaceResult
from performer.avatar.build.head import HeadPlace, HeadSurface
from performer.avatar.build.material import Material
from performer.avatar.build.paint import as_picture, colour_of
from performer.avatar.build.spec import Level, Spec
from performer.avatar.build.write import write_vrm

__all__ = ["assemble_avatar", "build_avatar"]


def build_avatar(spec: Spec, level: Level) -> bytes:
    """The VRM 1.0 file of a preset; the same bytes on every call."""
    return write_vrm(assemble_avatar(spec, level), spec.title, "1")


def assemble_avatar(spec: Spec, level: Level) -> Assembly:
    """All pieces of a preset, on the floor and of its own height."""
    outfit = _builder("outfit")
    body = build_body(spec, level, outfit.lift_of(spec) if outfit else 0.0)
    head = HeadSurface(spec)
    head = head.placed(HeadPlace.on(body.joints["head"], head.place.scale))
    face_builder = _builder("face")
    face: FaceResult | None = face_builder.build_face(spec, level, head) if face_builder else None
    dressings: list[Dressing] = []
    if face is None:
        dressings.append(Dressing(materials={"skin": _bare_skin(spec)}))
    hair = _builder("hair")
    dressings.append(hair.build_hair(spec, level, head) if hair else Dressing())
    worn = dressings[-1]
    if outfit:
        dressings.append(outfit.build_outfit(spec, level, body))
    if accessories := _builder("accessories"):
        dressings.append(accessories.build_accessories(spec, level, body, head, worn))
    if props := _builder("props"):
        dressings.append(props.build_props(spec, level, body))
    return assemble(body, face, dressings, spec.body.height)


def _builder(name: str) -> Any:
    """A builder's module, None while nobody has written it."""
    whole = f"performer.avatar.build.{name}"
    try:
        return importlib.import_module(whole)
    except ModuleNotFoundError as error:
        if error.name == whole:
            return None
        raise


def _bare_skin(spec: Spec) -> Material:
    picture = np.tile(colour_of(spec.colours.skin), (1024, 1024, 1))
    first, last = (round(edge * picture.shape[1]) for edge in STRIP)
    paint_body_skin(picture[:, first:last], spec)
    return Material("skin", as_picture(picture), shade="#f7b3a4", outline="#8a3d3a")
