"""What the record page and its server say to each other (no socket here); `src/record/messages.ts` is the other side.

The page sends its microphone as float32 (little-endian, mono) in binary messages and everything else as JSON; the
server answers with the whole view after each change and with a level a block.
"""

from typing import Annotated, Literal

import msgspec

from motion.errors import UserError
from performer.voice.record.desk import Desk, Effect, Phase, Press
from performer.voice.record.guide import note_name
from performer.voice.record.meter import Level
from performer.voice.record.script import Kind, Line
from performer.voice.record.verdict import Grade

__all__ = [
    "GuideDone",
    "LevelMessage",
    "Open",
    "PageMessage",
    "PlayMessage",
    "PressMessage",
    "ProblemMessage",
    "ViewMessage",
    "decode_page_message",
    "level_of",
    "play_of",
    "view_of",
]


class MessageError(UserError):
    """A page said something that is none of its messages."""


class Open(msgspec.Struct, tag_field="type", tag="open", frozen=True):
    """The microphone runs. rate: its samples per second."""

    rate: Annotated[int, msgspec.Meta(ge=8_000, le=384_000)]


class PressMessage(msgspec.Struct, tag_field="type", tag="press", frozen=True):
    """A key or button."""

    press: Press


class GuideDone(msgspec.Struct, tag_field="type", tag="guideDone", frozen=True):
    """The guide tones have been played to their end."""


PageMessage = Open | PressMessage | GuideDone


class NoteView(msgspec.Struct, frozen=True):
    """A note of the guide as it is drawn. pitch, to: MIDI, moved into the singer's range; 0: a rest, no glide."""

    name: str
    pitch: float
    to: float
    seconds: float
    sung: str


class LineView(msgspec.Struct, frozen=True):
    """A line as it is shown. take: how good its take is, "" where there is none."""

    id: str
    kind: Kind
    text: str
    reading: str
    mood: str
    hint: str
    seconds: float
    notes: tuple[NoteView, ...]
    take: Grade | Literal[""]


class VerdictView(msgspec.Struct, frozen=True):
    """What was said of a take, and of which line's."""

    grade: Grade
    sentence: str
    line: str
    number: int


class ViewMessage(msgspec.Struct, tag_field="type", tag="view", frozen=True, rename="camel"):
    """Everything the page shows but the level. map: a letter a line: good, fair, again, or "." for none."""

    language: str
    title: str
    phase: Phase
    line: LineView
    following: str
    number: int
    total: int
    done: int
    recorded_seconds: float
    transpose: int
    finished: bool
    verdict: VerdictView | None
    map: str


class LevelMessage(msgspec.Struct, tag_field="type", tag="level", frozen=True):
    """The newest block. seconds: of the running take."""

    lufs: float
    peak: float
    clipped: bool
    seconds: float


class PlayMessage(msgspec.Struct, tag_field="type", tag="play", frozen=True):
    """Play this file; after a guide say `guideDone`."""

    kind: Literal["guide", "take"]
    url: str


class ProblemMessage(msgspec.Struct, tag_field="type", tag="problem", frozen=True):
    """One sentence for the person at the page."""

    message: str


def decode_page_message(text: str | bytes) -> PageMessage:
    """What a page said.

    Raises:
        MessageError: none of the messages above.
    """
    try:
        return msgspec.json.decode(text, type=PageMessage)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MessageError(f"that is no message of a record page ({error})") from error


def view_of(desk: Desk) -> ViewMessage:
    """What a page has to show now."""
    session = desk.session
    lines = session.script.lines
    verdict = None
    if desk.verdict is not None and desk.judged is not None:
        at = lines.index(desk.judged) + 1
        verdict = VerdictView(desk.verdict.grade, desk.verdict.sentence, desk.judged.id, at)
    following = lines[desk.number].text if desk.number < len(lines) else ""
    return ViewMessage(
        language=session.script.language,
        title=session.script.title,
        phase=desk.phase,
        line=_line_view(desk, desk.line),
        following=following,
        number=desk.number,
        total=len(lines),
        done=session.done,
        recorded_seconds=round(session.seconds, 1),
        transpose=session.transpose,
        finished=desk.finished,
        verdict=verdict,
        map="".join((note.grade[0] if (note := session.note(line)) else ".") for line in lines),
    )


def _line_view(desk: Desk, line: Line) -> LineView:
    session = desk.session
    note = session.note(line)
    moved = tuple(
        NoteView(
            name=note_name(n.pitch + session.transpose) if n.pitch else "",
            pitch=n.pitch + session.transpose if n.pitch else 0.0,
            to=n.to + session.transpose if n.to else 0.0,
            seconds=n.seconds,
            sung=n.sung,
        )
        for n in line.notes
    )
    return LineView(
        id=line.id,
        kind=line.kind,
        text=line.text,
        reading=line.reading,
        mood=line.mood,
        hint=line.hint,
        seconds=round(session.script.seconds_of(line), 2),
        notes=moved,
        take=note.grade if note else "",
    )


def level_of(level: Level, desk: Desk) -> LevelMessage:
    """The level of a block, rounded to what a meter draws."""
    return LevelMessage(round(level.lufs, 1), round(level.peak, 4), level.clipped, round(desk.seconds, 2))


def play_of(effect: Effect, desk: Desk) -> PlayMessage:
    """Where the page finds what it has to play; the number makes browsers fetch a new take."""
    session = desk.session
    if effect.kind == "guide":
        return PlayMessage("guide", f"/guides/{effect.line.id}?transpose={session.transpose}")
    stamp = session.path(effect.line).stat().st_mtime_ns
    return PlayMessage("take", f"/takes/{effect.line.id}?{stamp}")
