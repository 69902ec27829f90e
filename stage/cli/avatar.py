"""`nichang avatar`: check a VRM file, list the built-in avatars, build one from a preset or by lot."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

__all__ = ["app"]

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Check a VRM file, list the built-in avatars, make new ones."
)

# What is missing, and what the engine then does. First match by name.
_LACKS = {
    "chest": "the spine bends for it",
    "upperChest": "the chest bends for it",
    "neck": "the head turns alone",
    "leftToes": "the left foot stands stiff",
    "rightToes": "the right foot stands stiff",
    "leftShoulder": "the left upper arm moves alone",
    "rightShoulder": "the right upper arm moves alone",
}


@app.command()
def check(
    avatar: Annotated[str, typer.Argument(help="A VRM file, or the name of a built-in avatar.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Say what a model has and lacks for singing and dancing here."""
    from performer.avatar.expressions import expression_table
    from performer.avatar.presets import avatar_path
    from performer.avatar.vrm import read_vrm

    vrm = read_vrm(avatar_path(avatar))
    report = _report(vrm, expression_table(vrm))
    if as_json:
        print(json.dumps(report, ensure_ascii=False))
        return
    for key, value in report.items():
        name = key.replace("_", " ")
        if isinstance(value, list) and not value:
            print(f"{name}: none")
        elif isinstance(value, list):
            print(f"{name}:")
            for line in value:  # pyright: ignore[reportUnknownVariableType]
                print(f"  - {line}")
        elif isinstance(value, dict):
            print(f"{name}: " + "; ".join(f"{k.replace('_', ' ')}: {_said(v)}" for k, v in value.items()))
        else:
            print(f"{name}: {value}")


@app.command("list")
def list_avatars() -> None:
    """List the built-in avatars."""
    import tomllib

    from performer.avatar.presets import avatar_names, avatar_path

    for name in avatar_names():
        card = tomllib.loads((avatar_path(name).parent / "card.toml").read_text(encoding="utf-8"))
        print(f"{name}: {card.get('description', '')} ({card.get('licence', '')})")


_Level = Annotated[
    Literal["lite", "full"],
    typer.Option(help="How many triangles: lite for any machine, full for close shots on a GPU."),
]
_Out = Annotated[Path, typer.Option("-o", "--out", help="The VRM file to write.")]


@app.command()
def build(
    preset: Annotated[str, typer.Argument(help="A preset's name or TOML file, or: mannequin.")],
    out: _Out,
    level: _Level = "lite",
) -> None:
    """Make an avatar by code, from a preset."""
    from performer.avatar.build.core import build_avatar
    from performer.avatar.build.spec import read_spec
    from performer.avatar.mannequin import build_mannequin
    from performer.avatar.presets import preset_path
    from stage.cli.result_files import check_writable, write_bytes

    check_writable(out)
    data = build_mannequin() if preset == "mannequin" else build_avatar(read_spec(preset_path(preset)), level)
    write_bytes(out, data)
    print(f"{out}: {len(data) / 1e6:.1f} MB")


@app.command("random")
def random_avatar(
    seed: Annotated[int, typer.Option(min=0, help="The same number draws the same person.")],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="The VRM file to write. Default: random-SEED.vrm.")
    ] = None,
    level: _Level = "lite",
    preset_out: Annotated[Path | None, typer.Option(help="Write the preset here, to change it by hand.")] = None,
) -> None:
    """Draw a person by lot and make an avatar of it; prints its preset."""
    from performer.avatar.build.core import build_avatar
    from performer.avatar.build.draw import draw_spec, spec_to_toml
    from stage.cli.result_files import check_writable, write_bytes

    out = out or Path(f"random-{seed}.vrm")
    for path in (out, preset_out):
        if path is not None:
            check_writable(path)
    spec = draw_spec(seed)
    text = spec_to_toml(spec)
    data = build_avatar(spec, level)
    write_bytes(out, data)
    if preset_out is not None:
        write_bytes(preset_out, text.encode())
    print(text, end="")
    # The preset alone goes to the output: it may be piped into a file.
    print(f"{out}: {len(data) / 1e6:.1f} MB", file=sys.stderr)


def _said(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]


def _report(vrm: Any, table: tuple[str, ...]) -> dict[str, Any]:
    from motion.rig.bones import BONES, FINGER_BONES
    from performer.avatar.expressions import model_expressions

    has = {bone.name for bone, here in zip(BONES, vrm.skeleton.present, strict=True) if here}
    lacks = [f"no {name}: {then}" for name, then in _LACKS.items() if name not in has]
    if not has & set(FINGER_BONES):
        lacks.append("no fingers: hand shapes are not seen")
    elif not set(FINGER_BONES) <= has:
        lacks.append("some finger bones are missing: those stay straight")
    bound = set(model_expressions(vrm))
    vowels = [name for name in ("aa", "ih", "ou", "ee", "oh") if name not in bound]
    if len(vowels) == 5 and "jawOpen" not in bound:
        lacks.append("no mouth shapes: the lips stay closed")
    elif vowels and vowels != ["aa", "ih", "ou", "ee", "oh"]:
        lacks.append(f"no {', '.join(vowels)}: the other vowels stand in")
    if not bound & {"blink", "blinkLeft", "eyeBlinkLeft"}:
        lacks.append("no blink: the eyes stay open")
    if not vrm.look_at:
        lacks.append("no look-at: the gaze is shown by the head alone")
    overrides: list[str] = []
    for e in vrm.expressions:
        for part, kind in (("blinks", e.override_blink), ("gaze", e.override_look_at), ("mouth", e.override_mouth)):
            if kind != "none":
                effect = "stops" if kind == "block" else "softens"
                overrides.append(f"'{e.name}' {effect} {part} while it is on, because the model says so")
    weight = asdict(vrm.weight)
    weight["texture_mb"] = round(weight.pop("texture_bytes") / 1e6, 1)
    weight["file_mb"] = round(weight.pop("file_bytes") / 1e6, 2)
    return {
        "title": vrm.title,
        "file": str(vrm.path),
        "version": f"VRM {vrm.version}",
        "height_m": round(vrm.skeleton.height, 2),
        "bones": f"{len(has)} of 55",
        "expressions": f"{len(table)} used by us, of {len(vrm.expressions)} in the file",
        "mouth": ", ".join(n for n in ("aa", "ih", "ou", "ee", "oh", "jawOpen") if n in bound) or "none",
        "look_at": vrm.look_at or "none",
        "lacks": lacks,
        "overrides": overrides,
        "permissions": {k: v for k, v in asdict(vrm.meta).items() if v and k != "title"},
        "weight": weight,
        "warnings": list(vrm.warnings),
    }
