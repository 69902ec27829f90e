"""The folder that keeps a recording: one WAV a line (48 kHz, 24 bit) and `session.json` (a shell: files).

Every file is written under a temporary name, brought to the disk and renamed, the sound before the note about it. Who
is killed in between finds the sound again: a WAV without its note is measured anew when the folder is opened.
"""

from pathlib import Path

import msgspec
import numpy as np
import soundfile
from numpy.typing import NDArray

from motion.errors import UserError
from performer.voice.record.meter import SILENCE_LUFS, TakeMeter
from performer.voice.record.script import Line, Script, load_script
from performer.voice.record.verdict import Grade, Limits, Verdict, judge_room, judge_take, load_limits
from performer.voice.sound import SoundError, read_sound, resample
from performer.voice.whole_file import whole_file

__all__ = ["RATE", "STATE_NAME", "RecordError", "Session", "TakeNote", "make_note", "open_session"]

RATE = 48_000
STATE_NAME = "session.json"
_VERSION = 1
# A fifth higher or two octaves lower than written: beyond that no guide tone fits a voice.
_LOWEST, _HIGHEST = -24, 12


class RecordError(UserError):
    """A recording cannot be kept or gone on with."""


class TakeNote(msgspec.Struct, frozen=True):
    """What is known of a kept take. text: what was read. floor: LUFS of its quietest tenth."""

    text: str
    seconds: float
    lufs: float
    floor: float
    grade: Grade
    said: str


class _State(msgspec.Struct):
    version: int
    language: str
    transpose: int = 0
    takes: dict[str, TakeNote] = msgspec.field(default_factory=dict[str, TakeNote])


class Session:
    """One person's recording of one script. Made by `open_session`."""

    def __init__(self, folder: Path, script: Script, state: _State, limits: Limits) -> None:
        self.folder = folder
        self.script = script
        self.limits = limits
        self._state = state

    @property
    def transpose(self) -> int:
        """Semitones by which the guide tones lie over the script's."""
        return self._state.transpose

    def set_transpose(self, semitones: int) -> None:
        """Move the guide tones and remember it; held within what a voice can sing."""
        self._state.transpose = max(_LOWEST, min(_HIGHEST, semitones))
        self._write_state()

    def note(self, line: Line) -> TakeNote | None:
        """What is known of a line's take, or None."""
        return self._state.takes.get(line.id)

    def is_done(self, line: Line) -> bool:
        """Is there a take that can be used?"""
        note = self.note(line)
        return note is not None and note.grade != "again"

    @property
    def done(self) -> int:
        """Lines with a take that can be used."""
        return sum(map(self.is_done, self.script.lines))

    @property
    def seconds(self) -> float:
        """Sound that can be used, the room's silence left out."""
        spoken = (line for line in self.script.lines if line.kind != "room" and self.is_done(line))
        return sum(self._state.takes[line.id].seconds for line in spoken)

    @property
    def room_lufs(self) -> float:
        """Level of the room's silence, SILENCE_LUFS where it has not been recorded."""
        rooms = [self.note(line) for line in self.script.lines if line.kind == "room"]
        return next((note.floor for note in rooms if note is not None), SILENCE_LUFS)

    def path(self, line: Line) -> Path:
        """Where a line's take lies or would lie."""
        return self.folder / f"{line.id}.wav"

    def keep(self, line: Line, samples: NDArray[np.float32], rate: int, note: TakeNote) -> None:
        """Write (n,) mono `samples` of `rate` Hz as the line's take, in the place of an earlier one.

        Raises:
            RecordError: no room, no permission. The earlier take is left as it was.
        """
        sound = np.clip(resample(samples, rate, RATE), -1.0, 1.0)
        with whole_file(self.path(line), RecordError, to_disk=True) as part:
            soundfile.write(part, sound, RATE, subtype="PCM_24", format="WAV")
        self._state.takes[line.id] = note
        self._write_state()

    def adopt(self) -> int:
        """Measure takes that lie in the folder without a note (after a kill); how many there were."""
        found = 0
        for line in self.script.lines:
            path = self.path(line)
            if line.id in self._state.takes and path.is_file():
                continue
            known = self._state.takes.pop(line.id, None)
            note = self._measured_again(line) if path.is_file() else None
            if note is not None:
                self._state.takes[line.id] = note
            found += (note is not None) or (known is not None)
        if found:
            self._write_state()
        return found

    def _measured_again(self, line: Line) -> TakeNote | None:
        try:
            sound = read_sound(self.path(line))
        except SoundError:
            # No take that can be used; it is left where it is until the line is recorded anew.
            return None
        meter = TakeMeter(sound.rate, SILENCE_LUFS if line.kind == "room" else self.room_lufs)
        meter.feed(sound.mono)
        measured = meter.measure()
        if line.kind == "room":
            verdict = judge_room(measured, self.limits)
        else:
            verdict = judge_take(measured, self.script.seconds_of(line), self.room_lufs, self.limits)
        return make_note(line, measured.seconds, measured.lufs, measured.floor_lufs, verdict)

    def _write_state(self) -> None:
        data = msgspec.json.format(msgspec.json.encode(self._state), indent=1)
        with whole_file(self.folder / STATE_NAME, RecordError, to_disk=True) as part:
            part.write_bytes(data + b"\n")


def make_note(line: Line, seconds: float, lufs: float, floor: float, verdict: Verdict) -> TakeNote:
    """The note about a take, figures rounded to what a person reads."""
    return TakeNote(line.text, round(seconds, 2), round(lufs, 1), round(floor, 1), verdict.grade, verdict.sentence)


def open_session(folder: Path, language: str = "", transpose: int | None = None) -> Session:
    """Begin a recording in `folder` (made if need be), or go on with the one that lies there.

    Args:
        language: of the script; "" = that of the recording in the folder, else en.
        transpose: semitones for the guide tones; None = as before.

    Raises:
        RecordError: folder or state cannot be used, or they belong to another language. ScriptError: no such script.
    """
    state = _read_state(folder)
    if state is not None and language and state.language != language:
        raise RecordError(
            f"{folder} holds a recording in '{state.language}'; name another folder with -o, or --lang {state.language}"
        )
    script = load_script(state.language if state is not None else language or "en")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RecordError(
            f"cannot make the folder {folder}: {error.strerror or error}; name another with -o"
        ) from error
    session = Session(folder, script, state or _State(_VERSION, script.language), load_limits())
    # Written at once, so that a folder that cannot be written to is told before anybody has read a line.
    session.set_transpose(session.transpose if transpose is None else transpose)
    session.adopt()
    return session


def _read_state(folder: Path) -> _State | None:
    path = folder / STATE_NAME
    if folder.exists() and not folder.is_dir():
        raise RecordError(f"{folder} is a file; name a folder with -o")
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise RecordError(f"cannot read {path}: {error.strerror or error}") from error
    try:
        version = msgspec.json.decode(data, type=dict[str, msgspec.Raw]).get("version", msgspec.Raw(b"0"))
        number = msgspec.json.decode(version, type=int)
        if number > _VERSION:
            raise RecordError(f"{path} was written by a newer nichang (version {number}); install that one")
        return msgspec.json.decode(data, type=_State)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RecordError(
            f"{path} is damaged ({error}); remove it and start again with --lang: the takes beside it are kept"
        ) from error
