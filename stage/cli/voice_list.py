"""`nichang voice list`: the built-in voices and those in given files."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer

__all__ = ["list_voices"]


def list_voices(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE]...", help="Voices of your own: .voice files.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON array.")] = False,
) -> None:
    """Name, range, languages, licence, consent and sample of each voice: the built-in ones, and files that you name.

    Built-in ones go by the name before the colon, files by their path, wherever a command takes --voice. The range is
    that of its recordings, without their lowest and highest twentieth; the sample is a sound file to be played.

    Examples:

    nichang voice list

    nichang voice list my.voice

    nichang voice convert vocal.wav --voice qingling -o out.wav

    Ends with 1 where a file is no voice.
    """
    import sys

    from motion.errors import UserError
    from performer.voice.library import find_voice, open_voice, voice_names

    rows: list[dict[str, Any]] = []
    wrong = False
    for given in (*voice_names(), *map(str, files or ())):
        try:
            voice = open_voice(given)
        except UserError as problem:
            if not as_json:
                print(f"nichang: {problem}", file=sys.stderr)
                wrong = True
                continue
            wrong = True
            rows.append({"file": given, "error": str(problem)})
            continue
        card, path = voice.card, find_voice(given)
        rows.append(
            {
                "id": path.stem if given in voice_names() else str(path),
                "name": card.name,
                "kind": card.kind,
                "file": str(path),
                "range_hertz": [card.range.low, card.range.middle, card.range.high],
                "languages": list(card.languages),
                "licence": card.licence,
                "credit": card.credit,
                "consent": _consent(voice.consent, card.kind),
                "sample": _sample(voice.sample) if voice.sample else "",
            }
        )
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
    for row in () if as_json else rows:
        low, _, high = row["range_hertz"]
        languages = ", ".join(row["languages"]) or "any"
        given = "" if row["id"] == row["file"] else f"{row['id']}: "
        print(f"{given}{row['name']} ({row['kind']}), {low:.0f} to {high:.0f} Hz, {languages}; {row['licence']}")
        print(f"  consent: {row['consent']}")
        print(f"  file: {row['file']}" + (f"\n  sample: {row['sample']}" if row["sample"] else ""))
    if wrong:
        raise typer.Exit(1)


def _sample(sound: bytes) -> str:
    """Where it can be played from, in the user's cache; "" where that takes no more: a list is worth having without."""
    from hashlib import sha256

    from performer.voice.home import home_folder

    path = home_folder() / "samples" / f"{sha256(sound).hexdigest()[:16]}.opus"
    part = path.with_suffix(".part")
    try:
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(sound)
            part.replace(path)
    except OSError:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        return ""
    return str(path)


def _consent(text: str, kind: str) -> str:
    """In a few words; what does not read is said, not hidden."""
    from datetime import date

    from motion.errors import UserError
    from performer.voice.consent import parse_consent

    if not text:
        return "belongs to nobody" if kind == "designed" else "none"
    try:
        consent = parse_consent(text)
    except UserError as problem:
        return f"cannot be read: {problem}"
    live = consent.allows("live", date.today())
    until = f" until {consent.until}" if consent.until else ""
    return live or f"{consent.person} allows {', '.join(consent.uses)}{until}"
