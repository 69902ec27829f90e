"""The course of a recording, the same in the terminal and on the page: keys and blocks in, what to show out.

ready -> (guide ->) taking -> ready with a verdict. After a take that can be used the next open line is shown, so that
one key leads through the script; after another one the line stays. No device, no clock and no screen here; the takes
go to the session's folder.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from performer.voice.record.meter import SILENCE_LUFS, Level, Measured, TakeMeter
from performer.voice.record.script import Line
from performer.voice.record.session import RecordError, Session, make_note
from performer.voice.record.tuning import semitones_off
from performer.voice.record.verdict import Verdict, judge_room, judge_take, with_tuning

__all__ = ["PRESSES", "Desk", "Effect", "Phase", "Press"]

Phase = Literal["ready", "guide", "taking"]
# go: begin, end, next. again: the line whose verdict is shown once more. stop: throw the running take away.
Press = Literal["go", "again", "play", "guide", "back", "skip", "stop", "higher", "lower"]
PRESSES: tuple[Press, ...] = get_args(Press)
# Nobody needs longer; a take that was forgotten ends by itself.
_LONGEST_SECONDS = 60.0
_LOOK_SECONDS = 0.1
# What ends by itself when there is a hush: lines of one breath. A song has rests.
_ENDS_BY_HUSH = ("speech", "vowel", "glide")


@dataclass(frozen=True, slots=True)
class Effect:
    """What the caller has to play. guide: its tones, then tell `guide_done`. take: the file of `line`."""

    kind: Literal["guide", "take"]
    line: Line


class Desk:
    """One recording in progress. rate: of the microphone's blocks, Hz. hush: end takes when the voice has ended."""

    def __init__(self, session: Session, rate: int, *, hush: bool = True, start: int | None = None) -> None:
        """start: number of the line to begin with, from 1; None: the first one that is not done."""
        self.session = session
        self.phase: Phase = "ready"
        self.verdict: Verdict | None = None
        # The line that the verdict speaks of.
        self.judged: Line | None = None
        self._rate = rate
        self._hush = hush
        self._at = self._first_open(0) if start is None else max(0, min(len(session.script.lines), start) - 1)
        self._blocks: list[NDArray[np.float32]] = []
        self._skip = 0
        self._look_at = 0.0
        # Levels are shown between takes as well, by a meter of their own.
        self._meter = TakeMeter(rate)
        self._idle = TakeMeter(rate)
        self._idle_seconds = 0.0

    @property
    def line(self) -> Line:
        """The line that is shown."""
        return self.session.script.lines[self._at]

    @property
    def number(self) -> int:
        """Its number, from 1."""
        return self._at + 1

    @property
    def finished(self) -> bool:
        """Every line has a take that can be used."""
        return self.session.done == len(self.session.script.lines)

    @property
    def seconds(self) -> float:
        """Length of the running take."""
        return sum(map(len, self._blocks)) / self._rate

    def press(self, press: Press) -> Effect | None:
        """A key. Presses that make no sense now do nothing."""
        if self.phase == "taking":
            return self._press_taking(press)
        if press == "stop":
            self.phase = "ready"
        elif self.phase == "guide":
            # The guide is cut short: whoever knows the tones may begin.
            if press == "go":
                self._begin()
        elif press in ("go", "again"):
            return self._start(press)
        elif press == "play":
            return self._take_to_play()
        elif press == "guide":
            return Effect("guide", self.line) if self.line.is_sung else None
        elif press in ("back", "skip"):
            self._show(self._at + (1 if press == "skip" else -1))
        elif press in ("higher", "lower"):
            self.session.set_transpose(self.session.transpose + (1 if press == "higher" else -1))
            return Effect("guide", self.line) if self.line.is_sung else None
        return None

    def guide_done(self) -> None:
        """The guide has been heard to its end: the take begins."""
        if self.phase == "guide":
            self._begin()

    def feed(self, block: NDArray[np.float32]) -> Level:
        """The microphone's next (n,) samples, whatever the phase."""
        block = np.nan_to_num(np.asarray(block, np.float32), nan=0.0, posinf=1.0, neginf=-1.0)
        if self.phase != "taking":
            self._idle_seconds += len(block) / self._rate
            if self._idle_seconds > 1.0:
                # It only shows the newest moment: what it has gathered is let go.
                self._idle.reset()
                self._idle_seconds = 0.0
            return self._idle.feed(block)
        fresh = block[self._skip :]
        self._skip = max(0, self._skip - len(block))
        self._blocks.append(fresh)
        level = self._meter.feed(fresh)
        if self._ends_itself():
            self._finish(by_key=False)
        return level

    def _press_taking(self, press: Press) -> None:
        if press == "go":
            self._finish(by_key=True)
        elif press in ("stop", "back"):
            self._blocks = []
            self.phase = "ready"
        elif press == "again":
            self._begin()

    def _start(self, press: Press) -> Effect | None:
        if press == "again" and self.judged is not None:
            self._at = self.session.script.lines.index(self.judged)
        self.verdict, self.judged = None, None
        # Who says "again" has just heard the tones.
        if self.line.is_sung and press == "go":
            self.phase = "guide"
            return Effect("guide", self.line)
        self._begin()
        return None

    def _begin(self) -> None:
        self._blocks = []
        self._look_at = 0.0
        self._skip = round(self.session.limits.timing.after_key * self._rate)
        room = SILENCE_LUFS if self.line.kind == "room" else self.session.room_lufs
        self._meter = TakeMeter(self._rate, room)
        self.phase = "taking"

    def _ends_itself(self) -> bool:
        seconds = self.seconds
        expected = self.session.script.seconds_of(self.line)
        if self.line.kind == "room":
            return seconds >= expected
        if seconds >= max(_LONGEST_SECONDS, 3 * expected):
            return True
        if not self._hush or self.line.kind not in _ENDS_BY_HUSH or seconds < max(0.5 * expected, self._look_at):
            return False
        # Looking for the voice goes over the whole take: a few times a second is enough.
        self._look_at = seconds + _LOOK_SECONDS
        return self._meter.quiet_for() >= self.session.limits.timing.hush

    def _finish(self, *, by_key: bool) -> None:
        """Judge the take and keep it."""
        self.phase = "ready"
        samples = np.concatenate([np.zeros(0, np.float32), *self._blocks])
        self._blocks = []
        timing = self.session.limits.timing
        if by_key and self.line.kind != "room":
            # The key's click.
            samples = samples[: max(0, len(samples) - round(timing.after_key * self._rate))]
            self._meter.reset()
            self._meter.feed(samples)
        measured = self._meter.measure()
        verdict = self._judge(measured, samples)
        line, before = self.line, self.session.note(self.line)
        if verdict.grade == "again" and before is not None and before.grade != "again":
            verdict = Verdict("again", f"{verdict.sentence} (the earlier take is kept)")
        else:
            kept = samples if line.kind == "room" else self._trimmed(samples, measured)
            note = make_note(line, len(kept) / self._rate, measured.lufs, measured.floor_lufs, verdict)
            try:
                # Two tenths of a second that were pressed by mistake are no take.
                if len(kept) >= 0.5 * self._rate:
                    self.session.keep(line, kept, self._rate, note)
            except RecordError as error:
                verdict = Verdict("again", str(error))
        if verdict.grade != "again":
            self._at = self._first_open(self._at + 1)
        self.verdict, self.judged = verdict, line

    def _judge(self, measured: Measured, samples: NDArray[np.float32]) -> Verdict:
        session, line = self.session, self.line
        if line.kind == "room":
            if measured.seconds < 0.5 * session.script.seconds_of(line):
                return Verdict("again", "that was too short; keep still until it ends by itself")
            return judge_room(measured, session.limits)
        expected = session.script.seconds_of(line)
        verdict = judge_take(measured, expected, session.room_lufs, session.limits)
        if line.kind == "vowel" and verdict.grade != "again":
            first = next(note.pitch for note in line.notes if note.pitch > 0)
            off = semitones_off(samples, self._rate, first + session.transpose)
            verdict = with_tuning(verdict, off, session.limits)
        return verdict

    def _trimmed(self, samples: NDArray[np.float32], measured: Measured) -> NDArray[np.float32]:
        """Without the waiting before and after; breath before the voice stays."""
        if measured.ends <= measured.begins:
            return samples
        timing = self.session.limits.timing
        first = max(0, round((measured.begins - timing.before) * self._rate))
        last = round((measured.ends + timing.after) * self._rate)
        return samples[first:last]

    def _take_to_play(self) -> Effect | None:
        shown = self.line if self.judged is None else self.judged
        for line in (shown, self.line):
            if self.session.note(line) is not None:
                return Effect("take", line)
        return None

    def _show(self, at: int) -> None:
        self._at = max(0, min(len(self.session.script.lines) - 1, at))
        self.verdict, self.judged = None, None

    def _first_open(self, start: int) -> int:
        """The first line from `start` on without a usable take, then from the top; at the end the last one."""
        lines = self.session.script.lines
        order = [*range(start, len(lines)), *range(min(start, len(lines)))]
        return next((at for at in order if not self.session.is_done(lines[at])), len(lines) - 1)
