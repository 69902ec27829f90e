"""A preset by lot: plausible people, colours that go together. The same seed draws the same one."""

import tomllib
from importlib import resources
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np

from performer.avatar.build.spec import (
    Accessory,
    BodySpec,
    Colours,
    FaceSpec,
    HairSpec,
    OutfitSpec,
    Spec,
)

_T = TypeVar("_T")

__all__ = ["Lots", "draw_spec", "load_lots", "spec_to_toml"]


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file."""


class Kind(_Table, frozen=True):
    """What women or men are drawn from. height: least and most, metres."""

    height: tuple[float, float]
    eyes: tuple[str, ...]
    hair: tuple[str, ...]
    fringes: tuple[str, ...]
    outfits: tuple[str, ...]
    accessories: tuple[str, ...]


class Theme(_Table, frozen=True):
    """hair: colours of roots and tips ("" = the same)."""

    name: str
    hair: tuple[tuple[str, str], ...]
    iris: tuple[str, ...]
    colours: dict[str, str]


class Lots(_Table, frozen=True):
    """presets/avatars/random.toml."""

    skins: tuple[str, ...]
    skin_chances: tuple[float, ...]
    female: Kind
    male: Kind
    themes: tuple[Theme, ...]


def load_lots() -> Lots:
    """What there is to draw from."""
    path = Path(str(resources.files("presets"))) / "avatars" / "random.toml"
    return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Lots)


def draw_spec(seed: int) -> Spec:
    """A preset of its own for a seed."""
    lots, rng = load_lots(), np.random.default_rng(seed)

    def one(things: "tuple[_T, ...]") -> _T:
        return things[int(rng.integers(len(things)))]

    def about(middle: float, spread: float) -> float:
        return round(middle + spread * float(np.clip(rng.normal(), -1.8, 1.8)), 2)

    male = bool(rng.random() < 0.3)
    kind, theme = (lots.male if male else lots.female), one(lots.themes)
    hair, tip = one(theme.hair)
    worn = rng.permutation(len(kind.accessories))[: int(rng.integers(0, 3))]
    low, high = kind.height
    return Spec(
        name=f"random-{seed}",
        title=f"Random {seed} ({theme.name})",
        seed=seed,
        body=BodySpec(
            frame="male" if male else "female",
            height=round(low + (high - low) * float(rng.beta(2.5, 2.5)), 3),
            head=about(0.93 if male else 1.0, 0.015),
            shoulders=about(1.0, 0.02),
            bust=max(about(0.95, 0.2), 0.0),
            waist=about(1.0, 0.03),
            hips=about(1.0, 0.025),
            legs=about(1.0, 0.03),
        ),
        face=FaceSpec(
            eyes=one(kind.eyes),
            eye_size=about(0.0, 0.25),
            eye_tilt=about(0.0, 0.25),
            eye_gap=about(0.0, 0.2),
            brow=about(0.0, 0.3),
            brow_tilt=about(0.0, 0.3),
            mouth=about(0.0, 0.25),
            jaw=about(0.0, 0.3),
            cheeks=about(0.0, 0.3),
            blush=round(float(rng.uniform(0.2, 0.4) if male else rng.uniform(0.35, 0.7)), 2),
        ),
        hair=HairSpec(
            style=one(kind.hair),
            fringe=one(kind.fringes),
            length=about(1.0, 0.08),
            volume=about(1.0, 0.05),
            ahoge=int(rng.integers(0, 3)),
        ),
        outfit=OutfitSpec(kind=one(kind.outfits)),
        accessories=tuple(Accessory(kind.accessories[k]) for k in worn),
        colours=Colours(
            skin=lots.skins[int(rng.choice(len(lots.skins), p=lots.skin_chances))],
            hair=hair,
            hair_tip=tip,
            iris=one(theme.iris),
            **theme.colours,
        ),
    )


def spec_to_toml(spec: Spec) -> str:
    """The preset as a file that `read_spec` reads; what has its usual value is left out."""
    table = msgspec.to_builtins(spec)
    usual = msgspec.to_builtins(Spec(name="", title=""))
    lines = [f"{key} = {_text(table[key])}" for key in ("name", "title", "seed")]
    for name in ("body", "face", "hair", "outfit", "colours"):
        changed = [f"{k} = {_text(v)}" for k, v in table[name].items() if v != usual[name][k]]
        if changed:
            lines += ["", f"[{name}]", *changed]
    bare = msgspec.to_builtins(Accessory(""))
    for accessory in table["accessories"]:
        changed = [f"{k} = {_text(v)}" for k, v in accessory.items() if v != bare[k]]
        lines += ["", "[[accessories]]", *changed]
    return "\n".join(lines) + "\n"


def _text(value: object) -> str:
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)
