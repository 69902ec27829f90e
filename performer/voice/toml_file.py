"""TOML pages that a person writes: text, table, record; each refusal is one sentence (a shell: reads files)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from motion.errors import UserError

__all__ = ["TomlFile"]

_Record = TypeVar("_Record")
# A few pages; anything far longer is something else, and is not read.
_MOST_BYTES = 100_000


@dataclass(frozen=True, slots=True)
class TomlFile:
    """One kind of page. what: "a consent". hint: what to do about a wrong one. refused: what is raised.

    missing: said behind the path of a file that is not there; "": as of any that cannot be read.
    """

    what: str
    hint: str
    refused: type[UserError]
    missing: str = ""

    def text(self, path: Path) -> str:
        """Raises `refused`: missing, not readable, too long, not text in UTF-8."""
        try:
            with path.open("rb") as file:
                data = file.read(_MOST_BYTES + 1)
        except OSError as error:
            if isinstance(error, FileNotFoundError) and self.missing:
                raise self.refused(f"{path}: {self.missing}") from error
            raise self.refused(f"cannot read {path}: {error.strerror or error}; {self.hint}") from error
        if len(data) > _MOST_BYTES:
            raise self.refused(f"{path} is too long for {self.what}; {self.hint}")
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise self.refused(f"{path} is not text in UTF-8; {self.hint}") from error

    def table(self, text: str, name: str) -> dict[str, Any]:
        """What a text holds; `name` stands in messages. Raises `refused`: no TOML."""
        try:
            return tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise self.refused(f"{name} is not {self.what} in TOML ({error}); {self.hint}") from error

    def record(self, table: Mapping[str, object], kind: type[_Record], name: str) -> _Record:
        """The table as a record. Raises `refused`: a field missing, unknown, out of range or of another kind."""
        try:
            return msgspec.convert(table, kind)
        except msgspec.ValidationError as error:
            raise self.refused(f"{name}: {error}; {self.hint}") from error
