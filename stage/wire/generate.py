"""Writes the TypeScript types and the AsyncAPI page from `messages`; `--check` says whether they are up to date.

python -m stage.wire.generate [--check]
"""

import inspect
import json
import sys
import types
import typing
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import msgspec

from stage.wire import messages

__all__ = ["asyncapi", "main", "typescript"]

_ROOT = Path(__file__).resolve().parents[1]
TARGETS = {"typescript": _ROOT / "web" / "src" / "wire" / "gen.ts", "asyncapi": _ROOT / "wire" / "asyncapi.json"}


def _ts(kind: Any) -> str:
    origin, args = get_origin(kind), get_args(kind)
    if kind is str:
        return "string"
    if kind in (int, float):
        return "number"
    if kind is bool:
        return "boolean"
    if kind is type(None):
        return "null"
    if origin is Literal:
        return " | ".join(json.dumps(arg) for arg in args)
    if origin is list:
        inner = _ts(args[0])
        return f"({inner})[]" if "|" in inner else f"{inner}[]"
    if origin is tuple:
        return f"[{', '.join(_ts(arg) for arg in args)}]"
    if origin is dict:
        return f"Record<{_ts(args[0])}, {_ts(args[1])}>"
    if origin in (types.UnionType, typing.Union):
        return " | ".join(_ts(arg) for arg in args)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return kind.__name__
    raise TypeError(f"no TypeScript for {kind}")


def _records(structs: tuple[type[msgspec.Struct], ...]) -> list[type[msgspec.Struct]]:
    """Structs that the messages are made of, in the order in which they are met."""
    found: list[type[msgspec.Struct]] = []

    def visit(kind: Any) -> None:
        for arg in get_args(kind):
            visit(arg)
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            for field in msgspec.structs.fields(kind):
                visit(field.type)
            if kind not in found:
                found.append(kind)

    for struct in structs:
        visit(struct)
    return found


def _interface(struct: type[msgspec.Struct], *, sent_by_page: bool) -> str:
    lines = [f"/** {inspect.cleandoc(struct.__doc__ or '')} */", f"export interface {struct.__name__} {{"]
    config = struct.__struct_config__
    if config.tag_field:
        lines.append(f"  {config.tag_field}: {json.dumps(config.tag)};")
    for field in msgspec.structs.fields(struct):
        mark = "?" if sent_by_page and not field.required else ""
        lines.append(f"  {field.encode_name}{mark}: {_ts(field.type)};")
    return "\n".join([*lines, "}"])


def typescript() -> str:
    """The text of gen.ts."""
    server, client = messages.SERVER_MESSAGES, messages.CLIENT_MESSAGES
    parts = ["// Made by `python -m stage.wire.generate` from stage/wire/messages.py. Do not edit.", ""]
    parts.append(f"export const PROTOCOL_VERSION = {messages.PROTOCOL_VERSION};\n")
    for struct in _records(server):
        parts.append(_interface(struct, sent_by_page=False) + "\n")
    for struct in _records(client):
        parts.append(_interface(struct, sent_by_page=True) + "\n")
    for name, structs in (("ServerMessage", server), ("ClientMessage", client)):
        parts.append(f"export type {name} =\n" + "\n".join(f"  | {struct.__name__}" for struct in structs) + ";\n")
    return "\n".join(parts)


def asyncapi() -> str:
    """The text of asyncapi.json (AsyncAPI 3.0)."""
    both = (*messages.SERVER_MESSAGES, *messages.CLIENT_MESSAGES)
    _, schemas = msgspec.json.schema_components(both, ref_template="#/components/schemas/{name}")
    document = {
        "asyncapi": "3.0.0",
        "info": {
            "title": "nichang stage protocol",
            "version": str(messages.PROTOCOL_VERSION),
            "description": "Control messages are JSON text; frames are binary, see PROTOCOL.md.",
            "license": {"name": "Apache-2.0"},
        },
        "channels": {
            "ws": {
                "address": "/ws",
                "messages": {struct.__name__: {"$ref": f"#/components/messages/{struct.__name__}"} for struct in both},
            }
        },
        "operations": {
            name: {
                "action": action,
                "channel": {"$ref": "#/channels/ws"},
                "messages": [{"$ref": f"#/channels/ws/messages/{struct.__name__}"} for struct in structs],
            }
            for name, action, structs in (
                ("toPage", "send", messages.SERVER_MESSAGES),
                ("fromPage", "receive", messages.CLIENT_MESSAGES),
            )
        },
        "components": {
            "messages": {
                struct.__name__: {
                    "summary": inspect.cleandoc(struct.__doc__ or "").splitlines()[0],
                    "payload": {"$ref": f"#/components/schemas/{struct.__name__}"},
                }
                for struct in both
            },
            "schemas": schemas,
        },
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def main(argv: list[str] | None = None) -> int:
    """Write both files, or with --check compare them; returns the exit code."""
    check = "--check" in (sys.argv[1:] if argv is None else argv)
    stale: list[str] = []
    for name, text in (("typescript", typescript()), ("asyncapi", asyncapi())):
        path = TARGETS[name]
        if check:
            if not path.exists() or path.read_text() != text:
                stale.append(str(path.relative_to(_ROOT.parent)))
        else:
            path.write_text(text)
    if stale:
        print(f"not up to date with stage/wire/messages.py: {', '.join(stale)}; run: make gen", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
