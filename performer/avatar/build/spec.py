"""An avatar's preset as a record: which parts, how large, what colours (presets/avatars/NAME/preset.toml)."""

from pathlib import Path
from typing import Literal

import msgspec

from performer.avatar.model import AvatarError
from performer.voice.toml_file import TomlFile

__all__ = ["Accessory", "BodySpec", "Colours", "FaceSpec", "HairSpec", "Level", "OutfitSpec", "Spec", "read_spec"]

_FILE = TomlFile("a preset", "the presets in presets/avatars show what it may hold", AvatarError)
Level = Literal["lite", "full"]


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of the file: an unknown key is a typing error that is worth a sentence."""


class BodySpec(_Table, frozen=True):
    """frame: "female" or "male" tables of the body. height: to the skull's top, metres. The rest multiplies girths."""

    frame: Literal["female", "male"] = "female"
    height: float = 1.58
    head: float = 1.0
    shoulders: float = 1.0
    bust: float = 1.0
    waist: float = 1.0
    hips: float = 1.0
    legs: float = 1.0


class FaceSpec(_Table, frozen=True):
    """Sliders of the parametric face, 0 = the frame's own, about -1..1; `eyes` a named set of lid and lash curves."""

    eyes: str = "round"
    eye_size: float = 0.0
    eye_tilt: float = 0.0
    eye_gap: float = 0.0
    brow: float = 0.0
    brow_tilt: float = 0.0
    nose: float = 0.0
    mouth: float = 0.0
    jaw: float = 0.0
    cheeks: float = 0.0
    blush: float = 0.5
    mole: str = ""


class HairSpec(_Table, frozen=True):
    """style: a name of the hair builder; length and volume multiply; ahoge: stray locks on top."""

    style: str = "long"
    fringe: str = "wispy"
    length: float = 1.0
    volume: float = 1.0
    ahoge: int = 1


class OutfitSpec(_Table, frozen=True):
    """kind: a name of the outfit builder; shoes likewise ("" = what belongs to the outfit)."""

    kind: str = "idol"
    shoes: str = ""
    skirt: float = 1.0
    sleeves: float = 1.0


class Accessory(_Table, frozen=True):
    """kind: headset, ribbon, glasses, hand_mic, light_stick, ...; colour "" = the theme's accent."""

    kind: str
    colour: str = ""
    side: Literal["left", "right", "both"] = "right"


class Colours(_Table, frozen=True):
    """Display colours as #rrggbb. main, second, accent, light, dark, metal: the outfit's."""

    skin: str = "#fff0e6"
    hair: str = "#5b4a8c"
    hair_tip: str = ""
    iris: str = "#6a5acd"
    main: str = "#3f51b5"
    second: str = "#f8f6ff"
    accent: str = "#ff7aa8"
    light: str = "#ffffff"
    dark: str = "#2a2450"
    metal: str = "#e9c46a"


class Spec(_Table, frozen=True):
    """A whole preset. title: name as shown. seed: what small irregularities are drawn from."""

    name: str
    title: str
    seed: int = 1
    body: BodySpec = BodySpec()
    face: FaceSpec = FaceSpec()
    hair: HairSpec = HairSpec()
    outfit: OutfitSpec = OutfitSpec()
    accessories: tuple[Accessory, ...] = ()
    colours: Colours = Colours()


def read_spec(path: Path) -> Spec:
    """The preset of a TOML file.

    Raises:
        AvatarError: not there, not TOML, or a value that does not fit, with its place.
    """
    return _FILE.record(_FILE.table(_FILE.text(path), str(path)), Spec, str(path))
