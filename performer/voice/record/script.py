"""What is read and sung: the lines of `presets/voices/scripts/{zh,ja,en}.toml` (a shell: reads these files).

A script is a list of lines. A spoken line has a text, often a reading (pinyin, kana) and a mood; a sung one has notes,
which a guide tone plays first. Lines come in the order in which they should be recorded: whoever stops early has still
covered most of the language. No sound in here.
"""

from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal, get_args

import msgspec

from motion.errors import UserError
from performer.voice.toml_file import TomlFile

__all__ = ["LANGUAGES", "Kind", "Language", "Line", "Note", "Script", "ScriptError", "load_script", "parse_script"]

Language = Literal["zh", "ja", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
Kind = Literal["room", "speech", "vowel", "scale", "glide", "song"]
# Letters per second of calm reading, counted in corpora that name both: kana and Chinese characters, Latin letters.
_PACE: dict[Language, float] = {"zh": 4.3, "ja": 7.3, "en": 14.5}
# A reader breathes in before the line and waits a little after it.
_AROUND_SECONDS = 0.5


class ScriptError(UserError):
    """A script cannot be used."""


_FILE = TomlFile("a script", "see presets/voices/scripts", ScriptError)


class Note(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A note of the guide. pitch: MIDI number (69 = 440 Hz), 0 = rest. to: where a glide ends. sung: its syllable."""

    pitch: Annotated[float, msgspec.Meta(ge=0, le=108)]
    seconds: Annotated[float, msgspec.Meta(gt=0, le=30)]
    to: Annotated[float, msgspec.Meta(ge=0, le=108)] = 0.0
    sung: str = ""


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing to record. text: what is read, or what to do. reading: how it is said. mood: how it is meant."""

    id: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,39}\Z")]
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=400)]
    kind: Kind = "speech"
    reading: str = ""
    mood: str = ""
    hint: str = ""
    seconds: Annotated[float, msgspec.Meta(ge=0, le=120)] = 0.0
    notes: tuple[Note, ...] = ()

    @property
    def is_sung(self) -> bool:
        return bool(self.notes)


class Script(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All lines of one language, in the order of recording."""

    language: Language
    title: str
    lines: tuple[Line, ...]

    def seconds_of(self, line: Line) -> float:
        """How long `line` lasts when it is read calmly or sung as written."""
        if line.seconds:
            return line.seconds
        if line.notes:
            return sum(note.seconds for note in line.notes)
        letters = sum(c.isalnum() or (c == " " and self.language == "en") for c in self._spoken(line))
        return letters / _PACE[self.language] + _AROUND_SECONDS

    @property
    def seconds(self) -> float:
        """How long all lines last together."""
        return sum(map(self.seconds_of, self.lines))

    def _spoken(self, line: Line) -> str:
        # Kanji say nothing about length, their kana do.
        return line.reading if self.language == "ja" and line.reading else line.text


def parse_script(texts: Iterable[str], name: str = "script") -> Script:
    """One script from one or more TOML texts: the first has language and title, all have `[[lines]]`.

    Raises:
        ScriptError: no TOML, a field is missing or of the wrong kind, an id comes twice.
    """
    fields: dict[str, object] = {}
    lines: list[object] = []
    for text in texts:
        part = _FILE.table(text, name)
        more = part.pop("lines", [])
        if not isinstance(more, list):
            raise ScriptError(f"{name}: `lines` is no list; write each line as [[lines]]")
        lines += more
        fields |= part
    script = _FILE.record(fields | {"lines": lines}, Script, name)
    seen: set[str] = set()
    for line in script.lines:
        if line.id in seen:
            raise ScriptError(f"{name}: the id {line.id} comes twice; each line needs its own")
        seen.add(line.id)
    if not script.lines:
        raise ScriptError(f"{name} has no lines")
    return script


def load_script(language: str) -> Script:
    """The shipped script of a language.

    Raises:
        ScriptError: there is none.
    """
    if language not in LANGUAGES:
        raise ScriptError(f"there is no script for '{language}'; there are {', '.join(LANGUAGES)}")
    folder = Path(str(files("presets"))) / "voices" / "scripts"
    return parse_script([(folder / f"{language}.toml").read_text("utf-8")], f"{language}.toml")
