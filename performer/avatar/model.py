"""What the engine knows of a VRM file once it is read. Records only; nothing here opens or computes."""

from dataclasses import dataclass
from pathlib import Path

from motion.errors import UserError
from motion.rig.skeleton import Skeleton

__all__ = ["AvatarError", "HeadExtent", "Meta", "ModelExpression", "Vrm", "Weight"]


class AvatarError(UserError):
    """A file cannot be an avatar; the message names the file, what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class ModelExpression:
    """An expression of the model.

    name: VRM 1.0 preset name, or the author's own spelling for a custom one (that is what the page looks up).
    bound: whether it moves or colours anything. override_*: "none", "block" or "blend": what this expression does to
    blinks, gaze and mouth while it is on.
    """

    name: str
    bound: bool
    binary: bool = False
    override_blink: str = "none"
    override_look_at: str = "none"
    override_mouth: str = "none"


@dataclass(frozen=True, slots=True)
class Meta:
    """Who made it and what they allow, in words that can be shown; "" where the file does not say."""

    title: str = ""
    authors: tuple[str, ...] = ()
    licence: str = ""
    use: str = ""
    commercial: str = ""
    redistribution: str = ""
    modification: str = ""
    credit: str = ""


@dataclass(frozen=True, slots=True)
class Weight:
    """What the model costs. texture_bytes: unpacked on the GPU with its smaller copies (4/3 of width x height x 4)."""

    file_bytes: int
    triangles: int
    draws: int
    materials: int
    textures: int
    texture_bytes: int
    joints: int
    shapes: int
    springs: int


@dataclass(frozen=True, slots=True)
class HeadExtent:
    """What the head carries, ears, hats and hair included. Metres: top above the floor, wide: half of it."""

    top: float
    wide: float


@dataclass(frozen=True, slots=True)
class Vrm:
    """A VRM file in the terms of the engine.

    version: "0.x" or "1.0". skeleton: rest pose in the 1.0 frame (+z forward), soles on y = 0, metres.
    floor: metres that the file's own model stands above (+) or in (-) the floor; already taken out of `skeleton`.
    look_at: "bone", "expression" or "" (the eyes cannot follow).
    head: None where no mesh tells.
    dance: the manner of dancing that the card beside the file names (`dance = "..."` in card.toml), "" = none.
    """

    path: Path
    sha256: str
    title: str
    version: str
    skeleton: Skeleton
    floor: float
    expressions: tuple[ModelExpression, ...]
    look_at: str
    warnings: tuple[str, ...]
    meta: Meta
    weight: Weight
    head: HeadExtent | None = None
    dance: str = ""
