"""`nichang voice import`: another project's voice model as a `.voice` file."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["import_voice"]

# Models of this kind are 50 to 400 MB; what is far larger is something else.
_MOST_BYTES = 1_000_000_000


def import_voice(
    model: Annotated[
        Path, typer.Argument(help="RVC (WebUI's or w-okada's export) or so-vits-svc 4.x, as ONNX; told by its inputs.")
    ],
    content: Annotated[
        Path, typer.Option(help="Its content encoder as ONNX: vec-768-layer-12.onnx or vec-256-layer-9.onnx.")
    ],
    consent: Annotated[
        Path, typer.Option(help="consent.toml of the person whose voice it is (`nichang voice consent`).")
    ],
    licence: Annotated[
        str, typer.Option(help="Under which terms you have the model, e.g. CC-BY-4.0; kept on the card.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Where the voice goes: N.voice.")],
    name: Annotated[str | None, typer.Option(help="What the voice is called; else as the file.")] = None,
    rmvpe: Annotated[
        Path | None, typer.Option(help="RMVPE as ONNX: finds the pitch of whole recordings in swift-f0's place.")
    ] = None,
    speaker: Annotated[int, typer.Option(min=0, help="Which of the model's voices.")] = 0,
    rate: Annotated[int, typer.Option(min=0, help="Hertz of its sound, where the model does not tell.")] = 0,
    middle: Annotated[
        float | None,
        typer.Option(min=50.0, max=1100.0, help="Hertz at which its singer is at home, for transpose auto."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a line.")] = False,
) -> None:
    """Take in a voice model of another project: checked, run once, packed with its encoder into one file.

    Example: nichang voice import singer.onnx --content vec-768-layer-12.onnx --consent consent.toml
    --licence "by permission" -o singer.voice
    """
    import msgspec

    from performer.voice.consent import USES, ConsentError, consent_to_toml, read_consent
    from performer.voice.convert.voice_file import write_voice_file
    from performer.voice.foreign.voice import import_model
    from stage.cli.result_files import check_writable

    given = [path for path in (model, content, rmvpe, consent) if path is not None]
    check_writable(out, given)
    allowed = read_consent(consent)
    today = date.today()
    refused = [allowed.allows(use, today) for use in USES if use != "deceased-estate"]
    if all(refused):
        raise ConsentError(f"{consent}: {refused[0]}")
    voice, recipe = import_model(
        _bytes(model),
        _bytes(content),
        pitch=None if rmvpe is None else _bytes(rmvpe),
        name=name or out.stem,
        licence=licence,
        consent=consent_to_toml(allowed),
        person=allowed.person,
        rate=rate,
        speaker=speaker,
        middle=middle,
    )
    write_voice_file(out, voice)
    size = out.stat().st_size
    if as_json:
        figures = {"file": str(out), "name": voice.card.name, "bytes": size} | msgspec.to_builtins(recipe)
        typer.echo(msgspec.json.encode(figures).decode())
        return
    what = f"{recipe.family}, {recipe.channels} features, {'with' if recipe.pitched else 'without'} pitch"
    typer.echo(f"{out}: {voice.card.name}, {what}, {recipe.rate} Hz, {size / 1e6:.1f} MB")


def _bytes(path: Path) -> bytes:
    """A file's bytes, refused with a sentence."""
    from performer.voice.foreign.kinds import ForeignError

    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ForeignError(f"{path} is larger than any model that is known here ({_MOST_BYTES // 1_000_000} MB)")
        if not path.is_file():
            raise ForeignError(f"{path} is no file; name an ONNX file")
        return path.read_bytes()
    except OSError as error:
        raise ForeignError(f"cannot read {path}: {error.strerror or error}") from error
